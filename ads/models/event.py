from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.IntegerChoices):
    """What happened. The numbers stand in the keys of events: never use one for something else."""

    SERVED = 1, _("served")
    RENDER = 2, _("shown")
    VIEW = 3, _("viewable")
    CLICK = 4, _("click")
    READ = 5, _("read")


class Source(models.IntegerChoices):
    """Where it happened, and with which kind of token it is told."""

    PAGE = 1, _("page")
    STORY = 2, _("sponsored post")
    MAIL = 3, _("newsletter")


class Reason(models.IntegerChoices):
    """Why something that is genuine does not count; VALID: it does. The numbers stand in the keys of events.

    Those from RATE on are judged at roll-up, over many events; the others on arrival.
    """

    VALID = 0, _("valid")
    BOT = 1, _("known robot, or no browser named")
    STAFF = 2, _("somebody of ours")
    PRERENDER = 3, _("page prepared, not looked at")
    MISMATCH = 4, _("another visitor than the one it was served to")
    EXPIRED = 5, _("too late")
    CLOCK = 6, _("before it was served, by our clock")
    PREFETCH = 7, _("link followed by a program in advance")
    RATE = 10, _("too many pages from one visitor")
    CLICKS = 11, _("too many clicks from one visitor")
    UNSEEN = 12, _("click on what was never shown")
    FAST = 13, _("click faster than a person")


class Facts(models.Model):
    """What is known of an event, and what roll-ups group by. Numbers of rows, 0 where there is none; the rows may be
    gone, and what was counted stays."""

    kind = models.PositiveSmallIntegerField(choices=Kind)
    source = models.PositiveSmallIntegerField(choices=Source, default=Source.PAGE)
    reason = models.PositiveSmallIntegerField(choices=Reason, default=Reason.VALID)
    # The position of the page; 0 for the page itself.
    position = models.PositiveIntegerField(default=0)
    # The booking, its artwork, or the newsroom's own artwork.
    line = models.PositiveIntegerField(default=0)
    creative = models.PositiveIntegerField(default=0)
    house = models.PositiveIntegerField(default=0)
    # The page: its story, its section, its language (1 English, 2 Arabic), and what it is shown on.
    article = models.PositiveIntegerField(default=0)
    section = models.PositiveIntegerField(default=0)
    language = models.PositiveSmallIntegerField(default=0)
    device = models.PositiveSmallIntegerField(default=0)
    # The link that a click of a newsletter followed.
    link = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


# In the order in which rows of counts are read and hashed.
COLUMNS = (
    "kind",
    "source",
    "reason",
    "position",
    "line",
    "creative",
    "house",
    "article",
    "section",
    "language",
    "device",
    "link",
)


class Event(Facts):
    """One thing that happened, told by a genuine token. Written once, never changed, thrown away after 90 days.

    Its key is computed from what it tells (`ads.tokens.key`), so that the same thing told twice is one row. It begins
    with the milliseconds of the decision: keys are nearly in the order of time. `visitor` is a hash of network and
    browser under a salt that is destroyed after two days.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    at = models.DateTimeField()
    visitor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            # Roll-up of an hour, what the open hour holds, pruning (ads/rollups.py, ads/totals.py).
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M:%S}"


class Salt(models.Model):
    """What visitors are hashed with on one day. Without it nobody, we included, can tell who was who."""

    day = models.DateField(primary_key=True)
    secret = models.BinaryField(max_length=32, editable=False)

    class Meta:
        verbose_name = _("salt")
        verbose_name_plural = _("salts")

    def __str__(self) -> str:
        return str(self.day)
