"""The publish move's page: what will happen, when, and for a story that readers have, whether at once or later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from .. import share_list, workflow
from ..models import Article, DueAction, User
from ..zoned_times import ZonedDateTimeField, ZonedTimesMixin, in_short, in_words
from .corrections import TellReadersFields
from .moves import MoveForm


def publish_or_schedule(
    article: Article, *, by: User, at: datetime, change_at: datetime | None = None, **said: Any
) -> None:
    """Publish at once or at the draft's own time; a change of a story that readers have also at a time of its own."""
    if change_at:
        workflow.schedule_change(article, change_at, by=by, at=at, **said)
    else:
        workflow.publish(article, by=by, at=at, **said)


def would_appear_at(article: Article, *, at: datetime) -> datetime | None:
    """When readers get the draft if somebody publishes it now; None: at once. The story is as the admin holds it."""
    when = workflow.publication_time(article.published, article.draft, at=at)
    return when if when > at else None


def publish_label(article: Article | None, *, at: datetime, is_short: bool = False) -> str:
    """What the button does, as it says itself: "Schedule for Tue 09:00"; in full with day, year and zone."""
    if article is None:
        return _("Publish")
    if when := would_appear_at(article, at=at):
        return _("Schedule for %(time)s") % {"time": in_short(when, at=at) if is_short else in_words(when)}
    return _("Publish the change") if _has_readers(article, at) else _("Publish now")


def _has_readers(article: Article, at: datetime) -> bool:
    return article.is_released and article.was_public(at)


class PublishForm(ZonedTimesMixin, TellReadersFields, MoveForm):
    """At once, or for a story that readers have, at a time. `review` is what stands above it."""

    WHEN = [("now", gettext_lazy("At once")), ("later", gettext_lazy("At a time"))]

    when = forms.ChoiceField(
        label=gettext_lazy("When do readers get the new text?"),
        choices=WHEN,
        initial="now",
        required=False,
        widget=forms.RadioSelect,
    )
    change_at = ZonedDateTimeField(label=gettext_lazy("Time of the change"), required=False)
    review = "admin/articles/article/_publish_review.html"
    script = "desk/publishing.js"
    field_order = ["when", "change_at", "tell", "text", "place", "is_minor", "note"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.at = timezone.now()
        if self.can_wait:
            zone = timezone.get_current_timezone_name()
            self.fields["change_at"].help_text = _("On the clock of %(zone)s.") % {"zone": zone}
        else:
            del self.fields["when"], self.fields["change_at"]

    @cached_property
    def can_wait(self) -> bool:
        """Whether there is a new text for readers who have an older one."""
        return _has_readers(self.obj, self.at) and self.obj.has_unpublished_changes and not self.appears_at

    @cached_property
    def appears_at(self) -> datetime | None:
        return would_appear_at(self.obj, at=self.at)

    @property
    def button(self) -> str:
        return publish_label(self.obj, at=self.at)

    @cached_property
    def changes_ahead(self):
        return list(DueAction.objects.changes_ahead(self.obj))

    def facts(self) -> list[tuple[str, str]]:
        """What somebody checks before saying yes: (name, value)."""
        draft = self.obj.draft
        facts = [(_("Revision"), str(self.obj.head_number))]
        now = _("at once")
        when = in_words(self.appears_at) if self.appears_at else f"{now}: {in_words(self.at)}"
        facts.append((_("Readers get it"), _("when you choose below") if self.can_wait else when))
        if draft.embargo_until:
            facts.append((_("Under embargo until"), in_words(draft.embargo_until)))
        if draft.expire_at:
            facts.append((_("Gone again"), in_words(draft.expire_at)))
        if self.obj.is_sponsored:
            facts.append((_("Label"), _("Paid for by %(sponsor)s") % {"sponsor": self.obj.sponsor_name}))
        if not _has_readers(self.obj, self.at):
            facts += self._channels()
        approved = _("this text") if self.obj.is_approved else _("nobody approved this text")
        return [*facts, (_("Approved"), approved)]

    def _channels(self) -> list[tuple[str, str]]:
        """Where a publication is told of besides."""
        by_themselves, asking = share_list.going(self.obj, at=self.at)
        between = pgettext("between names", ", ")
        named = [(_("Shared then on"), by_themselves), (_("Waits for “Share now”"), asking)]
        return [(what, between.join(names)) for what, names in named if names]

    def warnings(self) -> list[str]:
        said = []
        if self.appears_at and _has_readers(self.obj, self.at) and self.obj.status != Article.Status.WITHDRAWN:
            said.append(_("Readers have this story now. They lose it at once, and get it back at that time."))
        return said

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        when = data.pop("when", "") or "now"
        if when == "later" and "change_at" in data and not data["change_at"]:
            self.add_error("change_at", _("Say when, or choose “At once”."))
        if when == "now" and data.get("change_at"):
            self.add_error("when", _("You gave a time for the change. Choose “At a time”, or empty the time."))
        if data.get("change_at") and data["change_at"] <= self.at:
            self.add_error("change_at", _("This time is past. Choose a later one, or publish the change at once."))
        return data

    @property
    def done(self) -> str:
        if change_at := self.cleaned_data.get("change_at"):
            said = _("Readers get this text at %(time)s.") % {"time": in_words(change_at)}
            return " ".join([said, *self.remarks])
        if self.appears_at:
            return _("Scheduled for %(time)s.") % {"time": in_words(self.appears_at)}
        return ""
