"""What every request passes through: who is asking, in which language, how much, and under which rules."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from articles import timing
from articles.models import Article, Redirect
from articles.models.brand import style_hash

from . import alarm
from .logs import SECRET

GetResponse = Callable[[HttpRequest], HttpResponse]

# Files, and the delivery that pages fetch by script: no words of a story stand there.
DELIVERY = "/s/"
NO_PAGES = ("/media/", "/static/", DELIVERY, "/live/", "/ar/live/")

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
)


class TrustedProxies:
    """Believe forwarded headers from as many proxies as we run, read from the right, and drop them otherwise.

    With TRUSTED_PROXIES=2 the address that the outer proxy saw is the second from the right; whatever a caller
    wrote further left is never looked at. WSGI cannot tell X_Forwarded_For from X-Forwarded-For, so the proxy has to
    drop names with an underscore; `deploy/` shows how.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        schemes = [s.strip() for s in meta.get("HTTP_X_FORWARDED_PROTO", "").split(",") if s.strip()]
        count = settings.TRUSTED_PROXIES
        for name in FORWARDED:
            meta.pop(name, None)
        if count and len(hops) >= count:
            meta["REMOTE_ADDR"] = hops[-count]
        if count and schemes:
            meta["wsgi.url_scheme"] = "https" if schemes[-min(count, len(schemes))] == "https" else "http"
        return self.get_response(request)


class RequestLimits:
    """Refuse bodies that are too large before anything reads them, bodies of a length nobody tells, and NUL
    characters outside of bodies, which PostgreSQL does not store and no address of ours has. Fields refuse theirs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            return _plain(404, _("Nothing stands at this address."))
        if "\0" in unquote(request.META.get("QUERY_STRING", "")) or any("\0" in v for v in request.COOKIES.values()):
            return _plain(400, _("Send this again without NUL characters."))
        length = request.META.get("CONTENT_LENGTH") or ""
        if request.META.get("HTTP_TRANSFER_ENCODING") and not length:
            return _plain(411, _("Send the length of the body."))
        if length and not length.isdecimal():
            return _plain(400, _("The length of the body is not a number."))
        if length and int(length) > settings.MAX_REQUEST_BYTES:
            return _plain(
                413,
                _("This is more than the %(most)d MB that one form may carry. Send fewer or smaller files.")
                % {"most": settings.MAX_REQUEST_BYTES // (1024 * 1024)},
            )
        return self.get_response(request)


def _plain(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")


class HealthByAddress:
    """Answer `/livez` and `/readyz` before anything asks whether the host is ours: load balancers ask by address."""

    PATHS = frozenset(["/livez", "/readyz"])

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in self.PATHS:
            return resolve(request.path_info).func(request)
        return self.get_response(request)


class DeliveryFirst:
    """Answer what pages fetch by script, several times each, before anything that only pages need: sessions, messages,
    languages and old addresses cost more than a decision. Delivery refuses other sites' requests itself."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DELIVERY):
            return self.get_response(request)
        try:
            found = resolve(request.path_info.removeprefix(DELIVERY[:-1]), "ads.delivery_urls")
        except Resolver404:
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost, which is answered with 400
        alarm.keep_watch()
        return found.func(request, *found.args, **found.kwargs)


class SecurityHeaders:
    """The content security policy and its company. Public pages need no nonce, so they stay the same bytes for all;
    the admin gets one a response, and only where a template asks for `request.csp_nonce`. A page that draws the
    publisher's colours (`newsroom.context`) has that one <style> let in by the hash of its text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        made: list[str] = []

        def make_nonce() -> str:
            made.append(base64.b64encode(secrets.token_bytes(18)).decode())
            return made[0]

        request.csp_nonce = SimpleLazyObject(make_nonce)  # type: ignore[attr-defined]
        response = self.get_response(request)
        admin = is_admin(request)
        if admin:
            response.headers.setdefault("Cache-Control", "no-store")
        style = getattr(request, "house_style", "")
        policy = _policy(admin, style, made[0]) if made else _policy_without_nonce(admin, style)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if SECRET.search(request.path_info):
            # Errors too: no address with a token in it is told to anybody or kept anywhere.
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["Cache-Control"] = "private, no-store"
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        )
        return response


def _policy(is_for_admin: bool, style: str = "", nonce: str = "") -> str:
    sources_of = settings.SECURE_CSP_ADMIN if is_for_admin else settings.SECURE_CSP
    if style:
        sources_of = sources_of | {"style-src": [*sources_of["style-src"], style_hash(style)]}
    if nonce:
        sources_of = sources_of | {"script-src": [*sources_of["script-src"], f"'nonce-{nonce}'"]}
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in sources_of.items())


_policy_without_nonce = lru_cache(maxsize=64)(_policy)  # a brand that changes leaves few behind


def is_admin(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/admin/", "/ar/admin/"))


class LanguageFromPath:
    """The language of a page stands in its address and nowhere else: not in a cookie, not in what a browser sends.
    So one address is one page, for every reader and every cache."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class WordsForForms:
    """Who opens an address that only takes forms gets a page that says so, instead of a white one. An answer that
    says something itself stays as it is."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = request.method == "GET" and not (is_admin(request) or request.path_info.startswith(NO_PAGES))
        if response.status_code != 405 or not is_page or response.content:
            return response
        page = render(request, "405.html", status=405)
        page["Allow"] = response["Allow"]
        return page


class ScheduledChanges:
    """The first reader after its time has a scheduled change done, so that it needs no worker: one indexed query a
    page when nothing is due. Who cannot write, or would wait for long, gets the page as it stands."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD") and not (is_admin(request) or request.path_info.startswith(NO_PAGES)):
            timing.apply_changes(timezone.now())
        alarm.keep_watch()
        return self.get_response(request)


class OldAddresses:
    """An address that leads nowhere may be an old one. Asked only on the way to a 404; a story that is not public
    gets no redirect, so nobody learns that it exists."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = request.method in ("GET", "HEAD") and not request.path_info.startswith(DELIVERY)
        if response.status_code != 404 or not is_page:
            return response
        old = Redirect.objects.filter(old_path=request.path).first()
        if old is None:
            return response
        if not old.article_id:
            return HttpResponsePermanentRedirect(old.new_path)
        story = Article.objects.live().filter(pk=old.article_id).first()
        if story is None:
            return response
        # A day in a browser's memory, not for ever: the story may be withdrawn, or its old address used again.
        headers = {"Cache-Control": "public, max-age=86400"}
        return HttpResponsePermanentRedirect(story.get_absolute_url(), headers=headers)
