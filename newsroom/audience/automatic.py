"""Editions that the clock makes: every morning or once a week, from rules. Whatever the number of workers, each
is made once."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ads import most_read
from articles import mail
from articles.models import Article, Section, User
from newsroom import frontpage

from . import composing
from .composing import Block, Words
from .models import Issue, IssueBlock, Newsletter

logger = logging.getLogger(__name__)

# A worker that comes back later than this makes no morning edition in the afternoon.
LATE = timedelta(hours=6)
# Editions that an editor looks at first are made so long before their time.
FOR_REVIEW = timedelta(hours=1)
# How far back the first edition looks, and one after a long silence.
LOOKS_BACK = {Newsletter.Rhythm.DAILY: timedelta(days=1), Newsletter.Rhythm.WEEKLY: timedelta(days=7)}
CONSIDERED = 200


def moment_of(newsletter: Newsletter, day: date) -> datetime:
    """When the edition of a day goes out, on the publisher's clock: the first of two such times where the clocks go
    back, and as much later as they skip where they go forward."""
    wall = datetime.combine(day, newsletter.send_at, timezone.get_current_timezone())
    return wall.replace(fold=0).astimezone(UTC)


def make_due(at: datetime) -> list[Issue]:
    """Make the editions whose time has come. Safe to call from any number of workers."""
    made = []
    today = timezone.localdate(at)
    for newsletter in Newsletter.objects.filter(rhythm__in=Newsletter.Rhythm.automatic()):
        # An edition of yesterday evening may be late, one of tomorrow may be looked at before midnight.
        for day in (today - timedelta(days=1), today, today + timedelta(days=1)):
            if not is_due(newsletter, day, at=at):
                continue
            try:
                issue = make_edition(newsletter, day, at=at)
            except Exception:
                logger.exception("The edition of %s for %s could not be made.", newsletter.slug, day)
                continue
            if issue:
                made.append(issue)
    return made


def is_due(newsletter: Newsletter, day: date, *, at: datetime) -> bool:
    """Whether it is time for the edition of a day, and nobody made it, or found nothing for it."""
    if newsletter.rhythm == Newsletter.Rhythm.WEEKLY and day.weekday() != newsletter.weekday:
        return False
    moment = moment_of(newsletter, day)
    begin = moment - FOR_REVIEW if newsletter.needs_review else moment
    if not begin <= at < moment + LATE or (newsletter.skipped_on and newsletter.skipped_on >= day):
        return False
    return not Issue.objects.filter(newsletter=newsletter, day=day).exists()


def make_edition(newsletter: Newsletter, day: date, *, at: datetime) -> Issue | None:
    """The edition of a day, with its time, or as a draft for the editors; None where there is nothing new, or another
    worker was first."""
    stories = choose(newsletter, at=at)
    if not stories:
        Newsletter.objects.filter(pk=newsletter.pk).update(skipped_on=day)
        return None
    blocks = [Block(kind=IssueBlock.Kind.STORY, article_id=story.pk) for story in stories]
    words = Words(
        subject=stories[0].headline[:160],
        preheader=" · ".join(story.headline for story in stories[1:3])[:160],
    )
    try:
        with transaction.atomic():
            issue = composing.make(newsletter, by=None, at=at, words=words, blocks=blocks, day=day)
            if newsletter.needs_review:
                _tell_editors(issue, day, at=at)
            else:
                moment = max(moment_of(newsletter, day), at)
                composing.move(issue, Issue.State.SCHEDULED, by=None, told="", send_at=moment)
    except IntegrityError:
        return None
    return issue


def choose(newsletter: Newsletter, *, at: datetime) -> list[Article]:
    """The stories of the next edition: news that became public since the last one and did not stand in it. First what
    editors pinned to the front page, then the most read, then the newest."""
    last = _last_edition(newsletter)
    since = at - LOOKS_BACK[Newsletter.Rhythm(newsletter.rhythm)]
    had: Iterable[int] = ()
    if last is not None:
        since = max(last.send_at or last.started_at or last.created_at, since - timedelta(days=1))
        had = [pk for pk in last.blocks.values_list("article", flat=True) if pk]
    new = Article.objects.live(at).news().in_language(newsletter.language).filter(publish_at__gt=since)
    sections = list(newsletter.sections.values_list("pk", flat=True))
    if sections:
        new = new.filter(Q(section__in=sections) | Q(section__parent__in=sections))
    found = {story.pk: story for story in new.exclude(pk__in=had).defer("body").newest_first()[:CONSIDERED]}
    if not found:
        return []
    order = [*_pinned(newsletter.language, at=at), *_most_read(newsletter.language, at=at), *found]
    return [found[pk] for pk in dict.fromkeys(order) if pk in found][: newsletter.stories]


def _last_edition(newsletter: Newsletter) -> Issue | None:
    """The last one that readers have, or will get; a draft that nobody sent took nothing away from the next."""
    states = Issue.State
    reached = [states.SCHEDULED, states.SENDING, states.PAUSED, states.SENT]
    return newsletter.issues.filter(state__in=reached).order_by("-created_at", "-pk").first()


def _pinned(language: str, *, at: datetime) -> list[int]:
    edition = frontpage.newest_edition(language)
    if edition is None or not edition.plan.pins:
        return []
    page = frontpage.compose(language, Section.objects.menu(language), at=at, plan=edition.plan)
    return [story.pk for place, story in page.places.items() if place in page.pinned]


def _most_read(language: str, *, at: datetime) -> list[int]:
    return [story.pk for story in most_read.stories(language, at=at)]


def _tell_editors(issue: Issue, day: date, *, at: datetime) -> None:
    """Each editor once, in the language of the newsletter."""
    editors = _editors()
    address = settings.SITE_URL + reverse("admin:audience_issue_change", args=[issue.pk])
    with translation.override(issue.newsletter.language):
        for editor in editors:
            mail.post(
                subject=_("%(newsletter)s: an edition waits for you") % {"newsletter": issue.newsletter.name},
                body=_("The edition was made and is not sent until somebody sends it:\n%(address)s\n")
                % {"address": address},
                to=[editor.email],
                key=f"edition:{issue.pk}:{editor.pk}",
            )


def _editors() -> list[User]:
    """Who may send newsletters, without operators."""
    granted = Q(groups__permissions__codename="send_issue") | Q(user_permissions__codename="send_issue")
    people = get_user_model().objects.filter(granted, is_active=True, is_staff=True).exclude(email="")
    return list(people.distinct().order_by("pk"))


def skipped(at: datetime) -> list[Newsletter]:
    """Newsletters that had no edition today or yesterday because nothing was new."""
    return list(Newsletter.objects.filter(skipped_on__gte=timezone.localdate(at) - timedelta(days=1)))
