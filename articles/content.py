"""What somebody writes: the content of a story, as a form, an import or a Word file hands it to `articles.workflow`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from .models import Article, Revision

SCHEMA_VERSION = 1
TIMES = ("publish_at", "expire_at", "embargo_until")


@dataclass(frozen=True, kw_only=True)
class Credit:
    """One name of a byline, in its place."""

    author_id: int
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """Every field that an author decides. Empty `slug`: made from the headline. `publish_at` None: when published."""

    headline: str
    language: str = "en"
    slug: str = ""
    standfirst: str = ""
    body: str = ""
    section_id: int | None = None
    translation_of_id: int | None = None
    hero_id: int | None = None
    kind: str = Article.Kind.STORY
    sponsor_name: str = ""
    series_id: int | None = None
    series_part: int | None = None
    search_title: str = ""
    search_description: str = ""
    publish_at: datetime | None = None
    expire_at: datetime | None = None
    embargo_until: datetime | None = None
    tag_ids: list[int] = field(default_factory=list)
    bylines: list[Credit] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        data = asdict(self)
        for name in TIMES:
            data[name] = data[name] and data[name].isoformat()
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Content:
        """The content of a stored revision. Unknown keys, from a later version, are left out."""
        data = {key: value for key, value in data.items() if key in {f.name for f in fields(cls)}}
        for name in TIMES:
            data[name] = datetime.fromisoformat(data[name]) if data.get(name) else None
        data["bylines"] = [Credit(**credit) for credit in data.get("bylines", [])]
        return cls(**data)

    @classmethod
    def of(cls, article: Article) -> Content:
        """What the row itself says: what readers see, or would."""
        values = {name: getattr(article, name) for name in ROW_FIELDS}
        return cls(
            **values,
            **{name: getattr(article, name) for name in TIMES},
            tag_ids=list(article.tags.order_by("pk").values_list("pk", flat=True)),
            bylines=[Credit(author_id=b.author_id, role=b.role) for b in article.bylines.order_by("order")],
        )


# The columns of the article row that publishing copies from a revision as they are.
ROW_FIELDS = [f.name for f in fields(Content) if f.name not in {*TIMES, "tag_ids", "bylines"}]


def head(article: Article) -> Content:
    """The newest draft: what an editor goes on from."""
    revision = Revision.objects.filter(article=article, number=article.head_number).first()
    return Content.from_json(revision.content) if revision else Content.of(article)
