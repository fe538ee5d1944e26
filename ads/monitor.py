"""Looks once a day whether readers get each sponsored post as it was sold: its page, its label, its links marked.

The site asks itself, through everything that a reader's request passes on our side, and nothing leaves the machine: no
address from outside is followed, and a site behind a name that its own machine cannot reach is watched all the same.
What stands in front of us (a CDN, the name, the certificate) is for the operator's monitoring, which asks from outside.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from articles.models import Article

from . import letters, publish_gate
from .models import PostCheck, SponsoredPost

EVERY = timedelta(days=1)
# In one round, so that no minute is taken up by looking.
AT_MOST = 5
GOOD_ONES_STAY = timedelta(days=90)
MARKS = {"sponsored", "nofollow", "noopener"}

PROBLEMS: dict[str, str | Promise] = {
    "gone": _("Readers do not get the page"),
    "label": _("The label with the name of who paid is missing"),
    "links": _("Links in the text are not marked as paid for"),
    "order": _("Its order does not stand any more"),
}


@dataclass(frozen=True)
class Finding:
    """What a look found. An empty `problem`: all is well."""

    problem: str = ""
    detail: str = ""


def make_due(at: datetime) -> int:
    """Look at those whose turn it is. Each is taken by who comes first. Returns how many were looked at."""
    looked = 0
    for post in (
        _watched(at).filter(Q(checked_at=None) | Q(checked_at__lte=at - EVERY)).order_by("checked_at")[:AT_MOST]
    ):
        if SponsoredPost.objects.filter(pk=post.pk, checked_at=post.checked_at).update(checked_at=at):
            check(post, at=at)
            looked += 1
    if looked:
        PostCheck.objects.filter(problem="", at__lt=at - GOOD_ONES_STAY).delete()
    return looked


def _watched(at: datetime):
    """Posts that readers had at some time, and that nobody took down on purpose."""
    posts = SponsoredPost.objects.filter(unwatched_at=None, article__public_since__lte=at)
    return posts.select_related("article", "advertiser", "line__quote__request__owner", "item__request__owner")


def check(post: SponsoredPost, *, at: datetime) -> Finding:
    """Look at a post now, and write down what was found. A new problem and its end are mailed to the desk once."""
    article = post.article
    if article is None or _is_over(post, at):
        return Finding()
    found = look(post, article)
    with transaction.atomic():
        held = SponsoredPost.objects.select_for_update(of=("self",)).get(pk=post.pk)
        PostCheck.objects.create(post=held, at=at, problem=found.problem, detail=found.detail[:300])
        was, since = held.problem, held.problem_since
        if found.problem != was:
            held.problem, held.problem_since = found.problem, at if found.problem else None
        held.checked_at = at
        held.save(update_fields=["problem", "problem_since", "checked_at"])
        if found.problem and found.problem != was:
            said = {"sentence": PROBLEMS[found.problem], "detail": found.detail}
            letters.about_post(held, _("A sponsored post has a problem"), "post_problem", said, at=at)
        elif was and not found.problem:
            letters.about_post(held, _("A sponsored post is well again"), "post_well", {"since": since}, at=at)
    post.refresh_from_db()
    return found


def _is_over(post: SponsoredPost, at: datetime) -> bool:
    """Whether it was sold until a day that is past."""
    last_day = post.line.last_day if post.line else None
    return bool(last_day and last_day < timezone.localdate(at))


def look(post: SponsoredPost, article: Article) -> Finding:
    """What a reader gets at the address of a story."""
    status, page = ask(article.get_absolute_url(), language=article.language)
    if status != 200:
        return Finding("gone", f"{article.get_absolute_url()}: {status}")
    seen = _Page()
    seen.feed(page)
    label = " ".join(" ".join(seen.label).split())
    if not article.sponsor_name or article.sponsor_name not in label:
        return Finding("label", label)
    if bare := list(_unmarked(seen.links)):
        return Finding("links", ", ".join(bare))
    if not publish_gate.has_order(post):
        return Finding("order", post.order_reference or str(post.line or ""))
    return Finding()


def ask(path: str, *, language: str) -> tuple[int, str]:
    """Status and text of one of our own pages, as it is answered to a reader without a cookie."""
    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path_of(path),
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname or "localhost",
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": site.netloc,
        "HTTP_USER_AGENT": "newsroom-monitor",
        "HTTP_ACCEPT_LANGUAGE": language,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": site.scheme or "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.version": (1, 0),
    }
    handler = BaseHandler()
    with translation.override(language):
        handler.load_middleware()
        response = handler.get_response(WSGIRequest(environ))
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return response.status_code, body.decode(response.charset or "utf-8", "replace")


def path_of(address: str) -> str:
    """PATH_INFO of an address: percent signs undone, bytes as WSGI wants them."""
    return unquote_to_bytes(address).decode("latin-1")


def _unmarked(links: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Addresses of other sites whose links do not say that they are paid for."""
    own = urlsplit(settings.SITE_URL).hostname or ""
    for href, rel in links:
        try:
            parts = urlsplit(href)
        except ValueError:
            yield href
            continue
        if parts.scheme in ("http", "https") and parts.hostname != own and not set(rel.split()) >= MARKS:
            yield href


class _Page(HTMLParser):
    """The words of the label above the headline, and the links of the text."""

    VOID = frozenset(["br", "hr", "img", "source", "col", "input", "meta", "link", "wbr", "track"])

    def __init__(self) -> None:
        super().__init__()
        self.label: list[str] = []
        self.links: list[tuple[str, str]] = []
        # Where the reader of the page is: elements open within each part.
        self._in: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        classes = said.get("class", "").split()
        if tag not in self.VOID:
            for part in self._in:
                self._in[part] += 1
            for part in ("paid-label", "story__body"):
                if part in classes and part not in self._in and not (part == "paid-label" and self.label):
                    self._in[part] = 1
        if tag == "a" and "story__body" in self._in:
            self.links.append((said.get("href", ""), said.get("rel", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        for part in list(self._in):
            self._in[part] -= 1
            if not self._in[part]:
                del self._in[part]

    def handle_data(self, data: str) -> None:
        if "paid-label" in self._in:
            self.label.append(data)


def troubles():
    """Posts that readers do not get as they were sold, the newest trouble first: for Today."""
    posts = SponsoredPost.objects.exclude(problem="").select_related("article", "advertiser")
    return posts.order_by("-problem_since", "-pk")


def sentence_of(post: SponsoredPost) -> str:
    """What is wrong, in words; empty where nothing is."""
    return str(PROBLEMS.get(post.problem, post.problem))
