"""Reads the demo content from its TOML files, with its shape checked by the dataclasses."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"


@dataclass(frozen=True, slots=True)
class Publication:
    name: str
    tagline: str
    name_ar: str
    tagline_ar: str
    country: str
    city: str
    email: str


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    language: str
    name: str
    description: str
    order: int
    parent: str = ""  # slug of a section of the same language
    translation_of: str = ""  # slug of an English section


@dataclass(frozen=True, slots=True)
class Author:
    slug: str
    kind: str  # newsroom, staff or guest
    language: str
    name: str
    role: str
    bio: str
    name_ar: str = ""
    role_ar: str = ""
    bio_ar: str = ""
    look: str = ""  # of the drawn portrait; the newsroom has a monogram instead


@dataclass(frozen=True, slots=True)
class Tag:
    slug: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Credit:
    """A name in a byline."""

    author: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    slug: str
    language: str
    headline: str
    standfirst: str
    section: str
    hours_ago: int
    body: str
    kind: str = "news"
    sponsor_name: str = ""
    tags: tuple[Tag, ...] = ()
    byline: tuple[Credit, ...] = ()
    picture: str = ""
    picture_alt: str = ""
    picture_caption: str = ""
    picture_credit: str = ""
    correction: str = ""  # what readers were told later
    translation_of: str = ""  # slug of an English story


@dataclass(frozen=True, slots=True)
class Series:
    slug: str
    language: str
    title: str
    description: str
    parts: tuple[str, ...]  # slugs of stories of the same language, in the order of reading


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a live blog."""

    minutes_ago: int
    headline: str
    body: str
    is_key_event: bool = False
    is_pinned: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    story: str  # slug
    entries: tuple[Entry, ...]  # oldest first


@dataclass(frozen=True, slots=True)
class Advertiser:
    slug: str
    name: str
    website: str
    country: str
    contact: str
    email: str


@dataclass(frozen=True, slots=True)
class Booking:
    advertiser: str
    position: str
    sold_by: str  # week or impressions
    starts_in_days: int
    line: str
    button: str
    palette: tuple[str, ...]
    weeks: int = 0
    impressions: int = 0
    frames: tuple[str, ...] = ()  # the messages of an animated artwork


@dataclass(frozen=True, slots=True)
class Item:
    """One wanted thing: a position for weeks or impressions, or a sponsored post of a kind."""

    position: str = ""
    weeks: int = 0
    impressions: int = 0
    kind: str = ""
    written_by: str = ""  # client or newsroom


@dataclass(frozen=True, slots=True)
class AdRequest:
    hours_ago: int
    name: str
    email: str
    company: str
    website: str
    country: str
    message: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Message:
    hours_ago: int
    language: str
    reason: str
    name: str
    email: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Content:
    publication: Publication
    sections: list[Section] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)
    stories: list[Story] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    live: list[Live] = field(default_factory=list)
    advertisers: list[Advertiser] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    requests: list[AdRequest] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def load() -> Content:
    """All of the demo content. An unknown or missing key in a file is a TypeError that names it."""
    sections, sales, inbox = _file("sections"), _file("advertisers"), _file("requests")
    around = _file("coverage")
    return Content(
        publication=Publication(**sections["publication"]),
        sections=[Section(**row) for row in sections["section"]],
        authors=[Author(**row) for row in _file("authors")["author"]],
        stories=[
            _story(row, language)
            for language in ("en", "ar")
            for name in ("stories", "stories_shapes")
            for row in _file(f"{name}_{language}")["story"]
        ],
        series=[Series(**{**row, "parts": tuple(row["parts"])}) for row in around["series"]],
        live=[Live(row["story"], tuple(Entry(**entry) for entry in row["entries"])) for row in around["live"]],
        advertisers=[Advertiser(**row) for row in sales["advertiser"]],
        bookings=[
            Booking(**{**row, "palette": tuple(row["palette"]), "frames": tuple(row.get("frames", ()))})
            for row in sales["booking"]
        ],
        requests=[
            AdRequest(**{**row, "items": tuple(Item(**item) for item in row["items"])}) for row in inbox["request"]
        ],
        messages=[Message(**row) for row in inbox["message"]],
    )


def _story(row: dict[str, Any], language: str) -> Story:
    tags = tuple(Tag(**tag) for tag in row["tags"])
    byline = tuple(Credit(**credit) for credit in row["byline"])
    return Story(**{**row, "language": language, "body": row["body"].strip(), "tags": tags, "byline": byline})


def _file(name: str) -> dict[str, Any]:
    with (CONTENT / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
