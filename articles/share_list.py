"""The channels of one story as its screen shows them: who gets it with which text, or where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import cached_property

from . import channels, networks, share_text, sharing
from .content import Content
from .models import Article, Channel, Section, Share, Tag

State = Share.State


@dataclass(frozen=True)
class Entry:
    """A channel beside a story. `share` is None where nobody decided anything and nothing happened yet."""

    channel: Channel
    share: Share | None
    is_announced: bool
    is_public: bool

    @property
    def state(self) -> str:
        if self.share and not (self.share.state in (State.CHOSEN, State.SKIPPED) and not self.is_announced):
            return self.share.state
        if self.is_announced:
            return ""
        return State.CHOSEN if self.is_wanted else State.SKIPPED

    @property
    def state_label(self) -> str:
        if not self.is_announced and self.state == State.CHOSEN and not self.goes_by_itself:
            return str(State.WAITING.label)
        return str(State(self.state).label if self.state else State.SKIPPED.label)

    @property
    def is_wanted(self) -> bool:
        return self.share.state == State.CHOSEN if self.share else self.channel.is_default

    @property
    def goes_by_itself(self) -> bool:
        return self.channel.is_automatic and bool(networks.of(self.channel).post)

    @property
    def is_undecided(self) -> bool:
        """Whether its text can still be written."""
        return self.share is None or self.share.state in State.undecided()

    @property
    def may_be_sent(self) -> bool:
        can = bool(networks.of(self.channel).post) and self.channel.is_active and self.is_public
        return can and self.state in ("", State.WAITING, State.FAILED, State.SKIPPED, State.UNSURE)

    @property
    def may_be_left_out(self) -> bool:
        return self.state in (State.WAITING, State.FAILED, State.UNSURE)

    @property
    def may_be_proved(self) -> bool:
        is_open = self.state not in (State.SENT, State.QUEUED, State.SENDING) or not (self.share and self.share.link)
        return self.is_public and is_open and self.state not in (State.QUEUED, State.SENDING)


@dataclass(frozen=True)
class Written(Entry):
    """With its text."""

    told: share_text.Told

    @property
    def wording(self) -> str:
        return (self.share.wording if self.share else "") or wording_of(self.channel)

    @cached_property
    def text(self) -> str:
        """As it was sent, or would be; empty where it does not fit."""
        if self.share and self.share.text and self.share.state in (State.SENT, State.SENDING, State.UNSURE):
            return self.share.text
        try:
            return sharing.text_for(self.channel, self.share.wording if self.share else "", self.told)
        except share_text.TooLong:
            return ""

    @property
    def length(self) -> int:
        return networks.of(self.channel).length(self.text)

    @property
    def limit(self) -> int | None:
        return networks.limit_of(self.channel)

    @property
    def is_cut(self) -> bool:
        return "…" in self.text and "…" not in self.wording

    @property
    def lacks(self) -> list[str]:
        return channels.missing(self.channel)


def entries(article: Article, *, at: datetime) -> list[Entry]:
    """The channels of a story, without their texts. Five queries, whatever their number."""
    return [Entry(*values) for values in _known(article, at=at)]


def written(article: Article, content: Content, *, at: datetime) -> list[Written]:
    """The same with their texts: of what readers have, or for a story that was not announced, of its draft."""
    found = list(_known(article, at=at))
    is_announced = bool(found) and found[0][2]
    row = Article.objects.select_related("section").get(pk=article.pk)
    told = sharing.told_of(row) if is_announced else told_of_draft(article, content)
    return [Written(*values, told) for values in found]


def _known(article: Article, *, at: datetime) -> list[tuple[Channel, Share | None, bool, bool]]:
    shares = {share.channel_id: share for share in article.shares.select_related("channel", "by")}
    wanted = [channel for channel in channels.wanting(article) if not channel.is_webhook]
    known = {channel.pk for channel in wanted}
    shown = wanted + [share.channel for share in shares.values() if share.channel_id not in known]
    if not shown:
        return []
    is_announced = sharing.was_announced(article)
    is_public = Article.objects.live(at).filter(pk=article.pk).exists()
    shown.sort(key=lambda channel: channel.name)
    return [(channel, shares.get(channel.pk), is_announced, is_public) for channel in shown]


def wording_of(channel: Channel) -> str:
    """The channel's own text, with its places."""
    return channel.wording or networks.of(channel).wording


def told_of_draft(article: Article, content: Content) -> share_text.Told:
    """What would be said of a text that readers do not have; its address may still change."""
    section = Section.objects.filter(pk=content.section_id).first() if content.section_id else None
    return share_text.told(
        headline=content.headline,
        standfirst=content.standfirst,
        path=article.get_absolute_url(),
        section=section.name if section else "",
        tags=list(Tag.objects.filter(pk__in=content.tag_ids).order_by("name").values_list("name", flat=True)),
        sponsor_name=content.sponsor_name,
        language=content.language,
    )


def going(article: Article, *, at: datetime) -> tuple[list[str], list[str]]:
    """The channels that a publication leads to: those that get it by themselves, and those that wait for a person."""
    chosen = [entry for entry in entries(article, at=at) if not entry.is_announced and entry.is_wanted]
    by_themselves = [entry.channel.name for entry in chosen if entry.goes_by_itself]
    return by_themselves, [entry.channel.name for entry in chosen if not entry.goes_by_itself]
