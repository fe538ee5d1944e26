"""Issues of the demo: in each language one that went out this morning, and in English a draft and one that waits for
its time. Safe to repeat: a newsletter that has issues stays as it is."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from articles.models import Article
from newsroom.audience import composing, rendering
from newsroom.audience.composing import Block, Words
from newsroom.audience.models import Delivery, Issue, IssueBlock, LinkClick, Newsletter, Subscriber

Kind = IssueBlock.Kind
LANGUAGES = ("en", "ar")
INTRODUCTION = {
    "en": "Good morning. Here is what our reporters brought home overnight.",
    "ar": "صباح الخير. إليكم ما جمعه مراسلونا خلال الليل.",
}
HEADING = {"en": "Also today", "ar": "ومن أخبار اليوم أيضًا"}


def make(now: datetime) -> None:
    for language in LANGUAGES:
        letter = _newsletter(language, Newsletter.Rhythm.DAILY)
        if letter.issues.exists():
            continue
        sent_at = now - timedelta(hours=5)
        _send(_issue(letter, language, at=sent_at), at=sent_at)
        if language == "en":
            _issue(letter, language, at=now, is_draft=True)
            waiting = _issue(_newsletter(language, Newsletter.Rhythm.WEEKLY), language, at=now)
            composing.schedule(waiting, now + timedelta(days=2), by=None, at=now)


def _newsletter(language: str, rhythm: Newsletter.Rhythm) -> Newsletter:
    return Newsletter.objects.filter(language=language, rhythm=rhythm)[0]


def _issue(letter: Newsletter, language: str, *, at: datetime, is_draft: bool = False) -> Issue:
    live = Article.objects.live(at).in_language(language).newest_first()
    news = list(live.news().exclude(hero=None)[:7])
    paid = live.sponsored().first()
    blocks = [Block(kind=Kind.STORY, article_id=story.pk) for story in news[:4]]
    if paid is not None:
        blocks.append(Block(kind=Kind.SPONSORED, article_id=paid.pk))
    blocks.append(Block(kind=Kind.HEADING, headline=HEADING[language]))
    blocks += [Block(kind=Kind.STORY, article_id=story.pk) for story in news[4:]]
    words = Words(
        subject=letter.name if is_draft else news[0].headline,
        preheader="" if is_draft else " · ".join(story.headline for story in news[1:3])[:160],
        introduction=INTRODUCTION[language],
    )
    return composing.make(letter, by=None, at=at, words=words, blocks=blocks[:3] if is_draft else blocks)


def _send(issue: Issue, *, at: datetime) -> None:
    """As if it had gone out: what everybody got is kept, with a row each and what they followed, and nobody gets a mail
    from a demo."""
    composing.move(issue, Issue.State.SENDING, by=None, told="", started_at=at)
    sent_as = rendering.render(issue, at=at).as_json()
    composing.move(issue, Issue.State.SENT, by=None, told="", finished_at=at + timedelta(minutes=2), sent_as=sent_as)
    readers = issue.newsletter.subscribers.filter(state=Subscriber.State.CONFIRMED).order_by("pk")
    Delivery.objects.bulk_create(
        Delivery(issue=issue, subscriber=reader, state=Delivery.State.SENT, attempts=1, sent_at=at)
        for reader in readers
    )
    day = timezone.localdate(at)
    LinkClick.objects.bulk_create(
        LinkClick(issue=issue, link=place, day=day, clicks=max(1, 24 // (place + 1)))
        for place in range(len(sent_as["links"]))
    )
