"""A Word file from a stranger, turned into a story.

What is refused and what is stripped:

- refused: everything that is not a .docx (each kind in its own words), password protection, macros, ActiveX,
  archives or documents inside, archives built to mislead or to blow up, XML with a DOCTYPE;
- stripped and reported: embedded objects (OLE), external pictures, remote templates, unsafe links, comments;
- never fetched: anything.

The archive is looked through here, before anything is inflated. Inflating, XML and conversion happen in a
child process with 10 seconds and 400 MB (`articles.uploads.word_reading`); its HTML passes `html.clean` here.
"""

import logging
import re
from collections.abc import Mapping

from articles import html
from articles.uploads import archives, isolation
from articles.uploads.refusals import Refused
from articles.uploads.word_facts import (
    Dropped,
    WordPicture,
    WordRefused,
    WordReport,
    WordStory,
    dropped_sentences,
)

__all__ = [
    "Dropped",
    "WordPicture",
    "WordRefused",
    "WordReport",
    "WordStory",
    "check",
    "convert",
    "place_pictures",
]

log = logging.getLogger(__name__)

SECONDS = 10
MEGABYTES = 400
MAX_BYTES = 10 << 20
MAX_ENTRIES = 2_000
MAX_INFLATED = 60 << 20
# Word's own XML shrinks to a tenth or a thirtieth; only large parts are worth a doubt.
MAX_RATIO = 150
DOUBTFUL_SIZE = 1 << 20

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The name of the stream in which Office keeps a document that needs a password.
PROTECTED = "EncryptedPackage".encode("utf-16-le")
NESTED = re.compile(
    r"\.(zip|docx|docm|dotx|dotm|doc|xlsx|xlsm|xlsb|xls|pptx|pptm|ppt|odt|ods|odp|jar|gz|tgz|bz2|xz|7z|rar|tar|cab|epub)\Z"
)
FIGURE = re.compile(r'<figure data-word-picture="([0-9]+)">(.*?)</figure>', re.DOTALL)


def convert(data: bytes) -> WordStory:
    """The story in a .docx: headline, clean HTML, pictures, report.

    The headline is the paragraph styled as Title, else a Heading 1 that opens the document; it is not in the
    HTML.
    Raises `WordRefused`.
    """
    check(data)
    try:
        found = isolation.run(_read, data, seconds=SECONDS, megabytes=MEGABYTES)
        title, body, pictures, dropped = found
        body = html.clean(body).replace("<figure data-media-id=", "<figure data-word-picture=")
        body = re.sub(r"<figcaption></figcaption>", "", body)
        pictures = [WordPicture(str(name), bytes(content), str(alt)) for name, content, alt in pictures]
        counted = [Dropped(code, int(count)) for code, count in dropped if code in dropped_sentences()]
    except html.HtmlRefused:
        raise WordRefused("too-complex") from None
    except Refused as refused:
        raise WordRefused(refused.code, **refused.facts) from None
    except isolation.TookTooLong as error:
        raise WordRefused("too-long") from error
    except isolation.Crashed as error:
        log.warning("A Word file of %d bytes could not be converted: %s", len(data), error)
        complex_ = "MemoryError" in str(error) or "RecursionError" in str(error) or "ended with" in str(error)
        raise WordRefused("too-complex" if complex_ else "broken") from error
    if not (title or body):
        raise WordRefused("no-text")
    return WordStory(str(title), body, pictures, _report(body, counted))


def place_pictures(story_html: str, ids: Mapping[int, int]) -> str:
    """`WordStory.html` with the pictures in their places: `ids` maps a picture's index to its media id.

    Pictures without an id are taken out, their captions with them.
    """

    def placed(figure: re.Match[str]) -> str:
        media = ids.get(int(figure[1]))
        return "" if media is None else f'<figure data-media-id="{int(media)}">{figure[2]}</figure>'

    return html.clean(FIGURE.sub(placed, story_html))


def check(data: bytes) -> None:
    """Nothing, if `data` can be a Word file; nothing is inflated. Raises `WordRefused`."""
    if not data:
        raise WordRefused("empty")
    if len(data) > MAX_BYTES:
        raise WordRefused("too-heavy", megabytes=-(-len(data) >> 20), limit=MAX_BYTES >> 20)
    _check_kind(data)
    try:
        entries = archives.read_directory(data, max_entries=MAX_ENTRIES)
    except archives.BadArchive as bad:
        code = "protected" if bad.code == "encrypted" else bad.code
        raise WordRefused(code, name=bad.name or "zip", limit=MAX_ENTRIES) from None
    _check_sizes(entries)
    _check_contents(data, entries)


def _check_kind(data: bytes) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(OLE):
        raise WordRefused("protected" if PROTECTED in data else "legacy-doc")
    for signs, code in (
        ((b"%pdf",), "pdf"),
        ((b"{\\rtf",), "rtf"),
        ((b"<!doctype html", b"<html", b"<head", b"<body", b"mime-version:"), "html"),
    ):
        if start.startswith(signs) or (code == "html" and b"<html" in start):
            raise WordRefused(code)
    if not data.startswith((archives.LOCAL, archives.END)):
        raise WordRefused("not-word")


def _check_sizes(entries: list[archives.Entry]) -> None:
    if sum(entry.size for entry in entries) > MAX_INFLATED:
        raise WordRefused("too-large-inside")
    for entry in entries:
        if entry.size > DOUBTFUL_SIZE and entry.size > MAX_RATIO * entry.packed:
            raise WordRefused("too-large-inside")


def _check_contents(data: bytes, entries: list[archives.Entry]) -> None:
    names = {entry.name.lower() for entry in entries}
    if "mimetype" in names and "content.xml" in names:
        raise WordRefused("open-document")
    if names & {"xl/workbook.xml", "xl/workbook.bin", "ppt/presentation.xml"}:
        raise WordRefused("other-office")
    for entry in entries:
        name = entry.name.lower()
        stored_archive = entry.method == archives.STORED and data[entry.start : entry.start + 4] in (
            archives.LOCAL,
            b"Rar!",
            b"7z\xbc\xaf",
        )
        if NESTED.search(name) or stored_archive:
            raise WordRefused("nested", name=entry.name[-60:])
        if name.endswith(("vbaproject.bin", "vbadata.xml", "vbaprojectsignature.bin")):
            raise WordRefused("macros")
        if name.startswith("word/activex/"):
            raise WordRefused("active-x")
    main = any(re.fullmatch(r"word/document[0-9]*\.xml", name) for name in names)
    if "[content_types].xml" not in names or not main:
        raise WordRefused("not-word")


def _report(body: str, dropped: list[Dropped]) -> WordReport:
    return WordReport(
        words=html.word_count(body),
        headings=len(re.findall(r"<h[234][ >]", body)),
        lists=len(re.findall(r"<[uo]l[ >]", body)),
        tables=len(re.findall(r"<table[ >]", body)),
        links=len(html.links(body)),
        pictures=len(FIGURE.findall(body)),
        dropped=dropped,
    )


def _read(data: bytes) -> object:
    """Runs in the child."""
    from articles.uploads.word_reading import read

    return read(data)
