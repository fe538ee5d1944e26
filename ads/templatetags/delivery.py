"""What pages reserve for advertising, and what delivery must know of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from .. import decision, density, page_key, plan, word_lists
from ..page_key import Page

register = template.Library()


@register.simple_tag(takes_context=True)
def page_of(context: dict[str, Any]) -> Page:
    """The page that is being drawn, by its `article`, `section` and `front`."""
    article, section = context.get("article"), context.get("section")
    words: frozenset[int] = frozenset()
    if article is not None and (lists := plan.current(timezone.now()).words):
        words = word_lists.of_story(article.headline, article.standfirst, article.body, lists)
    return Page(
        article=article.pk if article is not None else 0,
        section=(article.section_id or 0) if article is not None else getattr(section, "pk", None) or 0,
        language=page_key.LANGUAGES.get(get_language() or "en", 1),
        is_home=bool(context.get("front")),
        is_paid=bool(article is not None and article.is_sponsored),
        word_lists=words,
    )


@register.simple_tag(takes_context=True)
def slot_boxes(context: dict[str, Any], page: Page) -> dict:
    """The boxes of a page by place ("top", "home", "rail", "foot"), each a list of slots; empty ones have no box. Under
    "not_on_phones" the codes of those for which a phone has no room. Where `placed` is in the context, that slot alone
    (`ads.sightings`)."""
    if placed := context.get("placed"):
        return {placed.place: [placed]}
    boxes = decision.boxes(page, at=timezone.now())
    return {**boxes, "not_on_phones": density.too_many_for_phones(boxes, density.height_of(context))}


@dataclass(frozen=True, slots=True)
class TextLine:
    """The advertising of a page in words: who, what, and the key under which `/s/visit/` leads on. `is_sold` is False
    where nothing runs, and the page may say that there is room."""

    is_sold: bool = False
    advertiser: str = ""
    words: str = ""
    code: str = ""


@register.simple_tag
def text_line(page: Page, code: str = "top-728x90") -> TextLine | None:
    """What runs in a position now, for pages without pictures; None beside a story that has no advertising. Artwork
    whose words begin with the name of its advertiser does not have it said twice."""
    at = timezone.now()
    if decision.is_quiet(plan.current(at), page):
        return None
    art = decision.in_turn(code, at=at, page=page)
    if art is None:
        return TextLine()
    is_said = not art.advertiser or art.alt.casefold().startswith(art.advertiser.casefold())
    return TextLine(True, "" if is_said else art.advertiser, art.alt, code)


@register.filter
def as_key(page: Page) -> str:
    return page_key.write(page)


@register.filter
def of(by_key: dict, key):
    """What a table holds for a key; None where it holds nothing."""
    return by_key.get(key)
