"""What buyers' programs read: /ads.txt and the setting behind it."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from ads.authorised_sellers import BadLine, checked, only_ourselves

SETTINGS = Path(__file__).parents[2] / "newsroom" / "settings.py"
DIRECT_ONLY = """\
# This site sells its space itself.
OWNERDOMAIN=news.example
CONTACT=partners@news.example
placeholder.example.com, placeholder, DIRECT, placeholder
"""
FILE = """\
# Ours
exchange.example, 1234, DIRECT, f08c47fec0942fa0  # the first
other.example,pub-77,reseller;extension
SUBDOMAIN=sport.news.example
SUBDOMAIN=ar.news.example
CONTACT=partners@news.example
CONTACT = https://news.example/contact/
ownerdomain=news.example
MANAGERDOMAIN=seller.example
MANAGERDOMAIN=seller.example, NG
INVENTORYPARTNERDOMAIN=partner.example

"""


@pytest.mark.django_db
def test_buyers_read_that_nobody_else_sells_here(client, settings):
    settings.ADS_TXT = only_ourselves("news.example", "partners@news.example")
    response = client.get("/ads.txt")
    assert (response.status_code, response.content.decode()) == (200, DIRECT_ONLY)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=86400"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_the_file_stands_at_the_root_alone(client):
    assert [client.get(path).status_code for path in ("/ads.txt", "/ar/ads.txt", "/partners/ads.txt")] == [
        200,
        404,
        404,
    ]


def test_the_default_names_the_owner_and_the_mailbox_of_the_settings(monkeypatch):
    monkeypatch.delenv("ADS_TXT", raising=False)
    monkeypatch.setenv("SITE_URL", "https://www.news.example")
    monkeypatch.setenv("ADVERTISING_EMAIL", "partners@news.example")
    assert runpy.run_path(str(SETTINGS))["ADS_TXT"] == DIRECT_ONLY


def test_a_whole_file_is_taken_as_it_is(monkeypatch):
    assert checked(FILE) == FILE.rstrip("\n") + "\n"
    assert checked(DIRECT_ONLY) == DIRECT_ONLY
    monkeypatch.setenv("ADS_TXT", r"exchange.example, 1, DIRECT\nOWNERDOMAIN=news.example")
    assert runpy.run_path(str(SETTINGS))["ADS_TXT"] == "exchange.example, 1, DIRECT\nOWNERDOMAIN=news.example\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exchange.example, 1", "line 1, 'exchange.example, 1': a seller is: domain"),
        ("exchange.example, 1, DIRECT, a, b", "a seller is: domain"),
        ("# x\nexchange, 1, DIRECT", "line 2, 'exchange, 1, DIRECT': 'exchange' is no domain"),
        ("https://exchange.example, 1, DIRECT", "is no domain"),
        ("exchange.example,, DIRECT", "'' is no account"),
        ("exchange.example, two words, DIRECT", "'two words' is no account"),
        ("exchange.example, 1, DIRCT", "'DIRCT' is neither DIRECT nor RESELLER"),
        ("exchange.example, 1, DIRECT,", "'' is no id of a certification authority"),
        ("exchange.example, 1, DIRECT\nCONTACT=", "CONTACT is empty"),
        ("exchange.example, 1, DIRECT\nSUBDOMAIN=not a domain", "'not a domain' is no domain"),
        ("exchange.example, 1, DIRECT\nMANAGERDOMAIN=seller.example, Nigeria", "is no domain"),
        ("exchange.example, 1, DIRECT\nOWNERDOMAIN=a.example\nOWNERDOMAIN=b.example", "a second time"),
        ("exchange.example, 1, DIRECT\nMANAGERDOMAIN=a.example\nMANAGERDOMAIN=b.example", "a second time"),
        ("exchange.example, 1, DIRECT\nCOLOUR=red", "COLOUR is none of CONTACT"),
        ("exchange.example, 1, DIRECT\x07", "line 1 has control characters"),
        ("# nobody", "it names no seller"),
        ("CONTACT=partners@news.example", "it names no seller"),
        ("x" * 100_001, "more than 100,000 characters"),
    ],
)
def test_a_line_that_buyers_could_not_read_stops_the_start(monkeypatch, text, said):
    with pytest.raises(BadLine, match=re.escape(said)):
        checked(text)
    monkeypatch.setenv("ADS_TXT", text)
    with pytest.raises(ImproperlyConfigured, match="ADS_TXT"):
        runpy.run_path(str(SETTINGS))


@given(st.text(max_size=300))
def test_any_text_is_taken_or_refused_in_words(text):
    try:
        once = checked(text)
    except BadLine:
        return
    assert checked(once) == once
