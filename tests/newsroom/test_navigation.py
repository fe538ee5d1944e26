"""The way through the desk: what the bar holds for whom, which entry is marked, how much waits, and the activity."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.utils import timezone

from articles import workflow
from articles.models import Section, User
from newsroom import waiting
from newsroom.audience.models import ContactMessage
from tests import factories

pytestmark = pytest.mark.django_db

JOBS = {
    "Reporter": ["Stories", "Homepage and media", "Sections, tags, authors"],
    "Editor": ["Stories", "Homepage and media", "Sections, tags, authors", "Delivery", "Readers", "Settings"],
    "Ad manager": [
        "Stories",
        "Homepage and media",
        "Sections, tags, authors",
        "Selling",
        "Delivery",
        "Money",
        "Set up",
        "Readers",
    ],
    "Publisher": [
        "Stories",
        "Homepage and media",
        "Sections, tags, authors",
        "Selling",
        "Delivery",
        "Money",
        "Set up",
        "Readers",
        "Activity",
        "Settings",
    ],
}


def bar(client, address: str = "/admin/") -> list[dict]:
    return [job for part in client.get(address).context["bar"] for job in part.jobs]


@pytest.mark.parametrize("role", JOBS)
def test_the_bar_holds_the_jobs_of_a_person(client, role):
    client.force_login(factories.user(role))
    assert [str(job["name"]) for job in bar(client)] == JOBS[role]


def test_the_jobs_of_the_ad_desk_stand_under_one_name(client):
    client.force_login(factories.user("Publisher"))
    groups = {str(part.name): len(part.jobs) for part in client.get("/admin/").context["bar"]}
    assert groups["Ad desk"] == 4


def test_no_entry_of_the_newsroom_is_left_over_for_a_publisher(client):
    client.force_login(factories.user("Publisher"))
    assert "Operation" not in [str(job["name"]) for job in bar(client)]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/admin/ads/booking/", "Bookings"),
        ("/admin/ads/booking/add/", "Bookings"),
        ("/admin/ads/booking/free/", "What is free"),
        ("/admin/articles/section/", "Sections"),
        ("/admin/admin/logentry/", "Activity"),
        ("/admin/", None),
    ],
)
def test_the_page_one_is_on_is_marked(client, address, name):
    client.force_login(factories.user("Publisher"))
    marked = [str(page["name"]) for job in bar(client, address) for page in job["models"] if page.get("is_current")]
    assert marked == ([name] if name else [])


def test_lists_and_forms_are_called_what_they_are(client):
    client.force_login(factories.user("Publisher"))
    section = factories.section(name="Harbour")
    assert "<h1>Sections</h1>" in client.get("/admin/articles/section/").content.decode()
    html = client.get(f"/admin/articles/section/{section.pk}/change/").content.decode()
    assert '<h1 dir="auto">Harbour</h1>' in html
    assert "Change section" not in html


def test_what_a_list_is_narrowed_to_can_be_taken_away(client):
    client.force_login(factories.user("Publisher"))
    factories.booking()
    html = client.get("/admin/ads/booking/?status__exact=booked&q=Kol").content.decode()
    chips = html[html.index('class="desk-chips"') :]
    chips = chips[: chips.index("</ul>")]
    assert ('href="?status__exact=booked"' in chips, 'href="?q=Kol"' in chips) == (True, True)
    assert "<bdi>Booked</bdi>" in chips


def test_a_list_without_rows_says_what_is_true(client):
    client.force_login(factories.user("Publisher"))
    Section.objects.all().delete()
    html = client.get("/admin/articles/section/").content.decode()
    assert "There is no section yet." in html
    assert "0 sections" not in html
    html = client.get("/admin/articles/section/?q=nothing").content.decode()
    assert "Nothing matches. Take a filter away, or search for less." in html


def fill(user: User, count: int) -> None:
    at = timezone.now()
    for number in range(count):
        workflow.submit(factories.draft(), by=None, at=at)
        factories.ad_request()
        factories.next_action(advertiser=factories.advertiser(), owner=user)
        ContactMessage.objects.create(
            form_key=f"{number}", name="A", email="a@example.com", message="Hello", received_at=at
        )


def test_how_much_waits_is_told_by_job(client):
    editor, manager = factories.user("Editor"), factories.user("Ad manager")
    fill(manager, 2)
    assert waiting.counts(editor, at=timezone.now()) == {"review": 2, "messages": 2}
    assert waiting.counts(manager, at=timezone.now()) == {"requests": 2, "next": 2, "artwork": 0, "alarms": 0}
    assert waiting.counts(factories.user("Reporter"), at=timezone.now()) == {}


@pytest.mark.parametrize("count", [1, 30])
def test_how_much_waits_is_one_question(client, django_assert_num_queries, count):
    user = factories.user("Publisher")
    fill(user, count)
    user = User.objects.get(pk=user.pk)
    user.has_perm("ads.view_booking")
    with django_assert_num_queries(1):
        assert waiting.counts(user, at=timezone.now())["requests"] == count


def test_the_numbers_are_kept_by_the_browser_alone_and_for_a_minute(client):
    client.force_login(factories.user("Publisher"))
    response = client.get("/admin/waiting/")
    assert sorted(response.headers["Cache-Control"].split(", ")) == ["max-age=60", "private"]
    assert response.json()["requests"] == 0


def log(count: int) -> None:
    user = factories.user("Editor")
    story = factories.draft(headline="Canary")
    for _n in range(count):
        LogEntry.objects.log_actions(user.pk, [story], ADDITION, single_object=True)


# Session, user, permissions twice, the menu of people, count, rows, and whether the worker runs.
@pytest.mark.parametrize("count", [1, 30])
def test_activity_asks_the_same_number_of_questions(client, django_assert_num_queries, count):
    client.force_login(factories.user("Publisher"))
    log(count)
    with django_assert_num_queries(8):
        html = client.get("/admin/admin/logentry/").content.decode()
    assert html.count(">Canary</a>") == count


def test_activity_is_read_by_publishers_and_changed_by_nobody(client):
    log(1)
    entry = LogEntry.objects.get()
    for role, status in (("Reporter", 403), ("Editor", 403), ("Ad manager", 403), ("Publisher", 200)):
        client.force_login(factories.user(role))
        assert client.get("/admin/admin/logentry/").status_code == status
    assert client.post(f"/admin/admin/logentry/{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert LogEntry.objects.count() == 1


def test_activity_goes_by_person(client):
    log(1)
    client.force_login(factories.user("Publisher"))
    editor = LogEntry.objects.get().user
    assert ">Canary</a>" in client.get(f"/admin/admin/logentry/?user={editor.pk}").content.decode()
    other = factories.user("Reporter")
    assert ">Canary</a>" not in client.get(f"/admin/admin/logentry/?user={other.pk}").content.decode()
