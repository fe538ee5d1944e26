"""Sponsored posts from order to page: begin one, give it to a writer, and know where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from articles import workflow
from articles.content import Content
from articles.models import Article, Revision, User

from . import approving, clock, letters, publish_gate, sales
from .models import AdRequest, AdRequestItem, Quote, QuoteLine, SponsoredPost

HEADLINE_LENGTH = Article._meta.get_field("headline").max_length or 0
SPONSOR_LENGTH = Article._meta.get_field("sponsor_name").max_length or 0
VOUCH = "ads.vouch_for_order"


class PostRefused(Exception):
    """Raised for a post that cannot be begun or changed so; its text is a sentence for the person who tried."""


@dataclass(frozen=True)
class Place:
    """One post that a deal bought: `number` of its line, and the post itself once there is one."""

    line: QuoteLine
    number: int
    post: SponsoredPost | None
    # What the request said of it already.
    asked: str = ""

    @property
    def written_by(self) -> str:
        return self.post.written_by if self.post else self.line.written_by

    @property
    def brief(self) -> str:
        return self.post.brief if self.post and self.post.brief else self.asked


def places(deal: AdRequest) -> list[Place]:
    """Every post that the accepted offer of a deal holds, in its order. Three queries."""
    posts = SponsoredPost.objects.select_related("article", "advertiser", "writer")
    lines = (
        QuoteLine.objects.filter(quote__request=deal, quote__status=Quote.Status.ACCEPTED, kind=QuoteLine.Kind.POST)
        .select_related("product", "quote__request")
        .prefetch_related(Prefetch("posts", queryset=posts))
    )
    briefs: dict[int | None, str] = dict(deal.items.exclude(brief="").values_list("product", "brief"))
    return [place for line in lines for place in _places_of(line, briefs.get(line.product_id, ""))]


def _places_of(line: QuoteLine, brief: str) -> Iterator[Place]:
    there = {post.place: post for post in line.posts.all()}
    for number in range(1, int(line.quantity) + 1):
        yield Place(line, number, there.get(number), asked=brief if number == 1 else "")


def open_for(line: QuoteLine, number: int = 1) -> SponsoredPost:
    """The post in a place of an ordered line: the one that is there, the one that its request began before the order,
    or a new one. Raises PostRefused for what nobody ordered."""
    with transaction.atomic():
        line = (
            QuoteLine.objects.select_for_update(of=("self",))
            .select_related("quote__request", "product")
            .get(pk=line.pk)
        )
        deal = line.quote.request
        if line.kind != QuoteLine.Kind.POST or not line.product or not 1 <= number <= int(line.quantity):
            raise PostRefused(_("This offer holds no such post."))
        if line.quote.status != Quote.Status.ACCEPTED or deal.status not in AdRequest.Status.agreed():
            raise PostRefused(_("Nobody accepted this offer yet, or the deal is over."))
        if post := SponsoredPost.objects.filter(line=line, place=number).first():
            return post
        early = SponsoredPost.objects.filter(line=None, item__request=deal, item__product=line.product).first()
        if early:
            early.line, early.place = line, number
            early.save(update_fields=["line", "place"])
            return early
        item = deal.items.filter(product=line.product).first()
        return SponsoredPost.objects.create(
            line=line,
            place=number,
            item=item,
            brief=item.brief if item and number == 1 else "",
            advertiser=sales.advertiser_of(deal),
            written_by=line.written_by,
        )


def begin(
    line: QuoteLine,
    number: int = 1,
    *,
    by: User | None,
    at: datetime,
    writer: User | None = None,
    deadline: date | None = None,
) -> SponsoredPost:
    """Begin a post that we write: an empty draft with its label, for somebody to fill. Asked twice, it is one draft."""
    with transaction.atomic():
        post = open_for(line, number)
        if post.article is None:
            deal = line.quote.request
            article = workflow.create(
                Content(
                    headline=shortened(f"{line.product}: {deal.company}", HEADLINE_LENGTH),
                    kind=line.product.kind if line.product else Article.Kind.ARTICLE,
                    sponsor_name=shortened(deal.company, SPONSOR_LENGTH),
                    language=deal.language,
                ),
                by=by,
                at=at,
                kind=Revision.Kind.IMPORT,
                note=_("for %(reference)s") % {"reference": deal.reference},
            )
            post.article = article
            post.writer = writer or post.writer
            post.deadline = deadline or post.deadline
            post.save(update_fields=["article", "writer", "deadline"])
    return post


def take_brief(post: SponsoredPost, brief: str, *, at: datetime) -> bool:
    """What the advertiser wants said, as they wrote it; the desk gets it by mail, and they wait for us. False when it
    is what they said before."""
    with transaction.atomic():
        if not SponsoredPost.objects.filter(pk=post.pk).exclude(brief=brief).update(brief=brief, briefed_at=at):
            return False
        post.brief, post.briefed_at = brief, at
        if deal := post.deal:
            clock.start(deal, at=at)
            letters.to_desk(deal, _("Brief for a post"), "post_brief_desk", {"post": post})
    return True


def vouch(post: SponsoredPost, reference: str, *, by: User | None, at: datetime) -> None:
    """Stand in for an order that was made elsewhere. Raises PermissionDenied for who may not."""
    if by is not None and not by.has_perm(VOUCH):
        raise PermissionDenied
    if not reference.strip():
        raise PostRefused(_("Write the number or the day of the order, so that it can be found again."))
    SponsoredPost.objects.filter(pk=post.pk).update(
        order_reference=reference.strip(), order_vouched_by=by, order_vouched_at=at
    )
    post.refresh_from_db()


def confirm_name(post: SponsoredPost, name: str, *, by: User | None, at: datetime) -> None:
    """The label may name the advertiser so, although the company is called otherwise."""
    SponsoredPost.objects.filter(pk=post.pk).update(confirmed_name=name, confirmed_by=by)
    post.confirmed_name, post.confirmed_by = name, by


def stop_watching(post: SponsoredPost, because: str, *, by: User | None, at: datetime) -> None:
    """It was taken down on purpose: the monitor looks no more, and what it said is settled."""
    if not because.strip():
        raise PostRefused(_("Say why nobody needs to look after it any more."))
    SponsoredPost.objects.filter(pk=post.pk).update(
        unwatched_at=at, unwatched_because=because.strip(), problem="", problem_since=None
    )
    post.refresh_from_db()


def call_off(deal: AdRequest, *, by: User | None, at: datetime) -> None:
    """A deal ended before it was delivered: what is scheduled goes back to draft. What readers have stays until
    somebody takes it down."""
    scheduled = Article.objects.filter(
        sponsored_post__line__quote__request=deal, status=Article.Status.SCHEDULED, publish_at__gt=at
    )
    for article in scheduled:
        workflow.return_to_draft(article, by=by, at=at, note=_("its order was cancelled"))


def state_of(
    post: SponsoredPost | None,
    *,
    at: datetime,
    written_by: str = "",
    brief: str = "",
    known: approving.Known | None = None,
) -> tuple[str, str]:
    """Where a post stands: a word for code and colours, and a phrase for people. `written_by` where there is no post,
    and `brief` where their request held it; `known` what was approved of it, where somebody asked already."""
    written_by = post.written_by if post else written_by
    article = post.article if post else None
    if article is None:
        if post and post.material.all():
            return "received", _("Your Word file is here; we make the page of it")
        if written_by == AdRequestItem.WrittenBy.CLIENT:
            return "waiting", _("Waiting for the Word file")
        has_brief = brief or (post and post.brief)
        return ("writing", _("We have the brief")) if has_brief else ("waiting", _("Waiting for the brief"))
    if article.is_released and article.was_public(at) and not (article.expire_at and article.expire_at <= at):
        if article.has_unpublished_changes and post:
            known = known or approving.know([post])[post.pk]
            if known.is_on_offer and not known.is_approved:
                return "to-approve", _("Live; a change waits for approval")
        return "live", _("Live")
    if article.status == Article.Status.SCHEDULED and article.publish_at:
        when = date_format(timezone.localtime(article.publish_at), "DATETIME_FORMAT")
        return "scheduled", _("Scheduled for %(time)s") % {"time": when}
    if article.status in (Article.Status.WITHDRAWN, Article.Status.SPIKED) or article.is_released:
        return "withdrawn", _("Not online")
    assert post is not None  # noqa: S101  (it has an article)
    known = known or approving.know([post])[post.pk]
    if known.is_approved:
        return "approved", _("Approved")
    if known.is_on_offer:
        return "to-approve", _("Ready to be approved")
    return "writing", _("In work")


def may_be_written_by(user: User) -> bool:
    """Whether somebody may open a sponsored story: who cannot is no use as its writer."""
    return user.is_active and (user.has_perm("articles.handle_sponsored") or user.has_perm("articles.publish_article"))


def has_order(post: SponsoredPost) -> bool:
    return publish_gate.has_order(post)


def shortened(words: str, length: int) -> str:
    """As many whole words as fit; a piece of the first where not even that one does."""
    if len(words) <= length:
        return words
    return words[: length + 1].rpartition(" ")[0].strip() or words[:length]
