"""Alternative text of artwork: what it says, for people who do not see it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 200
# Words that say that there is a picture, and nothing of what it says. English, Arabic, and what cameras and programs
# call their files.
EMPTY_WORDS = {
    *("image", "img", "picture", "pic", "photo", "graphic", "artwork", "art", "banner", "ad", "ads", "advert"),
    *("advertisement", "logo", "file", "untitled", "unnamed", "screenshot", "jpg", "jpeg", "gif", "alt", "text"),
    *("alternative", "none", "test", "the", "a", "an", "of", "our", "my", "final", "new", "copy", "version"),
    *("صورة", "الصورة", "إعلان", "الإعلان", "اعلان", "شعار", "لافتة", "بانر", "ملف", "نص", "بديل"),
}
_FILE_NAME = re.compile(r"\S+\.(?:jpe?g|gif|png|webp|psd|ai|svg|tiff?|bmp)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def normalise(text: str, file_names: Iterable[str] = ()) -> str:
    """The text in one line. Raises ValidationError for what describes nothing: no words, a file's name, or only words
    such as "image"."""
    text = " ".join(text.split())
    if not text:
        raise ValidationError(_("Say what the artwork says, for people who cannot see it."))
    if not all(letter.isprintable() or letter in "\u200c\u200d\u200e\u200f" for letter in text):
        raise ValidationError(_("This text has signs that cannot be shown. Please type it anew."))
    if len(text) > LONGEST:
        raise ValidationError(_("Please use at most %(most)d characters.") % {"most": LONGEST})
    stems = {PurePath(name.replace("\\", "/")).stem.casefold() for name in file_names if name}
    words = _WORD.findall(text.casefold())
    if (
        _FILE_NAME.fullmatch(text)
        or text.casefold() in stems
        or not set(words) - EMPTY_WORDS
        or len("".join(words)) < 3
    ):
        raise ValidationError(
            _("“%(text)s” does not say what the artwork says. Write the words in it, or what it shows.")
            % {"text": text}
        )
    return text
