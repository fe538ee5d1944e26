"""The rows behind an answer, and the mark that they give it.

The mark (`ETag`) is made of every column that is told, so it moves when an answer would, without the answer being
drawn; and of no other, so that nobody sees in it that somebody is working on a draft.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Prefetch

from ..figures import media_ids
from ..models import Article, Author, Brand, Byline, Correction, LiveEntry, MediaAsset, Section, Series, Tag
from ..models.article import ArticleQuerySet
from ..reading import LiveBlog, live_blog

PICTURE_COLUMNS = ("id", "key", "alt", "alt_ar", "caption", "caption_ar", "credit", "decorative", "renditions")
# The columns that are told of each model. Nothing else is read, and nothing else is in a mark.
TOLD: dict[type[Model], tuple[str, ...]] = {
    Article: (
        "id", "headline", "slug", "month", "standfirst", "language", "kind", "sponsor_name", "search_title",
        "search_description", "series_part", "publish_at", "updated_at",
    ),
    Section: ("id", "name", "slug", "language", "description", "parent_id", "order"),
    Tag: ("id", "name", "slug", "language", "description"),
    Author: ("id", "name", "name_ar", "slug", "is_newsroom", "role", "role_ar", "bio", "bio_ar", "links"),
    Byline: ("role", "order"),
    Series: ("id", "title", "slug", "language", "description"),
    MediaAsset: PICTURE_COLUMNS,
    Correction: ("kind", "text", "at"),
    LiveEntry: (
        "number", "headline", "body", "is_key_event", "is_pinned", "published_at", "changed_at",
    ),
}  # fmt: skip


@dataclass
class Around:
    """What is told with the stories of one answer, by number of the story. Empty where it is not asked for."""

    at: datetime
    translations: dict[int, list[Article]] = field(default_factory=dict)
    corrections: dict[int, list[Correction]] = field(default_factory=dict)
    assets: dict[int, MediaAsset] = field(default_factory=dict)
    live: dict[int, LiveBlog | None] = field(default_factory=dict)


def told(stories: ArticleQuerySet, needs: Collection[str], at: datetime) -> ArticleQuerySet:
    """With what the fields that are asked for need, in as many queries for thirty stories as for one."""
    columns = [*TOLD[Article], "live_until", "section", "hero", "series", "translation_of"]
    joined = {"section": Section, "hero": MediaAsset, "series": Series}
    wanted = {name: model for name, model in joined.items() if name in needs}
    for name, model in wanted.items():
        columns += [f"{name}__{column.removesuffix('_id')}" for column in TOLD[model]]
    if "body" in needs:
        columns.append("body")
    if wanted:
        stories = stories.select_related(*wanted)
    stories = stories.only(*columns)
    if "bylines" in needs:
        names = Byline.objects.select_related("author").order_by("order")
        stories = stories.prefetch_related(Prefetch("bylines", queryset=names))
    if "tags" in needs:
        stories = stories.prefetch_related(Prefetch("tags", queryset=Tag.objects.order_by("name", "pk")))
    if "live" in needs or "corrections" in needs:
        stories = stories.with_what_is_owed(at)
    return stories


def still_live(numbers: Collection[int], at: datetime) -> ArticleQuerySet:
    """Those of these numbers that readers have. Asked number by number: with both questions side by side SQLite would
    go through all that is live."""
    return Article.objects.filter(Exists(Article.objects.live(at).filter(pk=OuterRef("pk"))), pk__in=numbers)


def told_in_order(numbers: list[int], needs: Collection[str], at: datetime) -> list[Article]:
    """The stories with these numbers, in this order. One that was withdrawn this moment is not among them."""
    by_number = {story.pk: story for story in told(still_live(numbers, at), needs, at)} if numbers else {}
    return [by_number[number] for number in numbers if number in by_number]


def around(stories: list[Article], needs: Collection[str], at: datetime) -> Around:
    """What stands around the stories of one answer. A query each for what is asked for; of a live blog three."""
    found = Around(at)
    if not stories:
        return found
    if "translations" in needs:
        found.translations = _translations(stories, at)
    if "corrections" in needs:
        owing = [story.pk for story in stories if story.has_corrections]  # type: ignore[attr-defined]
        for note in Correction.objects.public(at).filter(article__in=owing) if owing else ():
            found.corrections.setdefault(note.article_id, []).append(note)
    if "live" in needs:
        found.live = {story.pk: live_blog(story, at) for story in stories}
    if "pictures" in needs:
        wanted = {number for story in stories for number in media_ids(story.body)}
        found.assets = MediaAsset.objects.only(*PICTURE_COLUMNS).in_bulk(wanted) if wanted else {}
    return found


def _translations(stories: list[Article], at: datetime) -> dict[int, list[Article]]:
    """The live versions of each in other languages. The original stands for its family, whether readers have it or
    not."""
    family_of = {story.pk: story.translation_of_id or story.pk for story in stories}
    families = set(family_of.values())
    # By two indexes: one OR over both would look at every story.
    others = Article.objects.filter(translation_of__in=families).order_by().values_list("pk", flat=True)
    relatives = (
        still_live(families.union(others), at)
        .only("headline", "slug", "month", "language", "translation_of", "kind", "sponsor_name", "search_title")
        .order_by("language", "pk")
    )
    by_family: dict[int, list[Article]] = {}
    for one in relatives:
        by_family.setdefault(one.translation_of_id or one.pk, []).append(one)
    return {
        story.pk: [one for one in by_family.get(family_of[story.pk], ()) if one.language != story.language]
        for story in stories
    }


def modified(story: Article) -> datetime:
    """When readers last got another text: what the page says under "Updated", else when it came out."""
    return max(filter(None, (story.updated_at, story.publish_at)))


def mark(asked: str, rows: Iterable[Any]) -> str:
    """The strong entity tag of an answer: of what was asked, of all that is told, and of the code that tells it."""
    names = [Brand.current().said("name", code) for code, _name in settings.LANGUAGES]
    made = hashlib.blake2b(_written_by(), digest_size=16)
    made.update(repr((settings.SITE_URL, names, asked)).encode())
    for row in rows:
        made.update(b"\x1e" + repr(_facts(row)).encode())
    return f'"{made.hexdigest()}"'


def _facts(row: Any) -> Any:
    columns = TOLD.get(type(row))
    if columns is None:
        return row
    loaded = row.__dict__
    return (type(row).__name__, *(loaded[name] for name in columns if name in loaded))


def facts(stories: list[Article], needs: Collection[str], found: Around) -> Iterable[Any]:
    """Every row that an answer tells, in its order."""
    for story in stories:
        yield story
        yield story.is_covered_live(found.at)
        if "body" in needs:
            yield story.body
        for name in ("section", "hero", "series"):
            if name in needs:
                yield getattr(story, name)
        if "bylines" in needs:
            for byline in story.bylines.all():
                yield byline
                yield byline.author
        yield from story.tags.all() if "tags" in needs else ()
        yield from found.translations.get(story.pk, ())
        yield from found.corrections.get(story.pk, ())
        if blog := found.live.get(story.pk):
            yield (blog.is_running, blog.older is not None, blog.version)
            yield from (*blog.pinned, *blog.entries, *blog.assets.values())
    yield from found.assets.values()


@lru_cache(maxsize=1)
def _written_by() -> bytes:
    """A digest of the code and the words that an answer is made of: a new version of the site gives new marks."""
    here = Path(__file__).resolve()
    sources = [*sorted(here.parent.glob("*.py")), here.parent.parent / "figures.py", here.parent.parent / "html.py"]
    words = [path for folder in settings.LOCALE_PATHS for path in sorted(Path(folder).rglob("*.mo"))]
    made = hashlib.blake2b(digest_size=16)
    for path in (*sources, *words):
        made.update(path.read_bytes())
    return made.digest()
