"""Covering news as it happens: the live pill, the entries of a live blog, and the strip across the top of every page.

The pill and the strip end by the clock, with no worker: whoever draws them asks whether their time is over.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from . import html, uses
from .figures import media_ids
from .models import Article, BreakingNews, LiveEntry, User
from .readiness import undescribed
from .refusals import IllegalMove, NotPublic, NotReady
from .signals import article_changed, breaking_news_changed

LONGEST = timedelta(days=7)
MOST_PINNED = 3
MOST_CHARACTERS = 20_000


# The live pill.


def may_open(user: User) -> bool:
    """Whether somebody decides that a story is covered live, and until when."""
    return user.has_perm("articles.publish_article")


def may_write(user: User, article: Article, at: datetime) -> bool:
    """Whether somebody who may open a story may write its live entries, which no editor reads before readers do.

    Editors any time; its reporters while an editor has it covered live. Nobody where somebody paid.
    """
    if article.is_sponsored:
        return False
    return may_open(user) or (user.has_perm("articles.write_article") and article.is_covered_live(at))


def may_change(user: User, entry: LiveEntry, at: datetime) -> bool:
    """Editors change every entry, others their own while they may write."""
    is_own = entry.author_id is not None and entry.author_id == user.pk
    return may_write(user, entry.article, at) and (may_open(user) or is_own)


def go_live(article: Article, until: datetime, *, by: User | None, at: datetime) -> None:
    """Give a story the live pill until a time, or move the time. It shows with the story: on a draft, once that is
    out. Raises IllegalMove for a time that is past or far off, and where somebody paid."""
    refuse_a_bad_end(until, at)
    with transaction.atomic():
        held = _held(article)
        held.live_until = until
        held.save(update_fields=["live_until"])
        transaction.on_commit(lambda: article_changed.send(Article, article=held))
    article.live_until = until


def end_live(article: Article, *, by: User | None, at: datetime) -> None:
    """Take the pill off. The entries stay. Ending what has ended changes nothing."""
    if Article.objects.filter(pk=article.pk, live_until__gt=at).update(live_until=at):
        article.live_until = at
        transaction.on_commit(lambda: article_changed.send(Article, article=article))


# The live blog.


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an entry says. The body is HTML of any origin."""

    headline: str = ""
    body: str
    is_key_event: bool = False
    is_pinned: bool = False


def post(article: Article, words: Words, *, key: uuid.UUID, by: User | None, at: datetime) -> LiveEntry:
    """A new entry on top of a live blog; readers of a live story have it at once.

    `key` is that of the form it was written in: the same form sent again changes the entry it made. Raises NotReady
    for words that readers cannot get, IllegalMove where somebody paid.
    """
    words = _ready(words)
    with transaction.atomic():
        held = _held(article)
        known = LiveEntry.objects.filter(key=key, article=held).first()
        if known is not None:
            return _rewrite(known, words, by=by, at=at)
        _refuse_too_many_pinned(held, words)
        number = _next(held)
        entry = LiveEntry.objects.create(
            article=held, key=key, number=number, version=number, author=by, published_at=at, **vars(words)
        )
        _note_pictures(held, words.body)
        _tell(held, at)
    return entry


def change(entry: LiveEntry, words: Words, *, by: User | None, at: datetime) -> LiveEntry:
    """Other words in the same place. What it said before is kept; readers see when it changed, if the words did.

    Raises what `post` raises.
    """
    words = _ready(words)
    with transaction.atomic():
        _held(entry.article)
        return _rewrite(LiveEntry.objects.get(pk=entry.pk), words, by=by, at=at)


def remove(entry: LiveEntry, *, by: User | None, at: datetime) -> None:
    """Take an entry from readers. It stays on the desk, and can be put back."""
    _set_removed(entry, at, by=by, at=at)


def put_back(entry: LiveEntry, *, by: User | None, at: datetime) -> None:
    """Give a removed entry to readers again, in its old place."""
    _set_removed(entry, None, by=by, at=at)


def _set_removed(entry: LiveEntry, removed_at: datetime | None, *, by: User | None, at: datetime) -> None:
    with transaction.atomic():
        held = _held(entry.article)
        current = LiveEntry.objects.get(pk=entry.pk)
        if bool(current.removed_at) == bool(removed_at):
            return
        if removed_at is None:
            _refuse_too_many_pinned(held, Words(body="", is_pinned=current.is_pinned))
        what = "removed" if removed_at else "put back"
        current.earlier.append({"at": at.isoformat(), "by": by and by.pk, "what": what})
        current.removed_at, current.version = removed_at, _next(held)
        current.save()
        _note_pictures(held, current.body)
        _tell(held, at)


def _rewrite(entry: LiveEntry, words: Words, *, by: User | None, at: datetime) -> LiveEntry:
    """The caller holds the row of the story."""
    before = Words(headline=entry.headline, body=entry.body, is_key_event=entry.is_key_event, is_pinned=entry.is_pinned)
    if words == before:
        return entry
    if words.is_pinned and not before.is_pinned:
        _refuse_too_many_pinned(entry.article, words)
    if (words.headline, words.body) != (before.headline, before.body):
        said = {"headline": before.headline, "body": before.body}
        entry.earlier.append({"at": at.isoformat(), "by": by and by.pk, "what": "changed", **said})
        entry.changed_at = at
    for name, value in vars(words).items():
        setattr(entry, name, value)
    entry.version = _next(entry.article)
    entry.save()
    _note_pictures(entry.article, before.body + words.body)
    _tell(entry.article, at)
    return entry


def _note_pictures(article: Article, changed: str) -> None:
    """Note which pictures the live blog shows, where what changed has to do with pictures."""
    if media_ids(changed):
        uses.record_entries(article)


def _ready(words: Words) -> Words:
    """The words as they may be stored. Raises NotReady with everything that is missing."""
    if len(words.body) > MOST_CHARACTERS:
        raise NotReady(
            _("An entry has at most %(most)d characters with its formatting, and this one has %(number)d. Split it.")
            % {"most": MOST_CHARACTERS, "number": len(words.body)}
        )
    try:
        body = html.clean(words.body)
    except html.HtmlRefused as refusal:
        raise NotReady(refusal.message) from None
    headline = " ".join(words.headline.split())
    problems = undescribed(media_ids(body))
    if not (html.text(body).strip() or "<figure" in body):
        problems.append(_("The entry is empty. Write what happened."))
    if words.is_key_event and not headline:
        problems.append(_("A key event stands in a list of its own. Give it a headline."))
    if problems:
        raise NotReady(" ".join(problems))
    return Words(headline=headline, body=body, is_key_event=words.is_key_event, is_pinned=words.is_pinned)


def _held(article: Article) -> Article:
    """The story, with its row held: entries are numbered one after another, so that no reader skips one. Raises
    IllegalMove where somebody paid."""
    held = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
    if held.is_sponsored:
        raise IllegalMove(_("Somebody paid for this story. Only the newsroom's own stories are covered live."))
    return held


def _next(article: Article) -> int:
    newest = LiveEntry.objects.filter(article=article).aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


def _refuse_too_many_pinned(article: Article, words: Words) -> None:
    if words.is_pinned and article.live_entries.standing().filter(is_pinned=True).count() >= MOST_PINNED:
        raise NotReady(
            _("At most %(most)d entries are pinned, or nobody sees the newest. Unpin one of them first.")
            % {"most": MOST_PINNED}
        )


def _tell(article: Article, at: datetime) -> None:
    """Readers have something new: the story says so."""
    Article.objects.filter(pk=article.pk, public_since__lte=at).update(updated_at=at)
    transaction.on_commit(lambda: article_changed.send(Article, article=article))


# Breaking news.


def break_news(
    text: str, *, language: str, article: Article | None, until: datetime, by: User | None, at: datetime
) -> BreakingNews:
    """A sentence across the top of every page of a language, at once and until a time. It replaces the one that runs.

    Raises IllegalMove for a bad end, NotPublic for a story that readers do not have, that is in another language, or
    that somebody paid for.
    """
    refuse_a_bad_end(until, at)
    refuse_a_bad_link(article, language, at)
    with transaction.atomic():
        BreakingNews.objects.running(at).filter(language=language).update(ends_at=at)
        news = BreakingNews.objects.create(
            text=" ".join(text.split()), language=language, article=article, starts_at=at, ends_at=until, made_by=by
        )
        transaction.on_commit(lambda: breaking_news_changed.send(BreakingNews, language=language))
    return news


def change_breaking(
    news: BreakingNews, text: str, *, article: Article | None, until: datetime, by: User | None, at: datetime
) -> None:
    """Other words, another story or another end for a sentence that runs. Raises what `break_news` raises, and
    IllegalMove for one that is over."""
    refuse_a_bad_end(until, at)
    refuse_a_bad_link(article, news.language, at)
    with transaction.atomic():
        running = BreakingNews.objects.running(at).filter(pk=news.pk)
        if not running.update(text=" ".join(text.split()), article=article, ends_at=until):
            raise IllegalMove(_("This sentence is over, and readers no longer see it. Write a new one."))
        transaction.on_commit(lambda: breaking_news_changed.send(BreakingNews, language=news.language))


def end_breaking(news: BreakingNews, *, by: User | None, at: datetime) -> bool:
    """Take the sentence away now. False when it was over already."""
    if not BreakingNews.objects.running(at).filter(pk=news.pk).update(ends_at=at):
        return False
    transaction.on_commit(lambda: breaking_news_changed.send(BreakingNews, language=news.language))
    return True


def refuse_a_bad_end(until: datetime, at: datetime) -> None:
    """Raises IllegalMove for an end that is past or far off."""
    if until <= at:
        raise IllegalMove(_("This end is past. Choose a later one."))
    if until > at + LONGEST:
        raise IllegalMove(_("Choose an end within seven days. You can move it later."))


def refuse_a_bad_link(article: Article | None, language: str, at: datetime) -> None:
    """Raises NotPublic for a story that readers of a language could not follow, or that somebody paid for."""
    if article is None:
        return
    found = Article.objects.live(at).filter(pk=article.pk).first()
    if found is None:
        raise NotPublic(_("Readers do not have this story yet. Publish it first, or leave the story out."))
    if found.is_sponsored:
        raise NotPublic(_("Somebody paid for this story, so it is no breaking news. Choose another, or none."))
    if found.language != language:
        raise NotPublic(_("This story is in another language than the sentence. Choose its translation, or none."))
