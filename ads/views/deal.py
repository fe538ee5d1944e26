"""An advertiser's private link: one page that carries a deal from offer to report, and what can be done there.

Whoever holds the token reaches this deal and nothing else: every object is looked up among those of the deal.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, translate_url
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from articles.public_forms import TRIED_PER_HOUR, over_limit, same_site
from articles.views.previews import PRIVATE

from .. import attachments, conversation, deals, drafts, links, timeline
from ..deal_forms import AskForm, LostLinkForm
from ..models import AdRequest, DealLink, DealMessage
from ..next_step import next_step

Status = AdRequest.Status

ASKED_PER_HOUR = 20

# What matters most comes first: an offer, then money, then material, then what came of it.
BEFORE = ("quote", "waiting", "invoices", "artwork", "post", "report")
AGREED = ("invoices", "artwork", "post", "quote", "report")
PAID = ("artwork", "post", "report", "invoices", "quote")
RUNNING = ("report", "post", "artwork", "invoices", "quote")
ORDER: dict[str, tuple[str, ...]] = {
    Status.ACCEPTED: AGREED,
    Status.INVOICED: AGREED,
    Status.PAID: PAID,
    Status.SCHEDULED: PAID,
    Status.LIVE: RUNNING,
    Status.DELIVERED: RUNNING,
    Status.CLOSED: RUNNING,
}


def deal_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For views under a token: the open link is handed in as `link`; else a page that says how to get a new one. Never
    stored, indexed, or told to another site. A POST comes from a page of ours."""

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not same_site(request, has_secret_address=True):
            raise PermissionDenied
        at = timezone.now()
        link = links.find(token, at=at)
        if link is None:
            response: HttpResponseBase = render(request, "ads/deal/closed.html", {"form": LostLinkForm()}, status=404)
        else:
            links.seen(link, at=at)
            response = view(request, token, *args, link=link, **kwargs)
        for name, value in PRIVATE.items():
            response[name] = value
        return response

    return wrapped


@deal_page
@require_safe
def show(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    return draw(request, token, link, at=timezone.now(), days=request.GET.get("days", ""))


def draw(
    request: HttpRequest, token: str, link: DealLink, *, at: datetime, status: int = 200, days: str = "", **context: Any
) -> HttpResponse:
    """The whole page; `context` has what a POST left to say: a form with errors, a refusal, a part in other words.
    `days` names the period of the report."""
    from . import deal_report  # its views need what stands above, and so do those of all parts
    from .deal_parts import PARTS, SAID

    deal = link.request
    parts = context.pop("parts", {})
    if days and (report := deal_report.part(deal, at=at, token=token, period=days)):
        parts = {"report": report} | parts
    asked = {name: ask(deal, at=at, token=token) for name, ask in PARTS.items() if name not in parts}
    parts |= {name: part for name, part in asked.items() if part is not None}
    order = [*ORDER.get(deal.status, BEFORE), *sorted(PARTS)]
    thread = deal.messages.prefetch_related("material")
    context = {
        "deal": deal,
        "token": token,
        "now": at,
        "parts": parts,
        "sections": [(f"ads/deal/_{name}.html", parts[name]) for name in dict.fromkeys(order) if name in parts],
        "steps": timeline.steps(deal),
        "left": timeline.left_the_way(deal),
        "step": next_step(deal, at),
        "happened": [move for move in deal.moves.all() if move.from_status != move.to_status],
        "items": deal.items.select_related("position", "product").prefetch_related("material"),
        "thread": thread,
        "form": AskForm(),
        "said": SAID.get(request.GET.get("said", ""), ""),
        "may_ask": deal.status not in (Status.CLOSED, Status.CANCELLED),
        "may_renew": deal.status in deals.RENEWABLE,
        "is_over": deal.status in (Status.DELIVERED, Status.CLOSED),
        "renewals": [(one, _path_of(one, link, at=at)) for one in deal.renewals.order_by("pk")],
        "renewed": deal.renews and (deal.renews, _path_of(deal.renews, link, at=at)),
        "alternates": _in_every_language(token),
    } | context
    return render(request, "ads/deal/page.html", context, status=status)


def _path_of(other: AdRequest, link: DealLink, *, at: datetime) -> str:
    """The page of the deal before or after this one, for who has a link of their own to it; else nothing."""
    own = links.open_for(other, link.email, at=at)
    return links.path(own.key, get_language() or "en") if own else ""


def _in_every_language(token: str) -> dict[str, str]:
    """The page's address by language, for the switch in the header."""
    path = reverse("ads:deal", args=[token])
    return {code: translate_url(path, code) for code, _name in settings.LANGUAGES}


def back(token: str, said: str, place: str = "said") -> HttpResponse:
    """To the page after a POST that worked."""
    return redirect(f"{reverse('ads:deal', args=[token])}?said={said}#{place}")


@deal_page
@require_POST
def ask(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    """A message, with files if there are some."""
    at, deal = timezone.now(), link.request
    if over_limit("deal-asked", request, limit=TRIED_PER_HOUR) or _asked(deal, at) >= ASKED_PER_HOUR:
        form = AskForm(request.POST)
        form.add_error(None, _("Many messages came from this page in the last hour. Please try again later."))
        return draw(request, token, link, at=at, status=429, form=form)
    form = AskForm(request.POST, request.FILES)
    if deal.status in (Status.CLOSED, Status.CANCELLED):
        form.add_error(None, _("This deal is over. Renew it, or begin a new request."))
        return draw(request, token, link, at=at, status=409, form=form)
    if not form.is_valid():
        return draw(request, token, link, at=at, status=400, form=form)
    text, files = form.cleaned_data["text"], form.cleaned_data["attached"]
    try:
        conversation.hear(deal, text, name=deal.name, via=DealMessage.Via.PAGE, at=at, files=files)
    except attachments.TooMuch as too_much:
        form.add_error("attached", str(too_much))
        return draw(request, token, link, at=at, status=429, form=form)
    return back(token, "asked")


def _asked(deal: AdRequest, at: datetime) -> int:
    """How often somebody wrote on the page of a deal within the hour, from wherever."""
    return deal.messages.filter(via=DealMessage.Via.PAGE, at__gt=at - timedelta(hours=1)).count()


@deal_page
@require_POST
def renew(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    """The same again: a new request with a page of its own."""
    at = timezone.now()
    try:
        renewal = deals.renew(link.request, by=None, at=at)
    except deals.IllegalMove as refusal:
        return draw(request, token, link, at=at, status=409, renewal_refused=str(refusal))
    if path := _path_of(renewal, link, at=at):
        return redirect(f"{path}?said=renewed#said")
    return back(token, "renewed")


@deal_page
@require_POST
def renew_changed(request: HttpRequest, token: str, *, link: DealLink) -> HttpResponse:
    """The same again, to be changed first: a request in steps that begins with these lines and this firm."""
    at, deal = timezone.now(), link.request
    if deal.status not in deals.RENEWABLE:
        refusal = _("This deal can be renewed once it runs.")
        return draw(request, token, link, at=at, status=409, renewal_refused=refusal)
    if over_limit("request-tried", request, limit=TRIED_PER_HOUR):
        refusal = _("Many requests came from your network in the last hour. Please try again later.")
        return draw(request, token, link, at=at, status=429, renewal_refused=refusal)
    days = deals.days_of_renewal(deal, at)
    draft = drafts.begin_again(deal, language=get_language() or "en", days=days, at=at)
    return redirect("ads:request_what", draft)
