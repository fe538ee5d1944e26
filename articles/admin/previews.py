"""Showing a draft, in the admin: the story in its public templates at every width, and the links for people outside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import lettering, previews, share_pictures
from ..content import Content
from ..drafting import tidied
from ..models import Article, PreviewLink, Revision
from ..rehearsal import rehearse
from ..views.previews import PRIVATE, draw
from .story_form import content_of

# Editions by name: what the tab says and, in pixels, how wide its frame is.
EDITIONS = {
    "phone": (gettext_lazy("Phone"), 360),
    "tablet": (gettext_lazy("Tablet"), 768),
    "desktop": (gettext_lazy("Desktop"), 1280),
    "lite": (gettext_lazy("Light edition"), 360),
    "share": (gettext_lazy("Share picture"), share_pictures.WIDTH),
}
NEWEST_REVISIONS = 50
DAYS = [
    (1, gettext_lazy("One day")),
    (7, gettext_lazy("7 days")),
    (14, gettext_lazy("14 days")),
    (30, gettext_lazy("30 days")),
]


class LinkForm(forms.Form):
    """A link to be made. Cleaned values are the keyword arguments of `previews.make`."""

    label = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=120,
        help_text=gettext_lazy(
            "A name or a firm. It stands on the page, so that nobody passes the link on by mistake."
        ),
        widget=forms.TextInput({"class": "vTextField", "dir": "auto"}),
    )
    revision_number = forms.TypedChoiceField(
        label=gettext_lazy("Shows"), required=False, coerce=int, empty_value=None, choices=()
    )
    lasts = forms.TypedChoiceField(label=gettext_lazy("Open for"), coerce=int, choices=DAYS, initial=7)
    max_views = forms.IntegerField(
        label=gettext_lazy("Views at most"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=gettext_lazy("Empty: no limit. Some mail programs open links by themselves, which uses up a view."),
        widget=forms.NumberInput({"class": "vIntegerField"}),
    )
    can_comment = forms.BooleanField(label=gettext_lazy("May comment"), required=False, initial=True)
    can_approve = forms.BooleanField(
        label=gettext_lazy("May approve"),
        required=False,
        help_text=gettext_lazy("The sign-off of an advertiser or a source: name, time and revision are put on record."),
    )

    def __init__(self, *args, revisions: list[Revision], **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        one = [(str(r.number), _("Revision %(number)d and no other") % {"number": r.number}) for r in revisions]
        self.fields["revision_number"].choices = [("", _("The newest draft, as it changes")), *one]

    def clean_lasts(self) -> timedelta:
        return timedelta(days=self.cleaned_data["lasts"])


class PreviewsMixin:
    """For the ModelAdmin of stories. Who may edit a story may show it."""

    def get_urls(self):
        def at(route: str, view, name: str):
            return path(f"<int:number>/{route}", self.admin_site.admin_view(view), name=f"articles_article_{name}")

        return [
            at("preview/", self.preview_view, "preview"),
            at("preview/page/", self.preview_page_view, "preview_page"),
            at("preview/unsaved/", self.preview_unsaved_view, "preview_unsaved"),
            at("preview/links/", self.preview_links_view, "preview_links"),
            at("preview/links/<int:link>/revoke/", self.preview_revoke_view, "preview_revoke"),
            *super().get_urls(),
        ]

    def _story(self, request: HttpRequest, number: int) -> Article:
        """The story as its row has it. Http404 for who may not open it."""
        article = get_object_or_404(Article.objects.visible_to(request.user), pk=number)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        return article

    def preview_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """A frame with the page, and what may be chosen for it. Every choice is a link."""
        article = self._story(request, number)
        chosen = _choices(request, article)
        get_object_or_404(Revision, article=article, number=chosen["revision"])
        page = reverse("admin:articles_article_preview_page", args=[article.pk])
        tabs = [
            {"name": name, "label": label, "width": width, "query": urlencode(chosen | {"show": name})}
            for name, (label, width) in EDITIONS.items()
        ]
        chromes = [(code, name, urlencode(chosen | {"chrome": code})) for code, name in settings.LANGUAGES]
        context = {
            "title": _("Preview"),
            "revisions": _revisions(article),
            "chosen": chosen,
            "tabs": tabs,
            "chromes": chromes,
            "width": EDITIONS[chosen["show"]][1],
            "page": f"{page}?{urlencode(chosen)}",
        }
        return self._screen(request, article, "preview", context)

    def preview_page_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """What stands in the frame: the public page of a draft, for staff, with nothing that counts or fills."""
        article = self._story(request, number)
        chosen, at = _choices(request, article), timezone.now()
        revision = get_object_or_404(Revision, article=article, number=chosen["revision"])
        strip = {
            "number": revision.number,
            "saved_at": revision.created_at,
            "is_public": article.live_number == revision.number
            and Article.objects.live(at).filter(pk=article.pk).exists(),
        }
        if chosen["show"] == "share":
            return _share_picture(rehearse(article, Content.from_json(revision.content), at=at), at)
        template = "articles/preview_lite.html" if chosen["show"] == "lite" else "articles/preview.html"
        with translation.override(chosen["chrome"]):
            html = draw(request, article, Content.from_json(revision.content), template, {"preview": strip}, at=at)
        return HttpResponse(html, headers=PRIVATE | {"X-Frame-Options": "SAMEORIGIN"})

    def preview_unsaved_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The page of what is typed in the form, before anybody saves it."""
        article = self._story(request, number)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        shown = self.get_object(request, str(number))
        form = self.get_form(request, shown, change=True)(request.POST, instance=shown)
        formsets, _inlines = self._create_formsets(request, shown, change=True)
        if not all([form.is_valid(), *(formset.is_valid() for formset in formsets)]):
            context = {"title": _("Preview"), "form": form}
            return self._screen(request, article, "preview_refused", context, status=400)
        content = tidied(content_of(form, formsets[0]))
        with translation.override(content.language):
            strip = {"is_unsaved": True}
            html = draw(request, article, content, "articles/preview.html", {"preview": strip}, at=timezone.now())
        return HttpResponse(html, headers=PRIVATE)

    def preview_links_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """The links of a story with what their holders said, and the form for a new one. A new link's address is in
        the answer to the form, once."""
        article, at = self._story(request, number), timezone.now()
        form = LinkForm(request.POST or None, revisions=_revisions(article))
        made, status = None, 200
        if request.method == "POST" and form.is_valid():
            try:
                link, token = previews.make(article, by=request.user, at=at, **form.cleaned_data)
            except previews.PreviewRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                made = {"link": link, "address": _address(link, token)}
                form = LinkForm(revisions=_revisions(article))
        if form.errors:
            status = 400
        links = article.preview_links.select_related("created_by").prefetch_related("comments", "approvals")
        context = {
            "title": _("Preview links"),
            "form": form,
            "made": made,
            "links": [(link, _state(link, at)) for link in links],
        }
        return self._screen(request, article, "preview_links", context, status=status)

    def preview_revoke_view(self, request: HttpRequest, number: int, link: int) -> HttpResponse:
        article = self._story(request, number)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        found = get_object_or_404(article.preview_links, pk=link)
        previews.revoke(found, by=request.user, at=timezone.now())
        messages.success(request, _("Revoked. The link opens nothing any more."))
        return redirect("admin:articles_article_preview_links", article.pk)

    def _screen(
        self, request: HttpRequest, article: Article, name: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponse:
        around = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "back": reverse("admin:articles_article_change", args=[article.pk]),
        }
        return TemplateResponse(request, f"admin/articles/article/{name}.html", around | context, status=status)


def _revisions(article: Article) -> list[Revision]:
    """The newest revisions, without their texts."""
    found = article.revisions.select_related("author").defer("content").order_by("-number")
    return list(found[:NEWEST_REVISIONS])


def _choices(request: HttpRequest, article: Article) -> dict[str, Any]:
    """What to show, from the address: revision, edition, language of the page around the text."""
    show, chrome, number = (request.GET.get(name, "") for name in ("show", "chrome", "revision"))
    return {
        "revision": int(number) if number.isdecimal() and len(number) < 10 else article.head_number,
        "show": show if show in EDITIONS else "phone",
        "chrome": chrome if chrome in dict(settings.LANGUAGES) else article.language,
    }


def _share_picture(shown: Article, at: datetime) -> HttpResponse:
    """The picture that would stand beside links to a draft, drawn for who looks and kept nowhere."""
    headers = PRIVATE | {"X-Frame-Options": "SAMEORIGIN"}
    try:
        drawn = share_pictures.drawn(share_pictures.card_of(shown, at))
    except lettering.Undrawable:
        sentence = _("This headline has letters that we cannot draw. Links to the story show its lead picture.")
        if shown.is_sponsored:
            sentence = _("This headline has letters that we cannot draw. Links to the story show no picture.")
        return HttpResponse(sentence, content_type="text/plain; charset=utf-8", headers=headers)
    return HttpResponse(drawn, content_type="image/jpeg", headers=headers)


def _state(link: PreviewLink, at: datetime) -> tuple[str, str]:
    """A word for style sheets and one for people."""
    if link.revoked_at:
        return "revoked", _("Closed")
    if link.expires_at <= at:
        return "expired", _("Expired")
    if link.is_spent:
        return "spent", _("Opened as often as it may be")
    return "open", _("Open")


def _address(link: PreviewLink, token: str) -> str:
    with translation.override(link.article.language):
        return settings.SITE_URL + reverse("articles:preview", args=[token])
