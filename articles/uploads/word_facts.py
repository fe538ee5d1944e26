"""What there is to say about a Word file: the story in it, what was left out, and why it was refused."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from articles.uploads.refusals import Refused

# Each is drawn in a dozen sizes while somebody waits.
MAX_PICTURES = 40


class WordPicture(NamedTuple):
    """A picture as it lay in the file: unchecked bytes, to be given to `articles.uploads.pictures` before use."""

    name: str
    data: bytes
    alt: str


class Dropped(NamedTuple):
    """Something the story was written with and has no more. `code` is a key of `dropped_sentences()`."""

    code: str
    number: int

    @property
    def message(self) -> Any:
        """A lazy translated sentence."""
        return dropped_sentences()[self.code] % {"count": self.number, "most": MAX_PICTURES}


class WordReport(NamedTuple):
    words: int
    headings: int
    lists: int
    tables: int
    links: int
    pictures: int
    dropped: list[Dropped]


class WordStory(NamedTuple):
    """`html` is clean but for `figure[data-word-picture="N"]`, N an index into `pictures`."""

    title: str
    html: str
    pictures: list[WordPicture]
    report: WordReport


def dropped_sentences() -> Mapping[str, Any]:
    from django.utils.translation import gettext_lazy as _

    return {
        "unsafe-links": _("Links that do not lead to a web page or mailbox were taken off: %(count)s."),
        "external-pictures": _(
            "Pictures that are not in the file but elsewhere on the web were left out: %(count)s. "
            "Please add them as files."
        ),
        "remote-template": _("The file asks for a template from elsewhere; it was not fetched."),
        "external-parts": _("Parts of the document that lie elsewhere were not fetched: %(count)s."),
        "unusable-pictures": _(
            "Pictures that a web page cannot show were left out: %(count)s. Please add them as JPEG or PNG files."
        ),
        "too-many-pictures": _(
            "One file brings at most %(most)s pictures; those beyond were left out: %(count)s. "
            "Please add them in the media library."
        ),
        "comments": _("Comments were left out: %(count)s."),
        "tracked-changes": _("Tracked changes were accepted: %(count)s. Please check these places."),
        "embedded-objects": _("Objects from other programs were left out: %(count)s. Please add them as pictures."),
        "charts": _("Charts and drawings were left out: %(count)s. Please add them as pictures."),
        "equations": _("Formulas were left out: %(count)s. Please write them as text or add them as pictures."),
    }


class WordRefused(Refused):
    """A Word file was not taken. Codes are the keys of `sentences()`."""

    @staticmethod
    def sentences() -> Mapping[str, Any]:
        from django.utils.translation import gettext_lazy as _

        unsafe = _("This file is built in a way that Word does not build files (%(name)s). "
                   "Please open it in Word, save it under a new name and send the new file.")  # fmt: skip
        return {
            "empty": _("The file is empty. Please choose the Word file again and send it once more."),
            "too-heavy": _(
                "The file weighs %(megabytes)s MB and may weigh at most %(limit)s MB. "
                "Please make the pictures in it smaller, or send them as separate files."
            ),
            "pdf": _("This is a PDF, whatever its name says. Please send the Word file it was made from."),
            "html": _("This is a web page, whatever its name says. Please send a Word document (.docx)."),
            "rtf": _("This is an RTF file. Please save it as a Word document (.docx) and send the new file."),
            "legacy-doc": _(
                "This is a Word file of the old kind (.doc). "
                "Please save it as a Word document (.docx) and send the new file."
            ),
            "protected": _("This file is protected by a password. Please take the password off and send it again."),
            "open-document": _(
                "This is an OpenDocument file. Please save it as a Word document (.docx) and send that."
            ),
            "other-office": _("This is a spreadsheet or a presentation. Please send a Word document (.docx)."),
            "not-word": _("This file is not a Word document. Please send a file that Word saved as .docx."),
            "damaged": _("The file is damaged and cannot be opened. Please save it again in Word and send it."),
            "mismatch": unsafe,
            "names": unsafe,
            "duplicates": unsafe,
            "too-many-entries": _(
                "The file consists of more than %(limit)s parts. "
                "Please copy the text into a new document and send that."
            ),
            "too-large-inside": _(
                "The file is small, but would unpack to more than can be processed. "
                "Please copy the text into a new document and send that."
            ),
            "nested": _(
                "The Word file holds another document or archive (%(name)s). Please replace it by a picture, "
                "a table or plain text, and send the file again."
            ),
            "macros": _(
                "The file contains macros. Please save it as a Word document without macros (.docx) "
                "and send the new file."
            ),
            "active-x": _("The file contains active controls. Please remove them, save it as .docx and send that."),
            "entities": _(
                "The file contains XML declarations that Word does not write. "
                "Please open it in Word, save it under a new name and send the new file."
            ),
            "no-text": _("There is no text in this file. Please check that you sent the right one."),
            "too-long": _("The file took too long to read. Please send it in several parts, or with fewer tables."),
            "too-complex": _(
                "The file is too large or too deeply nested to be read. "
                "Please copy the text into a new document and send that."
            ),
            "broken": _(
                "The file cannot be read. "
                "Please open it in Word, save it as a Word document (.docx) and send the new file."
            ),
        }
