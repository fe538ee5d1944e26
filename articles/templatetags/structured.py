"""Structured data of public pages, as JSON-LD that no text of a story can end early."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from .. import heads
from .. import structured_data as data
from ..models import Series

register = template.Library()

# What could end the script element, or a line of an older parser's.
_ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script(found: data.Thing) -> SafeString:
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')


def _crumbs(context: Context) -> list[tuple[str, str]]:
    return [(section.name, section.get_absolute_url()) for section in context.get("crumbs") or ()]


@register.simple_tag(takes_context=True)
def story_data(context: Context) -> SafeString:
    """Of the page of a story. Context: article, live; optional corrections, series, crumbs."""
    article = context["article"]
    return script(
        data.graph(
            data.story(
                article,
                live=context.get("live"),
                corrections=context.get("corrections") or (),
                series=context.get("series"),
            ),
            data.breadcrumb(_crumbs(context), data.labelled(article)),
        )
    )


@register.simple_tag
def front_data() -> SafeString:
    """Of the front page: who publishes, and how the site is searched."""
    language = get_language() or "en"
    return script(data.graph(data.website(language), data.whole_publisher(language)))


@register.simple_tag(takes_context=True)
def list_data(
    context: Context, name: str, description: str = "", stories: Any = None, above: str = "", above_address: str = ""
) -> SafeString:
    """Of a page with a list of stories, by default those of its `page`. `above` is what it is part of, where that is
    no section. Context: request; optional page (of a paginator), crumbs, series."""
    page, series = context.get("page"), context.get("series")
    shown = stories if stories is not None else (page.object_list if page is not None else ())
    path = context["request"].path
    head = heads.head_of(path, language=get_language() or "en", alternates={}, page=page)
    return script(
        data.graph(
            data.collection(
                name,
                head.canonical,
                shown,
                language=get_language() or "en",
                description=description,
                first=page.start_index() if page is not None and page.object_list else 1,
                about=data.part_of(series) if isinstance(series, Series) else None,
            ),
            data.breadcrumb([(above, above_address)] if above else _crumbs(context), name),
        )
    )


@register.simple_tag(takes_context=True)
def author_data(context: Context) -> SafeString:
    """Of the page of an author. Context: author, with the photo."""
    author, language = context["author"], get_language() or "en"
    return script(data.graph(data.profile(author, language=language), data.breadcrumb((), author.display_name)))
