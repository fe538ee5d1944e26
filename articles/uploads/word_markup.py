"""mammoth's HTML of a Word file, made into a story's. Runs in a child process."""

import collections
import hashlib
import html as entities
import io
import re
from typing import Any

import mammoth
from mammoth import documents

from articles.uploads.word_facts import MAX_PICTURES

# A private character that stands in front of a right-to-left paragraph.
RTL_MARK = "\ue0d1"
SIGNATURES = ((b"\xff\xd8\xff", "jpg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF8", "gif"))

# Word writes the names of its own styles in English in every language.
STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='heading 1'] => h1:fresh
p[style-name='heading 2'] => h3:fresh
p[style-name='heading 3'] => h4:fresh
p[style-name='heading 4'] => h4:fresh
p[style-name='heading 5'] => h4:fresh
p[style-name='heading 6'] => h4:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='caption'] => p.caption:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
strike => s
"""

MARKED = re.compile(rf"<(p|h[1-6]|li)((?: class=\"[a-z]+\")?)>((?:<(?:strong|em|s|a)[^>]*>)*){RTL_MARK}")
TITLE = re.compile(r'<h1 class="title"[^>]*>(.*?)</h1>', re.DOTALL)
OPENING = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
PICTURE = re.compile(r'<p>(?:<a [^>]*>)?<img (?:alt="([^"]*)" )?src="picture:([0-9]+)" ?/?>(?:</a>)?</p>')
BARE_PICTURE = re.compile(r'<img (?:alt="([^"]*)" )?src="picture:([0-9]+)" ?/?>')
CAPTIONED = re.compile(
    r"<figcaption></figcaption></figure>\s*<p class=\"caption\"(?: dir=\"rtl\")?>((?:(?!</p>).)*)</p>",
    re.DOTALL,
)
NOTE_LINK = re.compile(r'<a href="#(?:foot|end)note[^"]*"(?: id="[^"]*")?>(\[[0-9]+\])</a>')
NOTE_BACK = re.compile(r'\s*<a href="#(?:foot|end)note-ref-[^"]*">↑</a>')
INNER_LINK = re.compile(r'<a href="#[^"]*">((?:(?!</a>).)*)</a>', re.DOTALL)

Pictures = list[tuple[str, bytes, str]]


def story(docx: io.BytesIO, dropped: "collections.Counter[str]") -> tuple[str, str, Pictures]:
    """Headline, HTML and pictures. Pictures stand in the HTML as `figure[data-media-id]` with their index."""
    pictures: Pictures = []
    seen: dict[bytes, int] = {}

    def keep(image: Any) -> dict[str, str]:
        with image.open() as opened:
            content = opened.read()
        kind = next((kind for start, kind in SIGNATURES if content.startswith(start)), "")
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            kind = "webp"
        digest = hashlib.sha256(content).digest()
        if not kind:
            dropped["unusable-pictures"] += 1
            return {"src": ""}
        if digest not in seen and len(pictures) >= MAX_PICTURES:
            dropped["too-many-pictures"] += 1
            return {"src": ""}
        if digest not in seen:
            seen[digest] = len(pictures)
            alt = " ".join((image.alt_text or "").split())[:500]
            pictures.append((f"picture-{len(pictures) + 1}.{kind}", content, alt))
        return {"src": f"picture:{seen[digest]}"}

    html = mammoth.convert_to_html(
        docx,
        style_map=STYLES,
        convert_image=mammoth.images.img_element(keep),
        transform_document=_with_pictures_apart,
        include_embedded_style_map=False,
        external_file_access=False,
    ).value
    html = _directed(html)
    title, html = _headline(html)
    html = NOTE_BACK.sub("", NOTE_LINK.sub(r"\1", html))
    html = INNER_LINK.sub(r"\1", html)
    html = PICTURE.sub(_figure, html)
    html = BARE_PICTURE.sub(_figure, html)
    html = CAPTIONED.sub(r"<figcaption>\1</figcaption></figure>", html)
    return title, html.replace(RTL_MARK, ""), pictures


def _figure(image: re.Match[str]) -> str:
    return f'<figure data-media-id="{image[2]}"><figcaption></figcaption></figure>'


def _directed(html: str) -> str:
    html = MARKED.sub(r'<\1\2 dir="rtl">\3', html)
    # A list or table whose first words run from right to left does so as a whole.
    html = re.sub(r'<(ul|ol)>(?=<li dir="rtl">)', r'<\1 dir="rtl">', html)
    return re.sub(r'<table>(?=(?:<thead>|<tbody>)?<tr><t[hd][^>]*><(?:p|h[1-6]) dir="rtl">)', '<table dir="rtl">', html)


def _headline(html: str) -> tuple[str, str]:
    """The headline's words, and the HTML without it."""
    found = TITLE.search(html) or OPENING.match(html)
    if not found:
        return "", html
    words = entities.unescape(re.sub(r"<[^>]*>", " ", found[1])).replace(RTL_MARK, "")
    title = " ".join(words.split())
    if not title:
        return "", html
    return title, html[: found.start()] + html[found.end() :]


def _with_pictures_apart(document: Any) -> Any:
    """The document, with each picture in a paragraph of its own, before or after the words it stood among."""
    return document.copy(children=_apart(document.children))


def _apart(blocks: list[Any]) -> list[Any]:
    found: list[Any] = []
    for block in blocks:
        if isinstance(block, documents.Paragraph) and block.numbering is None:
            found += _split(block)
        elif isinstance(block, documents.Table | documents.TableRow | documents.TableCell):
            found.append(block.copy(children=_apart(block.children)))
        else:
            found.append(block)
    return found


def _split(paragraph: Any) -> list[Any]:
    before: list[Any] = []
    after: list[Any] = []
    words = False

    def without(children: list[Any]) -> list[Any]:
        nonlocal words
        kept = []
        for child in children:
            if isinstance(child, documents.Image):
                (after if words else before).append(documents.paragraph([child]))
                continue
            if isinstance(child, documents.Text) and child.value.strip(f" \t\n{RTL_MARK}"):
                words = True
            if isinstance(child, documents.Run | documents.Hyperlink):
                child = child.copy(children=without(child.children))
            kept.append(child)
        return kept

    children = without(paragraph.children)
    if not before and not after:
        return [paragraph]
    return [*before, *([paragraph.copy(children=children)] if words else []), *after]
