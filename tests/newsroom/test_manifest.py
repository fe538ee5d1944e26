"""What phones keep of the site, and how search consoles learn whose it is."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from articles.site_verification import BadMark, marks
from tests import factories

SETTINGS = Path(__file__).resolve().parents[2] / "newsroom" / "settings.py"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", {"name": "The Courier of Lagos", "short_name": "The Courier", "lang": "en", "dir": "ltr", "id": "/"}),
        ("/ar", {"name": "البريد", "short_name": "البريد", "lang": "ar", "dir": "rtl", "id": "/ar/"}),
    ],
)  # fmt: skip
def test_the_manifest_says_who_publishes_in_the_language_of_its_address(guest, prefix, expected):
    factories.brand(name="The Courier of Lagos", name_ar="البريد", accent="#a02020")
    response = guest.get(f"{prefix}/site.webmanifest?v=1")
    told = json.loads(response.content)
    assert {name: told[name] for name in expected} == expected
    assert (told["theme_color"], told["scope"], told["start_url"]) == ("#a02020", f"{prefix}/", f"{prefix}/")
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "application/manifest+json",
        "public, max-age=86400",
    )
    for icon in told["icons"]:
        assert guest.get(icon["src"])["Content-Type"] == icon["type"]
    assert [icon["sizes"] for icon in told["icons"]] == ["192x192", "512x512"]
    assert f'<link rel="manifest" href="{prefix}/site.webmanifest?v=1">' in guest.get(f"{prefix}/").content.decode()


@pytest.mark.django_db
def test_search_consoles_find_their_word_on_the_front_page_and_nowhere_else(guest, settings):
    settings.SITE_VERIFICATION = marks("google=aB-3_x bing=0123ABCD")
    for path in ("/", "/ar/"):
        html = guest.get(path).content.decode()
        assert '<meta name="google-site-verification" content="aB-3_x">' in html
        assert '<meta name="msvalidate.01" content="0123ABCD">' in html
    assert "site-verification" not in guest.get("/contact/").content.decode()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("abc", "“abc” is none of google=…, bing=…"),
        ("altavista=abcd", "“altavista=abcd” is none of"),
        ("google=", "is no word that google gives"),
        ('google="><script>', "copy only what stands between the quotes"),
        ("bing=abcd bing=abcd", "it says something twice"),
    ],
)
def test_what_is_no_mark_is_refused_in_words(text, says):
    with pytest.raises(BadMark, match=says):
        marks(text)


def test_the_settings_refuse_a_bad_mark_loudly_and_take_good_ones(monkeypatch):
    monkeypatch.setenv("SITE_VERIFICATION", "google=abcd  google=efgh")
    assert runpy.run_path(str(SETTINGS))["SITE_VERIFICATION"] == [
        ("google-site-verification", "abcd"),
        ("google-site-verification", "efgh"),
    ]
    monkeypatch.setenv("SITE_VERIFICATION", "google:abcd")
    with pytest.raises(ImproperlyConfigured, match="SITE_VERIFICATION"):
        runpy.run_path(str(SETTINGS))
