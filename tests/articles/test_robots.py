"""/robots.txt and /.well-known/security.txt, and the settings behind them and behind feeds."""

from __future__ import annotations

import re
import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.robotparser import RobotFileParser

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from articles import robots

SETTINGS = Path(__file__).parents[2] / "newsroom" / "settings.py"
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def public(db, settings):
    settings.SITE_URL = "https://news.example"
    return settings


def rules(client) -> RobotFileParser:
    response = client.get("/robots.txt")
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


def test_robots_may_read_what_readers_read_and_nothing_else(client, public):
    parser = rules(client)
    for path in ("/", "/ar/", "/2026/11/story/", "/section/business/", "/partners/", "/feed/", "/sitemap.xml"):
        assert parser.can_fetch("Googlebot", "https://news.example" + path), path
    for path in ("/admin/", "/search/?q=x", "/search/suggest/", "/partners/deal/abc/", "/preview/abc/"):
        for prefix in ("", "/ar"):
            assert not parser.can_fetch("Googlebot", f"https://news.example{prefix}{path}"), path
    for path in ("/s/fill", "/n/abc/"):
        assert not parser.can_fetch("Googlebot", "https://news.example" + path), path
    assert parser.site_maps() == ["https://news.example/sitemap.xml", "https://news.example/news-sitemap.xml"]


def test_the_lines_of_an_operator_stand_with_the_rules_for_all(client, public):
    public.ROBOTS_TXT = robots.checked("Disallow: /archive/\nCrawl-delay: 5\n\nUser-agent: GPTBot\nDisallow: /")
    parser = rules(client)
    assert not parser.can_fetch("Googlebot", "https://news.example/archive/")
    assert not parser.can_fetch("Googlebot", "https://news.example/admin/")
    assert parser.can_fetch("Googlebot", "https://news.example/")
    assert not parser.can_fetch("GPTBot", "https://news.example/")
    assert len(parser.site_maps()) == 2


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000", "http://localhost:8000", "https://[::1]", "http://127.1.2.3"]
)
def test_a_copy_to_try_things_on_is_found_by_nobody(client, public, address):
    public.SITE_URL = address
    parser = rules(client)
    assert not parser.can_fetch("Googlebot", f"{address}/")
    assert parser.site_maps() is None


@pytest.mark.parametrize("address", ["https://news.example", "http://10.0.0.7", "http://testserver"])
def test_every_other_site_is_one_for_readers(address):
    assert robots.is_public(address)


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_in_words(text):
    try:
        once = robots.checked(text)
    except robots.BadLine:
        return
    assert robots.checked(once) == once


def test_whoever_finds_a_hole_learns_whom_to_tell(client, public):
    public.OPERATOR_EMAIL = "operator@news.example"
    with time_machine.travel(NOW, tick=False):
        response = client.get("/.well-known/security.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        "Contact: mailto:operator@news.example\n"
        "Expires: 2027-05-24T00:00:00Z\n"
        "Preferred-Languages: en, ar\n"
        "Canonical: https://news.example/.well-known/security.txt\n"
    )
    public.SECURITY_CONTACT = "https://news.example/contact/"
    assert b"Contact: https://news.example/contact/\n" in client.get("/.well-known/security.txt").content


def test_the_file_is_never_over_and_never_stands_for_a_year(client, public):
    for days in range(0, 800, 37):
        at = NOW + timedelta(days=days)
        with time_machine.travel(at, tick=False):
            said = re.search(r"Expires: (\S+)", client.get("/.well-known/security.txt").content.decode())[1]
        assert timedelta(days=170) < datetime.fromisoformat(said) - at < timedelta(days=365)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FEED_TEXT", "everything", "FEED_TEXT is full or summary, not 'everything'."),
        ("FEED_ITEMS", "0", "FEED_ITEMS is a number of stories from 1 to 200."),
        ("FEED_ITEMS", "201", "FEED_ITEMS is a number of stories from 1 to 200."),
        ("WEBSUB_HUB", "hub.example", "WEBSUB_HUB must look like https://hub.example/, not 'hub.example'."),
        ("WEBSUB_HUB", 'https://hub.example/">', "WEBSUB_HUB must look like"),
        ("FEED_AUTHORITY", "https://news.example", "FEED_AUTHORITY is the name of a host"),
        (
            "ROBOTS_TXT",
            "no robots here",
            "ROBOTS_TXT cannot be read by robots: line 1, 'no robots here': write a field",
        ),
        ("ROBOTS_TXT", "Disallow: /a\\nDisallow /b", "line 2, 'Disallow /b'"),
        ("ROBOTS_TXT", "x" * 20_001, "more than 20,000 characters"),
        ("SECURITY_CONTACT", "the operator", "SECURITY_CONTACT is a mail address"),
    ],
)
def test_a_setting_that_programs_could_not_read_stops_the_start(monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=re.escape(said)):
        runpy.run_path(str(SETTINGS))


def test_settings_that_can_be_read_are_taken(monkeypatch):
    values = {
        "FEED_TEXT": "full",
        "FEED_ITEMS": "50",
        "WEBSUB_HUB": "https://pubsubhubbub.appspot.com/",
        "FEED_AUTHORITY": "old.example",
        "ROBOTS_TXT": r"Disallow: /archive/\nUser-agent: GPTBot\nDisallow: /",
        "SECURITY_CONTACT": "security@news.example",
        "SITE_URL": "https://news.example",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    read = runpy.run_path(str(SETTINGS))
    assert read["ROBOTS_TXT"] == "Disallow: /archive/\nUser-agent: GPTBot\nDisallow: /"
    assert read["FEED_ITEMS"] == 50
    assert {name: read[name] for name in ("FEED_TEXT", "WEBSUB_HUB", "FEED_AUTHORITY", "SECURITY_CONTACT")} == {
        name: values[name] for name in ("FEED_TEXT", "WEBSUB_HUB", "FEED_AUTHORITY", "SECURITY_CONTACT")
    }
    monkeypatch.delenv("FEED_AUTHORITY")
    assert runpy.run_path(str(SETTINGS))["FEED_AUTHORITY"] == "news.example"
