"""The advertiser's yes to a text: on the deal's page, by a preview link, or recorded by the desk with where.

A yes is to one revision. It holds for a later one only where every word is the same and nothing but the time of
publication or the address is another, so that the calendar can move a post without asking them again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.content import Content
from articles.models import Article, PreviewApproval, Revision, User

from . import letters
from .models import DealLink, PostApproval, SponsoredPost


class ApprovalRefused(Exception):
    """Raised when a yes cannot be taken; its text is a sentence for the person who gave it."""


class Superseded(ApprovalRefused):
    """Raised when the text moved on while somebody read it."""


@dataclass(frozen=True)
class Yes:
    """One approval, wherever it was given. `holds`: it covers the newest text; else it is void."""

    number: int
    name: str
    at: datetime
    where: str
    holds: bool = False


def offer(post: SponsoredPost, *, by: User | None, at: datetime) -> int:
    """Ask the advertiser to approve the newest text, by mail and on the deal's page. Returns the number of its
    revision. Without a deal there is no page: the desk shows the text by a preview link. Asked twice, one mail."""
    with transaction.atomic():
        article = _hold(post)
        deal = post.deal
        if deal is None:
            raise ApprovalRefused(
                _("This order was made elsewhere, so there is no private page. Send a preview link instead.")
            )
        number = article.head_number
        if post.offered_number != number:
            SponsoredPost.objects.filter(pk=post.pk).update(offered_number=number, offered_at=at)
            post.offered_number, post.offered_at = number, at
            letters.to_advertiser(
                deal,
                gettext_lazy("Your post is ready to read"),
                "post_offered",
                {"post": post, "article": article},
                at=at,
                key=f"post-{post.pk}-offered-{number}",
            )
    return number


def approve(post: SponsoredPost, *, number: int, name: str, link: DealLink, at: datetime) -> PostApproval:
    """The advertiser says yes on the deal's page to the revision that they read. Once; the same again changes nothing.
    Raises Superseded where the text moved on."""
    with transaction.atomic():
        article = _hold(post)
        if number != post.offered_number or not is_same(article, number, article.head_number):
            raise Superseded(
                _("The text changed while you read it, so nothing was approved. We show you the newer one here soon.")
            )
        approval, is_new = PostApproval.objects.get_or_create(
            post=post,
            revision_number=number,
            defaults={"via": PostApproval.Via.PAGE, "name": name, "link": link, "at": at},
        )
        if is_new and post.deal:
            context = {"post": post, "approval": approval}
            letters.to_desk(post.deal, _("Post approved"), "post_approved_desk", context)
    return approval


def record(
    post: SponsoredPost, *, number: int, name: str, reference: str, by: User | None, at: datetime
) -> PostApproval:
    """The desk writes down a yes that was said elsewhere: who, and where ("mail of 3 November"). Raises Superseded
    where `number` is not the newest text."""
    if not (name.strip() and reference.strip()):
        raise ApprovalRefused(_("Say who approved the text, and where: a mail, a call, a letter, with its day."))
    with transaction.atomic():
        article = _hold(post)
        if number != article.head_number:
            raise Superseded(_("Somebody saved this story after you opened it. Read the newer text, then decide."))
        approval, _is_new = PostApproval.objects.get_or_create(
            post=post,
            revision_number=number,
            defaults={
                "via": PostApproval.Via.DESK,
                "name": name.strip(),
                "reference": reference.strip(),
                "recorded_by": by,
                "at": at,
            },
        )
    return approval


def covers(article: Article, number: int) -> bool:
    """Whether the advertiser approved a revision."""
    numbers = _numbers(article)
    return number in numbers or any(is_same(article, one, number) for one in sorted(numbers, reverse=True))


def given(post: SponsoredPost) -> list[Yes]:
    """Every yes to a post, the newest first."""
    return know([post])[post.pk].given


@dataclass(frozen=True)
class Known:
    """What was approved of a post, and whether the advertiser is asked about the text as it is now."""

    given: list[Yes]
    is_on_offer: bool

    @property
    def is_approved(self) -> bool:
        return any(one.holds for one in self.given)


def know(posts: Collection[SponsoredPost]) -> dict[int, Known]:
    """What was approved of several posts, by their numbers. Three queries, however many."""
    ids = [post.article_id for post in posts if post.article_id]
    here: dict[int, list[PostApproval]] = defaultdict(list)
    there: dict[int, list[PreviewApproval]] = defaultdict(list)
    for one in PostApproval.objects.filter(post__in=[post.pk for post in posts]):
        here[one.post_id].append(one)
    for guest in PreviewApproval.objects.filter(article__in=ids):
        there[guest.article_id].append(guest)
    wanted: set[tuple[int, int]] = set()
    for post in posts:
        if post.article:
            numbers = {one.revision_number for one in here[post.pk]}
            numbers |= {one.revision_number for one in there[post.article.pk]}
            asked = {*numbers, post.offered_number or 0}
            if asked != {post.article.head_number}:
                wanted |= {(post.article.pk, number) for number in {*asked, post.article.head_number}}
    texts = _texts(wanted)

    def known(post: SponsoredPost) -> Known:
        article = post.article
        if article is None:
            return Known([], False)
        head = article.head_number

        def holds(number: int) -> bool:
            text = texts.get((article.pk, number))
            return number == head or (text is not None and text == texts.get((article.pk, head)))

        said: list[tuple[PostApproval | PreviewApproval, str]] = [(one, _where(one)) for one in here[post.pk]]
        said += [(one, _("by a preview link")) for one in there[article.pk]]
        yes = [
            Yes(one.revision_number, one.name, one.at, where, holds(one.revision_number))
            for one, where in sorted(said, key=lambda pair: pair[0].at, reverse=True)
        ]
        return Known(yes, post.offered_number is not None and holds(post.offered_number))

    return {post.pk: known(post) for post in posts}


def is_same(article: Article, one: int, other: int) -> bool:
    """Whether two revisions say the same and differ at most in their times of publication and address."""
    if one == other:
        return True
    texts = _texts({(article.pk, one), (article.pk, other)})
    return len(texts) == 2 and texts[article.pk, one] == texts[article.pk, other]


def _texts(wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Content]:
    """What revisions say, by story and number, without what does not matter for a yes."""
    if not wanted:
        return {}
    either = Q()
    for article, number in wanted:
        either |= Q(article=article, number=number)
    found = Revision.objects.filter(either).values_list("article", "number", "content")
    return {
        (article, number): replace(Content.from_json(content), slug="", publish_at=None, embargo_until=None)
        for article, number, content in found
    }


def _numbers(article: Article) -> set[int]:
    here: Iterable[int] = PostApproval.objects.filter(post__article=article).values_list("revision_number", flat=True)
    there = PreviewApproval.objects.filter(article=article).values_list("revision_number", flat=True)
    return {*here, *there}


def _where(approval: PostApproval) -> str:
    return approval.reference or _("on the private page")


def _hold(post: SponsoredPost) -> Article:
    """The story of a post, which nobody saves meanwhile."""
    if post.article_id is None:
        raise ApprovalRefused(_("There is no text yet."))
    return Article.objects.select_for_update(of=("self",)).get(pk=post.article_id)
