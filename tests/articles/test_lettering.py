"""Letters on pictures: what stands where, in which typeface, and that all of it is inside its box."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from articles import lettering

SIZES = (76, 64, 52, 40, 30)
LONG = "The committee that looked into the prices of bread, rice and oil found that traders are to blame " * 3


def ink(setting: lettering.Setting, *, start: int = 100, end: int = 700, top: int = 100):
    """The box of all that is not paper, on a sheet with room around."""
    image = Image.new("RGB", (800, 900), "white")
    lettering.draw(ImageDraw.Draw(image), setting, start=start, end=end, top=top, colour="black")
    return ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()


def fit(text: str, language: str, **box) -> lettering.Setting:
    return lettering.fit(lettering.clean(text), language, **{"width": 600, "height": 500, "sizes": SIZES} | box)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Port reopens", "en"),
        (LONG, "en"),
        ("Donaudampfschifffahrtsgesellschaftskapitänswitwe retires", "en"),
        ("jgyÅÉ (Who owns «سوق الخميس»?)", "en"),
        ("عودة الحركة إلى ميناء لاغوس بعد إضراب دام أحد عشر يوما", "ar"),
        ("«مُحَمَّدٌ» يَكْتُبُ: لماذا تأخّر القرارُ؟", "ar"),
        ("شركة Dangote Refinery ترفع إنتاجها 25% إلى 650,000 برميل (وفق Reuters)", "ar"),
        ("ـ" * 200, "ar"),
    ],
)
def test_no_letter_leaves_its_box(text, language):
    setting = fit(text, language)
    left, top, right, bottom = ink(setting)
    assert len(setting.lines) <= 4
    # A few pixels: the swing of a letter beyond its advance.
    assert left >= 92
    assert right <= 708
    assert top >= 96
    assert bottom <= 100 + setting.height + setting.leading * 0.1


def test_arabic_letters_are_joined():
    """Joined, they are much narrower than side by side, and the ink of a word has no gaps."""
    word = "سبب"
    joined = lettering.width_of(word, 60, "ar")
    isolated = sum(lettering.width_of(letter, 60, "ar") for letter in word)
    assert joined < isolated * 0.8
    image = Image.new("L", (600, 200), 0)
    setting = lettering.fit(word, "ar", width=500, height=150, sizes=(60,))
    lettering.draw(ImageDraw.Draw(image), setting, start=50, end=550, top=40, colour="white")
    left, _top, right, _bottom = image.getbbox() or (0, 0, 0, 0)
    columns = [image.crop((x, 0, x + 1, 200)).getbbox() is not None for x in range(left, right)]
    assert all(columns)


def test_arabic_stands_on_the_right_and_english_on_the_left():
    left, _top, right, _bottom = ink(fit("نص", "ar"))
    assert left > 500
    assert right > 690
    left, _top, right, _bottom = ink(fit("Text", "en"))
    assert left < 112
    assert right < 400


def test_pieces_of_two_scripts_stand_in_the_order_of_the_eye():
    def order(text: str, language: str) -> list[str]:
        return [piece.text.strip() for piece in lettering.pieces(lettering.clean(text), language)]

    assert order("قال رئيس Lagos State اليوم", "ar") == ["اليوم", "Lagos State", "قال رئيس"]
    assert order("The «سوق الخميس» of 2026", "en") == ["The «", "سوق الخميس", "» of 2026"]
    assert order("باع 1,200 طن", "ar") == ["طن", "1,200", "باع"]
    # Within an English line the number stands to the left of the Arabic word before it.
    assert order("see سوق 12 now", "en") == ["see", "12", "سوق", "now"]


def test_a_name_in_isolation_keeps_its_full_stop():
    name = f"قال {lettering.ISOLATE}Mills Ltd.{lettering.END_OF_ISOLATE}"
    assert [piece.text for piece in lettering.pieces(name, "ar")] == ["Mills Ltd.", "قال "]


def test_each_piece_has_a_typeface_that_has_its_letters():
    found = lettering.pieces(lettering.clean("شركة Dangote ترفع «الإنتاج» 25%"), "ar")
    families = {piece.text.strip(): piece.family for piece in found}
    assert families["Dangote"] == lettering.LATIN
    assert families["شركة"] == lettering.ARABIC
    for piece in found:
        assert {ord(sign) for sign in piece.text} <= lettering._drawable(piece.family)


def test_lines_are_about_as_long_as_one_another():
    setting = fit("Lagos port reopens after a strike of eleven days and many ships wait", "en", sizes=(40,))
    widths = [lettering.width_of(line, 40, "en") for line in setting.lines]
    assert len(widths) > 1
    assert min(widths) > max(widths) * 0.6


def test_a_short_text_is_large_and_a_long_one_smaller():
    sizes = [fit(text, "en").size for text in ("Port reopens", "Port reopens " * 5, "Port reopens " * 9)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 76
    assert sizes[-1] < 76


def test_what_does_not_fit_at_all_ends_in_an_ellipsis():
    setting = fit(LONG, "en", height=200)
    assert setting.size == 30
    assert setting.lines[-1].endswith("…")
    assert " ".join(setting.lines)[:60] == LONG[:60]


def test_emoji_are_left_out_and_letters_without_a_shape_are_refused():
    assert lettering.clean("Goal! 🎉⚽ Nigeria wins") == "Goal! Nigeria wins"
    assert lettering.clean("a\u202eb\u0007c\n d") == "abc d"
    with pytest.raises(lettering.Undrawable, match="CJK"):
        lettering.clean("港口重開")


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=120), language=st.sampled_from(["en", "ar"]))
def test_any_text_is_drawn_or_refused(text, language):
    try:
        cleaned = lettering.clean(text)
    except lettering.Undrawable:
        return
    setting = lettering.fit(cleaned, language, width=600, height=300, sizes=(40, 30))
    box = ink(setting)
    assert setting.height <= 300
    assert box is None or (box[0] >= 80 and box[2] <= 720)
