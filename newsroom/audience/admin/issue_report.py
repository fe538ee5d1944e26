"""The report of an issue, and what a person may do while it goes out."""

from __future__ import annotations

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ads import spreadsheet
from articles.admin.moves import Move, MoveForm

from .. import reporting, sending
from ..models import Issue
from ..sending import SendingRefused

SEE, SEND = "audience.view_delivery", "audience.send_issue"
State = Issue.State


class PlainForm(MoveForm):
    """Asks for nothing but the press of the button."""

    note = None  # type: ignore[assignment]


def _pause(issue, *, by, at) -> None:
    sending.pause(issue, by=by, at=at)


MOVES = [
    Move(
        name="pause",
        label=gettext_lazy("Hold up"),
        question=gettext_lazy("No mail more leaves until somebody lets it go on. The mail on its way still arrives."),
        verb=_pause,
        targets=frozenset({State.PAUSED}),
        permissions=(SEND,),
        done=gettext_lazy("It is held up."),
        errors=(SendingRefused,),
        form=PlainForm,
    ),
    Move(
        name="go-on",
        label=gettext_lazy("Go on"),
        question=gettext_lazy("The rest is sent, from where it was held up. Nobody gets it twice."),
        verb=sending.go_on,
        targets=frozenset({State.SENDING}),
        permissions=(SEND,),
        done=gettext_lazy("It goes out again."),
        errors=(SendingRefused,),
        form=PlainForm,
    ),
    Move(
        name="stop",
        label=gettext_lazy("Stop for good"),
        question=gettext_lazy("Who has not got it will not get it. What is gone is gone."),
        verb=sending.cancel,
        targets=frozenset({State.CANCELLED}),
        permissions=(SEND,),
        done=gettext_lazy("It is stopped."),
        errors=(SendingRefused,),
        is_grave=True,
        form=PlainForm,
    ),
    Move(
        name="again",
        label=gettext_lazy("Send again to these"),
        question=gettext_lazy(
            "The mail server was given these mails and did not answer. Most of them arrived, as a rule: who got it "
            "will get it a second time."
        ),
        verb=sending.send_again,
        targets=frozenset({"again"}),
        permissions=(SEND,),
        done=gettext_lazy("They are sent again."),
        errors=(SendingRefused,),
        is_grave=True,
        form=PlainForm,
    ),
]


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    issue = _issue(request, pk)
    report = reporting.of(issue, at=timezone.now(), is_rtl=get_language_bidi())
    context = {
        **admin.site.each_context(request),
        "title": _("Report: %(subject)s") % {"subject": issue.subject},
        "subject": format_html("<bdi>{}</bdi>", issue.subject),
        "issue": issue,
        "report": report,
        "figures": report.figures,
        "is_under_way": issue.state == State.SENDING,
        "is_open": issue.state in State.open(),
        "moves": _open_moves(request, report),
        "zone": timezone.get_current_timezone_name(),
    }
    return TemplateResponse(request, "admin/audience/issue_report.html", context)


@require_safe
def table(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The same figures for spreadsheets."""
    issue = _issue(request, pk)
    heads = [_("What"), _("Of which"), _("Number")]
    rows = reporting.lines(reporting.of(issue, at=timezone.now()))
    return spreadsheet.download(spreadsheet.lines(heads, rows), f"newsletter-{issue.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """GET asks, POST does."""
    issue = _issue(request, pk)
    chosen = next((one for one in MOVES if one.name == name), None)
    if chosen is None:
        raise Http404
    if not request.user.has_perm(SEND):
        raise PermissionDenied
    back = redirect("admin:audience_issue_report", pk)
    form = chosen.form(request.POST if request.method == "POST" else None, obj=issue, user=request.user)
    if form.is_valid():
        try:
            chosen.verb(issue, by=request.user, at=timezone.now())
        except SendingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            LogEntry.objects.log_actions(request.user.pk or 0, [issue], CHANGE, str(chosen.label), single_object=True)
            messages.success(request, str(chosen.done))
        return back
    report = reporting.of(issue, at=timezone.now())
    if chosen not in _open_moves(request, report):
        messages.error(
            request, _("It is “%(state)s” now, so this cannot be done.") % {"state": issue.get_state_display()}
        )
        return back
    context = {
        **admin.site.each_context(request),
        "title": chosen.label,
        "opts": Issue._meta,
        "original": issue,
        "move": chosen,
        "form": form,
        "consequences": _consequences(chosen, report.figures),
        "back": back.url,
    }
    return TemplateResponse(request, "admin/audience/issue_sending.html", context)


def _issue(request: HttpRequest, pk: int) -> Issue:
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    return get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk)


def _open_moves(request: HttpRequest, report: reporting.Report) -> list[Move]:
    if not request.user.has_perm(SEND) or report.issue.state not in (State.SENDING, State.PAUSED, State.SENT):
        return []
    reachable = set() if report.issue.state == State.SENT else set(Issue.MOVES[report.issue.state])
    if report.figures.unanswered:
        reachable.add("again")
    return [one for one in MOVES if one.targets & reachable]


def _consequences(chosen: Move, figures: reporting.Figures) -> list[str]:
    number = figures.unanswered if chosen.name == "again" else figures.waiting
    said = {
        "again": ngettext("%(count)d mail has no answer.", "%(count)d mails have no answer.", number),
        "stop": ngettext("%(count)d reader is left out.", "%(count)d readers are left out.", number),
    }.get(chosen.name, ngettext("%(count)d mail waits.", "%(count)d mails wait.", number))
    return [said % {"count": number}]
