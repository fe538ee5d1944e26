"""What stands on a page and comes back: only what we sealed, for what we sealed it for, as we sealed it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ads import page_key, tokens
from ads.models.event import Kind, Reason, Source
from ads.page_key import Page
from ads.tokens import Token

AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
NUMBERS = st.integers(0, tokens.MOST)
TOKENS = st.builds(
    Token,
    decision=st.builds(
        lambda at, chance: tokens.decision_id(at)[:6] + chance,
        st.datetimes(datetime(2024, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
        st.binary(min_size=8, max_size=8),
    ),
    position=NUMBERS,
    line=NUMBERS,
    creative=NUMBERS,
    section=NUMBERS,
    article=NUMBERS,
    visitor=st.integers(0, 2**48 - 1),
    flags=st.integers(0, 255),
    language=st.integers(0, 15),
    device=st.integers(0, 15),
)


@given(TOKENS, st.sampled_from(Source))
def test_a_token_comes_back_as_it_was_sealed(token, source):
    text = tokens.seal(token, source)
    assert len(text) == tokens.LENGTH
    assert tokens.read(text, source) == token


@given(TOKENS, st.sampled_from(Source), st.integers(0, tokens.LENGTH - 1), st.characters())
def test_a_token_with_another_sign_in_it_is_forged(token, source, place, sign):
    text = tokens.seal(token, source)
    other = text[:place] + sign + text[place + 1 :]
    if other != text:
        with pytest.raises(tokens.Forged):
            tokens.read(other, source)


@given(TOKENS, st.integers(0, tokens.LENGTH * 6 - 1))
def test_a_token_with_one_bit_turned_is_forged(token, bit):
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = tokens.seal(token)
    place, turned = divmod(bit, 6)
    sign = signs[signs.index(text[place]) ^ 1 << turned]
    with pytest.raises(tokens.Forged):
        tokens.read(text[:place] + sign + text[place + 1 :])


@given(TOKENS, st.integers(0, tokens.LENGTH - 1))
def test_a_token_cut_short_is_forged(token, length):
    text = tokens.seal(token)
    for part in (text[:length], text[:length] + "=" * (tokens.LENGTH - length), text + text[:length] + "A"):
        with pytest.raises(tokens.Forged):
            tokens.read(part)


@given(st.text(max_size=90) | st.text(min_size=72, max_size=72))
def test_no_text_is_anything_else_than_forged(text):
    with pytest.raises(tokens.Forged):
        tokens.read(text)


@given(TOKENS, st.sampled_from(Source), st.sampled_from(Source))
def test_a_token_of_one_kind_is_none_of_another(token, source, other):
    if source != other:
        with pytest.raises(tokens.Forged):
            tokens.read(tokens.seal(token, source), other)


def test_the_halves_of_two_tokens_are_no_token():
    one = tokens.seal(Token(tokens.decision_id(AT), position=1, line=1, creative=1))
    other = tokens.seal(Token(tokens.decision_id(AT), position=2, line=9, creative=9))
    for cut in range(16, tokens.LENGTH):  # before that they are the same: key, and the millisecond
        with pytest.raises(tokens.Forged):
            tokens.read(one[:cut] + other[cut:])


def test_a_change_of_the_secret_breaks_nothing_that_stands_on_a_page(settings):
    token = Token(tokens.decision_id(AT), position=3, line=4, creative=5)
    page = Page(article=7, word_lists=frozenset([3]))
    text, key = tokens.seal(token), page_key.write(page)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret-" * 4, [settings.SECRET_KEY]
    page_key.read.cache_clear()  # it is a new process
    assert (tokens.read(text), page_key.read(key)) == (token, page)
    assert tokens.seal(token) != text
    settings.SECRET_KEY_FALLBACKS = []
    page_key.read.cache_clear()
    assert page_key.read(key) is None
    with pytest.raises(tokens.Forged):
        tokens.read(text)
    page_key.read.cache_clear()


@pytest.mark.parametrize("name", ["position", "line", "creative", "section", "article"])
def test_a_number_that_no_count_holds_is_never_sealed(name):
    token = Token(tokens.decision_id(AT), **{name: tokens.MOST})
    assert tokens.read(tokens.seal(token)) == token
    for more in (tokens.MOST + 1, 2**32, 2**80):
        with pytest.raises(tokens.TooLarge):
            tokens.seal(replace(token, **{name: more}))


def test_a_page_whose_number_no_count_holds_is_still_drawn():
    assert page_key.read(page_key.write(Page(article=2**40, section=2**31, language=2))) == Page(language=2)


PAGES = st.builds(
    Page,
    article=NUMBERS,
    section=NUMBERS,
    language=st.integers(1, 2),
    is_home=st.booleans(),
    is_paid=st.booleans(),
    word_lists=st.frozensets(st.integers(1, 2**32 - 1), max_size=400),
)


@given(PAGES, st.integers(0, 2**16))
def test_what_a_page_says_of_itself_comes_back_and_cannot_be_changed(page, place):
    text = page_key.write(page)
    assert page_key.read(text) == page
    place %= len(text)
    changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
    assert page_key.read(changed) in (None, page)  # the last sign holds bits that mean nothing
    assert page_key.read(text[:place]) is None


@given(TOKENS, st.sampled_from(Kind), st.sampled_from(Reason), st.integers(0, 15))
def test_keys_are_apart_by_decision_position_kind_reason_and_link(token, kind, reason, link):
    one = tokens.key(token, kind, reason=reason, link=link)
    assert tokens.decided_at(one) == token.decided_at
    assert one == tokens.key(replace(token, line=1, visitor=1, flags=0), kind, reason=reason, link=link)
    others = {
        tokens.key(replace(token, position=token.position ^ 1), kind, reason=reason, link=link),
        tokens.key(token, Kind(kind % 5 + 1), reason=reason, link=link),
        tokens.key(token, kind, reason=Reason.BOT if reason != Reason.BOT else Reason.VALID, link=link),
        tokens.key(token, kind, reason=reason, link=link ^ 1),
        one,
    }
    assert len(others) == 5
    assert tokens.sibling(one, Kind.RENDER) == tokens.key(token, Kind.RENDER)


def test_keys_lie_in_the_order_of_time():
    keys = [
        tokens.key(Token(tokens.decision_id(AT + timedelta(milliseconds=n))), Kind.SERVED) for n in range(0, 5000, 7)
    ]
    assert keys == sorted(keys)


@pytest.mark.django_db
def test_artwork_that_could_not_be_counted_is_not_shown(client):
    from django.db import connection

    from ads import plan
    from tests import factories

    booking = factories.booking()
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA defer_foreign_keys = ON")
    creative = booking.creatives.get()
    before = creative.pk
    type(creative).objects.filter(pk=before).delete()
    creative.pk = 2**33
    creative.save(force_insert=True)
    plan.forget()
    body = json.dumps({"positions": ["foot-300x250", "top-728x90"]})
    answer = client.post("/s/fill", body, content_type="application/json")
    assert (answer.status_code, [one["position"] for one in answer.json()["fills"]]) == (200, ["top-728x90"])
