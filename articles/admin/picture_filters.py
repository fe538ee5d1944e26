"""What the list of the media library can be narrowed to. Every filter has an index (`MediaAsset.Meta`)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import MediaAsset, MediaUse


class Choice(admin.SimpleListFilter):
    """One choice among named querysets: `choices_by_name` maps a value to its label and what it does."""

    def lookups(self, request: HttpRequest, model_admin):
        return [(name, label) for name, (label, _narrow) in self.choices_by_name(request).items()]

    def queryset(self, request: HttpRequest, queryset):
        chosen = self.choices_by_name(request).get(self.value())
        return chosen[1](queryset) if chosen else queryset

    def choices_by_name(self, request: HttpRequest) -> dict:
        raise NotImplementedError


class Use(Choice):
    title = _("use")
    parameter_name = "use"

    def choices_by_name(self, request: HttpRequest) -> dict:
        return {
            "unused": (_("Unused"), lambda found: found.unused()),
            "used": (_("In a story"), lambda found: found.filter(_in_a_story())),
            "public": (_("Readers see it"), lambda found: found.public(timezone.now())),
        }


def _in_a_story() -> Exists:
    return Exists(MediaUse.objects.filter(asset=OuterRef("pk")))


class Missing(Choice):
    title = _("what is missing")
    parameter_name = "missing"

    def choices_by_name(self, request: HttpRequest) -> dict:
        return {
            "alt": (_("No alternative text"), lambda found: found.undescribed()),
            "credit": (_("No credit"), lambda found: found.uncredited()),
        }


class Uploader(Choice):
    title = _("uploaded by")
    parameter_name = "by"

    def choices_by_name(self, request: HttpRequest) -> dict:
        return {"me": (_("Me"), lambda found: found.filter(uploaded_by=request.user))}


class Shape(Choice):
    title = _("shape")
    parameter_name = "shape"

    def choices_by_name(self, request: HttpRequest) -> dict:
        return {
            "landscape": (_("Landscape"), lambda found: found.filter(width__gt=F("height"))),
            "portrait": (_("Portrait"), lambda found: found.filter(height__gt=F("width"))),
            "square": (_("Square"), lambda found: found.filter(width=F("height"))),
        }


class Licence(Choice):
    title = _("licence")
    parameter_name = "licence"

    def choices_by_name(self, request: HttpRequest) -> dict:
        today = timezone.localdate()
        return {
            "ending": (
                _("Ends within 30 days"),
                lambda found: found.filter(licence_until__range=(today, today + MediaAsset.RUNS_OUT)),
            ),
            "over": (_("Has ended"), lambda found: found.filter(licence_until__lt=today)),
        }


FILTERS: list[Any] = [Use, Missing, Uploader, Shape, Licence, "created_at"]
