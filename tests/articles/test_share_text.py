"""Texts for channels: places, lengths as networks count them, and a label that always leads."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from articles import networks, share_text
from articles.networks import NETWORKS

URL = "http://localhost:8000/2026/11/harbour/"


def story(**values):
    usual = {
        "headline": "The harbour opens at night",
        "standfirst": "Ferries run until two in the morning.",
        "path": "/2026/11/harbour/",
        "section": "News",
        "tags": ["Port Amaya", "Ferries", "2026"],
        "sponsor_name": "",
        "language": "en",
    }
    return share_text.told(**usual | values)


def compose(wording, told, *, limit=None, length=len):
    return share_text.compose(wording, told, length=length, limit=limit)


def test_places_are_filled_and_empty_ones_leave_no_gap():
    told = story()
    assert compose(share_text.USUAL, told) == (
        f"The harbour opens at night\n\nFerries run until two in the morning.\n\n{told.url}\n#Port_Amaya #Ferries"
    )
    bare = story(standfirst="", tags=[])
    assert compose(share_text.USUAL, bare) == f"The harbour opens at night\n\n{bare.url}"


@pytest.mark.parametrize("wording", ["{headline} {url}", "{label}: {headline} {url}", "{headline} – {label} {url}"])
def test_the_label_of_a_paid_story_leads_wherever_somebody_put_it(wording):
    text = compose(wording, story(sponsor_name="Teneru Mills"))
    assert text.startswith("Paid for by Teneru Mills")
    assert text.count("Paid for by") == 1
    assert compose(wording, story()).startswith("The harbour")


def test_the_label_is_in_the_language_of_the_story():
    assert compose("{headline}", story(sponsor_name="Teneru", language="ar")).startswith("مدفوع من Teneru")


def test_a_label_that_somebody_typed_after_their_own_words_is_moved_to_the_front():
    text = compose("Read this! Paid for by Teneru Mills {url}", story(sponsor_name="Teneru Mills"))
    assert text.splitlines()[0] == "Paid for by Teneru Mills"
    assert text.count("Paid for by Teneru Mills") == 1


def test_the_link_is_added_where_somebody_left_it_out():
    told = story()
    assert compose("Just words", told) == f"Just words\n{told.url}"


def test_what_is_too_long_is_cut_at_a_word_the_standfirst_first():
    told = story(standfirst="One two three four five six seven eight nine ten.", tags=[])
    text = compose(share_text.USUAL, told, limit=len(told.headline) + len(told.url) + 20)
    assert told.headline in text
    assert told.url in text
    assert "One two three…" in text


def test_own_words_that_are_too_long_are_cut_and_label_and_link_are_kept():
    told = story(sponsor_name="Teneru Mills")
    text = compose("word " * 200, told, limit=120)
    assert len(text) <= 120
    assert text.startswith("Paid for by Teneru Mills\nword")
    assert text.endswith("…\n" + told.url)


def test_a_label_that_does_not_fit_is_refused_and_not_cut():
    with pytest.raises(share_text.TooLong):
        compose("{headline}", story(sponsor_name="x" * 150), limit=100)


def test_a_headline_with_braces_is_not_read_as_a_place():
    assert "{url} again" in compose("{headline}\n{url}", story(headline="{url} again"))
    assert share_text.unknown_places("{headline} {title}") == ["title"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("plain", 5),
        ("العربية", 7),
        ("日本", 4),
        ("👩‍👩‍👧‍👦", 2),
        ("é", 1),
        ("see https://news.example/a/very/long/address/indeed", 27),
        ("see news.example", 27),
        ("…", 2),
    ],
)
def test_x_counts_as_x_does(text, count):
    assert NETWORKS["x"].length(text) == count


@pytest.mark.parametrize(
    ("kind", "text", "count"),
    [
        ("telegram", "a😀", 3),
        ("bluesky", "👩‍👩‍👧‍👦a", 2),
        ("bluesky", "مُدُن", 3),
        ("mastodon", "see https://news.example/a/very/long/address/indeed", 27),
        ("facebook", "abc", 3),
    ],
)
def test_other_networks_count_as_they_say(kind, text, count):
    assert NETWORKS[kind].length(text) == count


@given(st.text())
def test_never_fewer_characters_are_counted_than_a_reader_sees(text):
    assert share_text.in_graphemes(text) >= len(regex.findall(r"\X", text))


@given(
    kind=st.sampled_from(["x", "bluesky", "mastodon", "telegram", "facebook"]),
    headline=st.text(min_size=1, max_size=250),
    standfirst=st.text(max_size=600),
    sponsor=st.sampled_from(["", "Teneru Mills"]),
    wording=st.one_of(st.just(""), st.text(max_size=400)),
)
def test_whatever_is_written_fits_and_keeps_label_and_link(kind, headline, standfirst, sponsor, wording):
    network: networks.Network = NETWORKS[kind]
    told = story(headline=headline, standfirst=standfirst, sponsor_name=sponsor)
    text = share_text.compose(wording or network.wording, told, length=network.length, limit=network.limit)
    assert network.length(text) <= network.limit
    assert told.url in text
    if sponsor:
        assert text.startswith("Paid for by Teneru Mills")
