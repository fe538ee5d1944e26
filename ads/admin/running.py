"""A booking that runs: pause it, say where and when it is shown, let versions of its artwork take turns."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from articles.admin.moves import Move

from .. import artwork_display, forecast, ledger, rotation, running, targeting_display
from ..models import Booking, Creative
from .running_forms import TargetingForm, WeightsForm

PAUSED, RUNNING = "paused", "running"

MOVES = (
    Move(
        name="pause",
        label=gettext_lazy("Pause"),
        question=gettext_lazy("Show nothing of this booking until somebody resumes it?"),
        verb=running.pause,
        targets=frozenset([PAUSED]),
        permissions=("ads.change_booking",),
        done=gettext_lazy("Paused. The artwork disappears from all pages within a minute."),
        errors=(running.RunningRefused,),
    ),
    Move(
        name="resume",
        label=gettext_lazy("Resume"),
        question=gettext_lazy("Show it again from now on?"),
        verb=running.resume,
        targets=frozenset([RUNNING]),
        permissions=("ads.change_booking",),
        done=gettext_lazy("It goes on within a minute."),
        errors=(running.RunningRefused,),
    ),
)


class PausedFilter(admin.SimpleListFilter):
    title = gettext_lazy("pause")
    parameter_name = "paused"

    def lookups(self, request, model_admin):
        return [("yes", _("Paused"))]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(status=Booking.Status.BOOKED, paused_at__isnull=False)
        return queryset


class RunningMixin(admin.ModelAdmin):
    """For the admin of bookings."""

    class Media:
        css = {"all": ["desk/running.css"]}

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/targeting/", wrap(self.targeting), name="ads_booking_targeting"),
            path("<int:pk>/turns/", wrap(self.turns), name="ads_booking_turns"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest):
        return super().get_queryset(request).prefetch_related(*targeting_display.WITH_WORDS)

    def reachable(self, obj: Booking) -> set[str]:
        found: set[str] = set(super().reachable(obj))  # type: ignore[misc]  # of MovesMixin
        if obj.status == Booking.Status.BOOKED and timezone.now() < obj.ends_at:
            found.add(RUNNING if obj.paused_at else PAUSED)
        return found

    def consequences(self, request: HttpRequest, obj: Booking, move: Move) -> list[str]:
        if move.name == "pause":
            kept = _("Its days go by, and nobody else can book them.")
            if obj.impressions:
                return [kept, _("What it misses is caught up in the days that are left, as far as they have readers.")]
            return [kept, _("A share loses the days that go by, unless you add others for them.")]
        if move.name == "resume" and obj.paused_at:
            days = running.days_paused(obj, at=timezone.now())
            if not days:
                return []
            went_by = ngettext(
                "%(count)d of its days went by in part or whole.",
                "%(count)d of its days went by in part or whole.",
                days,
            ) % {"count": days}
            if obj.impressions:
                return [went_by, _("The number is caught up in the days that are left, as far as they have readers.")]
            return [went_by, _("A share does not get them back by itself. Book others if you agreed on that.")]
        return super().consequences(request, obj, move)  # type: ignore[misc]  # of MovesMixin

    def about_running(self, request: HttpRequest, obj: Booking) -> dict[str, Any]:
        """What the screen of a booking shows of this."""
        target = getattr(obj, "targeting", None)
        shown = artwork_display.shown_of(list(obj.creatives.all()))
        is_open = obj.status == Booking.Status.BOOKED and timezone.now() < obj.ends_at
        approved = [one for one in obj.creatives.all() if one.status == Creative.Status.APPROVED]
        return {
            "aimed": targeting_display.in_words(target),
            "is_nowhere": targeting_display.is_nowhere(target),
            "may_target": is_open and request.user.has_perm("ads.change_targeting"),
            "may_weigh": is_open and len(approved) > 1 and request.user.has_perm("ads.change_booking"),
            "turns": rotation.in_words({one.version: one.weight for one in shown if one.weight}) if approved else "",
        }

    def _open(self, request: HttpRequest, pk: int, permission: str) -> Booking:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(self.get_queryset(request).select_related("position", "advertiser"), pk=pk)

    def _draw(self, request: HttpRequest, booking: Booking, template: str, status: int, **more: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "booking": booking, **more}
        return TemplateResponse(request, f"admin/ads/booking/{template}", context, status=status)

    def targeting(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say where and when it is shown. `look` in a POST: say it in words, and keep nothing."""
        booking, at = self._open(request, pk, "ads.change_targeting"), timezone.now()
        target = getattr(booking, "targeting", None)
        form = TargetingForm(request.POST if request.method == "POST" else None, target=target)
        said, part, status = targeting_display.in_words(target), None, 200
        if form.is_bound:
            status = 400
            if form.is_valid():
                if "look" not in request.POST:
                    try:
                        changed = running.limit(booking, form.limits, by=request.user, at=at)
                    except (running.RunningRefused, ledger.SoldOut) as refused:
                        form.add_error(None, str(refused))
                    else:
                        sentence = _("Saved. It holds within a minute.") if changed else _("Nothing changed.")
                        messages.success(request, sentence)
                        return redirect("admin:ads_booking_change", pk)
                else:
                    said, status = form.limits.in_words(), 200
                    part = forecast.part_of(booking.position, form.limits.where())
        elif target:
            part = forecast.part_of(booking.position, form.limits_of(target).where())
        title = _("Where and when it is shown")
        percent = None if part is None else round(100 * part)
        return self._draw(
            request,
            booking,
            "targeting.html",
            status,
            form=form,
            said=said,
            percent=percent,
            title=title,
            asked=form.is_bound,
        )

    def turns(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let versions of the artwork take turns."""
        booking, at = self._open(request, pk, "ads.change_booking"), timezone.now()
        versions = [
            version
            for version in artwork_display.versions_of(booking, at=at)
            if version.creative.status == Creative.Status.APPROVED
        ]
        form = WeightsForm(
            request.POST if request.method == "POST" else None, creatives=[version.creative for version in versions]
        )
        if form.is_valid():
            try:
                changed = rotation.weigh(booking, form.weights, by=request.user, at=at)
            except running.RunningRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Saved. It holds within a minute.") if changed else _("Nothing changed."))
                return redirect("admin:ads_booking_change", pk)
        rows = [(version, form[form.name_of(version.creative)]) for version in versions]
        title = _("Versions that take turns")
        return self._draw(
            request, booking, "turns.html", 400 if form.errors else 200, form=form, rows=rows, title=title
        )


def state_of(booking: Booking) -> tuple[str, str]:
    """A name for the style and a word or two: where a booking stands now."""
    now = timezone.now()
    if booking.status == Booking.Status.CANCELLED:
        return "cancelled", booking.get_status_display()
    if now >= booking.ends_at:
        return "closed", _("Ended")
    if booking.paused_at:
        return "paused", running.paused_since(booking)
    if now < booking.starts_at:
        return "scheduled", _("Booked")
    return "live", _("Running")
