"""Whether an animation flashes as people with photosensitive epilepsy cannot bear it. Runs in a child process.

After WCAG 2.2, success criterion 2.3.1 and its definition of "general flash and red flash thresholds": a flash is a
pair of opposing changes of relative luminance by a tenth of white or more, where the darker of the two is below 0.80;
or a pair of opposing changes that involve a saturated red (R / (R + G + B) >= 0.8, and a change of more than 20 in
(R - G - B) x 320). More than three in any second are refused where they fill a quarter of any 341 x 256 pixels.

Stricter than the text in two places. Where a picture is smaller than 341 x 256, a quarter of what it has counts,
because it fills more of a phone. And a pixel that turns seven times in less than a second has flashed three and a half
times, which is more than three.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PIL import Image, ImageChops

from articles.uploads.gifs import Frame, Gif

FIELD = (341, 256)
# Changes within a second that make more than three flashes.
TURNS = 7
SECOND = 100  # in hundredths, as a GIF counts
WHITE = 255
# In 255ths of white: a tenth; 0.80; 20 / 320.
STEP, BRIGHT, RED_STEP = 26, 204, 16
Box = tuple[int, int, int, int]
SHIFT = 16  # pixels between two places where the field is laid


class Flash(NamedTuple):
    """The first second that flashes, in hundredths of a second from the start."""

    begins: int
    is_red: bool


class Moment(NamedTuple):
    """What is seen from `at` on: two pictures in 255ths."""

    at: int
    luminance: Image.Image
    redness: Image.Image


def find(gif: Gif, images: Sequence[Image.Image], *, plays: int) -> Flash | None:
    """The first second with more than three flashes in `plays` rounds of the animation, None if there is none.
    `images` are the frames' indices (`gifs.indices`)."""
    general, red = _Turns(gif, STEP, BRIGHT), _Turns(gif, RED_STEP, WHITE + 1)
    for moment in _moments(gif, images, plays):
        for turns, picture in ((general, moment.luminance), (red, moment.redness)):
            begins = turns.see(picture, moment.at)
            if begins is not None:
                return Flash(begins, turns is red)
    return None


class _Turns:
    """Follows each pixel up and down, and counts its turns within the last second. All in whole pictures, because a
    loop over pixels in Python would take minutes."""

    def __init__(self, gif: Gif, step: int, bright: int) -> None:
        self.size = gif.width, gif.height
        field = [min(side, limit) for side, limit in zip(self.size, FIELD, strict=True)]
        self.field, self.significant = field, field[0] * field[1] / 4
        self.is_far = [WHITE if value >= step else 0 for value in range(256)]
        self.is_dark = [WHITE if value < bright else 0 for value in range(256)]
        self.seen: Image.Image | None = None
        # The extremes since the last turn; which way that was; turns within a second.
        self.low, self.high, self.rose, self.fell, self.count = (Image.new("L", self.size, 0) for _n in range(5))
        self.recent: deque[tuple[int, Box, Image.Image]] = deque()

    def see(self, picture: Image.Image, at: int) -> int | None:
        """Take the next picture in. When the second that it ends flashes, when that began."""
        if self.seen is None:
            self.seen, self.low, self.high = picture, picture.copy(), picture.copy()
            return None
        while self.recent and at - self.recent[0][0] >= SECOND:
            _at, past, once = self.recent.popleft()
            self.count.paste(ImageChops.subtract(self.count.crop(past), once), past)
        box = ImageChops.difference(self.seen, picture).getbbox()
        self.seen = picture
        turned = self._turned(picture.crop(box), box) if box else None
        if turned is None or box is None or turned.getbbox() is None:
            return None
        once = turned.point([0] * WHITE + [1])
        self.recent.append((at, box, once))
        self.count.paste(ImageChops.add(self.count.crop(box), once), box)
        return self.recent[0][0] if self._is_significant() else None

    def _turned(self, picture: Image.Image, box: Box) -> Image.Image:
        """Where pixels turn now, within the box that changed."""
        rose, fell = self.rose.crop(box), self.fell.crop(box)
        low = ImageChops.darker(self.low.crop(box), picture)
        high = ImageChops.lighter(self.high.crop(box), picture)
        rises = self._new(ImageChops.subtract(picture, low), low, rose)
        falls = self._new(ImageChops.subtract(high, picture), picture, fell)
        high.paste(picture, mask=rises)
        low.paste(picture, mask=falls)
        self.low.paste(low, box)
        self.high.paste(high, box)
        self.rose.paste(ImageChops.subtract(ImageChops.lighter(rose, rises), falls), box)
        self.fell.paste(ImageChops.subtract(ImageChops.lighter(fell, falls), rises), box)
        return ImageChops.lighter(rises, falls)

    def _new(self, change: Image.Image, darker: Image.Image, before: Image.Image) -> Image.Image:
        """Where a change is large enough, dark enough at one end, and goes another way than the one before it."""
        counts = ImageChops.darker(change.point(self.is_far), darker.point(self.is_dark))
        return ImageChops.subtract(counts, before)

    def _is_significant(self) -> bool:
        often = self.count.point([0] * TURNS + [WHITE] * (256 - TURNS))
        if often.histogram()[WHITE] < self.significant:
            return False
        (width, height), (across, down) = self.size, self.field
        for top in _places(height - down):
            for left in _places(width - across):
                if often.crop((left, top, left + across, top + down)).histogram()[WHITE] >= self.significant:
                    return True
        return False


def _places(room: int) -> list[int]:
    return [*range(0, room, SHIFT), room]


def _moments(gif: Gif, images: Sequence[Image.Image], plays: int) -> Iterator[Moment]:
    """The animation as a browser composes it, on a white page."""
    colours: dict[bytes, tuple[list[int], list[int]]] = {}
    at = 0
    for _play in range(plays):
        pictures = [Image.new("L", (gif.width, gif.height), value) for value in (WHITE, 0)]
        for frame, image in zip(gif.frames, images, strict=True):
            if frame.palette not in colours:
                colours[frame.palette] = _tables(frame.palette)
            before = [picture.copy() for picture in pictures] if frame.disposal == 3 else pictures
            _draw(pictures, frame, image, colours[frame.palette])
            yield Moment(at, pictures[0].copy(), pictures[1].copy())
            at += frame.delay
            pictures = before
            if frame.disposal == 2:
                box = (frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
                pictures[0].paste(WHITE, box)
                pictures[1].paste(0, box)


def _draw(pictures: list[Image.Image], frame: Frame, image: Image.Image, tables: tuple[list[int], list[int]]) -> None:
    values = Image.frombytes("L", image.size, image.tobytes())
    mask = None
    if frame.transparent is not None:
        mask = values.point([0 if index == frame.transparent else WHITE for index in range(256)])
    for picture, table in zip(pictures, tables, strict=True):
        picture.paste(values.point(table), (frame.left, frame.top), mask)


def _tables(palette: bytes) -> tuple[list[int], list[int]]:
    """Luminance and redness of each index, in 255ths; redness is 0 for what is no saturated red."""
    luminance, redness = [0] * 256, [0] * 256
    for index in range(len(palette) // 3):
        red, green, blue = (_linear(value) for value in palette[3 * index : 3 * index + 3])
        luminance[index] = round(WHITE * (0.2126 * red + 0.7152 * green + 0.0722 * blue))
        if red and red / (red + green + blue) >= 0.8:
            redness[index] = round(WHITE * max(0.0, red - green - blue))
    return luminance, redness


def _linear(value: int) -> float:
    """A channel of sRGB as light, 0 to 1 (the formula of WCAG's relative luminance)."""
    share = value / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
