"""How a paid deal moves on: facts decide where they can, staff with a note where they cannot.

Scheduled when nothing is missing, live when the first of it is public, delivered when all of it was shown, or a person
decided about what was not. The rounds look once a minute; what changes a fact may call `advance` and need not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.models import Article, User

from . import approving, deals, duties, letters, promises, standing, totals
from .models import AdRequest, AdRequestItem, Booking, Creative, MakeGood, Material, Quote, QuoteLine, SponsoredPost

Status = AdRequest.Status

# Artwork is looked at by a person, so it comes so long before the first day.
READY_BEFORE = timedelta(days=2)
MAILS = {
    Status.SCHEDULED: (gettext_lazy("Everything is ready"), "deal_scheduled"),
    Status.LIVE: (gettext_lazy("It is live"), "deal_live"),
    Status.DELIVERED: (gettext_lazy("Everything has been delivered"), "deal_delivered"),
}
# Where less was shown than was bought, and a person has decided about that.
ENDED = gettext_lazy("It has ended")


@dataclass(frozen=True, kw_only=True)
class Missing:
    """One thing that keeps a deal from being scheduled: what, whose turn it is, and until when, if it is dated."""

    text: str
    is_theirs: bool
    by: date | None = None

    def __str__(self) -> str:
        if self.by is None:
            return self.text
        return _("%(what)s Needed by %(day)s.") % {"what": self.text, "day": date_format(self.by, "j F Y")}


@dataclass
class Facts:
    """What was bought and how far it is, read at once."""

    deal: AdRequest
    bookings: list[Booking]
    posts: list[tuple[QuoteLine, list[Article]]]
    # Whether a Word file of theirs is here that no draft was made of yet.
    has_word_file: bool
    lines: list[QuoteLine]
    public: set[int] = field(default_factory=set)
    # Of bookings that are over: those of which less was shown than was bought, with how often they were shown.
    short: dict[int, int] = field(default_factory=dict)
    # Those of them that are made good by a booking, and those about which a person decided otherwise.
    made_good: set[int] = field(default_factory=set)
    let_go: set[int] = field(default_factory=set)
    # Lines of posts whose text waits for their yes, where somebody looked (`missing`).
    asked: set[int | None] = field(default_factory=set)
    # Positions whose artwork came with the request, where somebody looked.
    sent: set[int | None] = field(default_factory=set)

    @property
    def briefed(self) -> set[int | None]:
        """Products of which the request said what to write."""
        return {item.product_id for item in self.deal.items.all() if item.brief}

    @property
    def is_there_something_to_see(self) -> bool:
        return bool(self.bookings or self.posts)


def read(deals_to_read: Any, *, at: datetime) -> Iterator[Facts]:
    """The facts of every deal of a queryset, in as many queries for thirty as for one."""
    lines = QuoteLine.objects.select_related("product")
    ordered = SponsoredPost.objects.select_related("article")
    creatives = Creative.objects.order_by("-version")
    found = list(
        deals_to_read.prefetch_related(
            Prefetch(
                "bookings",
                Booking.objects.filter(status=Booking.Status.BOOKED)
                .select_related("position", "targeting")
                .prefetch_related(Prefetch("creatives", creatives))
                .order_by("first_day", "pk"),
                to_attr="booked",
            ),
            Prefetch(
                "quotes",
                Quote.objects.filter(status=Quote.Status.ACCEPTED).prefetch_related(
                    Prefetch("lines", lines.prefetch_related(Prefetch("posts", ordered), "promises"))
                ),
                to_attr="agreed",
            ),
            Prefetch("material", Material.objects.filter(kind=Material.Kind.WORD, article=None), to_attr="unread"),
            Prefetch("items", AdRequestItem.objects.prefetch_related(Prefetch("posts", ordered.filter(line=None)))),
        )
    )
    facts = [_facts(deal) for deal in found]
    numbers = {article.pk for one in facts for _line, articles in one.posts for article in articles}
    public = set(Article.objects.live(at).filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()
    _look_what_was_shown(facts, at=at)
    for one in facts:
        one.public = public
        yield one


def _look_what_was_shown(facts: list[Facts], *, at: datetime) -> None:
    """Of bookings that are over, and by number or by share. Of days before counting began nobody knows: what ran on any
    of them, or by share on nothing but them, is taken to have been shown."""
    over = [booking for one in facts for booking in one.bookings if booking.ends_at <= at]
    began = standing.counting_began() if over else None
    if began is None:
        return
    had = totals.delivered([booking.pk for booking in over])
    short = {}
    for booking in over:
        is_counted = began <= (booking.first_day if booking.impressions else booking.last_day)
        if is_counted and had.get(booking.pk, 0) < (booking.impressions or 1):
            short[booking.pk] = had.get(booking.pk, 0)
    if not short:
        return
    rows = MakeGood.objects.filter(booking__in=short).values_list("booking", "status", "made__status", "decided_by")
    made, open_ones, dismissed = set(), set(), set()
    for number, status, of_made, by in rows:
        if status == MakeGood.Status.PREPARED:
            open_ones.add(number)
        elif of_made == Booking.Status.BOOKED:
            made.add(number)
        elif by and status == MakeGood.Status.DISMISSED:
            dismissed.add(number)
    for one in facts:
        one.short = {booking.pk: short[booking.pk] for booking in one.bookings if booking.pk in short}
        one.made_good = made & one.short.keys()
        one.let_go = (dismissed - open_ones) & one.short.keys()


def _facts(deal: Any) -> Facts:
    lines = [line for quote in deal.agreed for line in quote.lines.all()]
    # Posts that were begun before there was an order belong to the line of their product.
    early: dict[int | None, list[Article]] = {}
    for item in deal.items.all():
        early.setdefault(item.product_id, []).extend(post.article for post in item.posts.all() if post.article)
    return Facts(
        deal=deal,
        bookings=deal.booked,
        posts=[
            (line, [*(post.article for post in line.posts.all() if post.article), *early.pop(line.product_id, [])])
            for line in lines
            if line.kind == QuoteLine.Kind.POST
        ],
        lines=lines,
        has_word_file=bool(deal.unread),
    )


def facts_of(deal: AdRequest, *, at: datetime) -> Facts:
    return next(read(AdRequest.objects.filter(pk=deal.pk), at=at))


def missing(deal: AdRequest, *, at: datetime) -> list[Missing]:
    """What keeps a deal from being scheduled, the most urgent first."""
    facts = facts_of(deal, at=at)
    offered = [post for line in facts.lines for post in line.posts.all() if post.offered_number]
    known = approving.know(offered) if offered else {}
    facts.asked = {post.line_id for post in offered if known[post.pk].is_on_offer and not known[post.pk].is_approved}
    art = deal.material.filter(kind=Material.Kind.ARTWORK, item__isnull=False)
    facts.sent = set(art.values_list("item__position", flat=True))
    return lacks(facts)


def lacks(facts: Facts) -> list[Missing]:
    found = [
        gap for booking in facts.bookings if (gap := _artwork_gap(booking, is_here=booking.position_id in facts.sent))
    ]
    for line, articles in facts.posts:
        ready = [article for article in articles if article.status in Article.Status.released()]
        if len(ready) >= line.quantity:
            continue
        if line.pk in facts.asked:
            text = _("%(product)s: your approval of the text is missing.") % {"product": _name(line)}
            found.append(Missing(text=text, is_theirs=True))
            continue
        has_brief = line.product_id in facts.briefed or any(post.brief for post in line.posts.all())
        has_draft = len(articles) > len(ready)
        found.append(_post_gap(line, has_draft=has_draft, has_file=facts.has_word_file, has_brief=has_brief))
    return sorted(found, key=lambda gap: (gap.by or date.max, not gap.is_theirs))


def _artwork_gap(booking: Booking, *, is_here: bool = False) -> Missing | None:
    versions = list(booking.creatives.all())
    if any(one.status == Creative.Status.APPROVED for one in versions):
        return None
    by = booking.first_day - READY_BEFORE
    name = {"position": booking.position.display_name}
    if any(one.status == Creative.Status.WAITING for one in versions):
        return Missing(text=_("Artwork for %(position)s waits for our review.") % name, is_theirs=False, by=by)
    if versions:
        text = _("Artwork for %(position)s was not approved; another is needed.") % name
        return Missing(text=text, is_theirs=True, by=by)
    if is_here:
        text = _("Artwork for %(position)s came with the request; we look at it.") % name
        return Missing(text=text, is_theirs=False, by=by)
    return Missing(text=_("Artwork for %(position)s is missing.") % name, is_theirs=True, by=by)


def _name(line: QuoteLine) -> str:
    return line.product.display_name if line.product else str(line)


def _post_gap(line: QuoteLine, *, has_draft: bool, has_file: bool, has_brief: bool) -> Missing:
    name = {"product": _name(line)}
    if has_draft:
        return Missing(text=_("%(product)s: the story is not scheduled yet.") % name, is_theirs=False)
    if has_file:
        return Missing(text=_("%(product)s: your Word file is here; we make the page of it.") % name, is_theirs=False)
    if line.written_by == AdRequestItem.WrittenBy.CLIENT:
        return Missing(text=_("%(product)s: your text is missing.") % name, is_theirs=True)
    if not has_brief:
        return Missing(text=_("%(product)s: your brief is missing.") % name, is_theirs=True)
    return Missing(text=_("%(product)s: we are writing it.") % name, is_theirs=False)


def unproven(facts: Facts) -> list[str]:
    """What was promised beside positions and posts, and is not proven to have happened."""
    return [sentence for line in facts.lines for sentence in promises.unkept(line)]


def posts_are_public(facts: Facts) -> bool:
    """Whether readers have every post that the deal bought. True where it bought none."""
    return all(
        sum(article.pk in facts.public for article in articles) >= line.quantity for line, articles in facts.posts
    )


def has_begun(facts: Facts, *, at: datetime) -> bool:
    runs = any(booking.starts_at <= at and not _artwork_gap(booking) for booking in facts.bookings)
    return runs or any(article.pk in facts.public for _line, articles in facts.posts for article in articles)


def is_delivered(facts: Facts, *, at: datetime) -> bool:
    """Whether all that was bought ran its time and was shown, or stands where readers find it. What no fact can tell is
    not. What was made good is delivered when the booking that does so is; about what was not, a person decides."""
    ended = all(booking.ends_at <= at and not _artwork_gap(booking) for booking in facts.bookings)
    is_there = facts.is_there_something_to_see and posts_are_public(facts)
    return is_there and ended and not unproven(facts) and not undecided(facts)


def undecided(facts: Facts) -> list[str]:
    """What ended with less than was bought, and nobody has decided about."""
    return _in_words(facts, facts.made_good | facts.let_go)


def unshown(facts: Facts) -> list[str]:
    """What ended with less than was bought and was not made good, whatever was decided."""
    return _in_words(facts, facts.made_good)


def _in_words(facts: Facts, without: set[int]) -> list[str]:
    return [_shortfall(one, facts.short[one.pk]) for one in facts.bookings if one.pk in facts.short.keys() - without]


def _shortfall(booking: Booking, shown: int) -> str:
    name = {"position": booking.position.display_name}
    if not booking.impressions:
        return _("%(position)s: it was never shown.") % name
    numbers = {"shown": number_format(shown, force_grouping=True)}
    numbers["bought"] = number_format(booking.impressions, force_grouping=True)
    return _("%(position)s: %(shown)s of %(bought)s impressions were shown.") % (name | numbers)


def advance(deal: AdRequest, *, at: datetime) -> list[str]:
    """Move a deal as far as facts carry it, and mail the advertiser at each step. Returns the statuses it reached."""
    return _advance(facts_of(deal, at=at), at=at)


def _advance(facts: Facts, *, at: datetime) -> list[str]:
    reached: list[str] = []
    try:
        while target := _next(facts, at=at):
            _move(facts.deal, target, by=None, at=at)
            reached.append(target)
    except deals.IllegalMove:
        pass  # another worker, or a person, came first
    return reached


def _next(facts: Facts, *, at: datetime) -> str | None:
    status = facts.deal.status
    if status == Status.PAID:
        return None if lacks(facts) else Status.SCHEDULED
    if status == Status.SCHEDULED and has_begun(facts, at=at):
        return Status.LIVE
    if status == Status.LIVE and is_delivered(facts, at=at):
        return Status.DELIVERED
    return None


def advance_due(at: datetime) -> int:
    """All deals, as far as facts carry them. Returns how many steps were made."""
    moving = [Status.PAID, Status.SCHEDULED, Status.LIVE]
    found = read(AdRequest.objects.filter(status__in=moving), at=at)
    return duties.each(found, lambda facts: len(_advance(facts, at=at)))


def put(deal: AdRequest, target: str, *, by: User, at: datetime, note: str) -> None:
    """Staff say what facts cannot: that a deal is scheduled, live or delivered. Raises `deals.IllegalMove`."""
    if deal.status == Status.INVOICED:
        raise deals.IllegalMove(_("It is not paid. Record the payment, or let a publisher grant credit first."))
    _move(deal, target, by=by, at=at, note=note)


def _move(deal: AdRequest, target: str, *, by: User | None, at: datetime, note: str = "") -> None:
    subject, template = MAILS[Status(target)]
    with translation.override(deal.language):
        missed = unshown(facts_of(deal, at=at)) if target == Status.DELIVERED else []
    with transaction.atomic():
        deals.move(deal, target, by=by, at=at, note=note)
        letters.to_advertiser(
            deal,
            ENDED if missed else subject,
            template,
            {"today": timezone.localdate(at), "missed": missed},
            at=at,
            key=f"deal:{deal.pk}:{target}",
        )
