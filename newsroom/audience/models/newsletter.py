from __future__ import annotations

from datetime import time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def on_offer(self, language: str | None = None) -> NewsletterQuerySet:
        """What readers may sign up for, in a language or in any."""
        offered = self.filter(is_open=True)
        return offered.filter(language=language) if language else offered


class Newsletter(models.Model):
    """What readers subscribe to: one language, one topic or all news, one rhythm."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("Every morning")
        WEEKLY = "weekly", _("Once a week")
        BREAKING = "breaking", _("When something big happens")
        BY_HAND = "by-hand", _("When editors send one")

        @classmethod
        def automatic(cls) -> list[Newsletter.Rhythm]:
            """An edition is made by the clock."""
            return [cls.DAILY, cls.WEEKLY]

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="en")
    description = models.CharField(
        _("what it brings"), max_length=240, help_text=_("Shown beside the box that readers tick.")
    )
    sections = models.ManyToManyField(
        "articles.Section",
        blank=True,
        related_name="+",
        verbose_name=_("sections"),
        help_text=_("Editions take stories of these. None chosen: of all."),
    )
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm, default=Rhythm.DAILY)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday, default=Weekday.FRIDAY)
    send_at = models.TimeField(_("time"), default=time(6, 30), help_text=_("In the newsroom's time zone."))
    stories = models.PositiveSmallIntegerField(
        _("stories in an edition"), default=7, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    needs_review = models.BooleanField(
        _("an editor looks at each edition first"),
        default=False,
        help_text=_("Ticked: editions made by the clock wait as drafts until somebody sends them."),
    )
    # The day for which the clock found nothing new, and so made no edition.
    skipped_on = models.DateField(_("no edition on"), null=True, blank=True, editable=False)
    is_open = models.BooleanField(_("readers may sign up"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ["language", "order", "name"]
        verbose_name = _("newsletter")
        verbose_name_plural = _("newsletters")
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="newsletter_weekday_is_one"),
            models.CheckConstraint(
                condition=Q(stories__gte=1, stories__lte=30),
                name="newsletter_has_some_stories",
                violation_error_message=_("An edition has 1 to 30 stories."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def when(self) -> str:
        """When it comes, in words."""
        said = {"when": self.get_rhythm_display(), "day": self.get_weekday_display(), "time": f"{self.send_at:%H:%M}"}
        if self.rhythm == self.Rhythm.DAILY:
            return gettext("%(when)s at %(time)s") % said
        if self.rhythm == self.Rhythm.WEEKLY:
            return gettext("%(when)s: %(day)s at %(time)s") % said
        return said["when"]
