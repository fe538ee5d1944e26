"""What the script of the story's form says every few seconds, and what it is told: words are kept, and who is here."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import autosave, locking, presence
from ..drafting import clock, who
from ..models import Article, Presence

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
    "copied": gettext_lazy("Copied."),
    "notCopied": gettext_lazy("Copying is not allowed here. Select the text and copy it by hand."),
}


class AutosavingMixin:
    """For the ModelAdmin of stories: the address that the script talks to."""

    def autosave_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST keeps what a window holds, or only says that it is open, and answers who else is here. GET gives the
        token that a window needs after its person logged in again elsewhere."""
        article = self._story(request, object_id)
        if request.method == "GET":
            return JsonResponse({"csrf": get_token(request), "user": request.user.pk})
        if request.method != "POST":
            return HttpResponseNotAllowed(["GET", "POST"])
        too_much = _(
            "This is more than the %(most)d MB that are kept while you type. It is kept in this browser; save the "
            "story, or split it."
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
        try:
            return JsonResponse(self._take(request, article, key, base, fields, said))
        except IntegrityError:
            raise Http404 from None  # the story was deleted this very moment

    def _take(
        self, request: HttpRequest, article: Article | None, key: str, base: int, fields: Any, said: dict[str, Any]
    ) -> dict[str, Any]:
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
        return answer

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
