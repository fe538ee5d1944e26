"""A sponsored post was shared on a channel: the promise of it is kept, with the link as proof.

The ground floor says that a story stands somewhere (`story_shared`); what was promised to whom is known here.
"""

from __future__ import annotations

from datetime import datetime

from articles.models import Article
from articles.signals import story_shared

from . import promises
from .models import Promise, Quote, SponsoredPost

CHANNEL_LENGTH = Promise._meta.get_field("channel").max_length or 0


def watch() -> None:
    story_shared.connect(take, dispatch_uid="ads.proofs")


def take(sender, *, article: Article, channel: str, link: str, at: datetime, **_kw) -> Promise | None:
    """Tick off the oldest open social share of the post. None where nothing was promised or all is kept, and where this
    channel or this link is its proof already: told twice, it counts once."""
    post = SponsoredPost.objects.select_related("line__quote", "line__product").filter(article=article).first()
    if post is None or post.line is None or post.line.quote.status != Quote.Status.ACCEPTED:
        return None
    promises.make(post.line, at=at)
    listed = Promise.objects.select_for_update(of=("self",)).filter(line=post.line, kind=Promise.Kind.SOCIAL)
    mine = [promise for promise in listed.order_by("place") if promises.number_of_post(promise) == post.place]
    channel = channel[:CHANNEL_LENGTH]
    if any(promise.link == link or promise.channel == channel for promise in mine if promise.done_at):
        return None
    for promise in mine:
        if promise.done_at is None:
            promises.keep(promise, channel=channel, link=link, by=None, at=at)
            return promise
    return None
