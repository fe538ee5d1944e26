"""The head of a page: what `base.html` gathers, and what `articles/_meta.html` draws of it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context, NodeList
from django.template.base import Parser, Token
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from .. import heads
from ..models import Article
from .stories import share_title

register = template.Library()


@register.tag
def kept(parser: Parser, token: Token) -> template.Node:
    """{% kept name %}...{% endkept %}: draws nothing, and keeps what stands inside, on one line, under a name. So a
    block that pages fill can be said in two places."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return _Kept(name, nodelist)


class _Kept(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        context[self.name] = mark_safe(" ".join(self.nodelist.render(context).split()))
        return mark_safe("")


@register.inclusion_tag("articles/_meta.html", takes_context=True)
def page_meta(context: Context, own: str = "") -> dict[str, Any]:
    """All that programs are told of a page that they may keep. `own` is its address where that is another."""
    found: Any = context.flatten()
    article = found.get("article")
    site = found["site"]
    story = article if isinstance(article, Article) else None
    author = found.get("author")
    return {
        "site": site,
        "article": story,
        "author": author,
        "title": share_title(story) if story else without_name(found["page_title"], site["name"]),
        "summary": found["page_summary"],
        "head": heads.head_of(
            found["request"].path,
            language=get_language() or "en",
            alternates=found.get("alternates") or {},
            own=own,
            page=found.get("page"),
            article=story,
            shown=author.photo if author else None,
        ),
        "modified": heads.modified(story) if story else None,
    }


def without_name(title: str, name: str) -> SafeString:
    """The title of a page as it is kept, without the name of the site, which is said beside it."""
    return mark_safe(title.removesuffix(f" | {escape(name)}"))
