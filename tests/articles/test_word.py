import contextlib
import io
import re
import socket
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import word
from articles.html import clean
from tests.articles import sample_pictures as sample
from tests.articles.docx_builder import (
    NAMESPACES,
    Part,
    bold,
    build_docx,
    bullets,
    external_picture,
    heading,
    italic,
    link,
    paragraph,
    picture,
    relationships,
    run,
    table,
    title,
)


def refusal(data):
    with pytest.raises(word.WordRefused) as caught:
        word.convert(data)
    assert str(caught.value).endswith(".")
    assert "%(" not in str(caught.value)
    return caught.value.code


def dropped(story):
    return {one.code: one.number for one in story.report.dropped}


# Stories


def test_a_press_release_becomes_a_story():
    story = word.convert(
        build_docx(
            [
                title("Bank opens in Kano & Lagos"),
                heading("The plan", 1),
                paragraph(
                    "Ten ",
                    bold("new"),
                    " and ",
                    italic("old"),
                    " ",
                    link("branches", "https://b.example/?a=1&b=2"),
                ),
                heading("Details", 2),
                bullets("one", "two"),
                bullets("first", "second", ordered=True),
                heading("Small", 3),
                paragraph("Said she", style="Quote"),
                paragraph("Said he", style="Quote"),
                table([["a", "b"], ["c", "d"]]),
                paragraph(""),
                paragraph("End."),
            ]
        )
    )
    assert story.title == "Bank opens in Kano & Lagos"
    assert story.html == (
        "<h2>The plan</h2>"
        '<p>Ten <strong>new</strong> and <em>old</em> <a href="https://b.example/?a=1&amp;b=2">branches</a></p>'
        "<h3>Details</h3><ul><li>one</li><li>two</li></ul><ol><li>first</li><li>second</li></ol><h4>Small</h4>"
        "<blockquote><p>Said she</p><p>Said he</p></blockquote>"
        "<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr>"
        "<tr><td><p>c</p></td><td><p>d</p></td></tr></tbody></table><p>End.</p>"
    )
    assert story.report == word.WordReport(
        words=22, headings=3, lists=2, tables=1, links=1, pictures=0, dropped=[]
    )
    assert clean(story.html) == story.html


def test_a_heading_that_opens_the_document_is_its_headline():
    story = word.convert(build_docx([heading("News", 1), paragraph("Text"), heading("More", 1)]))
    assert (story.title, story.html) == ("News", "<p>Text</p><h2>More</h2>")


def test_a_document_without_a_headline_keeps_all_its_words():
    story = word.convert(build_docx([paragraph("Text"), heading("More", 1)]))
    assert (story.title, story.html) == ("", "<p>Text</p><h2>More</h2>")


def test_arabic_paragraphs_keep_their_direction():
    story = word.convert(
        build_docx(
            [
                title("البنك يفتح فرعا", rtl=True),
                heading("الخطة", 2, rtl=True),
                paragraph("نص ", bold("غامق"), rtl=True),
                paragraph(bold("غامق"), " أولا", rtl=True),
                bullets("واحد", "اثنان", rtl=True),
                table([["ا", "ب"]], rtl=True),
                paragraph("من النمط", style="Arabic2"),
                paragraph("left to right"),
                paragraph("off", properties='<w:bidi w:val="0"/>', style="Arabic"),
                paragraph("", rtl=True),
            ]
        )
    )
    assert story.title == "البنك يفتح فرعا"
    assert story.html == (
        '<h3 dir="rtl">الخطة</h3><p dir="rtl">نص <strong>غامق</strong></p>'
        '<p dir="rtl"><strong>غامق</strong> أولا</p>'
        '<ul dir="rtl"><li dir="rtl">واحد</li><li dir="rtl">اثنان</li></ul>'
        '<table dir="rtl"><tbody><tr><td><p dir="rtl">ا</p></td>'
        '<td><p dir="rtl">ب</p></td></tr></tbody></table>'
        '<p dir="rtl">من النمط</p><p>left to right</p><p>off</p>'
    )


def test_pictures_are_lifted_out_and_put_in_their_places():
    first, second = sample.png(20, 20), sample.jpeg(30, 30)
    story = word.convert(
        build_docx(
            [
                paragraph("Before ", picture(first, name="a.png", alt='A "nice" one'), "after"),
                paragraph("What it shows", style="caption"),
                paragraph(picture(second, name="b.jpg")),
                paragraph(picture(first, name="c.png")),
            ]
        )
    )
    assert [(one.name, one.data, one.alt) for one in story.pictures] == [
        ("picture-1.png", first, 'A "nice" one'),
        ("picture-2.jpg", second, ""),
    ]
    assert re.sub(r"<p>.*?</p>", "", story.html) == (
        '<figure data-word-picture="0"><figcaption>What it shows</figcaption></figure>'
        '<figure data-word-picture="1"></figure><figure data-word-picture="0"></figure>'
    )
    placed = word.place_pictures(story.html, {0: 71})
    assert placed == (
        '<p>Before after</p><figure data-media-id="71"><figcaption>What it shows</figcaption></figure>'
        '<figure data-media-id="71"></figure>'
    )
    assert clean(placed) == placed
    assert "figure" not in word.place_pictures(story.html, {})
    assert story.report.pictures == 3


def test_pictures_that_browsers_cannot_show_are_reported():
    story = word.convert(build_docx([paragraph("x", picture(b"\1\0\0\0emf", name="a.emf"))]))
    assert story.pictures == []
    assert story.html == "<p>x</p>"
    assert dropped(story) == {"unusable-pictures": 1}


def test_footnotes_stay_as_numbers_and_a_list():
    note = f"<w:footnote w:id='2'>{paragraph('The source.')}</w:footnote>"
    notes = f"<w:footnotes {NAMESPACES}>{note}</w:footnotes>"
    story = word.convert(
        build_docx(
            [paragraph("Fact", Part('<w:r><w:footnoteReference w:id="2"/></w:r>'))],
            extra={"word/footnotes.xml": notes},
        )
    )
    assert story.html == "<p>Fact<sup>[1]</sup></p><ol><li><p>The source.</p></li></ol>"


def test_what_is_lost_is_said():
    story = word.convert(
        build_docx(
            [
                paragraph("a", Part("<m:oMath/>"), Part('<w:r><w:commentReference w:id="1"/></w:r>')),
                Part(f"<w:p><w:ins w:id='1'>{run('new')}</w:ins><w:del w:id='2'/></w:p>"),
            ],
            extra={"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0", "word/comments.xml": "<x/>"},
        )
    )
    assert story.html == "<p>a</p><p>new</p>"
    assert dropped(story) == {"comments": 1, "embedded-objects": 1, "equations": 1, "tracked-changes": 2}
    assert all(str(one.message).endswith(".") for one in story.report.dropped)


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//evil.example",
    ],
)
def test_links_that_lead_nowhere_good_become_plain_words(target):
    field = Part(
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText> HYPERLINK "{target}" </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("field")}'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    story = word.convert(build_docx([paragraph("See ", link("this", target), " ", field)]))
    assert story.html == "<p>See this field</p>"
    assert dropped(story) == {"unsafe-links": 2}


def test_markup_typed_as_text_stays_text():
    story = word.convert(build_docx([paragraph("<script>alert(1)</script> \ue0d1 <img src=x onerror=y>")]))
    assert story.html == "<p>&lt;script&gt;alert(1)&lt;/script&gt;  &lt;img src=x onerror=y&gt;</p>"


def test_a_style_map_hidden_in_the_file_is_not_followed():
    hidden = {"mammoth/style-map": "p => script:fresh"}
    assert word.convert(build_docx([paragraph("x")], extra=hidden)).html == "<p>x</p>"


def test_a_file_written_as_a_stream_is_read():
    class Stream(io.RawIOBase):
        """Cannot go back, so sizes follow the data, as in exports of online editors."""

        def __init__(self):
            self.pieces = []

        def writable(self):
            return True

        def write(self, piece):
            self.pieces.append(bytes(piece))
            return len(piece)

    out = Stream()
    with (
        zipfile.ZipFile(io.BytesIO(build_docx([paragraph("x")]))) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in source.namelist():
            made.writestr(name, source.read(name))
    assert word.convert(b"".join(out.pieces)).html == "<p>x</p>"


# What is not a Word file


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n...", "pdf"),
        (b"<!DOCTYPE html><html><body>Story</body></html>", "html"),
        (b"\xef\xbb\xbf\n<html xmlns:w='urn:schemas-microsoft-com:office:word'>", "html"),
        (rb"{\rtf1\ansi Story}", "rtf"),
        (word.OLE + b"\0" * 600, "legacy-doc"),
        (word.OLE + b"\0" * 600 + word.PROTECTED, "protected"),
        (b"Just words", "not-word"),
        (sample.jpeg(), "not-word"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
        (build_docx([paragraph("x")])[:-30], "damaged"),
        (build_docx([], without=["word/document.xml"]), "not-word"),
        (build_docx([], without=["[Content_Types].xml"]), "not-word"),
        (build_docx([], extra={"xl/workbook.xml": "<x/>"}), "other-office"),
        (build_docx([], extra={"mimetype": "x", "content.xml": "<x/>"}), "open-document"),
        (build_docx([]), "no-text"),
        (build_docx([], extra={"word/document.xml": "<not closed"}), "broken"),
        (b"PK\x03\x04" + b"x" * (11 << 20), "too-heavy"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_kind_of_wrong_file_has_its_sentence(data, code):
    assert refusal(data) == code


# Hostile archives


def archive(*entries, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO(build_docx([paragraph("x")]))
    with zipfile.ZipFile(out, "a", compression) as made:
        for name, content in entries:
            made.writestr(name, content)
    return out.getvalue()


def overlapping():
    """Two entries of the directory that show the same bytes under the same name in front of the data."""
    data = archive(("word/aaaa.xml", b"x" * 100), ("word/aaab.xml", b"y" * 100))
    at = data.rindex(b"word/aaab.xml")
    first = data.index(b"word/aaaa.xml") - 30
    return data[: at - 4] + struct.pack("<I", first) + b"word/aaaa.xml" + data[at + 13 :]


def many_entries():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(60_000):
            made.writestr(f"{number}", b"")
    return out.getvalue()


def claiming(entries):
    """An archive whose end claims so many entries."""
    data = archive()
    end = data.rindex(b"PK\x05\x06")
    return data[: end + 8] + struct.pack("<HH", entries, entries) + data[end + 12 :]


def many_bombs():
    return archive(*((f"word/{number}.xml", b"ab" * 500_000) for number in range(70)))


def with_flag(flag):
    data = bytearray(archive())
    for sign, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.index(sign)
        data[at + offset] |= flag
    return bytes(data)


def renamed(old, new, *, local=True, central=True):
    data = archive((old, b"<x/>"))
    first, last = data.index(old.encode()), data.rindex(old.encode())
    for at, wanted in ((first, local), (last, central)):
        if wanted:
            data = data[:at] + new.encode() + data[at + len(new) :]
    return data


MACRO_TYPES = (
    '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
)


def lying_sizes():
    """Both headers agree on a size far below what the data inflates to."""
    data = archive(("word/theme.xml", b"<x>" + b"y" * 900_000 + b"</x>"))
    return data.replace(struct.pack("<I", 900_007), struct.pack("<I", 1_000))


@pytest.mark.parametrize(
    ("name", "data", "codes"),
    [
        ("bomb", archive(("word/big.xml", b"\0" * (50 << 20))), {"too-large-inside"}),
        ("many small bombs", many_bombs(), {"too-large-inside"}),
        ("a bomb that lies", lying_sizes(), {"damaged", "broken"}),
        ("60,000 entries", many_entries(), {"too-many-entries"}),
        ("fewer entries than claimed", claiming(9), {"damaged", "mismatch"}),
        ("more entries than claimed", claiming(3), {"mismatch"}),
        ("a document inside", archive(("word/embeddings/a.docx", build_docx([]))), {"nested"}),
        ("a zip called picture", archive(("word/media/a.png", build_docx([])), compression=0), {"nested"}),
        ("the same name twice", renamed("word/document.xmm", "word/document.xml"), {"duplicates"}),
        ("the same name in capitals", archive(("WORD/Document.XML", b"<x/>")), {"duplicates"}),
        ("another name before the data", renamed("word/a.xml", "word/b.xml", central=False), {"mismatch"}),
        ("another name in the directory", renamed("word/a.xml", "word/b.xml", local=False), {"mismatch"}),
        ("two entries over the same bytes", overlapping(), {"mismatch", "duplicates"}),
        ("upwards", archive(("../../evil.xml", b"<x/>")), {"names"}),
        ("absolute", archive(("/etc/evil.xml", b"<x/>")), {"names"}),
        ("backslashes", renamed("word/x/evil", "word\\x\\evil"), {"names"}),
        ("a drive", archive(("c:evil.xml", b"<x/>")), {"names"}),
        ("a password", with_flag(1), {"protected"}),
        ("bytes behind the end", archive() + b"<script>", {"mismatch"}),
        ("bytes in front", b"PK\x03\x04" + archive(), {"mismatch", "damaged"}),
        ("macros", archive(("word/vbaProject.bin", b"x")), {"macros"}),
        (
            "macros by type",
            build_docx(
                [],
                extra={"[Content_Types].xml": MACRO_TYPES},
            ),
            {"macros"},
        ),
        ("active controls", archive(("word/activeX/activeX1.bin", b"x")), {"active-x"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_hostile_archives_are_refused_in_words_and_soon(name, data, codes):
    started = time.perf_counter()
    assert refusal(data) in codes
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize("name", ["bomb", "entries"])
def test_the_parent_inflates_nothing(name, monkeypatch):
    monkeypatch.setattr(zipfile, "ZipFile", None)
    data = {"bomb": BOMB, "entries": ENTRIES}[name]
    with pytest.raises(word.WordRefused):
        word.check(data)


BOMB = archive(("word/big.xml", b"\0" * (50 << 20)))
ENTRIES = many_entries()


# Hostile XML


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:%s/x">]>'


@pytest.mark.parametrize(
    "data",
    [
        build_docx([paragraph("x")], prolog=LAUGHS),
        build_docx([paragraph("x")], prolog=XXE % 9),
        build_docx([paragraph("x")], prolog="<!DOCTYPE x>"),
        build_docx([paragraph("x")], extra={"word/footnotes.xml": LAUGHS + "<x>&b;</x>"}),
        build_docx([paragraph("x")], extra={"docProps/core.xml": LAUGHS + "<x/>"}),
        build_docx(
            [paragraph("x")], extra={"customXml/item1.xml": (XXE % 9 + "<x>&e;</x>").encode("utf-16")}
        ),
        build_docx([paragraph("x")], extra={"word/_rels/settings.xml.rels": LAUGHS + "<x/>"}),
    ],
)
def test_xml_with_declarations_is_refused(data):
    assert refusal(data) == "entities"


@pytest.fixture
def listener():
    """A port on this machine, and the number of connections it got."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        got = []
        yield f"http://127.0.0.1:{server.getsockname()[1]}", got
        with contextlib.suppress(TimeoutError):
            server.accept()
            got.append(1)
        assert got == []


def test_nothing_is_fetched(listener):
    address, _got = listener
    remote = relationships(("rId1", "attachedTemplate", f"{address}/t.dotm", True))
    story = word.convert(
        build_docx(
            [
                paragraph("a", external_picture(f"{address}/1.png")),
                paragraph("b", external_picture(f"{address}/2.png", attribute="r:embed")),
            ],
            extra={
                "word/settings.xml": f"<w:settings {NAMESPACES}/>",
                "word/_rels/settings.xml.rels": remote,
                "word/_rels/header1.xml.rels": relationships(("rId1", "frame", f"{address}/f.html", True)),
            },
        )
    )
    assert story.html == "<p>a</p><p>b</p>"
    assert dropped(story) == {"external-pictures": 2, "remote-template": 1, "external-parts": 1}


def nested_tables(depth):
    return Part("<w:tbl><w:tr><w:tc>" * depth + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * depth)


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("tables in tables", [nested_tables(3_000)]),
        ("tables deep enough to end a parser", [nested_tables(60_000)]),
        ("200,000 paragraphs", [Part("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 200_000)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hungry_documents_end_in_words_within_the_limits(name, blocks):
    data = build_docx([*blocks, paragraph("x")], compression=zipfile.ZIP_STORED)
    started = time.perf_counter()
    assert refusal(data) in {"too-complex", "too-long", "broken", "too-heavy"}
    assert time.perf_counter() - started < word.SECONDS + 2


GOOD = build_docx(
    [title("T"), paragraph("x ", link("l", "https://a.example/")), paragraph("ن", rtl=True)], compression=0
)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_files_are_converted_or_refused_and_nothing_else(data):
    broken = bytearray(GOOD)
    for at in data.draw(st.lists(st.integers(0, len(broken) - 1), min_size=1, max_size=6)):
        broken[at] = data.draw(st.integers(0, 255))
    try:
        story = word.convert(bytes(broken))
    except word.WordRefused as refused:
        assert refused.code in word.WordRefused.sentences()  # noqa: PT017
    else:
        assert clean(word.place_pictures(story.html, {})) == word.place_pictures(story.html, {})


def test_a_long_feature_is_converted_in_time():
    blocks = [title("T")]
    for number in range(1_500):
        blocks.append(
            paragraph(f"Paragraph {number} ", bold("with bold"), " and more words to read than before.")
        )
    started = time.perf_counter()
    story = word.convert(build_docx(blocks))
    print(f"{time.perf_counter() - started:.2f} s for {story.report.words} words")
    assert story.html.count("<p>") == 1_500
