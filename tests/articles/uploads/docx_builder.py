"""Word files made in code: `build_docx([heading("..."), paragraph("...", bold("..."))])`.

Blocks are strings of WordprocessingML; pictures and links are registered with a `Parts`. For stories and
demonstrations `build_docx` is all that is needed; hostile files are made by passing `extra` parts.
"""

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "emf": "image/x-emf", "bin": "x/x"}
STYLES = ("Title", "Subtitle", "heading 1", "heading 2", "heading 3", "Quote", "caption", "footnote text")


class Part(str):
    """WordprocessingML with the relationships it needs: (placeholder, kind, target, external, bytes)."""

    needs: tuple[tuple[str, str, str, bool, bytes | None], ...] = ()

    @classmethod
    def made(cls, xml: str, children: Iterable[str] = (), *needs: tuple[str, str, str, bool, bytes | None]) -> "Part":
        part = cls(xml)
        inherited = [need for child in children for need in getattr(child, "needs", ())]
        part.needs = (*inherited, *needs)
        return part


def run(text: str, properties: str = "") -> Part:
    return Part(f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>')


def bold(text: str) -> Part:
    return run(text, "<w:b/>")


def italic(text: str) -> Part:
    return run(text, "<w:i/>")


def link(text: str, target: str) -> Part:
    key = f"@link:{target}@"
    return Part.made(
        f"<w:hyperlink r:id={quoteattr(key)}>{run(text)}</w:hyperlink>",
        (),
        (key, "hyperlink", target, True, None),
    )


def picture(data: bytes, *, name: str = "image1.png", alt: str = "") -> Part:
    key = f"@picture:{name}@"
    return Part.made(_drawing(f"r:embed={quoteattr(key)}", alt), (), (key, "image", f"media/{name}", False, data))


def external_picture(address: str, *, attribute: str = "r:link") -> Part:
    key = f"@external:{address}@"
    return Part.made(_drawing(f"{attribute}={quoteattr(key)}", ""), (), (key, "image", address, True, None))


def _drawing(reference: str, alt: str) -> str:
    return (
        f"<w:r><w:drawing><wp:inline><wp:docPr id='1' name='p' descr={quoteattr(alt)}/>"
        "<a:graphic><a:graphicData>"
        f"<pic:pic><pic:blipFill><a:blip {reference}/></pic:blipFill></pic:pic>"
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def paragraph(*parts: str, style: str = "", rtl: bool = False, properties: str = "") -> Part:
    """A paragraph of runs; a plain string is a run of plain text."""
    runs = [part if isinstance(part, Part) else run(part) for part in parts]
    named = f'<w:pStyle w:val="{style.replace(" ", "")}"/>' if style else ""
    direction = "<w:bidi/>" if rtl else ""
    return Part.made(f"<w:p><w:pPr>{named}{properties}{direction}</w:pPr>{''.join(runs)}</w:p>", parts)


def title(text: str, *, rtl: bool = False) -> Part:
    return paragraph(text, style="Title", rtl=rtl)


def heading(text: str, level: int = 1, *, rtl: bool = False) -> Part:
    return paragraph(text, style=f"heading {level}", rtl=rtl)


def bullets(*items: str, ordered: bool = False, rtl: bool = False, level: int = 0) -> Part:
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{2 if ordered else 1}"/></w:numPr>'
    blocks = [paragraph(item, properties=numbering, rtl=rtl) for item in items]
    return Part.made("".join(blocks), blocks)


def table(rows: Iterable[Iterable[str]], *, rtl: bool = False) -> Part:
    cells = [[paragraph(cell, rtl=rtl) for cell in row] for row in rows]
    body = "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in cells)
    return Part.made(f"<w:tbl>{body}</w:tbl>", [cell for row in cells for cell in row])


def build_docx(
    blocks: Iterable[str],
    *,
    extra: Mapping[str, bytes | str] | None = None,
    without: Iterable[str] = (),
    prolog: str = "",
    compression: int = zipfile.ZIP_DEFLATED,
) -> bytes:
    """A .docx with these blocks.

    `extra` adds or replaces parts, `without` leaves some out, `prolog` stands before the root element.
    """
    blocks = list(blocks)
    body = "".join(blocks)
    media: dict[str, bytes] = {}
    rows = [_row("rIdS", "styles", "styles.xml"), _row("rIdN", "numbering", "numbering.xml")]
    needs = {need[0]: need for block in blocks for need in getattr(block, "needs", ())}
    for number, (key, kind, target, external, data) in enumerate(needs.values(), 1):
        body = body.replace(quoteattr(key), f'"rId{number}"')
        rows.append(_row(f"rId{number}", kind, target, external))
        if data is not None:
            media[f"word/{target}"] = data
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships([_row("rId1", "officeDocument", "word/document.xml")]),
        "word/document.xml": f"{prolog}<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships(rows),
        "word/styles.xml": _styles(),
        "word/numbering.xml": _numbering(),
        **media,
        **(extra or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            if name not in without:
                archive.writestr(name, content)
    return out.getvalue()


def _row(key: str, kind: str, target: str, external: bool = False) -> str:
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target={quoteattr(target)}{mode}/>'


def _relationships(rows: Iterable[str]) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(rows)}</Relationships>'


def relationships(*rows: tuple[str, str, str, bool]) -> str:
    """A .rels part, for `extra`."""
    return _relationships([_row(*row) for row in rows])


def _content_types() -> str:
    defaults = "".join(f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in TYPES.items())
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'{defaults}<Override PartName="/word/document.xml" ContentType="{main}"/></Types>'
    )


def _styles() -> str:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}"><w:name w:val="{name}"/></w:style>'
        for name in STYLES
    )
    arabic = (
        '<w:style w:type="paragraph" w:styleId="Arabic"><w:name w:val="Arabic"/>'
        "<w:pPr><w:bidi/></w:pPr></w:style>"
        '<w:style w:type="paragraph" w:styleId="Arabic2"><w:name w:val="Arabic 2"/>'
        '<w:basedOn w:val="Arabic"/></w:style>'
    )
    return f"<w:styles {NAMESPACES}>{styles}{arabic}</w:styles>"


def _numbering() -> str:
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">'
        + "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{kind}"/></w:lvl>' for level in range(4))
        + "</w:abstractNum>"
        for number, kind in ((1, "bullet"), (2, "decimal"))
    )
    numbers = "".join(f'<w:num w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>' for number in (1, 2))
    return f"<w:numbering {NAMESPACES}>{kinds}{numbers}</w:numbering>"
