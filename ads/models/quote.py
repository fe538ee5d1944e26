from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ..days import weeks_between
from ..money import Totals, cents, percent
from .booking import in_words
from .position import site_currency
from .request import AdRequestItem


class Quote(models.Model):
    """One version of an offer. A sent one never changes: what changes is a new version. `ads.quoting` moves it."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        SUPERSEDED = "superseded", _("Replaced by a newer one")
        EXPIRED = "expired", _("Expired")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES: dict[str, set[str]] = {
        Status.DRAFT: {Status.SENT, Status.WITHDRAWN},
        Status.SENT: {Status.ACCEPTED, Status.SUPERSEDED, Status.EXPIRED, Status.WITHDRAWN},
        Status.ACCEPTED: set(),
        Status.SUPERSEDED: set(),
        Status.EXPIRED: set(),
        Status.WITHDRAWN: set(),
    }

    request = models.ForeignKey("ads.AdRequest", models.PROTECT, related_name="quotes")
    version = models.PositiveSmallIntegerField(_("version"), editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    currency = models.CharField(_("currency"), max_length=3, default=site_currency)
    tax_name = models.CharField(_("tax"), max_length=40, blank=True)
    tax_rate = models.DecimalField(
        _("tax rate, in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    words = models.TextField(_("words to the advertiser"), blank=True, max_length=4000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(editable=False)
    # Saves of a draft, counted: a save that was based on an older one is told (ads/quoting.py).
    edits = models.PositiveIntegerField(default=0, editable=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(_("last saved"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    # Once, two days before it expires.
    reminded_at = models.DateTimeField(null=True, editable=False)
    # Set with `accepted`: who said yes, as they wrote their name.
    accepted_at = models.DateTimeField(_("accepted"), null=True, editable=False)
    accepted_by = models.CharField(_("accepted by"), max_length=120, blank=True, editable=False)

    class Meta:
        ordering = ["request", "-version"]
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        permissions = [("send_quote", "Can send and withdraw quotes")]
        constraints = [
            models.UniqueConstraint(fields=["request", "version"], name="quote_version_once"),
            # The second of two who write a quote at once is told; one offer is open at a time.
            models.UniqueConstraint(fields=["request"], condition=Q(status="draft"), name="quote_one_draft_a_request"),
            models.UniqueConstraint(fields=["request"], condition=Q(status="sent"), name="quote_one_open_a_request"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(status="accepted"), name="quote_one_accepted_a_request"
            ),
            models.CheckConstraint(condition=Q(tax_rate__range=(0, 100)), name="quote_tax_rate_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(status="draft")
                | Q(status="withdrawn")
                | Q(sent_at__isnull=False, valid_until__isnull=False),
                name="quote_sent_is_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status="accepted") | (Q(accepted_at__isnull=False) & ~Q(accepted_by="")),
                name="quote_acceptance_has_a_name",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "sent", "accepted", "superseded", "expired", "withdrawn"]),
                name="quote_status_is_known",
            ),
        ]
        indexes = [
            # Offers whose time is up (ads/quoting.py).
            models.Index(fields=["valid_until"], condition=Q(status="sent"), name="quote_open_until")
        ]

    def __str__(self) -> str:
        return f"{self.request.reference}/{self.version}"

    @property
    def number(self) -> str:
        """What both sides call it: R-XXXXXXX/2."""
        return str(self)

    @property
    def tax_percent(self) -> str:
        return percent(self.tax_rate)

    def is_open(self, at: datetime) -> bool:
        """Whether the advertiser may say yes to it."""
        return self.status == self.Status.SENT and self.valid_until is not None and self.valid_until > at

    def totals(self) -> Totals:
        """Net, tax and total of its lines; rounded once, in `ads.money`."""
        return Totals.of([line.net for line in self.lines.all()], tax_rate=self.tax_rate)


class QuoteLine(models.Model):
    """One thing offered: a position for days at a share or for a number of impressions, a post, or a service."""

    class Kind(models.TextChoices):
        WEEKS = "weeks", _("Position by the week")
        IMPRESSIONS = "impressions", _("Position by impressions")
        POST = "post", _("Sponsored post")
        NEWSLETTER = "newsletter", _("Newsletter mention")
        SOCIAL = "social", _("Social share")
        DESIGN = "design", _("Design of artwork")

        @classmethod
        def of_positions(cls) -> list[QuoteLine.Kind]:
            return [cls.WEEKS, cls.IMPRESSIONS]

    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    position = models.ForeignKey(
        "ads.Position", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("position")
    )
    product = models.ForeignKey(
        "ads.PostProduct", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sponsored post")
    )
    written_by = models.CharField(_("written by"), max_length=8, choices=AdRequestItem.WrittenBy, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    # Out of 100 on every day; for impressions nothing, there the number counts.
    share = models.PositiveSmallIntegerField(_("share of voice, in percent"), null=True, blank=True)
    impressions = models.PositiveIntegerField(_("impressions"), null=True, blank=True)
    description = models.CharField(_("description"), max_length=300, blank=True)
    # Weeks begun, thousands of impressions, or pieces; what `unit_price` is the price of. For positions it is computed
    # with every save.
    quantity = models.DecimalField(_("quantity"), max_digits=10, decimal_places=3, validators=[MinValueValidator(0)])
    unit_price = models.DecimalField(
        _("price of one"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)]
    )
    discount_percent = models.DecimalField(
        _("discount, in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    discount_reason = models.CharField(_("reason of the discount"), max_length=200, blank=True)

    class Meta:
        ordering = ["quote", "order", "pk"]
        verbose_name = _("line of a quote")
        verbose_name_plural = _("lines of a quote")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind="weeks",
                    position__isnull=False,
                    product=None,
                    first_day__isnull=False,
                    last_day__gte=models.F("first_day"),
                    share__range=(1, 100),
                    impressions=None,
                )
                | Q(
                    kind="impressions",
                    position__isnull=False,
                    product=None,
                    first_day__isnull=False,
                    last_day__gte=models.F("first_day"),
                    share=None,
                    impressions__gt=0,
                )
                | Q(kind="post", position=None, product__isnull=False, written_by__in=["client", "newsroom"])
                | Q(kind__in=["newsletter", "social", "design"], position=None, product=None),
                name="quote_line_is_whole",
                violation_error_message=_(
                    "A position needs its days and a share or a number of impressions; a post needs who writes it."
                ),
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=0) | ~Q(discount_reason=""),
                name="quote_line_discount_has_a_reason",
                violation_error_message=_("Say why there is a discount."),
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, discount_percent__range=(0, 100)),
                name="quote_line_amounts_make_sense",
                violation_error_message=_("The quantity is above zero, the price not below, the discount 0 to 100."),
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.thing

    def save(self, **kwargs) -> None:
        self.count()
        super().save(**kwargs)

    @property
    def thing(self) -> str:
        """What is offered, by its name on the rate card."""
        return str(self.position or self.product or self.get_kind_display())

    def count(self) -> None:
        """Set the quantity of a position from its days or its impressions: what is billed is what is offered."""
        if self.kind == self.Kind.WEEKS and self.first_day and self.last_day:
            self.quantity = Decimal(weeks_between(self.first_day, self.last_day))
        elif self.kind == self.Kind.IMPRESSIONS and self.impressions:
            self.quantity = Decimal(self.impressions) / 1000

    def terms(self) -> str:
        """The days, the share or the number, who writes; in words. Empty where there is nothing to say."""
        return self._terms(gettext("written by %(who)s") % {"who": self.get_written_by_display()})

    def terms_to_them(self) -> str:
        """The same, to the advertiser on their page."""
        is_theirs = self.written_by == AdRequestItem.WrittenBy.CLIENT
        return self._terms(gettext("you write it") if is_theirs else gettext("we write it"))

    def _terms(self, who: str) -> str:
        said = []
        if self.kind == self.Kind.WEEKS and self.share:
            alone = gettext("alone there")
            said.append(alone if self.share == 100 else gettext("%(share)d %% of all views") % {"share": self.share})
        elif self.kind == self.Kind.IMPRESSIONS:
            number = number_format(self.impressions or 0, force_grouping=True)
            said.append(gettext("%(number)s impressions") % {"number": number})
        elif self.kind == self.Kind.POST:
            said.append(who)
        if self.first_day and self.last_day:
            said.insert(0, f"{date_format(self.first_day)} – {date_format(self.last_day)}")
        return " · ".join(said)

    def quantity_words(self) -> str:
        """“2 weeks”, “12.5 × 1,000 impressions”, “3 pieces”."""
        number = Decimal(self.quantity)
        if self.kind == self.Kind.WEEKS:
            return ngettext("%(number)d week", "%(number)d weeks", int(number)) % {"number": number}
        if self.kind == self.Kind.IMPRESSIONS:
            return gettext("%(number)s × 1,000 impressions") % {
                "number": number_format(Decimal(f"{number.normalize():f}"), force_grouping=True)
            }
        return ngettext("%(number)d piece", "%(number)d pieces", int(number)) % {"number": number}

    @property
    def discount_words(self) -> str:
        return percent(self.discount_percent)

    @property
    def full(self) -> Decimal:
        """Before the discount."""
        return cents(self.quantity * self.unit_price)

    @property
    def net(self) -> Decimal:
        """Quantity times price less the discount, rounded to cents."""
        return cents(self.quantity * self.unit_price * (100 - self.discount_percent) / 100)


class Hold(models.Model):
    """What a sent line keeps for the advertiser until the quote expires. `ads.holds` writes it, with the ledger."""

    class State(models.TextChoices):
        HELD = "held", _("Held")
        TAKEN = "taken", _("Taken")
        RETURNED = "returned", _("Returned")

    line = models.OneToOneField(QuoteLine, models.PROTECT, related_name="hold")
    position = models.ForeignKey("ads.Position", models.PROTECT, related_name="holds")
    first_day = models.DateField()
    last_day = models.DateField()
    share = models.PositiveSmallIntegerField(default=0)
    impressions = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.HELD)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(
                condition=Q(share__range=(1, 100), impressions=0) | Q(share=0, impressions__gt=0),
                name="hold_is_a_share_or_a_number",
            ),
            models.CheckConstraint(condition=Q(state__in=["held", "taken", "returned"]), name="hold_state_is_known"),
        ]
        indexes = [
            # What keeps a position now, and whose time is up (ads/holds.py).
            models.Index(fields=["position", "expires_at"], condition=Q(state="held"), name="hold_open")
        ]

    def __str__(self) -> str:
        return f"{self.position_id} {self.first_day} – {self.last_day}: {self.state}"

    @property
    def bought(self) -> str:
        """What of its days it keeps, in words."""
        return in_words(self.share, self.impressions)
