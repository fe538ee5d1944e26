"""Channels and what opens their doors.

The library that would encrypt secrets is no part of this project, and a cipher of our own would protect nothing. So
they lie in the database as they are, in a table of their own that nothing shows, exports or logs; who will not have
them there sets `CHANNEL_<number>_<NAME>` in the environment, which comes first (`docs/channels.md`).
"""

from __future__ import annotations

import base64
import secrets as randomness
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from . import networks
from .models import Article, Channel, ChannelSecret

SIGNING = "signing"
# An old signing key signs beside the new one for so long.
BOTH_SIGN = timedelta(hours=24)


class ChannelRefused(Exception):
    """Raised for what cannot be done with a channel; its text is a sentence."""


class Source(StrEnum):
    """Where a secret comes from."""

    ENVIRONMENT = "environment"
    DATABASE = "database"
    NOWHERE = ""


def wanting(article: Article) -> list[Channel]:
    """The channels in use that a story like this one goes to, by name. Two queries, and one for a section that was not
    fetched."""
    found = Channel.objects.open().prefetch_related("sections")
    return [channel for channel in found if channel.wants(article)]


def setting_of(channel: Channel, name: str) -> str:
    """What a secret is called in the environment."""
    return f"CHANNEL_{channel.pk}_{name.upper()}"


def keep_secrets(channel: Channel, values: Mapping[str, str], *, at: datetime) -> None:
    """Replace the secrets that are given; empty ones stay as they were."""
    with transaction.atomic():
        for name, value in values.items():
            if value:
                ChannelSecret.objects.update_or_create(
                    channel=channel, name=name, until=None, defaults={"value": value, "made_at": at}
                )


def secrets_of(channel: Channel) -> dict[str, str]:
    """What opens the door, by name; only what is there."""
    kept = ChannelSecret.objects.filter(channel=channel, until=None).values_list("name", "value")
    from_environment = {
        name: value
        for name in networks.of(channel).secrets
        if (value := settings.CHANNEL_SECRETS.get(setting_of(channel, name)))
    }
    return dict(kept) | from_environment


def sources_of(channel: Channel) -> dict[str, Source]:
    """Where each secret comes from that the kind needs."""
    kept = set(ChannelSecret.objects.filter(channel=channel, until=None).values_list("name", flat=True))
    return {
        name: Source.ENVIRONMENT
        if settings.CHANNEL_SECRETS.get(setting_of(channel, name))
        else Source.DATABASE
        if name in kept
        else Source.NOWHERE
        for name in networks.of(channel).secrets
    }


def missing(channel: Channel) -> list[str]:
    """What a channel lacks to be used, as sentences."""
    network, sources = networks.of(channel), sources_of(channel)
    lacks = [
        _("%(what)s is missing.") % {"what": label}
        for name, label in network.secrets.items()
        if sources[name] is Source.NOWHERE
    ]
    if channel.is_webhook and not ChannelSecret.objects.filter(channel=channel, name=SIGNING, until=None).exists():
        lacks.append(_("There is no signing key yet. Make one below."))
    if network.address and not channel.address:
        lacks.append(_("%(what)s is missing.") % {"what": network.address})
    if network.account and not channel.account:
        lacks.append(_("%(what)s is missing.") % {"what": network.account})
    return lacks


# Webhooks.


def signing_keys(channel: Channel, *, at: datetime) -> list[str]:
    """The keys that sign at a moment, newest first."""
    kept = ChannelSecret.objects.filter(channel=channel, name=SIGNING).order_by("-made_at", "-pk")
    return [secret.value for secret in kept if secret.is_good(at)]


def key_facts(channel: Channel, *, at: datetime) -> list[tuple[datetime, datetime | None]]:
    """When each key that signs was made, and until when it does, newest first."""
    kept = ChannelSecret.objects.filter(channel=channel, name=SIGNING).order_by("-made_at", "-pk")
    return [(secret.made_at, secret.until) for secret in kept if secret.is_good(at)]


def rotate(channel: Channel, *, at: datetime) -> str:
    """A new signing key, to be shown once. The one before signs beside it for a day; any older one is gone."""
    key = "whsec_" + base64.b64encode(randomness.token_bytes(32)).decode()
    with transaction.atomic():
        Channel.objects.select_for_update(of=("self",)).get(pk=channel.pk)
        mine = ChannelSecret.objects.filter(channel=channel, name=SIGNING)
        mine.exclude(until=None).delete()
        mine.update(until=at + BOTH_SIGN)
        ChannelSecret.objects.create(channel=channel, name=SIGNING, value=key, made_at=at)
    return key
