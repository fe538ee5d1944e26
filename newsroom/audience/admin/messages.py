from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ..models import ContactMessage


@admin.register(ContactMessage)
class ContactMessageAdmin(admin.ModelAdmin):
    if_empty = _("No reader has written yet. Messages from the contact page arrive here.")
    list_display = ["name", "reason", "beginning", "received_at", "suspected", "is_done"]
    list_filter = ["is_done", "reason", "language", "received_at"]
    search_fields = ["name", "email", "message"]
    show_full_result_count = False
    readonly_fields = ["name", "mail_link", "reason", "message", "language", "received_at", "suspected"]
    actions = ["mark_done"]

    def get_fields(self, request: HttpRequest, obj: ContactMessage | None = None) -> list[str]:
        """Why it was held back, only where it was."""
        held = ["suspected"] if obj and obj.suspected else []
        return [*held, "name", "mail_link", "reason", "message", "language", "received_at", "is_done"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        # Messages come from readers.
        return False

    @admin.display(description=_("E-mail"))
    def mail_link(self, obj: ContactMessage) -> SafeString:
        return format_html('<a href="mailto:{0}" dir="ltr">{0}</a>', obj.email)

    @admin.display(description=_("Message"))
    def beginning(self, obj: ContactMessage) -> str:
        return obj.message[:100]

    @admin.action(description=_("Mark as done"), permissions=["change"])
    def mark_done(self, request: HttpRequest, queryset) -> None:
        queryset.update(is_done=True)
