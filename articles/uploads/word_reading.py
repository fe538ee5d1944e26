"""A checked .docx, read. Runs in a child process.

mammoth never sees the file that was sent, but one made here from the parts a story needs: no external
targets, no comments, no embedded style map, no macros, and XML without declarations. Because mammoth does not
know writing directions, a private character is put in front of right-to-left paragraphs and turned into `dir`
afterwards (`articles.uploads.word_markup`).
"""

import collections
import io
import re
import zipfile
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, fromstring

from articles.html import address
from articles.uploads.word_facts import WordRefused
from articles.uploads.word_markup import RTL_MARK, story

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# The strict format has its own names for the same things.
STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", R[1:-1].encode()),
)
NEEDED = ("styles", "numbering", "footnotes", "endnotes", "image", "hyperlink")
OFF = ("0", "false", "off", "none")
MACRO_TYPE = b"macroenabled"
# More would be read for ten seconds and refused then: a story may have 50,000 tags.
MAX_PARAGRAPHS = 50_000

Dropped = collections.Counter[str]


class _Nothing:
    """A parser's target that keeps nothing: the XML is only checked."""

    def close(self) -> None:
        return None


def read(data: bytes) -> tuple[str, str, list[tuple[str, bytes, str]], list[tuple[str, int]]]:
    """Headline, HTML (pictures as `figure[data-media-id]` with their index), pictures, what was dropped."""
    dropped: Dropped = collections.Counter()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            title, html, pictures = story(_prepared(archive, dropped), dropped)
    except (DefusedXmlException, ParseError) as error:
        raise WordRefused("entities" if isinstance(error, DefusedXmlException) else "broken") from None
    except (
        zipfile.BadZipFile,
        EOFError,
        UnicodeDecodeError,
        KeyError,
        ValueError,
        NotImplementedError,
    ) as error:
        if isinstance(error, zipfile.BadZipFile | EOFError):
            raise WordRefused("damaged") from None
        raise WordRefused("broken") from None
    return title, html, pictures, sorted((+dropped).items())


def _prepared(archive: zipfile.ZipFile, dropped: Dropped) -> io.BytesIO:
    parts = {}
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".rels", ".vml")):
            parts[name] = _checked(archive.read(name))
    if MACRO_TYPE in parts["[Content_Types].xml"].lower():
        raise WordRefused("macros")
    main = _main(parts)
    if sum(parts[main].count(start) for start in (b"<w:p>", b"<w:p ")) > MAX_PARAGRAPHS:
        raise WordRefused("too-complex")
    _count_external(parts, dropped)
    dropped["embedded-objects"] += sum("/embeddings/" in name for name in archive.namelist())
    rtl_styles = _rtl_styles(parts.get("word/styles.xml"))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", parts["[Content_Types].xml"])
        made.writestr("_rels/.rels", _relationships([("rId1", "officeDocument", main, False)]))
        for name in (main, "word/footnotes.xml", "word/endnotes.xml"):
            if name not in parts:
                continue
            kept = list(_kept(parts.get(_rels_of(name)), dropped))
            made.writestr(_rels_of(name), _relationships(kept))
            made.writestr(name, _body(parts[name], {row[0] for row in kept}, rtl_styles, dropped))
            for _id, kind, target, external in kept:
                path = normpath(join("word", target)).lstrip("/") if target[:1] != "/" else target[1:]
                if kind == "image" and not external and path in archive.NameToInfo and path not in made.NameToInfo:
                    made.writestr(path, archive.read(path))
        for name in ("word/styles.xml", "word/numbering.xml"):
            if name in parts:
                made.writestr(name, parts[name])
    out.seek(0)
    return out


def _checked(part: bytes) -> bytes:
    """The XML, if it has no DOCTYPE and no entities."""
    parser = DefusedXMLParser(target=_Nothing(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.feed(part)
    parser.close()
    return part


def _main(parts: dict[str, bytes]) -> str:
    if "_rels/.rels" in parts:
        for row in fromstring(parts["_rels/.rels"]).iter(RELATIONSHIP):
            name = row.get("Target", "").lstrip("/")
            if row.get("Type", "").endswith("/officeDocument") and name in parts and name.startswith("word/"):
                return name
    if "word/document.xml" not in parts:
        raise WordRefused("not-word")
    return "word/document.xml"


def _rels_of(name: str) -> str:
    return f"{dirname(name)}/_rels/{name.rpartition('/')[2]}.rels"


def _count_external(parts: dict[str, bytes], dropped: Dropped) -> None:
    for name, part in parts.items():
        if not name.endswith(".rels"):
            continue
        for row in fromstring(part).iter(RELATIONSHIP):
            kind = row.get("Type", "").rpartition("/")[2]
            if row.get("TargetMode", "").lower() != "external" or kind == "hyperlink":
                continue
            codes = {"image": "external-pictures", "attachedTemplate": "remote-template"}
            dropped[codes.get(kind, "external-parts")] += 1


def _kept(rels: bytes | None, dropped: Dropped) -> Iterator[tuple[str, str, str, bool]]:
    """(id, kind, target, external) of what a story needs and may have."""
    if rels is None:
        return
    for row in fromstring(rels).iter(RELATIONSHIP):
        kind = row.get("Type", "").rpartition("/")[2]
        external = row.get("TargetMode", "").lower() == "external"
        target = row.get("Target", "")
        if kind not in NEEDED or not row.get("Id") or (external and kind != "hyperlink"):
            continue
        if kind == "hyperlink" and address(target) is None:
            dropped["unsafe-links"] += 1
            continue
        yield row.get("Id", ""), kind, target, external


def _relationships(rows: list[tuple[str, str, str, bool]]) -> bytes:
    root = Element("{http://schemas.openxmlformats.org/package/2006/relationships}Relationships")
    for key, kind, target, external in rows:
        row = SubElement(root, RELATIONSHIP, Id=key, Type=f"{R[1:-1]}/{kind}", Target=target)
        if external:
            row.set("TargetMode", "External")
    return tostring(root)


def _rtl_styles(styles: bytes | None) -> set[str]:
    """Ids of the paragraph styles that write from right to left, themselves or by inheritance."""
    if styles is None:
        return set()
    own: dict[str, bool | None] = {}
    parents: dict[str, str] = {}
    for style in fromstring(_transitional(styles)).iter(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        own[key] = _switch(style.find(f"{W}pPr/{W}bidi"))
        based = style.find(f"{W}basedOn")
        if based is not None:
            parents[key] = based.get(f"{W}val", "")
    found = set()
    for key in own:
        at, steps = key, 0
        while own.get(at) is None and at in parents and steps < 20:
            at, steps = parents[at], steps + 1
        if own.get(at):
            found.add(key)
    return found


def _transitional(part: bytes) -> bytes:
    for strict, usual in STRICT:
        part = part.replace(strict, usual)
    return part


def _switch(element: Element | None) -> bool | None:
    """A yes-or-no property; None where it is not set."""
    return None if element is None else element.get(f"{W}val", "1").lower() not in OFF


def _body(part: bytes, kept: set[str], rtl_styles: set[str], dropped: Dropped) -> bytes:
    root = fromstring(_transitional(part))
    for element in root.iter():
        for name in (f"{R}embed", f"{R}link", f"{R}id"):
            if element.get(name) is not None and element.get(name) not in kept:
                del element.attrib[name]
        if element.text and RTL_MARK in element.text:
            element.text = element.text.replace(RTL_MARK, "")
        _count(element, dropped)
    for paragraph in list(root.iter(f"{W}p")):
        _mark(paragraph, rtl_styles)
    return tostring(root)


def _mark(paragraph: Element, rtl_styles: set[str]) -> None:
    properties = paragraph.find(f"{W}pPr")
    rtl = None if properties is None else _switch(properties.find(f"{W}bidi"))
    if rtl is None and properties is not None:
        style = properties.find(f"{W}pStyle")
        rtl = style is not None and style.get(f"{W}val") in rtl_styles
    if not rtl or not any(text.text and text.text.strip() for text in paragraph.iter(f"{W}t")):
        return
    run = Element(f"{W}r")
    SubElement(run, f"{W}t").text = RTL_MARK
    paragraph.insert(0 if properties is None else list(paragraph).index(properties) + 1, run)


COUNTED = {
    f"{W}commentReference": "comments",
    f"{W}ins": "tracked-changes",
    f"{W}del": "tracked-changes",
    "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath": "equations",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "charts",
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "charts",
}


def _count(element: Element, dropped: Dropped) -> None:
    if code := COUNTED.get(str(element.tag)):
        dropped[code] += 1
    elif element.tag == f"{W}instrText" and (link := re.match(r'\s*HYPERLINK\s+"?([^"\s\\]+)', element.text or "")):
        dropped["unsafe-links"] += address(link[1]) is None
