from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from articles.models.media import private_storage

ANSWER_WITHIN = timedelta(hours=48)


class AdRequest(models.Model):
    """What an advertiser asked for, as they sent it. The publisher answers within 48 hours."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received")
        IN_TALKS = "in-talks", _("In talks")
        QUOTED = "quoted", _("Quoted")
        ACCEPTED = "accepted", _("Accepted")
        INVOICED = "invoiced", _("Invoiced")
        PAID = "paid", _("Paid")
        SCHEDULED = "scheduled", _("Scheduled")
        LIVE = "live", _("Live")
        DELIVERED = "delivered", _("Delivered")
        CLOSED = "closed", _("Closed")
        DECLINED = "declined", _("Declined")
        EXPIRED = "expired", _("Expired")
        CANCELLED = "cancelled", _("Cancelled")

        @classmethod
        def talking(cls) -> list[AdRequest.Status]:
            """Nothing is agreed yet, and something may still be."""
            return [cls.RECEIVED, cls.IN_TALKS, cls.QUOTED, cls.EXPIRED]

        @classmethod
        def agreed(cls) -> list[AdRequest.Status]:
            """The advertiser said yes, and not everything is done."""
            return [cls.ACCEPTED, cls.INVOICED, cls.PAID, cls.SCHEDULED, cls.LIVE, cls.DELIVERED]

        @classmethod
        def delivering(cls) -> list[AdRequest.Status]:
            """What was bought may be shown."""
            return [cls.SCHEDULED, cls.LIVE, cls.DELIVERED, cls.CLOSED]

        @classmethod
        def over(cls) -> list[AdRequest.Status]:
            return [cls.CLOSED, cls.DECLINED, cls.CANCELLED]

    class Source(models.TextChoices):
        FORM = "form", _("Form")
        MAIL = "mail", _("E-mail")
        DESK = "desk", _("Written down by the desk")
        RENEWAL = "renewal", _("Renewal")

    # `ads.deals.move` makes these moves, and nothing else does.
    MOVES: dict[str, set[str]] = {
        Status.RECEIVED: {Status.IN_TALKS, Status.QUOTED, Status.DECLINED, Status.CANCELLED, Status.CLOSED},
        Status.IN_TALKS: {Status.QUOTED, Status.DECLINED, Status.CANCELLED, Status.CLOSED},
        Status.QUOTED: {Status.IN_TALKS, Status.ACCEPTED, Status.EXPIRED, Status.DECLINED, Status.CANCELLED},
        Status.ACCEPTED: {Status.INVOICED, Status.CANCELLED},
        # Without payment first: on credit, which only a publisher grants. Back: the invoice was credited whole.
        Status.INVOICED: {Status.PAID, Status.SCHEDULED, Status.ACCEPTED, Status.CANCELLED},
        # Back: the payment was entered wrongly and taken back, or the invoice was credited whole.
        Status.PAID: {Status.SCHEDULED, Status.INVOICED, Status.ACCEPTED, Status.CANCELLED},
        Status.SCHEDULED: {Status.LIVE, Status.CANCELLED},
        Status.LIVE: {Status.DELIVERED, Status.CANCELLED},
        Status.DELIVERED: {Status.CLOSED},
        Status.CLOSED: {Status.IN_TALKS},
        Status.DECLINED: {Status.IN_TALKS},
        Status.EXPIRED: {Status.IN_TALKS, Status.QUOTED, Status.DECLINED, Status.CANCELLED, Status.CLOSED},
        Status.CANCELLED: set(),
    }

    reference = models.CharField(_("reference"), max_length=16, unique=True, editable=False)
    # One form, one request: the second of two clicks finds the first one's row.
    form_key = models.CharField(max_length=64, unique=True, editable=False)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECEIVED, editable=False)
    source = models.CharField(_("came by"), max_length=8, choices=Source, default=Source.FORM, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
        help_text=_("Who looks after it, and is reminded."),
    )
    renews = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="renewals", verbose_name=_("renews")
    )
    advertiser = models.ForeignKey(
        "ads.Advertiser",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="requests",
        verbose_name=_("advertiser"),
    )
    # Whom it came from, once the firm is on file.
    contact = models.ForeignKey(
        "ads.Contact",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="requests",
        editable=False,
        verbose_name=_("contact"),
    )
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    company = models.CharField(_("company"), max_length=160)
    # Empty where a request came by mail.
    website = models.URLField(_("website"), blank=True)
    country = CountryField(_("country"), blank=True)
    message = models.TextField(_("message"), blank=True)
    first_day = models.DateField(_("from"), null=True, blank=True)
    last_day = models.DateField(_("until"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    suspected = models.CharField(
        _("held back because"), max_length=200, blank=True, help_text=_("Looks like spam; nobody was mailed.")
    )
    received_at = models.DateTimeField(_("received"))
    # The first answer. Until when the next one is due, `answer_due_at` says; empty while we wait for the advertiser.
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True, editable=False)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True, editable=False)
    notes = models.TextField(_("our notes"), blank=True)
    # Once in its life a deal is offered to be renewed (ads/renewing.py).
    renewal_offered_at = models.DateTimeField(null=True, editable=False)
    # Filled in: they want no weekly report (ads/report_mails.py).
    weekly_stopped_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-received_at"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        permissions = [("answer_adrequest", "Can answer, decline and close requests")]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day=None) | Q(last_day=None) | Q(last_day__gte=models.F("first_day")),
                name="request_ends_after_it_begins",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=[
                        "received",
                        "in-talks",
                        "quoted",
                        "accepted",
                        "invoiced",
                        "paid",
                        "scheduled",
                        "live",
                        "delivered",
                        "closed",
                        "declined",
                        "expired",
                        "cancelled",
                    ]
                ),
                name="request_status_is_known",
            ),
        ]
        indexes = [
            # The queue: what still waits for an answer, the most urgent first.
            models.Index(fields=["answer_due_at"], name="request_answer_due"),
            # Lists by status, and what moves on by the clock (ads/rounds.py).
            models.Index(fields=["status", "received_at"], name="request_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.company}"

    def time_left(self, at: datetime) -> timedelta | None:
        """Until the promised answer; negative when overdue, None while nobody waits for us."""
        return None if self.answer_due_at is None else self.answer_due_at - at


class RequestMove(models.Model):
    """One move of a request from a status to another."""

    request = models.ForeignKey(AdRequest, models.CASCADE, related_name="moves")
    from_status = models.CharField(max_length=12, choices=AdRequest.Status, blank=True)
    to_status = models.CharField(max_length=12, choices=AdRequest.Status)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["request", "-at", "-pk"]
        verbose_name = _("move")
        verbose_name_plural = _("moves")

    def __str__(self) -> str:
        return f"{self.request_id}: {self.from_status} > {self.to_status}"


class AdRequestItem(models.Model):
    """One thing of the rate card that a request asks for: a position, or a sponsored post."""

    class WrittenBy(models.TextChoices):
        CLIENT = "client", _("the advertiser")
        NEWSROOM = "newsroom", _("the newsroom")

    request = models.ForeignKey(AdRequest, models.CASCADE, related_name="items")
    position = models.ForeignKey("ads.Position", models.PROTECT, null=True, blank=True, verbose_name=_("position"))
    product = models.ForeignKey(
        "ads.PostProduct", models.PROTECT, null=True, blank=True, verbose_name=_("sponsored post")
    )
    written_by = models.CharField(_("written by"), max_length=8, choices=WrittenBy, blank=True)
    # How much of a position, and when; of a post, the day it should appear. All empty where nothing was said of it.
    share = models.PositiveSmallIntegerField(_("share of voice, in percent"), null=True, blank=True)
    impressions = models.PositiveIntegerField(_("impressions"), null=True, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    # For a post that the newsroom writes.
    brief = models.TextField(_("brief"), blank=True, db_default="")
    # What the page said it costs when it was asked for; empty where it said "a quote".
    asked_price = models.DecimalField(_("price as asked"), max_digits=12, decimal_places=2, null=True, blank=True)
    asked_currency = models.CharField(_("currency"), max_length=3, blank=True, db_default="")

    class Meta:
        ordering = ["request", "pk"]
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.CheckConstraint(
                condition=Q(position__isnull=False, product=None, written_by="")
                | (Q(position=None, product__isnull=False) & ~Q(written_by="")),
                name="request_item_is_a_position_or_a_post",
                violation_error_message=_("An item is a position, or a post and who writes it."),
            ),
            models.UniqueConstraint(fields=["request", "position"], name="request_names_a_position_once"),
            models.UniqueConstraint(fields=["request", "product"], name="request_names_a_product_once"),
        ]

    def __str__(self) -> str:
        return str(self.position or self.product)

    def terms(self) -> str:
        """The share or the number, and the days, in words; empty where nothing was said of them."""
        said = []
        if self.impressions:
            number = number_format(self.impressions, force_grouping=True)
            said.append(_("%(number)s impressions") % {"number": number})
        elif self.share and self.share < 100:
            said.append(_("%(share)d percent of the times") % {"share": self.share})
        if self.first_day and self.last_day:
            days = {"first": date_format(self.first_day, "j F Y"), "last": date_format(self.last_day, "j F Y")}
            said.append(_("%(first)s to %(last)s") % days)
        elif self.first_day:
            said.append(date_format(self.first_day, "j F Y"))
        return gettext(", ").join(str(part) for part in said)


def material_path(material: Material, filename: str) -> str:
    """Where it is kept. The sender's file name never becomes a path."""
    return f"requests/{material.key.hex[:2]}/{material.key.hex}"


class Material(models.Model):
    """A file that came with a request or later, checked on arrival. Only staff get at it, as a download."""

    class Kind(models.TextChoices):
        WORD = "word", _("Word file")
        ARTWORK = "artwork", _("Artwork")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(AdRequest, models.CASCADE, related_name="material")
    # Empty for what came later, by mail or on the private link.
    item = models.ForeignKey(AdRequestItem, models.CASCADE, null=True, blank=True, related_name="material")
    line = models.ForeignKey("ads.QuoteLine", models.SET_NULL, null=True, blank=True, related_name="material")
    post = models.ForeignKey("ads.SponsoredPost", models.SET_NULL, null=True, blank=True, related_name="material")
    message = models.ForeignKey("ads.DealMessage", models.SET_NULL, null=True, blank=True, related_name="material")
    received_at = models.DateTimeField(_("received"), null=True)
    kind = models.CharField(max_length=8, choices=Kind)
    file = models.FileField(upload_to=material_path, storage=private_storage, max_length=200)
    original_name = models.CharField(_("file name"), max_length=200)
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=8)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    article = models.ForeignKey(
        "articles.Article", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("draft")
    )

    class Meta:
        ordering = ["request", "pk"]
        verbose_name = _("material")
        verbose_name_plural = _("material")

    def __str__(self) -> str:
        return self.original_name
