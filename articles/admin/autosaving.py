"""What the script of the story's form says every few seconds, and what it is told: words are kept, and who is here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError
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


@dataclass(frozen=True)
class Message:
    """What a window says: who it is, the revision it goes on from, and what it holds, where that changed."""

    session_key: str
    base: int
    mode: str
    fields: autosave.Payload | None
    instead_of: str
    # A copy of the browser's, of a window that is shut, to be offered to the person.
    is_copy: bool

    @classmethod
    def of(cls, body: bytes) -> Message:
        """Raises autosave.Unreadable."""
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            raise autosave.Unreadable from None
        if not isinstance(said, dict):
            raise autosave.Unreadable
        key, base = said.get("session_key"), said.get("base", 0)
        is_key = isinstance(key, str) and autosave.KEY.fullmatch(key)
        if not is_key or not isinstance(base, int) or not 0 <= base < 2**31:
            raise autosave.Unreadable
        return cls(
            session_key=str(key),
            base=base,
            mode=str(said.get("mode", "")),
            fields=autosave.form_of(said["fields"]) if "fields" in said else None,
            instead_of=str(said.get("instead_of", "")),
            is_copy=said.get("offer") is True,
        )


class AutosavingMixin:
    """For the ModelAdmin of stories: the address that the script talks to."""

    def autosave_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """POST keeps what a window holds, or only says that it is open, and answers who else is here. GET gives the
        token that a window needs after its person logged in again elsewhere."""
        article = self._story_alone(request, object_id)
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
            said = Message.of(request.body)
        except RequestDataTooBig:
            return JsonResponse({"message": too_much}, status=413)
        except autosave.Unreadable:
            sentence = _("The server could not read this. Reload the page; your words are kept in this browser.")
            return JsonResponse({"message": sentence}, status=400)
        try:
            return JsonResponse(self._answer(request, article, said, timezone.now()))
        except IntegrityError:
            raise Http404 from None  # the story was deleted this very moment

    def _answer(self, request: HttpRequest, article: Article | None, said: Message, at: datetime) -> dict[str, Any]:
        answer: dict[str, Any] = {"at": clock(at), "kept": True}
        if said.fields is not None and not self._has_already(request, article, said):
            answer["kept"] = autosave.keep(
                article,
                said.fields,
                session_key=said.session_key,
                base_number=said.base,
                by=request.user,
                at=at,
                instead_of=said.instead_of,
            )
        if said.is_copy:
            answer["offer"] = self._offered(request, article) if answer["kept"] else ""
        elif article:
            self._notice(request, article, said, at)
            answer |= self._around(request, article, said.base, at)
        return answer

    def _has_already(self, request: HttpRequest, article: Article | None, said: Message) -> bool:
        """Whether a copy of the browser's is the buffer as it is: the question that is on the page then stays."""
        found = autosave.buffer(article, of=request.user) if said.is_copy else None
        return found is not None and (found.session_key, found.payload) == (said.session_key, said.fields)

    def _offered(self, request: HttpRequest, article: Article | None) -> str:
        """The browser's own copy, now the buffer, as an offer; empty, and gone, when it says nothing new."""
        article = self._story(request, str(article.pk)) if article else None
        found = autosave.buffer(article, of=request.user)
        offer = self.offer(request, article, found)
        if offer is None and found:
            autosave.throw_away(article, version=found.updated_at.isoformat(), by=request.user)
        return render_to_string("admin/articles/article/_offer.html", {"offer": offer}, request) if offer else ""

    def _notice(self, request: HttpRequest, article: Article, said: Message, at: datetime) -> None:
        if said.mode == "gone":
            presence.left(article, session_key=said.session_key, by=request.user)
            return
        mode = said.mode if said.mode in Presence.Mode.values else Presence.Mode.LOOKING
        presence.seen(article, session_key=said.session_key, mode=mode, by=request.user, at=at)

    def _around(self, request: HttpRequest, article: Article, base: int, at: datetime) -> dict[str, Any]:
        lock = locking.current(article, at=at)
        is_foreign = lock is not None and lock.owner_id != request.user.pk
        return {
            "here": self.here(request, article, at),
            "newer": self._newer(request, article, base),
            "lock": self.lock_sentence(lock) if lock and is_foreign else "",
        }

    def here(self, request: HttpRequest, article: Article, at: datetime) -> list[str]:
        return [
            (_("%(who)s is editing too") if row.mode == Presence.Mode.EDITING else _("%(who)s also here"))
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
