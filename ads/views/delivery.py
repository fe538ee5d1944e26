"""Delivery: fill the boxes of a page, take note of what was shown, and lead a click to the advertiser. No cookie, no
session, no query to decide."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from datetime import datetime
from functools import cache, wraps
from typing import Any

from django.db import InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from articles.public_forms import same_site

from .. import counting, decision, mail_links, page_key, plan, tokens
from ..counting import Caller
from ..models import Creative, HouseCreative
from ..models.event import Kind, Source
from ..page_key import Page
from ..slots import Art

logger = logging.getLogger(__name__)

MOST_BODY = 16 * 1024
MOST_POSITIONS = 20
MOST_TOLD = 64
# Of forged tokens, so many are logged.
ONE_IN = 100
# Seconds.
RETRY_AFTER = 5
NOT_KEPT = {"Cache-Control": "no-store"}
# What the letters of a beacon mean.
KINDS = {"s": Kind.SERVED, "r": Kind.RENDER, "v": Kind.VIEW, "d": Kind.READ, "c": Kind.CLICK}
# Those that come without the number of a link.
UNLINKED = KINDS.keys() - {"c"}


def says_when_away(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """503 for what only the database could do, while it is away. Nothing is acknowledged then."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except plan.AWAY as error:
            logger.error("The database does not answer: %s", error)
            response = _plain(503, _("This cannot be done just now. Try again in a moment."))
            response["Retry-After"] = RETRY_AFTER
            return response

    return wrapped


@csrf_exempt
@require_POST
@says_when_away
def fill(request: HttpRequest) -> HttpResponse:
    """What stands in the positions that the page shows. Body: {"page": key, "positions": [codes]}; answer: {"page":
    token of the page, "fills": [one for each position on sale, with a token, and artwork where it has one]}.

    A key that is not ours is of no page that we know, and nothing stands there: it may be one beside which nothing may.
    """
    if not same_site(request):
        return _refusal(403, _("Ask from a page of this site."))
    asked = _asked(request)
    if asked is None:
        return _refusal(400, _("Send {“positions”: [codes]} with at most 20 codes."))
    key, codes = asked
    at = timezone.now()
    known = page_key.read(key) if key else Page()
    page = known or Page()
    caller = Caller.of(request)
    view = decision.View(at=at, page=page, device=caller.device, is_counted=not caller.flags)
    number, visitor = tokens.decision_id(at), caller.visitor(at, at=at)
    fills = []
    for choice in decision.decide(codes, view) if known else ():
        try:
            token = tokens.seal(choice.token(number, view, visitor=visitor, flags=caller.flags))
        except tokens.TooLarge as error:
            logger.error("Nothing is shown in %s, it could not be counted: %s", choice.slot.code, error)
        else:
            fills.append(_fill(choice, token))
    whole = tokens.Token(
        decision=number,
        section=page.section,
        article=page.article,
        visitor=visitor,
        flags=caller.flags,
        language=page.language,
        device=caller.device,
    )
    source = Source.STORY if page.is_paid else Source.PAGE
    return _answer({"page": tokens.seal(whole, source), "fills": fills})


def _fill(choice: decision.Choice, token: str) -> dict[str, Any]:
    found: dict[str, Any] = {"position": choice.slot.code, "token": token}
    if choice.art:
        found |= {
            "src": choice.art.src,
            "phone": choice.art.phone_src if choice.slot.has_phone_artwork else "",
            "width": choice.slot.width,
            "height": choice.slot.height,
            "alt": choice.art.alt,
            "go": _go_address() + token,
            "own": choice.art.is_house,
        }
    return found


@cache
def _go_address() -> str:
    """What stands before the token. `reverse` costs more than a whole decision."""
    return reverse("delivery:go", args=["-"]).removesuffix("-")


def _answer(found: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(json.dumps(found), status=status, content_type="application/json", headers=NOT_KEPT)


def _refusal(status: int, sentence: str) -> HttpResponse:
    return _answer({"error": sentence}, status)


def _plain(status: int, sentence: str) -> HttpResponse:
    """In plain words: a page of ours would ask the database."""
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8", headers=NOT_KEPT)


def _nowhere() -> HttpResponse:
    return _plain(404, _("This link leads nowhere."))


def _body(request: HttpRequest) -> Any:
    """What was sent; None for what is no JSON, is too long, or was cut off on its way."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
        return None
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError, UnreadablePostError):
        return None


def _asked(request: HttpRequest) -> tuple[str, list[str]] | None:
    body = _body(request)
    if not isinstance(body, dict):
        return None
    key, codes = body.get("page", ""), body.get("positions")
    if not isinstance(codes, list) or len(codes) > MOST_POSITIONS or not all(isinstance(c, str) for c in codes):
        return None
    return (key, codes) if isinstance(key, str) else None


@csrf_exempt
@require_POST
@says_when_away
def seen(request: HttpRequest) -> HttpResponse:
    """What became of what a page got. Body: {"told": [[token, letters], [token of the page, "c", number of the
    link]]}, letters as in KINDS. 204 once it is kept for good."""
    if not same_site(request):
        return _refusal(403, _("Ask from a page of this site."))
    told = _told(request)
    if told is None:
        return _refusal(400, _("Send {“told”: [[token, letters]]} with at most 64 of them."))
    if told:
        counting.take(told, request, at=timezone.now())
    return HttpResponse(status=204, headers=NOT_KEPT)


def _told(request: HttpRequest) -> list[counting.Told] | None:
    """None for what is no such message; forged tokens in one are passed over, and some of them logged."""
    body = _body(request)
    entries = body.get("told") if isinstance(body, dict) else None
    if not isinstance(entries, list) or len(entries) > MOST_TOLD:
        return None
    found: list[counting.Told] = []
    for entry in entries:
        match entry:
            case [str(text), str(letters)] if 0 < len(letters) <= len(KINDS) and set(letters) <= UNLINKED:
                link = 0
            case [str(text), "c", int(link)] if type(link) is int and 0 <= link < tokens.MOST_LINKS:
                letters = "c"
            case _:
                return None
        try:
            token, source = _opened(text, Source.PAGE, Source.STORY)
        except tokens.Forged:
            if random.randrange(ONE_IN) == 0:  # noqa: S311  (a sample)
                logger.warning("A forged token was told, one of about %d.", ONE_IN)
            continue
        allowed = [letter for letter in letters if _may(letter, token, source)]
        found += [counting.Told(token, KINDS[letter], source, link) for letter in allowed]
    return found


def _opened(text: str, *sources: Source) -> tuple[tokens.Token, Source]:
    """A token of one of these kinds. Raises Forged."""
    for source in sources:
        try:
            return tokens.read(text, source), source
        except tokens.Forged:
            continue
    raise tokens.Forged


def _may(letter: str, token: tokens.Token, source: Source) -> bool:
    """Whether such a token can become that: artwork is shown and seen, stories are read, links of paid ones clicked."""
    if token.position:
        return letter == "s" or (letter in "rv" and bool(token.creative))
    return letter == "s" or (letter == "d" and bool(token.article)) or (letter == "c" and source == Source.STORY)


@require_safe
@never_cache
@says_when_away
def go(request: HttpRequest, token: str) -> HttpResponse:
    """Lead a click to the address stored with the artwork or with the link of a newsletter, never to one that the
    request names; nowhere once the desk has taken that artwork down."""
    at = timezone.now()
    try:
        choice, source = _opened(token, Source.PAGE, Source.MAIL)
    except tokens.Forged:
        return _nowhere()
    if source == Source.MAIL:
        return _go_from_mail(choice, request, at=at)
    address = _address(choice, at=at)
    if address is None:
        return _nowhere()
    counting.click(counting.Told(choice, Kind.CLICK), Caller.of(request), at=at)
    return _lead_to(address)


def _go_from_mail(choice: tokens.Token, request: HttpRequest, *, at: datetime) -> HttpResponse:
    link = mail_links.find(choice)
    if link is None:
        return _nowhere()
    mail_links.click(link, request, at=at)
    return _lead_to(link.url)


def _address(choice: tokens.Token, *, at: datetime) -> str | None:
    """Where artwork leads: by the plan in memory, and by the database for what is not in it any more."""
    if not choice.creative:
        return None
    is_house = bool(choice.flags & tokens.HOUSE)
    for slot in plan.current(at).slots.values():
        if slot.number == choice.position:
            for art in slot.art:
                if art.number == choice.creative and art.is_house == is_house:
                    return art.click_url
    found = HouseCreative.objects if is_house else Creative.objects.filter(status=Creative.Status.APPROVED)
    return found.filter(pk=choice.creative).values_list("click_url", flat=True).first()


@require_safe
@never_cache
@says_when_away
def still(request: HttpRequest, code: str) -> HttpResponse:
    """For readers without script: the artwork that runs in a position now, with `?phone=1` its phone artwork."""
    art = _running(request, code)
    return HttpResponseRedirect((art.phone_src if request.GET.get("phone") else "") or art.src)


@require_safe
@never_cache
@says_when_away
def visit(request: HttpRequest, code: str) -> HttpResponse:
    """For readers without script: to the advertiser whose artwork runs in a position now."""
    return _lead_to(_running(request, code).click_url)


def _running(request: HttpRequest, code: str) -> Art:
    """`?page=` is the key of the page, as in its HTML: which language it has, and what may run there. With one that is
    not ours it may be a page beside which nothing may."""
    at = timezone.now()
    key = request.GET.get("page", "")
    page = page_key.read(key) if key else Page()
    art = decision.in_turn(code, at=at, page=page) if page else None
    if art is None and plan.current(at).is_blank:
        raise InterfaceError("Nobody knows what runs.")  # answered by `says_when_away`
    if art is None:
        raise Http404
    return art


def _lead_to(address: str) -> HttpResponseRedirect:
    response = HttpResponseRedirect(address)
    response["Referrer-Policy"] = "origin"
    response["X-Robots-Tag"] = "noindex"
    return response
