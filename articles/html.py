"""The one place that decides what HTML a story may hold, and reads HTML that passed it.

nh3 (Rust, an HTML5 parser) decides what is safe. A second pass over its output, in which every tag has one
known spelling, tidies: one name for bold, no empty paragraphs, no links to nowhere, boxes to paragraphs. Both
are repeated until nothing changes, so cleaning a cleaned text changes nothing.

Other modules get plain text, words and links from here, and the `rel` of links, which is set when a page is
drawn and never stored.
"""

import html as entities
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

import nh3

from articles.uploads import isolation
from articles.uploads.refusals import Refused

MAX_LENGTH = 1_000_000
MAX_TAGS = 50_000
# Beyond these the parser runs in a child process: misnested tags can cost time and memory by their square.
PARSED_HERE = 100_000
TAGS_PARSED_HERE = 1_000
SECONDS = 5
MEGABYTES = 500
ROUNDS = 8

BLOCKS = frozenset((
    "h2", "h3", "h4", "p", "ul", "ol", "li", "blockquote", "pre", "table", "figure", "figcaption", "td",
    "th",
))  # fmt: skip
INLINE = frozenset(["cite", "strong", "em", "s", "sub", "sup", "code", "a"])
TABLE = frozenset(["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "col"])
VOID = frozenset(("br", "hr", "col"))
ALLOWED = BLOCKS | INLINE | TABLE | VOID
# Read, then given an allowed name.
RENAMED = {
    "h1": "h2",
    "h5": "h4",
    "h6": "h4",
    "b": "strong",
    "i": "em",
    "strike": "s",
    "del": "s",
    "q": "cite",
}
# Boxes: a paragraph where they hold no block of their own, nothing where they do.
BOXES = frozenset((
    "div", "section", "article", "header", "footer", "main", "aside", "address", "center", "dl", "dt",
    "dd", "nav",
))  # fmt: skip
# Dropped with what they hold; of other unknown tags the text stays.
DROPPED = frozenset((
    "script", "style", "template", "noscript", "noembed", "noframes", "iframe", "object", "svg", "math",
    "select", "textarea", "title", "xmp",
))  # fmt: skip
KEPT_EMPTY = TABLE | VOID | {"figure"}
DIRECTIONS = frozenset(("ltr", "rtl", "auto"))
SCOPES = frozenset(("row", "col", "rowgroup", "colgroup"))

WEB = re.compile(r"https?://[^/?#\\@\s]", re.IGNORECASE)
TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}\Z")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")


class HtmlRefused(Refused):
    """A text is too long or too tangled to be cleaned. Codes are the keys of `sentences()`."""

    @staticmethod
    def sentences() -> Mapping[str, Any]:
        from django.utils.translation import gettext_lazy as _

        return {
            "too-long": _(
                "The text has %(length)s characters of HTML and may have at most %(limit)s. "
                "Please split it into several parts."
            ),
            "too-many-tags": _(
                "The text has %(number)s HTML tags and may have at most %(limit)s. Please split it into several parts."
            ),
            "broken": _(
                "The HTML of this text is too tangled to be read. Please paste it as plain text and format it again."
            ),
        }


def clean(html: str) -> str:
    """Safe, tidy HTML. `clean(clean(x)) == clean(x)`.

    Pictures stay only as `figure[data-media-id]`, embeds only as `figure[data-embed]` with an https address.
    Raises `HtmlRefused` for more than `MAX_LENGTH` characters or `MAX_TAGS` tags, and for what the parser
    cannot finish in time.
    """
    if len(html) > MAX_LENGTH:
        raise HtmlRefused("too-long", length=len(html), limit=MAX_LENGTH)
    tags = html.count("<")
    if tags > MAX_TAGS:
        raise HtmlRefused("too-many-tags", number=tags, limit=MAX_TAGS)
    if len(html) <= PARSED_HERE and tags <= TAGS_PARSED_HERE:
        return cleaned(html)
    html = html.encode("utf-8", "ignore").decode()
    try:
        found = isolation.run(cleaned, html, seconds=SECONDS, megabytes=MEGABYTES)
    except (isolation.Crashed, isolation.TookTooLong) as error:
        raise HtmlRefused("broken") from error
    if not isinstance(found, str) or len(found) > 2 * MAX_LENGTH:
        raise HtmlRefused("broken")
    return found


def cleaned(html: str) -> str:
    """`clean()` without its limits; runs here or in the child."""
    html = CONTROLS.sub("", html.encode("utf-8", "ignore").decode()).replace("\r\n", "\n").replace("\r", "\n")
    for _round in range(ROUNDS):
        before, html = html, _tidied(CLEANER.clean(html)).strip()
        if html == before:
            return html
    # Tangled on purpose: the words are all that is worth keeping.
    words = entities.escape(" ".join(text(html).split()), quote=False)
    return f"<p>{words}</p>" if words else ""


def text(html: str) -> str:
    """The words of cleaned HTML, one line for each block, without tags and entities."""
    parts: list[str] = []
    end = 0
    for tag in TAG.finditer(html):
        parts.append(html[end : tag.start()])
        if tag[2] not in INLINE:
            parts.append("\n")
        end = tag.end()
    parts.append(html[end:])
    lines = (" ".join(line.split()) for line in entities.unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def words(html: str) -> list[str]:
    """What a reader would count: everything between spaces that has a letter or a digit."""
    return [word for word in text(html).split() if any(map(str.isalnum, word))]


def word_count(html: str) -> int:
    return len(words(html))


def links(html: str) -> list[str]:
    """Every address that cleaned HTML links to, in order, repeated ones too."""
    return [
        entities.unescape(value)
        for tag in TAG.finditer(html)
        if tag[2] == "a"
        for name, value in ATTRIBUTE.findall(tag[3])
        if name == "href"
    ]


def with_sponsored_links(html: str, own_hosts: Collection[str]) -> str:
    """Cleaned HTML whose links to other hosts search engines shall not count: they were paid for."""
    return _with_rel(html, "sponsored nofollow noopener", own_hosts)


def with_plain_links(html: str, own_hosts: Collection[str] = ()) -> str:
    """Cleaned HTML whose links to other hosts carry rel="noopener" and no other rel."""
    return _with_rel(html, "noopener", own_hosts)


def _with_rel(html: str, rel: str, own_hosts: Collection[str]) -> str:
    own = {host.lower().rstrip(".") for host in own_hosts}

    def marked(tag: re.Match[str]) -> str:
        if tag[1] or tag[2] != "a":
            return tag[0]
        attributes = [(name, value) for name, value in ATTRIBUTE.findall(tag[3]) if name != "rel"]
        if any(name == "href" and _elsewhere(entities.unescape(value), own) for name, value in attributes):
            attributes.append(("rel", rel))
        written = "".join(f' {name}="{value}"' for name, value in attributes)
        return f"<a{written}>"

    return TAG.sub(marked, html)


def with_absolute_links(html: str, page: str) -> str:
    """Cleaned HTML that can stand elsewhere: its links inside the site, and inside the page at the absolute address
    `page`, are written in full."""
    parts = urlsplit(page)

    def whole(found: re.Match[str]) -> str:
        name, value = found.groups()
        if name != "href" or value[:1] not in ("/", "#"):
            return found[0]
        return f' href="{entities.escape(page) if value[0] == "#" else f"{parts.scheme}://{parts.netloc}"}{value}"'

    return TAG.sub(lambda tag: tag[0] if tag[1] or tag[2] != "a" else ATTRIBUTE.sub(whole, tag[0]), html)


def _elsewhere(address: str, own: Collection[str]) -> bool:
    if not address.lower().startswith(("http:", "https:", "//")):
        return False
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return True
    return host.rstrip(".") not in own


# Attributes


def address(value: str) -> str | None:
    """An address that leads to a web page, a mailbox or a telephone; None for everything else.

    Browsers drop tabs and line ends inside addresses and take a backslash for a slash, so "/<tab>/host" and
    "/<backslash>host" are other hosts; neither passes.
    """
    value = value.strip()
    if not value or len(value) > 2048 or re.search(r"[\x00-\x1f\x7f]", value):
        return None
    if value.lower().startswith("www."):
        value = "https://" + value
    lowered = value.lower()
    if lowered.startswith(("mailto:", "tel:", "#")):
        return value
    if value[0] == "/":
        return value if value[1:2] not in ("/", "\\") else None
    # A name before the host ("https://bank.example@other.example") is only ever there to mislead.
    if not WEB.match(value) or re.search(r"[@\\]", re.split("[/?#]", value[8:], maxsplit=1)[0]):
        return None
    return value.replace("\\", "%5C").replace(" ", "%20")


def _embed(value: str) -> str | None:
    value = value.strip()
    return address(value) if value.lower().startswith("https://") else None


def _number(low: int, high: int) -> Callable[[str], str | None]:
    def checked(value: str) -> str | None:
        value = value.strip()
        if not re.fullmatch(r"-?[0-9]{1,6}", value) or not low <= int(value) <= high:
            return None
        return str(int(value))

    return checked


def _one_of(values: Collection[str]) -> Callable[[str], str | None]:
    return lambda value: value.strip().lower() if value.strip().lower() in values else None


CHECKS: dict[str, Callable[[str], str | None]] = {
    "href": address,
    "title": lambda value: " ".join(value.split())[:300] or None,
    "start": _number(-999_999, 999_999),
    "colspan": _number(2, 100),
    "rowspan": _number(2, 100),
    "span": _number(2, 100),
    "scope": _one_of(SCOPES),
    "dir": _one_of(DIRECTIONS),
    "lang": lambda value: value.strip() if LANGUAGE.match(value.strip()) else None,
    "data-media-id": lambda value: value if re.fullmatch(r"[0-9]{1,18}", value) else None,
    "data-embed": _embed,
}
_TEXT = {"dir", "lang"}
ATTRIBUTES: dict[str, set[str]] = {
    **dict.fromkeys((BLOCKS | TABLE | BOXES | RENAMED.keys()) - {"b", "i", "strike", "del", "q"}, _TEXT),
    **{name: {"lang"} for name in (*INLINE, "b", "i", "q")},
    "a": {"href", "title", "lang"},
    "ol": {"start", *_TEXT},
    "td": {"colspan", "rowspan", *_TEXT},
    "th": {"colspan", "rowspan", "scope", *_TEXT},
    "col": {"span"},
    "colgroup": {"span"},
    "figure": {"data-media-id", "data-embed", *_TEXT},
}

CLEANER = nh3.Cleaner(
    tags=set(ALLOWED | RENAMED.keys() | BOXES),
    clean_content_tags=set(DROPPED),
    attributes=ATTRIBUTES,
    attribute_filter=lambda _tag, name, value: CHECKS[name](value) if name in CHECKS else None,
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    strip_comments=True,
)


# Tidying


class _Open:
    """A tag whose end has not come yet."""

    def __init__(self, name: str, at: int) -> None:
        self.name = name
        self.at = at
        self.filled = False
        self.has_blocks = False
        self.unwrapped = False


def _tidied(html: str) -> str:
    """nh3's output with the tags we use. It writes tags lower-case and closed, and attributes in quotes."""
    out: list[str] = []
    stack: list[_Open] = [_Open("", 0)]
    end = 0
    for tag in TAG.finditer(html):
        _add_text(out, stack, html[end : tag.start()])
        end = tag.end()
        name = RENAMED.get(tag[2], tag[2])
        if tag[1]:
            if len(stack) > 1:
                _close(out, stack)
        elif name in VOID:
            out.append(f"<{name}{tag[3]}>")
            stack[-1].filled = stack[-1].filled or name != "br"
            stack[-1].has_blocks = stack[-1].has_blocks or name == "hr"
        else:
            _open(out, stack, name, tag[3])
    _add_text(out, stack, html[end:])
    while len(stack) > 1:
        _close(out, stack)
    return "".join(out)


def _add_text(out: list[str], stack: list[_Open], piece: str) -> None:
    if not piece:
        return
    if stack[-1].name == "pre" and len(out) == stack[-1].at + 1:
        piece = piece.lstrip("\n")  # a browser drops the first one; we would drop one at every cleaning
    if not stack[-1].filled:
        stack[-1].filled = bool(entities.unescape(piece).translate(INVISIBLE).strip())
    out.append(piece)


def _open(out: list[str], stack: list[_Open], name: str, attributes: str) -> None:
    here = _Open(name, len(out))
    if name == "figure":
        outer = any(one.name == "figure" and not one.unwrapped for one in stack)
        here.unwrapped = outer or " data-" not in attributes
    elif name == "figcaption" and (stack[-1].name != "figure" or stack[-1].unwrapped):
        here.name = name = "div"
    elif name == "a":
        here.unwrapped = ' href="' not in attributes
    stack.append(here)
    out.append("" if here.unwrapped else f"<{name}{attributes}>")


def _close(out: list[str], stack: list[_Open]) -> None:
    here = stack.pop()
    outer = stack[-1]
    is_block = here.name not in INLINE
    if here.name in BOXES:
        here.unwrapped = here.has_blocks or not here.filled or any(one.name in ("p", "pre") for one in stack)
        out[here.at] = "" if here.unwrapped else "<p" + out[here.at][1 + len(here.name) :]
        out.append("\n" if here.unwrapped else "</p>")
    elif here.unwrapped:
        out.append("")
    elif here.filled or here.name in KEPT_EMPTY:
        out.append(f"</{here.name}>")
    elif is_block:
        del out[here.at :]
    else:
        out[here.at] = ""
    outer.filled = outer.filled or here.filled or here.name in KEPT_EMPTY
    outer.has_blocks = outer.has_blocks or here.has_blocks or is_block
