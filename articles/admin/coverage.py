"""The live screen of a story: when it is covered live, and the entries that readers get without anybody reading them
first."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from js_asset import Media

from .. import coverage
from ..coverage import Words
from ..editor import BodyField
from ..html import text
from ..models import Article, LiveEntry
from ..refusals import WorkflowError
from .until import UntilForm

PER_PAGE = 30


class EntryForm(forms.Form):
    headline = forms.CharField(
        label=gettext_lazy("Headline (optional)"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    body = BodyField(label=pgettext_lazy("live entry", "What happened"), required=False)
    is_key_event = forms.BooleanField(label=gettext_lazy("Key event: also in the list on top"), required=False)
    is_pinned = forms.BooleanField(label=gettext_lazy("Pin it above the others"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def words(self) -> Words:
        return Words(**{name: self.cleaned_data[name] for name in Words.__dataclass_fields__})


class CoverageMixin:
    """For the admin of stories."""

    def get_urls(self):
        def page(route: str, view, name: str):
            return path(f"<path:object_id>/live/{route}", self.admin_site.admin_view(view), name=name)

        return [
            page("<count:number>/", self.live_entry_view, "articles_article_live_entry"),
            page("", self.live_view, "articles_article_live"),
            *super().get_urls(),
        ]

    def live_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """GET shows the desk of a live blog; POST opens, moves or ends the coverage, or posts an entry."""
        at = timezone.now()
        story = self._covered(request, object_id)
        asked = request.POST.get("do", "") if request.method == "POST" else ""
        if asked in ("go_live", "end_live"):
            return self._open_or_end(request, story, at, asked)
        form = EntryForm(request.POST or None) if asked else EntryForm(initial={"key": uuid.uuid4()})
        if request.method == "POST":
            self._refuse_who_may_not(coverage.may_write(request.user, story, at))
            if asked == "post" and form.is_valid():
                try:
                    coverage.post(story, form.words, key=form.cleaned_data["key"], by=request.user, at=at)
                except WorkflowError as refusal:
                    form.add_error(None, str(refusal))
                else:
                    messages.success(request, self._said(story, at))
                    return redirect(self._live_url(story))
        return self._live_page(request, story, at, form, UntilForm(ends_at=self._end_of(story, at)))

    def _open_or_end(self, request: HttpRequest, story: Article, at: datetime, asked: str) -> HttpResponse:
        self._refuse_who_may_not(coverage.may_open(request.user))
        until = UntilForm(request.POST, ends_at=self._end_of(story, at))
        try:
            if asked == "end_live":
                coverage.end_live(story, by=request.user, at=at)
                messages.success(request, _("The live coverage is over. Its entries stay."))
                return redirect(self._live_url(story))
            if until.is_valid():
                coverage.go_live(story, until.cleaned_data["until"], by=request.user, at=at)
                messages.success(request, " ".join([_("The story carries the live pill until then."), *until.remarks]))
                return redirect(self._live_url(story))
        except WorkflowError as refusal:
            until.add_error(None, str(refusal))
        return self._live_page(request, story, at, EntryForm(initial={"key": uuid.uuid4()}), until)

    def live_entry_view(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """GET shows one entry for changing; POST changes, pins, removes it or puts it back."""
        at = timezone.now()
        story = self._covered(request, object_id)
        entry = LiveEntry.objects.filter(article=story, number=number).select_related("article", "author").first()
        if entry is None:
            raise Http404
        self._refuse_who_may_not(coverage.may_change(request.user, entry, at))
        known = {name: getattr(entry, name) for name in Words.__dataclass_fields__}
        asked = request.POST.get("do", "") if request.method == "POST" else ""
        form = EntryForm(request.POST) if asked == "change" else EntryForm(initial=known | {"key": entry.key})
        try:
            if asked == "remove":
                coverage.remove(entry, by=request.user, at=at)
            elif asked == "put_back":
                coverage.put_back(entry, by=request.user, at=at)
            elif asked in ("pin", "unpin"):
                coverage.change(entry, replace(Words(**known), is_pinned=asked == "pin"), by=request.user, at=at)
            elif asked == "change" and form.is_valid():
                coverage.change(entry, form.words, by=request.user, at=at)
            else:
                return self._entry_page(request, story, entry, form)
        except WorkflowError as refusal:
            if asked == "change":
                form.add_error(None, str(refusal))
                return self._entry_page(request, story, entry, form)
            messages.error(request, str(refusal))
        else:
            messages.success(request, self._said(story, at))
        return redirect(self._live_url(story))

    def _covered(self, request: HttpRequest, object_id: str) -> Article:
        """The story as readers have it, for whoever may open it in the admin. Somebody paid: there is no such page."""
        draft = self.get_object(request, object_id)
        if draft is None or draft.published.is_sponsored:
            raise Http404
        return draft.published

    @staticmethod
    def _refuse_who_may_not(may: bool) -> None:
        if not may:
            raise PermissionDenied

    @staticmethod
    def _end_of(story: Article, at: datetime) -> datetime | None:
        return story.live_until if story.is_covered_live(at) else None

    @staticmethod
    def _said(story: Article, at: datetime) -> str:
        if Article.objects.live(at).filter(pk=story.pk).exists():
            return _("Done. Readers have it.")
        return _("Done. Readers have it once the story is published.")

    def _live_url(self, story: Article) -> str:
        return reverse("admin:articles_article_live", args=[story.pk])

    def _live_page(self, request: HttpRequest, story: Article, at: datetime, form: EntryForm, until: UntilForm):
        entries = LiveEntry.objects.filter(article=story).select_related("author").newest_first().defer("earlier")
        page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
        may_open, may_write = coverage.may_open(request.user), coverage.may_write(request.user, story, at)
        for entry in page.object_list:
            entry.article = story
            entry.said = " ".join(text(entry.body).split())
            entry.is_mine_to_change = coverage.may_change(request.user, entry, at)
        context = {
            "title": _("Live coverage"),
            "form": form,
            "until_form": until,
            "page": page,
            "ends_at": self._end_of(story, at),
            "is_public": Article.objects.live(at).filter(pk=story.pk).exists(),
            "may_open": may_open,
            "may_write": may_write,
        }
        return self._respond_live(request, "admin/articles/article/live.html", story, form, context)

    def _entry_page(self, request: HttpRequest, story: Article, entry: LiveEntry, form: EntryForm) -> HttpResponse:
        context = {"title": _("Change this entry"), "form": form, "entry": entry}
        return self._respond_live(request, "admin/articles/article/live_entry.html", story, form, context)

    def _respond_live(self, request, template: str, story: Article, form: EntryForm, context: dict[str, Any]):
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": story,
            "media": Media.from_media(form.media, nonce=str(request.csp_nonce)),
            "live_url": self._live_url(story),
        }
        is_refused = form.is_bound and bool(form.errors)
        is_refused |= bool(context.get("until_form") and context["until_form"].errors)
        return TemplateResponse(request, template, context, status=400 if is_refused else 200)
