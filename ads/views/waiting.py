"""The waiting list for readers of the calendar: join it for a sold-out week, leave it by the link in a mail."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from articles.public_forms import TRIED_PER_HOUR, PublicForm, over_limit, public_post, same_site
from articles.views.previews import PRIVATE

from .. import free_weeks, waiting
from ..models import Position
from ..spam import LINK


class WaitForm(PublicForm):
    """Who wants to be told."""

    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("We write once when these days are free, and nothing else."),
    )
    company = forms.CharField(
        label=gettext_lazy("Company (optional)"),
        required=False,
        max_length=160,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )


def _suspicion(name: str, company: str) -> str:
    return "a link in the name" if LINK.search(f"{name} {company}") else ""


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest, code: str, day: str) -> HttpResponse:
    at = timezone.now()
    position = get_object_or_404(Position, code=code, is_active=True)
    today = timezone.localdate(at)
    first_day = _monday(day, today)
    last_day = first_day + timedelta(days=6)
    [[week]] = free_weeks.table([position], max(first_day, today), last_day)
    context = {"position": position, "week": week, "first_day": first_day, "last_day": last_day}
    if request.method != "POST":
        return render(request, "ads/wait.html", context | {"form": WaitForm()})
    is_too_much = over_limit("wait-tried", request, limit=TRIED_PER_HOUR)
    form = WaitForm(request.POST)
    context["form"] = form
    if is_too_much or (form.is_valid() and over_limit("wait", request)):
        form.add_error(None, _("Many requests came from your network in the last hour. Please try again later."))
        return render(request, "ads/wait.html", context, status=429)
    if not form.is_valid():
        return render(request, "ads/wait.html", context, status=403 if form.is_forged else 400)
    data = form.cleaned_data
    try:
        waiting.join(
            position,
            first_day,
            last_day,
            name=data["name"],
            email=data["email"],
            company=data["company"],
            language=get_language() or "en",
            suspicion=form.suspicion or _suspicion(data["name"], data["company"]),
            by=None,
            at=at,
        )
    except waiting.Refused as refusal:
        form.add_error(None, str(refusal))
        return render(request, "ads/wait.html", context, status=409)
    return redirect("ads:wait_done")


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The same for who is new on the list and who was on it already."""
    return render(request, "ads/wait_done.html")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """What a GET shows, a POST does: programs that look into mails follow links and press no button."""
    if request.method == "POST" and not same_site(request, has_secret_address=True):
        raise PermissionDenied
    entry = waiting.find(token)
    if entry is None:
        raise Http404
    if request.method == "POST":
        at = timezone.now()
        if "all" in request.POST:
            waiting.leave_everything(entry, at=at)
        else:
            waiting.leave(entry, by=None, at=at)
    has_left = request.method == "POST"
    response = render(request, "ads/wait_leave.html", {"entry": entry, "has_left": has_left})
    for name, value in PRIVATE.items():
        response[name] = value
    return response


def _monday(text: str, today: date) -> date:
    """The Monday that an address names. 404 for any other day, and for weeks that no calendar shows."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    is_shown = free_weeks.monday(today) <= day <= free_weeks.end(today)
    if not is_shown or day.isoformat() != text or free_weeks.monday(day) != day:
        raise Http404
    return day
