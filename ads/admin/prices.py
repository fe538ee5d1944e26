from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Position, PositionPrice, PostPrice, PostProduct, Service


class PositionPriceInline(admin.TabularInline):
    model = PositionPrice
    extra = 0


class PostPriceInline(admin.TabularInline):
    model = PostPrice
    extra = 0


@admin.register(Position)
class PositionAdmin(admin.ModelAdmin):
    """The publisher sets prices and words. Sizes are what pages are built for, so they stand."""

    list_display = [
        "name",
        "size_text",
        "pages",
        "price_per_week",
        "price_per_thousand",
        "weekly_impressions",
        "currency",
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
                "fields": ["weekly_impressions"],
                "description": _(
                    "Of your estimate, 80 percent can be sold: some readers block advertising, and some weeks are "
                    "quiet. Without an estimate the position is sold by the week only, and the rate card says so. "
                    "A lower estimate takes nothing from anybody who has bought; it stops the selling until there is "
                    "room again."
                ),
            },
        ),
        (_("Artwork"), {"fields": ["max_kilobytes"]}),
        (_("Order"), {"fields": ["order"]}),
    ]
    inlines = [PositionPriceInline]
    readonly_fields = ["code", "size_text", "phone_text", "place", "pages"]

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
