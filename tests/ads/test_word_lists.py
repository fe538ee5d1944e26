"""Which word lists a story has words of: whole words, in English and Arabic, in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ads import decision, page_key, plan, word_lists
from ads.models import WordList
from ads.word_lists import Words
from tests import factories

ADD = "/admin/ads/wordlist/add/"


def ready(*lines: str) -> Words:
    return Words.of(WordList(pk=1, name="A", words="\n".join(lines)))


def is_found(line: str, text: str) -> bool:
    return word_lists.found_in(text, [ready(line)]) == {1}


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("bomb", "A BOMB, they said."),
        ("Bomb", "the bomb’s crater"),
        ("cafe", "the Café"),
        ("murder", "mur\u00adder"),
        ("civil war", "the Civil\nWar of 1967"),
        ("حرب", "الحرب"),
        ("حرب", "وبالحرب"),
        ("حرب", "للحرب"),
        ("حرب", "حَرْبٌ"),
        ("حرب", "حـــرب"),
        ("قتل", "فقتل"),
        ("يقتل", "سيقتل"),
        ("دم", "بالدم"),
        ("لغة", "للغة"),
        ("أزمة", "ازمه"),
        ("القاعدة", "للقاعدة"),
        ("حرب أهلية", "في الحرب الأهلية"),
    ],
)
def test_words_are_found_whole_in_whatever_letters(line, text):
    assert is_found(line, text)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("bomb", "a bombastic speech"),
        ("war", "warm, award"),
        ("civil war", "civil, at war"),
        ("civil war", "civil"),
        ("حر", "بحر"),
        ("لد", "ولد"),
        ("القاعدة", "قاعدة"),
        ("حرب", "حربية"),
        ("bomb", ""),
    ],
)
def test_parts_of_words_are_not_found(line, text):
    assert not is_found(line, text)


def test_a_text_says_what_was_found_in_it():
    lists = [ready("bomb", "civil war", "flood"), Words.of(WordList(pk=2, words="حرب"))]
    assert word_lists.words_found("Bombs? A bomb in the civil war. الحرب", lists) == {
        1: ["bomb", "civil war"],
        2: ["حرب"],
    }


LISTS = [ready("a", "a b", "a a a a a a a b", "الحرب", "حرب اهلية", "لله"), Words.of(WordList(pk=2, words=""))]


@given(
    st.text(alphabet=st.one_of(st.sampled_from("abال وفبكس\u064b\u0640\ufdfa\u00ad\n"), st.characters()), max_size=400)
)
@settings(max_examples=200, deadline=None)
def test_no_text_makes_it_raise(text):
    assert word_lists.found_in(text, LISTS) == word_lists.words_found(text, LISTS).keys()


@pytest.mark.parametrize("piece", ["a ", "a", "وال", "للل ", "\u064b", "حرب ", "\ufdfa ", "ا\u0651"])
def test_a_long_text_takes_as_much_longer_as_it_is_longer(piece):
    def seconds(times: int) -> float:
        taken = []
        for _ in range(3):
            began = time.process_time()
            word_lists.found_in(piece * times, LISTS)
            taken.append(time.process_time() - began)
        return min(taken)

    # By its square it would be 256 times.
    assert seconds(32_000) < 64 * max(seconds(2_000), 0.002)


@pytest.mark.django_db
def test_a_story_with_forbidden_words_has_no_advertising_and_the_others_have(client):
    factories.booking()
    factories.word_list("stampede", is_for_all=True)
    sad = factories.article(headline="Stampede at the market", body="<p>Many were hurt.</p>")
    glad = factories.article()
    for story, has_box in ((sad, False), (glad, True)):
        page = client.get(story.get_absolute_url()).content.decode()
        assert ('data-slot="foot-300x250"' in page) is has_box


@pytest.mark.django_db
def test_an_advertiser_keeps_away_from_words_and_only_that_one():
    words = factories.word_list("crash")
    booking = factories.booking()
    factories.limits(booking, not_words=[words])
    plan.forget()
    crash, other = page_key.Page(article=1, word_lists=frozenset([words.pk])), page_key.Page(article=2)

    def stands(page):
        [choice] = decision.decide(["foot-300x250"], decision.View(at=booking.booked_at, page=page))
        return bool(choice.line)

    assert (stands(crash), stands(other)) == (False, True)


@pytest.mark.django_db
def test_what_a_story_holds_is_looked_for_anew_when_it_or_a_list_changes():
    one = factories.word_list("bomb")

    def found(body):
        return word_lists.of_story("", "", body, [Words.of(one)])

    assert (found("<p>bomb</p>"), found("<p>bread</p>")) == ({one.pk}, frozenset())
    one.words = "bread"
    assert (found("<p>bomb</p>"), found("<p>bread</p>")) == (frozenset(), {one.pk})


@pytest.mark.django_db
def test_the_desk_writes_a_list_and_tries_a_text(client):
    client.force_login(factories.user("Ad manager"))
    assert "Begin a list “Violence and disasters”" in client.get("/admin/ads/wordlist/").content.decode()
    assert client.post(ADD, {"name": "Sad", "words": " Bomb \n\nbomb\ncivil  war\n"}).status_code == 302
    assert WordList.objects.get().words == "Bomb\ncivil war"
    html = client.post("/admin/ads/wordlist/try/", {"text": "A BOMB"}).content.decode()
    assert "<bdi>Sad</bdi></strong>: <bdi>bomb</bdi>" in html
    assert "No list has a word" in client.post("/admin/ads/wordlist/try/", {"text": "bread"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("line", ["…", "a b c d e f g h i", "x" * 60])
def test_a_line_that_can_never_be_found_is_refused(client, line):
    client.force_login(factories.user("Ad manager"))
    response = client.post(ADD, {"name": "Sad", "words": line})
    assert "Change or remove this line." in response.content.decode()
    assert not WordList.objects.exists()


@pytest.mark.django_db
def test_a_list_that_a_running_booking_keeps_away_from_is_not_deleted(client):
    client.force_login(factories.user("Ad manager"))
    words = factories.word_list()
    factories.limits(factories.booking(), not_words=[words])
    address = f"/admin/ads/wordlist/{words.pk}/delete/"
    assert client.post(address, {"post": "yes"}).status_code == 403
    words.delete()
    assert plan.current().slots["foot-300x250"].lines[0].where.not_words == frozenset()
