from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from .. import forecast
from ..models import Position, PositionPrice, PostPrice, PostProduct, Service
from ..traffic import ENOUGH_RECORD

NATIVE_DAYS: Mapping[type[models.Field], Mapping[str, Any]] = {
    models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
}


class PositionPriceInline(admin.TabularInline):
    model = PositionPrice
    extra = 0
    formfield_overrides = NATIVE_DAYS


class PostPriceInline(admin.TabularInline):
    model = PostPrice
    extra = 0
    formfield_overrides = NATIVE_DAYS


@admin.register(Position)
class PositionAdmin(admin.ModelAdmin):
    """The publisher sets prices and words. Sizes are what pages are built for, so they stand."""

    list_display = [
        "said",
        "pages",
        "price_per_week",
        "price_per_thousand",
        "currency",
        "stands",
        "is_example_price",
        "is_active",
    ]
    fieldsets = [
        (None, {"fields": ["code", "size_text", "phone_text", "place", "pages"]}),
        (_("Words"), {"fields": ["name", "name_ar", "where", "where_ar"]}),
        (
            _("Price"),
            {
                "fields": ["price_per_week", "price_per_thousand", "currency", "is_example_price", "is_active"],
                "description": _(
                    "Holds until the first dated price below begins. To change a price from a day on, add a row there: "
                    "a flight keeps the price of the day it begins."
                ),
            },
        ),
        (
            _("Selling by impressions"),
            {
                "fields": ["weekly_impressions", "stands", "measured", "shown_of_served", "sellable"],
                "description": _(
                    "Until seven days were counted your estimate stands, and 80 percent of it can be sold: some "
                    "readers block advertising, and some weeks are quiet. After that the measurement stands alone. "
                    "With neither the position is sold by the week only, and the rate card says so. A lower figure "
                    "takes nothing from anybody who has bought; it stops the selling until there is room again."
                ),
            },
        ),
        (_("Artwork"), {"fields": ["max_kilobytes"]}),
        (_("Order"), {"fields": ["order"]}),
    ]
    inlines = [PositionPriceInline]
    readonly_fields = [
        "code",
        "size_text",
        "phone_text",
        "place",
        "pages",
        "stands",
        "measured",
        "shown_of_served",
        "sellable",
    ]

    @admin.display(description=_("Position"), ordering="order")
    def said(self, obj: Position) -> str:
        return str(obj)

    @admin.display(description=_("Sold from"))
    def stands(self, obj: Position) -> str:
        """Which of the two figures stands behind what is sold by number."""
        figure = forecast.of(obj)
        if figure.last_day:
            return gettext("measured until %(day)s") % {"day": date_format(figure.last_day)}
        return gettext("your estimate") if obj.weekly_impressions else gettext("nothing: sold by the week only")

    @admin.display(description=_("Boxes a week, measured"))
    def measured(self, obj: Position) -> str:
        """Opportunities: how often readers have the box before them."""
        traffic = forecast.of(obj).traffic
        if traffic is None:
            return gettext("Less than seven days were counted.")
        days = ngettext("from %(count)d day", "from %(count)d days", traffic.days) % {"count": traffic.days}
        return f"{number_format(sum(traffic.week), force_grouping=True)} ({days})"

    @admin.display(description=_("Shown of served"))
    def shown_of_served(self, obj: Position) -> str:
        traffic = forecast.of(obj).traffic
        return f"{number_format(100 * float(traffic.rho), 1)} %" if traffic else "–"

    @admin.display(description=_("Of the forecast, can be sold"))
    def sellable(self, obj: Position) -> str:
        """k, and what it rests on."""
        figure = forecast.of(obj)
        record = figure.traffic.record if figure.traffic else 0
        percent = f"{number_format(100 * float(figure.k), 1)} %"
        if record < ENOUGH_RECORD:
            days = ngettext("%(count)d day", "%(count)d days", record) % {"count": record}
            said = gettext("%(percent)s, until the forecast has a record of 14 days; so far it has %(days)s")
            return said % {"percent": percent, "days": days}
        said = gettext("%(percent)s: what was reached on four of five of the last %(count)d days")
        return said % {"percent": percent, "count": record}

    @admin.display(description=_("Size"))
    def size_text(self, obj: Position) -> str:
        return f"{obj.width}×{obj.height}"

    @admin.display(description=_("Phone artwork"))
    def phone_text(self, obj: Position) -> str:
        return f"{obj.phone_width}×{obj.phone_height}" if obj.phone_size else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        # The seven positions are where pages have room for them.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Position | None = None) -> bool:
        return False


@admin.register(PostProduct)
class PostProductAdmin(admin.ModelAdmin):
    list_display = ["name", "price", "newsroom_price", "currency", "is_active"]
    fields = [
        "kind",
        "name",
        "name_ar",
        "description",
        "description_ar",
        "price",
        "newsroom_price",
        "newsletter_mentions",
        "social_shares",
        "currency",
        "is_active",
        "order",
    ]
    readonly_fields = ["kind"]
    inlines = [PostPriceInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # One for each kind of sponsored story, made by a migration.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PostProduct | None = None) -> bool:
        return False


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    list_display = ["name", "price", "currency", "is_example_price", "is_active"]
    fields = [
        "kind",
        "name",
        "name_ar",
        "description",
        "description_ar",
        "price",
        "currency",
        "is_example_price",
        "is_active",
        "order",
    ]
    readonly_fields = ["kind"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # One for each kind of line that a quote may have beside positions and posts.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        return False
