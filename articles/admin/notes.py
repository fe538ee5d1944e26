"""Notes on a story in the admin: a panel under its form, a page of their own, and who may be called by name."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from .. import notes
from ..models import Article, Note
from ..models.note import MAX_LENGTH

A_PAGE = 100


class NotesMixin:
    """For the ModelAdmin of stories; who may open a story reads and writes its notes."""

    def get_urls(self):
        view = self.admin_site.admin_view
        page = require_http_methods(["GET", "HEAD", "POST"])(self.notes_view)
        names = require_GET(self.colleagues_view)
        return [
            path("<int:pk>/notes/", view(page), name="articles_article_notes"),
            path("<int:pk>/notes/colleagues/", view(names), name="articles_article_colleagues"),
            path("<int:pk>/notes/<int:note>/", view(require_POST(self.note_view)), name="articles_article_note"),
            *super().get_urls(),
        ]

    def notes_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The notes of a story; POST writes one, with `reply_to` an answer. What is refused stays in its field."""
        article = self._opened(request, pk)
        refused: dict[str, Any] = {}
        if request.method == "POST":
            text, answered = request.POST.get("text", ""), request.POST.get("reply_to", "")
            thread = self._note(article, answered) if answered else None
            try:
                written = notes.write(article, text, by=request.user, at=timezone.now(), reply_to=thread)
            except notes.NoteRefused as error:
                refused = {"refusal": error.message, "refused_text": text, "refused_thread": thread and thread.pk}
            else:
                return self._notes_answer(request, article, _said(written))
        return self._notes_page(request, article, status=400 if refused else 200, **refused)

    def note_view(self, request: HttpRequest, pk: int, note: int) -> HttpResponse:
        """Resolves a note, or opens it again (`reopen` in the POST)."""
        article = self._opened(request, pk)
        found = self._note(article, str(note))
        is_reopened = "reopen" in request.POST
        verb = notes.reopen if is_reopened else notes.resolve
        if verb(found, by=request.user, at=timezone.now()):
            return self._notes_answer(request, article, _("Opened again.") if is_reopened else _("Resolved."))
        return self._notes_answer(request, article, _("Somebody was faster: nothing changed."))

    def colleagues_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Who may be called in a note of this story: `q` is how their login or name begins."""
        article = self._opened(request, pk)
        found = notes.suggestions(article, request.GET.get("q", "")[:60].replace("\x00", ""))
        people = [{"login": person.username, "name": person.get_full_name()} for person in found]
        return JsonResponse({"people": people}, headers={"Cache-Control": "no-store"})

    def notes_context(self, article: Article) -> dict[str, Any]:
        """For the panel: three queries, whatever the number of notes."""
        replies = Note.objects.select_related("author").order_by("created_at", "pk")
        newest = article.notes.threads().select_related("author", "resolved_by")
        # Open ones first: what is left out at the end is done.
        order = (F("resolved_at").desc(nulls_first=True), "-created_at", "-pk")
        threads = list(newest.prefetch_related(Prefetch("replies", queryset=replies)).order_by(*order)[: A_PAGE + 1])
        shown = threads[:A_PAGE]
        waiting = [note for note in shown if note.resolved_at is None]
        return {
            "open_notes": waiting,
            "resolved_notes": [note for note in shown if note.resolved_at is not None],
            "has_older_notes": len(threads) > A_PAGE,
            "note_length": MAX_LENGTH,
            "note_words": {"words": _words()},
        }

    def _note(self, article: Article, number: str) -> Note:
        if number.isdecimal() and len(number) < 19:
            found = article.notes.filter(pk=int(number)).select_related("reply_to").first()
            if found:
                return found
        raise Http404

    def _notes_page(self, request: HttpRequest, article: Article, *, status: int = 200, **extra) -> HttpResponse:
        context = {"title": _("Notes"), "said": "", **self.notes_context(article), **extra}
        if _is_panel(request):
            context = {"original": article, **context}
            return TemplateResponse(request, "admin/articles/article/_notes.html", context, status=status)
        response = self._page(request, article, "notes.html", context)
        response.status_code = status
        return response

    def _notes_answer(self, request: HttpRequest, article: Article, said: str) -> HttpResponse:
        if _is_panel(request):
            return self._notes_page(request, article, said=said)
        messages.success(request, said)
        return redirect("admin:articles_article_notes", article.pk)


def _is_panel(request: HttpRequest) -> bool:
    """Whether our script asks, which puts the answer where the panel stands."""
    return request.headers.get("X-Requested-With") == "notes"


def _said(written: notes.Written) -> str:
    if not written.untold:
        return _("Your note is kept.")
    names = " ".join(f"@{name}" for name in written.untold)
    return _("Your note is kept. Nobody was told by %(names)s: there is no such login that opens this story.") % {
        "names": names
    }


def _words() -> dict[str, str]:
    return {
        "mention": _("Call a colleague"),
        "found": _("%s found. Go to them with the arrow down."),
        "failed": _("The server did not answer as expected. Your note stands here still; please try again."),
        "loggedOut": _("You are logged out. Log in in another tab, then try again."),
    }
