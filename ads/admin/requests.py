"""Requests in the admin: the queue with its 48-hour clock, the material, and what can be done with it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import admin
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.models import User

from .. import mail_filing, progress
from ..models import AdRequest
from ..next_step import next_step
from . import invoice_moves, request_moves
from .conversation import ConversationMixin
from .listing import RequestListMixin
from .material import MaterialMixin
from .posts import of_request
from .request_add import RequestAddMixin


def clock_words(left: timedelta) -> tuple[str, str]:
    """A colour and a sentence for the time that is left: over 24 h green, under amber, under 6 h red."""
    days, hours = abs(left) // timedelta(days=1), abs(left) // timedelta(hours=1)
    minutes = abs(left) % timedelta(hours=1) // timedelta(minutes=1)
    if days >= 3:
        span = ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    elif hours:
        span = ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    else:
        span = ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if left < timedelta(0):
        return "overdue", _("Overdue by %(span)s") % {"span": span}
    colour = "red" if left < timedelta(hours=6) else "amber" if left < timedelta(hours=24) else "green"
    return colour, _("%(span)s left") % {"span": span}


def clock(ad_request: AdRequest, at: datetime) -> SafeString | str:
    left = ad_request.time_left(at)
    if left is None:
        return _("Answered") if ad_request.answered_at else "–"
    return format_html('<span class="desk-clock desk-clock--{}">{}</span>', *clock_words(left))


def colleagues():
    """Who may own a request: active staff who may answer one."""
    people = User.objects.with_perm("ads.answer_adrequest", backend="django.contrib.auth.backends.ModelBackend")
    return people.filter(is_active=True, is_staff=True).order_by("username")


@admin.register(AdRequest)
class AdRequestAdmin(
    RequestListMixin,
    invoice_moves.BillingMoves,
    request_moves.RequestMovesMixin,
    MaterialMixin,
    ConversationMixin,
    RequestAddMixin,
):
    change_form_template = "admin/ads/adrequest/change_form.html"
    readonly_fields = [
        "reference",
        "state",
        "clock",
        "suspected",
        "name",
        "mail_link",
        "company",
        "website_link",
        "country",
        "days",
        "message",
        "received_at",
        "source",
        "advertiser",
    ]
    fieldsets = [
        (None, {"fields": ["reference", "state", "clock", "received_at", "source"]}),
        (
            gettext_lazy("Who asks"),
            {"fields": ["name", "mail_link", "company", "website_link", "country", "advertiser"]},
        ),
        (gettext_lazy("What they wrote"), {"fields": ["days", "message"]}),
        (gettext_lazy("Among us"), {"fields": ["owner", "notes"]}),
    ]
    moves = (*request_moves.MOVES, *invoice_moves.OF_DEALS)

    def get_ordering(self, request: HttpRequest):
        """Those who wait for an answer first, the longest waiting on top; then the newest."""
        return [F("answer_due_at").asc(nulls_last=True), "-received_at"]

    def get_fieldsets(self, request: HttpRequest, obj: AdRequest | None = None):
        """Why it was held back, only where it was."""
        held = [(_("Held back"), {"fields": ["suspected"]})] if obj and obj.suspected else []
        return [*held, *super().get_fieldsets(request, obj)]

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        """An owner is somebody who may answer. A desk has few, so a plain list is found faster than a search."""
        if db_field.name == "owner":
            kwargs["queryset"] = colleagues()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: AdRequest | None = None) -> bool:
        return False

    def render_change_form(
        self, request: HttpRequest, context, add=False, change=False, form_url="", obj: AdRequest | None = None
    ):
        at = timezone.now()
        context["moves"] = [(move, self.move_url(obj, move.name)) for move in self.open_moves(request, obj)]
        if obj:
            context |= self.conversation_of(obj, at=at) | {"step": next_step(obj, at)} | context
            open_to_files = obj.status in AdRequest.Status.agreed() and obj.status != AdRequest.Status.DELIVERED
            context["missing"] = progress.missing(obj, at=at) if open_to_files else []
            context["renewals"] = obj.renewals.order_by("pk")
        context["items"] = obj and obj.items.select_related("position", "product").prefetch_related("material__article")
        context["quotes"] = obj and obj.quotes.prefetch_related("lines").select_related("changed_by")
        context["bookings"] = obj and obj.bookings.select_related("position", "advertiser")
        context["bounce"] = obj and mail_filing.bounce_of(obj)
        context["mails"] = obj and obj.mails.order_by("arrived_at", "pk").defer("text")[:100]
        context["loose_material"] = obj and obj.material.filter(item=None)
        context["history"] = obj and obj.moves.select_related("actor")
        context |= of_request(obj) if obj else {}
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=gettext_lazy("Wants"))
    def wanted(self, obj: AdRequest) -> SafeString:
        return format_html_join(", ", "{}", ((item,) for item in obj.items.all()))

    @admin.display(description=gettext_lazy("Dates"))
    def days(self, obj: AdRequest) -> str:
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (obj.first_day, obj.last_day) if day]
        return " – ".join(days) or _("open")

    @admin.display(description=gettext_lazy("Status"), ordering="status")
    def state(self, obj: AdRequest) -> SafeString:
        text = _("Held: looks like spam") if obj.suspected else obj.get_status_display()
        return format_html('<span class="desk-state desk-state--{}">{}</span>', obj.status, text)

    @admin.display(description=gettext_lazy("Answer due"), ordering="answer_due_at")
    def clock(self, obj: AdRequest) -> SafeString | str:
        return clock(obj, timezone.now())

    @admin.display(description=gettext_lazy("E-mail"))
    def mail_link(self, obj: AdRequest) -> SafeString:
        return format_html('<a href="mailto:{0}?subject={1}" dir="ltr">{0}</a>', obj.email, obj.reference)

    @admin.display(description=gettext_lazy("Website"))
    def website_link(self, obj: AdRequest) -> SafeString:
        return format_html('<a href="{0}" rel="noopener noreferrer nofollow" dir="ltr">{0}</a>', obj.website)
