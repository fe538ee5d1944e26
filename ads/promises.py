"""What a deal promises beside the page: mentions in the newsletter and on social channels, ticked off with proof."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from articles.models import User

from . import letters
from .models import AdRequest, Promise, Quote, QuoteLine, SponsoredPost

Kind = Promise.Kind
# A mention with a post is due within a week of its publication; one that nobody gave a day, within two of the yes.
AFTER_PUBLICATION = timedelta(days=7)
AFTER_ACCEPTANCE = timedelta(days=14)


class PromiseRefused(Exception):
    """Raised for a tick without proof, or of what is ticked already; its text is a sentence."""


def included(line: QuoteLine) -> dict[str, int]:
    """How many mentions of each kind a line holds."""
    if line.kind == QuoteLine.Kind.POST and line.product:
        each = {Kind.NEWSLETTER: line.product.newsletter_mentions, Kind.SOCIAL: line.product.social_shares}
        return {kind: count * int(line.quantity) for kind, count in each.items() if count}
    return {line.kind: max(1, int(line.quantity))} if line.kind in Kind.values else {}


def make(line: QuoteLine, *, at: datetime) -> None:
    """The checklist of an ordered line. Made twice, it is one; what was promised stays, whatever the rate card says
    later."""
    for kind, count in included(line).items():
        for place in range(1, count + 1):
            Promise.objects.get_or_create(line=line, kind=kind, place=place, defaults={"due": _due(line)})


def _due(line: QuoteLine) -> date | None:
    if line.kind == QuoteLine.Kind.POST:
        return None  # once it is public
    if line.last_day or line.first_day:
        return line.last_day or line.first_day
    accepted = line.quote.accepted_at
    return timezone.localdate(accepted + AFTER_ACCEPTANCE) if accepted else None


def make_due(at: datetime) -> int:
    """Checklists for lines that were ordered meanwhile, and days for those whose post is public. Returns how many."""
    made = 0
    for line in _unlisted().select_related("product", "quote")[:100]:
        with transaction.atomic():
            make(line, at=at)
        made += 1
    undated = Promise.objects.filter(
        due=None,
        done_at=None,
        line__kind=QuoteLine.Kind.POST,
        line__quote__request__status__in=AdRequest.Status.agreed(),
    )
    for promise in undated.select_related("line")[:500]:
        post = (
            SponsoredPost.objects.filter(line=promise.line_id, place=number_of_post(promise))
            .select_related("article")
            .first()
        )
        article = post.article if post else None
        if article and article.public_since and article.was_public(at):
            due = timezone.localdate(article.public_since + AFTER_PUBLICATION)
            made += Promise.objects.filter(pk=promise.pk, due=None).update(due=due)
    return made


def number_of_post(promise: Promise) -> int:
    """Which of the posts of its line a mention belongs to, from 1 on."""
    return numbers_of_posts([promise])[promise.pk]


def numbers_of_posts(listed: Collection[Promise]) -> dict[int, int]:
    """The same of several, by their keys. One query where `line` was fetched."""
    lines = {promise.line_id for promise in listed}
    counted = Promise.objects.filter(line__in=lines).order_by().values_list("line", "kind").annotate(Count("pk"))
    found = {(line, kind): count for line, kind, count in counted}

    def for_each_post(promise: Promise) -> int:
        """How many mentions of its kind each post of its line was promised."""
        return max(1, found.get((promise.line_id, promise.kind), 0) // max(1, int(promise.line.quantity)))

    return {promise.pk: (promise.place - 1) // for_each_post(promise) + 1 for promise in listed}


def _unlisted():
    """Lines of deals that stand, with something to promise and no checklist."""
    in_product = Q(product__newsletter_mentions__gt=0) | Q(product__social_shares__gt=0)
    return QuoteLine.objects.filter(
        Q(kind__in=Kind.values) | (Q(kind=QuoteLine.Kind.POST) & in_product),
        ~Exists(Promise.objects.filter(line=OuterRef("pk"))),
        quote__status=Quote.Status.ACCEPTED,
        quote__request__status__in=AdRequest.Status.agreed(),
    )


def of(deal: AdRequest) -> list[Promise]:
    """The checklist of a deal."""
    promises = Promise.objects.filter(line__quote__request=deal, line__quote__status=Quote.Status.ACCEPTED)
    return list(promises.select_related("line__product", "done_by"))


def keep(promise: Promise, *, channel: str, link: str = "", note: str = "", by: User | None, at: datetime) -> None:
    """It was done: where, with a link or a note as proof. Raises PromiseRefused without, or when it was ticked."""
    if not channel.strip() or not (link or note.strip()):
        raise PromiseRefused(_("Say where, and give the link or a note, so that the advertiser sees it."))
    done = Promise.objects.filter(pk=promise.pk, done_at=None).update(
        done_at=at, done_by=by, channel=channel.strip(), link=link, note=note.strip()
    )
    if not done:
        raise PromiseRefused(_("Somebody ticked this off meanwhile."))
    promise.refresh_from_db()


def take_back(promise: Promise, *, by: User | None, at: datetime) -> None:
    """It was not done after all, or the proof was wrong."""
    if not Promise.objects.filter(pk=promise.pk, done_at__isnull=False).update(
        done_at=None, done_by=None, channel="", link="", note=""
    ):
        raise PromiseRefused(_("This is not ticked off."))
    promise.refresh_from_db()


def unkept(line: QuoteLine) -> list[str]:
    """What a line promised beside its page and is not proven to have happened. Costs nothing where `promises` of the
    line were fetched."""
    listed = list(line.promises.all())
    if not listed and included(line):  # its list is made with the next round
        return [str(line)]
    return [str(promise) for promise in listed if promise.done_at is None]


def remind(at: datetime) -> int:
    """Mail the owner of a deal about each mention that is overdue, once. Returns how many."""
    today, sent = timezone.localdate(at), 0
    late = Promise.objects.filter(
        done_at=None,
        due__lt=today,
        reminded_at=None,
        line__quote__request__status__in=AdRequest.Status.agreed(),
    )
    for promise in late.select_related("line__product", "line__position", "line__quote__request__owner")[:100]:
        with transaction.atomic():
            if not Promise.objects.filter(pk=promise.pk, done_at=None, reminded_at=None).update(reminded_at=at):
                continue
            letters.to_desk(
                promise.line.quote.request,
                _("A promise is overdue"),
                "promise_overdue",
                {"promise": promise},
                key=f"promise-{promise.pk}-overdue",
            )
            sent += 1
    return sent
