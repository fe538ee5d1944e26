from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.media import private_storage


class RequestDraft(models.Model):
    """A request that somebody is still writing, behind a private address. `ads.drafts` makes its token from `key` and
    the site's secret; only its hash is stored. Nobody at the desk reads it."""

    LASTS = timedelta(days=30)

    # One first page, one draft: the second of two clicks finds the first one's row.
    form_key = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=43, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    # By step, what was typed there, as it was typed: the forms of `ads.step_forms` read it again each time.
    answers = models.JSONField(default=dict)
    # The farthest step that was opened.
    step = models.CharField(max_length=8, default="what")
    suspected = models.CharField(max_length=200, blank=True)
    renews = models.ForeignKey("ads.AdRequest", models.SET_NULL, null=True, related_name="+")
    # Where the link went, if it was asked for.
    email = models.EmailField(blank=True)
    mailed_at = models.DateTimeField(null=True)
    mails = models.PositiveSmallIntegerField(default=0)
    uploads = models.PositiveSmallIntegerField(default=0)
    # What it became; its words are gone then.
    request = models.OneToOneField("ads.AdRequest", models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    # The round that deletes what is over.
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("request that is being written")
        verbose_name_plural = _("requests that are being written")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk}: {self.step}"

    def is_open(self, at: datetime) -> bool:
        return self.expires_at > at


def draft_path(kept: DraftFile, filename: str) -> str:
    """Where it is kept, also once it came with a request. The sender's file name never becomes a path."""
    return f"requests/{kept.key.hex[:2]}/{kept.key.hex}"


class DraftFile(models.Model):
    """A file that was accepted for a request that is being written."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    draft = models.ForeignKey(RequestDraft, models.CASCADE, related_name="files")
    # What it is for: the code of a position, that with ".phone", or the kind of a post.
    slot = models.CharField(max_length=80)
    file = models.FileField(upload_to=draft_path, storage=private_storage, max_length=200)
    original_name = models.CharField(max_length=200)
    bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=8)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    # Of a Word file: what it holds (`ads.intake.report_of`), and its text as it was read.
    report = models.JSONField(null=True)
    text = models.TextField(blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["draft", "pk"]
        constraints = [models.UniqueConstraint(fields=["draft", "slot"], name="draft_has_one_file_for_each_thing")]

    def __str__(self) -> str:
        return self.original_name

    @property
    def kilobytes(self) -> int:
        return -(-self.bytes // 1024)
