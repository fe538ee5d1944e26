"""One search across all of the desk. `SOURCES` says what is found and how it is shown; another part adds its own there.

What is saved is taken into the index with it; what came in another way (`bulk_create`, a restored table) by the round
that looks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max
from django.db.models.signals import post_delete, post_save
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from articles.models import User

from .desk_words import MOST_TEXT, Found, indexed, typed_words, without_article, words_of
from .models import (
    AdRequest,
    Advertiser,
    AdvertiserNote,
    Contact,
    DealMessage,
    DeskText,
    InboundMail,
    Invoice,
    Material,
    NextAction,
    Quote,
)

# Rows of a group; who wants others types another word.
MOST = 8
# And rows of the index that a list looks at.
MOST_OF_A_LIST = 2000
BATCH = 500
# Words of a text around the first that was found.
BEFORE, AFTER = 6, 18


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of thing that is found. `texts` are searched, and shown around what was found; `deal` and `firm` are the
    numbers of the request and the advertiser that it belongs to."""

    kind: str
    title: str | Promise
    model: type[models.Model]
    permission: str
    texts: Callable[[Any], list[str]]
    head: Callable[[Any], str]
    url: Callable[[Any], str]
    deal: Callable[[Any], int | None] = lambda obj: obj.request_id
    firm: Callable[[Any], int | None] = lambda obj: None
    state: Callable[[Any], str] = lambda obj: ""
    related: tuple[str, ...] = ("request",)


@dataclass(frozen=True)
class Hit:
    head: str
    url: str
    excerpt: SafeString
    state: str


@dataclass
class Group:
    source: Source
    hits: list[Hit] = field(default_factory=list)
    has_more: bool = False


def _request_page(number: int | None, anchor: str = "") -> str:
    return reverse("admin:ads_adrequest_change", args=[number]) + anchor


def _advertiser_page(number: int | None) -> str:
    return reverse("admin:ads_advertiser_change", args=[number])


SOURCES: list[Source] = [
    Source(
        kind="request",
        title=gettext_lazy("Requests"),
        model=AdRequest,
        permission="ads.view_adrequest",
        texts=lambda r: [r.reference, r.company, r.name, r.email, r.website, r.notes, r.message],
        head=str,
        url=lambda r: _request_page(r.pk),
        deal=lambda r: r.pk,
        firm=lambda r: r.advertiser_id,
        state=lambda r: r.get_status_display(),
        related=(),
    ),
    Source(
        kind="advertiser",
        title=gettext_lazy("Advertisers"),
        model=Advertiser,
        permission="ads.view_advertiser",
        texts=lambda a: [
            a.company,
            a.contact_name,
            a.email,
            a.website,
            a.industry,
            a.billing_name,
            a.billing_address,
            a.tax_id,
        ],
        head=str,
        url=lambda a: _advertiser_page(a.pk),
        deal=lambda a: None,
        firm=lambda a: a.pk,
        related=(),
    ),
    Source(
        kind="contact",
        title=gettext_lazy("People"),
        model=Contact,
        permission="ads.view_contact",
        texts=lambda c: [c.name, c.email, c.phone, c.role],
        head=lambda c: f"{c.name} · {c.advertiser}",
        url=lambda c: _advertiser_page(c.advertiser_id),
        deal=lambda c: None,
        firm=lambda c: c.advertiser_id,
        related=("advertiser",),
    ),
    Source(
        kind="quote",
        title=gettext_lazy("Quotes"),
        model=Quote,
        permission="ads.view_adrequest",
        texts=lambda q: [q.number, q.words],
        head=lambda q: f"{q.number} {q.request.company}",
        url=lambda q: _request_page(q.request_id, "#quotes"),
        state=lambda q: q.get_status_display(),
    ),
    Source(
        kind="invoice",
        title=gettext_lazy("Invoices"),
        model=Invoice,
        permission="ads.view_invoice",
        texts=lambda i: [i.number, i.buyer, i.buyer_details],
        head=lambda i: f"{i.number} {i.buyer}",
        url=lambda i: reverse("admin:ads_invoice_change", args=[i.pk]),
        firm=lambda i: i.advertiser_id,
        state=lambda i: i.get_kind_display(),
    ),
    Source(
        kind="mail",
        title=gettext_lazy("Mails"),
        model=InboundMail,
        permission="ads.view_inboundmail",
        texts=lambda m: [m.sender, m.subject],
        head=lambda m: m.subject or m.sender,
        url=lambda m: reverse("admin:ads_inboundmail_change", args=[m.pk]),
        state=lambda m: m.get_status_display(),
    ),
    Source(
        kind="message",
        title=gettext_lazy("Messages"),
        model=DealMessage,
        permission="ads.view_adrequest",
        texts=lambda m: [m.name, m.text],
        head=lambda m: str(m.request),
        url=lambda m: _request_page(m.request_id, f"#message-{m.pk}"),
        state=lambda m: m.get_direction_display(),
    ),
    Source(
        kind="file",
        title=gettext_lazy("Files"),
        model=Material,
        permission="ads.view_adrequest",
        texts=lambda m: [m.original_name],
        head=lambda m: m.original_name,
        url=lambda m: _request_page(m.request_id),
        state=lambda m: str(m.request),
    ),
    Source(
        kind="note",
        title=gettext_lazy("Notes about advertisers"),
        model=AdvertiserNote,
        permission="ads.view_advertisernote",
        texts=lambda n: [n.text],
        head=lambda n: str(n.advertiser),
        url=lambda n: _advertiser_page(n.advertiser_id) + f"#note-{n.pk}",
        deal=lambda n: None,
        firm=lambda n: n.advertiser_id,
        related=("advertiser",),
    ),
    Source(
        kind="action",
        title=gettext_lazy("Next actions"),
        model=NextAction,
        permission="ads.view_nextaction",
        texts=lambda a: [a.what],
        head=lambda a: a.what,
        url=lambda a: _request_page(a.request_id) if a.request_id else _advertiser_page(a.advertiser_id),
        firm=lambda a: a.advertiser_id,
        state=lambda a: str(a.request or a.advertiser),
        related=("request", "advertiser"),
    ),
]


def search(typed: str, *, user: User) -> list[Group]:
    """What a person may see of what they typed, by kind, the newest first. One query a kind; nothing for no words."""
    words = typed_words(typed)
    groups = []
    for source in SOURCES if words else []:
        if not user.has_perm(source.permission):
            continue
        found = Found("pk", words, column="object_id", most=MOST + 1, kind=source.kind)
        rows = list(source.model._default_manager.filter(found).select_related(*source.related).order_by("-pk"))
        if rows:
            hits = [_hit(source, row, words) for row in rows[:MOST]]
            groups.append(Group(source, hits, has_more=len(rows) > MOST))
    return groups


def of_deals(requests: models.QuerySet, typed: str) -> models.QuerySet:
    """Of some requests those that have what was typed: in themselves, their messages, quotes or files."""
    words = typed_words(typed)
    return requests.filter(Found("pk", words, column="request_id", most=MOST_OF_A_LIST)) if words else requests.none()


def of_firms(advertisers: models.QuerySet, typed: str) -> models.QuerySet:
    """Of some advertisers those that have what was typed: in themselves, their people, notes or deals."""
    words = typed_words(typed)
    found = Found("pk", words, column="advertiser_id", most=MOST_OF_A_LIST)
    return advertisers.filter(found) if words else advertisers.none()


def _hit(source: Source, obj: Any, words: list[str]) -> Hit:
    return Hit(source.head(obj), source.url(obj), excerpt(source.texts(obj), words), source.state(obj))


def excerpt(texts: Iterable[str], words: list[str]) -> SafeString:
    """The words around the first one that was found, with those that were found marked."""
    pieces = [piece for text in texts for piece in text[:MOST_TEXT].split()]
    first = next((n for n, piece in enumerate(pieces) if _has(piece, words)), 0)
    begin = max(first - BEFORE, 0)
    shown = pieces[begin : first + AFTER]
    marked = format_html_join(
        " ", "{}", ((format_html("<mark>{}</mark>", p) if _has(p, words) else p,) for p in (q[:80] for q in shown))
    )
    return format_html("{}{}{}", "… " if begin else "", marked, " …" if len(pieces) > first + AFTER else "")


def _has(piece: str, words: list[str]) -> bool:
    inside = words_of(piece[:200])
    return any(part.startswith(word) or without_article(part).startswith(word) for part in inside for word in words)


def take_in(source: Source, objects: Iterable[Any]) -> int:
    """Write the words of some things into the index, in the place of what it had of them."""
    rows = [
        DeskText(
            kind=source.kind,
            object_id=obj.pk,
            request_id=source.deal(obj),
            advertiser_id=source.firm(obj),
            words=indexed([text for text in source.texts(obj) if text], kind=source.kind),
        )
        for obj in objects
    ]
    DeskText.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["request", "advertiser", "words"],
    )
    return len(rows)


def catch_up(at: datetime) -> int:
    """Take in what came without being saved one by one: everything newer than the newest in the index, and on the first
    round everything. Returns how many things that were."""
    newest = dict(DeskText.objects.order_by().values_list("kind").annotate(Max("object_id")))
    taken = 0
    for source in SOURCES:
        behind = source.model._default_manager.select_related(*source.related).order_by("pk")
        last = newest.get(source.kind, 0)
        while batch := list(behind.filter(pk__gt=last)[:BATCH]):
            taken += take_in(source, batch)
            last = batch[-1].pk
    return taken


def rebuild(at: datetime) -> int:
    """Throw the index away and write it again, of everything that there is. Returns how many things that were."""
    DeskText.objects.all().delete()
    return catch_up(at)


def watch() -> None:
    """From now on, what is saved is in the index in the same transaction, and what is deleted is not."""
    for source in SOURCES:
        _watch(source)


def _watch(source: Source) -> None:
    def saved(sender, instance, **kwargs) -> None:
        take_in(source, [instance])

    def deleted(sender, instance, **kwargs) -> None:
        DeskText.objects.filter(kind=source.kind, object_id=instance.pk).delete()

    for signal, act in ((post_save, saved), (post_delete, deleted)):
        signal.connect(act, sender=source.model, weak=False, dispatch_uid=f"desk-search-{source.kind}-{act.__name__}")
