"""Today at the ad desk: what waits for an answer, what is next, what runs out, and what stands still. A panel is one
query."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ads.admin.delivery_alarms import in_figures
from ads.admin.next_actions import due_words
from ads.admin.requests import clock_words
from ads.models import AdRequest, Booking, Creative, DeliveryAlarm, NextAction, Position, Quote, RequestMove

from .today_panel import MOST, Panel, Row

SELLING_AHEAD = 14
# A quote that expires, and a booking that starts, within so many days is worth a look.
SOON = timedelta(days=3)
# What was agreed and has not moved for so long, somebody forgot.
STILL = timedelta(days=7)


def requests(user, *, at: datetime) -> Panel:
    """The 48-hour clock: what still waits for an answer, the most urgent first."""
    address = reverse("admin:ads_adrequest_changelist")
    panel = Panel(
        "requests",
        gettext_lazy("Requests to answer"),
        gettext_lazy("Every request is answered."),
        more=address,
        next_step=(address, gettext_lazy("All requests")),
    )
    waiting = AdRequest.objects.filter(answer_due_at__isnull=False, suspected="").order_by("answer_due_at")
    rows = []
    for ad_request in waiting[: MOST + 1]:
        left = ad_request.time_left(at)
        colour, words = clock_words(left) if left is not None else ("", "")
        url = reverse("admin:ads_adrequest_change", args=[ad_request.pk])
        rows.append(Row(title=ad_request.company, url=url, state=words, tone=colour, about=ad_request.reference))
    return panel.show(rows)


def expiring_bookings(user, *, at: datetime) -> Panel:
    """Bookings that end within fourteen days: time to offer another."""
    today = timezone.localdate(at)
    address = reverse("admin:ads_booking_changelist")
    panel = Panel(
        "expiring",
        gettext_lazy("Bookings that end soon"),
        gettext_lazy("No booking ends in the next fourteen days."),
        more=address,
        next_step=(reverse("admin:ads_booking_add"), gettext_lazy("Book a position")),
    )
    ending = Booking.objects.filter(
        status=Booking.Status.BOOKED, last_day__range=(today, today + timedelta(days=SELLING_AHEAD))
    ).select_related("position", "advertiser", "request")
    return panel.show(
        Row(
            title=str(booking.advertiser),
            # To the deal, which is what is renewed; the desk books without one, too.
            url=_deal(booking.request_id) if booking.request else _booking(booking),
            state=_("Renewal offered") if booking.request and booking.request.renewal_offered_at else "",
            about=_("%(position)s, last day %(day)s")
            % {"position": booking.position, "day": date_format(booking.last_day, "SHORT_DATE_FORMAT")},
        )
        for booking in ending.order_by("last_day", "pk")[: MOST + 1]
    )


def empty_positions(user, *, at: datetime) -> Panel:
    """How many of the next fourteen days of each position nobody took."""
    today = timezone.localdate(at)
    last = today + timedelta(days=SELLING_AHEAD - 1)
    panel = Panel(
        "empty",
        gettext_lazy("Free in the next fourteen days"),
        gettext_lazy("Every position is sold for the next fourteen days."),
        more=reverse("admin:ads_position_changelist"),
    )
    taken = Count("days", filter=Q(days__day__range=(today, last), days__used__gt=0))
    free = Position.objects.filter(is_active=True).annotate(free=SELLING_AHEAD - taken).filter(free__gt=0)
    book = reverse("admin:ads_booking_add")
    return panel.show(
        Row(
            title=str(position),
            url=f"{book}?position={position.pk}",
            about=ngettext("%(count)d day free", "%(count)d days free", position.free) % {"count": position.free},
        )
        for position in free.order_by("-free", "order", "pk")[: MOST + 1]
    )


def next_actions(user, *, at: datetime) -> Panel:
    """What this person has to do next, what is due first on top."""
    address = reverse("admin:ads_nextaction_changelist")
    panel = Panel(
        "next",
        gettext_lazy("My next actions"),
        gettext_lazy("You have nothing to do next. Write it down on a request or an advertiser."),
        more=f"{address}?mine=1",
        next_step=(address, gettext_lazy("What is next for everybody")),
    )
    mine = NextAction.objects.open().filter(owner=user).select_related("request", "advertiser")
    rows = []
    for action in mine.order_by("due_on", "pk")[: MOST + 1]:
        tone, due = due_words(action, timezone.localdate(at))
        url = _deal(action.request_id) if action.request_id else _firm(action.advertiser_id)
        about = str(action.request or action.advertiser)
        rows.append(Row(title=action.what, url=f"{url}#next-actions", state=due, tone=tone, about=about))
    return panel.show(rows)


def expiring_quotes(user, *, at: datetime) -> Panel:
    """Offers that nobody answered and that fall within three days, the first to fall on top."""
    panel = Panel(
        "quotes",
        gettext_lazy("Quotes that expire within three days"),
        gettext_lazy("No open quote expires in the next three days."),
        more=reverse("admin:ads_adrequest_changelist") + "?state=is-quoted",
    )
    open_quotes = Quote.objects.filter(
        status=Quote.Status.SENT, valid_until__gt=at, valid_until__lte=at + SOON
    ).select_related("request")
    rows = []
    for quote in open_quotes.order_by("valid_until", "pk")[: MOST + 1]:
        colour, words = clock_words(quote.valid_until - at) if quote.valid_until else ("", "")
        url = _deal(quote.request_id) + "#quotes"
        rows.append(Row(title=quote.request.company, url=url, state=words, tone=colour, about=quote.number))
    return panel.show(rows)


def artwork_to_review(user, *, at: datetime) -> Panel:
    """Artwork that came from outside and that nobody has looked at, what waits longest on top."""
    panel = Panel(
        "artwork",
        gettext_lazy("Artwork waiting for review"),
        gettext_lazy("No artwork waits: all that came was looked at."),
        more=reverse("admin:ads_creative_changelist"),
    )
    waiting = Creative.objects.filter(
        status=Creative.Status.WAITING, booking__status=Booking.Status.BOOKED
    ).select_related("booking__position", "booking__advertiser")
    return panel.show(
        Row(
            title=str(art.booking.advertiser),
            url=reverse("admin:ads_creative_change", args=[art.pk]),
            state=_starts(art.booking.first_day, timezone.localdate(at)),
            tone="amber" if art.booking.first_day - timezone.localdate(at) <= SOON else "",
            about=str(art.booking.position),
        )
        for art in waiting.order_by("created_at", "pk")[: MOST + 1]
    )


def delivery_alarms(user, *, at: datetime) -> Panel:
    """Lines outside of what they should have, and what will be missing, what lasts longest on top."""
    address = reverse("admin:ads_deliveryalarm_changelist")
    panel = Panel(
        "delivery",
        gettext_lazy("Delivery outside 90 to 120 percent"),
        gettext_lazy("Everything that runs has what it should have by now."),
        more=address,
    )
    tones = {"ahead": "amber", "behind": "red", "short": "red"}
    found = DeliveryAlarm.objects.filter(over_at=None).select_related(
        "booking__advertiser", "booking__position", "position"
    )
    return panel.show(
        Row(
            title=str(alarm.booking.advertiser if alarm.booking else alarm.position),
            url=_booking(alarm.booking) if alarm.booking else address,
            state=alarm.get_kind_display(),
            tone=tones.get(alarm.kind, "overdue"),
            about=f"{alarm.position}: {in_figures(alarm)}" if alarm.booking else in_figures(alarm),
        )
        for alarm in found.order_by("since", "pk")[: MOST + 1]
    )


def without_artwork(user, *, at: datetime) -> Panel:
    """Bookings that run, or start within three days, and have nothing approved to show: paid space that stays empty."""
    today = timezone.localdate(at)
    panel = Panel(
        "bare",
        gettext_lazy("Starts soon without artwork"),
        gettext_lazy("Every booking that starts within three days has its artwork."),
        more=reverse("admin:ads_booking_changelist"),
    )
    approved = Creative.objects.filter(booking=OuterRef("pk"), status=Creative.Status.APPROVED)
    bare = Booking.objects.filter(
        ~Exists(approved), status=Booking.Status.BOOKED, last_day__gte=today, first_day__lte=today + SOON
    ).select_related("position", "advertiser")
    return panel.show(
        Row(
            title=str(booking.advertiser),
            url=_booking(booking),
            state=_starts(booking.first_day, today),
            tone="overdue" if booking.first_day <= today else "red",
            about=str(booking.position),
        )
        for booking in bare.order_by("first_day", "pk")[: MOST + 1]
    )


def standing_still(user, *, at: datetime) -> Panel:
    """Deals that were agreed and on which nothing has moved for seven days; those that wait for their first day may."""
    panel = Panel(
        "still",
        gettext_lazy("Agreed, and nothing moves"),
        gettext_lazy("Everything that was agreed has moved within seven days."),
        more=reverse("admin:ads_adrequest_changelist") + "?state=agreed",
    )
    moving = [AdRequest.Status.ACCEPTED, AdRequest.Status.INVOICED, AdRequest.Status.PAID, AdRequest.Status.DELIVERED]
    lately = RequestMove.objects.filter(request=OuterRef("pk"), at__gt=at - STILL)
    still = AdRequest.objects.filter(~Exists(lately), status__in=moving).annotate(moved_at=Max("moves__at"))
    return panel.show(
        Row(
            title=deal.company,
            url=_deal(deal.pk),
            state=deal.get_status_display(),
            tone="amber",
            about=_("%(reference)s, since %(day)s")
            % {
                "reference": deal.reference,
                "day": date_format(timezone.localtime(deal.moved_at or deal.received_at), "SHORT_DATE_FORMAT"),
            },
        )
        for deal in still.order_by("moved_at", "pk")[: MOST + 1]
    )


def _starts(first_day: date, today: date) -> str:
    if first_day <= today:
        return _("Runs now, and shows nothing") if first_day < today else _("Starts today")
    return _("Starts %(day)s") % {"day": date_format(first_day, "SHORT_DATE_FORMAT")}


def _deal(number: int | None) -> str:
    return reverse("admin:ads_adrequest_change", args=[number])


def _firm(number: int | None) -> str:
    return reverse("admin:ads_advertiser_change", args=[number])


def _booking(booking: Booking) -> str:
    return reverse("admin:ads_booking_change", args=[booking.pk])
