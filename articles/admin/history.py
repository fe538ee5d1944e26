"""The history of a story in the admin: what happened, what differs, and bringing an older text back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from .. import comparing, drafting, restoring, reviewing, workflow
from ..content import Content
from ..models import Article, PreviewApproval, Revision, Transition, User

A_PAGE = 50
MOST = 2_147_483_647


@dataclass(frozen=True)
class Step:
    """One line of the history: a revision that was saved, something that was decided, or a guest's yes."""

    at: datetime
    who: User | str | None
    revision: Revision | None = None
    transition: Transition | None = None
    number: int | None = None
    is_unsettled: bool = False
    is_own_approval: bool = False


class RestoreForm(forms.Form):
    """The newest revision that the person compared with before bringing an older one back."""

    base_revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST)


class HistoryMixin:
    """For the ModelAdmin of stories."""

    def get_urls(self):
        view = self.admin_site.admin_view
        compare, read = require_safe(self.compare_view), require_safe(self.revision_view)
        return [
            path("<int:pk>/history/compare/", view(compare), name="articles_article_compare"),
            path("<int:pk>/history/<int:number>/", view(read), name="articles_article_revision"),
            path("<int:pk>/history/<int:number>/restore/", view(self.restore_view), name="articles_article_restore"),
            path(
                "<int:pk>/history/<int:number>/settle/",
                view(require_POST(self.settle_view)),
                name="articles_article_settle",
            ),
            *super().get_urls(),
        ]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict | None = None) -> HttpResponse:
        """Who saved which revision, who decided what, newest first."""
        article = self._opened(request, object_id)
        page = timeline(article).get_page(request.GET.get("page"))
        at = timezone.now()
        context = {
            "title": _("History"),
            "steps": list(_steps(article, page)),
            "page": page,
            "pages": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
            "chosen_from": article.live_number if article.has_unpublished_changes else article.head_number - 1,
            "is_public": Article.objects.live(at).filter(pk=article.pk).exists(),
            "approval": reviewing.approval_of(article),
            "unsettled": _unsettled(article),
            "zone": timezone.get_current_timezone_name(),
        }
        return self._page(request, article, "object_history.html", context | (extra_context or {}))

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two revisions: `to`, the newest by default, and `from`: a number, "live", or the one before by default."""
        article = self._opened(request, pk)
        refusal = ""
        old = new = None
        try:
            new = _chosen(article, request.GET.get("to") or str(article.head_number))
            old = _chosen(article, request.GET.get("from") or "previous", before=new)
            if old.number > new.number:
                old, new = new, old
        except _NotThere as error:
            refusal = str(error)
        context: dict[str, Any] = {"title": _("Differences"), "old": old, "new": new, "refusal": refusal}
        if old and new:
            contents = [Content.from_json(revision.content) for revision in (old, new)]
            context["comparison"] = comparing.compare(*contents, by=request.user)
            context["numbers"] = {"old": old.number, "new": new.number}
        response = self._page(request, article, "compare.html", context)
        response.status_code = 400 if refusal else 200
        return response

    def revision_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """One revision, to be read."""
        article = self._opened(request, pk)
        revision = _revision_or_404(article, number)
        context = {
            "title": _("Revision %(number)d") % {"number": number},
            "revision": revision,
            "reading": comparing.reading(Content.from_json(revision.content), by=request.user),
            "is_unsettled": article.revisions.unsettled().filter(pk=revision.pk).exists(),
            "may_change": self.has_change_permission(request, article),
        }
        return self._page(request, article, "revision.html", context)

    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """GET shows what would change in the newest text, POST brings the older one back as a new revision."""
        article = self._opened(request, pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        revision = _revision_or_404(article, number)
        form = RestoreForm(request.POST or None)
        refusal, status = "", 200
        if request.method == "POST" and not form.is_valid():
            refusal, status = _("This page was incomplete. Look at the differences once more."), 400
        elif request.method == "POST":
            base = form.cleaned_data["base_revision"]
            try:
                workflow.restore(article, number, base_revision=base, by=request.user, at=timezone.now())
            except workflow.WorkflowError as error:
                refusal, status = error.message, 409
                article = self._opened(request, pk)
            else:
                messages.success(request, _("Revision %(number)d is the newest text again.") % {"number": number})
                return redirect("admin:articles_article_change", pk)
        newest = Revision.objects.get(article=article, number=article.head_number)
        back = restoring.as_it_would_be(article, revision, by=request.user)
        comparison = comparing.compare(Content.from_json(newest.content), back.content, by=request.user)
        context = {
            "title": _("Bring back revision %(number)d") % {"number": number},
            "revision": revision,
            "newest": newest,
            "refusal": refusal,
            "left_out": back.left_out,
            "comparison": comparison,
            "numbers": {"old": newest.number, "new": number},
            "is_conflict": revision.kind == Revision.Kind.CONFLICT,
        }
        response = self._page(request, article, "restore.html", context)
        response.status_code = status
        return response

    def settle_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Puts a conflict aside: nothing of it is needed."""
        article = self._opened(request, pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        _revision_or_404(article, number)
        if drafting.settle(article, number, by=request.user, at=timezone.now()):
            messages.success(request, _("The conflict is settled. Its text stays in the history."))
        else:
            messages.error(request, _("This is no conflict any more: somebody has settled it."))
        return redirect("admin:articles_article_history", pk)

    def _opened(self, request: HttpRequest, object_id: int | str) -> Article:
        """The story, for who may open it; for others it is not there."""
        article = self.get_object(request, str(object_id))
        if article is None or not self.has_view_or_change_permission(request, article):
            raise Http404
        return article

    def _page(self, request: HttpRequest, article: Article, template: str, context: dict) -> TemplateResponse:
        everywhere = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": article,
            "original": article,
            "may_change": self.has_change_permission(request, article),
            "back": reverse("admin:articles_article_change", args=[article.pk]),
        }
        return TemplateResponse(request, f"admin/articles/article/{template}", everywhere | context)


class _NotThere(Exception):
    """Raised for a revision that cannot be compared; its text is a sentence."""


def _revision_or_404(article: Article, number: int) -> Revision:
    found = Revision.objects.filter(article=article, number=min(number, MOST)).select_related("author").first()
    if found is None:
        raise Http404
    return found


def _chosen(article: Article, wanted: str, before: Revision | None = None) -> Revision:
    """The revision that a query names. Raises _NotThere."""
    revisions = Revision.objects.filter(article=article).select_related("author")
    if wanted == "previous" and before:
        line = revisions.filter(number__lt=before.number).exclude(kind=Revision.Kind.CONFLICT)
        found = line.order_by("-number").first()
        if found is None:
            raise _NotThere(_("This is the first revision: there is nothing before it to compare with."))
        return found
    if wanted == "live":
        if article.live_number is None:
            raise _NotThere(_("Readers have seen nothing of this story yet. Choose two revisions."))
        wanted = str(article.live_number)
    number = int(wanted) if wanted.isdecimal() and len(wanted) < 10 else 0
    found = revisions.filter(number=number).first()
    if found is None:
        raise _NotThere(
            _("This story has no revision “%(number)s”. Choose two of the history.") % {"number": wanted[:20]}
        )
    return found


def _unsettled(article: Article) -> list[Revision]:
    found = article.revisions.unsettled().select_related("author").defer("content")
    return list(found.order_by("-number")[:20])


def timeline(article: Article) -> Paginator:
    """Pages of (kind, primary key) of all that happened, newest first: what a save led to stands above it."""

    def rows(queryset, at: str, kind: str):
        named = queryset.order_by().annotate(happened=F(at), source=Value(kind, output_field=CharField()))
        return named.values_list("happened", "source", "id")

    everything = rows(article.revisions.all(), "created_at", "1-revision").union(
        rows(article.transitions.all(), "at", "2-transition"),
        rows(PreviewApproval.objects.filter(article=article), "at", "3-guest"),
        all=True,
    )
    return Paginator(everything.order_by("-happened", "-source", "-id"), A_PAGE)


def _steps(article: Article, page: Page) -> Iterable[Step]:
    """What a page of the timeline shows, in four queries."""
    numbers: dict[str, list[int]] = {}
    for _at, kind, pk in page:
        numbers.setdefault(kind, []).append(pk)
    revisions = Revision.objects.select_related("author").defer("content").in_bulk(numbers.get("1-revision", []))
    decided = Transition.objects.select_related("actor", "revision").defer("revision__content")
    transitions = decided.in_bulk(numbers.get("2-transition", []))
    guests = PreviewApproval.objects.in_bulk(numbers.get("3-guest", []))
    unsettled = set(article.revisions.unsettled().filter(pk__in=revisions).values_list("pk", flat=True))
    for at, kind, pk in page:
        if kind == "1-revision":
            yield Step(at, revisions[pk].author, revision=revisions[pk], is_unsettled=pk in unsettled)
        elif kind == "2-transition":
            yield _decision(article, at, transitions[pk])
        else:
            yield Step(at, guests[pk].name, number=guests[pk].revision_number)


def _decision(article: Article, at: datetime, move: Transition) -> Step:
    number = move.revision.number if move.revision else None
    is_own = bool(
        move.what == Transition.What.APPROVED
        and move.actor_id
        and move.actor_id in (article.created_by_id, move.revision and move.revision.author_id)
    )
    return Step(at, move.actor, transition=move, number=number, is_own_approval=is_own)
