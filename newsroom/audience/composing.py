"""Issues of newsletters: made, written, given a time, called off. `newsroom.audience.sending` sends them.

Each verb says who (`by`) and when (`at`), moves an issue only along `Issue.MOVES`, and leaves a line in its history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ads.models import Creative, Promise
from articles.models import Article, User
from articles.zoned_times import in_words

from . import promised, readiness, rendering, sending
from .models import Issue, IssueBlock, Newsletter, Subscriber

Kind = IssueBlock.Kind
MOST_BLOCKS = 60
# More than that, and readers take a newsletter for a leaflet: so it is what the ad desk may sell of one issue.
MOST_OF = {Kind.NOTICE: 1, Kind.SPONSORED: 2}
MOST_AHEAD = timedelta(days=366)


class IssueRefused(Exception):
    """What cannot be done with an issue; its text is a sentence for the person who tried."""


class ChangedMeanwhile(IssueRefused):
    """Raised by `save` when somebody else saved the issue since the person opened it. Nothing was changed; `theirs` is
    the issue as it is now."""

    def __init__(self, message: str, *, theirs: Issue) -> None:
        super().__init__(message)
        self.theirs = theirs


@dataclass(frozen=True, kw_only=True)
class Words:
    """What stands above the blocks."""

    subject: str
    preheader: str = ""
    introduction: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One place as somebody composed it; the fields are those of IssueBlock."""

    kind: str
    article_id: int | None = None
    headline: str = ""
    text: str = ""
    promise_id: int | None = None
    sponsor_name: str = ""
    url: str = ""
    creative_id: int | None = None

    @classmethod
    def of(cls, row: IssueBlock) -> Block:
        return cls(**{one.name: getattr(row, one.name) for one in fields(cls)})

    def row(self, issue: Issue, order: int) -> IssueBlock:
        return IssueBlock(issue=issue, order=order, **{one.name: getattr(self, one.name) for one in fields(self)})


def blocks_of(issue: Issue) -> list[Block]:
    return [Block.of(row) for row in issue.blocks.all()]


def make(
    newsletter: Newsletter,
    *,
    by: User | None,
    at: datetime,
    words: Words | None = None,
    blocks: Sequence[Block] = (),
    **facts: Any,
) -> Issue:
    """A draft. `facts` are the day of an edition or the story of breaking news, of which each newsletter has one issue:
    a second raises IntegrityError."""
    words = words or Words(subject=newsletter.name)
    with transaction.atomic():
        issue = Issue.objects.create(
            newsletter=newsletter,
            subject=_one_line(words.subject)[:160],
            preheader=_one_line(words.preheader)[:160],
            introduction=rendering.cleaned(words.introduction),
            created_by=by,
            created_at=at,
            **facts,
        )
        _write(issue, blocks, at=at)
    return issue


def save(issue: Issue, words: Words, blocks: Sequence[Block], *, version: int, by: User | None, at: datetime) -> Issue:
    """Put what somebody composed in the place of what was there. `version` is the one that they saw: of two people who
    edit at once the second gets ChangedMeanwhile. Raises IssueRefused."""
    with transaction.atomic():
        held = Issue.objects.select_for_update().select_related("newsletter").get(pk=issue.pk)
        if held.state not in Issue.State.open():
            raise IssueRefused(_gone_out(held))
        if held.version != version:
            raise ChangedMeanwhile(
                _("Somebody else saved this issue since you opened it. Yours is kept below and not saved yet."),
                theirs=held,
            )
        held.subject, held.preheader = _one_line(words.subject), _one_line(words.preheader)
        held.introduction = rendering.cleaned(words.introduction)
        held.version += 1
        held.save(update_fields=["subject", "preheader", "introduction", "version"])
        _write(held, blocks, at=at)
        _told(held, by, _("Saved."))
    return held


def _write(issue: Issue, blocks: Sequence[Block], *, at: datetime) -> None:
    refuse_what_cannot_stand(issue, blocks, at=at)
    issue.blocks.all().delete()
    rows = [block.row(issue, order) for order, block in enumerate(blocks)]
    for row in rows:
        if row.kind == Kind.TEXT:
            row.text = rendering.cleaned(row.text)
    promised.take_from_what_is_over([row.promise_id for row in rows if row.promise_id])
    try:
        with transaction.atomic():
            IssueBlock.objects.bulk_create(rows)
    except IntegrityError:
        raise IssueRefused(
            _("One of these promised mentions was put into another issue meanwhile. Reload to see those that are open.")
        ) from None


def refuse_what_cannot_stand(issue: Issue, blocks: Sequence[Block], *, at: datetime) -> None:
    """Raises IssueRefused for more than was sold of one issue, for what names nobody, and for a mention that is not
    open."""
    if len(blocks) > MOST_BLOCKS:
        raise IssueRefused(_("An issue has at most %(most)d blocks. Remove some.") % {"most": MOST_BLOCKS})
    counted = Counter(block.kind for block in blocks)
    if counted[Kind.NOTICE] > MOST_OF[Kind.NOTICE]:
        raise IssueRefused(_("An issue has at most one advertisement. Remove the other, or put it into another issue."))
    if counted[Kind.SPONSORED] > MOST_OF[Kind.SPONSORED]:
        raise IssueRefused(_("An issue has at most two sponsored stories. Remove one, or put it into another issue."))
    stories = Article.objects.in_bulk([block.article_id for block in blocks if block.article_id])
    for block in blocks:
        if block.kind in (Kind.STORY, Kind.SPONSORED):
            story = stories.get(block.article_id or 0)
            if story is None:
                raise IssueRefused(_("A story of this issue was deleted. Remove its block."))
            if (block.kind == Kind.SPONSORED) != story.is_sponsored:
                raise IssueRefused(
                    _("“%(story)s” is paid for. Add it as a sponsored story.") % {"story": story.headline}
                    if story.is_sponsored
                    else _("“%(story)s” is news. Nobody pays for its place.") % {"story": story.headline}
                )
        if block.kind == Kind.NOTICE and not block.sponsor_name.strip():
            raise IssueRefused(_("Say who paid for the advertisement."))
    listed = [block.article_id for block in blocks if block.article_id]
    if twice := next((pk for pk, count in Counter(listed).items() if count > 1), None):
        raise IssueRefused(
            _("“%(story)s” stands in this issue twice. Remove one of the two.") % {"story": stories[twice].headline}
        )
    _refuse_artwork(blocks)
    _refuse_mentions(issue, blocks)


def _refuse_artwork(blocks: Sequence[Block]) -> None:
    """Raises IssueRefused for artwork that is not approved, or is another client's than the mention was sold to."""
    chosen = {block.creative_id: block.promise_id for block in blocks if block.creative_id}
    if not chosen:
        return
    approved = Creative.objects.filter(pk__in=chosen, status=Creative.Status.APPROVED)
    found = {creative.pk: creative.booking.advertiser for creative in approved.select_related("booking__advertiser")}
    if len(found) != len(chosen):
        raise IssueRefused(_("This artwork is not approved. Choose another."))
    sold = Promise.objects.filter(pk__in=[pk for pk in chosen.values() if pk])
    clients = dict(sold.values_list("pk", "line__quote__request__advertiser"))
    for creative, promise in chosen.items():
        client = clients.get(promise) if promise else None
        if client is not None and client != found[creative].pk:
            raise IssueRefused(
                _("This artwork is of %(company)s, and the mention was sold to somebody else. Choose another.")
                % {"company": found[creative]}
            )


def _refuse_mentions(issue: Issue, blocks: Sequence[Block]) -> None:
    named = [block.promise_id for block in blocks if block.promise_id]
    if not named:
        return
    if any(block.promise_id and block.kind not in MOST_OF for block in blocks):
        raise IssueRefused(_("A promised mention is kept by a sponsored story or an advertisement, not by news."))
    if len(named) != len(set(named)):
        raise IssueRefused(_("One promised mention is kept by one block. Choose another for the second."))
    if promised.open_ones(issue).filter(pk__in=named).count() != len(named):
        raise IssueRefused(_("One of these promised mentions is not open any more. Reload to see those that are."))


# Its way to readers.


def schedule(issue: Issue, send_at: datetime, *, by: User | None, at: datetime, note: str = "") -> None:
    """Give it a time. Raises IssueRefused with the first thing that stands in the way."""
    if send_at <= at:
        raise IssueRefused(_("This time is past. Choose a later one, or send it now."))
    if send_at > at + MOST_AHEAD:
        raise IssueRefused(_("Choose a time within a year."))
    if problems := readiness.problems(issue, at=send_at):
        raise IssueRefused(problems[0])
    move(
        issue,
        Issue.State.SCHEDULED,
        by=by,
        told=_("Scheduled for %(time)s.") % {"time": in_words(send_at)},
        note=note,
        send_at=send_at,
    )


def unschedule(issue: Issue, *, by: User | None, at: datetime, note: str = "") -> None:
    """Back among the drafts."""
    scheduled = [Issue.State.SCHEDULED]
    move(issue, Issue.State.DRAFT, by=by, told=_("Taken off its time."), note=note, among=scheduled, send_at=None)


def send_now(issue: Issue, *, by: User | None, at: datetime, note: str = "") -> None:
    """Begin to send it. Raises IssueRefused with the first thing that stands in the way."""
    if problems := readiness.problems(issue, at=at):
        raise IssueRefused(problems[0])
    try:
        sending.start(issue, by=by, at=at)
    except sending.SendingRefused as refusal:  # somebody was faster
        raise IssueRefused(str(refusal)) from None
    _told(issue, by, " ".join(filter(None, [_("Sent."), note])))


def cancel(issue: Issue, *, by: User | None, at: datetime, note: str = "") -> None:
    """It does not go out. What it would have kept of the ad desk's promises is open again."""
    with transaction.atomic():
        open_ones = Issue.State.open()
        move(issue, Issue.State.CANCELLED, by=by, told=_("Cancelled."), note=note, among=open_ones, send_at=None)
        promised.free(issue)


def reopen(issue: Issue, *, by: User | None, at: datetime, note: str = "") -> None:
    """A cancelled issue is a draft again, without the promises that it let go."""
    if issue.started_at:
        raise IssueRefused(_gone_out(issue))
    move(issue, Issue.State.DRAFT, by=by, told=_("A draft again."), note=note, among=[Issue.State.CANCELLED])


def duplicate(issue: Issue, *, by: User | None, at: datetime) -> Issue:
    """A new draft with the same words and blocks, without what the ad desk sold of the old one."""
    kept = [block for block in blocks_of(issue) if block.promise_id is None and block.kind != Kind.NOTICE]
    known = set(Article.objects.filter(pk__in=[block.article_id for block in kept]).values_list("pk", flat=True))
    kept = [block for block in kept if block.article_id is None or block.article_id in known]
    words = Words(subject=issue.subject, preheader=issue.preheader, introduction=issue.introduction)
    return make(issue.newsletter, by=by, at=at, words=words, blocks=kept)


def move(
    issue: Issue,
    state: Issue.State,
    *,
    by: User | None,
    told: str,
    note: str = "",
    among: Sequence[str] | None = None,
    **changes: Any,
) -> None:
    """One conditional update along `Issue.MOVES`, from some states only (`among`), and its line in the history. Raises
    IssueRefused when somebody else moved it meanwhile."""
    allowed = [one for one, targets in Issue.MOVES.items() if state in targets and (among is None or one in among)]
    with transaction.atomic():
        if not Issue.objects.filter(pk=issue.pk, state__in=allowed).update(state=state, **changes):
            issue.refresh_from_db()
            raise IssueRefused(
                _("It is “%(status)s” now, so this cannot be done.") % {"status": issue.get_state_display()}
            )
        _told(issue, by, " ".join(filter(None, [told, note])))
    issue.refresh_from_db()


def _told(issue: Issue, by: User | None, sentence: str) -> None:
    """A line in the history; what the clock does has none, its facts stand in the issue."""
    if by is not None:
        LogEntry.objects.create(
            user=by,
            content_type=ContentType.objects.get_for_model(Issue),
            object_id=str(issue.pk),
            object_repr=str(issue)[:200],
            action_flag=CHANGE,
            change_message=sentence,
        )


def _gone_out(issue: Issue) -> str:
    return _("It is “%(status)s”: what readers get does not change any more. Make a copy of it instead.") % {
        "status": issue.get_state_display()
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


# Breaking news.


def may_break(story: Article, *, at: datetime) -> list[Newsletter]:
    """The newsletters to which a story can still be sent as breaking news."""
    if story.is_sponsored or not Article.objects.live(at).filter(pk=story.pk).exists():
        return []
    taken = Issue.objects.filter(breaking=story).values("newsletter")
    ready = Newsletter.objects.filter(rhythm=Newsletter.Rhythm.BREAKING, language=story.language)
    return list(ready.exclude(pk__in=taken))


def break_story(story: Article, newsletters: Sequence[Newsletter], *, by: User | None, at: datetime) -> int:
    """Send a live story to newsletters for breaking news, to each of them once, ever. Returns to how many it went.
    Raises IssueRefused."""
    if story.is_sponsored:
        raise IssueRefused(_("What somebody paid for is no breaking news."))
    ready = {newsletter.pk for newsletter in may_break(story, at=at)}
    chosen = [newsletter for newsletter in newsletters if newsletter.pk in ready]
    if not chosen:
        raise IssueRefused(
            _("It cannot be sent: it is not live, or these readers had it already, or no newsletter is for such news.")
        )
    sent = 0
    for newsletter in chosen:
        words = Words(subject=story.headline[:160], preheader=story.standfirst[:160])
        block = Block(kind=Kind.STORY, article_id=story.pk)
        try:
            with transaction.atomic():
                issue = make(newsletter, by=by, at=at, words=words, blocks=[block], breaking=story)
        except IntegrityError:
            continue  # somebody else was first
        send_now(issue, by=by, at=at)
        sent += 1
    if not sent:
        raise IssueRefused(_("Somebody sent it to these readers a moment ago."))
    return sent


def recipients(newsletter: Newsletter) -> int:
    """How many readers may be written to now."""
    return Subscriber.objects.reachable().filter(newsletters=newsletter).count()


def recipients_in_words(number: int) -> str:
    return ngettext(
        "It goes to %(number)d reader now subscribed.", "It goes to %(number)d readers now subscribed.", number
    ) % {"number": number}
