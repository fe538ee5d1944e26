"""No word is lost: what is typed between saves, two people on one story, and a story that somebody has alone.

Two addresses for every story, and for one that was never saved ("add" in place of its number): `autosave/`, which the
script of the form talks to, and `words/`, for what people decide with a button.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from .. import autosave, drafting, locking, merging, wording
from ..content import Content, head
from ..drafting import clock, who
from ..html import HtmlRefused
from ..models import Article, Autosave, Byline, Revision
from .autosaving import SENTENCES, AutosavingMixin
from .deciding import DecidingMixin, LockForm
from .story_form import content_of

# Hidden in the form: what it goes on from, in which window, and whose words it holds beside.
WINDOW_FIELDS = ["base_revision", "session_key", "settles"]
MOST_BYLINES = 100
MOST_CONFLICTS = 20


@dataclass(frozen=True)
class Window:
    """One drawn form: its name, the revision it goes on from, and the conflict whose words it holds, if any.

    `content` is what it shows when that is not the newest draft.
    """

    session_key: str
    base_number: int = 0
    settles: int | None = None
    content: Content | None = None
    merge: merging.Merge | None = None


class WordsMixin(AutosavingMixin, DecidingMixin):
    """For the ModelAdmin of stories."""

    def get_urls(self):
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("<path:object_id>/autosave/", wrap(self.autosave_view), name=f"{name}_autosave"),
            path("<path:object_id>/words/", wrap(self.words_view), name=f"{name}_words"),
            *super().get_urls(),
        ]

    def words_url(self, name: str, article: Article | None) -> str:
        return reverse(f"admin:articles_article_{name}", args=[article.pk if article else "add"])

    def form_url(self, article: Article | None, **query) -> str:
        address = (
            reverse("admin:articles_article_change", args=[article.pk])
            if article
            else reverse("admin:articles_article_add")
        )
        return f"{address}?{urlencode(query)}" if query else address

    def _story(self, request: HttpRequest, object_id: str) -> Article | None:
        """The story, None for one that was never saved. Raises Http404 where the person may not write it."""
        if object_id == "add":
            if not self.has_add_permission(request):
                raise Http404
            return None
        article = self.get_object(request, object_id)
        if article is None or not self.has_change_permission(request, article):
            raise Http404
        return article

    def _story_alone(self, request: HttpRequest, object_id: str) -> Article | None:
        """The same without its texts and its draft, for what is asked every few seconds."""
        if not object_id.isdecimal() or len(object_id) > 18:
            return self._story(request, object_id)
        article = Article.objects.visible_to(request.user).defer("body", "standfirst").filter(pk=object_id).first()
        if article is None or not self.has_change_permission(request, article):
            raise Http404
        return article

    # What the form shows.

    def window_of(self, request: HttpRequest, article: Article | None) -> Window:
        """The window that a request opens: a new one with the newest draft, one that goes on with a buffer which was
        brought back, or one in which a conflict is settled."""
        posted = request.POST.get("session_key", "")
        key = posted if autosave.KEY.fullmatch(posted) else autosave.new_key()
        fresh = Window(key, article.head_number if article else 0)
        page = str(request.resolver_match and request.resolver_match.url_name)
        if request.method != "GET" or not page.endswith(("_change", "_add")):
            return fresh
        if wanted := request.GET.get("window"):
            found = autosave.buffer(article, of=request.user)
            if found and found.session_key == wanted:
                settles = (found.payload.get("settles") or [""])[0]
                return Window(
                    wanted,
                    found.base_number,
                    int(settles) if settles.isdecimal() and len(settles) < 10 else None,
                    self.typed(request, article, found.payload),
                )
        number = request.GET.get("settle", "")
        if article and number.isdecimal() and len(number) < 10:
            conflict = article.revisions.unsettled().select_related("author").filter(number=number).first()
            if conflict:
                return self._settling(request, article, conflict, fresh)
        return fresh

    def _settling(self, request: HttpRequest, article: Article, conflict: Revision, fresh: Window) -> Window:
        choices = {key.removeprefix("take-"): value for key, value in request.GET.items() if key.startswith("take-")}
        merge = merging.merge(
            drafting.base_of(article, conflict.base_number), head(article), Content.from_json(conflict.content), choices
        )
        request.settling = conflict
        return Window(fresh.session_key, fresh.base_number, conflict.number, merge.content, merge)

    def typed(self, request: HttpRequest, article: Article | None, payload: autosave.Payload) -> Content:
        """What a buffer says, also where it could not be saved as it stands."""
        data = MultiValueDict(payload)
        total = data.get("bylines-TOTAL_FORMS", "")
        if not total.isdecimal() or len(total) > 3 or int(total) > MOST_BYLINES:
            data["bylines-TOTAL_FORMS"] = "0"
        instance = copy(article) if article else None
        form = self.get_form(request, article, change=article is not None)(data, instance=instance)
        form.is_valid()
        inline = self.get_inline_instances(request, article)[0]
        formset = inline.get_formset(request, article)
        bylines = formset(data, instance=instance or Article(), prefix="bylines", queryset=Byline.objects.none())
        bylines.is_valid()
        content = content_of(form, bylines)
        try:
            return drafting.tidied(content)
        except HtmlRefused:
            return content  # too long to be saved, and kept all the same

    def offer(self, request: HttpRequest, article: Article | None, found: Autosave | None) -> dict[str, Any] | None:
        """What somebody typed and did not save, and how it differs; None when there is nothing new in it."""
        if found is None:
            return None
        mine = self.typed(request, article, found.payload)
        base = drafting.base_of(article, found.base_number) if article else None
        saved = Revision.objects.filter(author=request.user, session_key=found.session_key)
        known = [Content.from_json(revision.content) for revision in saved.order_by("-number")[:5]]
        newest = head(article) if article else Content(headline="", language=mine.language)
        if any(not merging.adds_to(content, base, mine) for content in ([newest, *known] if article else known)):
            return None
        rows = wording.changes(newest, mine, base, user=request.user)
        if not article and not (mine.headline or mine.standfirst or mine.body):
            return None
        return {
            "time": clock(found.updated_at),
            "is_today": timezone.localdate(found.updated_at) == timezone.localdate(),
            "at": found.updated_at,
            "version": found.updated_at.isoformat(),
            "rows": rows,
            "address": self.words_url("words", article),
        }

    def words_context(self, request: HttpRequest, article: Article | None, *, is_refused: bool) -> dict[str, Any]:
        """What the story screen says about unsaved words, other people and the lock."""
        at = timezone.now()
        window = article.window if article else getattr(request, "window", None) or self.window_of(request, None)
        found = autosave.buffer(article, of=request.user)
        is_here = found is not None and found.session_key == window.session_key
        offer = None if is_here else self.offer(request, article, found)
        lock = locking.current(article, at=at) if article else None
        conflict = getattr(request, "settling", None)
        conflicts = Revision.objects.unsettled().filter(article=article).select_related("author").defer("content")
        return {
            "offer": offer,
            "settling": conflict,
            "settling_rows": wording.rows_of(window.merge.clashes, user=request.user) if window.merge else [],
            "newest": article.revisions.select_related("author").filter(number=article.head_number).first()
            if conflict
            else None,
            "conflicts": [one for one in conflicts[:MOST_CONFLICTS] if one != conflict] if article else [],
            "lock": lock,
            "lock_sentence": self.lock_sentence(lock) if lock else "",
            "is_locked_for_others": bool(lock and lock.owner_id == request.user.pk),
            "lock_form": LockForm(auto_id="id_lock_%s"),
            "here": self.here(request, article, at) if article else [],
            "words_url": self.words_url("words", article),
            "words": {
                "user": request.user.pk,
                "story": article.pk if article else "add",
                "address": self.words_url("autosave", article),
                "lock": self.lock_sentence(lock) if lock and lock.owner_id != request.user.pk else "",
                "isRefused": is_refused,
                "isBroughtBack": window.content is not None,
                "buffer": found.session_key if found else "",
                # A buffer of another window with nothing new in it makes room for what is typed now.
                "insteadOf": found.updated_at.isoformat() if found and not is_here and offer is None else "",
                "sentences": {key: str(sentence) for key, sentence in SENTENCES.items()},
            },
        }

    def say_what_was_merged(self, request: HttpRequest) -> None:
        """After a save into which another's went."""
        saved = getattr(request, "saved", None)
        if saved is None or saved.merged_with is None:
            return
        theirs = saved.merged_with
        said = {
            "who": who(theirs.author),
            "number": theirs.number,
            "new": saved.number,
            "time": clock(theirs.created_at),
        }
        sentence = _(
            "%(who)s saved revision %(number)d at %(time)s, after you opened the story. You changed different parts, "
            "so both are in revision %(new)d."
        )
        messages.info(request, sentence % said)
