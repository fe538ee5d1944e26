"""How each kind of channel is spoken to: what it needs, how long a text it takes, and who posts. One file a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .. import share_text
from ..models import Channel
from . import apprise, bluesky, facebook, mastodon, telegram, wire, x

Kind = Channel.Kind


@dataclass(frozen=True)
class Network:
    """`post` is None where nobody but a person can. `secrets` are their names with what they are called there;
    `again_until` says whether a post whose outcome nobody knows may be sent again, claimed first at a moment."""

    post: Callable[[wire.Post], str] | None = None
    secrets: dict[str, str | Promise] = field(default_factory=dict)
    account: str | Promise = ""
    account_example: str = ""
    # What is asked for as an address, and where we go without one.
    address: str | Promise = ""
    address_example: str = ""
    usual_address: str = ""
    limit: int | None = None
    length: Callable[[str], int] = share_text.in_code_points
    wording: str = share_text.USUAL
    may_repeat: Callable[[datetime, datetime], bool] = lambda claimed_at, at: False


def _known_to_mastodon(claimed_at: datetime, at: datetime) -> bool:
    return timedelta() <= at - claimed_at < mastodon.KEYS_ARE_KNOWN


def _bluesky_length(text: str) -> int:
    """300 of a reader's characters, of at most 3,000 bytes together."""
    over = len(text.encode()) - bluesky.MOST_BYTES
    return max(share_text.in_graphemes(text), 300 + over if over > 0 else 0)


NETWORKS: dict[str, Network] = {
    Kind.HAND: Network(limit=2200),
    Kind.TELEGRAM: Network(
        post=telegram.post,
        secrets={"token": _("Token of the bot")},
        account=_("Name or number of the channel"),
        account_example="@courier, -1001234567890",
        usual_address=telegram.BASE,
        limit=4096,
        length=share_text.in_utf16,
    ),
    Kind.MASTODON: Network(
        post=mastodon.post,
        secrets={"token": _("Access token")},
        address=_("Address of the server"),
        address_example="https://mastodon.social",
        limit=500,
        length=share_text.with_links_as(23, share_text.in_graphemes),
        may_repeat=_known_to_mastodon,
    ),
    Kind.BLUESKY: Network(
        post=bluesky.post,
        secrets={"password": _("App password")},
        account=_("Handle"),
        account_example="courier.bsky.social",
        usual_address=bluesky.BASE,
        limit=300,
        length=_bluesky_length,
        wording=share_text.SHORT,
        may_repeat=lambda claimed_at, at: True,
    ),
    Kind.FACEBOOK: Network(
        post=facebook.post,
        secrets={"token": _("Access token of the page")},
        account=_("Number of the page"),
        account_example="104857600000000",
        usual_address=facebook.BASE,
        limit=60_000,
    ),
    Kind.X: Network(
        post=x.post,
        secrets={
            "api_key": _("API key"),
            "api_secret": _("API key secret"),
            "access_token": _("Access token"),
            "access_secret": _("Access token secret"),
        },
        usual_address=x.BASE,
        limit=280,
        length=share_text.with_links_as(23, share_text.weighted),
        wording=share_text.SHORT,
    ),
    Kind.APPRISE: Network(post=apprise.post, secrets={"url": _("Address in the notation of Apprise")}, limit=1000),
    Kind.WEBHOOK: Network(address=_("Address that is called"), address_example="https://hooks.example/newsroom"),
}


def of(channel: Channel) -> Network:
    return NETWORKS[channel.kind]


def limit_of(channel: Channel) -> int | None:
    """How long a text the channel takes, in its network's own count."""
    return channel.limit or of(channel).limit
