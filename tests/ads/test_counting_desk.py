"""The page that says how figures come about."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from ads import reporting, rollups, sealing, waterfall
from ads.models import Adjustment, DayCount, Event, SealedDay, SponsoredPost
from ads.models.event import Kind, Reason, Source
from articles.models import User
from tests import factories

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)  # 12:00 in Lagos
DAY = date(2026, 11, 25)
PAGE = "/admin/ads/counting/"


def events(count, kind, at=NOON, **fields):
    Event.objects.bulk_create([Event(key=uuid.uuid4(), kind=kind, at=at, visitor=1, **fields) for _ in range(count)])


@pytest.fixture(autouse=True)
def _two_days_later():
    with time_machine.travel(NOON + timedelta(days=2), tick=False):
        yield


@pytest.fixture
def publisher(client):
    client.force_login(factories.user("Publisher"))
    return client


@pytest.fixture
def line():
    """A booking with a sealed day behind it."""
    made = factories.booking()
    where = {"line": made.pk, "position": made.position_id}
    events(10, Kind.SERVED)
    events(9, Kind.SERVED, position=made.position_id)
    events(6, Kind.RENDER, **where)
    events(2, Kind.RENDER, reason=Reason.BOT, **where)
    events(1, Kind.RENDER, reason=Reason.STAFF, position=made.position_id + 1)
    events(3, Kind.VIEW, **where)
    events(4, Kind.READ, article=5)
    rollups.roll_due(NOON + timedelta(days=2))
    rollups.seal_due(NOON + timedelta(days=2))
    return made


def table(response):
    return [(step.label, step.numbers) for step in response.context["found"].steps]


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_the_way_from_gross_to_net_is_told_by_reason(publisher, line):
    response = publisher.get(PAGE)
    assert [str(one.label) for one in response.context["found"].measures] == [
        "Page views", "Opportunities", "Shown", "Viewable", "Clicks", "Reads",
    ]  # fmt: skip
    assert table(response) == [
        ("All that was told (gross)", [10, 9, 9, 3, 0, 4]),
        ("known robot, or no browser named", [0, 0, -2, 0, 0, 0]),
        ("somebody of ours", [0, 0, -1, 0, 0, 0]),
        ("What counts (net)", [10, 9, 6, 3, 0, 4]),
    ]
    assert table(publisher.get(PAGE, {"line": line.pk}))[-1] == ("What counts (net)", [0, 6, 3, 0])
    assert table(publisher.get(PAGE, {"position": line.position_id}))[-1] == ("What counts (net)", [9, 6, 3, 0])
    earlier = publisher.get(PAGE, {"first": "2026-11-01", "last": "2026-11-02"})
    assert "Nothing was told of these days" in earlier.text


def test_each_bar_begins_where_the_one_before_left_off(line):
    found = waterfall.of(DAY, DAY)
    bars = [(bar.label, bar.number, bar.start, bar.length) for bar in found.bars(waterfall.Measure.RENDERS)]
    assert bars == [
        ("All that was told (gross)", 9, "0.00", "100.00"),
        ("known robot, or no browser named", -2, "77.78", "22.22"),
        ("somebody of ours", -1, "66.67", "11.11"),
        ("What counts (net)", 6, "0.00", "66.67"),
    ]


def test_the_same_is_a_table_for_spreadsheets(publisher, line):
    response = publisher.get(PAGE, {"format": "csv", "first": "2026-11-25", "last": "2026-11-25"})
    lines = b"".join(response).decode().lstrip("\ufeff").splitlines()
    assert response["Content-Disposition"] == 'attachment; filename="counting-2026-11-25-2026-11-25.csv"'
    assert (lines[0], lines[-1]) == (
        "Step,Page views,Opportunities,Shown,Viewable,Clicks,Reads",
        "What counts (net),10,9,6,3,0,4",
    )


def test_a_range_that_is_none_shows_the_last_days_and_says_so(publisher, line):
    response = publisher.get(PAGE, {"first": "2026-11-25", "last": "2026-11-01"})
    assert (response.status_code, len(table(response))) == (400, 4)
    assert "Choose up to a year of days, the first before the last." in response.text
    for day in ("0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"):
        response = publisher.get(PAGE, {"first": day, "last": day})
        assert (response.status_code, "Choose days of the years 2000 to 2100." in response.text) == (400, True)
    for query in ({"first": "x"}, {"line": "0"}, {"position": "9999999999999"}, {"measure": "x"}):
        assert publisher.get(PAGE, query).status_code == 400


def test_days_stand_when_the_last_of_them_is_sealed_and_not_when_nothing_came(publisher, line):
    stands = "All of these days are sealed: the figures stand."
    days = [{"first": "2026-11-25", "last": day} for day in ("2026-11-26", "2026-11-27", "2026-12-09")]
    assert [stands in publisher.get(PAGE, query).text for query in days] == [True, False, False]


def test_days_that_are_not_sealed_are_named_with_the_reason(publisher, line):
    response = publisher.get(PAGE)
    assert response.context["open_days"] == [(DAY + timedelta(days=2), "It is not over.")]
    with time_machine.travel(NOON + timedelta(days=2, hours=12, minutes=10), tick=False):
        response = publisher.get(PAGE)
    assert response.context["open_days"] == [
        (DAY + timedelta(days=2), "A day is sealed 60 minutes after its end, when what was late is in."),
        (DAY + timedelta(days=3), "It is not over."),
    ]
    with time_machine.travel(NOON + timedelta(days=4), tick=False):
        response = publisher.get(PAGE)
        assert response.context["open_days"][0][1].startswith("Not all of its hours are closed.")
        rollups.roll_due(NOON + timedelta(days=4))
        response = publisher.get(PAGE)
        assert response.context["open_days"][0][1].startswith("It is due.")


def test_before_anything_was_told_the_page_says_so(publisher):
    text = publisher.get(PAGE).text
    assert "No hour is closed yet" in text
    assert "No day is sealed yet." in text
    assert "Nothing was corrected." in text


def test_a_seal_is_checked_by_a_click(publisher, line):
    address = reverse("admin:ads_counting_check")

    def checked():
        return said(publisher.post(address, {"day": "2026-11-25"}, follow=True))

    assert checked() == ["25 November 2026 is as it was sealed."]
    sealing.lift("default")
    DayCount.objects.filter(kind=Kind.RENDER).update(line=99)
    sealing.install("default")
    assert checked() == ["25 November 2026 is not what was sealed. Tell the operator at once."]
    assert said(publisher.post(address, {"day": "never"}, follow=True)) == ["There is no such sealed day."]


def correction(**fields):
    values = {"day": "2026-11-25", "kind": Kind.RENDER.value, "number": -2, "why": "Shown on a test page"}
    return values | fields


def test_a_sealed_day_is_corrected_and_the_next_seal_covers_it(publisher, line):
    response = publisher.post(PAGE, correction(line=line.pk), follow=True)
    assert said(response) == ["25 November 2026 is corrected by -2. The next seal covers it."]
    assert ("Corrected", [0, 0, -2, 0, 0, 0]) in table(response)
    assert table(response)[-1][1][2] == 4
    assert "Shown on a test page" in response.text
    made = Adjustment.objects.get()
    assert (made.line, made.position, made.why) == (line.pk, line.position_id, "Shown on a test page")
    events(1, Kind.RENDER, at=NOON + timedelta(days=2))
    rollups.roll_due(NOON + timedelta(days=3))
    rollups.seal_due(NOON + timedelta(days=3))
    newest = SealedDay.objects.first()
    assert newest.adjusted_to == made.pk
    rollups.check(newest)


def test_a_correction_that_cannot_be_says_why_and_keeps_what_was_typed(publisher, line):
    def errors(**fields):
        response = publisher.post(PAGE, correction(**fields))
        assert (response.status_code, Adjustment.objects.count()) == (400, 0)
        assert "Shown on a test page" in response.text
        return [error for list_of in response.context["correction"].errors.values() for error in list_of]

    one_of_them = ["Name a booking, a position or a sponsored post: one of them."]
    assert errors() == errors(line=line.pk, position=line.position_id) == one_of_them
    assert errors(line=line.pk, kind=Kind.READ.value) == ["This is not counted of it. Choose something else."]
    assert errors(line=line.pk, number=-4) == [
        "“viewable” would be 3, more than “shown” with 2. Correct “viewable” first, by -1."
    ]
    assert errors(line=line.pk, kind=Kind.CLICK.value, number=7) == [
        "“click” would be 7, more than “shown” with 6. Correct “shown” first, by +1."
    ]
    assert errors(line=99999) == ["Select a valid choice. That choice is not one of the available choices."]
    assert errors(line=line.pk, number=-7) == ["That day had 6 of these: no more can be taken away."]
    assert errors(line=line.pk, number=0) == ["An adjustment by nothing changes nothing."]
    assert errors(line=line.pk, day="2026-11-27") == [
        "This day is not sealed yet. Until then it is counted again by itself."
    ]


def test_a_sponsored_post_is_corrected_too_and_its_report_says_so(publisher, line):
    with time_machine.travel(NOON, tick=False):
        post = factories.article(headline="The mills")
    ordered = factories.post_deal().quotes.get().lines.get()
    made = SponsoredPost(article=post, line=ordered, advertiser=factories.advertiser(), written_by="client", place=1)
    made.save()
    factories.day_counts(DAY, pages=40, reads=15, clicks=3, article=post.pk, source=Source.STORY)

    def errors(**fields):
        response = publisher.post(PAGE, correction(article=post.pk, **fields))
        return [error for list_of in response.context["correction"].errors.values() for error in list_of]

    assert errors(kind=Kind.RENDER.value) == ["This is not counted of it. Choose something else."]
    assert errors(kind=Kind.READ.value, number=-16) == ["That day had 15 of these: no more can be taken away."]
    assert errors(kind=Kind.SERVED.value, number=-30) == [
        "“read” would be 15, more than “page views” with 10. Correct “read” first, by -5."
    ]
    for kind, number in ((Kind.READ, -5), (Kind.SERVED, -30)):
        assert publisher.post(PAGE, correction(article=post.pk, kind=kind.value, number=number)).status_code == 302
    report = reporting.of(ordered.quote.request, None, None, NOON + timedelta(days=2))
    assert [(one.page_views, one.reads) for one in report.posts] == [(10, 10)]
    assert [(one.what, one.number) for one in report.corrections] == [("read", -5), ("page views", -30)]


def test_ad_managers_see_and_publishers_correct(client, line):
    client.force_login(factories.user("Ad manager"))
    response = client.get(PAGE)
    assert (response.status_code, "Correct a sealed day" in response.text) == (200, False)
    assert client.post(PAGE, correction(line=line.pk)).status_code == 403
    assert f'href="{PAGE}"' in client.get("/admin/").text


def test_the_page_asks_as_much_for_thirty_days_as_for_one(publisher, line, django_assert_max_num_queries):
    publisher.get(PAGE)
    with django_assert_max_num_queries(23) as first:
        publisher.get(PAGE)
    for days in range(1, 30):
        events(1, Kind.RENDER, at=NOON + timedelta(days=days, hours=26), line=line.pk, position=line.position_id)
    at = NOON + timedelta(days=40)
    rollups.roll_due(at)
    rollups.seal_due(at)
    with time_machine.travel(at, tick=False):
        publisher.force_login(User.objects.get())
        with django_assert_max_num_queries(23) as second:
            publisher.get(PAGE, {"first": "2026-11-25", "last": "2026-12-30"})
    assert len(second) <= len(first)
