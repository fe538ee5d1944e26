"""What the ad desk sold of newsletters: mentions that are open, where they stand, and that they were kept."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import ngettext

from ads import promises
from ads.models import AdRequest, Promise, SponsoredPost

from . import rendering
from .models import Delivery, Issue, IssueBlock


def open_ones(issue: Issue | None = None):
    """Mentions in newsletters that nobody ticked off and that stand in no issue, or in this one."""
    elsewhere = IssueBlock.objects.filter(promise=OuterRef("pk"))
    if issue is not None:
        elsewhere = elsewhere.exclude(issue=issue)
    return Promise.objects.filter(
        ~Exists(elsewhere),
        kind=Promise.Kind.NEWSLETTER,
        done_at=None,
        line__quote__request__status__in=AdRequest.Status.agreed(),
    )


def offered(issue: Issue, *, at: datetime, most: int = 20) -> list[Promise]:
    """What the composer offers for an issue, the most urgent first, each with `story`: the post of its deal in the
    language of the newsletter that is live or will be, or None where an advertisement keeps it. Two queries."""
    found = list(
        open_ones(issue)
        .select_related("line__quote__request__advertiser", "line__product")
        .order_by("due", "pk")[:most]
    )
    posts = SponsoredPost.objects.filter(
        line__in=[promise.line_id for promise in found], article__language=issue.newsletter.language
    ).select_related("article")
    by_line: dict[int, SponsoredPost] = {}
    for post in posts:
        if post.line_id and post.article and post.article.is_released:
            by_line.setdefault(post.line_id, post)
    for promise in found:
        own = by_line.get(promise.line_id)
        promise.story = own.article if own else None  # type: ignore[attr-defined]
    return found


def company(promise: Promise) -> str:
    return promise.line.quote.request.company


def kept(issue: Issue, *, at: datetime) -> int:
    """Tick off what a sent issue kept: where, with its page as the proof and how many got it. Returns how many. Called
    again it does nothing."""
    waiting = [Delivery.State.WAITING, Delivery.State.SKIPPED, Delivery.State.FAILED]
    blocks = issue.blocks.filter(promise__isnull=False, promise__done_at=None).select_related("promise")
    done = 0
    for block in blocks:
        number = issue.deliveries.exclude(state__in=waiting).count()
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


def free(issue: Issue) -> int:
    """A cancelled issue keeps nothing: its mentions can be put into another. What was ticked off stays."""
    return issue.blocks.filter(promise__isnull=False, promise__done_at=None).update(promise=None)


def where() -> list[tuple[Promise, Issue | None]]:
    """Every mention that is open or stands in an issue, by its day, with the issue. Two queries."""
    listed = list(
        Promise.objects.filter(
            Q(done_at=None, line__quote__request__status__in=AdRequest.Status.agreed())
            | Exists(IssueBlock.objects.filter(promise=OuterRef("pk"))),
            kind=Promise.Kind.NEWSLETTER,
        )
        .select_related("line__quote__request", "line__product")
        .order_by("done_at", "due", "pk")[:300]
    )
    blocks = IssueBlock.objects.filter(promise__in=listed).select_related("issue__newsletter")
    issues = {block.promise_id: block.issue for block in blocks}
    return [(promise, issues.get(promise.pk)) for promise in listed]


def is_late(promise: Promise, today: date) -> bool:
    return promise.done_at is None and promise.due is not None and promise.due < today
