"""Issues of newsletters in the admin: their list, what can be done with them, and the way to the composer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.admin.few_links import OneWayMixin
from articles.admin.moves import Move, MoveForm, MovesMixin
from articles.zoned_times import ZonedDateTimeField, ZonedTimesMixin, in_words

from .. import automatic, composing, readiness, rehearsing, reporting
from ..models import Issue, Newsletter
from . import breaking, mentions
from .composer import ComposerMixin, chip


class TimeForm(ZonedTimesMixin, MoveForm):
    """When it goes out."""

    is_kept_when_refused = True
    send_at = ZonedDateTimeField(label=gettext_lazy("Send at"))
    field_order = ["send_at", "note"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["send_at"].help_text = _("On the clock of %(zone)s.") % {"zone": zone}
        self.fields["send_at"].initial = self.obj.send_at

    @property
    def done(self) -> str:
        said = _("It goes out at %(time)s.") % {"time": in_words(self.cleaned_data["send_at"])}
        return " ".join([said, *self.remarks])


class TestForm(MoveForm):
    """Whom a test goes to."""

    is_kept_when_refused = True
    to = forms.CharField(
        label=gettext_lazy("To"),
        max_length=800,
        help_text=gettext_lazy("At most three addresses of people who work here, with commas between."),
        widget=forms.TextInput({"class": "vTextField", "dir": "ltr"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["note"]
        self.fields["to"].initial = self.user.email

    def clean_to(self) -> list[str]:
        return [part for part in self.cleaned_data["to"].replace(";", ",").split(",") if part.strip()]


def _copy(issue: Issue, *, by, at: datetime, note: str = "") -> None:
    composing.duplicate(issue, by=by, at=at)


OPEN = frozenset(Issue.State.open())
REFUSED = (composing.IssueRefused,)
MOVES = (
    Move(
        name="send",
        label=gettext_lazy("Send now"),
        question=gettext_lazy("It begins to go out at once."),
        verb=composing.send_now,
        targets=frozenset([Issue.State.SENDING]),
        permissions=("audience.send_issue",),
        done=gettext_lazy("It is going out."),
        errors=REFUSED,
    ),
    Move(
        name="schedule",
        label=gettext_lazy("Schedule"),
        question=gettext_lazy("It goes out by itself at its time."),
        verb=composing.schedule,
        targets=frozenset([Issue.State.SCHEDULED]),
        permissions=("audience.send_issue",),
        done="",
        errors=REFUSED,
        form=TimeForm,
    ),
    Move(
        name="unschedule",
        label=gettext_lazy("Do not send at its time"),
        question=gettext_lazy("It is a draft again until somebody sends it."),
        verb=composing.unschedule,
        targets=frozenset(["waiting"]),
        permissions=("audience.send_issue",),
        done=gettext_lazy("It is a draft again."),
        errors=REFUSED,
    ),
    Move(
        name="test",
        label=gettext_lazy("Send a test"),
        question=gettext_lazy("The mail as it was saved last, to people who work here."),
        verb=rehearsing.rehearse,
        targets=frozenset(["test"]),
        permissions=("audience.change_issue",),
        done=gettext_lazy("The test is on its way."),
        errors=REFUSED,
        form=TestForm,
    ),
    Move(
        name="copy",
        label=gettext_lazy("Make a copy"),
        question=gettext_lazy("A new draft with the same words and stories, without what was sold of this one."),
        verb=_copy,
        targets=frozenset(["copy"]),
        permissions=("audience.add_issue",),
        done=gettext_lazy("The copy is the first draft in the list of issues."),
        errors=REFUSED,
    ),
    Move(
        name="reopen",
        label=gettext_lazy("Make it a draft again"),
        question=gettext_lazy("It can be written and sent again, without the mentions that it let go."),
        verb=composing.reopen,
        targets=frozenset(["again"]),
        permissions=("audience.change_issue",),
        done=gettext_lazy("It is a draft again."),
        errors=REFUSED,
    ),
    Move(
        name="cancel",
        label=gettext_lazy("Cancel it"),
        question=gettext_lazy("It does not go out. Mentions that were promised to advertisers are open again."),
        verb=composing.cancel,
        targets=frozenset(["called off"]),
        permissions=("audience.change_issue",),
        done=gettext_lazy("It is cancelled."),
        errors=REFUSED,
        is_grave=True,
    ),
)


class IssueChangeList(ChangeList):
    """A page of issues, each with its `figures`."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        gone_out = [issue.pk for issue in self.result_list if issue.state not in OPEN]
        figures = reporting.figures(gone_out, at=timezone.now()) if gone_out else {}
        for issue in self.result_list:
            issue.figures = figures.get(issue.pk)


@admin.register(Issue)
class IssueAdmin(ComposerMixin, MovesMixin, OneWayMixin, admin.ModelAdmin):
    if_empty = gettext_lazy(
        "No issues yet. Add one, or set a newsletter to every morning: then its editions appear here by themselves."
    )
    change_list_template = "admin/audience/issue/change_list.html"
    list_display = ["about", "newsletter", "standing", "when", "readers", "clicks"]
    list_filter = ["state", "newsletter"]
    list_select_related = ["newsletter"]
    search_fields = ["subject"]
    show_full_result_count = False
    fields = ["newsletter", "subject"]
    moves = MOVES

    def get_urls(self):
        view = self.admin_site.admin_view
        own = [
            path("mentions/", view(mentions.page), {"site": self.admin_site}, name="audience_issue_mentions"),
            path(
                "breaking/<int:story>/", view(breaking.page), {"site": self.admin_site}, name="audience_issue_breaking"
            ),
        ]
        return [*own, *super().get_urls()]

    # The list.

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        skipped = [
            _("No edition of “%(newsletter)s” on %(day)s: nothing new since the last one.")
            % {"newsletter": newsletter.name, "day": date_format(newsletter.skipped_on, "j F Y")}
            for newsletter in automatic.skipped(timezone.now())
            if newsletter.skipped_on
        ]
        return super().changelist_view(request, {"skipped": skipped} | (extra_context or {}))

    @admin.display(description=gettext_lazy("Subject"), ordering="subject")
    def about(self, obj: Issue) -> SafeString:
        return format_html("<bdi>{}</bdi>", obj.subject or _("No subject yet"))

    @admin.display(description=gettext_lazy("State"), ordering="state")
    def standing(self, obj: Issue) -> SafeString:
        return chip(obj)

    @admin.display(description=gettext_lazy("When"), ordering="send_at")
    def when(self, obj: Issue) -> str:
        moment = obj.finished_at or obj.started_at or obj.send_at
        return in_words(moment) if moment else "–"

    @admin.display(description=gettext_lazy("Readers"))
    def readers(self, obj: Issue) -> SafeString | str:
        """How many got it, with the way to its report."""
        if obj.figures is None:
            return "–"
        report = reverse("admin:audience_issue_report", args=[obj.pk])
        return format_html('<a href="{}">{}</a>', report, localize(obj.figures.taken + obj.figures.handed))

    @admin.display(description=gettext_lazy("Clicks"))
    def clicks(self, obj: Issue) -> str:
        return localize(obj.figures.clicks) if obj.figures else "–"

    def get_changelist(self, request: HttpRequest, **kwargs) -> type[ChangeList]:
        return IssueChangeList

    # A new one.

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        only = list(Newsletter.objects.values_list("pk", flat=True)[:2])
        return {"newsletter": only[0]} if len(only) == 1 else {}

    def save_model(self, request: HttpRequest, obj: Issue, form, change: bool) -> None:
        words = composing.Words(subject=form.cleaned_data["subject"])
        made = composing.make(obj.newsletter, by=request.user, at=timezone.now(), words=words)
        obj.__dict__.update(made.__dict__)

    def response_add(self, request: HttpRequest, obj: Issue, post_url_continue=None) -> HttpResponse:
        messages.success(request, _("Now choose what stands in it."))
        return redirect("admin:audience_issue_change", obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: Issue | None = None) -> bool:
        was_sent = obj is not None and (obj.started_at is not None or obj.state == Issue.State.SCHEDULED)
        return not was_sent and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # one by one, so that none that went out is among them
        return actions

    # Moves.

    def status_of(self, obj: Issue) -> str:
        return obj.get_state_display()

    def may_move(self, request: HttpRequest, obj: Issue) -> bool:
        return self.has_view_permission(request, obj)

    def reachable(self, obj: Issue) -> set[str]:
        """By its state, with what is no state: a test, a copy, and the two ways back to a draft."""
        found = {"test", "copy"}
        if obj.state in OPEN:
            found |= {Issue.State.SENDING, Issue.State.SCHEDULED, "called off"}
        if obj.state == Issue.State.SCHEDULED:
            found.add("waiting")
        if obj.state == Issue.State.CANCELLED and not obj.started_at:
            found.add("again")
        return found

    def problems(self, request: HttpRequest, obj: Issue, move: Move) -> list[str]:
        return readiness.problems(obj, at=timezone.now()) if move.name == "send" else []

    def consequences(self, request: HttpRequest, obj: Issue, move: Move) -> list[str]:
        if move.name not in ("send", "schedule"):
            return []
        at = rehearsing.rehearsal_moment(obj, at=timezone.now())
        number = composing.recipients(obj.newsletter)
        return [composing.recipients_in_words(number), *readiness.remarks(obj, at=at)]

    def more(self, request: HttpRequest, obj: Issue, move: Move) -> dict[str, Any]:
        return {"back_label": _("Back to the issue")}

    def move_view(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        """What was sent leads to its report, where it is watched."""
        response = super().move_view(request, object_id, move)
        was_pressed = move == "send" and response.status_code == 302 and request.user.has_perm("audience.view_delivery")
        if was_pressed and Issue.objects.filter(pk=object_id, started_at__isnull=False).exists():
            return redirect("admin:audience_issue_report", object_id)
        return response

    def back_from(self, obj: Issue) -> str:
        return reverse("admin:audience_issue_change", args=[obj.pk])
