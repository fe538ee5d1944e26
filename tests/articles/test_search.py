"""Finding stories by their words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from articles import bulk, search, search_index, search_misses, search_query, search_spelling, search_words, workflow
from articles.content import Content, Credit, head
from articles.models import Article, SearchMiss, SearchText, SearchWord, Tag
from articles.search import Filters
from tests import factories

pytestmark = pytest.mark.django_db


def found(text: str, language: str = "en", *, at=None, **filters) -> list[str]:
    at = at or timezone.now()
    numbers = search.find(search.read(text), language=language, at=at, filters=Filters(**filters)).numbers
    return [story.headline for story in search.stories(numbers, at=at)]


# Words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Café", "cafe"),
        ("NAÏVE", "naive"),
        ("harbours", "harbour"),
        ("governor’s", "governor"),
        ("owners'", "owner"),
        ("voted", "voting"),
        ("٢٠٢٦", "2026"),
        ("ﬁnal", "final"),
        ("المدينة", "مدينة"),
        ("مَدِينَة", "مدينة"),
        ("مـديـنة", "مدينة"),
        ("الميناء", "ميناء"),
        ("القانون", "قانون"),
        ("ال’BBC’", "الbbc"),
        ("ع'ب", "عب"),
    ],
)
def test_two_forms_of_a_word_have_one_stem(one, other):
    assert search_words.stems(one) == search_words.stems(other) != []


@given(st.text(max_size=60) | st.text("aب'’ ال1"))
def test_stems_are_words_that_no_index_reads_as_a_command(text):
    for stem in search_words.stems(text):
        assert stem.replace("_", "").isalnum()


# Questions


@pytest.mark.parametrize(
    ("typed", "terms", "without"),
    [
        ("harbour fees", (("harbour",), ("fee",)), ()),
        ("the harbour", (("harbour",),), ()),
        ("to be", (("to",), ("be",)), ()),
        ('"the harbour fees"', (("the", "harbour", "fee"),), ()),
        ("“harbour fees", (("harbour", "fee"),), ()),
        ("covid-19", (("covid", "19"),), ()),
        ("harbour -fees", (("harbour",),), (("fee",),)),
        ('harbour -"night shift"', (("harbour",),), (("night", "shift"),)),
        ("-harbour", (), (("harbour",),)),
        ("harbour harbour", (("harbour",),), ()),
        ("harbour OR fees", (("harbour",), ("fee",)), ()),
        ("* ( ) : ^", (), ()),
        ("", (), ()),
        ("-", (), ()),
    ],
)
def test_a_question_is_read_as_a_person_means_it(typed, terms, without):
    question = search_query.read(typed)
    assert (question.terms, question.without) == (terms, without)


def test_a_question_has_ten_terms_at_most():
    assert len(search_query.read(" ".join(f"word{n}" for n in range(50))).terms) == 10


# Stories


@pytest.fixture
def stories():
    at = timezone.now()
    section = factories.section(name="Markets")
    tag = factories.tag(name="Shipping")
    author = factories.author(name="Amina Sesay")
    factories.article(
        headline="Harbour fees rise again",
        standfirst="Captains are angry.",
        body="<p>The night shift pays.</p><p>Cranes stand still.</p>",
        section_id=section.pk,
        tag_ids=[tag.pk],
        bylines=[Credit(author_id=author.pk)],
        at=at - timedelta(days=2),
    )
    factories.article(headline="School opens", body="<p>Near the harbour, at night.</p>", at=at - timedelta(days=400))
    factories.article(
        headline="الميناء يعمل ليلا", body="<p>رسوم المدينة</p>", language="ar", at=at - timedelta(days=1)
    )


@pytest.mark.parametrize(
    ("typed", "language", "headlines"),
    [
        ("harbour", "en", ["Harbour fees rise again", "School opens"]),
        ("HARBOURS", "en", ["Harbour fees rise again", "School opens"]),
        ("harbour captains", "en", ["Harbour fees rise again"]),
        ("shipping", "en", ["Harbour fees rise again"]),
        ("amina sesay", "en", ["Harbour fees rise again"]),
        ("markets", "en", ["Harbour fees rise again"]),
        ('"night shift"', "en", ["Harbour fees rise again"]),
        ('"shift night"', "en", []),
        ('"pays cranes"', "en", ["Harbour fees rise again"]),
        ('"again captains"', "en", []),
        ("night -shift", "en", ["School opens"]),
        ('harbour -"night shift"', "en", ["School opens"]),
        ("ميناء", "ar", ["الميناء يعمل ليلا"]),
        ("مدينة", "ar", ["الميناء يعمل ليلا"]),
        ("ميناء", "en", []),
        ("harbour", "ar", []),
        ("-harbour", "en", []),
        ("", "en", []),
        ("len", "en", []),
        ("end", "en", []),
    ],
)
def test_a_story_is_found_by_any_of_its_words(stories, typed, language, headlines):
    assert found(typed, language) == headlines


def test_a_headline_counts_for_more_than_a_text_and_a_new_story_for_more_than_an_old_one():
    at = timezone.now()
    for headline, body, days in [
        ("In the text, new", "<p>dredging</p>", 1),
        ("In the text, old", "<p>dredging</p>", 900),
        ("Dredging, old", "<p>Sand.</p>", 900),
        ("Dredging, new", "<p>Sand.</p>", 2),
    ]:
        factories.article(headline=headline, body=body, at=at - timedelta(days=days))
    assert found("dredging") == ["Dredging, new", "Dredging, old", "In the text, new", "In the text, old"]


def test_a_search_is_narrowed_by_section_author_and_days(stories):
    story = Article.objects.get(headline="Harbour fees rise again")
    day = timezone.localdate(story.publish_at)
    assert found("harbour", section_id=story.section_id) == ["Harbour fees rise again"]
    assert found("harbour", author_id=story.bylines.get().author_id) == ["Harbour fees rise again"]
    assert found("harbour", since=day, until=day) == ["Harbour fees rise again"]
    assert found("harbour", until=day - timedelta(days=1)) == ["School opens"]
    assert found("harbour", since=date.min, until=date.max) == ["Harbour fees rise again", "School opens"]


def test_a_section_finds_what_stands_in_its_parts():
    top = factories.section(name="Business")
    part = factories.section(name="Ports", parent=top)
    factories.article(headline="Cranes", section_id=part.pk)
    assert found("cranes", section_id=top.pk) == ["Cranes"]


def test_an_old_headline_is_found_among_many_newer_texts(monkeypatch):
    monkeypatch.setattr(search, "MOST", 3)
    at = timezone.now()
    factories.article(headline="Dredging begins", at=at - timedelta(days=900))
    for hours in range(5):
        factories.article(headline=f"Tide {hours}", body="<p>dredging</p>", at=at - timedelta(hours=hours + 1))
    answer = search.find(search.read("dredging"), language="en", at=at)
    first = search.stories(answer.numbers, at=at)[0]
    assert (first.headline, answer.is_all, len(answer.numbers)) == ("Dredging begins", False, 4)


# The moment


def test_a_scheduled_story_is_found_from_its_second_on_and_an_expired_one_no_more():
    at = timezone.now().replace(microsecond=0)
    opens, closes = at + timedelta(hours=1), at + timedelta(hours=2)
    workflow.publish(factories.draft(headline="Bridge opens", publish_at=opens, expire_at=closes), by=None, at=at)
    for moment, expected in [
        (at, []),
        (at + timedelta(minutes=59, seconds=59), []),
        (at + timedelta(hours=1), ["Bridge opens"]),
        (at + timedelta(minutes=119, seconds=59), ["Bridge opens"]),
        (at + timedelta(hours=2), []),
    ]:
        assert found("bridge", at=moment) == expected


def test_what_is_published_changed_withdrawn_and_deleted_is_so_in_the_search_at_once():
    at = timezone.now()
    draft = factories.draft(headline="Ferry sinks")
    assert found("ferry") == []
    story = workflow.publish(draft, by=None, at=at)
    assert found("ferry") == ["Ferry sinks"]
    changed = replace(head(story), headline="Boat sinks")
    workflow.save_draft(story, changed, base_revision=story.head_number, by=None, at=at)
    assert (found("ferry"), found("boat")) == (["Ferry sinks"], [])
    story.refresh_from_db()
    story = workflow.publish(story, by=None, at=at)
    assert (found("ferry"), found("boat")) == ([], ["Boat sinks"])
    workflow.withdraw(story, by=None, at=at)
    assert (found("boat"), SearchText.objects.count()) == ([], 0)
    again = workflow.publish(story, by=None, at=at)
    assert found("boat") == ["Boat sinks"]
    again.delete()
    assert (found("boat"), SearchText.objects.count()) == ([], 0)


def test_an_import_is_found():
    at = timezone.now()
    bulk.publish_all(
        [Content(headline="Old news of tides", slug="tides", publish_at=at - timedelta(days=1))], by=None, at=at
    )
    assert found("tide") == ["Old news of tides"]


def test_another_name_of_an_author_is_searched_after_the_next_round(stories):
    author = Article.objects.get(headline="Harbour fees rise again").bylines.get().author
    author.name = "Amina Barre"
    author.save()
    assert found("barre") == []
    assert search_index.catch_up(timezone.now()) == 1
    assert (found("barre"), found("sesay")) == (["Harbour fees rise again"], [])


# Any input


ODD = st.text(st.sampled_from(list("abhrou'\"-*():^&|!<>\\%_{}[]~؟“”«» \t\nالميناءـ١０ß🙂\u0301\u200f")), max_size=40)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=250), ODD))
@example('a"b')
@example("NEAR(harbour")
@example("head : harbour")
@example("'")
@example("x" * 3000)
@example("ـlen")
@example("-" * 200)
@example("\ud83d")
def test_any_text_is_a_legal_question(stories, text):
    assert set(found(text)) <= {"Harbour fees rise again", "School opens"}
    assert isinstance(search_spelling.meant(text, language="en", at=timezone.now()), str)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_a_story_is_found_by_its_own_headline_whatever_it_says(db, text):
    headline = " ".join(text.replace("\0", "").split()) or "x"
    if any("\ud800" <= letter <= "\udfff" for letter in headline):
        return
    story = factories.article(headline=headline)
    asked = search.read(headline.replace("-", " ").replace('"', " "))
    if asked.terms:
        assert story.pk in search.find(asked, language="en", at=timezone.now()).numbers


# Spelling


def test_a_misspelt_word_is_put_right_by_the_words_of_live_stories(stories):
    at = timezone.now()
    meant = {
        typed: search_spelling.meant(typed, language="en", at=at)
        for typed in ("harbuor", "harbor", "fees harbuor", "captians", "sesey", "zzzzzz", "harbour", "12345", "")
    }
    assert meant == {
        "harbuor": "harbour",
        "harbor": "harbour",
        "fees harbuor": "fees harbour",
        "captians": "captains",
        "sesey": "sesay",
        "zzzzzz": "",
        "harbour": "",
        "12345": "",
        "": "",
    }
    assert search_spelling.meant("المينلء", language="ar", at=at) == "الميناء"


@pytest.mark.parametrize("state", ["scheduled", "withdrawn", "expired"])
def test_no_word_of_a_story_that_is_not_public_is_proposed(state):
    at = timezone.now()
    early = at - timedelta(days=2)
    times = {"publish_at": at + timedelta(days=1) if state == "scheduled" else early}
    if state == "expired":
        times["expire_at"] = at - timedelta(days=1)
    draft = factories.draft(headline="Zanzaranths found", at=early, **times)
    story = workflow.publish(draft, by=None, at=early)
    if state == "withdrawn":
        workflow.withdraw(story, by=None, at=at)
    factories.article(headline="A zanzaranth")  # of the same stem, in another form
    assert SearchWord.objects.filter(word="zanzaranths").exists()
    assert search_spelling.meant("zanzarants", language="en", at=at) != "zanzaranths"


def test_a_long_question_gets_no_proposal_and_asks_little(django_assert_num_queries):
    factories.article(headline="Harbour fees")
    typed = "-".join(["harbuor"] * 20)
    with django_assert_num_queries(0):
        assert search_spelling.meant(typed, language="en", at=timezone.now()) == ""


# Keeping up


def test_the_index_can_be_thrown_away_and_written_anew(stories, capsys):
    SearchText.objects.all().delete()
    assert found("harbour") == []
    call_command("rebuild_search", dry_run=True)
    assert (found("harbour"), "3 stories" in capsys.readouterr().out) == ([], True)
    call_command("rebuild_search")
    assert found("harbour") == ["Harbour fees rise again", "School opens"]
    assert search_index.behind().count() == 0


def test_the_worker_writes_the_index_bit_by_bit(stories, monkeypatch):
    monkeypatch.setattr(search_index, "BATCH", 1)
    monkeypatch.setattr(search_index, "SECONDS_AT_ONCE", 0.0)
    monkeypatch.setattr(search_index, "_looked_at", None)
    at = timezone.now()
    SearchText.objects.all().delete()
    counts = [(search_index.catch_up(at), SearchText.objects.count()) for _minute in range(4)]
    assert counts == [(1, 1), (1, 2), (1, 3), (0, 3)]
    SearchText.objects.update(method=0)
    assert [search_index.catch_up(at) for _minute in range(4)] == [1, 1, 1, 0]


def test_a_tag_that_is_taken_away_finds_its_stories_no_more(stories):
    assert found("shipping") == ["Harbour fees rise again"]
    factories.tag(name="Cargo").delete()
    Tag.objects.get(name="Shipping").delete()
    search_index.catch_up(timezone.now())
    assert found("shipping") == []


def test_names_in_quotes_after_an_arabic_article_are_released_and_found():
    factories.article(language="ar", headline="قالت ال’AFP’ إن الميناء مفتوح")
    for typed in ("ال'AFP'", "afp", "ميناء"):
        assert found(typed, "ar") == ["قالت ال’AFP’ إن الميناء مفتوح"], typed


def test_rebuilding_drops_rows_of_stories_that_are_not_released(stories):
    Article.objects.filter(headline="School opens").update(status="withdrawn")
    call_command("rebuild_search", verbosity=0)
    assert SearchText.objects.count() == 2


def test_the_check_says_when_the_index_is_behind(stories):
    from articles.search_check import search_is_complete

    assert search_is_complete(None, databases=["default"]) == []
    SearchText.objects.filter(article__headline="School opens").delete()
    assert [warning.id for warning in search_is_complete(None, databases=["default"])] == ["articles.W001"]
    assert search_is_complete(None, databases=None) == []


def test_the_index_survives_a_table_that_is_built_anew(stories):
    if connection.vendor == "postgresql":
        pytest.skip("SQLite alone loses triggers")
    with connection.cursor() as cursor:
        for name in search_index.INDEX.triggers():
            cursor.execute(f"DROP TRIGGER {name}")
    factories.article(headline="Lost for a moment")
    assert found("moment") == []
    search_index.INDEX.install("default")
    assert found("moment") == ["Lost for a moment"]


# What was not found


def test_misses_are_counted_by_day_and_forgotten_after_ninety():
    at = timezone.now()
    for _time in range(3):
        search_misses.note("volcano", language="en", at=at)
    search_misses.note("volcano", language="en", at=at - timedelta(days=1))
    search_misses.note("بركان", language="ar", at=at - timedelta(days=91))
    rows = list(search_misses.often(days=30, language="", at=at).values_list("words", "total", "last"))
    assert rows == [("volcano", 4, timezone.localdate(at))]
    assert (search_misses.prune(at), SearchMiss.objects.count()) == (1, 2)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Volcano  NEWS", "volcano news"),
        ("amina@example.org", ""),
        ("0803 555 1234", ""),
        ("٠٨٠٣٥٥٥", ""),
        ("flat 7", ""),
        ("-volcano", ""),
        ("word " * 40, "word word word word word word word word word word"),
        ("volcano" * 20, "volcano" * 9 + "v"),
    ],
)
def test_nothing_is_kept_that_may_be_a_person(typed, kept):
    words = search_misses.words_of(search.read(typed), typed)
    assert words == kept


def test_no_more_than_so_many_words_a_day_are_kept(monkeypatch):
    monkeypatch.setattr(search_misses, "MOST_A_DAY", 2)
    at = timezone.now()
    for words in ("one", "two", "three", "one"):
        search_misses.note(words, language="en", at=at)
    assert dict(SearchMiss.objects.values_list("words", "times")) == {"one": 2, "two": 1}
