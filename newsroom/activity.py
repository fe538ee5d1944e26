"""Activity: who did what in the admin, newest first, to be read and never changed."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.counting import CappedPaginator
from articles.admin.listing import Choice, a_time
from articles.models import User

# So many names a menu of people holds.
PEOPLE = 200


class PersonFilter(Choice):
    title = gettext_lazy("Person")
    parameter_name = "user"

    def lookups(self, request: HttpRequest, model_admin):
        return [(user.pk, user.username) for user in User.objects.filter(is_staff=True).order_by("username")[:PEOPLE]]


class DeedFilter(Choice):
    title = gettext_lazy("What was done")
    parameter_name = "action_flag"

    def lookups(self, request: HttpRequest, model_admin):
        return [(ADDITION, _("Added")), (CHANGE, _("Changed")), (DELETION, _("Deleted"))]


@admin.register(LogEntry)
class ActivityAdmin(admin.ModelAdmin):
    """Django's own log. By number, which is by time: of the two only the number has an index."""

    list_name = gettext_lazy("Activity")
    if_empty = gettext_lazy("Nobody has changed anything here yet. What people add, change and delete is listed here.")
    list_display = ["at", "who", "deed", "kind", "thing", "details"]
    list_display_links = None
    list_filter = [PersonFilter, DeedFilter]
    list_select_related = ["user", "content_type"]
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False
    paginator = CappedPaginator
    sortable_by = ()
    ordering = ["-pk"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("When"))
    def at(self, obj: LogEntry) -> SafeString:
        return a_time(obj.action_time)

    @admin.display(description=gettext_lazy("Who"))
    def who(self, obj: LogEntry) -> SafeString:
        return format_html("<bdi>{}</bdi>", obj.user.get_full_name() or obj.user.username)

    @admin.display(description=gettext_lazy("Did"))
    def deed(self, obj: LogEntry) -> str:
        return {ADDITION: _("Added"), CHANGE: _("Changed"), DELETION: _("Deleted")}[obj.action_flag]

    @admin.display(description=gettext_lazy("What"))
    def kind(self, obj: LogEntry) -> str:
        return str(obj.content_type.name) if obj.content_type else ""

    @admin.display(description=gettext_lazy("Which"))
    def thing(self, obj: LogEntry) -> SafeString:
        try:
            address = obj.get_admin_url() if obj.action_flag != DELETION else None
        except NoReverseMatch:
            address = None
        if address is None:
            return format_html('<bdi dir="auto">{}</bdi>', obj.object_repr)
        return format_html('<a href="{}" dir="auto">{}</a>', address, obj.object_repr)

    @admin.display(description=gettext_lazy("Details"))
    def details(self, obj: LogEntry) -> str:
        return obj.get_change_message()
