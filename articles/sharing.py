"""Sharing a story on channels: chosen beforehand, queued in the transaction that announces it, sent by a worker.

A share is claimed before the network is called and the claim is committed, so two workers never send one. When nobody
knows what came of a call (its worker died, its answer was lost), it is repeated only where the network tells a
repetition from a second post; everywhere else it waits for a person to look, in the state UNSURE.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from . import channels, jobs, networks, share_text
from .models import Article, Channel, DueAction, Share, User
from .networks import wire
from .signals import article_published, story_shared

logger = logging.getLogger(__name__)

State = Share.State
# Until the next attempt, where the last one is known not to have arrived.
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
]
# A claim older than this is of no worker that lives (`articles.jobs`).
HELD = jobs.SILENCE
# What is older when it is announced (dated back, or no worker ran) goes nowhere by itself.
FRESH = timedelta(days=2)
# A share that nobody finished for so long is nobody's, whatever became of its job.
LOST_AFTER = timedelta(minutes=30)


class ShareRefused(Exception):
    """Raised for what cannot be done with a share; its text is a sentence."""


def watch() -> None:
    article_published.connect(announce, dispatch_uid="articles.sharing")


# Deciding.


def decide(
    article: Article, channel: Channel, *, is_wanted: bool, wording: str, by: User | None, at: datetime
) -> Share:
    """Whether a story goes to a channel when it is live, and with which text; empty: the channel's. Raises
    ShareRefused once it is on its way there, and for a text with unknown places."""
    wording = _tidy(wording)
    with transaction.atomic():
        share, _is_new = Share.objects.get_or_create(
            article=article, channel=channel, defaults={"state": State.SKIPPED, "made_at": at, "by": by}
        )
        if share.state not in State.undecided():
            raise ShareRefused(_("It is on its way or shared already. Reload the page to see where it stands."))
        target = share.state
        if share.state in (State.CHOSEN, State.SKIPPED):
            target = State.CHOSEN if is_wanted else State.SKIPPED
            if is_wanted and was_announced(article):
                target = State.WAITING
        elif not is_wanted:
            target = State.SKIPPED
        if not Share.objects.filter(pk=share.pk, state=share.state).update(state=target, wording=wording, by=by):
            raise ShareRefused(_("It is on its way or shared already. Reload the page to see where it stands."))
    share.refresh_from_db()
    return share


def _tidy(wording: str) -> str:
    wording = "\n".join(line.rstrip() for line in wording.strip().splitlines())
    if unknown := share_text.unknown_places(wording):
        raise ShareRefused(
            _("There is no place called {%(name)s}. Use %(places)s.")
            % {"name": unknown[0], "places": ", ".join(f"{{{place}}}" for place in share_text.PLACES)}
        )
    return wording


def was_announced(article: Article) -> bool:
    """Whether its channels were told that it is live."""
    return article.due_actions.filter(kind=DueAction.Kind.PUBLISH, state=DueAction.State.DONE).exists()


def announce(sender, *, article: Article, at: datetime, **_kw) -> None:
    """The story is live: what is chosen for it is queued, or waits for a person. Receiver of `article_published`."""
    is_fresh = article.publish_at is not None and at - article.publish_at <= FRESH
    decided = {share.channel_id: share for share in article.shares.select_related("channel")}
    wanted = [channel for channel in channels.wanting(article) if not channel.is_webhook]
    known = {channel.pk for channel in wanted}
    wanted += [s.channel for s in decided.values() if s.channel_id not in known and s.channel.is_active]
    for channel in wanted:
        share = decided.get(channel.pk)
        if share is None and channel.is_default and is_fresh:
            share = Share.objects.create(article=article, channel=channel, state=State.CHOSEN, made_at=at)
        if share is None or share.state != State.CHOSEN:
            continue
        goes_by_itself = channel.is_automatic and networks.of(channel).post
        if goes_by_itself and is_fresh:
            _queue(share, at=at)
        else:
            _move(share, State.WAITING)


# Verbs of a person.


def share_now(article: Article, channel: Channel, *, by: User | None, at: datetime) -> Share:
    """Send it at once: what waits, failed, was left out or was never chosen. What may be there already is sent again
    only by this. Raises ShareRefused."""
    if not networks.of(channel).post:
        raise ShareRefused(_("Nobody but a person can share there. Do it, then paste the link here."))
    if not channel.is_active:
        raise ShareRefused(_("This channel is not in use."))
    if lacks := channels.missing(channel):
        raise ShareRefused(" ".join(lacks))
    if not Article.objects.live(at).filter(pk=article.pk).exists():
        raise ShareRefused(_("Readers do not have this story now. It can be shared while it is live."))
    with transaction.atomic():
        share, _is_new = Share.objects.get_or_create(
            article=article, channel=channel, defaults={"state": State.WAITING, "made_at": at}
        )
        Share.objects.filter(pk=share.pk).update(by=by)
        _queue(share, at=at)
    return share


def leave_out(share: Share, *, by: User | None, at: datetime) -> None:
    """It does not go there. Raises ShareRefused once it does."""
    _move(share, State.SKIPPED, by=by)


def prove(article: Article, channel: Channel, link: str, *, by: User | None, at: datetime) -> Share:
    """Somebody shared it by hand, or looked and found it: this is where it stands. Raises ShareRefused for a link that
    is none, and for a story that was never public."""
    link = link.strip()
    try:
        URLValidator(schemes=["http", "https"])(link)
        if len(link) > 500:
            raise ValidationError("")
    except ValidationError:
        raise ShareRefused(_("Paste the whole address of the post, with https://.")) from None
    if not article.was_public(at):
        raise ShareRefused(_("Readers do not have this story yet, so it cannot be shared."))
    with transaction.atomic():
        share, _is_new = Share.objects.get_or_create(
            article=article, channel=channel, defaults={"state": State.WAITING, "made_at": at}
        )
        if share.state == State.SENT and not share.link:
            Share.objects.filter(pk=share.pk, link="").update(link=link, by=by)
        else:
            if share.state == State.CHOSEN:
                _move(share, State.WAITING)
            _move(share, State.SENT, link=link, sent_at=at, by=by)
        story_shared.send(Article, article=article, channel=channel.name, link=link, at=at)
    share.refresh_from_db()
    return share


# Moves.


def _move(share: Share, target: str, **values) -> None:
    """One legal move: a conditional UPDATE whose row count is checked."""
    values |= {"state": target}
    origin = share.state
    is_legal = target in Share.MOVES[origin]
    if not is_legal or not Share.objects.filter(pk=share.pk, state=origin).update(**values):
        raise ShareRefused(
            _("It is “%(state)s” now, so this cannot be done. Reload the page to see where it stands.")
            % {"state": State(share.state).label}
        )
    for name, value in values.items():
        setattr(share, name, value)


def _queue(share: Share, *, at: datetime, attempt: int = 0, is_repeated: bool = False) -> None:
    is_repeated = is_repeated or share.state == State.UNSURE
    _move(share, State.QUEUED)
    job = send.using(run_after=at + RETRY_AFTER[attempt - 1]) if attempt else send
    jobs.enqueue_once(
        job,
        f"share:{share.pk}:{share.attempts}:{int(at.timestamp() * 1000)}",
        share=share.pk,
        attempt=attempt,
        is_repeated=is_repeated,
    )


# Sending.


@task()
def send(share: int, attempt: int, is_repeated: bool = False) -> str:
    """Send one share, or say why not. Returns its state."""
    at = timezone.now()
    found = Share.objects.select_related("channel", "article__section").filter(pk=share).first()
    if found is None:
        return "gone"
    network = networks.of(found.channel)
    if found.state == State.SENDING:
        # This job was begun before, by a worker that died, or is being done by one that lives.
        if found.claimed_at is None or at - found.claimed_at < HELD:
            return "taken"
        if not network.may_repeat(found.tried_since or found.claimed_at, at):
            return _finish(found, State.UNSURE, answer=_not_known())
        is_repeated = True
    elif found.state != State.QUEUED:
        return str(found.state)
    message, why_not = _message(found, is_repeated=is_repeated, at=at)
    if message is None:
        return _finish(found, State.SKIPPED if why_not is None else State.FAILED, answer=why_not or _gone())
    if not _claim(found, message.text, at=at, is_repeated=is_repeated):
        return "taken"
    if network.post is None:
        return _finish(found, State.FAILED, answer=_("Nobody but a person can share there."))
    try:
        link = network.post(message)
    except wire.NotShared as trouble:
        return _not_shared(found, trouble, message, attempt=attempt, at=at)
    except Exception:
        logger.exception("Share %s: nobody knows what came of it.", found.pk)
        return _finish(found, State.UNSURE, answer=_not_known())
    return _sent(found, link)


def _message(share: Share, *, is_repeated: bool, at: datetime) -> tuple[wire.Post | None, str | None]:
    """What is sent; or None and why not, which is None where the story is not live any more."""
    channel = share.channel
    article = Article.objects.live(at).select_related("section").filter(pk=share.article_id).first()
    if article is None:
        return None, None
    if not channel.is_active:
        return None, _("This channel is not in use.")
    if lacks := channels.missing(channel):
        return None, " ".join(lacks)
    story = told_of(article)
    try:
        text = share.text if is_repeated and share.text else text_for(channel, share.wording, story)
    except share_text.TooLong as error:
        return None, str(error)
    return wire.Post(
        address=channel.address,
        account=channel.account,
        secrets=channels.secrets_of(channel),
        text=text,
        url=story.url,
        title=f"{story.label}: {story.headline}" if story.label else story.headline,
        description=story.standfirst,
        language=article.language,
        key=f"share-{share.pk}-{int(share.made_at.timestamp())}",
        number=share.pk,
        made_at=share.made_at,
        at=at,
        is_repeated=is_repeated,
    ), None


def told_of(article: Article) -> share_text.Told:
    """What can be said of a story that readers have. One query for its tags."""
    return share_text.told(
        headline=article.headline,
        standfirst=article.standfirst,
        path=article.get_absolute_url(),
        section=article.section.name if article.section else "",
        tags=[tag.name for tag in article.tags.order_by("name")],
        sponsor_name=article.sponsor_name,
        language=article.language,
    )


def text_for(channel: Channel, wording: str, story: share_text.Told) -> str:
    """The text of a story on a channel, cut to what it takes. Raises share_text.TooLong."""
    network = networks.of(channel)
    wording = wording or channel.wording or network.wording
    return share_text.compose(wording, story, length=network.length, limit=networks.limit_of(channel))


def _claim(share: Share, text: str, *, at: datetime, is_repeated: bool) -> bool:
    """Take the share for oneself; False when somebody was faster."""
    values = {
        "state": State.SENDING,
        "claimed_at": at,
        # The first of the attempts of which nobody knows what came: a network knows a repetition for so long.
        "tried_since": share.tried_since if is_repeated and share.tried_since else at,
        "text": text,
    }
    mine = Share.objects.filter(pk=share.pk, state=share.state, attempts=share.attempts)
    taken = mine.update(attempts=F("attempts") + 1, **values)
    for name, value in values.items():
        setattr(share, name, value)
    share.attempts += 1
    return bool(taken)


def _not_shared(share: Share, trouble: wire.NotShared, message: wire.Post, *, attempt: int, at: datetime) -> str:
    answer = str(trouble)
    for value in message.secrets.values():
        answer = answer.replace(value, "…")
    outcome, is_last = trouble.outcome, attempt >= len(RETRY_AFTER)
    may_repeat = networks.of(share.channel).may_repeat(share.tried_since or at, at)
    if outcome is wire.Outcome.REFUSED or (outcome is wire.Outcome.PASSING and is_last and not message.is_repeated):
        return _finish(share, State.FAILED, answer=answer)
    if is_last or (outcome is wire.Outcome.UNKNOWN and not may_repeat):
        return _finish(share, State.UNSURE, answer=answer)
    is_repeated = message.is_repeated or outcome is wire.Outcome.UNKNOWN
    with transaction.atomic():
        Share.objects.filter(pk=share.pk).update(answer=answer[:500])
        _queue(share, at=at, attempt=attempt + 1, is_repeated=is_repeated)
    logger.warning("Share %s is tried again: %s", share.pk, answer)
    return "postponed"


def _sent(share: Share, link: str) -> str:
    at = timezone.now()
    with transaction.atomic():
        _move(share, State.SENT, link=link[:500], sent_at=at, answer="")
        if link:
            story_shared.send(Article, article=share.article, channel=share.channel.name, link=link, at=at)
    return "sent"


def _finish(share: Share, target: str, *, answer: str) -> str:
    _move(share, target, answer=answer[:500])
    logger.warning("Share %s is %s: %s", share.pk, target, answer)
    return str(target)


def _gone() -> str:
    return _("Readers did not have the story any more when its turn came.")


def _not_known() -> str:
    return _("Nobody knows whether it arrived. Look there before you send it again.")


def look_after(at: datetime) -> int:
    """Shares whose job was lost on the way: nobody knows what came of them. Returns how many."""
    lost = Share.objects.filter(state=State.SENDING, claimed_at__lt=at - LOST_AFTER)
    return lost.update(state=State.UNSURE, answer=_not_known()[:500])
