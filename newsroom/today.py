"""Today: what waits for a person, by what they may do. A panel is one query; only Problems looks in several places."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ads import monitor
from articles.models import Article, Channel, DueAction, MediaAsset, MediaUse, Note, Share, Transition

from . import alarm, today_desk
from .audience.models import Issue
from .planning import CHANGE, EMBARGO, STORY
from .today_panel import MOST, Panel, Row

AHEAD = timedelta(days=7)
# Causes that one sentence says all about; of others each thing is a row.
SAID_WHOLE = ("worker", "mail", "mailbox", "counting", "plan", "pings", "newsletter")

Status = Article.Status


def panels(user, *, at: datetime) -> list[Panel]:
    """The panels that a person's permissions call for, in the order of urgency."""
    edits = user.has_perm("articles.publish_article")
    sells = user.has_perm("articles.handle_sponsored")
    wanted: list[tuple[bool, Callable[..., Panel]]] = [
        (edits or user.has_perm("ads.view_position"), problems),
        (user.has_perm("ads.view_adrequest"), today_desk.requests),
        (user.has_perm("ads.view_nextaction"), today_desk.next_actions),
        (user.has_perm("ads.view_adrequest"), today_desk.expiring_quotes),
        (user.has_perm("ads.view_creative"), today_desk.artwork_to_review),
        (user.has_perm("ads.view_deliveryalarm"), today_desk.delivery_alarms),
        (user.has_perm("ads.view_booking"), today_desk.without_artwork),
        (user.has_perm("ads.view_adrequest"), today_desk.standing_still),
        (edits or sells, needs_review),
        (user.has_perm("articles.view_article"), mentions),
        (user.has_perm("articles.add_article"), drafts),
        (user.has_perm("articles.view_article"), coming),
        (user.has_perm("ads.view_booking"), today_desk.expiring_bookings),
        (user.has_perm("ads.view_position"), today_desk.empty_positions),
    ]
    return [build(user, at=at) for is_wanted, build in wanted if is_wanted]


def drafts(user, *, at: datetime) -> Panel:
    """What a person began and nobody published yet."""
    panel = Panel(
        "drafts",
        gettext_lazy("My drafts"),
        gettext_lazy("You have no draft open."),
        more=_list_of("?mine=1"),
        next_step=(reverse("admin:articles_article_add"), gettext_lazy("Begin a story")),
    )
    unfinished = Article.objects.filter(
        created_by=user, status__in=[Status.DRAFT, Status.IN_REVIEW, Status.APPROVED]
    ).order_by("-created_at")
    return panel.show(_story_row(story, state=story.get_status_display()) for story in _brief(unfinished))


def needs_review(user, *, at: datetime) -> Panel:
    """What was handed in and not answered, what waits longest first."""
    panel = Panel(
        "review",
        gettext_lazy("Needs review"),
        gettext_lazy("Nobody waits for you: every story that was handed in is answered."),
        more=_list_of("?state=needs-review"),
    )
    last_move = Transition.objects.filter(article=OuterRef("pk")).order_by("-at", "-pk").values("at")[:1]
    waiting = Article.objects.visible_to(user).awaiting_review().annotate(handed_at=Subquery(last_move))
    return panel.show(
        _story_row(
            story,
            state=_("Change to a live story") if story.is_released else story.get_status_display(),
            about=_("since %(time)s") % {"time": _when(handed_at)} if handed_at else "",
        )
        for story in _brief(waiting.order_by("handed_at", "pk"))
        for handed_at in [getattr(story, "handed_at", None)]
    )


def coming(user, *, at: datetime) -> Panel:
    """Scheduled stories, ends of embargoes and changes to live stories within seven days."""
    panel = Panel(
        "coming",
        gettext_lazy("The next seven days"),
        gettext_lazy("Nothing is scheduled for the next seven days."),
        more=reverse("admin:calendar") + "?view=week",
        next_step=(reverse("admin:calendar"), gettext_lazy("Open the calendar")),
    )
    until = at + AHEAD
    stories = Article.objects.each_visible_to(user).order_by()
    fields = ("pk", "headline", "status", "sponsor_name")
    changes = DueAction.objects.order_by().filter(
        kind=DueAction.Kind.CHANGE, state__in=DueAction.State.unfinished(), due_at__gt=at, due_at__lte=until
    )
    rows = (
        stories.filter(status=Status.SCHEDULED, publish_at__gt=at, publish_at__lte=until)
        .values_list(*fields, "publish_at", Value(STORY))
        .union(
            stories.filter(embargo_until__gt=at, embargo_until__lte=until)
            .exclude(status__in=[Status.SPIKED, Status.WITHDRAWN])
            .values_list(*fields, "embargo_until", Value(EMBARGO)),
            changes.filter(Exists(stories.filter(pk=OuterRef("article")))).values_list(
                *(f"article__{name}" if name != "pk" else "article_id" for name in fields),
                "due_at",
                Value(CHANGE),
            ),
            all=True,
        )
        .order_by("publish_at")[: MOST + 1]
    )
    words = {STORY: _("Appears"), EMBARGO: _("Embargo ends"), CHANGE: _("Change appears")}
    return panel.show(
        Row(
            title=headline,
            url=_change_page(pk),
            state=words[kind],
            tone="scheduled",
            about=_when(moment),
            sponsor=sponsor,
        )
        for pk, headline, _status, sponsor, moment, kind in rows
    )


def mentions(user, *, at: datetime) -> Panel:
    """Open notes that name this person, newest first."""
    panel = Panel("mentions", gettext_lazy("Notes for you"), gettext_lazy("No open note mentions you."))
    notes = Note.objects.filter(
        mentioned=user, resolved_at=None, article__in=Article.objects.visible_to(user).values("pk")
    ).select_related("article", "author")
    shown = notes.defer("article__body", "article__standfirst").order_by("-created_at", "-pk")[: MOST + 1]
    return panel.show(
        Row(
            title=note.article.headline,
            url=reverse("admin:articles_article_notes", args=[note.article_id]) + f"#note-{note.pk}",
            about=f"{_name(note.author)}: {' '.join(note.text.split())[:140]}",
        )
        for note in shown
    )


def problems(user, *, at: datetime) -> Panel:
    """What went wrong and will not mend itself: the worker, mail, newsletters, the agenda, undescribed
    pictures."""
    agenda = reverse("admin:articles_dueaction_changelist") + "?now=late"
    panel = Panel(
        "problems", gettext_lazy("Problems"), gettext_lazy("All is well: the worker runs, and nothing failed.")
    )
    found = [
        *alarm.troubles(at),
        alarm.mail_trouble(at),
        alarm.mailbox_trouble(at),
        alarm.counting_trouble(at),
        alarm.plan_trouble(at),
        alarm.ping_trouble(at),
        alarm.newsletter_trouble(at),
    ]
    # What is late or failed on the agenda follows one by one.
    panel.rows = [Row(title=said.sentence, url="") for said in found if said and said.cause in SAID_WHOLE]
    if user.has_perm("articles.publish_article"):
        late = list(_late_actions(at))
        panel.rows += [*late[:MOST], *_undescribed_pictures(at)]
        panel.more = agenda if len(late) > MOST else ""
    if user.has_perm("articles.change_share"):
        panel.rows += _shares_in_trouble(user)
    if user.has_perm("articles.change_channel"):
        panel.rows += _channels_switched_off()
    if user.has_perm("ads.view_sponsoredpost"):
        panel.rows += _posts_not_as_sold()
    if user.has_perm("audience.send_issue"):
        panel.rows += _held_newsletters()
    return panel


def _shares_in_trouble(user) -> Iterable[Row]:
    """Stories that did not reach a channel, or maybe did, newest first."""
    shares = Share.objects.in_trouble().filter(article__in=Article.objects.visible_to(user))
    shown = shares.select_related("article", "channel").defer("article__body", "article__standfirst")
    for share in shown.order_by("-made_at")[:MOST]:
        yield Row(
            title=share.article.headline,
            url=reverse("admin:articles_article_channels", args=[share.article_id]) + f"#channel-{share.channel_id}",
            state=share.get_state_display(),
            tone="overdue",
            about=f"{share.channel.name}: {share.answer[:200]}",
            sponsor=share.article.sponsor_name,
        )


def _channels_switched_off() -> Iterable[Row]:
    """Webhooks that took nothing for so long that we gave them up."""
    for channel in Channel.objects.exclude(stopped_because="")[:MOST]:
        yield Row(
            title=channel.name,
            url=reverse("admin:articles_channel_change", args=[channel.pk]),
            state=_("Switched off"),
            tone="overdue",
            about=channel.stopped_because,
        )


def _held_newsletters() -> Iterable[Row]:
    """Issues that did not go out, or not to all, for a reason that a person has to look at."""
    held = Issue.objects.filter(state__in=[Issue.State.DRAFT, Issue.State.SCHEDULED, Issue.State.PAUSED])
    for issue in held.exclude(trouble="").defer("sent_as", "introduction").order_by("-pk")[:MOST]:
        yield Row(
            title=issue.subject,
            url=reverse("admin:audience_issue_report", args=[issue.pk]),
            state=issue.get_state_display(),
            tone="overdue",
            about=issue.trouble,
        )


def _posts_not_as_sold() -> Iterable[Row]:
    """Sponsored posts whose page is gone or has lost its label."""
    for post in monitor.troubles()[:MOST]:
        yield Row(
            title=str(post),
            url=reverse("admin:ads_sponsoredpost_change", args=[post.pk]),
            state=monitor.sentence_of(post),
            tone="overdue",
            about=_("since %(time)s") % {"time": _when(post.problem_since)} if post.problem_since else "",
            sponsor=post.advertiser.company,
        )


def _late_actions(at: datetime) -> Iterable[Row]:
    bad = (DueAction.objects.overdue(at) | DueAction.objects.failed()).select_related("article", "revision")
    texts = ("article__body", "article__standfirst", "revision__content")
    for action in bad.defer(*texts).order_by("-due_at")[: MOST + 1]:
        is_failed = action.state == DueAction.State.FAILED
        yield Row(
            title=action.article.headline,
            url=_change_page(action.article_id),
            state=_("Failed") if is_failed else _("Overdue"),
            tone="overdue",
            about=_("%(what)s, due %(time)s. %(error)s")
            % {"what": capfirst(action.what()), "time": _when(action.due_at), "error": action.last_error[:200]},
        )


def _undescribed_pictures(at: datetime) -> Iterable[Row]:
    # Few show such a picture, and many are live: the few are found first, or the database looks at the many.
    bare = list(MediaAsset.objects.filter(alt="", decorative=False).order_by().values_list("pk", flat=True)[:500])
    if not bare:
        return
    showing = MediaUse.objects.filter(asset__in=bare, version=MediaUse.Version.ROW).values("article")
    for story in list(_brief(Article.objects.live(at).filter(pk__in=showing).order_by("-pk")))[:MOST]:
        yield _story_row(
            story,
            state=_("No alternative text"),
            tone="amber",
            about=_("A picture in it is not described. Describe it in the media library, or tick “decorative”."),
        )


def _brief(stories) -> Iterable[Article]:
    """As many as a panel needs to know whether there are more, without their texts."""
    return stories.defer("body", "standfirst")[: MOST + 1]


def _story_row(story: Article, **said: Any) -> Row:
    return Row(
        **{
            "title": story.headline,
            "url": _change_page(story.pk),
            "tone": story.status,
            "sponsor": story.sponsor_name,
            **said,
        }
    )


def _change_page(pk: int) -> str:
    return reverse("admin:articles_article_change", args=[pk])


def _list_of(query: str) -> str:
    return reverse("admin:articles_article_changelist") + query


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D j M, H:i")


def _name(user) -> str:
    return (user.get_full_name() or user.username) if user else _("Somebody")
