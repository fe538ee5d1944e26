"""What there is to say about a picture, and why one was refused.

Apart from the code that decodes, because web processes import this and leave Pillow to child processes.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from articles.uploads.refusals import Refused

# The names people know, by Pillow's name of the format.
NAMES = {"JPEG": "JPEG", "GIF": "GIF", "PNG": "PNG", "WEBP": "WebP"}


class Facts(NamedTuple):
    """`width` and `height` as the picture is shown (EXIF orientation applied). `duration_ms` is one round of
    the animation, 0 for a still; `loops` is how often it plays, 0 for ever. `bytes` is the size of the
    file."""

    format: str
    width: int
    height: int
    frames: int
    duration_ms: int
    loops: int
    bytes: int


class Artwork(NamedTuple):
    """Advertising artwork written anew: its facts, its bytes, and the extension its file should have."""

    facts: Facts
    data: bytes
    extension: str


class Rendition(NamedTuple):
    """One size of a picture. `crop` is "full" or "3x2", `format` is "webp" or "avif"."""

    crop: str
    width: int
    height: int
    format: str
    data: bytes


class TakenIn(NamedTuple):
    """A picture of the library written anew: the facts and bytes of the original to keep, how it looks
    (`articles.uploads.look`), and every rendition."""

    facts: Facts
    original: bytes
    look: int | None
    renditions: list[Rendition]


class Logo(NamedTuple):
    """A publisher's logo: its size in CSS pixels, and its files. `dark` is empty where the same is seen on dark."""

    width: int
    height: int
    light: bytes
    dark: bytes
    paper: bytes


class PictureRefused(Refused):
    """A picture was not taken. Codes are the keys of `sentences()`."""

    @staticmethod
    def sentences() -> Mapping[str, Any]:
        from django.utils.translation import gettext_lazy as _

        return {
            "empty": _("The file is empty. Please choose the picture again and send it once more."),
            "not-a-picture": _("This file is not a picture that can be opened. Please send one of these: %(wanted)s."),
            "wrong-format": _(
                "This file is a %(format)s, whatever its name says. Please send one of these: %(wanted)s."
            ),
            "too-heavy": _(
                "The file weighs %(kilobytes)s KB and may weigh at most %(limit)s KB. "
                "Please save it smaller and send it again."
            ),
            "too-many-pixels": _(
                "The picture has %(width)s × %(height)s pixels, more than can be processed "
                "(%(limit)s million). Please scale it down and send it again."
            ),
            "too-many-frames": _("The animation has more than %(limit)s frames. Please shorten it and send it again."),
            "too-much-animation": _(
                "The animation has %(frames)s frames of this size, more than can be processed. "
                "Please shorten it or scale it down and send it again."
            ),
            "too-heavy-anew": _(
                "Written anew, without what a picture does not need, the file weighs %(kilobytes)s KB and may weigh at "
                "most %(limit)s KB. Please use fewer colours or frames and send it again."
            ),
            "plays-too-long": _(
                "The animation takes %(seconds)s seconds and may take at most %(limit)s. "
                "Please shorten it and send it again."
            ),
            "flashing": _(
                "The animation flashes more than three times within a second, from %(second)s seconds on, over a large "
                "area. That can cause seizures. Please let it change more slowly there, or in a smaller area."
            ),
            "flashing-red": _(
                "The animation flashes in strong red more than three times within a second, from %(second)s seconds "
                "on. That can cause seizures. Please let it change more slowly there, or take another colour."
            ),
            "wrong-size": _(
                "This position takes artwork of exactly %(wanted_width)s × %(wanted_height)s pixels; "
                "yours is %(width)s × %(height)s."
            ),
            "svg": _(
                "An SVG file can carry programs, so it is not taken. Please save the logo as PNG, at least 464 pixels "
                "wide, and send that."
            ),
            "too-small": _(
                "The logo has %(width)s × %(height)s pixels without its empty border; it needs a height of at least "
                "%(least)s. Please send a larger one."
            ),
            "too-small-icon": _(
                "The icon has %(width)s × %(height)s pixels; each side needs at least %(least)s. "
                "Please send a larger one."
            ),
            "truncated": _(
                "The picture ends too early; part of the file is missing. "
                "Please save it again in your picture program and send the new file."
            ),
            "broken": _(
                "The picture is damaged and cannot be read. "
                "Please save it again in your picture program and send the new file."
            ),
            "too-long": _(
                "The picture took too long to read. Please save it again, smaller or simpler, and send the new file."
            ),
        }
