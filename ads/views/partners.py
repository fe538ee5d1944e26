"""Pages for advertisers: the rate card, the request, the receipt."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles.public_forms import TRIED_PER_HOUR, over_limit, public_post

from .. import sales, spam
from ..forms import RequestForm
from ..models import AdRequest


@public_post
@require_http_methods(["GET", "HEAD", "POST"])
def request_form(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        wanted = {f"want_{code}": True for code in request.GET.getlist("want")[:20]} | _days(request)
        return render(request, "ads/request.html", {"form": RequestForm(initial=wanted)})
    is_too_much = over_limit("request-tried", request, limit=TRIED_PER_HOUR)
    form = RequestForm(request.POST, None if is_too_much else request.FILES)
    if is_too_much or (form.is_valid() and over_limit("request", request)):
        form.add_error(None, _("Many requests came from your network in the last hour. Please try again later."))
        return render(request, "ads/request.html", {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "ads/request.html", {"form": form}, status=403 if form.is_forged else 400)
    fields = form.fields_of_request()
    is_repeated = AdRequest.objects.filter(form_key=form.form_key).exists()
    received = sales.receive(
        fields,
        form.wishes(),
        form_key=form.form_key,
        language=form.language,
        suspicion=form.suspicion or ("" if is_repeated else spam.of_form(fields)),
        at=timezone.now(),
    )
    return redirect("ads:received", reference=received.reference)


def _days(request: HttpRequest) -> dict[str, date]:
    """The days that an address names, as the calendar's links do."""
    days = {"first_day": request.GET.get("from", ""), "last_day": request.GET.get("until", "")}
    return {name: day for name, text in days.items() if (day := _parse_day(text))}


def _parse_day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # the 31st of February
        return None


@require_safe
def received(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt. It tells the reference number, and nothing of the request to whoever guesses one."""
    known = get_object_or_404(AdRequest.objects.only("reference", "received_at"), reference=reference)
    return render(request, "ads/received.html", {"ad_request": known})
