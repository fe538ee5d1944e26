import contextlib
import io
import socket
import struct
import time
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.html import clean
from articles.uploads import word
from tests.articles.uploads.docx_builder import (
    NAMESPACES,
    Part,
    build_docx,
    external_picture,
    link,
    paragraph,
    relationships,
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


MACRO_TYPES = '<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'


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
        ("so many entries that only Zip64 counts them", claiming(0xFFFF), {"too-many-entries"}),
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
        build_docx([paragraph("x")], extra={"customXml/item1.xml": (XXE % 9 + "<x>&e;</x>").encode("utf-16")}),
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
