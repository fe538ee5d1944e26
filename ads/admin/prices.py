from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Position, PostProduct


@admin.register(Position)
class PositionAdmin(admin.ModelAdmin):
    """The publisher sets prices and words. Sizes are what pages are built for, so they stand."""

    list_display = [
        "name",
        "size_text",
        "pages",
        "price_per_week",
        "price_per_thousand",
        "currency",
        "is_example_price",
        "is_active",
    ]
    fieldsets = [
        (None, {"fields": ["code", "size_text", "phone_text", "place", "pages"]}),
        (_("Words"), {"fields": ["name", "name_ar", "where", "where_ar"]}),
        (
            _("Price"),
            {"fields": ["price_per_week", "price_per_thousand", "currency", "is_example_price", "is_active"]},
        ),
        (_("Artwork"), {"fields": ["max_kilobytes"]}),
        (_("Order"), {"fields": ["order"]}),
    ]
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        # One for each kind of sponsored story, made by a migration.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PostProduct | None = None) -> bool:
        return False
