from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .article import Article


class ChannelQuerySet(models.QuerySet["Channel"]):
    def open(self) -> ChannelQuerySet:
        """Those that stories go to now."""
        return self.filter(is_active=True)

    def webhooks(self) -> ChannelQuerySet:
        """Those that programs listen at: each event is told to them, and nobody chooses."""
        return self.filter(kind=Channel.Kind.WEBHOOK)

    def networks(self) -> ChannelQuerySet:
        """Those that people read: a story is shared there once."""
        return self.exclude(kind=Channel.Kind.WEBHOOK)


class Channel(models.Model):
    """A place outside the site where stories are told of. What opens its door lies in `ChannelSecret`, and
    `articles.networks` knows how each kind is spoken to."""

    class Kind(models.TextChoices):
        HAND = "hand", _("By hand")
        TELEGRAM = "telegram", "Telegram"
        MASTODON = "mastodon", "Mastodon"
        BLUESKY = "bluesky", "Bluesky"
        FACEBOOK = "facebook", _("Facebook page")
        X = "x", "X"
        WEBHOOK = "webhook", _("Webhook")
        APPRISE = "apprise", _("Another service, through Apprise")

    class Stories(models.TextChoices):
        ALL = "all", _("News and sponsored stories")
        NEWS = "news", _("News only")
        SPONSORED = "sponsored", _("Sponsored stories only")

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        help_text=_("As advertisers read it beside the proof: “The Courier on X”."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    is_active = models.BooleanField(
        _("in use"), default=False, help_text=_("Nothing goes out while this is not ticked.")
    )
    language = models.CharField(
        _("language"),
        max_length=2,
        choices=settings.LANGUAGES,
        blank=True,
        help_text=_("Empty: stories of every language."),
    )
    sections = models.ManyToManyField(
        "articles.Section",
        blank=True,
        related_name="+",
        verbose_name=_("sections"),
        help_text=_("None chosen: stories of every section. A section brings its subsections."),
    )
    stories = models.CharField(_("which stories"), max_length=10, choices=Stories, default=Stories.ALL)
    is_default = models.BooleanField(
        _("ticked for new stories"), default=True, help_text=_("A story goes there unless somebody unticks it.")
    )
    is_automatic = models.BooleanField(
        _("goes out by itself"),
        default=True,
        help_text=_("As soon as the story is live. Not ticked: it waits until somebody presses “Share now”."),
    )
    wording = models.TextField(_("text"), blank=True, max_length=2000)
    limit = models.PositiveIntegerField(
        _("longest text"),
        null=True,
        blank=True,
        validators=[MinValueValidator(40)],
        help_text=_("In characters, where it is another than the network's own. Empty: the network's."),
    )
    address = models.CharField(_("address"), max_length=500, blank=True)
    account = models.CharField(_("account"), max_length=200, blank=True)

    # Of a webhook.
    tells_published = models.BooleanField(pgettext_lazy("event", "published"), default=True)
    tells_updated = models.BooleanField(pgettext_lazy("event", "updated"), default=True)
    tells_withdrawn = models.BooleanField(pgettext_lazy("event", "withdrawn"), default=True)
    with_body = models.BooleanField(
        _("with the text of the story"), default=False, help_text=_("Otherwise headline, standfirst and address only.")
    )
    # Since when nothing arrives there; None: the last delivery arrived, or there was none yet.
    failing_since = models.DateTimeField(null=True, editable=False)
    # Why we switched it off ourselves; empty when a person did, or nobody.
    stopped_because = models.CharField(max_length=300, blank=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_active=False) | Q(stopped_because=""), name="channel_in_use_was_not_stopped"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_webhook(self) -> bool:
        return self.kind == self.Kind.WEBHOOK

    def wants(self, article: Article) -> bool:
        """Whether stories like this one go there. Costs nothing where sections were fetched, and `section` of the
        story."""
        if self.language and self.language != article.language:
            return False
        if self.stories == self.Stories.NEWS and article.is_sponsored:
            return False
        if self.stories == self.Stories.SPONSORED and not article.is_sponsored:
            return False
        chosen = {section.pk for section in self.sections.all()}
        if not chosen:
            return True
        section = article.section
        return section is not None and bool(chosen & {section.pk, section.parent_id})


class ChannelSecret(models.Model):
    """What opens the door of a channel: a token, a password, a signing key. Written by `articles.channels` and shown to
    nobody; a table of its own, so that no list, export or log of channels carries it along."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    value = models.TextField()
    made_at = models.DateTimeField()
    # A signing key that another has followed signs beside it until then.
    until = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "name"], condition=Q(until=None), name="channel_secret_one_of_a_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel_id}: {self.name}"

    def is_good(self, at: datetime) -> bool:
        return self.until is None or self.until > at
