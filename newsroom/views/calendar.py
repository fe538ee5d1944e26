"""The calendar of the desk, and moving a story to another day: a page that asks, and a POST that calls the verb."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles.admin.listing import AUTHORS, sections_first
from articles.content import head
from articles.models import Article, Author
from articles.refusals import WorkflowError
from articles.rescheduling import may_move, reschedule, same_time_on
from articles.zoned_times import in_words, moment_of

from .. import planning

PER_DAY = {"month": 5, "week": 40}


class CalendarForm(forms.Form):
    """What the address of a calendar says: which view, around which day, and whose stories."""

    view = forms.ChoiceField(choices=[("month", ""), ("week", "")], required=False)
    day = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    section = forms.TypedChoiceField(label=gettext_lazy("Section"), coerce=int, required=False, empty_value=None)
    author = forms.TypedChoiceField(label=gettext_lazy("Author"), coerce=int, required=False, empty_value=None)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        everybody, everything = ("", _("Everybody")), ("", _("All"))
        sections = sections_first(get_language() or "en")
        authors = Author.objects.order_by("name")[:AUTHORS]
        self.fields["section"].choices = [everything, *((section.pk, section.name) for section in sections)]
        self.fields["author"].choices = [everybody, *((author.pk, author.display_name) for author in authors)]
        self.fields["status"].choices = [everything, *Article.Status.choices]

    def clean_day(self) -> date | None:
        day = self.cleaned_data["day"]
        if day and not 1990 <= day.year <= 2200:
            raise forms.ValidationError(_("The calendar reaches from 1990 to 2200. Choose a day between."))
        return day


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    today = timezone.localdate(at)
    form = CalendarForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    view, day = chosen.get("view") or "month", chosen.get("day") or today
    stories = planning.chosen_stories(
        request.user,
        section=chosen.get("section"),
        author=chosen.get("author"),
        status=chosen.get("status", ""),
    )
    weeks = planning.weeks_of_month(day) if view == "month" else [planning.week_of(day)]
    dates = [date for week in weeks for date in week]
    month = day.month if view == "month" else None
    days = planning.plan(stories, dates, per_day=PER_DAY[view], at=at, user=request.user, month=month)
    filters = {name: chosen[name] for name in ("section", "author", "status") if chosen.get(name)}
    sees_bookings = request.user.has_perm("ads.view_booking")
    if form.errors:
        messages.error(request, _("This calendar cannot be shown: a filter or the day is not one there is."))
    context = {
        **admin.site.each_context(request),
        "title": _("Calendar"),
        "form": form,
        "view": view,
        "day": day,
        "today": today,
        "heading": _heading(view, day, dates),
        "weeks": [days[n : n + 7] for n in range(0, len(days), 7)],
        "is_empty": not any(day.entries for day in days),
        "is_filtered": bool(filters),
        "before": _before(view, day),
        "after": _after(view, day),
        "same": f"&{urlencode(filters)}" if filters else "",
        "zone": timezone.get_current_timezone_name(),
        "sees_bookings": sees_bookings,
        "lanes": planning.lanes(dates[0], dates[-1]) if sees_bookings else [],
        "may_plan": request.user.has_perm("articles.publish_article")
        or request.user.has_perm("articles.handle_sponsored"),
    }
    return TemplateResponse(request, "admin/calendar.html", context, status=400 if form.errors else 200)


def _heading(view: str, day: date, dates: list[date]) -> str:
    if view == "month":
        return date_format(day, "F Y")
    return f"{date_format(dates[0], 'j F')} – {date_format(dates[-1], 'j F Y')}"


def _before(view: str, day: date) -> date:
    return day.replace(day=1) - timedelta(days=1) if view == "month" else day - timedelta(days=7)


def _after(view: str, day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) if view == "month" else day + timedelta(days=7)


class MoveToForm(forms.Form):
    """A day and a time of the publisher's zone."""

    day = forms.DateField(
        label=gettext_lazy("Day"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    clock = forms.TimeField(
        label=gettext_lazy("Time"),
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    base_revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_day(self) -> date:
        day = self.cleaned_data["day"]
        if not 1990 <= day.year <= 2200:
            raise forms.ValidationError(_("The calendar reaches from 1990 to 2200. Choose a day between."))
        return day

    def clean(self) -> dict[str, Any]:
        """With the `moment` that day and time mean; a time that the clock skips is refused in words."""
        data = super().clean() or self.cleaned_data
        if data.get("day") and data.get("clock") is not None:
            data["moment"] = moment_of(datetime.combine(data["day"], data["clock"]))
        return data


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST moves. `?to=` is the day on which the story was dropped; it keeps its time of day."""
    at = timezone.now()
    article = get_object_or_404(Article.objects.visible_to(request.user), pk=pk)
    drafted = head(article)
    if not planning.may_plan(request.user, article) or (
        not request.user.has_perm("articles.publish_article") and drafted.kind == Article.Kind.STORY
    ):
        raise PermissionDenied
    old = drafted.publish_at or article.publish_at
    is_sent = request.method == "POST"
    form = MoveToForm(request.POST if is_sent else None, initial=_proposed(request, old, article))
    if is_sent and form.is_valid():
        new, base = form.cleaned_data["moment"], form.cleaned_data["base_revision"]
        try:
            reschedule(article, new, base_revision=base, by=request.user, at=at)
        except WorkflowError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Moved to %(time)s.") % {"time": in_words(new)})
            return redirect(f"{reverse('admin:calendar')}?day={timezone.localdate(new)}")
    proposed = form.initial["proposed"]
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Move to another time"),
        "article": article,
        "form": form,
        "old": old and in_words(old),
        "new": in_words(proposed) if proposed and not is_sent else "",
        "zone": timezone.get_current_timezone_name(),
        "can_move": may_move(article, at=at),
        "is_past": bool(proposed and proposed <= at and not is_sent),
        "back": f"{reverse('admin:calendar')}?day={timezone.localdate(old or at)}",
    }
    return TemplateResponse(request, "admin/calendar_move.html", context, status=400 if form.errors else 200)


def _proposed(request: HttpRequest, old: datetime | None, article: Article) -> dict[str, Any]:
    """The values that the form begins with; `proposed` is the moment they name, None where there is none yet."""
    try:
        day = date.fromisoformat(request.GET.get("to", ""))
        proposed = same_time_on(day, old) if old else None
    except (ValueError, OverflowError):
        day, proposed = None, None
    local = proposed or (old and timezone.localtime(old))
    return {
        "day": local.date() if local else day,
        "clock": local.time() if local else None,
        "base_revision": article.head_number,
        "proposed": proposed,
    }
