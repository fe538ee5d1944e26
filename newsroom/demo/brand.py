"""The invented publisher: its name, a drawn logo in both scripts, a colour, and where else it is."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from ads.paper.text import FONTS
from articles import branding
from articles.models import Brand

INK, SAIL = "#1a1a1a", "#9a3412"
TALL = 224
SOCIAL = [("mastodon", "courier"), ("telegram", "amaya"), ("youtube", "courier-films"), ("podcast", "morning")]
SAID = {
    "name": "The Amaya Courier",
    "name_ar": "بريد أمايا",
    "tagline": "Wendara, reported plainly",
    "tagline_ar": "أخبار وندارا بوضوح",
    "about": "A newsroom of eleven in Amaya. We publish in English and Arabic, and say who paid for what.",
    "about_ar": "غرفة أخبار من أحد عشر صحفيًا في أمايا. ننشر بالإنجليزية والعربية، ونقول دائمًا من دفع ثمن ماذا.",
    "copyright": "© {year} {name}. All rights reserved.",
    "copyright_ar": "© {year} {name}. جميع الحقوق محفوظة.",
    "email": "newsroom@amaya-courier.example",
    "accent": SAIL,
    "social": [{"network": network, "url": f"https://social.amaya-courier.example/{name}"} for network, name in SOCIAL],
}


def make(now: datetime) -> None:
    """Said once: what somebody wrote about the brand since then stays."""
    if Brand.objects.filter(version__gt=0).exists():
        return
    pictures = {
        "logo": _logo("The Amaya Courier", "NotoSans-Bold.ttf", 92, is_rtl=False),
        "logo_ar": _logo("بريد أمايا", "NotoNaskhArabic-Bold.ttf", 120, is_rtl=True),
        "icon": _png(_mark(512, "#ffffff", SAIL)),
    }
    drawn = {name: branding.draw(name, data) for name, data in pictures.items()}
    branding.change(SAID | drawn, seen=0, by=None, at=now)


def _logo(words: str, font: str, size: int, *, is_rtl: bool) -> bytes:
    """A sail on the water, then the name, on nothing."""
    type_ = ImageFont.truetype(FONTS / font, size)
    wide = round(type_.getlength(words)) + TALL + 40
    image = Image.new("RGBA", (wide, TALL), (0, 0, 0, 0))
    mark = _mark(TALL, INK, None)
    image.alpha_composite(mark, (wide - TALL if is_rtl else 0, 0))
    place = (0 if is_rtl else TALL + 28, TALL // 2)
    ImageDraw.Draw(image).text(
        place,
        words,
        fill=INK,
        font=type_,
        anchor="lm",
        direction="rtl" if is_rtl else "ltr",
        language="ar" if is_rtl else "en",
    )
    return _png(image)


def _mark(side: int, ink: str, ground: str | None) -> Image.Image:
    big = side * 4
    image = Image.new("RGBA", (big, big), ground or (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)

    def at(*points: tuple[float, float]) -> list[tuple[float, float]]:
        inset = 0.2 if ground else 0.04
        return [(big * (inset + x * (1 - 2 * inset)), big * (inset + y * (1 - 2 * inset))) for x, y in points]

    pen.polygon(at((0.46, 0.0), (0.46, 0.72), (0.04, 0.72)), fill=ink)
    pen.polygon(at((0.56, 0.18), (0.56, 0.72), (0.92, 0.72)), fill=ink)
    pen.polygon(at((0.0, 0.8), (1.0, 0.8), (0.82, 1.0), (0.18, 1.0)), fill=ink)
    return image.resize((side, side), Image.Resampling.LANCZOS)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
