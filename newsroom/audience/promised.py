"""What the ad desk sold of newsletters: mentions that are open, where they stand, and that they were kept."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils import translation
from django.utils.translation import ngettext

from ads import promises
from ads.models import AdRequest, Promise, QuoteLine, SponsoredPost
from articles.models import Article

from . import rendering
from .models import Delivery, Issue, IssueBlock

OVER = [Issue.State.SENT, Issue.State.CANCELLED]


def open_ones(issue: Issue | None = None):
    """Mentions in newsletters that nobody ticked off and that stand in no issue, or in this one. One that is over and
    did not keep them, stopped halfway or with the tick taken back, holds none."""
    elsewhere = IssueBlock.objects.filter(promise=OuterRef("pk")).exclude(issue__state__in=OVER)
    if issue is not None:
        elsewhere = elsewhere.exclude(issue=issue)
    return Promise.objects.filter(
        ~Exists(elsewhere),
        kind=Promise.Kind.NEWSLETTER,
        done_at=None,
        line__quote__request__status__in=AdRequest.Status.agreed(),
    )


def offered(issue: Issue, *, at: datetime, most: int = 20) -> list[Promise]:
    """What the composer offers for an issue, the most urgent first, each with `story`: its own post, in the language of
    the newsletter, that is live or will be; None where no post was sold and an advertisement keeps it. A mention of a
    post that is not ready is not offered. Three queries."""
    language = issue.newsletter.language
    ready = Article.objects.released().in_language(language)
    has_post = Exists(SponsoredPost.objects.filter(line=OuterRef("line"), article__in=ready))
    found = list(
        open_ones(issue)
        .filter(~Q(line__kind=QuoteLine.Kind.POST) | has_post)
        .select_related("line__quote__request__advertiser", "line__product")
        .order_by(F("due").asc(nulls_last=True), "pk")[:most]
    )
    posts = SponsoredPost.objects.filter(line__in=[promise.line_id for promise in found], article__in=ready)
    stories = {(post.line_id, post.place): post.article for post in posts.select_related("article")}
    numbers = promises.numbers_of_posts(found)
    for promise in found:
        promise.story = stories.get((promise.line_id, numbers[promise.pk]))  # type: ignore[attr-defined]
    return [one for one in found if one.story or one.line.kind != QuoteLine.Kind.POST]  # type: ignore[attr-defined]


def take_from_what_is_over(named: Collection[int]) -> None:
    """Before mentions that are open are put into an issue."""
    IssueBlock.objects.filter(promise__in=named, issue__state__in=OVER).update(promise=None)


def company(promise: Promise) -> str:
    return promise.line.quote.request.company


def kept(issue: Issue, *, at: datetime) -> int:
    """Tick off what a sent issue kept: where, with its page as the proof and how many got it. Returns how many. One
    that nobody got keeps nothing. Called again it does nothing."""
    number = issue.deliveries.filter(state__in=Delivery.State.gone()).count()
    if not number:
        free(issue)
        return 0
    blocks = issue.blocks.filter(promise__isnull=False, promise__done_at=None)
    done = 0
    for block in blocks.select_related("promise__line__quote__request"):
        with translation.override(block.promise.line.quote.request.language):  # type: ignore[union-attr]
            note = ngettext("Sent to %(number)d reader.", "Sent to %(number)d readers.", number) % {"number": number}
        try:
            promises.keep(
                block.promise,  # type: ignore[arg-type]
                channel=issue.newsletter.name,
                link=rendering.web_address(issue),
                note=note,
                by=None,
                at=at,
            )
        except promises.PromiseRefused:
            continue  # somebody ticked it off by hand
        done += 1
    return done


def free(issue: Issue, *, besides: Collection[int] = ()) -> int:
    """What an issue does not keep can be put into another: all its mentions, but for those with these numbers. What was
    ticked off stays."""
    mine = issue.blocks.filter(promise__isnull=False, promise__done_at=None)
    return mine.exclude(promise__in=besides).update(promise=None)


def called_off(promise: Promise) -> bool:
    return promise.line.quote.request.status in (AdRequest.Status.CANCELLED, AdRequest.Status.DECLINED)


def drop_called_off(issue: Issue) -> int:
    """What stands in an issue for a deal that was called off meanwhile leaves it. Returns how many blocks."""
    gone = [b for b in issue.blocks.select_related("promise__line__quote__request") if b.promise]
    return issue.blocks.filter(pk__in=[b.pk for b in gone if b.promise and called_off(b.promise)]).delete()[0]


def where() -> list[tuple[Promise, Issue | None]]:
    """Every mention that is open, by its day, and then those that were made in an issue, the newest first; with the
    issue. Two queries."""
    listed = list(
        Promise.objects.filter(
            Q(done_at=None, line__quote__request__status__in=AdRequest.Status.agreed())
            | Exists(IssueBlock.objects.filter(promise=OuterRef("pk"))),
            kind=Promise.Kind.NEWSLETTER,
        )
        .select_related("line__quote__request", "line__product")
        .order_by(F("done_at").desc(nulls_first=True), F("due").asc(nulls_last=True), "pk")[:300]
    )
    blocks = IssueBlock.objects.filter(promise__in=listed).select_related("issue__newsletter")
    issues = {block.promise_id: block.issue for block in blocks}
    return [(promise, issues.get(promise.pk)) for promise in listed]


def is_late(promise: Promise, today: date) -> bool:
    return promise.done_at is None and promise.due is not None and promise.due < today
