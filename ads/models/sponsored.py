from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .request import AdRequestItem


class SponsoredPost(models.Model):
    """One paid story, ordered or begun: who pays, by which order, what they sent for it, and how it fares on the site.

    Without an article nobody began to write it yet. `ads.posts`, `ads.approving` and `ads.monitor` write it.
    """

    article = models.OneToOneField(
        "articles.Article",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="sponsored_post",
        verbose_name=_("story"),
    )
    item = models.ForeignKey(AdRequestItem, models.PROTECT, null=True, blank=True, related_name="posts")
    # The order: the line of an accepted quote, and which of its posts this is, from 1 on.
    line = models.ForeignKey(
        "ads.QuoteLine", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("order line")
    )
    place = models.PositiveSmallIntegerField(default=1, editable=False)
    advertiser = models.ForeignKey("ads.Advertiser", models.PROTECT, related_name="posts", verbose_name=_("advertiser"))
    written_by = models.CharField(
        _("written by"),
        max_length=8,
        choices=AdRequestItem.WrittenBy,
        default=AdRequestItem.WrittenBy.CLIENT,
    )
    brief = models.TextField(
        _("brief"), blank=True, max_length=20_000, help_text=_("What the advertiser wants said, to whom, by when.")
    )
    briefed_at = models.DateTimeField(null=True, editable=False)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("writer"),
        help_text=_("Who of us looks after the text."),
    )
    # Of an order made elsewhere than here, with who stands in for it.
    order_reference = models.CharField(_("order reference"), max_length=200, blank=True, editable=False)
    order_vouched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    order_vouched_at = models.DateTimeField(null=True, editable=False)
    # A name on the label that is not the company's own, as somebody confirmed it.
    confirmed_name = models.CharField(_("confirmed name"), max_length=160, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    # What the newest Word file held and lost (`ads.intake.report_of`), and the revision that the last one became.
    report = models.JSONField(null=True, editable=False)
    word_number = models.PositiveIntegerField(null=True, editable=False)
    # The revision that the advertiser is asked to approve.
    offered_number = models.PositiveIntegerField(null=True, editable=False)
    offered_at = models.DateTimeField(null=True, editable=False)
    # The monitor: when it looked last, and what was wrong then, if anything, since when.
    checked_at = models.DateTimeField(_("last check"), null=True, editable=False)
    problem = models.CharField(_("problem"), max_length=20, blank=True, editable=False)
    problem_since = models.DateTimeField(null=True, editable=False)
    # Taken down on purpose: nobody looks any more.
    unwatched_at = models.DateTimeField(null=True, editable=False)
    unwatched_because = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("sponsored post")
        verbose_name_plural = _("sponsored posts")
        permissions = [("vouch_for_order", "Can record orders of sponsored posts made elsewhere")]
        constraints = [
            models.UniqueConstraint(
                fields=["line", "place"], condition=Q(line__isnull=False), name="post_once_a_place_of_a_line"
            ),
            models.CheckConstraint(
                condition=Q(order_reference="", order_vouched_at=None)
                | (~Q(order_reference="") & Q(order_vouched_at__isnull=False)),
                name="post_order_elsewhere_is_vouched_for",
            ),
            models.CheckConstraint(
                condition=Q(problem="", problem_since=None) | (~Q(problem="") & Q(problem_since__isnull=False)),
                name="post_problem_has_a_time",
            ),
        ]
        indexes = [
            # The monitor: whose turn it is (ads/monitor.py).
            models.Index(fields=["checked_at"], condition=Q(unwatched_at=None), name="post_to_look_at"),
            # Today and the list: what readers do not get as it was sold.
            models.Index(fields=["problem_since"], condition=~Q(problem=""), name="post_with_a_problem"),
        ]

    def __str__(self) -> str:
        return str(self.article or self.line or self.advertiser)

    @property
    def deal(self):
        """The request that it belongs to; None for an order made elsewhere."""
        if self.line:
            return self.line.quote.request
        return self.item.request if self.item else None


class PostApproval(models.Model):
    """The advertiser's yes to one revision: given on the deal's page, or recorded by the desk with where it was said.
    Written once. Yes said by a preview link lies in `articles.PreviewApproval`; `ads.approving` reads both."""

    class Via(models.TextChoices):
        PAGE = "page", _("private link")
        DESK = "desk", _("recorded by the desk")

    post = models.ForeignKey(SponsoredPost, models.CASCADE, related_name="approvals")
    revision_number = models.PositiveIntegerField(_("revision"))
    via = models.CharField(max_length=4, choices=Via)
    name = models.CharField(_("who said yes"), max_length=160)
    reference = models.CharField(_("where they said yes"), max_length=300, blank=True)
    link = models.ForeignKey("ads.DealLink", models.PROTECT, null=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("approval of a post")
        verbose_name_plural = _("approvals of posts")
        constraints = [
            models.UniqueConstraint(fields=["post", "revision_number"], name="post_approval_once_a_revision"),
            models.CheckConstraint(
                condition=Q(via="page", link__isnull=False) | (Q(via="desk") & ~Q(reference="")),
                name="post_approval_says_where",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, revision {self.revision_number}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("An approval is written once.")
        super().save(*args, **kwargs)


class PostCheck(models.Model):
    """One look of the monitor at a post's page. Good ones are thrown away after a while, bad ones stay."""

    post = models.ForeignKey(SponsoredPost, models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    problem = models.CharField(max_length=20, blank=True)
    # What was seen: the status, the links that are not marked.
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("check of a post")
        verbose_name_plural = _("checks of posts")
        indexes = [
            # The last ones of a post, on its screen, and the old good ones to be thrown away.
            models.Index(fields=["post", "-at"], name="post_check_newest")
        ]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.problem or 'well'}"
