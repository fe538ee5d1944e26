"""What is wrong with what runs, and what makes good for it, in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.moves import Move, MovesMixin

from .. import make_goods
from ..models import DeliveryAlarm, MakeGood


class OpenFilter(admin.SimpleListFilter):
    """What is open, unless somebody asks for what is over."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin):
        return [("over", gettext_lazy("Over"))]

    def choices(self, changelist):
        yield {
            "selected": self.value() != "over",
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Open"),
        }
        yield {
            "selected": self.value() == "over",
            "query_string": changelist.get_query_string({self.parameter_name: "over"}),
            "display": _("Over"),
        }

    def queryset(self, request: HttpRequest, queryset):
        return queryset.filter(over_at__isnull=self.value() != "over")


@admin.register(DeliveryAlarm)
class DeliveryAlarmAdmin(admin.ModelAdmin):
    if_empty = gettext_lazy(
        "Nothing is wrong: every line that runs has between 90 and 120 percent of what it should have."
    )
    list_display = ["kind", "line", "said", "since", "over_at"]
    list_display_links = None
    list_filter = [OpenFilter, "kind", "position"]
    list_select_related = ["booking__advertiser", "booking__position", "position"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: DeliveryAlarm | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: DeliveryAlarm | None = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("Line or position"), ordering="position")
    def line(self, obj: DeliveryAlarm) -> SafeString:
        name = "admin:ads_booking_change" if obj.booking_id else "admin:ads_position_change"
        address = reverse(name, args=[obj.booking_id or obj.position_id])
        return format_html('<a href="{}" dir="auto">{}</a>', address, obj.booking or obj.position)

    @admin.display(description=gettext_lazy("How much"))
    def said(self, obj: DeliveryAlarm) -> str:
        return in_figures(obj)


def in_figures(alarm: DeliveryAlarm) -> str:
    """What was expected and what came, in words."""
    expected, came = (number_format(number, force_grouping=True) for number in (alarm.expected, alarm.delivered))
    if alarm.kind == DeliveryAlarm.Kind.OVERSOLD:
        words = ngettext(
            "%(number)s impression will be missing", "%(number)s impressions will be missing", alarm.expected
        )
        return words % {"number": expected}
    if alarm.kind == DeliveryAlarm.Kind.SHORT:
        return _("%(came)s of %(goal)s in the end") % {"came": came, "goal": expected}
    if alarm.kind == DeliveryAlarm.Kind.SILENT:
        return _("nothing, where about %(number)s were expected") % {"number": expected}
    percent = round(100 * alarm.delivered / alarm.expected) if alarm.expected else 0
    return _("%(came)s of %(expected)s expected by now, %(percent)d %%") % {
        "came": came,
        "expected": expected,
        "percent": percent,
    }


@admin.register(MakeGood)
class MakeGoodAdmin(MovesMixin, admin.ModelAdmin):
    if_empty = gettext_lazy(
        "No line will end short of its number, so nothing has to be made good. One is prepared here as soon as it does."
    )
    change_form_template = "admin/ads/makegood/change_form.html"
    list_display = ["line", "number", "days", "status", "prepared_at", "decided_at"]
    list_filter = ["status", "booking__position"]
    list_select_related = ["booking__advertiser", "booking__position"]
    fields = ("status", "for_line", "number", "days", "prepared_at", "becomes", "decided_by", "note")
    readonly_fields = fields
    show_full_result_count = False
    moves = (
        Move(
            name="book",
            label=gettext_lazy("Book it"),
            question=gettext_lazy(
                "Book these impressions at no price, with the artwork that runs, and tell the advertiser by mail?"
            ),
            verb=make_goods.book,
            targets=frozenset([MakeGood.Status.BOOKED]),
            permissions=("ads.change_makegood",),
            done=gettext_lazy("Booked. The advertiser gets a mail."),
            errors=(make_goods.MakeGoodRefused,),
        ),
        Move(
            name="dismiss",
            label=gettext_lazy("Dismiss"),
            question=gettext_lazy("Prepare nothing for this line? Say why, if it was agreed otherwise."),
            verb=make_goods.dismiss,
            targets=frozenset([MakeGood.Status.DISMISSED]),
            permissions=("ads.change_makegood",),
            done=gettext_lazy("Dismissed."),
            errors=(make_goods.MakeGoodRefused,),
            is_grave=True,
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MakeGood | None = None) -> bool:
        return False

    def consequences(self, request: HttpRequest, obj: MakeGood, move: Move) -> list[str]:
        return [self.number(obj), self.days(obj)] if move.name == "book" else []

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Line"), ordering="booking")
    def line(self, obj: MakeGood) -> str:
        return str(obj.booking)

    @admin.display(description=gettext_lazy("Line"))
    def for_line(self, obj: MakeGood) -> SafeString:
        address = reverse("admin:ads_booking_change", args=[obj.booking_id])
        return format_html('<a href="{}" dir="auto">{}</a>', address, obj.booking)

    @admin.display(description=gettext_lazy("What is made good"), ordering="impressions")
    def number(self, obj: MakeGood) -> str:
        number = number_format(obj.impressions, force_grouping=True)
        return ngettext("%(number)s impression", "%(number)s impressions", obj.impressions) % {"number": number}

    @admin.display(description=gettext_lazy("Days"), ordering="first_day")
    def days(self, obj: MakeGood) -> str:
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in (obj.first_day, obj.last_day))

    @admin.display(description=gettext_lazy("Booked as"))
    def becomes(self, obj: MakeGood) -> str | SafeString:
        if not obj.made_id:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("admin:ads_booking_change", args=[obj.made_id]), obj.made)
