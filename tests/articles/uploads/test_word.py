import io
import re
import time
import zipfile

import pytest

from articles.html import clean
from articles.uploads import word
from tests.articles.uploads import sample_pictures as sample
from tests.articles.uploads.docx_builder import (
    NAMESPACES,
    Part,
    bold,
    build_docx,
    bullets,
    heading,
    italic,
    link,
    paragraph,
    picture,
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
    assert story.report == word.WordReport(words=22, headings=3, lists=2, tables=1, links=1, pictures=0, dropped=[])
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


def test_a_long_feature_is_converted_in_time():
    blocks = [title("T")]
    for number in range(1_500):
        blocks.append(paragraph(f"Paragraph {number} ", bold("with bold"), " and more words to read than before."))
    started = time.perf_counter()
    story = word.convert(build_docx(blocks))
    print(f"{time.perf_counter() - started:.2f} s for {story.report.words} words")
    assert story.html.count("<p>") == 1_500


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
