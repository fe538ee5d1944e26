"""How figures come about: from gross to net, sealed days, what is not sealed yet, and corrections."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from articles.models import Article

from .. import adjusting, rollups, spreadsheet, waterfall
from ..models import Adjustment, Booking, Position, SealedDay
from ..models.event import Kind, Source
from ..waterfall import Measure

logger = logging.getLogger(__name__)

SEE, CORRECT = "ads.view_sealedday", "ads.add_adjustment"
DAYS_SHOWN = 7
SEALS_SHOWN = 31
LONGEST = 366
# Nobody counted before; and there is no day after the last that a calendar knows.
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 12, 31)


# Only what has artwork can ever have been shown.
BOOKINGS = (
    Booking.objects.filter(creatives__isnull=False)
    .distinct()
    .select_related("advertiser", "position")
    .order_by("-first_day", "-pk")
)


class RangeForm(forms.Form):
    """Which days, and of what. Without any answer: the last seven days, of all."""

    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("To"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    position = forms.ModelChoiceField(
        Position.objects.all(), label=gettext_lazy("Position"), required=False, empty_label=gettext_lazy("All")
    )
    line = forms.ModelChoiceField(
        BOOKINGS, label=gettext_lazy("Booking"), required=False, empty_label=gettext_lazy("All")
    )
    measure = forms.ChoiceField(
        label=gettext_lazy("Drawn"),
        required=False,
        choices=[(one.code, one.label) for one in Measure],
        initial=Measure.RENDERS.code,
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if any(day and not EARLIEST <= day <= LATEST for day in (first, last)):
            raise forms.ValidationError(_("Choose days of the years 2000 to 2100."))
        if first and last and not timedelta(0) <= last - first < timedelta(days=LONGEST):
            raise forms.ValidationError(_("Choose up to a year of days, the first before the last."))
        return values


OF_POSITIONS = (Kind.SERVED, Kind.RENDER, Kind.VIEW, Kind.CLICK)
OF_POSTS = (Kind.SERVED, Kind.READ, Kind.CLICK)


class AdjustmentForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    line = forms.ModelChoiceField(BOOKINGS, label=gettext_lazy("Booking"), required=False, empty_label="—")
    position = forms.ModelChoiceField(
        Position.objects.all(), label=gettext_lazy("Or a position"), required=False, empty_label="—"
    )
    article = forms.ModelChoiceField(
        Article.objects.filter(sponsored_post__isnull=False, public_since__isnull=False).order_by("-public_since"),
        label=gettext_lazy("Or a sponsored post"), required=False, empty_label="—",
    )  # fmt: skip
    kind = forms.TypedChoiceField(
        label=gettext_lazy("What"),
        coerce=lambda value: Kind(int(value)),
        choices=Kind.choices,
        initial=Kind.RENDER,
        help_text=gettext_lazy("Of a sponsored post: served (how often its page was opened), read, or click."),
    )
    number = forms.IntegerField(
        label=gettext_lazy("More or fewer"), help_text=gettext_lazy("Below zero: so many fewer."),
        min_value=-(2**31), max_value=2**31 - 1,
    )  # fmt: skip
    why = forms.CharField(label=gettext_lazy("Why"), max_length=500, widget=forms.Textarea({"rows": 2}))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        line, position = values.get("line"), values.get("position")
        article, kind = values.get("article"), values.get("kind")
        if sum(map(bool, (line, position, article))) != 1 and not self.errors:
            raise forms.ValidationError(_("Name a booking, a position or a sponsored post: one of them."))
        if kind and kind not in (OF_POSTS if article else OF_POSITIONS):
            self.add_error("kind", _("This is not counted of it. Choose something else."))
        if line:
            values["position"] = line.position
        return values

    @property
    def facts(self) -> dict[str, int]:
        values = self.cleaned_data
        if article := values.get("article"):
            return {"kind": values["kind"], "source": Source.STORY, "article": article.pk}
        line = values.get("line")
        return {"kind": values["kind"], "line": line.pk if line else 0, "position": values["position"].pk}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, site: admin.AdminSite) -> HttpResponseBase:
    """GET shows; POST writes a correction."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    at = timezone.now()
    may_correct = request.user.has_perm(CORRECT)
    correction = AdjustmentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_correct:
            raise PermissionDenied
        if correction.is_valid() and _correct(correction, request, at):
            return redirect("admin:ads_counting")
        messages.error(request, _("Nothing was written. What is wrong stands in the form below."))
    today = timezone.localdate(at)
    usual = {"first": today - timedelta(days=DAYS_SHOWN - 1), "last": today, "measure": Measure.RENDERS.code}
    asked = any(request.GET.get(name) for name in RangeForm.base_fields)
    form = RangeForm({**usual, **{name: value for name, value in request.GET.items() if value}} if asked else usual)
    is_refused = not form.is_valid()
    chosen = usual if is_refused else form.cleaned_data
    found = _waterfall(chosen)
    if request.GET.get("format") == "csv" and not is_refused:
        return _csv(found, chosen)
    measure = next((one for one in found.measures if one.code == chosen.get("measure")), Measure.RENDERS)
    context = {
        **site.each_context(request),
        "title": _("Counting"),
        "form": form,
        "chosen": chosen,
        "found": found,
        "measure": measure,
        "bars": list(found.bars(measure)),
        "query": request.GET.urlencode(),
        "seals": SealedDay.objects.all()[:SEALS_SHOWN],
        "open_days": [(day, _why_open(state, day)) for day, state in rollups.open_days(at)],
        "closed": rollups.closed_until(),
        "adjustments": Adjustment.objects.select_related("by")[:SEALS_SHOWN],
        "positions": dict(Position.objects.in_bulk()),
        "correction": correction,
        "may_correct": may_correct,
    }
    refused = is_refused or (request.method == "POST")
    return TemplateResponse(request, "admin/ads/counting.html", context, status=400 if refused else 200)


def _correct(form: AdjustmentForm, request: HttpRequest, at: datetime) -> bool:
    values = form.cleaned_data
    try:
        made = adjusting.adjust(values["day"], form.facts, values["number"], values["why"], by=request.user, at=at)
    except adjusting.Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(
        request,
        _("%(day)s is corrected by %(number)+d. The next seal covers it.")
        % {"day": date_format(made.day), "number": made.number},
    )
    return True


class SealForm(forms.Form):
    day = forms.ModelChoiceField(SealedDay.objects.all())


@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Compare a sealed day with its seal, and say how it went."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    form = SealForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such sealed day."))
        return redirect("admin:ads_counting")
    sealed = form.cleaned_data["day"]
    name = {"day": date_format(sealed.day)}
    try:
        rollups.check(sealed)
    except rollups.Broken:
        logger.exception("A seal is broken.")
        messages.error(request, _("%(day)s is not what was sealed. Tell the operator at once.") % name)
    else:
        messages.success(request, _("%(day)s is as it was sealed.") % name)
    return redirect("admin:ads_counting")


def _waterfall(chosen: dict[str, Any]) -> waterfall.Waterfall:
    position, line = chosen.get("position"), chosen.get("line")
    return waterfall.of(
        chosen["first"], chosen["last"], position=position.pk if position else 0, line=line.pk if line else 0
    )


def _csv(found: waterfall.Waterfall, chosen: dict[str, Any]) -> StreamingHttpResponse:
    heads = [_("Step"), *(str(one.label) for one in found.measures)]
    lines = spreadsheet.lines(heads, ([step.label, *step.numbers] for step in found.steps))
    name = f"counting-{chosen['first'].isoformat()}-{chosen['last'].isoformat()}"
    return spreadsheet.download(lines, name)


def _why_open(state: rollups.Open, day: date) -> str:
    if state is rollups.Open.RUNNING:
        return _("It is not over.")
    if state is rollups.Open.WAITING:
        minutes = rollups.SEALS_AFTER // timedelta(minutes=1)
        said = ngettext(
            "A day is sealed %(count)d minute after its end, when what was late is in.",
            "A day is sealed %(count)d minutes after its end, when what was late is in.",
            minutes,
        )
        return said % {"count": minutes}
    if state is rollups.Open.UNCOUNTED:
        return _("Not all of its hours are closed. A worker does that; does one run?")
    return _("It is due. A worker seals it with its next round, one day after another.")
