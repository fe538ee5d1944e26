"""The screen where a publisher says who publishes, its preview, and every page that says it afterwards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from ads import seller
from articles import branding
from articles.models import Brand, BrandChange
from newsroom import icons
from tests import factories

pytestmark = pytest.mark.django_db

SCREEN, PREVIEW = "/admin/articles/brand/", "/admin/articles/brand/preview/"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def publisher(client):
    client.force_login(factories.user("Publisher"))
    return client


def typed(**values) -> dict:
    return {"seen": Brand.objects.values_list("version", flat=True).first() or 0} | values


def png(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("../logo.png", data, content_type="image/png")


def errors(response) -> dict[str, list[str]]:
    return {name: list(said) for name, said in response.context["form"].errors.items()}


# Saving.


def test_before_anything_is_said_the_screen_says_so(publisher, settings):
    settings.SITE_NAME = "From the environment"
    page = publisher.get(SCREEN).content.decode()
    assert "Nobody has said yet who publishes here" in page
    assert "From the environment" in page


def test_a_publisher_says_who_publishes_and_every_page_says_it(publisher, guest, django_capture_on_commit_callbacks):
    factories.article()
    values = typed(
        name="The Courier",
        name_ar="البريد",
        tagline="Plainly",
        accent="#9A3412",
        email="hello@courier.example",
        copyright="{name}, {year}",
        network_0="youtube",
        url_0="https://films.example/courier",
        logo_file=png(factories.logo((400, 100))),
    )
    with django_capture_on_commit_callbacks(execute=True):
        response = publisher.post(SCREEN, values)
    assert (response.status_code, response["Location"]) == (302, SCREEN)
    brand = Brand.objects.get()
    assert (brand.accent, brand.accent_dark, brand.logo["width"]) == ("#9a3412", "", 224)
    assert brand.social == [{"network": "youtube", "url": "https://films.example/courier"}]
    page = guest.get("/").content.decode()
    assert "<title>The Courier: Plainly</title>" in page
    assert f"<style>{brand.style}</style>" in page
    for part in (
        f'src="{brand.logo_for("en")["src"]}"',
        "https://films.example/courier",
        "mailto:hello@courier.example",
    ):
        assert part in page
    assert f"<bdi>The Courier</bdi>, {timezone.localdate().year}" in page
    assert "البريد" in guest.get("/ar/").content.decode()
    assert "Nothing yet" not in publisher.get(SCREEN).content.decode()


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"accent": "#ff8800"}, "accent", "#ff8800 reaches a contrast of 2.17 : 1 in light mode"),
        ({"accent": "#9a3412", "accent_dark": "#222222"}, "accent_dark", "in dark mode"),
        ({"accent_dark": "#8cc4f0"}, "accent", "Choose the colour for light mode too"),
        ({"accent": "red"}, "accent", "Write a colour as # and six digits"),
        ({"accent": "#12345;"}, "accent", "Write a colour as # and six digits"),
        ({"accent": "#0b5c8a}body{display:none}"}, "accent", "at most 7 characters"),
        ({"name": "x" * 81}, "name", "at most 80 characters"),
        ({"name": "News\r\nBcc: all@mail.example"}, "name", "on one line"),
        ({"copyright": "© {years} {name}"}, "copyright", "{years} is not"),
        ({"copyright": "© {name.__class__}"}, "copyright", "{name.__class__} is not"),
        ({"network_0": "youtube"}, "url_0", "Write the address"),
        ({"url_0": "https://films.example/"}, "url_0", "Choose where"),
        ({"network_0": "x", "url_0": "http://x.example/"}, "url_0", "begins with https://"),
        ({"network_0": "x", "url_0": "javascript:alert(1)"}, "url_0", "begins with https://"),
        ({"network_0": "x", "url_0": "https://us@evil.example/"}, "url_0", "begins with https://"),
        ({"network_0": "nowhere", "url_0": "https://x.example/"}, "network_0", "not one of the available choices"),
        ({"logo_file": png(b"<svg onload=alert(1)>")}, "logo_file", "An SVG file can carry programs"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_saved(publisher, values, field, said):
    response = publisher.post(SCREEN, typed(**values))
    assert response.status_code == 400
    assert said in errors(response)[field][0]
    assert "Error:" in response.content.decode()
    assert not Brand.objects.filter(version__gt=0).exists()


def test_links_need_to_be_read_on_paid_surfaces_too(publisher):
    values = {"accent": "#9a3412", "accent_dark": "#bb7761"}  # 4.51 on the surface of pages, less on that of paid posts
    assert branding.refusal(values["accent_dark"], "dark") == ""
    assert "in dark mode" in errors(publisher.post(SCREEN, typed(accent_on_links="on", **values)))["accent_dark"][0]


def test_an_old_window_overwrites_nothing(publisher):
    stale = typed(name="Mine")
    factories.brand(name="Theirs")
    response = publisher.post(SCREEN, stale)
    assert response.status_code == 409
    assert "Somebody else changed the brand" in response.content.decode()
    assert Brand.objects.get().name == "Theirs"


def test_a_logo_is_taken_away_and_the_history_says_so(publisher):
    factories.brand(logo=branding.draw("logo", factories.logo((400, 100))))
    publisher.post(SCREEN, typed(name="The Courier", logo_remove="on"))
    assert Brand.objects.get().logo == {}
    assert list(BrandChange.objects.first().changes) == ["logo"]
    assert "taken away" in publisher.get(SCREEN).content.decode()


@pytest.mark.parametrize("role", ["Reporter", "Editor", "Ad manager"])
def test_nobody_else_changes_it_or_sees_it_in_the_list(client, role):
    client.force_login(factories.user(role))
    for path in (SCREEN, PREVIEW):
        assert client.get(path).status_code == client.post(path, typed(name="Mine")).status_code == 403
    assert SCREEN not in client.get("/admin/").content.decode()


# Preview.


def test_the_preview_shows_what_was_typed_and_writes_nothing(publisher):
    values = typed(name="Not saved", accent="#9a3412", logo_file=png(factories.logo((400, 100))))
    response = publisher.post(PREVIEW, values)
    page = response.content.decode()
    assert (response.status_code, page.count("data:image/webp;base64,")) == (200, 8)
    assert re.findall(r'<section class="tone tone--(\w+)" lang="(\w+)" dir="(\w+)" inert>', page) == [
        ("light", "en", "ltr"),
        ("dark", "en", "ltr"),
        ("light", "ar", "rtl"),
        ("dark", "ar", "rtl"),
    ]
    assert ".tone--light{--accent:#9a3412}" in page
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "'sha256-" in response["Content-Security-Policy"]
    assert (Brand.objects.count(), BrandChange.objects.count()) == (0, 0)


def test_the_preview_says_what_is_wrong_and_keeps_what_was(publisher):
    factories.brand(name="Saved", accent="#9a3412")
    page = publisher.post(PREVIEW, typed(name="Typed", accent="#ff8800")).content.decode()
    assert "#ff8800 reaches a contrast of 2.17" in page
    assert ".tone--light{--accent:#9a3412}" in page
    assert "Typed" in page


def test_the_tokens_of_the_preview_are_those_of_the_site():
    site, preview = ((ROOT / "static" / name).read_text() for name in ("site.css", "desk/brand_preview.css"))
    dark = site[site.index("@media (prefers-color-scheme: dark)") :].partition("}")[0]
    for mode, text in (("light", site.partition("@media")[0]), ("dark", dark)):
        shown = preview.partition(f".tone--{mode} {{")[2].partition("}")[0]
        colours = dict(re.findall(r"(--[\w-]+): (#\w+);", text))
        assert dict(re.findall(r"(--[\w-]+): (#\w+);", shown)) == colours


# Everywhere.

HOSTILE = 'The "Quoted" <script>alert(1)</script>'


@pytest.mark.parametrize("name", ["x" * 80, HOSTILE, "بريد أمايا وما حولها"])
def test_a_strange_name_stands_in_pages_as_text(client, guest, name):
    story = factories.article()
    factories.brand(name=name)
    client.force_login(factories.user("Publisher"))
    for path in ("/", "/ar/", story.get_absolute_url(), "/lite/", "/contact/", "/partners/", "/nowhere/"):
        page = guest.get(path).content.decode()
        assert "<script>alert" not in page, path
        assert name.partition('"')[0] in page, path
    for path in (SCREEN, PREVIEW, "/admin/"):
        assert "<script>alert" not in client.get(path).content.decode(), path


def test_pages_stay_the_same_bytes_for_everybody(client, guest):
    factories.article()
    factories.brand(accent="#9a3412")
    client.force_login(factories.user("Publisher"))
    mine, theirs = client.get("/"), guest.get("/")
    assert mine.content == theirs.content
    assert mine["Content-Security-Policy"] == theirs["Content-Security-Policy"]


def test_the_seller_is_the_brand_unless_a_setting_names_another(settings):
    factories.brand(name="The Courier", name_ar="البريد")
    assert [seller.now(code).name for code in ("en", "ar")] == ["The Courier", "البريد"]
    settings.SELLER_NAME = "Courier Media Ltd"
    assert seller.now("en").name == "Courier Media Ltd"


@pytest.mark.parametrize(
    ("name", "letter"),
    [
        ("The Amaya Courier", "A"),
        ("the", "T"),
        ("البريد", "ب"),
        ("«9 o'clock»", "9"),
        ("ßeta", "ß"),
        ("!!", "•"),
        ("", "•"),
    ],
)
def test_the_icon_bears_the_first_letter_of_the_name(name, letter):
    assert icons._letter(name) == letter


def test_the_icon_is_the_letter_until_there_is_a_picture(guest):
    factories.brand(accent="#9a3412")
    drawn = guest.get("/icon-180.png")
    assert (drawn.status_code, drawn["Content-Type"], drawn.content[:4]) == (200, "image/png", b"\x89PNG")
    assert guest.get("/icon-99.png").status_code == 404
    branding.change({"icon": branding.draw("icon", factories.logo((256, 256)))}, seen=1, by=None, at=timezone.now())
    Brand.forget()
    assert guest.get("/icon-180.png").content != drawn.content
    assert 'href="/icon-64.png?v=2"' in guest.get("/").content.decode()
