import uuid
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from articles.models.media import private_storage

from .. import click_address
from .position import site_currency


def midnight(day: date) -> datetime:
    """When a day begins in the publisher's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def in_words(share: int | None, impressions: int | None) -> str:
    """A share or a number, as people say it."""
    if impressions:
        number = number_format(impressions, use_l10n=True, force_grouping=True)
        return ngettext("%(number)s impression", "%(number)s impressions", impressions) % {"number": number}
    return gettext("%(share)d %%") % {"share": share or 0}


class PositionDay(models.Model):
    """The ledger: how much of a position is taken on a day, out of 100. `ads.ledger` alone writes it.

    `used` counts what is sold and what open quotes hold; `held` is that second part of it.
    """

    position = models.ForeignKey("ads.Position", models.CASCADE, related_name="days")
    day = models.DateField()
    used = models.PositiveSmallIntegerField(default=0)
    held = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("ledger day")
        verbose_name_plural = _("ledger days")
        constraints = [
            models.UniqueConstraint(fields=["position", "day"], name="ledger_one_row_a_day"),
            models.CheckConstraint(condition=Q(used__range=(0, 100)), name="ledger_never_oversold"),
            models.CheckConstraint(condition=Q(held__gte=0, held__lte=models.F("used")), name="ledger_held_is_used"),
        ]

    def __str__(self) -> str:
        return f"{self.position_id} {self.day}: {self.used}"


class BookingQuerySet(models.QuerySet["Booking"]):
    def delivering(self, first_day: date, last_day: date | None = None) -> "BookingQuerySet":
        """What pages are to show on some day from one on, or to another: what a deal bought once the deal is scheduled,
        what the desk booked by itself at once; nothing that is paused."""
        from .request import AdRequest

        found = self.filter(
            Q(line=None) | Q(request__status__in=AdRequest.Status.delivering()),
            status=Booking.Status.BOOKED,
            paused_at=None,
            last_day__gte=first_day,
        )
        return found.filter(first_day__lte=last_day) if last_day else found


class Booking(models.Model):
    """One position, taken by one advertiser from the first moment of a day to the last of another."""

    class Status(models.TextChoices):
        BOOKED = "booked", _("Booked")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES: dict[str, set[str]] = {Status.BOOKED: {Status.CANCELLED}, Status.CANCELLED: set()}

    position = models.ForeignKey("ads.Position", models.PROTECT, related_name="bookings", verbose_name=_("position"))
    advertiser = models.ForeignKey(
        "ads.Advertiser", models.PROTECT, related_name="bookings", verbose_name=_("advertiser")
    )
    request = models.ForeignKey(
        "ads.AdRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bookings",
        verbose_name=_("request"),
    )
    # The line of the accepted quote that it fulfils; empty where the desk booked without one.
    line = models.OneToOneField(
        "ads.QuoteLine", models.PROTECT, null=True, blank=True, related_name="booking", editable=False
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    # A share of every day, or a number of impressions (then the share is 0).
    share = models.PositiveSmallIntegerField(_("share of voice, in percent"), default=100)
    impressions = models.PositiveIntegerField(_("impressions"), null=True, blank=True)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default=site_currency)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.BOOKED, editable=False)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    booked_at = models.DateTimeField(editable=False)
    # Filled in: nothing of it is shown until somebody resumes it. Its days go by.
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")),
                name="booking_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="booking_price_not_negative",
                violation_error_message=_("The price cannot be negative."),
            ),
            models.CheckConstraint(condition=Q(status__in=["booked", "cancelled"]), name="booking_status_is_known"),
            models.CheckConstraint(
                condition=Q(share__range=(1, 100), impressions=None) | Q(share=0, impressions__gt=0),
                name="booking_is_a_share_or_a_number",
                violation_error_message=_("A booking is a share from 1 to 100, or a number of impressions."),
            ),
        ]
        indexes = [
            # The plan: what runs now or soon (ads/plan.py).
            models.Index(fields=["status", "last_day", "first_day"], name="booking_running")
        ]

    def __str__(self) -> str:
        first, last = (date_format(day, "SHORT_DATE_FORMAT") for day in (self.first_day, self.last_day))
        return f"{self.advertiser} · {self.position} · {first} – {last}"

    @property
    def bought(self) -> str:
        """What of its days it has, in words."""
        return in_words(self.share, self.impressions)

    @property
    def starts_at(self) -> datetime:
        return midnight(self.first_day)

    @property
    def ends_at(self) -> datetime:
        """The first moment at which it no longer runs."""
        return midnight(self.last_day + timedelta(days=1))


class BookingMove(models.Model):
    """One move of a booking from a status to another; the first comes from none. Or, with `what`, something that was
    done to it and left its status as it was."""

    class What(models.TextChoices):
        PAUSED = "paused", _("Paused")
        RESUMED = "resumed", _("Goes on")
        TARGETED = "targeted", _("Targeting")
        WEIGHED = "weighed", _("Weights of the artwork")

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="moves")
    from_status = models.CharField(max_length=10, choices=Booking.Status, blank=True)
    to_status = models.CharField(max_length=10, choices=Booking.Status)
    what = models.CharField(max_length=10, choices=What, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["booking", "-at", "-pk"]
        verbose_name = _("move")
        verbose_name_plural = _("moves")

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.from_status} > {self.to_status}"

    @property
    def said(self) -> str:
        """What happened, in a word or two."""
        return self.get_what_display() if self.what else self.get_to_status_display()


def creative_path(creative: "Creative", filename: str) -> str:
    """Public, so without a word that content blockers look for, and without the sender's file name."""
    return f"p/{uuid.uuid4().hex}.{filename.rpartition('.')[2]}"


def waiting_path(creative: "Creative", filename: str) -> str:
    """Where artwork lies until somebody approves it."""
    return f"waiting/{uuid.uuid4().hex}.{filename.rpartition('.')[2]}"


class Creative(models.Model):
    """One artwork version of a booking, written anew on arrival. A change is a new version; the newest that is
    approved is shown. Until then its files are private. A version never changes, which the database itself holds
    (`ads.sealing`): what was reviewed is what is shown, and what was shown can be proved."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits for review")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        # A newer version came before anybody looked at it.
        REPLACED = "replaced", _("Replaced before review")

    # `ads.artwork` and `ads.artwork_review` make these moves, and nothing else does.
    MOVES: dict[str, set[str]] = {
        Status.WAITING: {Status.APPROVED, Status.REFUSED, Status.REPLACED},
        Status.APPROVED: {Status.REFUSED},
        Status.REFUSED: {Status.APPROVED},
        Status.REPLACED: set(),
    }

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="creatives")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.APPROVED, editable=False)
    # Public, from approval on.
    file = models.FileField(upload_to=creative_path, max_length=100, blank=True)
    phone_file = models.FileField(upload_to=creative_path, max_length=100, blank=True)
    # Private, from arrival on, where somebody outside sent it.
    waiting_file = models.FileField(upload_to=waiting_path, storage=private_storage, max_length=100, blank=True)
    waiting_phone_file = models.FileField(upload_to=waiting_path, storage=private_storage, max_length=100, blank=True)
    format = models.CharField(max_length=8)
    bytes = models.PositiveIntegerField()
    # As it came; empty for what was hung before this was kept.
    sent_bytes = models.PositiveIntegerField(null=True)
    phone_bytes = models.PositiveIntegerField(null=True)
    # One round of the animation, and how many it plays (0: for ever, which only old versions do).
    frames = models.PositiveSmallIntegerField(default=1)
    duration_ms = models.PositiveIntegerField(default=0)
    loops = models.PositiveSmallIntegerField(default=1)
    alt = models.CharField(_("alternative text"), max_length=200)
    click_url = models.URLField(_("leads to"), max_length=600, validators=[click_address.validate])
    created_at = models.DateTimeField()
    # Empty: the advertiser.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, editable=False)
    refusal = models.CharField(_("why it was refused"), max_length=500, blank=True, editable=False)
    # How often it comes among the approved versions that have a weight; where none has one, the newest alone is shown.
    weight = models.PositiveSmallIntegerField(_("weight"), null=True, blank=True)

    class Meta:
        ordering = ["booking", "-version"]
        verbose_name = _("artwork")
        verbose_name_plural = _("artwork")
        permissions = [("review_creative", "Can approve and refuse artwork")]
        constraints = [
            models.UniqueConstraint(fields=["booking", "version"], name="creative_version_once"),
            models.CheckConstraint(condition=~Q(alt=""), name="creative_is_described"),
            models.CheckConstraint(condition=~Q(status="approved") | ~Q(file=""), name="creative_approved_is_public"),
            models.CheckConstraint(
                condition=~Q(status="refused") | ~Q(refusal=""), name="creative_refused_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "approved", "refused", "replaced"]), name="creative_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(click_url__startswith="https://") | Q(click_url__startswith="http://"),
                name="creative_leads_to_the_web",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(position)s, version %(number)d") % {"position": self.booking.position, "number": self.version}

    @property
    def kilobytes(self) -> int:
        return -(-self.bytes // 1024)

    @property
    def play_seconds(self) -> float:
        """How long the whole of its animation takes; 0 for a still picture."""
        return self.duration_ms * self.loops / 1000 if self.frames > 1 else 0
