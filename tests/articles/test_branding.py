"""Who publishes: what it is called, which colours can be read, and what is kept of a change."""

from __future__ import annotations

import time
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from django.core import mail as outbox
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from articles import branding, contrast, mail
from articles.models import Brand, BrandChange
from articles.models.brand import logo_at
from articles.uploads.pictures import PictureRefused
from tests import factories

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
MODES = st.sampled_from(["light", "dark"])


# Contrast.


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
    ],
)
def test_contrast_is_what_wcag_says(one, other, ratio):
    assert round(contrast.ratio(one, other), 2) == ratio
    assert contrast.ratio(one, other) == contrast.ratio(other, one)


@given(COLOURS, MODES, st.booleans())
def test_a_shade_that_can_be_read_is_found_for_every_colour(colour, mode, links):
    shade = contrast.nearest(colour, mode, links=links)
    assert contrast.least_ratio(shade, mode, links=links) >= 4.5
    assert branding.refusal(shade, mode, links=links) == ""
    assert (shade == colour) == (branding.refusal(colour, mode, links=links) == "")


def test_a_pale_colour_is_refused_with_what_it_reaches_and_a_shade_that_passes():
    said = branding.refusal("#ff8800", "light")
    assert said == "#ff8800 reaches a contrast of 2.17 : 1 in light mode, and text needs 4.5 : 1. #ab5b00 does."
    assert contrast.least_ratio("#ab5b00", "light") >= 4.5


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "#123456;", "#123456\n", "}body{display:none}"])
def test_what_is_no_colour_is_measured_by_nobody(colour):
    with pytest.raises(ValueError, match="is no colour"):
        contrast.luminance(colour)


# The style of a page.


@given(st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_nothing_but_colours_ever_stands_in_the_style(accent, dark, links):
    style = Brand(accent=accent, accent_dark=dark, accent_on_links=links).style
    assert style == "" or contrast.COLOUR.fullmatch(accent)


def test_the_style_names_a_colour_for_each_mode():
    assert Brand(accent="#9a3412", accent_dark="#ffb08f").style == (
        ":root{--accent:#9a3412}@media(prefers-color-scheme:dark){:root{--accent:#ffb08f}}"
    )
    assert Brand(accent="#9a3412", accent_dark="#ffb08f", accent_on_links=True).style == (
        ":root{--accent:#9a3412;--link:#9a3412;--button:#9a3412}"
        "@media(prefers-color-scheme:dark){:root{--accent:#ffb08f;--link:#ffb08f;--button:#ffb08f}}"
    )
    assert Brand().style == Brand(accent="#0b5c8a", accent_dark="#8cc4f0").style == ""


def test_one_colour_is_enough_and_a_bad_one_in_the_database_is_made_readable():
    assert Brand(accent="#9a3412").accents() == {"light": "#9a3412", "dark": contrast.nearest("#9a3412", "dark")}
    assert Brand(accent="#ffff00").accents()["light"] == contrast.nearest("#ffff00", "light")


# Words.


def test_a_text_is_said_in_the_other_language_before_the_environment_is_asked(settings):
    settings.SITE_NAME, settings.SITE_NAME_AR = "Set", "من البيئة"
    assert [Brand().said("name", code) for code in ("en", "ar")] == ["Set", "من البيئة"]
    assert [Brand(name="Here").said("name", code) for code in ("en", "ar")] == ["Here", "Here"]
    assert [Brand(name_ar="هنا").said("name", code) for code in ("en", "ar")] == ["هنا", "هنا"]
    assert Brand().said("about", "ar") == ""


def test_the_copyright_line_fills_its_gaps_and_escapes_the_rest():
    assert Brand(name="A & B").copyright_line("en", 2027) == "© 2027 <bdi>A &amp; B</bdi>"
    odd = Brand(name="<b>{year}</b>", copyright="{name} <script> {year} {more} %s")
    assert odd.copyright_line("en", 2027) == "<bdi>&lt;b&gt;{year}&lt;/b&gt;</bdi> &lt;script&gt; 2027 {more} %s"


def test_a_link_that_is_not_https_or_leads_to_no_known_place_is_not_shown():
    rows = [{"network": "x", "url": "javascript:alert(1)"}, {"network": "nowhere", "url": "https://a.example/"}, {}]
    good = {"network": "youtube", "url": "https://films.example/a"}
    assert Brand(social=[*rows, good]).links() == [{"name": "YouTube", "url": "https://films.example/a"}]


# The row.


@pytest.mark.django_db
def test_there_is_one_brand():
    Brand.objects.create()
    with pytest.raises(IntegrityError), transaction.atomic():
        Brand.objects.create(pk=2)


@pytest.mark.django_db
def test_a_change_is_kept_with_who_made_it_and_when():
    by, at = factories.user("Publisher"), timezone.now()
    brand = branding.change({"name": "One", "tagline": ""}, seen=0, by=by, at=at)
    again = branding.change(
        {"name": "Two", "accent": "#9a3412"}, seen=brand.version, by=None, at=at + timedelta(hours=1)
    )
    told = [(change.by, change.at - at, change.changes) for change in BrandChange.objects.order_by("at")]
    assert told == [
        (by, timedelta(0), {"name": ["", "One"]}),
        (None, timedelta(hours=1), {"name": ["One", "Two"], "accent": ["", "#9a3412"]}),
    ]
    assert (again.version, Brand.objects.get().name) == (2, "Two")


@pytest.mark.django_db
def test_a_change_that_changes_nothing_leaves_no_trace():
    brand = branding.change({"name": "One"}, seen=0, by=None, at=timezone.now())
    same = branding.change({"name": "One"}, seen=brand.version, by=None, at=timezone.now())
    assert (same.version, BrandChange.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_who_comes_second_is_told_and_overwrites_nothing():
    branding.change({"name": "Theirs"}, seen=0, by=None, at=timezone.now())
    with pytest.raises(branding.ChangedMeanwhile):
        branding.change({"name": "Mine"}, seen=0, by=None, at=timezone.now())
    assert Brand.objects.get().name == "Theirs"


@pytest.mark.django_db
def test_a_colour_that_cannot_be_read_is_not_saved():
    with pytest.raises(branding.BrandRefused, match="in dark mode"):
        branding.change({"accent": "#9a3412", "accent_dark": "#222222"}, seen=0, by=None, at=timezone.now())
    assert Brand.objects.count() == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_saves_sees_the_new_brand_at_once_and_nobody_one_that_was_taken_back():
    with transaction.atomic():
        branding.change({"name": "Taken back"}, seen=0, by=None, at=timezone.now())
        assert Brand.current().name == ""
        transaction.set_rollback(True)
    assert Brand.current().name == ""
    branding.change({"name": "Saved"}, seen=0, by=None, at=timezone.now())
    assert Brand.current().name == "Saved"


@pytest.mark.django_db
def test_the_brand_is_asked_for_once_and_again_after_its_time(django_assert_num_queries):
    factories.brand(name="First")
    with django_assert_num_queries(1):
        assert [Brand.current().name for _ in range(3)] == ["First"] * 3
    Brand.objects.update(name="By another process")
    with django_assert_num_queries(0):
        assert Brand.current().name == "First"
    Brand.know(Brand.current(), seconds=0)
    time.sleep(0.01)
    assert Brand.current().name == "By another process"


@pytest.mark.django_db
def test_while_the_database_is_away_the_last_known_brand_stays():
    Brand.know(Brand(name="Known"))
    Brand.forget()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE articles_brand RENAME TO articles_brand_that_is_away")
    assert Brand.current().name == "Known"


# Mail.


@pytest.mark.parametrize(
    "name",
    [
        "The Amaya Courier",
        "x" * 80,
        "بريد أمايا " * 7,
        'The "Quoted", <script>alert(1)</script>; & Co.',
        "a@b.example, c@d.example",
    ],
)
@pytest.mark.django_db
def test_mail_comes_from_the_name_whatever_stands_in_it(settings, run_jobs, name):
    settings.DEFAULT_FROM_EMAIL = "newsroom@news.example"
    Brand.know(Brand(name=name))
    mail.post(subject="Hello", body="Text", to=["reader@mail.example"])
    run_jobs()
    [sent] = outbox.outbox
    head = message_from_bytes(sent.message().as_bytes())["From"]
    shown = str(make_header(decode_header(head)))
    assert parseaddr(head)[1] == "newsroom@news.example"
    assert parseaddr(shown)[1] == "newsroom@news.example"
    assert " ".join(name.split()) in " ".join(shown.replace("\\", "").split())


@pytest.mark.django_db
def test_a_name_with_a_line_break_adds_no_header(settings, run_jobs):
    settings.DEFAULT_FROM_EMAIL = "newsroom@news.example"
    Brand.know(Brand(name="News\r\nBcc: everybody@mail.example\n\nBody"))
    mail.post(subject="Hello", body="Text", to=["reader@mail.example"])
    run_jobs()
    sent = message_from_bytes(outbox.outbox[0].message().as_bytes())
    assert (sent["Bcc"], sent.get_payload(), parseaddr(sent["From"])[1]) == (None, "Text", "newsroom@news.example")


@pytest.mark.django_db
def test_an_arabic_mail_comes_from_the_arabic_name(settings, run_jobs):
    settings.DEFAULT_FROM_EMAIL = "newsroom@news.example"
    Brand.know(Brand(name="The Courier", name_ar="البريد"))
    with translation.override("ar"):
        mail.post(subject="Hello", body="Text", to=["reader@mail.example"])
    mail.post(subject="Hello", body="Text", to=["reader@mail.example"])
    run_jobs()
    heads = {str(make_header(decode_header(one.message()["From"]))) for one in outbox.outbox}
    assert heads == {"البريد <newsroom@news.example>", "The Courier <newsroom@news.example>"}


def test_a_sender_that_the_operator_named_keeps_that_name(settings):
    settings.DEFAULT_FROM_EMAIL = "Desk <newsroom@news.example>"
    Brand.know(Brand(name="The Courier"))
    assert branding.sender("en") == "Desk <newsroom@news.example>"


# Pictures.


def test_a_logo_is_drawn_into_its_box_without_its_empty_border():
    drawn = branding.draw("logo", factories.logo((900, 300), border=60))
    assert (drawn.facts["width"], drawn.facts["height"]) == (168, 56)
    assert sorted(name.rpartition(".")[2] for name in drawn.files) == ["png", "webp"]


def test_a_dark_logo_on_nothing_is_made_light_for_dark_mode_and_one_with_a_ground_stays():
    for colour, has_dark in (("#1a1a1a", True), ("#7a1010", True), ("#eeeeee", False)):
        assert branding.draw("logo", factories.logo((400, 100), colour=colour)).facts["has_dark"] == has_dark
    assert branding.draw("logo", factories.jpeg(400, 100)).facts["has_dark"] is False


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        (b"<SVG onload=alert(1)>", "svg"),
        (b"GIF89a", "wrong-format"),
        (b"no picture", "not-a-picture"),
        (b"", "empty"),
    ],
)
def test_what_is_no_logo_is_refused_in_words(data, code):
    with pytest.raises(PictureRefused) as refused:
        branding.draw("logo", data)
    assert refused.value.code == code


def test_an_svg_is_refused_with_what_to_do():
    with pytest.raises(PictureRefused) as refused:
        branding.draw("icon", b"<svg/>")
    assert str(refused.value) == (
        "An SVG file can carry programs, so it is not taken. "
        "Please save the logo as PNG, at least 464 pixels wide, and send that."
    )


@pytest.mark.parametrize(("field", "size"), [("logo", (200, 20)), ("icon", (400, 100))])
def test_a_picture_that_is_too_small_is_refused(field, size):
    with pytest.raises(PictureRefused) as refused:
        branding.draw(field, factories.logo(size))
    assert refused.value.code.startswith("too-small")


@pytest.mark.django_db
def test_a_logo_of_another_shape_does_not_stand_in_for_dark_mode():
    light, wide = (branding.draw("logo", factories.logo(size)) for size in ((400, 100), (400, 50)))
    brand = Brand(logo=light.facts | {"has_dark": False}, logo_dark=wide.facts)
    assert brand.logo_for("en")["dark_src"] == brand.logo_for("en")["src"]
    brand.logo_dark = branding.draw("logo", factories.logo((800, 200))).facts
    assert brand.logo_for("en")["dark_src"] == f"/media/b/{brand.logo_dark['key']}.webp"
    assert brand.logo_for("ar")["src"] == brand.logo_for("en")["src"]
    assert Brand(logo_ar=light.facts).logo_for("en") is None


@pytest.mark.django_db
def test_a_logo_is_for_everybody_and_for_ever(client):
    brand = factories.brand(logo=branding.draw("logo", factories.logo((400, 100))))
    answer = client.get(brand.logo_for("en")["src"])
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert b"".join(answer.streaming_content)[8:12] == b"WEBP"


@pytest.mark.django_db
def test_what_was_sent_out_keeps_the_logo_of_its_day():
    first, second = (branding.draw("logo", factories.logo((400, 100))) for _ in range(2))
    now = timezone.now()
    brand = factories.brand(at=now - timedelta(days=9), logo=first)
    branding.change({"logo": second}, seen=brand.version, by=None, at=now)
    before, between, after = (logo_at("en", now + timedelta(days=days)) for days in (-10, -5, 1))
    assert (before, between, after) == ({}, first.facts, second.facts)
    assert default_storage.exists(f"b/{first.facts['key']}.png")
    assert branding.paper_logo(between) == first.files[f"b/{first.facts['key']}.png"]
