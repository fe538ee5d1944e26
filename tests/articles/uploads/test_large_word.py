"""Word files as public collections of them hold: not built to harm, and yet more than a converter can chew. Each is
converted or refused in words, within the limits of time and memory, both measured from outside."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from articles import html
from articles.uploads import word
from tests.articles.uploads.docx_builder import NAMESPACES, Part, build_docx, paragraph, picture, relationships

ROOT = Path(__file__).resolve().parents[3]
# Beside the seconds of the conversion: two starts of an interpreter, and the sanitiser, on a busy machine.
SLACK = 8
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
WPS = 'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
P = "<w:p><w:r><w:t>word</w:t></w:r></w:p>"
EMF = b"\x01\x00\x00\x00" + b"\0" * 36 + b" EMF" + b"\0" * 3_000_000
WMF = b"\xd7\xcd\xc6\x9a" + b"\0" * 3_000_000


def nested_tables(depth):
    return Part("<w:tbl><w:tr><w:tc>" * depth + P + "</w:tc></w:tr></w:tbl>" * depth)


def alternates(depth):
    opening = f'<mc:AlternateContent {MC}><mc:Choice Requires="wps">'
    closing = f"</mc:Choice><mc:Fallback>{P}</mc:Fallback></mc:AlternateContent>"
    return Part(f"<w:p><w:r>{opening * depth}<w:t>word</w:t>{closing * depth}</w:r></w:p>{P}")


def text_boxes(count):
    box = f"<wps:txbx {WPS}><w:txbxContent>{P}</w:txbxContent></wps:txbx>"
    boxed = f'<mc:AlternateContent {MC}><mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
    fallback = f"<mc:Fallback><w:pict><v:textbox xmlns:v='urn:schemas-microsoft-com:vml'><w:txbxContent>{P}"
    closing = "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent>"
    return Part(f"<w:p><w:r>{boxed}{fallback}{closing}</w:r></w:p>" * count)


def styles(count):
    rows = "".join(
        f'<w:style w:type="paragraph" w:styleId="S{n}"><w:name w:val="S {n}"/><w:basedOn w:val="S{n - 1}"/></w:style>'
        for n in range(count)
    )
    return {"word/styles.xml": f"<w:styles {NAMESPACES}>{rows}</w:styles>"}


def footnotes(count):
    notes = "".join(f'<w:footnote w:id="{n}"><w:p><w:r><w:t>note</w:t></w:r></w:p></w:footnote>' for n in range(count))
    rows = [("rIdF", "footnotes", "footnotes.xml", False), ("rIdS", "styles", "styles.xml", False)]
    return {
        "word/footnotes.xml": f"<w:footnotes {NAMESPACES}>{notes}</w:footnotes>",
        "word/_rels/document.xml.rels": relationships(*rows),
    }


def links(count):
    rows = [(f"rId{n}", "hyperlink", f"https://a.example/{n}", True) for n in range(count)]
    return {"word/_rels/document.xml.rels": relationships(*rows)}


def linked(count):
    return Part(
        "".join(f'<w:p><w:hyperlink r:id="rId{n}"><w:r><w:t>l</w:t></w:r></w:hyperlink></w:p>' for n in range(count))
    )


def marked(count):
    return Part(
        "".join(
            f'<w:p><w:bookmarkStart w:id="{n}" w:name="b{n}"/><w:r><w:t>b</w:t></w:r><w:bookmarkEnd w:id="{n}"/></w:p>'
            for n in range(count)
        )
    )


def noted(count):
    runs = (f'<w:p><w:r><w:t>n</w:t></w:r><w:r><w:footnoteReference w:id="{n}"/></w:r></w:p>' for n in range(count))
    return Part("".join(runs))


def tracked(count):
    change = (
        '<w:ins w:id="1" w:author="a"><w:r><w:t>in</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>out</w:delText>'
    )
    return Part(f"<w:p>{change}</w:r></w:del></w:p>" * count)


LARGE = {
    "12 tables in tables": lambda: build_docx([nested_tables(12)]),
    "300 tables in tables": lambda: build_docx([nested_tables(300)], compression=0),
    "20,000 tables in tables": lambda: build_docx([nested_tables(20_000)], compression=0),
    "100,000 paragraphs": lambda: build_docx([Part(P * 100_000)], compression=0),
    "100,000 runs": lambda: build_docx([Part(f"<w:p>{'<w:r><w:t>a </w:t></w:r>' * 100_000}</w:p>")], compression=0),
    "one paragraph of 5 MB": lambda: build_docx([paragraph("word " * (1 << 20))], compression=0),
    "one word of 5 MB": lambda: build_docx([paragraph("a" * (5 << 20))], compression=0),
    "5,000 styles": lambda: build_docx([paragraph("a", style="S4999")], extra=styles(5_000)),
    "2,000 footnotes": lambda: build_docx([noted(2_000)], extra=footnotes(2_000), compression=0),
    "2,000 links": lambda: build_docx([linked(2_000)], extra=links(2_000), compression=0),
    "2,000 bookmarks": lambda: build_docx([marked(2_000)], compression=0),
    "5,000 tracked changes": lambda: build_docx([tracked(5_000)], compression=0),
    "2,000 text boxes": lambda: build_docx([text_boxes(2_000)], compression=0),
    "300 alternatives in alternatives": lambda: build_docx([alternates(300)]),
    "20,000 alternatives in alternatives": lambda: build_docx([alternates(20_000)], compression=0),
    "EMF and WMF": lambda: build_docx(
        [paragraph("a", picture(EMF, name="a.emf")), paragraph("b", picture(WMF, name="b.wmf"))], compression=0
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_is_converted_or_refused_in_words_within_the_limits(name, tmp_path):
    path = tmp_path / "large.docx"
    path.write_bytes(LARGE[name]())
    done = subprocess.run(
        [sys.executable, "-m", "tests.articles.uploads.measured_word", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = json.loads(done.stdout)
    print(f"{name}: {said['seconds']:.1f} s, {said['megabytes']:.0f} MB, {said['refused'] or 'converted'}")
    assert said["seconds"] < word.SECONDS + SLACK
    assert said["megabytes"] < word.MEGABYTES
    assert said["refused"] in {"", "too-complex", "too-long", "too-large-inside", "too-heavy", "no-text"}
    assert said["refused"] or said["words"]


def test_most_of_what_people_send_is_converted():
    """The limits do not bite on a book: 40,000 words in 2,000 paragraphs."""
    data = build_docx(
        [Part(f"<w:p><w:r><w:t>{'word ' * 20}</w:t></w:r></w:p>" * 2_000)], compression=zipfile.ZIP_STORED
    )
    assert word.convert(data).report.words == 40_000


def test_a_text_with_more_than_a_story_may_hold_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(html, "MAX_TAGS", 10)
    with pytest.raises(word.WordRefused) as caught:
        word.convert(build_docx([Part(P * 20)]))
    assert (caught.value.code, str(caught.value).endswith(".")) == ("too-complex", True)
