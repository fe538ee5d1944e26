"""The brand in the admin: one screen that says who publishes, with a preview of what was typed."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from articles import branding, contrast
from articles.branding import Drawn
from articles.models import Article, Brand, BrandChange, Section
from articles.models.brand import DEFAULT_ACCENTS

from .brand_forms import BrandForm
from .context import said_of

CHANGES_SHOWN = 10


@admin.register(Brand)
class BrandAdmin(admin.ModelAdmin):
    def get_urls(self):
        """The screen, and none of Django's pages: there is one brand, and nobody deletes it."""
        site = self.admin_site.admin_view
        return [
            path("", site(self.screen), name="articles_brand_changelist"),
            path("preview/", site(self.preview), name="articles_brand_preview"),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Brand | None = None) -> bool:
        return False

    def _require(self, request: HttpRequest) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied

    def screen(self, request: HttpRequest) -> HttpResponse:
        """GET shows the brand as it is saved; POST saves it."""
        self._require(request)
        brand = Brand.objects.filter(pk=Brand.ONLY).first() or Brand()
        form, status = BrandForm(brand=brand), 200
        if request.method == "POST":
            form, status = BrandForm(request.POST, request.FILES, brand=brand), 400
            if form.is_valid():
                try:
                    saved = branding.change(
                        form.values(), seen=form.cleaned_data["seen"], by=request.user, at=timezone.now()
                    )
                except branding.ChangedMeanwhile as refusal:
                    form.add_error(None, str(refusal))
                    status = 409
                except branding.BrandRefused as refusal:
                    form.add_error(None, str(refusal))
                else:
                    return self._saved(request, brand, saved)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Brand"),
            "opts": self.opts,
            "form": form,
            "brand": brand,
            "defaults": {language: brand.said("name", language) for language in ("en", "ar")},
            "colours": _colours(form, brand),
            "grounds": {"light": contrast.LINK_GROUNDS["light"], "dark": contrast.LINK_GROUNDS["dark"]},
            "changes": [_in_words(change) for change in BrandChange.objects.select_related("by")[:CHANGES_SHOWN]],
        }
        return render(request, "admin/brand/screen.html", context, status=status)

    def _saved(self, request: HttpRequest, before: Brand, saved: Brand) -> HttpResponse:
        if saved.version == before.version:
            messages.info(request, _("Nothing was changed."))
        else:
            self.log_change(request, saved, _("Changed the brand."))
            messages.success(request, _("Saved. Every page shows it within ten seconds."))
        return redirect("admin:articles_brand_changelist")

    @method_decorator(xframe_options_sameorigin)
    def preview(self, request: HttpRequest) -> HttpResponse:
        """Header, card, label, button and footer as they would be, in both languages and modes. POST shows what was
        typed, and writes nothing; GET what is saved."""
        self._require(request)
        brand = Brand.objects.filter(pk=Brand.ONLY).first() or Brand()
        problems: list[str] = []
        drawn: dict[str, Drawn] = {}
        if request.method == "POST":
            form = BrandForm(request.POST, request.FILES, brand=brand)
            form.is_valid()
            problems = [error for name, errors in form.errors.items() if name != "seen" for error in errors]
            brand, drawn = branding.typed(brand, form.values()), form.drawn()
        elif request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        request.house_style = style = _preview_style(brand)
        panels = [
            _panel(request, brand, drawn, language, mode) for language in ("en", "ar") for mode in ("light", "dark")
        ]
        context = {"panels": panels, "problems": problems, "style": style}
        response = render(request, "admin/brand/preview.html", context)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response


def _colours(form: BrandForm, brand: Brand) -> list[dict[str, Any]]:
    """For each mode: its field, the colour that pages have, and what it reaches."""
    accents = brand.accents()
    return [
        {
            "mode": mode,
            "field": form[name],
            "colour": accents[mode],
            "reached": f"{contrast.least_ratio(accents[mode], mode, links=brand.accent_on_links):.2f}",
            "default": DEFAULT_ACCENTS[mode],
            "grounds": " ".join(contrast.GROUNDS[mode]),
            "link_grounds": " ".join(contrast.LINK_GROUNDS[mode]),
        }
        for mode, name in (("light", "accent"), ("dark", "accent_dark"))
    ]


def _preview_style(brand: Brand) -> str:
    """Both modes beside one another, whatever the browser prefers."""
    names = ("--accent", "--link", "--button") if brand.accent_on_links else ("--accent",)
    accents = brand.accents()
    return "".join(
        f".tone--{mode}{{{';'.join(f'{name}:{accents[mode]}' for name in names)}}}" for mode in ("light", "dark")
    )


def _panel(request: HttpRequest, brand: Brand, drawn: dict[str, Drawn], language: str, mode: str) -> dict[str, Any]:
    with translation.override(language):
        site = said_of(brand, language)
        site["logo"] = _logo_of(site["logo"], drawn, mode)
        story = Article.objects.live().in_language(language).newest_first().first()
        context = {
            "site": site,
            "language": language,
            "article": story,
            "menu": Section.objects.menu(language),
            "boxes": {},
            "alternates": {},
            "breaking": None,
        }
        html = render_to_string("admin/brand/_panel.html", context, request=request)
        direction = "rtl" if get_language_bidi() else "ltr"
        return {"language": language, "direction": direction, "mode": mode, "html": html}


def _logo_of(logo: dict[str, Any] | None, drawn: dict[str, Drawn], mode: str) -> dict[str, Any] | None:
    """The logo of a mode as both of its addresses; of a file that is not saved, its bytes."""
    if logo is None:
        return None
    src = logo["dark_src" if mode == "dark" else "src"]
    for one in drawn.values():
        for name, data in one.files.items():
            if src.endswith(name):
                src = f"data:image/webp;base64,{base64.b64encode(data).decode()}"
    return {**logo, "src": src, "dark_src": src}


def _in_words(change: BrandChange) -> dict[str, Any]:
    """Who changed what, as sentences of before and after."""
    said = []
    for name, (before, after) in change.changes.items():
        label = Brand._meta.get_field(name).verbose_name
        if name in Brand.PICTURES:
            text = _("another file") if before and after else _("added") if after else _("taken away")
            said.append({"what": label, "text": text})
        elif name == "social":
            said.append({"what": label, "before": _addresses(before), "after": _addresses(after)})
        elif isinstance(after, bool):
            said.append({"what": label, "text": _("yes") if after else _("no")})
        else:
            said.append({"what": label, "before": before, "after": after})
    who = (change.by.get_full_name() or change.by.username) if change.by else _("Somebody")
    return {"at": change.at, "who": who, "said": said}


def _addresses(rows: list[dict[str, str]]) -> str:
    return " · ".join(row["url"] for row in rows)
