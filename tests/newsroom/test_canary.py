"""A canary in every field of every kind of story that is not public, and a walk along every public address.

Nothing may sing: no page, no header, no redirect. Every page that exists must be the same bytes as before the story
was written; every address of the story must answer as one that never was. A public pattern without a row fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from ads import most_read, page_key
from ads.models.event import Kind
from articles import share_pictures, workflow
from articles.content import TIMES, Content, Credit, head
from articles.models import (
    Article,
    Author,
    BreakingNews,
    Correction,
    LiveEntry,
    MediaAsset,
    PreviewLink,
    Redirect,
    Section,
    Series,
    Tag,
)
from newsroom.audience.composing import Block
from newsroom.audience.models import Newsletter
from tests import factories
from tests.newsroom import issues
from tests.newsroom.test_permissions import patterns

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _as_often_as_it_takes(settings):
    settings.API_PER_MINUTE = 0


CANARY = "zanzaranth"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/130"}
STATES = [
    "draft",
    "in review",
    "approved",
    "scheduled",
    "embargoed",
    "withdrawn",
    "spiked",
    "expired",
    "deleted",
    "change of a live story",
    "scheduled change of a live story",
]
PAID = {"draft", "approved", "withdrawn", "deleted", "change of a live story"}


@dataclass
class World:
    """A small newsroom in which one story is hidden."""

    now: datetime
    section: Section
    author: Author
    tag: Tag
    shown: Article
    language: str
    hidden: Article | None = None
    number: int = 0
    picture: MediaAsset | None = None
    guesses: list[tuple[int, int, str]] = field(default_factory=list)


def build(language: str) -> World:
    now = timezone.now()
    section, tag = factories.section(language=language), factories.tag(language=language)
    author = factories.author()
    common = {
        "language": language,
        "section_id": section.pk,
        "tag_ids": [tag.pk],
        "bylines": [Credit(author_id=author.pk)],
    }
    for hours in (30, 20, 3, 1):
        shown = factories.article(at=now - timedelta(hours=hours), **common)
    factories.article(at=now, kind="video", sponsor_name="Firm", **(common | {"bylines": []}))
    return World(now, section, author, tag, shown, language)


def sing(world: World, *, is_paid: bool) -> Content:
    """A content with the canary wherever somebody can write."""
    world.picture = factories.picture(
        factories.jpeg(66, 44), alt=CANARY, caption=CANARY, credit=CANARY, alt_ar=CANARY, caption_ar=CANARY
    )
    inside = factories.picture(factories.jpeg(70, 46), alt=CANARY)
    secret_tag = factories.tag(language=world.language, name=CANARY, slug=CANARY)
    series = Series.objects.create(title=CANARY, slug=CANARY, language=world.language, description=CANARY)
    values: dict[str, Any] = {
        "headline": f"{CANARY} headline",
        "slug": CANARY,
        "standfirst": CANARY,
        "body": f'<p>{CANARY}</p><figure data-media-id="{inside.pk}"><figcaption>{CANARY}</figcaption></figure>',
        "language": world.language,
        "section_id": world.section.pk,
        "hero_id": world.picture.pk,
        "kind": "advertorial" if is_paid else "story",
        "sponsor_name": CANARY if is_paid else "",
        "series_id": series.pk,
        "series_part": 1,
        "search_title": CANARY,
        "search_description": CANARY,
        "tag_ids": [world.tag.pk, secret_tag.pk],
        "bylines": [Credit(author_id=world.author.pk, role=CANARY)],
    }
    assert set(Content.__dataclass_fields__) - set(values) <= {"translation_of_id", *TIMES}, "a field without a canary"
    return Content(**values)


def sing_around(story: Article, language: str, now: datetime) -> None:
    """Canaries beside the story: entries of a live blog, a note to readers, the strip across the top."""
    early = now - timedelta(hours=2)
    for number in (1, 2):
        LiveEntry.objects.create(
            article=story,
            number=number,
            version=number,
            headline=CANARY,
            body=f"<p>{CANARY}</p>",
            is_key_event=True,
            is_pinned=number == 1,
            published_at=early,
        )
    Correction.objects.create(article=story, text=CANARY, at=early)
    until = now + timedelta(hours=2)
    BreakingNews.objects.create(text=CANARY, language=language, article=story, starts_at=early, ends_at=until)
    Article.objects.filter(pk=story.pk).update(live_until=until)
    for kind in (Kind.SERVED, Kind.READ):
        factories.event(kind, at=now, article=story.pk, language=page_key.LANGUAGES[language])
    most_read.forget()


def hide(world: World, state: str) -> None:
    """Write the story and bring it to its state, by the verbs that do so in life."""
    now, content = world.now, sing(world, is_paid=state in PAID)
    if "live story" in state:
        world.hidden, world.number = world.shown, world.shown.pk
        calm = head(world.shown)
        workflow.save_draft(world.shown, content, base_revision=1, by=None, at=now)
        world.shown.refresh_from_db()
        if state.startswith("scheduled"):
            workflow.schedule_change(world.shown, now + timedelta(days=1), by=None, at=now)
        assert calm.headline != content.headline
    else:
        early = now - timedelta(days=2)
        if state in ("scheduled", "embargoed"):
            content = replace(content, publish_at=now + timedelta(days=1))
        if state == "embargoed":
            content = replace(content, embargo_until=now + timedelta(days=1))
        if state == "expired":
            content = replace(content, expire_at=now - timedelta(hours=1))
        story = workflow.create(content, by=None, at=early)
        if state in ("in review", "approved"):
            workflow.submit(story, by=None, at=early)
        if state == "approved":
            workflow.approve(story, by=None, at=early)
        if state in ("scheduled", "embargoed"):
            story = workflow.publish(story, by=None, at=now)
        if state in ("withdrawn", "expired", "deleted"):
            story = workflow.publish(factories.paid_story(story), by=None, at=early)
        if state in ("withdrawn", "deleted"):
            workflow.withdraw(story, by=None, at=now)
        if state == "spiked":
            workflow.spike(story, by=None, at=now)
        sing_around(story, world.language, now)
        world.number = story.pk
        if state == "deleted":
            story.delete()
        else:
            Redirect.objects.create(old_path=f"/old-{CANARY}/", article=story)
        world.hidden = story
    month = world.hidden.month
    world.guesses = [(month.year, month.month, CANARY), (now.year, now.month, CANARY)]


Paths = list[str]


def share_picture_paths(world: World) -> tuple[Paths, Paths]:
    """The picture of a story that is shown and of the site; of the hidden one by the version that its text would have,
    and by another."""
    exists = [share_pictures.address(world.shown), share_pictures.site_address("en")]
    if world.hidden is None or world.hidden is world.shown:
        return exists, []
    versions = (share_pictures.card_of(world.hidden).version, "0" * 12)
    return exists, [f"/share/{world.number}-{version}.jpg" for version in versions]


def dated(name: str) -> Callable[[World], tuple[Paths, Paths]]:
    def probe(world: World) -> tuple[Paths, Paths]:
        exists = reverse(name, args=[world.shown.month.year, world.shown.month.month, world.shown.slug])
        return [exists], [reverse(name, args=guess) for guess in world.guesses]

    return probe


def entries(world: World) -> tuple[Paths, Paths]:
    """The page of an entry, of a story that has none and of the hidden one."""
    none = [world.shown.month.year, world.shown.month.month, world.shown.slug, 1]
    return [reverse("articles:live_entry", args=none)], [
        reverse("articles:live_entry", args=[*guess, 1]) for guess in world.guesses
    ]


def fixed(name: str, *queries: str) -> Callable[[World], tuple[Paths, Paths]]:
    return lambda world: ([reverse(name), *(reverse(name) + query for query in queries)], [])


def preview_probe(name: str, *rest: str) -> Callable[[World], tuple[Paths, Paths]]:
    """Bad tokens: of the right form, of none, and the numbers of the story."""

    def probe(world: World) -> tuple[Paths, Paths]:
        tokens = ("A" * 43, CANARY, str(world.number), "%00", "..")
        return [], [reverse(name, args=[token, *rest]) for token in tokens]

    return probe


def deal_probe(name: str, *rest: str) -> Callable[[World], tuple[Paths, Paths]]:
    """Posts of deals that nobody has the token of."""
    return lambda world: ([], [reverse(name, args=["A" * 43, world.number, 1, *rest])])


def behind_a_token(name: str, *rest: object) -> Callable[[World], tuple[Paths, Paths]]:
    """Pages of deals that nobody has the token of."""
    return lambda world: ([], [reverse(name, args=["A" * 43, *rest])])


def issue_paths(world: World) -> tuple[Paths, Paths]:
    """A newsletter that went out with a story that readers have and with the hidden one, and those that never did."""
    letter, _is_new = Newsletter.objects.get_or_create(
        slug="morning", defaults={"name": "Morning", "language": world.language}
    )
    issue = letter.issues.order_by("pk").first() or issues.sent(
        Block(kind="story", article_id=world.shown.pk), of=letter, subject=CANARY, preheader=CANARY
    )
    hidden = world.hidden
    if hidden is not None and hidden.pk and hidden != world.shown and issue.blocks.count() == 1:
        for kind in ("story", "sponsored"):
            issue.blocks.create(kind=kind, article=hidden, headline=CANARY, order=5)
    draft = letter.issues.order_by("pk")[1:].first() or issues.issue(
        Block(kind="heading", headline=CANARY), of=letter, subject=CANARY
    )
    address = reverse("newsletters:issue", args=["morning", issue.pk])
    return [address], [reverse("newsletters:issue", args=rest) for rest in (["morning", draft.pk], [CANARY, issue.pk])]


def picture_paths(world: World) -> tuple[Paths, Paths]:
    """All that is on disk of the hidden pictures, and the original, by any address one could think of."""
    paths = []
    for asset in MediaAsset.objects.filter(alt=CANARY):
        paths += [asset.path(crop, width, form) for crop, rows in asset.renditions.items() for width, _h, form in rows]
        paths += [asset.original.name, f"{asset.key.hex}/full-320.webp", f"{asset.pk}/full-320.webp"]
    return [], [reverse("media", args=[path]) for path in paths]


def feed(name: str, of: Callable[[World], str] | None = None) -> Callable[[World], tuple[Paths, Paths]]:
    """A feed in its three forms, with a page that does not exist, and the one that the canary would have."""

    def probe(world: World) -> tuple[Paths, Paths]:
        slugs = [of(world)] if of else []
        exists = [reverse(name, args=[*slugs, form]) for form in ("rss", "atom", "json")] if of or name in ALL else []
        guesses = [path + "?page=2" for path in exists]
        if name not in ALL:
            guesses += [reverse(name, args=[CANARY, form]) for form in ("rss", "atom", "json")]
        return exists, guesses

    return probe


# Feeds without a list of their own.
ALL = ("feeds:site", "feeds:partners")


def api_list(name: str) -> Callable[[World], tuple[Paths, Paths]]:
    path = reverse(f"api:{name}")
    return lambda world: ([path] if name == "index" else [path, f"{path}?limit=2"], [])


def api_stories(world: World) -> tuple[Paths, Paths]:
    """Every question about the hidden story that a list takes: by words, by what it belongs to, by number, by time."""
    # The hidden one is written after those that are shown.
    numbers = ",".join(str(world.shown.pk + n) for n in range(20))
    said = [
        "",
        "limit=2",
        "format=ninjs",
        "sort=updated",
        "updated_since=2026-01-01",
        "since=2026-01-01",
        "kind=sponsored",
    ]
    said += [f"{name}={CANARY}" for name in ("q", "section", "tag", "author", "series")]
    said += [f"ids={numbers}", f"q={CANARY}%20headline", f"language={world.language}"]
    said += [
        "fields=headline,body_html,translations,corrections",
        f"section={world.section.pk}",
        f"tag={world.tag.slug}",
    ]
    return [reverse("api:articles") + (f"?{one}" if one else "") for one in said], []


def api_one(name: str, number: Callable[[World], int]) -> Callable[[World], tuple[Paths, Paths]]:
    """One thing that exists, and the hidden one."""
    return lambda world: ([reverse(f"api:{name}", args=[number(world)])], api_guesses(world, name))


def api_guesses(world: World, name: str) -> Paths:
    hidden = {"article": [world.number]} | {
        kind: list(model.objects.filter(slug=CANARY).values_list("pk", flat=True))
        for kind, model in (("tag", Tag), ("one_series", Series))
    }
    is_out = world.hidden is not None and world.hidden == world.shown
    return (
        [] if is_out and name == "article" else [reverse(f"api:{name}", args=[pk]) for pk in hidden.get(name, ()) if pk]
    )


def oembed_paths(world: World) -> tuple[Paths, Paths]:
    site = settings.SITE_URL
    address = urlencode({"url": site + world.shown.get_absolute_url()})
    return [f"/oembed?{address}", f"/oembed?{address}&format=xml"], [
        "/oembed?" + urlencode({"url": site + path})
        for path in (*dated("articles:article")(world)[1], f"/old-{CANARY}/")
    ]


# Every public pattern: addresses that exist beside the hidden story, and guesses at it.
PROBES: dict[str, Callable[[World], tuple[Paths, Paths]]] = {
    "front_page": fixed("front_page", f"?q={CANARY}", "?page=2"),
    "lite_front": fixed("lite_front"),
    "place": lambda world: ([], [reverse("place", args=[token]) for token in ("A" * 43, CANARY, str(world.number))]),
    "contact": lambda world: ([], []),  # carries a fresh key: `test_pages_with_a_key_do_not_sing`
    "message_sent": fixed("message_sent"),
    "media": picture_paths,
    "machines:share_picture": share_picture_paths,
    # The form carries a fresh key: `test_pages_with_a_key_do_not_sing`.
    "newsletters:sign_up": lambda world: ([], []),
    "newsletters:lost_link": lambda world: ([], []),
    "newsletters:asked": fixed("newsletters:asked"),
    "newsletters:forgotten": fixed("newsletters:forgotten"),
    "ads:rate_card": fixed("ads:rate_card"),
    "ads:rate_card_paper": fixed("ads:rate_card_paper"),
    "ads:request": lambda world: ([], []),
    **{
        f"ads:request_{name}": behind_a_token(f"ads:request_{name}")
        for name in ("back", "what", "dates", "material", "check", "save")
    },
    "ads:request_file": behind_a_token("ads:request_file", "foot-300x250"),
    "ads:received": lambda world: ([], [reverse("ads:received", args=[CANARY])]),
    "ads:availability": fixed("ads:availability", f"?q={CANARY}"),
    "ads:wait_done": fixed("ads:wait_done"),
    "ads:wait": lambda world: ([], [reverse("ads:wait", args=[CANARY, "2026-11-23"])]),
    "ads:wait_leave": lambda world: ([], [reverse("ads:wait_leave", args=[CANARY])]),
    "ads:deal": behind_a_token("ads:deal"),
    "ads:deal_ask": behind_a_token("ads:deal_ask"),
    "ads:deal_renew": behind_a_token("ads:deal_renew"),
    "ads:deal_renew_changed": behind_a_token("ads:deal_renew_changed"),
    "ads:counting": fixed("ads:counting"),
    "ads:deal_report_table": behind_a_token("ads:deal_report_table"),
    "ads:deal_report_paper": behind_a_token("ads:deal_report_paper"),
    "ads:deal_report_stop": behind_a_token("ads:deal_report_stop"),
    "ads:deal_report_resume": behind_a_token("ads:deal_report_resume"),
    "ads:lost_link": lambda world: ([], []),  # carries a fresh key
    "ads:lost_link_sent": fixed("ads:lost_link_sent"),
    "ads:quote_accept": behind_a_token("ads:quote_accept", 1),
    "ads:quote_paper": behind_a_token("ads:quote_paper", 1),
    "ads:invoice_paper": behind_a_token("ads:invoice_paper", "R-2026-1"),
    "ads:deal_artwork": behind_a_token("ads:deal_artwork", 1),
    "ads:deal_artwork_file": behind_a_token("ads:deal_artwork_file", 1, "art"),
    "ads:deal_post_file": deal_probe("ads:deal_post_file"),
    "ads:deal_post_brief": deal_probe("ads:deal_post_brief"),
    "ads:deal_post_approve": deal_probe("ads:deal_post_approve"),
    "ads:deal_post_say": deal_probe("ads:deal_post_say"),
    "ads:deal_post_text": deal_probe("ads:deal_post_text"),
    "ads:deal_post_picture": deal_probe("ads:deal_post_picture", "0" * 32 + "/full-320.webp"),
    "articles:article": dated("articles:article"),
    "articles:lite": dated("articles:lite"),
    "articles:live_entry": entries,
    "articles:live_since": lambda world: ([reverse("articles:live_since", args=[world.shown.pk, 0])], []),
    "articles:series": lambda world: ([], [reverse("articles:series", args=[CANARY])]),
    "articles:corrections": fixed("articles:corrections", "?page=2", f"?q={CANARY}"),
    "articles:archive": fixed("articles:archive", f"?q={CANARY}"),
    "articles:archive_month": lambda world: (
        [reverse("articles:archive_month", args=[world.shown.publish_at.year, world.shown.publish_at.month])],
        [reverse("articles:archive_month", args=[2001, 1])],
    ),
    # With the canary in the question, as it is, misspelt and beside the filters.
    "articles:search": fixed(
        "articles:search",
        "?q=Story",
        "?q=Story&page=2",
        *(
            f"?q={typed}"
            for typed in (CANARY, CANARY[:-2] + "ht", f"Story {CANARY}", f'"{CANARY} headline"', "headline")
        ),
        f"?q={CANARY}&from=2026-01-01&to=2027-12-31",
        f"?q=Story&section={CANARY}&author={CANARY}",
    ),
    "articles:suggest": fixed("articles:suggest", *(f"?q={CANARY[:n]}" for n in (2, 5, len(CANARY))), "?q=Story"),
    "articles:section": lambda world: (
        [world.section.get_absolute_url(), world.section.get_absolute_url() + "?page=1"],
        [world.section.get_absolute_url() + "?page=2", reverse("articles:section", args=[CANARY])],
    ),
    "articles:tag": lambda world: ([world.tag.get_absolute_url()], [reverse("articles:tag", args=[CANARY])]),
    "articles:author": lambda world: (
        [reverse("articles:author", args=[world.author.slug])],
        [reverse("articles:author", args=[CANARY])],
    ),
    "feeds:site": feed("feeds:site"),
    "feeds:partners": feed("feeds:partners"),
    "feeds:section": feed("feeds:section", lambda world: world.section.slug),
    "feeds:tag": feed("feeds:tag", lambda world: world.tag.slug),
    "feeds:author": feed("feeds:author", lambda world: world.author.slug),
    "feeds:series": feed("feeds:series"),
    "machines:sitemap": fixed("machines:sitemap"),
    "machines:sitemap_pages": fixed("machines:sitemap_pages"),
    "machines:sitemap_list": lambda world: (
        [reverse("machines:sitemap_list", args=[name, 1]) for name in ("tags", "authors")],
        [reverse("machines:sitemap_list", args=["tags", 2])],
    ),
    "machines:sitemap_month": lambda world: (
        [reverse("machines:sitemap_month", args=[world.shown.month.year, world.shown.month.month, 1])],
        [reverse("machines:sitemap_month", args=[world.shown.month.year, world.shown.month.month, 2])],
    ),
    "machines:news_sitemap": fixed("machines:news_sitemap"),
    "articles:api_guide": fixed("articles:api_guide"),
    **{f"api:{name}": api_list(name) for name in ("index", "sections", "authors", "tags", "series")},
    "api:openapi": lambda world: ([reverse("api:openapi")], []),
    "api:articles": api_stories,
    "api:article": api_one("article", lambda world: world.shown.pk),
    "api:section": api_one("section", lambda world: world.section.pk),
    "api:author": api_one("author", lambda world: world.author.pk),
    "api:tag": api_one("tag", lambda world: world.tag.pk),
    "api:one_series": lambda world: ([], api_guesses(world, "one_series")),
    "api:nothing": lambda world: ([], [f"/api/v1/{CANARY}/"]),
    "machines:oembed": oembed_paths,
    "articles:preview": preview_probe("articles:preview"),
    "articles:preview_received": preview_probe("articles:preview_received"),
    "articles:preview_picture": preview_probe("articles:preview_picture", "0" * 32 + "/full-320.webp"),
}
PROBES["newsletters:issue"] = issue_paths
# Public patterns that draw on no story, with the reason.
NO_STORY = {
    "livez": "a word",
    "readyz": "three facts about the machine",
    "ads:request_price": "takes a POST, and answers with prices",
    "ads:request_draft_price": "takes a POST behind a token",
    "ads:deal_wait": "takes a POST behind a token",
    "ads:deal_unwait": "takes a POST behind a token",
    "ads_txt": "settings",
    **dict.fromkeys(
        (f"newsletters:{page}" for page in ("confirm", "preferences", "address", "forget", "unsubscribe")),
        "what one reader gets, behind a token",
    ),
    "newsletters:known": "takes a POST behind a token",
    "newsletters:new_address": "takes a POST behind a token",
    "post:hook": "takes what mail providers tell, behind a secret",
    "machines:robots_txt": "settings",
    "machines:security_txt": "settings",
    "icon": "who publishes",
    "manifest": "who publishes",
    "machines:indexnow_key": "settings",
    "post:click": "leads where a link led when it was sent: test_clicks.py",
    "styleguide": "for staff, and of words of nobody",
    "delivery:fill": "bookings",
    "delivery:go": "bookings",
    "delivery:seen": "bookings",
    "delivery:still": "bookings",
    "delivery:visit": "bookings",
}


def guesses_outside(world: World) -> Paths:
    """Addresses without a pattern: numbers, old addresses, shortcuts that other systems have."""
    pk = world.number
    stems = ["/{0}/", "/?p={0}", "/a/{0}/", "/articles/{0}/", "/story/{0}", "/amp/{0}/"]
    paths = [stem.format(thing) for stem in stems for thing in (pk, CANARY) if not stem.startswith("/?")]
    year, month, slug = world.guesses[0] if world.guesses else (2026, 11, CANARY)
    paths += [f"/{year}/{month:02}/{slug}/{rest}" for rest in ("amp/", "print/", "live/", "feed/", "embed/")]
    return [*paths, f"/{slug}/", f"/old-{CANARY}/", f"/{year}/{month:02}/{pk}/"]


def test_every_public_pattern_is_walked():
    public = {name for name in patterns() if not name.startswith("admin:")}
    assert public - set(PROBES) - set(NO_STORY) == set()
    assert (set(PROBES) | set(NO_STORY)) - public == set()


def ask(client, path: str, method: str = "get"):
    response = getattr(client, method)(path, headers=BROWSER)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    said = " ".join(f"{name}: {value}" for name, value in response.headers.items())
    return response.status_code, body, said


def both(path: str) -> Paths:
    """The path under either language."""
    path = re.sub(r"^/ar(?=/)", "", path)
    return [path] if path.startswith(("/media/", "/api/v1/", "/oembed")) else [path, "/ar" + path]


def snapshot(client, world: World) -> dict[str, tuple[int, bytes]]:
    pages = [path for probe in PROBES.values() for one in probe(world)[0] for path in both(one)]
    return {path: ask(client, path)[:2] for path in pages}


@pytest.mark.parametrize(
    ("state", "language"),
    [(state, "en") for state in STATES] + [(state, "ar") for state in ("draft", "withdrawn", "change of a live story")],
)
def test_what_is_not_public_sings_nowhere(client, settings, state, language):
    settings.FEED_TEXT = "full"
    with time_machine.travel(datetime(2026, 11, 25, 12, 0, tzinfo=timezone.get_current_timezone()), tick=False):
        world = build(language)
        before = snapshot(client, world)
        hide(world, state)
        assert snapshot(client, world) == before
        assert {status for status, _body in before.values()} <= {200, 302, 404}
        wrong = []
        guesses = [path for probe in PROBES.values() for path in probe(world)[1]] + guesses_outside(world)
        # Beside files stands no list of stories.
        kinds = ("/ar", "/s", "/media", "/api/v1", "/oembed")
        nobody = {kind: ask(client, f"{kind}/quendolorin/") for kind in ("", *kinds)}
        nobody["/oembed"] = ask(client, f"/oembed?url={settings.SITE_URL}/quendolorin/")
        for path in [path for guess in guesses for path in both(guess)]:
            status, body, said = ask(client, path)
            if "/partners/deal/" in path or f"/request/{'A' * 43}/" in path:  # a page that says how to get a new link
                is_silent = status == 404 and CANARY.encode() not in body
            else:
                kind = next((kind for kind in kinds if path.startswith((f"{kind}/", f"{kind}?"))), "")
                is_silent = (status, body) == nobody[kind][:2]
            if not is_silent or CANARY in said:
                wrong.append(f"{path}: {status} {said}")
        for path in [*guesses, *before]:
            status, _body, said = ask(client, path, "head")
            if CANARY in said or (path in guesses and status != 404):
                wrong.append(f"head {path}: {status} {said}")
        if world.hidden is not world.shown:
            asked = [reverse("articles:live_since", args=[number, 0]) for number in (world.number, 10**9 - 1)]
            for prefix in ("", "/ar"):
                assert ask(client, prefix + asked[0]) == ask(client, prefix + asked[1])
        assert wrong == []


def test_the_walk_hears_a_canary(client):
    """The same story, published: the pages differ, and sing."""
    world = build("en")
    before = snapshot(client, world)
    story = workflow.create(sing(world, is_paid=False), by=None, at=world.now)
    workflow.publish(story, by=None, at=world.now)
    sing_around(story, "en", world.now)
    after = snapshot(client, world)
    singing = {path for path, (_status, body) in after.items() if CANARY.encode() in body}
    assert after != before
    section, tag = world.section.get_absolute_url(), world.tag.get_absolute_url()
    feeds = (f"{base}{end}" for base in ("/", section, tag) for end in ("feed/", "feed/atom/", "feed.json"))
    month = f"/sitemap/{world.shown.month:%Y-%m}.xml"
    for path in ("/", "/lite/", "/corrections/", section, tag, *feeds, month, "/sitemap/tags.xml", "/news-sitemap.xml"):
        assert path in singing


def test_pages_with_a_key_do_not_sing(client):
    world = build("en")
    hide(world, "draft")
    for path in ("/contact/", "/ar/contact/", "/newsletter/", "/newsletter/link/", "/partners/request/"):
        status, body, said = ask(client, path)
        assert (status, CANARY.encode() in body, CANARY in said) == (200, False, False)


@pytest.mark.parametrize("state", ["draft", "withdrawn", "change of a live story"])
def test_a_preview_link_of_one_story_opens_nothing_of_another(client, state):
    world = build("en")
    other = factories.draft(
        hero_id=factories.picture(factories.jpeg()).pk, section_id=world.section.pk, tag_ids=[world.tag.pk]
    )
    _link, token = factories.preview_link(other)
    hide(world, state)
    pictures = picture_paths(world)[1]
    for path in (
        f"/preview/{token}/",
        f"/preview/{token}/?revision=1&story={world.hidden.pk}",
        f"/preview/{token}/received/",
    ):
        status, body, said = ask(client, path)
        assert (status, CANARY.encode() in body, CANARY in said) == (200, False, False)
    assert {ask(client, path.replace("/media/", f"/preview/{token}/media/"))[0] for path in pictures} == {404}


def test_a_link_to_a_revision_that_is_gone_says_nothing_of_the_draft(client):
    world = build("en")
    hide(world, "draft")
    link, token = factories.preview_link(world.hidden)
    PreviewLink.objects.filter(pk=link.pk).update(revision_number=99)
    for path in (f"/preview/{token}/", f"/preview/{token}/media/x.webp", "/media/x", "/%00/"):
        status, body, said = ask(client, path)
        assert (status, CANARY.encode() in body, CANARY in said) == (404, False, False)
