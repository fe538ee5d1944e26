from __future__ import annotations

import hashlib
import math
import re
import time
from base64 import b64encode
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, models
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .. import contrast

# Where a publisher can be found. In the order in which the form offers them.
NETWORKS = {
    "facebook": "Facebook",
    "instagram": "Instagram",
    "linkedin": "LinkedIn",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
    "telegram": "Telegram",
    "threads": "Threads",
    "tiktok": "TikTok",
    "whatsapp": "WhatsApp",
    "x": "X",
    "youtube": "YouTube",
    "podcast": _("Podcast"),
}
DEFAULT_ACCENTS = {"light": "#0b5c8a", "dark": "#8cc4f0"}
_GAP = re.compile(r"\{(year|name)\}")


class Brand(models.Model):
    """Who publishes: one row, or none, as long as nobody has said it. What is empty is taken from the environment
    (`SITE_NAME` and its like), or left out.

    Pictures are written by `articles.branding` alone: {"key", "width", "height"} of files that are never changed or
    removed, so that what was sent out with a logo keeps it. `accent_dark` may be empty: then it is made from `accent`.
    """

    ONLY = 1
    MOST_LINKS = 8
    # A process knows the brand for so long; the one that saves it forgets it at once.
    KNOWN_FOR = 10.0
    PICTURES = ("logo", "logo_dark", "logo_ar", "logo_ar_dark", "icon")

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=80, blank=True)
    tagline = models.CharField(_("tagline"), max_length=120, blank=True)
    tagline_ar = models.CharField(_("tagline in Arabic"), max_length=120, blank=True)
    about = models.CharField(_("about the newsroom"), max_length=300, blank=True)
    about_ar = models.CharField(_("about the newsroom, in Arabic"), max_length=300, blank=True)
    copyright = models.CharField(_("copyright line"), max_length=160, blank=True)
    copyright_ar = models.CharField(_("copyright line in Arabic"), max_length=160, blank=True)
    email = models.EmailField(_("e-mail address for readers"), blank=True)
    logo = models.JSONField(_("logo"), default=dict, blank=True, editable=False)
    logo_dark = models.JSONField(_("logo for dark mode"), default=dict, blank=True, editable=False)
    logo_ar = models.JSONField(_("logo for Arabic pages"), default=dict, blank=True, editable=False)
    logo_ar_dark = models.JSONField(_("logo for Arabic pages in dark mode"), default=dict, blank=True, editable=False)
    icon = models.JSONField(_("icon"), default=dict, blank=True, editable=False)
    accent = models.CharField(_("accent colour"), max_length=7, blank=True)
    accent_dark = models.CharField(_("accent colour in dark mode"), max_length=7, blank=True)
    accent_on_links = models.BooleanField(_("links and buttons have the accent colour too"), default=False)
    social = models.JSONField(_("social links"), default=list, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    _known: ClassVar[tuple[float, Brand] | None] = None

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("Brand")
        default_permissions = ("view", "change")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="brand_is_one")]

    def __str__(self) -> str:
        return self.said("name", settings.LANGUAGE_CODE)

    # In memory.

    @classmethod
    def current(cls) -> Brand:
        """Who publishes now. At most one query in KNOWN_FOR seconds and process. While the database is away it is what
        was known last, or what the environment says."""
        known = cls._known
        if known and time.monotonic() < known[0]:
            return known[1]
        try:
            brand = cls.objects.filter(pk=cls.ONLY).first() or cls()
        except (DatabaseError, InterfaceError):
            return known[1] if known else cls()
        cls.know(brand, seconds=cls.KNOWN_FOR)
        return brand

    @classmethod
    def know(cls, brand: Brand, *, seconds: float = math.inf) -> None:
        cls._known = (time.monotonic() + seconds, brand)

    @classmethod
    def forget(cls) -> None:
        """The next one who asks reads it anew."""
        if cls._known:
            cls._known = (-math.inf, cls._known[1])

    @property
    def is_set(self) -> bool:
        """Whether somebody has said who publishes here."""
        return bool(self.version)

    # In words.

    def said(self, field: str, language: str) -> str:
        """A text in a language, in the other where there is none, then what the environment says."""
        own, other = (f"{field}_ar", field) if language == "ar" else (field, f"{field}_ar")
        environment = f"SITE_{own.upper()}" if field in ("name", "tagline") else ""
        return getattr(self, own) or getattr(self, other) or (getattr(settings, environment) if environment else "")

    def copyright_line(self, language: str, year: int) -> SafeString:
        """The line below every page. The name is kept apart from the direction of the text around it."""
        name = format_html("<bdi>{}</bdi>", self.said("name", language))
        pieces: list[Any] = []
        for number, piece in enumerate(_GAP.split(self.said("copyright", language) or "© {year} {name}")):
            pieces.append({"year": str(year), "name": name}[piece] if number % 2 else format_html("{}", piece))
        return mark_safe("".join(pieces))

    def links(self) -> list[dict[str, str]]:
        """Where else the publisher is: name and address."""
        return [
            {"name": str(NETWORKS[row["network"]]), "url": row["url"]}
            for row in self.social
            if row.get("network") in NETWORKS and str(row.get("url", "")).startswith("https://")
        ]

    # In pictures.

    def logo_for(self, language: str) -> dict[str, Any] | None:
        """{"src", "width", "height", "dark_src"}: the size in CSS pixels, for screens of twice as many. `dark_src` is
        the same as `src` where nothing was made for dark mode. None: the name stands there in words."""
        light, dark = self.logo, self.logo_dark
        if language == "ar" and self.logo_ar:
            light, dark = self.logo_ar, self.logo_ar_dark
        if not light:
            return None
        fits = dark and abs(dark["width"] / dark["height"] * light["height"] / light["width"] - 1) < 0.1
        own = f"{light['key']}-dark" if light.get("has_dark") else light["key"]
        return {
            "src": logo_url(light["key"]),
            "width": light["width"],
            "height": light["height"],
            "dark_src": logo_url(dark["key"] if dark and fits else own),
        }

    def paper_logo(self, language: str) -> dict[str, Any]:
        """The facts of the logo for papers in a language, {} for none."""
        return (self.logo_ar if language == "ar" else {}) or self.logo

    # In colour.

    def accents(self) -> dict[str, str]:
        """The accent in light and in dark mode. What is no colour, or cannot be read, is not taken."""
        if not contrast.COLOUR.fullmatch(self.accent):
            return DEFAULT_ACCENTS
        dark = self.accent_dark if contrast.COLOUR.fullmatch(self.accent_dark) else self.accent
        links = self.accent_on_links
        return {mode: contrast.nearest(c, mode, links=links) for mode, c in (("light", self.accent), ("dark", dark))}

    @property
    def style(self) -> str:
        """What a page adds to its style sheet: custom properties that are colours, and nothing else. Empty for the
        colours that the sheet has."""
        accents = self.accents()
        if accents == DEFAULT_ACCENTS:
            return ""
        names = ("--accent", "--link", "--button") if self.accent_on_links else ("--accent",)
        light, dark = (";".join(f"{name}:{accents[mode]}" for name in names) for mode in ("light", "dark"))
        return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


class BrandChange(models.Model):
    """Who changed what of the brand, and when. `changes` is {field: [before, after]}; a picture is the facts of its
    file."""

    at = models.DateTimeField(_("time"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    changes = models.JSONField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change of the brand")
        verbose_name_plural = _("changes of the brand")
        default_permissions = ()
        # Few rows: somebody changes the brand some times a year.

    def __str__(self) -> str:
        return gettext("Brand, %(day)s") % {"day": timezone.localdate(self.at)}


def logo_url(name: str) -> str:
    return f"{settings.MEDIA_URL}b/{name}.webp"


def style_hash(style: str) -> str:
    """As a content security policy names the text of a <style>: https://www.w3.org/TR/CSP3/#match-element-to-source-list"""
    return f"'sha256-{b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def logo_at(language: str, moment: datetime) -> dict[str, Any]:
    """The facts of the logo that stood on papers at a moment, {} for none. One query."""
    found: dict[str, Any] = {}
    for changes in BrandChange.objects.filter(at__lte=moment).order_by("at", "pk").values_list("changes", flat=True):
        found |= {field: changes[field][1] for field in ("logo", "logo_ar") if field in changes}
    return (found.get("logo_ar") if language == "ar" else None) or found.get("logo") or {}
