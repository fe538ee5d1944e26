from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .newsletter import Newsletter


class IssueQuerySet(models.QuerySet["Issue"]):
    def due(self, at) -> IssueQuerySet:
        """Scheduled for now or earlier."""
        return self.filter(state=Issue.State.SCHEDULED, send_at__lte=at)


class Issue(models.Model):
    """One edition of a newsletter. What it is made of lies in its blocks until it is sent: then `sent_as` is what
    everybody got, frozen. `newsroom.audience.composing` and `.sending` change it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Going out")
        PAUSED = "paused", _("Held up")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

        @classmethod
        def open(cls) -> list[Issue.State]:
            """May still be edited."""
            return [cls.DRAFT, cls.SCHEDULED]

        @classmethod
        def gone_out(cls) -> list[Issue.State]:
            """Readers have it, or some of them: it stands on the site too."""
            return [cls.SENDING, cls.SENT]

    MOVES: dict[str, set[str]] = {
        State.DRAFT: {State.SCHEDULED, State.SENDING, State.CANCELLED},
        State.SCHEDULED: {State.DRAFT, State.SCHEDULED, State.SENDING, State.CANCELLED},
        State.SENDING: {State.PAUSED, State.SENT, State.CANCELLED},
        State.PAUSED: {State.SENDING, State.CANCELLED},
        State.SENT: {State.SENDING},  # again to those who may not have got it, when a person says so
        State.CANCELLED: {State.DRAFT},
    }

    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="issues", verbose_name=_("newsletter"))
    subject = models.CharField(_("subject"), max_length=160)
    preheader = models.CharField(
        _("preview line"), max_length=160, blank=True, help_text=_("What mail programs show after the subject.")
    )
    introduction = models.TextField(_("introduction"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    # The day that an edition made by the clock is for, and the story of breaking news: each makes one issue, once.
    day = models.DateField(_("edition of"), null=True, blank=True, editable=False)
    breaking = models.ForeignKey(
        "articles.Article", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    send_at = models.DateTimeField(_("send at"), null=True, blank=True, editable=False)
    # Counts saves, so that of two people who edit at once the second is told.
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("made"), editable=False)
    started_at = models.DateTimeField(_("began to go out"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("went out"), null=True, blank=True, editable=False)
    # Counts how often it was set going: the jobs of an earlier time end when they see another number.
    run = models.PositiveIntegerField(default=0, editable=False)
    # Why it is held up or could not start, in words for staff.
    trouble = models.CharField(_("trouble"), max_length=300, blank=True, editable=False)
    # {"subject", "html", "text", "links": [address, ...]}; places of each reader's own links are left open in it
    # (`newsroom.audience.rendering`).
    sent_as = models.JSONField(default=dict, blank=True, editable=False)

    objects = IssueQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        permissions = [("send_issue", _("Can send newsletters"))]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "day"], condition=Q(day__isnull=False), name="issue_one_edition_a_day"
            ),
            models.UniqueConstraint(
                fields=["newsletter", "breaking"], condition=Q(breaking__isnull=False), name="issue_breaks_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False), name="issue_scheduled_has_a_time"
            ),
        ]
        indexes = [
            # The admin's list, newest first.
            models.Index(fields=["-created_at", "-id"], name="issue_newest"),
            # What is due or going out: a few among all.
            models.Index(fields=["send_at"], condition=Q(state__in=["scheduled", "sending"]), name="issue_under_way"),
        ]

    def __str__(self) -> str:
        return self.subject


class IssueBlock(models.Model):
    """One place of an issue, from the top down."""

    class Kind(models.TextChoices):
        STORY = "story", _("Story")
        HEADING = "heading", _("Heading")
        TEXT = "text", _("Text")
        SPONSORED = "sponsored", _("Sponsored story")
        NOTICE = "notice", _("Advertisement")

    issue = models.ForeignKey(Issue, models.CASCADE, related_name="blocks")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STORY)
    article = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("story")
    )
    # Instead of the story's own headline; the words of a heading.
    headline = models.CharField(_("headline"), max_length=250, blank=True)
    text = models.TextField(_("text"), blank=True)
    # What the ad desk promised an advertiser, and this block keeps.
    promise = models.ForeignKey(
        "ads.Promise", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("promised mention")
    )
    # Of an advertisement that leads to no story of ours: who paid, where it leads, and its picture.
    sponsor_name = models.CharField(_("paid for by"), max_length=160, blank=True)
    url = models.URLField(_("leads to"), max_length=500, blank=True)
    creative = models.ForeignKey(
        "ads.Creative", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("artwork")
    )

    class Meta:
        ordering = ["order", "pk"]
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["promise"], condition=Q(promise__isnull=False), name="issue_block_keeps_a_promise_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["story", "sponsored"]) | Q(article__isnull=False),
                name="issue_block_story_is_there",
            ),
            models.CheckConstraint(
                condition=~Q(kind="notice") | ~Q(sponsor_name=""),
                name="issue_block_says_who_paid",
                violation_error_message=_("Say who paid for it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.kind}"
