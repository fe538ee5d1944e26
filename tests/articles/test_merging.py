"""Two texts that grew out of one come together, and what both changed is for a person to decide."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.content import Content, Credit
from articles.merging import BOTH, THEIRS, adds_to, blocks, merge, word_differences

BASE = Content(
    headline="Harbour",
    standfirst="Cranes.",
    body='<p>One.</p><p>Two.</p><ul><li>Three<ul><li>a</li></ul></li></ul><hr><figure data-media-id="7"></figure>',
    tag_ids=[1, 2],
    bylines=[Credit(author_id=1)],
)


def test_what_one_side_changed_is_that_sides():
    theirs = replace(BASE, headline="The harbour", tag_ids=[1, 2, 3], bylines=[Credit(author_id=2)])
    mine = replace(BASE, standfirst="Cranes and ships.", tag_ids=[2, 4])
    merged = merge(BASE, theirs, mine)
    assert merged.clashes == []
    assert merged.content == replace(
        BASE,
        headline="The harbour",
        standfirst="Cranes and ships.",
        tag_ids=[2, 3, 4],
        bylines=[Credit(author_id=2)],
    )


def test_what_both_changed_is_mine_until_somebody_chooses():
    theirs, mine = replace(BASE, headline="Theirs"), replace(BASE, headline="Mine")
    assert [clash.key for clash in merge(BASE, theirs, mine).clashes] == ["headline"]
    assert merge(BASE, theirs, mine).content.headline == "Mine"
    assert merge(BASE, theirs, mine, {"headline": THEIRS}).content.headline == "Theirs"
    assert merge(BASE, theirs, mine, {"headline": "nonsense"}).content.headline == "Mine"


def test_both_having_changed_it_alike_is_no_clash():
    both = replace(BASE, headline="Same")
    assert merge(BASE, both, both).clashes == []


def test_different_paragraphs_come_together():
    theirs = replace(BASE, body=BASE.body.replace("One.", "One, by her."))
    mine = replace(BASE, body=BASE.body.replace("Two.", "Two, by me.") + "<p>End.</p>")
    merged = merge(BASE, theirs, mine)
    assert merged.clashes == []
    assert (
        merged.content.body == BASE.body.replace("One.", "One, by her.").replace("Two.", "Two, by me.") + "<p>End.</p>"
    )


def test_the_same_paragraph_clashes_alone():
    theirs = replace(BASE, body=BASE.body.replace("One.", "Hers.").replace("<hr>", "<hr><p>New.</p>"))
    mine = replace(BASE, body=BASE.body.replace("One.", "Mine."))
    [clash] = merge(BASE, theirs, mine).clashes
    assert (clash.mine, clash.theirs, clash.base) == ("<p>Mine.</p>", "<p>Hers.</p>", "<p>One.</p>")
    both = merge(BASE, theirs, mine, {clash.key: BOTH}).content.body
    assert both == BASE.body.replace("<p>One.</p>", "<p>Hers.</p><p>Mine.</p>").replace("<hr>", "<hr><p>New.</p>")


def test_a_paragraph_that_one_deletes_and_the_other_changes_clashes():
    theirs = replace(BASE, body=BASE.body.replace("<p>Two.</p>", ""))
    mine = replace(BASE, body=BASE.body.replace("Two.", "Two, longer."))
    assert len(merge(BASE, theirs, mine).clashes) == 1


def test_without_a_base_everything_that_differs_clashes():
    mine = replace(BASE, headline="Mine", tag_ids=[9])
    assert [clash.key for clash in merge(None, BASE, mine).clashes] == ["headline", "tag_ids"]


def test_values_that_need_each_other_stay_together():
    theirs = replace(BASE, kind="video", sponsor_name="Hers")
    mine = replace(BASE, kind="advertorial", sponsor_name="Mine")
    [clash] = merge(BASE, theirs, mine).clashes
    assert clash.names == ("kind", "sponsor_name")
    [clash] = merge(BASE, replace(BASE, language="ar", section_id=5), replace(BASE, tag_ids=[1, 2, 8])).clashes
    assert clash.names == ("language", "section_id", "translation_of_id", "tag_ids")


def test_times_that_contradict_each_other_clash():
    noon, evening = datetime(2026, 5, 1, 12, tzinfo=UTC), datetime(2026, 5, 1, 18, tzinfo=UTC)
    base = replace(BASE, publish_at=noon, expire_at=datetime(2026, 5, 3, tzinfo=UTC))
    theirs, mine = replace(base, publish_at=datetime(2026, 5, 2, tzinfo=UTC)), replace(base, expire_at=evening)
    assert merge(base, theirs, mine).clashes[0].names == ("publish_at", "expire_at", "embargo_until")
    later = replace(base, expire_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert merge(base, theirs, later).clashes == []


def test_a_text_that_adds_nothing_is_known():
    head = replace(BASE, headline="Saved by somebody else", slug="harbour")
    assert not adds_to(head, BASE, BASE)
    assert not adds_to(head, None, replace(head, slug=""))
    assert adds_to(head, BASE, replace(BASE, standfirst="New"))


paragraph = st.sampled_from(["<p>a</p>", "<p>b</p>", "<p>c <em>d</em></p>", "<hr>", "<ul><li>x</li></ul>"])
bodies = st.lists(paragraph, max_size=8).map("".join)
contents = st.builds(
    Content, headline=st.sampled_from("abc"), body=bodies, tag_ids=st.sets(st.integers(1, 4)).map(sorted)
)


@given(contents, contents, contents)
def test_no_words_of_either_side_are_lost(base, theirs, mine):
    merged = merge(base, theirs, mine)
    assert merge(base, base, mine).content == mine
    assert merge(base, theirs, base).content == theirs
    if not merged.clashes:
        other = merge(base, mine, theirs)
        assert other.content == merged.content
    for piece in set(blocks(mine.body)) - set(blocks(base.body)):
        assert piece in merged.content.body
    for piece in set(blocks(theirs.body)) - set(blocks(base.body)):
        assert piece in merged.content.body or any(piece in clash.theirs for clash in merged.clashes if clash.is_body)


@given(st.text(max_size=80))
def test_blocks_joined_are_the_body(text):
    body = BASE.body + f"loose {text.replace('<', '')} <strong>words</strong><br>more<p>x</p>"
    assert "".join(blocks(body)) == body
    assert blocks(BASE.body)[:2] == ["<p>One.</p>", "<p>Two.</p>"]
    assert len(blocks(BASE.body)) == 5


@given(st.text(max_size=60), st.text(max_size=60))
def test_word_differences_lead_from_one_text_to_the_other(old, new):
    pieces = word_differences(old, new)
    assert "".join(text for kind, text in pieces if kind != "in") == old
    assert "".join(text for kind, text in pieces if kind != "out") == new


@pytest.mark.parametrize("kinds", [1, 7, 20_000])
def test_huge_and_repetitive_texts_are_compared_in_bounded_time(kinds):
    many = [f"<p>{n % kinds}</p>" for n in range(20_000)]
    theirs, mine = replace(BASE, body="".join(many[::-1])), replace(BASE, body="".join(many[5:] + many[:9]))
    started = time.process_time()
    merge(replace(BASE, body="".join(many)), theirs, mine)
    word_differences(" ".join(f"w{n % kinds}" for n in range(20_000)), theirs.body)
    assert time.process_time() - started < 3


def test_every_field_is_merged():
    for field in fields(Content):
        other = replace(BASE, **{field.name: [7] if field.name == "tag_ids" else "other"})
        if field.name not in ("publish_at", "expire_at", "embargo_until", "bylines"):
            assert getattr(merge(BASE, BASE, other).content, field.name) == getattr(other, field.name)
