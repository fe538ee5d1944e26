from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# Monday is the first bit.
EVERY_DAY = 0b1111111


class WordList(models.Model):
    """Words beside which an advertiser, or with `is_for_all` nobody, wants to stand. A story that holds one of them as
    a whole word has the list's number in the key of its page."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    words = models.TextField(
        _("words"), max_length=10_000, help_text=_("One word or phrase a line, in English or Arabic.")
    )
    is_for_all = models.BooleanField(
        _("no advertising at all beside them"),
        default=False,
        help_text=_("For what decency asks: no box of any advertiser on such a story."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("word list")
        verbose_name_plural = _("word lists")

    def __str__(self) -> str:
        return self.name


class Targeting(models.Model):
    """Where and when a booking is shown, beyond its days. What is empty is no limit."""

    class Device(models.TextChoices):
        PHONE = "phone", _("Phones")
        LARGE = "large", _("Tablets and computers")

    booking = models.OneToOneField("ads.Booking", models.CASCADE, primary_key=True, related_name="targeting")
    sections = models.ManyToManyField(
        "articles.Section", blank=True, related_name="+", verbose_name=_("only in these sections")
    )
    # Whether it wants sections, also once the last of them was deleted: then it runs nowhere, and not everywhere.
    is_by_section = models.BooleanField(default=False, editable=False)
    not_sections = models.ManyToManyField(
        "articles.Section", blank=True, related_name="+", verbose_name=_("not in these sections")
    )
    not_words = models.ManyToManyField(WordList, blank=True, related_name="+", verbose_name=_("not beside these words"))
    language = models.CharField(
        _("language"), max_length=2, blank=True, choices=[("en", _("English")), ("ar", _("Arabic"))]
    )
    device = models.CharField(_("device"), max_length=5, blank=True, choices=Device)
    weekdays = models.PositiveSmallIntegerField(_("weekdays"), default=EVERY_DAY)
    # From an hour to before another, in the publisher's zone; both empty: all day. 22 to 6 runs over midnight.
    from_hour = models.PositiveSmallIntegerField(_("from"), null=True, blank=True, validators=[MaxValueValidator(23)])
    to_hour = models.PositiveSmallIntegerField(_("to"), null=True, blank=True, validators=[MaxValueValidator(24)])

    class Meta:
        verbose_name = _("targeting")
        verbose_name_plural = _("targeting")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__range=(1, EVERY_DAY)),
                name="targeting_has_a_weekday",
                violation_error_message=_("Choose at least one weekday."),
            ),
            models.CheckConstraint(
                condition=Q(from_hour=None, to_hour=None)
                | (
                    Q(from_hour__isnull=False, to_hour__isnull=False)
                    & Q(from_hour__range=(0, 23), to_hour__range=(0, 24))
                    & ~Q(from_hour=models.F("to_hour"))
                ),
                name="targeting_hours_are_whole",
                violation_error_message=_("Give both hours, one unlike the other, or neither."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.booking_id)


class QuietStory(models.Model):
    """A story beside which nothing is advertised, by decision of an editor."""

    article = models.OneToOneField("articles.Article", models.CASCADE, primary_key=True, related_name="quiet")
    why = models.CharField(_("why"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False)
    at = models.DateTimeField(editable=False)

    class Meta:
        verbose_name = _("story without advertising")
        verbose_name_plural = _("stories without advertising")
        permissions = [("quieten_story", "Can keep advertising off a story")]

    def __str__(self) -> str:
        return str(self.article_id)
