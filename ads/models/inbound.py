from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.media import private_storage


class Mailbox(models.Model):
    """A mailbox that is read, by `user@host/folder`: how far, and whether it works."""

    name = models.CharField(max_length=250, unique=True)
    # Every mail of this validity up to `last_uid` is kept.
    uid_validity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(default=0)
    # Who comes first claims the next reading with it.
    tried_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(_("last read"), null=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


def raw_path(mail: InboundMail, filename: str) -> str:
    """By its content, so that storing it again leaves no second file."""
    return f"mail/{mail.sha256[:2]}/{mail.sha256}"


class InboundMail(models.Model):
    """One mail as it came, and what became of it. `ads.mailbox` keeps it, `ads.mail_filing` files it."""

    class Status(models.TextChoices):
        NEW = "new", _("Not filed yet")
        REQUEST = "request", _("Became a request")
        MESSAGE = "message", _("Message of a deal")
        AGAIN = "again", _("Came twice")
        HELD = "held", _("Waits for the desk")
        BOUNCE = "bounce", _("Bounced")
        AUTOMATIC = "automatic", _("Automatic answer")
        LOOP = "loop", _("Loop")
        FAILED = "failed", _("Cannot be read")
        TOO_LARGE = "too-large", _("Too large to keep")
        NOT_OURS = "not-ours", _("Not ours")

    # `ads.mail_filing` makes these moves, and nothing else does.
    MOVES: dict[str, set[str]] = {
        Status.NEW: set(Status.values) - {Status.NEW, Status.NOT_OURS, Status.TOO_LARGE},
        Status.REQUEST: set(),
        Status.MESSAGE: set(),
        Status.AGAIN: set(),
        Status.HELD: {Status.REQUEST, Status.MESSAGE, Status.NOT_OURS},
        Status.BOUNCE: {Status.REQUEST, Status.MESSAGE, Status.NOT_OURS},
        Status.AUTOMATIC: {Status.REQUEST, Status.MESSAGE, Status.NOT_OURS},
        Status.LOOP: {Status.REQUEST, Status.MESSAGE, Status.NOT_OURS},
        Status.FAILED: {Status.NEW, Status.REQUEST, Status.MESSAGE, Status.NOT_OURS},
        Status.TOO_LARGE: {Status.REQUEST, Status.MESSAGE, Status.NOT_OURS},
        Status.NOT_OURS: {Status.REQUEST, Status.MESSAGE},
    }

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="mails", verbose_name=_("mailbox"))
    uid_validity = models.PositiveBigIntegerField()
    uid = models.PositiveBigIntegerField()
    message_id = models.CharField(max_length=250, blank=True)
    # Of the whole mail; of its header where it is too large to keep.
    sha256 = models.CharField(max_length=64)
    bytes = models.PositiveBigIntegerField(_("size"))
    # Of the header alone where it is too large.
    raw = models.FileField(_("as it came"), upload_to=raw_path, storage=private_storage, max_length=200)
    arrived_at = models.DateTimeField(_("arrived"))
    stored_at = models.DateTimeField(_("kept since"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    note = models.CharField(_("why"), max_length=300, blank=True)
    sender = models.CharField(_("from"), max_length=254, blank=True)
    sender_name = models.CharField(_("name"), max_length=160, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    text = models.TextField(_("text"), blank=True)
    # What our mail server says of SPF, DKIM and DMARC. Believed where it warns, never where it vouches.
    authentication = models.CharField(_("checked by our mail server"), max_length=300, blank=True)
    # Of sender, identifier, subject and text: the same mail on two ways is filed once.
    fingerprint = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    request = models.ForeignKey(
        "ads.AdRequest", models.SET_NULL, null=True, blank=True, related_name="mails", verbose_name=_("deal")
    )
    deal_message = models.OneToOneField("ads.DealMessage", models.SET_NULL, null=True, blank=True, related_name="mail")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    filed_at = models.DateTimeField(_("filed"), null=True)

    class Meta:
        ordering = ["-arrived_at", "-pk"]
        verbose_name = _("mail")
        verbose_name_plural = _("mailbox")
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="inbound_once_per_uid"),
            models.UniqueConstraint(fields=["message_id", "sha256"], name="inbound_once_per_content"),
        ]
        indexes = [
            # What waits to be filed (ads/mail_filing.py).
            models.Index(fields=["try_at"], condition=Q(status="new"), name="inbound_new"),
            # How much came from an address within a while (ads/spam.py).
            models.Index(fields=["sender", "arrived_at"], name="inbound_by_sender"),
            # The copy on another way (ads/mail_filing.py).
            models.Index(fields=["fingerprint"], name="inbound_by_fingerprint"),
            # The thread a mail belongs to (ads/mail_filing.py).
            models.Index(fields=["message_id"], name="inbound_by_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"
