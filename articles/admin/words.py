"""No word is lost: what is typed between saves, two people on one story, and a story that somebody has alone.

Two addresses for every story, and for one that was never saved ("add" in place of its number): `autosave/`, which the
script of the form talks to, and `words/`, for what people decide with a button.
"""

from __future__ import annotations

import json
from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import autosave, drafting, locking, merging, presence, wording
from ..content import Content, head
from ..drafting import clock, who
from ..html import HtmlRefused
from ..models import Article, Autosave, Byline, Presence, Revision
from ..refusals import WorkflowError
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


class LockForm(forms.Form):
    """How long somebody wants a story alone, and why."""

    until = forms.ChoiceField(label=gettext_lazy("How long"), choices=locking.Until.choices)
    reason = forms.CharField(
        label=gettext_lazy("Reason (optional; others read it)"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"dir": "auto"}),
    )


class WordsMixin:
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

    # What the form shows.

    def window_of(self, request: HttpRequest, article: Article | None) -> Window:
        """The window that a request opens: a new one with the newest draft, one that goes on with a buffer which was
        brought back, or one in which a conflict is settled."""
        posted = request.POST.get("session_key", "")
        key = posted if autosave.KEY.fullmatch(posted) else autosave.new_key()
        fresh = Window(key, article.head_number if article else 0)
        if request.method != "GET" or request.resolver_match.url_name not in (
            "articles_article_change",
            "articles_article_add",
        ):
            return fresh
        if key := request.GET.get("window"):
            found = autosave.buffer(article, of=request.user)
            if found and found.session_key == key:
                settles = (found.payload.get("settles") or [""])[0]
                return Window(
                    key,
                    found.base_number,
                    int(settles) if settles.isdecimal() and len(settles) < 10 else None,
                    self.typed(request, article, found.payload),
                )
        number = request.GET.get("settle", "")
        if article and number.isdecimal() and len(number) < 10:
            conflict = article.revisions.open_conflicts().select_related("author").filter(number=number).first()
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
        conflicts = article.revisions.open_conflicts().select_related("author").defer("content") if article else []
        return {
            "offer": offer,
            "settling": conflict,
            "settling_rows": wording.rows_of(window.merge.clashes, user=request.user) if window.merge else [],
            "newest": article.revisions.select_related("author").filter(number=article.head_number).first()
            if conflict
            else None,
            "conflicts": [one for one in conflicts[:MOST_CONFLICTS] if conflict is None or one.pk != conflict.pk],
            "lock": lock,
            "lock_sentence": self.lock_sentence(lock) if lock else "",
            "is_locked_for_others": bool(lock and lock.owner_id == request.user.pk),
            "lock_form": LockForm(),
            "here": self.here(request, article, at) if article else [],
            "words_url": self.words_url("words", article),
            "words": {
                "user": request.user.pk,
                "story": article.pk if article else "add",
                "address": self.words_url("autosave", article),
                "isRefused": is_refused,
                "isBroughtBack": window.content is not None,
                "buffer": found.session_key if found else "",
                # A buffer of another window with nothing new in it makes room for what is typed now.
                "insteadOf": found.updated_at.isoformat() if found and not is_here and offer is None else "",
                "most": autosave.MAX_BYTES,
                "sentences": {key: str(sentence) for key, sentence in SENTENCES.items()},
            },
        }

    def say_what_was_merged(self, request: HttpRequest) -> None:
        """After a save into which another's went."""
        saved = getattr(request, "saved", None)
        if saved is None or saved.merged_with is None:
            return
        theirs = saved.merged_with
        said = {"who": who(theirs.author), "number": theirs.number, "new": saved.number, "time": clock(theirs.created_at)}
        sentence = _(
            "%(who)s saved revision %(number)d at %(time)s, after you opened the story. You changed different parts, so "
            "both are in revision %(new)d."
        )
        messages.info(request, sentence % said)

    # What the script says and is told.

    def autosave_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST keeps what a window holds, or only says that it is open, and answers who else is here. GET gives the
        token that a window needs after its person logged in again elsewhere."""
        article = self._story(request, object_id)
        if request.method == "GET":
            return JsonResponse({"csrf": get_token(request), "user": request.user.pk})
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "POST"])
        too_much = _(
            "This is more than the %(most)d MB that are kept while you type. It is kept in this browser; save the story, "
            "or split it."
        ) % {"most": autosave.MAX_BYTES // (1024 * 1024)}
        try:
            if len(request.body) > autosave.MAX_BYTES:
                return JsonResponse({"message": too_much}, status=413)
            said = json.loads(request.body)
            key, base = said["session_key"], said.get("base", 0)
            fields = autosave.form_of(said["fields"]) if "fields" in said else None
            if not autosave.KEY.fullmatch(key) or not isinstance(base, int) or not 0 <= base < 2**31:
                raise autosave.Unreadable
        except RequestDataTooBig:
            return JsonResponse({"message": too_much}, status=413)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            sentence = _("The server could not read this. Reload the page; your words are kept in this browser.")
            return JsonResponse({"message": sentence}, status=400)
        at = timezone.now()
        answer: dict[str, Any] = {"at": clock(at), "kept": True}
        if fields is not None:
            instead_of = said.get("instead_of")
            with transaction.atomic():
                answer["kept"] = autosave.keep(
                    article,
                    fields,
                    session_key=key,
                    base_number=base,
                    by=request.user,
                    at=at,
                    instead_of=instead_of if isinstance(instead_of, str) else "",
                )
        if said.get("offer") is True:
            answer["offer"] = self._offered(request, article) if answer["kept"] else None
        elif article:
            self._notice(request, article, key, said.get("mode"), at)
            answer |= self._around(request, article, base, at)
        return JsonResponse(answer)

    def _offered(self, request: HttpRequest, article: Article | None) -> str:
        """The browser's own copy, now the buffer, as an offer; empty, and gone, when it says nothing new."""
        found = autosave.buffer(article, of=request.user)
        offer = self.offer(request, article, found)
        if offer is None and found:
            autosave.throw_away(article, version=found.updated_at.isoformat(), by=request.user)
        return render_to_string("admin/articles/article/_offer.html", {"offer": offer}, request) if offer else ""

    def _notice(self, request: HttpRequest, article: Article, key: str, mode: Any, at) -> None:
        if mode == "gone":
            presence.left(article, session_key=key, by=request.user)
        else:
            is_known = mode in Presence.Mode.values
            chosen = mode if is_known else Presence.Mode.LOOKING
            presence.seen(article, session_key=key, mode=chosen, by=request.user, at=at)

    def _around(self, request: HttpRequest, article: Article, base: int, at) -> dict[str, Any]:
        lock = locking.current(article, at=at)
        is_foreign = lock is not None and lock.owner_id != request.user.pk
        return {
            "here": self.here(request, article, at),
            "newer": self._newer(request, article, base),
            "lock": self.lock_sentence(lock) if lock and is_foreign else "",
        }

    def here(self, request: HttpRequest, article: Article, at) -> list[str]:
        return [
            (_("%(who)s is here too, editing") if row.mode == Presence.Mode.EDITING else _("%(who)s is looking"))
            % {"who": who(row.user)}
            for row in presence.others(article, than=request.user, at=at)
        ]

    def lock_sentence(self, lock) -> str:
        said = {"who": who(lock.owner), "time": clock(lock.until), "reason": lock.reason}
        if lock.reason:
            return _("%(who)s has this story alone until %(time)s: “%(reason)s”.") % said
        return _("%(who)s has this story alone until %(time)s.") % said

    def _newer(self, request: HttpRequest, article: Article, base: int) -> str:
        if article.head_number == base:
            return ""
        newest = article.revisions.select_related("author").defer("content").get(number=article.head_number)
        said = {"who": who(newest.author), "number": newest.number, "time": clock(newest.created_at)}
        if newest.author_id == request.user.pk:
            return (
                _("You saved revision %(number)d at %(time)s elsewhere. Saving here brings both texts together.") % said
            )
        return _("%(who)s saved revision %(number)d at %(time)s. Your text stays; saving brings both together.") % said

    # What people decide.

    def words_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        article = self._story(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        deed = {"bring_back": self._bring_back, "throw_away": self._throw_away}
        if article:
            deed |= {
                "put_aside": self._put_aside,
                "lock": self._lock,
                "release": self._release,
                "take_over": self._take_over,
            }
        chosen = deed.get(request.POST.get("do", ""))
        if chosen is None:
            sentence = _("Use one of the buttons on the story's page.")
            return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
        try:
            return redirect(chosen(request, article, timezone.now()) or self.form_url(article))
        except WorkflowError as refusal:
            messages.error(request, str(refusal))
            return redirect(self.form_url(article))

    def _bring_back(self, request: HttpRequest, article: Article | None, at) -> str | None:
        key = autosave.adopt(article, version=request.POST.get("version", ""), by=request.user)
        if key is None:
            messages.warning(request, _("That text has changed or is gone since. What there is now is shown here."))
            return None
        messages.success(request, _("Your text is back in the form. It is not saved yet."))
        return self.form_url(article, window=key)

    def _throw_away(self, request: HttpRequest, article: Article | None, at) -> None:
        if autosave.throw_away(article, version=request.POST.get("version", ""), by=request.user):
            messages.success(request, _("Thrown away."))
        else:
            messages.warning(request, _("That text has changed or is gone since. What there is now is shown here."))

    def _put_aside(self, request: HttpRequest, article: Article, at) -> None:
        number = request.POST.get("number", "")
        if number.isdecimal() and len(number) < 10 and drafting.settle(article, int(number), at=at):
            messages.success(request, _("Put aside. Its words stay in the history."))
            self.log_change(request, article, _("Put revision %(number)s aside.") % {"number": number})

    def _lock_form(self, request: HttpRequest) -> dict[str, str]:
        form = LockForm(request.POST)
        if not form.is_valid():
            raise WorkflowError(_("Say how long, and give a reason of at most 200 characters."))
        return form.cleaned_data

    def _lock(self, request: HttpRequest, article: Article, at) -> None:
        said = self._lock_form(request)
        until = locking.Until(said["until"]).after(at)
        locking.lock(article, until=until, reason=said["reason"], by=request.user, at=at)
        messages.success(request, _("You have this story alone until %(time)s.") % {"time": clock(until)})
        self.log_change(request, article, _("Locked the story."))

    def _release(self, request: HttpRequest, article: Article, at) -> None:
        locking.release(article, by=request.user, at=at)
        messages.success(request, _("Others can save this story again."))

    def _take_over(self, request: HttpRequest, article: Article, at) -> None:
        held = locking.current(article, at=at)
        found = autosave.buffer(article, of=held.owner) if held else None
        typed = self._unsaved_of(request, article, found) if found else None
        until = locking.Until.HALF_AN_HOUR.after(at)
        kept = locking.take_over(article, until=until, typed=typed, by=request.user, at=at)
        messages.success(request, _("You have this story alone until %(time)s.") % {"time": clock(until)})
        if kept:
            said = {"who": who(kept.author), "number": kept.number}
            messages.info(request, _("What %(who)s had not saved is kept as revision %(number)d.") % said)
        self.log_change(request, article, _("Took the story over."))


    def _unsaved_of(self, request: HttpRequest, article: Article, found: Autosave) -> Content | None:
        """What somebody has typed beside the newest draft; None also for a text too long to be a revision, which
        stays where it is."""
        try:
            typed = drafting.tidied(self.typed(request, article, found.payload))
        except HtmlRefused:
            return None
        return typed if merging.adds_to(head(article), drafting.base_of(article, found.base_number), typed) else None


# What the script says by itself, when it cannot ask.
SENTENCES = {
    "unsaved": gettext_lazy("Not saved yet"),
    "kept": gettext_lazy("Kept at %s, not saved yet"),
    "local": gettext_lazy("Kept in this browser. Another text of yours waits above: bring it back or throw it away."),
    "offline": gettext_lazy("Offline: kept in this browser. It is sent as soon as the server answers."),
    "loggedOut": gettext_lazy(
        "Logged out: kept in this browser. Log in again in another tab and go on here, or save after that."
    ),
    "someoneElse": gettext_lazy(
        "Somebody else is logged in now: your words are kept in this browser under your name. Log in as yourself."
    ),
    "gone": gettext_lazy("The server does not open this story for you any more. Your words are kept in this browser."),
    "noRoom": gettext_lazy("This browser has no room left for a copy of your words. Save soon."),
    "tooMuch": gettext_lazy("This text is too long to be kept while you type. It is kept in this browser; save soon."),
    "copied": gettext_lazy("Copied."),
    "notCopied": gettext_lazy("Copying is not allowed here. Select the text and copy it by hand."),
}
