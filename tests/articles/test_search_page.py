"""The search page, its suggestions, and what editors read of what was not found."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from articles import search_extracts, workflow
from articles.models import SearchMiss
from articles.views import search as view
from tests import factories

pytestmark = pytest.mark.django_db

BROWSER = {
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def page(client, query: str = "", path: str = "/search/") -> str:
    response = client.get(path + query, headers=BROWSER)
    assert response.status_code == 200
    return response.content.decode()


def many(number: int) -> None:
    section, tag, author = factories.section(), factories.tag(), factories.author()
    for n in range(number):
        factories.article(
            headline=f"Harbour {n}",
            section_id=section.pk,
            tag_ids=[tag.pk],
            bylines=[factories.Credit(author_id=author.pk)],
            at=timezone.now() - timedelta(hours=n + 1),
        )


def test_results_show_the_words_marked_and_nothing_of_the_text_as_markup(client):
    factories.article(headline="Harbour <b>fees</b> & more", standfirst="Who pays the harbours?")
    html = page(client, "?q=harbour")
    assert "1 story for <bdi>“harbour”</bdi>" in html
    assert "<mark>Harbour</mark> &lt;b&gt;fees&lt;/b&gt; &amp; more" in html
    assert "Who pays the <mark>harbours</mark>?" in html
    assert '<meta name="robots" content="noindex">' in html


def test_what_was_asked_is_never_markup(client):
    html = page(client, "?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&from=%3Cb%3E&section=%3Ci%3E")
    assert ("<script>alert" in html, "<b>”" in html, "“&lt;b&gt;” is not a day of the calendar." in html) == (
        False,
        False,
        True,
    )


def test_a_paid_story_is_labelled_in_the_results_in_the_place_of_its_section(client):
    factories.article(headline="Flour for all", kind="advertorial", sponsor_name="Teneru Mills")
    html = page(client, "?q=flour")
    assert ("Paid for by <bdi>Teneru Mills</bdi>" in html, html.count("card__kicker")) == (True, 0)
    factories.article(headline="Flour for none")
    assert page(client, "?q=flour").count("card__kicker") == 1


def test_an_empty_search_explains_itself_and_a_vain_one_says_what_to_try(client):
    factories.article(headline="Harbour fees")
    assert "Search for a person, a place or a subject." in page(client)
    html = page(client, "?q=harbuor")
    assert "Nothing was found for <bdi>“harbuor”</bdi>." in html
    assert '<a href="/search/?q=harbour"><bdi>harbour</bdi></a>' in html
    assert "Harbour fees" in html  # the latest


def test_a_long_question_is_cut_with_a_sentence(client):
    html = page(client, "?q=" + "harbour+" * 60)
    assert "Your search was longer than 200 characters. Its beginning was searched for." in html


def test_filters_stay_in_the_form_and_in_the_pager(client):
    many(21)
    today = timezone.localdate().isoformat()
    html = page(client, f"?q=harbour&to={today}&page=1")
    assert (f'name="to" value="{today}"' in html, f'href="/search/?q=harbour&amp;to={today}&amp;page=2"' in html) == (
        True,
        True,
    )
    assert "Page 2 of 2" in page(client, f"?q=harbour&to={today}&page=2")
    assert "Page 2 of 2" in page(client, "?q=harbour&page=99")
    assert "Page 1 of 2" in page(client, "?q=harbour&page=x")


def test_the_search_in_the_header_of_the_page_has_no_filters(client):
    html = page(client, "?q=harbour")
    assert (html.count('role="search"'), html.count('class="filters"'), html.count("data-suggest=")) == (3, 1, 1)


def test_days_the_wrong_way_round_are_exchanged(client):
    html = page(client, "?q=harbour&from=2026-11-20&to=2026-11-10")
    assert 'name="from" value="2026-11-10"' in html
    assert "The first day was later than the last. They were exchanged." in html


@pytest.mark.parametrize("number", [1, 30])
def test_a_page_of_results_costs_the_same_queries_for_one_and_for_thirty(client, number, django_assert_num_queries):
    many(number)
    page(client, "?q=harbour")
    with django_assert_num_queries(8):
        page(client, "?q=harbour")


def test_the_page_is_for_reading_alone_and_sets_no_cookie(client):
    response = client.get("/search/?q=harbour", headers=BROWSER)
    assert (response.headers["Cache-Control"], response.cookies) == ("no-cache", {})
    assert (client.post("/search/").status_code, client.head("/search/").status_code) == (405, 200)


def test_a_network_that_hammers_is_asked_to_wait(client, monkeypatch):
    monkeypatch.setattr(view, "SEARCHES_A_MINUTE", 2)
    answers = [client.get("/search/?q=harbour", headers=BROWSER) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Too many searches came from your network." in answers[2].content.decode()
    assert client.get("/search/", headers=BROWSER).status_code == 200


def test_a_withdrawn_story_is_gone_with_the_next_request(client):
    story = factories.article(headline="Harbour fees")
    assert "1 story for" in page(client, "?q=harbour")
    workflow.withdraw(story, by=None, at=timezone.now())
    assert "Nothing was found" in page(client, "?q=harbour")
    assert client.get("/search/suggest/?q=harb").json() == {"suggestions": []}


def test_suggestions_are_subjects_authors_and_headlines_of_live_stories(client):
    tag = factories.tag(name="Harbour life", slug="harbour-life")
    author = factories.author(name="Hara Sesay", slug="hara-sesay")
    factories.tag(name="Harbour of drafts")
    story = factories.article(
        headline="Harbour fees", tag_ids=[tag.pk], bylines=[factories.Credit(author_id=author.pk)]
    )
    factories.draft(headline="Harbour secrets")
    assert client.get("/search/suggest/?q=har").json()["suggestions"] == [
        {"text": "Harbour life", "kind": "Topic", "url": "/tag/harbour-life/"},
        {"text": "Hara Sesay", "kind": "Author", "url": "/author/hara-sesay/"},
        {"text": "Harbour fees", "kind": "Story", "url": story.get_absolute_url()},
    ]
    assert client.get("/search/suggest/?q=h").json() == {"suggestions": []}


def test_a_suggested_paid_story_says_who_paid(client):
    factories.article(headline="Flour for all", kind="advertorial", sponsor_name="Teneru Mills")
    assert client.get("/search/suggest/?q=flo").json()["suggestions"][0]["kind"] == "Paid for by Teneru Mills"


def test_what_people_miss_is_counted_and_what_robots_and_filters_miss_is_not(client):
    page(client, "?q=Volcano")
    page(client, "?q=volcano&page=2")
    client.get("/search/?q=volcano", headers={"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    page(client, "?q=volcano&from=2026-01-01")
    page(client, "?q=amina@example.org")
    page(client, "?q=%D8%A8%D8%B1%D9%83%D8%A7%D9%86", "/ar/search/")
    rows = list(SearchMiss.objects.order_by("language").values_list("words", "language", "times"))
    assert rows == [("بركان", "ar", 1), ("volcano", "en", 2)]


def test_editors_read_what_was_missed_and_reporters_do_not(client):
    SearchMiss.objects.create(day=timezone.localdate(), language="en", words="volcano", times=7)
    address = reverse("admin:articles_searchmiss_changelist")
    client.force_login(factories.user("Reporter"))
    assert client.get(address).status_code == 403
    client.force_login(factories.user("Editor"))
    html = client.get(address).content.decode()
    assert ("volcano" in html, 'href="/search/?q=volcano"' in html) == (True, True)
    assert "volcano" not in client.get(address + "?language=ar&days=7").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_misses_costs_the_same_queries(client, number, django_assert_num_queries):
    for n in range(number):
        SearchMiss.objects.create(day=timezone.localdate(), language="en", words=f"volcano{n}")
    client.force_login(factories.user("Editor"))
    with django_assert_num_queries(6):
        client.get(reverse("admin:articles_searchmiss_changelist"))


def test_an_extract_of_a_text_full_of_the_words_is_found_in_one_walk():
    body = f"<p>{'harbour fish ' * 2000}</p>"
    story = factories.article(standfirst="Fees", body=body)
    begun = time.process_time()
    _headline, extract = search_extracts.shown(story, frozenset({"harbour", "fish", "whale"}))
    assert time.process_time() - begun < 0.5
    assert extract.startswith("<mark>harbour</mark> <mark>fish</mark> <mark>harbour</mark>")
