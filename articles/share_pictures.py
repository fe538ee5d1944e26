"""Pictures that stand beside a link to us in other places: the headline on the publisher's colours, with its picture.

The address of one has a short hash of all that is drawn, so a story that changes has another picture at another
address. It is drawn when it is first asked for and kept in the public storage, in a folder that `views.media` shows to
nobody outside.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import branding, contrast, lettering
from .models import Article, Brand, MediaAsset

if TYPE_CHECKING:
    from PIL import Image

logger = logging.getLogger(__name__)

WIDTH, HEIGHT = 1200, 630
FOLDER = "share"
# Another number when pictures are drawn in another way: every address is then another.
METHOD = 2
# Drawings a minute and cache. Who asks for more asks for all there are, and gets the pictures that stories lead with.
MOST_A_MINUTE = 240
DRAWINGS = "share-pictures"
# A web process draws one at a time, and lets others wait for so many seconds.
PATIENCE = 10.0

INK, MUTED, PAPER = "#1a1a1a", "#595959", "#ffffff"
PAID_INK, PAID_PAPER = "#5c3d00", "#fff4d6"
ALARM = "#b3261e"
EDGE = 60
KICKER = 48
BAND = 14
# How wide the picture is, and how many lines the headline may have: the next where it would be small in this one.
PHOTOS = ((470, 4), (340, 4), (340, 6))
NO_PHOTO = ((0, 4), (0, 6))
SMALL = 46
HEADLINE_SIZES = (104, 92, 84, 76, 70, 64, 58, 54, 50, 46, 42, 38, 34, 30)
BESIDE_PHOTO = HEADLINE_SIZES[4:]
LABEL_SIZES = (40, 36, 32, 28, 24)


class TooMany(Exception):
    """Raised when more pictures are asked for at once than are drawn."""


@dataclass(frozen=True)
class Card:
    """All that is drawn, and nothing else: its hash is the version. `picture` is the path of a rendition in the public
    storage and where it is looked at, `logo` the key of one."""

    language: str
    headline: str
    section: str
    label: str
    live: str
    name: str
    accent: str
    logo: str = ""
    picture: str = ""
    focal: tuple[float, float] = (0.5, 0.5)
    standfirst: str = ""

    @property
    def version(self) -> str:
        said = json.dumps([METHOD, lettering.joins_letters(), *vars(self).values()], ensure_ascii=False)
        return hashlib.sha256(said.encode()).hexdigest()[:12]


def card_of(story: Article, at: datetime | None = None) -> Card:
    """What the picture of a story says at a moment. No query for a story with its section and picture."""
    at, language = at or timezone.now(), story.language
    with translation.override(language):
        label = (
            _("Paid for by %(sponsor)s")
            % {"sponsor": f"{lettering.ISOLATE}{story.sponsor_name}{lettering.END_OF_ISOLATE}"}
            if story.is_sponsored
            else ""
        )
        live = pgettext("coverage", "Live") if story.is_covered_live(at) else ""
    hero = story.hero
    return Card(
        headline=story.headline,
        section=story.section.name if story.section else "",
        label=label,
        live=live,
        picture=_rendition(hero) if hero else "",
        focal=(hero.focal_x, hero.focal_y) if hero else (0.5, 0.5),
        **_of_brand(language),
    )


def card_of_site(language: str) -> Card:
    """What stands beside links to the front page and to lists."""
    brand = Brand.current()
    tagline = brand.said("tagline", language)
    return Card(headline="", section="", label="", live="", standfirst=tagline, **_of_brand(language))


def _of_brand(language: str) -> dict[str, Any]:
    brand = Brand.current()
    return {
        "language": language,
        "name": brand.said("name", language),
        "accent": brand.accents()["light"],
        "logo": brand.paper_logo(language).get("key", ""),
    }


def _rendition(asset: MediaAsset) -> str:
    """The widest uncropped one, which has at most 1280 pixels across: the focal point decides what is shown of it."""
    drawn = [(width, form) for width, _height, form in asset.renditions.get("full") or [] if form == "webp"]
    return asset.path("full", max(drawn)[0], "webp") if drawn else ""


# Addresses


def address(story: Article, at: datetime | None = None) -> str:
    """The path of a story's picture, WIDTH x HEIGHT pixels. Empty where nothing can be drawn and nothing else may stand
    in for it: a paid story goes nowhere without its label. No query for a story with its section and picture."""
    card = card_of(story, at)
    if not can_be_drawn(card):
        return "" if story.is_sponsored or not story.hero else story.hero.url("3x2", 1200)
    return reverse("machines:share_picture", args=[f"{story.pk}-{card.version}"])


def site_address(language: str) -> str:
    """The path of the picture for every page that is no story; empty where the publisher's name cannot be drawn."""
    card = card_of_site(language)
    if not can_be_drawn(card):
        return ""
    return reverse("machines:share_picture", args=[f"site-{language}-{card.version}"])


def alt(story: Article) -> str:
    """What stands on it, in words, in the language of the story: with the label of a paid one."""
    card = card_of(story)
    parts = [card.label, card.live, card.section, card.headline, card.name]
    plain = str.maketrans("", "", lettering.ISOLATE + lettering.END_OF_ISOLATE)
    return ". ".join(part.translate(plain) for part in parts if part)


def can_be_drawn(card: Card) -> bool:
    """Whether every letter has a shape here."""
    try:
        for text in (card.headline, card.label, card.live, card.section, card.standfirst, card.name):
            lettering.clean(text)
    except lettering.Undrawable:
        return False
    return True


# Kept and drawn


def picture(card: Card, shelf: str) -> bytes:
    """The JPEG of a card, from the storage or drawn now. `shelf` is the folder of its versions, of which the newest
    stays. Raises lettering.Undrawable, TooMany."""
    path = f"{FOLDER}/{shelf}/{card.version}.jpg"
    if data := _kept(path):
        return data
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise TooMany
    try:
        if data := _kept(path):
            return data
        if _drawn_this_minute() > MOST_A_MINUTE:
            raise TooMany
        data = drawn(card)
        _keep(path, data)
        return data
    finally:
        _one_at_a_time.release()


_one_at_a_time = threading.Lock()


def _drawn_this_minute() -> int:
    try:
        cache.add(DRAWINGS, 0, 60)
        return cache.incr(DRAWINGS)
    except Exception:  # expired between the two calls, or away: the lock bounds it too
        return 0


def _kept(path: str) -> bytes:
    """A picture from the storage; empty where there is none, or only the part that somebody wrote so far."""
    try:
        with default_storage.open(path, "rb") as file:
            data = file.read()
    except OSError:
        return b""
    return data if data.endswith(b"\xff\xd9") else b""


def _keep(path: str, data: bytes) -> None:
    """Put a picture in the place of those before it. A storage that is away costs time, not the picture."""
    folder, _slash, name = path.rpartition("/")
    try:
        default_storage.delete(path)  # half a file of somebody who was killed
        default_storage.save(path, ContentFile(data))
        for other in default_storage.listdir(folder)[1]:
            if other != name:
                default_storage.delete(f"{folder}/{other}")
    except OSError as error:
        logger.warning("The share picture %s is not kept: %s", path, error)


def drawn(card: Card) -> bytes:
    """A JPEG of WIDTH x HEIGHT pixels. Raises lettering.Undrawable."""
    from PIL import Image

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    (_draw_story if card.headline else _draw_site)(image, card)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, subsampling=0, optimize=True)
    return out.getvalue()


def _draw_story(image: Image.Image, card: Card) -> None:
    """Words on the side where reading begins, the picture on the other; the label above everything."""
    from PIL import ImageDraw

    brush = ImageDraw.Draw(image)
    picture, is_rtl = _picture(card), card.language == "ar"
    label = _label(card)
    top = label.height + 40 + 32 if label else BAND + 40
    below = top + (KICKER + 16 if card.live or card.section else 0)
    foot = HEIGHT - 112
    edge = EDGE - 4 if picture else EDGE + 12
    text, across = _headline(card, edge=edge, height=foot - below - 24, has_picture=picture is not None)
    wide, left = WIDTH - across, across if is_rtl else 0
    box = {"start": left + edge, "end": left + wide - edge}
    if picture:
        image.paste(_photo(card, picture, across), (0 if is_rtl else wide, 0))
    if label:
        # From side to side, over the picture too: whoever cuts the sides off keeps it.
        brush.rectangle((0, 0, WIDTH - 1, label.height + 39), fill=PAID_PAPER)
        lettering.draw(brush, label, start=edge, end=WIDTH - edge, top=20, colour=PAID_INK)
    else:
        brush.rectangle((left, 0, left + wide - 1, BAND - 1), fill=card.accent)
    _draw_kicker(brush, card, top=top, **box)
    # A little above the middle of its room, so that a short one is not lost at its top.
    spare = foot - 24 - below - text.height
    lettering.draw(brush, text, top=below + spare * 0.35, colour=INK, **box)
    _draw_name(image, brush, card, top=foot, **box)


def _headline(card: Card, *, edge: int, height: int, has_picture: bool) -> tuple[lettering.Setting, int]:
    """The headline, and the width of the picture that it leaves room for."""
    for across, most_lines in PHOTOS if has_picture else NO_PHOTO:
        text = lettering.fit(
            lettering.clean(card.headline),
            card.language,
            width=WIDTH - across - 2 * edge,
            height=height,
            sizes=BESIDE_PHOTO if has_picture else HEADLINE_SIZES,
            most_lines=most_lines,
        )
        if text.size >= SMALL:
            break
    return text, across


def _label(card: Card) -> lettering.Setting | None:
    """Who paid: as large as anything beside the headline, on every paid story."""
    if not card.label:
        return None
    text, width = lettering.clean(card.label), WIDTH - 2 * (EDGE + 12)
    return lettering.fit(text, card.language, width=width, height=150, sizes=LABEL_SIZES, most_lines=3)


def _draw_kicker(brush: Any, card: Card, *, start: int, end: int, top: int) -> None:
    """The live pill and the section, above the headline."""
    is_rtl, height = card.language == "ar", KICKER
    if card.live:
        pill = lettering.fit(lettering.clean(card.live), card.language, width=200, height=60, sizes=(28,), most_lines=1)
        width = round(pill.width) + 36
        near = end - width if is_rtl else start
        brush.rounded_rectangle((near, top, near + width, top + height), 4, fill=ALARM)
        lettering.draw(
            brush, pill, start=near + 18, end=near + width - 18, top=top + (height - pill.leading) / 2, colour=PAPER
        )
        start, end = (start, near - 20) if is_rtl else (near + width + 20, end)
    if card.section:
        name = lettering.fit(
            lettering.clean(card.section), card.language, width=end - start, height=60, sizes=(30, 26), most_lines=1
        )
        lettering.draw(
            brush, name, start=start, end=end, top=top + (height - name.leading) / 2, colour=readable(card.accent)
        )


def _draw_name(image: Image.Image, brush: Any, card: Card, *, start: int, end: int, top: int) -> None:
    """Who publishes it: the logo, else the name in words."""
    is_rtl = card.language == "ar"
    brush.line((start, top, end, top), fill="#d9d5cd", width=2)
    if logo := _logo(card, most=(end - start, 60)):
        at = (end - logo.width if is_rtl else start, top + 26 + (60 - logo.height) // 2)
        image.paste(logo, at, logo)
        return
    name = lettering.fit(
        lettering.clean(card.name), card.language, width=end - start, height=70, sizes=(34, 30, 26, 22), most_lines=1
    )
    lettering.draw(brush, name, start=start, end=end, top=top + 26 + (60 - name.leading) / 2, colour=INK)


def _draw_site(image: Image.Image, card: Card) -> None:
    from PIL import ImageDraw

    brush = ImageDraw.Draw(image)
    is_rtl = card.language == "ar"
    start, end = 100, WIDTH - 100
    brush.rectangle((0, 0, WIDTH - 1, 2 * BAND - 1), fill=card.accent)
    tagline = lettering.clean(card.standfirst)
    said = tagline and lettering.fit(
        tagline, card.language, width=end - start, height=150, sizes=(40, 36, 32), most_lines=2, is_bold=False
    )
    logo = _logo(card, most=(end - start, 190))
    name = lettering.fit(
        lettering.clean(card.name),
        card.language,
        width=end - start,
        height=300,
        sizes=(112, 96, 84, 72, 60),
        most_lines=2,
    )
    high = logo.height if logo else name.height
    top = (HEIGHT - high - (said.height + 32 if said else 0)) // 2 + BAND
    if logo:
        image.paste(logo, (end - logo.width if is_rtl else start, top), logo)
    else:
        lettering.draw(brush, name, start=start, end=end, top=top, colour=INK)
    if said:
        lettering.draw(brush, said, start=start, end=end, top=top + high + 32, colour=MUTED)


def readable(accent: str) -> str:
    """The accent where words can be read in it on paper, else ink."""
    return accent if contrast.ratio(accent, PAPER) >= contrast.LEAST else INK


def _picture(card: Card) -> Image.Image | None:
    """The rendition; None where there is none, or its file is gone."""
    from PIL import Image

    if not card.picture:
        return None
    try:
        with default_storage.open(card.picture, "rb") as file, Image.open(file, formats=["WEBP"]) as picture:
            shown = picture.convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        logger.warning("A share picture goes without its picture %s: %s", card.picture, error)
        return None
    ground = Image.new("RGBA", shown.size, PAPER)
    ground.alpha_composite(shown)
    return ground.convert("RGB")


def _photo(card: Card, picture: Image.Image, across: int) -> Image.Image:
    """The part of a picture that is so many pixels wide and as high as ours, round its focal point."""
    from PIL import Image, ImageOps

    def share(length: float, kept: float, focal: float) -> float:
        spare = length - kept
        return min(1.0, max(0.0, (focal * length - kept / 2) / spare)) if spare > 0 else 0.5

    scale = min(picture.width / across, picture.height / HEIGHT)
    centre = (
        share(picture.width, across * scale, card.focal[0]),
        share(picture.height, HEIGHT * scale, card.focal[1]),
    )
    return ImageOps.fit(picture, (across, HEIGHT), Image.Resampling.LANCZOS, centering=centre)


def _logo(card: Card, *, most: tuple[int, int]) -> Image.Image | None:
    from PIL import Image

    data = branding.paper_logo({"key": card.logo}) if card.logo else None
    if not data:
        return None
    with Image.open(io.BytesIO(data), formats=["PNG"]) as picture:  # of our own making
        logo = picture.convert("RGBA")
    scale = min(most[0] / logo.width, most[1] / logo.height)
    size = max(1, round(logo.width * scale)), max(1, round(logo.height * scale))
    return logo.resize(size, Image.Resampling.LANCZOS)


def languages() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]
