from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..front_plan import Plan


class FrontEdition(models.Model):
    """What editors decided about the front page of a language, once and for ever. The newest is what readers see.

    `content` is a `newsroom.front_plan.Plan` as JSON.
    """

    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField()
    note = models.CharField(_("note"), max_length=300, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["language", "-number"]
        verbose_name = _("front page")
        verbose_name_plural = _("Front page")
        default_permissions = ()
        permissions = [("edit_front_page", "Can edit the front page and put it live")]
        constraints = [
            # Also answers which is the newest, and keeps two who put one live at once from becoming the same number.
            models.UniqueConstraint(fields=["language", "number"], name="front_edition_numbered_within_its_language")
        ]

    def __str__(self) -> str:
        return f"{self.language} #{self.number}"

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.content)


class FrontDraft(models.Model):
    """The front page of a language as one editor has it on the desk, not live yet.

    `base_number` is the edition it was made from, 0 for a page without one. `version` counts its changes. `undo` holds
    what it was before, the latest last: [{"content": ..., "base": number}, ...].
    """

    MOST_UNDO = 20

    language = models.CharField(max_length=2, choices=settings.LANGUAGES)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    base_number = models.PositiveIntegerField(default=0)
    content = models.JSONField()
    undo = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("front page on the desk")
        verbose_name_plural = _("front pages on the desk")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["language", "user"], name="front_draft_one_per_editor")]

    def __str__(self) -> str:
        return f"{self.language}: {self.user_id}"

    @property
    def plan(self) -> Plan:
        return Plan.from_json(self.content)
