"""How answers of the content API leave the house: marks, limits, other sites, pages, and what is refused."""

from __future__ import annotations

import gzip
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from articles import coverage, workflow
from articles.content import Credit
from articles.models import Article, Author, MediaAsset, Section, Tag
from tests import factories

pytestmark = pytest.mark.django_db

LIST = "/api/v1/articles/"


def walk(client, path: str, relation: str) -> list[list[int]]:
    pages, address = [], path
    while address:
        said = client.get(address.removeprefix(settings.SITE_URL)).json()
        pages.append([item["id"] for item in said["items"]])
        address = said[relation]
    return pages


@pytest.mark.parametrize("sort", ["published", "updated"])
def test_pages_follow_one_another_and_lead_back(client, sort):
    now = timezone.now() - timedelta(days=1)
    # Several of the same moment, over both languages.
    stories = [
        factories.article(at=now - timedelta(hours=n // 3), language="en" if n % 2 else "ar", headline=f"Story {n}")
        for n in range(11)
    ]
    Article.objects.filter(pk=stories[9].pk).update(updated_at=now + timedelta(hours=1))
    everything = [item["id"] for item in client.get(LIST, {"limit": "100", "sort": sort}).json()["items"]]
    pages = walk(client, f"{LIST}?limit=4&sort={sort}", "next")
    assert [len(page) for page in pages] == [4, 4, 3]
    assert [number for page in pages for number in page] == everything
    assert len(set(everything)) == 11
    last = client.get(LIST, {"limit": "4", "sort": sort}).json()["next"].removeprefix(settings.SITE_URL)
    last = client.get(last).json()["next"].removeprefix(settings.SITE_URL)
    assert walk(client, last, "previous") == pages[::-1]
    link = client.get(last)["Link"]
    assert 'rel="prev"' in link
    assert 'rel="next"' not in link


def test_what_is_published_or_withdrawn_meanwhile_moves_no_page(client):
    now = timezone.now()
    stories = [factories.article(at=now - timedelta(hours=n)) for n in range(1, 7)]
    first = client.get(LIST, {"limit": "2"}).json()
    factories.article(at=now)
    workflow.withdraw(stories[1], by=None, at=now)  # the one that the cursor was made from
    workflow.withdraw(stories[2], by=None, at=now)
    second = client.get(first["next"].removeprefix(settings.SITE_URL)).json()
    assert [item["id"] for item in second["items"]] == [stories[3].pk, stories[4].pk]
    back = client.get(second["previous"].removeprefix(settings.SITE_URL)).json()
    assert stories[0].pk in [item["id"] for item in back["items"]]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("status=draft", "There is no parameter “status” here."),
        ("author__user__password=x", "There is no parameter “author__user__password” here."),
        ("pk__in=1", "There is no parameter “pk__in” here."),
        ("limit=0", "limit is a whole number from 1 to 100."),
        ("limit=101", "limit is a whole number from 1 to 100."),
        ("limit=-1", "limit is a whole number"),
        ("limit=1e3", "limit is a whole number"),
        ("limit=" + "9" * 5000, "limit is a whole number"),
        ("limit=%D9%A3", "limit is a whole number"),
        ("limit=5&limit=6", "limit stands in the address 2 times. Say it once."),
        ("ids=1,x", "ids is a list of numbers"),
        ("ids=" + ",".join(["1"] * 101), "ids has at most 100 numbers."),
        ("ids=1,99999999999999999999", "ids is a list of numbers"),
        ("ids=", "ids is a list of numbers"),
        ("section=a%27%20OR%201=1", "section is a number or a slug"),
        ("section=", "section is a number or a slug"),
        ("language=fr", "language is one of: en, ar."),
        ("kind=draft", "kind is one of: news, sponsored,"),
        ("sort=-created_by", "sort is one of: published, updated."),
        ("fields=headline,password", "fields knows no “password”."),
        ("fields=live", "fields knows no “live”."),
        ("fields=", "fields is a list with commas between the names"),
        ("q=", "q is empty."),
        ("q=" + "a" * 201, "q has at most 200 characters."),
        ("since=yesterday", "since is a day such as 2026-11-25"),
        ("since=2026-02-30", "since is a day such as"),
        ("since=2026-01-01T10:00:00", "since is a day such as"),
        ("since=0001-01-01T00:00:00%2B14:00", "since is a day such as"),
        ("until=9999-12-31T23:59:59-12:00", "until is a day such as"),
        ("cursor=abc", "This cursor was not given out by this list."),
        ("cursor=WyJwdWJsaXNoZWQiLDAsbnVsbCwxXQ:AAAA", "This cursor was not given out by this list."),
        ("cursor=%F0%9F%98%80", "This cursor was not given out by this list."),
        ("format=xml", "format is one of: json, ninjs."),
        ("%00=1", ""),
        ("q=a%00b", ""),
    ],
)
def test_a_question_that_nobody_can_answer_is_refused_in_words(client, said, sentence):
    response = client.get(f"{LIST}?{said}")
    assert response.status_code == 400
    if sentence:  # NUL is refused before any view, for all of the site
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["title"] == "Bad Request"
        assert sentence in response.json()["detail"]


def test_a_cursor_of_another_list_is_refused(client):
    for _ in range(3):
        factories.article()
    cursor = client.get(LIST, {"limit": "1"}).json()["next"].partition("cursor=")[2].partition("&")[0]
    for path in (f"{LIST}?sort=updated&cursor={cursor}", f"/api/v1/sections/?cursor={cursor}"):
        response = client.get(path)
        assert (response.status_code, "another order" in response.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "said", ["since=0001-01-01", "until=0001-01-01", "until=9999-12-31&q=x", "since=0001-01-01&q=x"]
)
def test_the_first_and_the_last_day_there_is_can_be_asked_for(client, said):
    assert client.get(f"{LIST}?{said}").status_code == 200


def test_an_answer_that_is_known_is_not_sent_again(client, django_assert_num_queries):
    story = factories.article(body="<p>Words.</p>")
    for path in (
        LIST,
        f"{LIST}{story.pk}/",
        f"{LIST}{story.pk}/?format=ninjs",
        "/api/v1/sections/",
        "/api/v1/openapi.json",
    ):
        first = client.get(path)
        assert first["Cache-Control"] == "public, max-age=60"
        again = client.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert client.get(path, headers={"if-match": '"else"'}).status_code == 412
    detail = client.get(f"{LIST}{story.pk}/")
    assert detail["Last-Modified"].endswith("GMT")


def test_the_mark_moves_with_all_that_is_told_and_with_nothing_else(client):
    picture, inside = factories.picture(factories.jpeg(90, 60)), factories.picture(factories.jpeg(91, 60))
    author = factories.author()
    tag = factories.tag()
    story = factories.article(
        tag_ids=[tag.pk], hero_id=picture.pk, bylines=[Credit(author_id=author.pk)],
        body=f'<p>x</p><figure data-media-id="{inside.pk}"></figure>',
    )  # fmt: skip
    path = f"{LIST}{story.pk}/"
    now = timezone.now()

    def mark() -> str:
        return client.get(path)["ETag"]

    marks = [mark()]
    factories.edit(story, body="<p>A draft that nobody reads.</p>")
    assert mark() == marks[0]
    for change in (
        lambda: Author.objects.filter(pk=author.pk).update(name="Another"),
        lambda: Tag.objects.filter(pk=tag.pk).update(name="Another"),
        lambda: Section.objects.filter(pk=story.section_id).update(name="Another"),
        lambda: MediaAsset.objects.filter(pk=picture.pk).update(alt="Another"),
        lambda: MediaAsset.objects.filter(pk=inside.pk).update(caption="Another"),
        lambda: factories.correction(story, at=now),
        lambda: factories.article(language="ar", translation_of_id=story.pk),
        lambda: factories.live_entry(story),
        lambda: coverage.go_live(story, now + timedelta(hours=1), by=None, at=now),
        lambda: workflow.publish(Article.objects.get(pk=story.pk), by=None, at=now),
        lambda: factories.brand(name="Another"),
    ):
        change()
        marks.append(mark())
    assert len(set(marks)) == len(marks)


def test_any_site_may_ask_and_nobody_is_known(client):
    story = factories.article()
    for path in (LIST, f"{LIST}{story.pk}/", f"{LIST}999/", f"{LIST}?x=1", "/api/v1/nowhere/"):
        response = client.get(path, headers={"origin": "https://else.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert "Access-Control-Allow-Credentials" not in response
        assert "Set-Cookie" not in response
        assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
    asked = client.options(LIST, headers={"origin": "https://else.example", "access-control-request-method": "GET"})
    assert (asked.status_code, asked["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")
    staff = client
    staff.force_login(factories.user("Publisher"))
    assert staff.get(LIST).content == client.get(LIST).content


def test_other_methods_and_other_types_are_refused_as_problems(client):
    for method in ("post", "put", "patch", "delete"):
        response = getattr(client, method)(LIST)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
        assert response.json()["detail"] == "This is for reading only. Ask with GET or HEAD."
    assert client.get(LIST, headers={"accept": "text/html"}).json()["title"] == "Not Acceptable"
    assert client.get(LIST, headers={"accept": "text/html, */*;q=0.1"}).status_code == 200
    head = client.head(LIST)
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", client.get(LIST)["ETag"])
    assert client.get("/api/v1/articles").status_code == 301
    assert client.get("/api/v1/nowhere/").json()["status"] == 404


def test_one_network_too_often_waits_for_the_next_minute(client, settings):
    settings.API_PER_MINUTE = 3
    with time_machine.travel("2026-11-25T12:00:20Z", tick=False) as clock:
        for _ in range(3):
            assert client.get(LIST)["RateLimit-Policy"] == '"minute";q=3;w=60'
        refused = client.get(LIST)
        assert (refused.status_code, refused["Retry-After"], refused["RateLimit"]) == (429, "40", '"minute";r=0;t=40')
        assert refused["Cache-Control"] == "no-store"
        assert refused.json()["detail"].startswith("Your network asked more than 3 times in this minute.")
        assert client.get(LIST, REMOTE_ADDR="192.0.2.7").status_code == 200
        clock.shift(40)
        assert client.get(LIST).status_code == 200
        settings.API_PER_MINUTE = 0
        for _ in range(5):
            assert "RateLimit-Policy" not in client.get(LIST)


def test_answers_are_compressed(client):
    for _ in range(5):
        factories.article()
    response = client.get(LIST, headers={"accept-encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content) == client.get(LIST).content


def test_shelves_show_what_readers_have(client, django_assert_num_queries):
    bare = {
        "section": factories.section(is_active=False),
        "tag": factories.tag(),
        "author": factories.author(),
        "one_series": factories.series(),
    }
    draft = factories.draft(
        section_id=bare["section"].pk,
        tag_ids=[bare["tag"].pk],
        series_id=bare["one_series"].pk,
        bylines=[Credit(author_id=bare["author"].pk)],
    )
    names = {"section": "sections", "tag": "tags", "author": "authors", "one_series": "series"}
    for one, name in names.items():
        assert client.get(f"/api/v1/{name}/").json()["items"] == []
        hidden, never = client.get(f"/api/v1/{name}/{bare[one].pk}/"), client.get(f"/api/v1/{name}/999/")
        assert (hidden.status_code, hidden.content) == (404, never.content)
    workflow.publish(draft, by=None, at=timezone.now())
    for one, name in names.items():
        told = client.get(f"/api/v1/{name}/{bare[one].pk}/").json()
        assert client.get(f"/api/v1/{name}/").json()["items"] == [told]
    for _ in range(29):
        factories.article(
            section_id=factories.section().pk,
            tag_ids=[factories.tag().pk],
            series_id=factories.series().pk,
            bylines=[Credit(author_id=factories.author().pk)],
        )
    for name in names.values():
        client.get("/api/v1/")
        with django_assert_num_queries(3):
            assert len(client.get(f"/api/v1/{name}/", {"limit": "100"}).json()["items"]) == 30
        assert [len(page) for page in walk(client, f"/api/v1/{name}/?limit=20", "next")] == [20, 10]
