"""No label, no order, no approval: no publication. What the ad desk answers when somebody wants readers to have a text.

`articles.workflow` asks at every door, so scripts, bulk imports, the calendar and scheduled changes get the same answer
as the story screen. Only facts are looked at: an order that stands, a yes to this very revision, a name on the label
that is the advertiser's, and that what was sold for ever does not end.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles.content import Content
from articles.models import Article
from articles.signals import asking_to_publish

from . import approving
from .models import AdRequest, Quote, SponsoredPost


def watch() -> None:
    asking_to_publish.connect(answer, dispatch_uid="ads.publish_gate")


def answer(sender, *, article: Article | None, content: Content, number: int | None, at: datetime, **_kw) -> list[str]:
    """What stands in the way of a text, as sentences."""
    post = (
        SponsoredPost.objects.select_related("advertiser", "line__quote__request").filter(article=article).first()
        if article
        else None
    )
    if content.kind == Article.Kind.STORY:
        if post is None:
            return []
        return [_("This story was paid for. Give it back its kind and the name of who paid, so that it has its label.")]
    if post is None or not has_order(post):
        return [
            _(
                "Nobody ordered this post. Under Sponsored posts, take it to the line of an accepted offer, or have a "
                "publisher record the order."
            )
        ]
    problems = []
    if not _is_the_name(post, content.sponsor_name):
        problems.append(
            _("“Paid for by %(name)s” is not what the advertiser is called, %(company)s. Correct or confirm the name.")
            % {"name": content.sponsor_name, "company": post.advertiser.company}
        )
    if content.expire_at and (sentence := _ends_too_early(post, content.expire_at)):
        problems.append(sentence)
    if article is None or number is None or not approving.covers(article, number):
        problems.append(
            _(
                "The advertiser has not approved this text, revision %(number)d. Send it for approval, or record where "
                "they said yes, under Sponsored posts."
            )
            % {"number": number or 0}
        )
    return problems


def has_order(post: SponsoredPost) -> bool:
    """Whether the line of an accepted deal that stands pays for it, or somebody vouched for an order made elsewhere."""
    if post.order_reference and post.order_vouched_at:
        return True
    if post.line is None:
        return False
    standing = [*AdRequest.Status.agreed(), AdRequest.Status.CLOSED]
    quote = post.line.quote
    return quote.status == Quote.Status.ACCEPTED and quote.request.status in standing


def _is_the_name(post: SponsoredPost, name: str) -> bool:
    """The company's, in whatever letters and spaces, or one that somebody confirmed."""
    wanted = _plain(name)
    return bool(wanted) and wanted in (_plain(post.advertiser.company), _plain(post.confirmed_name))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _ends_too_early(post: SponsoredPost, expire_at: datetime) -> str:
    """A post stays for as long as the site exists, unless its order names a last day."""
    last_day = post.line.last_day if post.line else None
    if last_day is None:
        return _("It was sold to stay online for ever. Empty “expire at”.")
    end = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time.min))
    if expire_at < end:
        return _("It was sold until %(day)s, and cannot end before. Change “expire at”.") % {
            "day": date_format(last_day, "SHORT_DATE_FORMAT")
        }
    return ""
