"""The list of bookings: what each has had of what it bought, whether its artwork is there, and what was paid."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import targeting_display
from ..models import Booking, Creative
from ..paper.wording import amount
from . import reports
from .running import PausedFilter, state_of


class BookingChangeList(ChangeList):
    """Its rows have their entry of the reports: `entry`."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        for entry in reports.entries(self.result_list, at=timezone.now()):
            entry.booking.entry = entry  # type: ignore[attr-defined]  # for the columns below


class BookingListMixin(admin.ModelAdmin):
    """For the ModelAdmin of bookings."""

    if_empty = gettext_lazy(
        "Nothing is booked yet. An accepted quote books by itself; what needs no quote is added here."
    )
    list_display = ["position", "advertiser", "days", "running", "pacing", "paid", "artwork", "sold", "cost"]
    list_filter = ["position", "status", PausedFilter, "first_day"]
    list_select_related = ["position", "advertiser", "targeting"]
    list_per_page = 50
    list_max_show_all = 50
    search_fields = ["advertiser__company", "request__reference"]
    date_hierarchy = "first_day"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BookingChangeList

    @admin.display(description=gettext_lazy("Days"), ordering="first_day")
    def days(self, obj: Booking) -> str:
        return " – ".join(date_format(day, "SHORT_DATE_FORMAT") for day in (obj.first_day, obj.last_day))

    @admin.display(description=gettext_lazy("Bought"))
    def sold(self, obj: Booking) -> SafeString | str:
        target = getattr(obj, "targeting", None)
        if target is None:
            return obj.bought
        style = "desk-state desk-state--overdue" if targeting_display.is_nowhere(target) else "desk-under"
        return format_html('{} <span class="{}">{}</span>', obj.bought, style, targeting_display.in_words(target))

    @admin.display(description=gettext_lazy("State"))
    def running(self, obj: Booking) -> SafeString:
        return format_html('<span class="desk-state desk-state--{}">{}</span>', *state_of(obj))

    @admin.display(description=gettext_lazy("Delivered"))
    def pacing(self, obj: Any) -> SafeString | str:
        """Of what is expected by now, in percent and in words."""
        pace = obj.entry.pace
        if obj.status == Booking.Status.CANCELLED or pace.percent is None:
            return "–"
        words = format_html('<span class="desk-state desk-state--scheduled">{}</span>', pace.words)
        said = words if pace.is_behind else pace.words
        return format_html("<bdi>{} %</bdi> {}", round(pace.percent), said)

    @admin.display(description=gettext_lazy("Artwork"))
    def artwork(self, obj: Booking) -> SafeString | str:
        states = {creative.status for creative in obj.creatives.all()}
        if Creative.Status.APPROVED in states:
            return str(Creative.Status.APPROVED.label)
        if obj.status == Booking.Status.CANCELLED:
            return "–"
        words = Creative.Status.WAITING.label if Creative.Status.WAITING in states else _("Missing")
        return format_html('<span class="desk-state desk-state--received">{}</span>', words)

    @admin.display(description=gettext_lazy("Price"), ordering="price")
    def cost(self, obj: Booking) -> SafeString:
        return format_html("<bdi>{} {}</bdi>", amount(obj.price), obj.currency)

    @admin.display(description=gettext_lazy("Paid"))
    def paid(self, obj: Any) -> str:
        """Of its deal: all of it, nothing, or how much."""
        paid, due = obj.entry.paid, obj.entry.due
        if due is None:
            return "–"
        if paid >= due:
            return _("Paid")
        return _("%(paid)s of %(due)s") % {"paid": amount(paid), "due": amount(due)} if paid else _("Not paid")
