"""The live pill, the live blog and the strip: what readers get, when, and what they must not get."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone, translation

from articles import coverage, workflow
from articles.coverage import Words
from articles.models import Article, BreakingNews, LiveEntry, Redirect
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CANARY = "zanzaranth"


def covered(**fields) -> Article:
    """A live story that is covered live for an hour."""
    story = factories.article(**fields)
    coverage.go_live(story, timezone.now() + HOUR, by=None, at=timezone.now())
    return story


def since(story: Article, version: int) -> str:
    prefix = "" if story.language == "en" else f"/{story.language}"
    return f"{prefix}/live/{story.pk}/since/{version}/"


def page_of(client, story: Article) -> str:
    return client.get(story.get_absolute_url()).content.decode()


def live_part(response) -> str:
    return response.content.decode().partition('id="live"')[2].partition("story__foot")[0]


# The pill.


def test_the_pill_shows_on_the_story_and_its_cards_until_its_time_is_over(client, time_machine):
    story = covered()
    pages = [story.get_absolute_url(), "/", story.section.get_absolute_url()]
    assert ['class="live-pill"' in client.get(page).content.decode() for page in pages] == [True] * 3
    time_machine.move_to(story.live_until - timedelta(seconds=1))
    assert 'class="live-pill"' in client.get("/").content.decode()
    time_machine.move_to(story.live_until)
    assert ['class="live-pill"' in client.get(page).content.decode() for page in pages] == [False] * 3


def test_an_end_is_moved_and_live_coverage_is_ended_by_hand(client):
    story, now = covered(), timezone.now()
    coverage.go_live(story, now + 3 * HOUR, by=None, at=now)
    story.refresh_from_db()
    assert story.live_until == now + 3 * HOUR
    for _click in range(2):
        coverage.end_live(story, by=None, at=now)
    story.refresh_from_db()
    assert story.live_until == now
    assert 'class="live-pill"' not in page_of(client, story)


@pytest.mark.parametrize(("hours", "said"), [(0, "This end is past"), (-1, "This end is past"), (169, "seven days")])
def test_an_end_that_is_past_or_far_off_is_refused(hours, said):
    story, now = factories.article(), timezone.now()
    with pytest.raises(workflow.IllegalMove, match=said):
        coverage.go_live(story, now + hours * HOUR, by=None, at=now)
    with pytest.raises(workflow.IllegalMove, match=said):
        coverage.break_news("Text", language="en", article=None, until=now + hours * HOUR, by=None, at=now)


def test_what_is_paid_for_is_never_live(client):
    paid, now = factories.article(kind="advertorial", sponsor_name="Firm"), timezone.now()
    with pytest.raises(workflow.IllegalMove, match="Somebody paid"):
        coverage.go_live(paid, now + HOUR, by=None, at=now)
    with pytest.raises(workflow.IllegalMove, match="Somebody paid"):
        factories.live_entry(paid)
    story = covered()
    factories.live_entry(story, body=f"<p>{CANARY}</p>")
    Article.objects.filter(pk=story.pk).update(kind="advertorial", sponsor_name="Firm")
    html = page_of(client, story)
    assert (CANARY in html, 'class="live-pill"' in html) == (False, False)
    answers = [client.get(path).status_code for path in (since(story, 0), f"{story.get_absolute_url()}live/1/")]
    assert answers == [404, 404]


def test_an_edit_and_a_new_publication_leave_the_pill_on(client):
    story = covered()
    content = factories.content(section_id=story.section_id, bylines=workflow.head(story).bylines)
    workflow.save_draft(story, content, base_revision=1, by=None, at=timezone.now())
    workflow.publish(story, by=None, at=timezone.now())
    assert Article.objects.get().is_covered_live(timezone.now())


# The live blog, as readers get it.


def test_entries_stand_newest_first_under_what_is_pinned_with_key_events_on_top(client):
    story = covered()
    for n in range(1, 5):
        factories.live_entry(story, headline=f"Entry {n}", is_pinned=n == 2, is_key_event=n == 1)
    live = client.get(story.get_absolute_url()).context["live"]
    assert [entry.headline for entry in live.pinned] == ["Entry 2"]
    assert [entry.headline for entry in live.entries] == ["Entry 4", "Entry 3", "Entry 1"]
    assert [entry.headline for entry in live.events] == ["Entry 1"]
    html = page_of(client, story)
    assert '<a href="#e-1" dir="auto">Entry 1</a>' in html
    assert [html.count(f'id="e-{n}"') for n in range(1, 5)] == [1] * 4
    assert f'data-live="{since(story, 4)}"' in html


def test_a_long_blog_is_read_in_pages_that_later_entries_do_not_shift(client):
    story = covered()
    for n in range(1, 71):
        factories.live_entry(story, headline=f"Entry {n}", is_key_event=n == 3)
    first = client.get(story.get_absolute_url())
    assert [entry.number for entry in first.context["live"].entries] == list(range(70, 40, -1))
    older = f"{story.get_absolute_url()}live/40/"
    assert f'href="{older}#e-40"' in first.content.decode()
    assert f'href="{story.get_absolute_url()}live/3/#e-3"' in first.content.decode()
    second = client.get(older)
    factories.live_entry(story)
    assert live_part(client.get(older)) == live_part(second)
    assert [entry.number for entry in second.context["live"].entries] == list(range(40, 10, -1))
    html = second.content.decode()
    assert ("data-live=" in html, f'href="http://testserver{story.get_absolute_url()}"' in html) == (False, True)
    last = client.get(f"{story.get_absolute_url()}live/10/").context["live"]
    assert ([entry.number for entry in last.entries][-1], last.older) == (1, None)


def test_an_entry_that_is_not_there_has_no_page(client):
    story = covered()
    coverage.remove(factories.live_entry(story), by=None, at=timezone.now())
    for number in (1, 2, 10**8):
        assert client.get(f"{story.get_absolute_url()}live/{number}/").status_code == 404


def test_links_to_entries_go_with_a_story_whose_address_changed(client):
    story = covered(slug="before")
    factories.live_entry(story)
    old = story.get_absolute_url()
    content = factories.content(section_id=story.section_id, bylines=workflow.head(story).bylines, slug="after")
    workflow.save_draft(story, content, base_revision=1, by=None, at=timezone.now())
    story = workflow.publish(story, by=None, at=timezone.now())
    moved = client.get(f"{old}live/1/")
    assert (moved.status_code, moved["Location"]) == (301, f"{story.get_absolute_url()}live/1/#e-1")
    assert client.get(f"/ar{story.get_absolute_url()}live/1/")["Location"] == story.get_absolute_url()
    workflow.withdraw(story, by=None, at=timezone.now())
    assert client.get(f"{old}live/1/").status_code == 404


def test_a_changed_entry_says_so_and_a_pin_is_no_change(client):
    story = covered()
    entry = factories.live_entry(story, body="<p>Two hurt</p>")
    entry = coverage.change(entry, Words(body="<p>Two hurt</p>", is_pinned=True), by=None, at=timezone.now())
    assert "Updated" not in live_part(client.get(story.get_absolute_url()))
    editor, at = factories.user("Editor"), timezone.now()
    entry = coverage.change(entry, Words(body="<p>Three hurt</p>", is_pinned=True), by=editor, at=at)
    html = live_part(client.get(story.get_absolute_url()))
    assert ("Three hurt" in html, "Two hurt" in html, "Updated" in html) == (True, False, True)
    assert entry.earlier == [
        {"at": at.isoformat(), "by": editor.pk, "what": "changed", "headline": "", "body": "<p>Two hurt</p>"}
    ]


def test_new_entries_are_news_of_the_story_but_only_once_it_is_out():
    story, draft, at = covered(), factories.draft(), timezone.now()
    factories.live_entry(story, at=at)
    factories.live_entry(draft, at=at)
    assert list(Article.objects.order_by("pk").values_list("updated_at", flat=True)) == [at, None]


@pytest.mark.parametrize("state", ["draft", "withdrawn", "scheduled", "expired", "removed"])
def test_entries_that_are_not_public_show_nowhere(client, state):
    now = timezone.now()
    fields = {"headline": CANARY, "body": f"<p>{CANARY}</p>", "is_key_event": True, "is_pinned": True}
    story = factories.draft() if state == "draft" else factories.article()
    entry = factories.live_entry(story, **fields)
    coverage.go_live(story, now + HOUR, by=None, at=now)
    address, poll = f"{story.get_absolute_url()}live/{entry.number}/", since(story, 0)
    if state == "withdrawn":
        assert CANARY in client.get(address).content.decode() + client.get(poll).content.decode()
        workflow.withdraw(story, by=None, at=now)
    elif state == "scheduled":
        Article.objects.filter(pk=story.pk).update(publish_at=now + HOUR, public_since=now + HOUR)
    elif state == "expired":
        early = now - 2 * HOUR
        Article.objects.filter(pk=story.pk).update(publish_at=early, expire_at=now)
    elif state == "removed":
        coverage.remove(entry, by=None, at=now)
    Redirect.objects.create(old_path="/2026/01/old/", article=story)
    for path in (address, poll, "/ar" + poll, "/2026/01/old/live/1/", story.get_absolute_url(), "/"):
        assert CANARY not in client.get(path).content.decode()
    answers = [client.get(path).status_code for path in (address, poll)]
    assert answers == [404, 200 if state == "removed" else 404]


def test_a_picture_in_an_entry_is_public_with_it(client):
    asset = factories.picture()
    path = asset.url("full", 320)
    story = factories.draft()
    entry = factories.live_entry(story, body=f'<figure data-media-id="{asset.pk}"></figure>')
    assert client.get(path).status_code == 404
    workflow.publish(story, by=None, at=timezone.now())
    assert path in page_of(client, story)
    assert list(Article.objects.showing(asset)) == [story]
    coverage.remove(entry, by=None, at=timezone.now())
    assert list(Article.objects.showing(asset)) == []


# What pages that stand open ask for.


def test_a_page_asks_for_what_is_newer_than_it_knows(client):
    story = covered()
    first = factories.live_entry(story, headline="First")
    known = client.get(since(story, 0)).json()
    assert [(entry["number"], entry["is_new"]) for entry in known["entries"]] == [(1, True)]
    assert client.get(since(story, known["version"])).status_code == 204
    coverage.change(first, Words(headline="First, put right", body="<p>B</p>"), by=None, at=timezone.now())
    second = factories.live_entry(story, headline="Second", is_key_event=True)
    news = client.get(since(story, known["version"])).json()
    assert [(entry["number"], entry["is_new"], bool(entry["event"])) for entry in news["entries"]] == [
        (1, False, False),
        (second.number, True, True),
    ]
    assert (news["is_running"], news["is_more"], news["gone"]) == (True, False, [])
    coverage.remove(second, by=None, at=timezone.now())
    gone = client.get(since(story, news["version"])).json()
    assert (gone["entries"], gone["gone"]) == ([], [second.number])
    coverage.put_back(second, by=None, at=timezone.now())
    back = client.get(since(story, gone["version"])).json()
    assert [entry["number"] for entry in back["entries"]] == [second.number]


def test_nobody_skips_an_entry_when_more_came_in_than_one_answer_holds(client):
    story = covered()
    for _n in range(70):
        factories.live_entry(story)
    version, numbers = 0, []
    for _turn in range(3):
        news = client.get(since(story, version)).json()
        version, numbers = news["version"], numbers + [entry["number"] for entry in news["entries"]]
    assert (numbers, news["is_more"]) == (list(range(1, 71)), False)


def test_asking_costs_two_queries_at_most_and_the_answer_is_everybodys(client, django_assert_num_queries):
    asset, story = factories.picture(), covered()
    with django_assert_num_queries(2):
        nothing = client.get(since(story, 0))
    for _n in range(30):
        factories.live_entry(story, body=f'<p>One</p><figure data-media-id="{asset.pk}"></figure>')
    with django_assert_num_queries(2):
        news = client.get(since(story, 0))
    assert [(answer.status_code, answer["Cache-Control"]) for answer in (nothing, news)] == [
        (204, "public, max-age=5"),
        (200, "public, max-age=5"),
    ]
    assert "Cookie" not in news.headers.get("Vary", "")
    client.force_login(factories.user("Publisher"))
    assert client.get(since(story, 0)).content == news.content


def test_a_page_learns_that_the_coverage_is_over(client):
    story = covered()
    coverage.end_live(story, by=None, at=timezone.now())
    assert client.get(since(story, 7)).json() == {
        "version": 7,
        "is_running": False,
        "is_more": False,
        "entries": [],
        "gone": [],
    }


def test_an_answer_is_in_the_language_of_the_story(client):
    story = covered(language="ar")
    factories.live_entry(story)
    assert "رابط هذا المدخل" in client.get(since(story, 0)).json()["entries"][0]["html"]
    assert client.get(f"/live/{story.pk}/since/0/").status_code == 404


@pytest.mark.parametrize("path", ["/live/1/since/-1/", "/live/x/since/0/", f"/live/{10**30}/since/0/"])
def test_hostile_questions_find_nothing(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("count", [5, 30])
def test_a_live_page_asks_the_same_whatever_it_holds(client, django_assert_num_queries, count):
    asset, story = factories.picture(), covered()
    factories.booking()
    for n in range(count):
        body = f'<p>One</p><figure data-media-id="{asset.pk}"></figure>'
        factories.live_entry(story, headline=f"Entry {n}", body=body, is_key_event=n % 2 == 0, is_pinned=n < 2)
    client.get("/")
    with django_assert_num_queries(14):
        client.get(story.get_absolute_url())


# Writing entries.


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (Words(body=""), "The entry is empty"),
        (Words(body="<script>alert(1)</script><p> </p>"), "The entry is empty"),
        (Words(body="<p>B</p>", is_key_event=True), "Give it a headline"),
        (Words(body="x" * 20_001), "at most 20000 characters"),
    ],
)
def test_words_that_readers_cannot_get_are_refused_in_words(words, said):
    story = factories.article()
    with pytest.raises(workflow.NotReady, match=said):
        coverage.post(story, words, key=uuid.uuid4(), by=None, at=timezone.now())
    assert not LiveEntry.objects.exists()


def test_a_picture_without_words_for_the_blind_is_refused():
    asset = factories.picture(alt="")
    with pytest.raises(workflow.NotReady, match="alternative text"):
        factories.live_entry(factories.article(), body=f'<figure data-media-id="{asset.pk}"></figure>')


def test_bodies_are_cleaned_and_outside_links_marked(client):
    story = covered()
    body = '<p onclick="x()">A <a href="https://elsewhere.example/">link</a><script>alert(1)</script></p>'
    assert factories.live_entry(story, body=body).body == '<p>A <a href="https://elsewhere.example/">link</a></p>'
    assert '<a href="https://elsewhere.example/" rel="noopener">' in page_of(client, story)


def test_a_form_sent_twice_makes_one_entry_and_its_last_words_stand():
    story, key, now = factories.article(), uuid.uuid4(), timezone.now()
    for body in ("<p>One</p>", "<p>One</p>", "<p>One, and more</p>"):
        coverage.post(story, Words(body=body), key=key, by=None, at=now)
    entry = LiveEntry.objects.get()
    assert (entry.body, entry.number, len(entry.earlier)) == ("<p>One, and more</p>", 1, 1)


def test_a_fourth_pin_is_refused_however_it_comes():
    story, now = factories.article(), timezone.now()
    pinned = [factories.live_entry(story, is_pinned=True) for _n in range(3)]
    free = factories.live_entry(story)
    for attempt in (
        lambda: factories.live_entry(story, is_pinned=True),
        lambda: coverage.change(free, Words(body=free.body, is_pinned=True), by=None, at=now),
    ):
        with pytest.raises(workflow.NotReady, match="At most 3"):
            attempt()
    coverage.remove(pinned[0], by=None, at=now)
    coverage.change(free, Words(body=free.body, is_pinned=True), by=None, at=now)
    with pytest.raises(workflow.NotReady, match="At most 3"):
        coverage.put_back(pinned[0], by=None, at=now)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_entries_of_five_people_at_once_are_fifty_in_one_order():
    story, failures = factories.article(), []

    def write(who: int) -> None:
        try:
            for n in range(10):
                factories.live_entry(story, headline=f"{who}.{n}")
        except Exception as failure:
            failures.append(failure)
        finally:
            connection.close()

    people = [threading.Thread(target=write, args=[who]) for who in range(5)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert failures == []
    entries = list(LiveEntry.objects.order_by("number"))
    assert [entry.number for entry in entries] == list(range(1, 51))
    assert [entry.version for entry in entries] == list(range(1, 51))
    for who in range(5):
        mine = [entry.headline for entry in entries if entry.headline.startswith(f"{who}.")]
        assert mine == [f"{who}.{n}" for n in range(10)]


# The strip.


def strip_of(client, path: str = "/") -> str:
    html = client.get(path).content.decode()
    return html.partition('<aside class="breaking"')[2].partition("</aside>")[0]


def test_a_sentence_stands_on_every_page_of_its_language_until_its_end(client, time_machine):
    story, now = factories.article(), timezone.now()
    news = factories.breaking_news(text="The bridge is closed.", article=story, until=now + HOUR)
    pages = ["/", story.get_absolute_url(), "/corrections/", "/contact/", "/partners/", "/nothing/"]
    assert ["The bridge is closed." in strip_of(client, page) for page in pages] == [True] * len(pages)
    assert f'href="{story.get_absolute_url()}"' in strip_of(client)
    assert strip_of(client, "/ar/") == ""
    time_machine.move_to(news.ends_at)
    assert strip_of(client) == ""


def test_the_strip_costs_one_query(client, django_assert_num_queries):
    client.get("/contact/")
    with django_assert_num_queries(3):  # beside the menu, and what is due
        client.get("/contact/")


@pytest.mark.parametrize("state", ["withdrawn", "scheduled", "expired", "sponsored"])
def test_a_sentence_about_what_readers_may_not_read_is_not_shown(client, state):
    story, now = factories.article(), timezone.now()
    factories.breaking_news(text=CANARY, article=story)
    assert CANARY in strip_of(client)
    changed = {
        "withdrawn": {"status": "withdrawn"},
        "scheduled": {"publish_at": now + HOUR},
        "expired": {"publish_at": now - HOUR, "expire_at": now},
        "sponsored": {"kind": "advertorial", "sponsor_name": "Firm"},
    }
    Article.objects.filter(pk=story.pk).update(**changed[state])
    for path in ("/", "/corrections/", "/nothing/"):
        assert CANARY not in client.get(path).content.decode()


def test_a_new_sentence_replaces_the_one_that_runs_in_its_language(client):
    factories.breaking_news(text="Old")
    factories.breaking_news(text="عاجل", language="ar")
    new = factories.breaking_news(text="New")
    assert ("New" in strip_of(client), "Old" in strip_of(client)) == (True, False)
    assert "عاجل" in strip_of(client, "/ar/")
    assert coverage.end_breaking(new, by=None, at=timezone.now())
    assert not coverage.end_breaking(new, by=None, at=timezone.now())
    assert strip_of(client) == ""


def test_a_sentence_leads_to_nothing_that_readers_cannot_follow():
    paid = factories.article(kind="advertorial", sponsor_name="Firm")
    for story, said in ((factories.draft(), "Publish it first"), (paid, "Somebody paid")):
        with pytest.raises(workflow.WorkflowError, match=said):
            factories.breaking_news(article=story)
    with pytest.raises(workflow.WorkflowError, match="another language"):
        factories.breaking_news(article=factories.article(language="ar"))
    assert not BreakingNews.objects.exists()


def test_a_sentence_that_is_over_is_not_changed():
    news, now = factories.breaking_news(), timezone.now()
    coverage.change_breaking(news, "Better words", article=None, until=now + 2 * HOUR, by=None, at=now)
    coverage.end_breaking(news, by=None, at=now)
    with pytest.raises(workflow.IllegalMove, match="This sentence is over"):
        coverage.change_breaking(news, "Later words", article=None, until=now + HOUR, by=None, at=now)
    assert BreakingNews.objects.get().text == "Better words"


@pytest.mark.parametrize("zone", ["Africa/Lagos", "Europe/London"])
def test_three_hours_are_three_hours_when_the_clocks_change(zone, time_machine):
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 01:30 in London, half an hour before 02:00 becomes 01:00
    time_machine.move_to(before, tick=False)
    with timezone.override(ZoneInfo(zone)):
        from articles.admin.until import UntilForm

        form = UntilForm({"hours": "3"})
        assert form.is_valid()
        assert form.cleaned_data["until"] == before + 3 * HOUR


def test_a_time_that_the_clocks_skip_is_refused_in_words():
    from articles.admin.until import UntilForm

    with timezone.override(ZoneInfo("Europe/London")), translation.override("en"):
        form = UntilForm({"hours": "other", "until": "2027-03-28T01:30"})
        assert not form.is_valid()
        assert "There is no 01:30 on 28 March 2027 in Europe/London" in str(form.errors["until"])
    assert not UntilForm({"hours": "other", "until": ""}).is_valid()
    assert not UntilForm({}).is_valid()
