"""The screens of the front page's desk: plain forms, the preview, the versions, and who may see them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import workflow
from newsroom.front_plan import Pin, Plan
from newsroom.models import FrontDraft, FrontEdition
from tests import factories
from tests.newsroom.test_front_desk import Editor, live_plan

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DESK = "/admin/newsroom/frontedition/page/en/"


@pytest.fixture
def editor(client):
    who = factories.user("Editor", first_name="Amina", last_name="Bello")
    client.force_login(who)
    return who


def post(client, action: str, address: str = DESK, **fields):
    desk = client.get(DESK).context["desk"]
    return client.post(address, {"action": action, "version": desk.version, "base": desk.base_number, **fields})


def test_a_page_is_edited_previewed_and_put_live_by_plain_forms(client, editor):
    stories = [factories.article() for _ in range(3)]
    response = post(client, "place", story=stories[0].pk, place="lead")
    assert (response.status_code, response["Location"]) == (302, DESK + "#lead")
    assert client.get("/").context["front"].lead == stories[2]
    frame = client.get(DESK + "preview/page/")
    assert frame.context["front"].lead == stories[0]
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in frame.headers["Cache-Control"]
    assert frame.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "the page on your desk" in frame.content.decode()
    assert "data-slot=" not in frame.content.decode()
    assert post(client, "live", note="Because").status_code == 302
    assert client.get("/").context["front"].lead == stories[0]
    history = client.get(DESK + "versions/").content.decode()
    assert "Amina Bello" in history
    assert "Because" in history
    assert stories[0].headline in history


def test_the_arabic_page_is_previewed_in_arabic_from_the_english_desk(client, editor):
    factories.article(language="ar", headline="الميناء")
    html = client.get("/admin/newsroom/frontedition/page/ar/preview/page/").content.decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert "الميناء" in html
    assert 'rel="canonical"' not in html


def test_the_preview_shows_a_later_moment_and_an_older_version(client, editor):
    at = timezone.now()
    now, later = factories.article(), factories.article(publish_at=at + 2 * HOUR)
    post(client, "place", story=later.pk, place="lead")
    post(client, "live")
    frame = DESK + "preview/page/"
    moment = timezone.localtime(at + 3 * HOUR).strftime("%Y-%m-%dT%H:%M")
    assert client.get(frame).context["front"].lead == now
    assert client.get(f"{frame}?at={moment}").context["front"].lead == later
    post(client, "unpin", place="lead")
    assert client.get(f"{frame}?at={moment}&version=1").context["front"].lead == later
    for query in ("at=nonsense", "at=0001-01-01T00:00", "version=99", "version=x", "version=" + "9" * 40):
        assert client.get(f"{frame}?{query}").status_code == 400
    assert client.get("/admin/newsroom/frontedition/page/de/preview/page/").status_code == 404


def test_the_desk_says_why_a_pin_does_not_show(client, editor):
    at = timezone.now()
    scheduled, gone = factories.article(publish_at=at + HOUR), factories.article()
    post(client, "place", story=scheduled.pk, place="lead")
    post(client, "place", story=gone.pk, place="second-1")
    workflow.withdraw(gone, by=None, at=at)
    places = {place.name: place for place in client.get(DESK).context["rows"][0].places}
    assert places["lead"].waits.startswith("Waits: the story is scheduled for")
    assert places["second-1"].waits == "Readers do not have this story. The rule fills the place until they do."


def test_a_conflict_shows_both_and_is_decided_on_the_screen(client, editor):
    mine, theirs = factories.article(headline="Mine"), factories.article(headline="Theirs")
    post(client, "place", story=mine.pk, place="lead")
    other = Editor()
    other.pin(theirs, "lead")
    other.live()
    response = post(client, "live")
    assert response.status_code == 409
    (choice,) = response.context["choices"]
    assert (choice.mine, choice.theirs) == (["Lead: “Mine”"], ["Lead: “Theirs”"])
    assert post(client, "settle", head=1).status_code == 400
    assert post(client, "settle", head=1, **{"group-lead": "mine"}).status_code == 302
    assert post(client, "live").status_code == 302
    assert live_plan() == Plan({"lead": Pin(mine.pk)})


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("", {}),
        ("explode", {}),
        ("place", {}),
        ("place", {"story": "x", "place": "lead"}),
        ("place", {"story": "-1", "place": "lead"}),
        ("place", {"story": "9" * 40, "place": "lead"}),
        ("place", {"story": "987654", "place": "lead"}),
        ("place", {"story": "1", "place": "x" * 100_000}),
        ("place", {"story": "1", "place": "block-1-99999999999999999999"}),
        ("place", {"story": "1", "place": "lead", "version": "-1"}),
        ("place", {"story": "1", "place": "lead", "base": "9" * 18}),
        ("unpin", {"place": "a\0b"}),
        ("times", {"place": "lead", "until": "yesterday"}),
        ("times", {"place": "lead", "until": "0001-01-01T00:00"}),
        ("times", {"place": "lead", "until": "9999-12-31T23:59"}),
        ("block-up", {"section": "987654"}),
        ("block-hide", {"section": "9" * 40}),
        ("undo", {}),
        ("settle", {"head": "5"}),
        ("restore", {"number": "0"}),
        ("restore", {"number": "5"}),
        ("live", {"note": "x" * 301}),
        ("live", {}),
    ],
)
def test_what_makes_no_sense_is_answered_with_a_sentence_and_changes_nothing(client, editor, action, fields):
    factories.article()
    response = post(client, action, **fields)
    assert response.status_code in (400, 409)
    assert response.context["error"].endswith(".")
    assert [draft.plan for draft in FrontDraft.objects.all()] in ([], [Plan()])
    assert FrontEdition.objects.count() == 0


def test_the_chooser_finds_by_words_and_by_address_and_shows_only_what_may_be_pinned(client, editor):
    river = factories.article(headline="The river rises in spring")
    factories.article(headline="The river falls")
    factories.draft(headline="The river rises again")
    factories.article(headline="The river rises elsewhere", language="ar")

    def found(query: str) -> list[str]:
        return [story.headline for story in client.get(f"{DESK}?{query}").context["stories"]]

    assert found("q=rises+river") == [river.headline]
    assert found("q=https://news.example" + river.get_absolute_url()) == [river.headline]
    assert found("q=https://news.example/2026/13/x/") == []
    assert found("q=%25") == []
    assert found(f"story={river.pk}") == [river.headline]
    assert client.get(f"{DESK}?q={'x' * 5000}&place={'y' * 5000}&story={'9' * 5000}").status_code == 200


def test_reporters_and_the_ad_desk_do_not_see_the_desk(client):
    for group in ("Reporter", "Ad manager"):
        client.force_login(factories.user(group))
        for page in ("", "preview/", "preview/page/", "versions/"):
            assert client.get(DESK + page).status_code == 403
        assert client.post(DESK, {"action": "live"}).status_code == 403
        assert "frontedition" not in client.get("/admin/").content.decode()
    client.force_login(factories.user("Editor"))
    assert reverse("admin:newsroom_frontedition_changelist") in client.get("/admin/").content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_desk_and_the_versions_ask_the_same_number_of_questions(client, editor, django_assert_num_queries, count):
    section = factories.section()
    stories = [factories.article(section_id=section.pk) for _ in range(count)]
    other = Editor()
    for n in range(max(count - 10, 1)):
        other.pin(stories[n % count], ["lead", "small-1"][n % 2])
        other.live()
    post(client, "place", story=stories[0].pk, place="small-4")
    post(client, "place", story=stories[-1].pk, place=f"block-{section.pk}-2")
    client.get(DESK)
    with django_assert_num_queries(12):
        assert client.get(DESK).status_code == 200
    with django_assert_num_queries(10):
        assert client.get(DESK + "versions/").status_code == 200
