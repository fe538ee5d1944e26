"""Reports: the same figures on the page, for the desk, on paper and as a table, and nothing of another deal."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from ads import adjusting, charts, deals, ledger, periods, reporting, waterfall
from ads.models import Adjustment, AdRequest, Booking, Promise, Sighting, SponsoredPost, TrackedLink
from ads.models.event import Kind, Reason, Source
from ads.paper import report as report_paper
from ads.report_rows import Refusal
from tests import factories
from tests.ads.test_papers import read, text

pytestmark = pytest.mark.django_db

FIRST = date(2026, 11, 16)
NOW = "2026-11-25 12:00 +01:00"


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False):
        yield timezone.now()


@pytest.fixture
def deal(now) -> AdRequest:
    return running()


def running(**fields) -> AdRequest:
    """A deal with one line from Monday the 16th to the Sunday after the next."""
    sold = timezone.localdate() + timedelta(weeks=2 + AdRequest.objects.count())
    wanted = factories.ad_request(first_day=sold, last_day=sold)
    made = factories.deal("live", wanted)
    booking = made.bookings.get()
    values = {"first_day": FIRST, "last_day": FIRST + timedelta(days=13)}
    Booking.objects.filter(pk=booking.pk).update(**values | fields)
    return made


def line(deal: AdRequest) -> Booking:
    return deal.bookings.get()


def counted(deal: AdRequest, day: date, shown: int = 100, viewable: int = 60, clicks: int = 2, **facts) -> None:
    booking = line(deal)
    facts = {"line": booking.pk, "position": booking.position_id, "device": 1} | facts
    factories.day_counts(day, shown=shown, viewable=viewable, clicks=clicks, **facts)


def nine_days(deal: AdRequest) -> None:
    for number in range(9):
        counted(deal, FIRST + timedelta(days=number))


def page(client, deal: AdRequest, query: str = "", prefix: str = "") -> str:
    response = client.get(f"{prefix}/partners/deal/{factories.deal_token(deal)}/{query}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_days_are_sealed_provisional_or_before_counting_and_say_so(deal, now):
    for number in range(2, 9):
        counted(deal, FIRST + timedelta(days=number))
    booking = line(deal)
    factories.event(Kind.RENDER, at=now - timedelta(hours=1), line=booking.pk, position=booking.position_id)
    report = reporting.of(deal, None, None, now)
    assert [(day.day.day, day.state.value, day.figures.renders) for day in report.days] == [
        (16, "uncounted", 0),
        (17, "uncounted", 0),
        *[(number, "sealed", 100) for number in range(18, 25)],
        (25, "provisional", 1),
    ]
    assert reporting.standing(report) == (
        "Sealed to 24 November 2026: these figures change only by a correction that says why. "
        "From 25 November 2026 on they are provisional until the night after. "
        "2 days lie before counting began and have no figures."
    )


def test_a_number_is_told_against_what_is_expected_by_now(now):
    deal = running(share=0, impressions=2800)
    nine_days(deal)
    pace = reporting.of(deal, None, None, now).lines[0].pace
    assert (pace.had, pace.bought, pace.expected, pace.words) == (900, 2800, 1900, "behind")


def test_a_share_is_told_as_the_part_of_its_position(now):
    deal = running(share=25)
    nine_days(deal)
    for number in range(9):
        factories.day_counts(FIRST + timedelta(days=number), shown=300, house=1, position=line(deal).position_id)
    pace = reporting.of(deal, None, None, now).lines[0].pace
    assert (pace.had, pace.of, pace.had_percent, pace.bought, pace.words) == (900, 3600, 25.0, 25, "as expected")


def test_a_period_cuts_the_figures_and_not_the_pace(now):
    deal = running(share=0, impressions=2800)
    nine_days(deal)
    report = reporting.of(deal, FIRST + timedelta(days=7), FIRST + timedelta(days=8), now)
    assert (report.total.figures.renders, report.lines[0].pace.had, len(report.days)) == (200, 900, 2)


def test_figures_stand_by_artwork_section_and_device(deal, now):
    section = factories.section(name="Harbour")
    creative = factories.creative(line(deal))
    counted(deal, FIRST, shown=70, creative=creative.pk, section=section.pk, device=1)
    counted(deal, FIRST, shown=30, viewable=0, clicks=0, device=3)
    report = reporting.of(deal, None, None, now)
    assert [(one.label, one.figures.renders) for one in report.sections] == [
        ("Harbour", 70),
        ("Front page and others", 30),
    ]
    assert [(one.label, one.figures.renders) for one in report.devices] == [("Phone", 70), ("Computer", 30)]
    assert [(one.label, one.figures.renders) for one in report.lines[0].versions] == [("Version 1", 70)]


def test_what_does_not_count_stands_with_its_reason_and_corrections_with_theirs(deal, now, client):
    counted(deal, FIRST)
    counted(deal, FIRST, shown=7, viewable=0, clicks=1, reason=Reason.BOT)
    Adjustment.objects.create(
        day=FIRST,
        kind=Kind.RENDER,
        line=line(deal).pk,
        position=line(deal).position_id,
        number=-4,
        why="A test of ours was counted",
        by=factories.user("Publisher"),
        at=now,
    )
    report = reporting.of(deal, None, None, now)
    assert report.refusals == [Refusal("known robot, or no browser named", 7, 0, 1)]
    assert (report.total.figures.renders, report.total.gross_renders, report.total.corrected) == (96, 107, [-4, 0, 0])
    assert [(one.number, one.why) for one in report.corrections] == [(-4, "A test of ours was counted")]
    assert "A test of ours was counted" in page(client, deal)


def test_a_correction_is_a_row_of_its_own_and_of_no_section_device_or_version(deal, now, client):
    section, creative = factories.section(name="Harbour"), factories.creative(line(deal))
    counted(deal, FIRST, viewable=10, section=section.pk, creative=creative.pk)
    adjusting.adjust(FIRST, place_of(deal), -90, "Robots of one network", by=factories.user(), at=now)
    report = reporting.of(deal, None, None, now)
    for rows, name in (
        (report.sections, "Harbour"),
        (report.devices, "Phone"),
        (report.lines[0].versions, "Version 1"),
    ):
        assert [(row.label, row.figures.renders) for row in rows] == [(name, 100), ("Corrected", -90)]
    assert [(row.viewable_percent, row.click_percent) for row in report.sections] == [(10.0, 2.0), (None, None)]
    total = report.total
    assert (total.gross_renders, total.figures.renders, total.figures.views, total.viewable_percent) == (
        100,
        10,
        10,
        100,
    )
    steps = waterfall.of(FIRST, FIRST, line=line(deal).pk).steps
    assert [(step.label, step.numbers[1]) for step in steps] == [
        ("All that was told (gross)", 100),
        ("Corrected", -90),
        ("What counts (net)", 10),
    ]
    assert '<th scope="row">Corrected</th><td><bdi dir="ltr">-90</bdi></td>' in page(client, deal)
    assert "Corrected -90" in words_of(report_paper.of_report(report, "en"))


def place_of(deal: AdRequest, kind: Kind = Kind.RENDER) -> dict[str, int]:
    return {"kind": kind, "line": line(deal).pk, "position": line(deal).position_id}


def test_a_section_that_is_gone_is_not_the_front_page(deal, now):
    counted(deal, FIRST, shown=3, section=98_765)
    counted(deal, FIRST, shown=2)
    report = reporting.of(deal, None, None, now)
    assert [(one.label, one.figures.renders) for one in report.sections] == [
        ("A section that is gone", 3),
        ("Front page and others", 2),
    ]


def take_days(booking: Booking) -> None:
    """As if it had been sold for the days that `running` gave it."""
    ledger.take(booking.position, booking.first_day, booking.last_day, share=booking.share, is_held=False)


def test_what_was_shown_of_a_line_stays_in_the_report_when_it_is_cancelled(deal, now, client):
    nine_days(deal)
    second = factories.booking("rail-200x200", first_day=date(2027, 6, 1), last_day=date(2027, 6, 2), request=deal)
    never = factories.booking("top-728x90", first_day=date(2027, 6, 1), last_day=date(2027, 6, 2), request=deal)
    first = deal.bookings.earliest("first_day")
    take_days(first)
    for booking in (first, never):
        deals.stop_booking(booking, by=None, at=now)
    report = reporting.of(deal, None, None, now)
    assert (report.total.figures.renders, report.flight) == (900, (FIRST, date(2027, 6, 2)))
    assert [(one.label, one.cancelled, len(one.days)) for one in report.lines] == [
        (f"{first.position.display_name} {first.position.display_size}", "Cancelled on 25 November 2026", 10),
        (f"{second.position.display_name} {second.position.display_size}", "", 0),
    ]
    assert "Cancelled on 25 November 2026" in page(client, deal)
    assert "Cancelled on 25 November 2026" in words_of(report_paper.of_report(report, "en"))


def test_a_cancelled_deal_shows_what_it_had_and_one_that_never_began_nothing(deal, now, client):
    nine_days(deal)
    never = running(first_day=date(2026, 12, 20), last_day=date(2026, 12, 27))
    for one in (deal, never):
        take_days(line(one))
        deals.cancel(AdRequest.objects.get(pk=one.pk), by=None, at=now)
    html = page(client, deal)
    assert ("900" in html, html.count("Cancelled on 25 November 2026")) == (True, 2)
    assert 'id="report"' not in page(client, never)
    papers = [f"/partners/deal/{factories.deal_token(one)}/report.csv" for one in (deal, never)]
    assert [client.get(path).status_code for path in papers] == [200, 404]
    client.force_login(factories.user("Ad manager"))
    for state, count in (("", 1), ("cancelled", 1), ("running", 0), ("over", 0)):
        listed = client.get(f"/admin/ads/report/?state={state}")
        assert [entry.row.figures.renders for entry in listed.context["entries"]] == [900] * count
    assert [client.get(f"/admin/ads/report/{one.pk}/").status_code for one in (deal, never)] == [200, 404]


def test_a_post_is_told_by_page_views_reads_clicks_and_its_mentions(now, client):
    request = factories.post_deal()
    AdRequest.objects.update(status="live")
    story = factories.article(at=now - timedelta(days=3))
    ordered = request.quotes.get().lines.get()
    SponsoredPost.objects.create(
        article=story, line=ordered, advertiser=factories.advertiser(), written_by="client", place=1
    )
    promise = Promise.objects.create(
        line=ordered, kind="newsletter", place=1, done_at=now, channel="Friday letter", note="Second item"
    )
    link = TrackedLink.objects.create(url="https://firm.example/", promise=promise, created_at=now)
    day = timezone.localdate(now) - timedelta(days=1)
    story_counts = {"article": story.pk, "source": Source.STORY}
    factories.day_counts(day, pages=40, reads=15, clicks=3, **story_counts)
    factories.day_counts(day, clicks=5, link=link.pk, source=Source.MAIL)
    factories.day_counts(day, pages=9, reads=9, **story_counts | {"article": story.pk + 1})
    report = reporting.of(request, None, None, now)
    (post,) = report.posts
    assert (post.page_views, post.reads, post.figures.clicks, post.online_days) == (40, 15, 3, 4)
    assert [(proof.promise.channel, proof.clicks) for proof in report.proofs] == [("Friday letter", 5)]
    assert "5 clicks from the newsletter" in page(client, request)


@pytest.mark.parametrize(
    ("flight", "names"),
    [
        ((date(2026, 12, 1), date(2026, 12, 9)), []),
        ((date(2026, 11, 24), date(2026, 12, 9)), ["flight"]),
        ((date(2026, 10, 7), date(2026, 12, 9)), ["flight", "week", "2026-11", "2026-10"]),
        ((date(2026, 9, 7), date(2026, 9, 20)), ["flight"]),
        (None, []),
    ],
)
def test_periods_are_those_of_the_flight(flight, names):
    assert [one.name for one in periods.offered(flight, date(2026, 11, 25))] == names


def test_the_page_shows_figures_chart_and_table_and_the_chosen_days_only(deal, client):
    nine_days(deal)
    html = page(client, deal)
    for words in ("900", "540", "60.0&nbsp;%", "18", "2.00&nbsp;%", "Sealed to 24 November 2026", "method 1"):
        assert words in html
    assert html.partition("<main")[2].count("<svg") == 2
    assert 'role="img" aria-label="Shown by day, 900 in all, most on 16 November 2026 with 100.' in html
    assert "style=" not in html.partition('id="report"')[2].partition("</section>")[0]
    assert "Figures from 19 November 2026 to 25 November 2026." in page(client, deal, "?days=week")
    assert page(client, deal, "?days=nonsense").count("Figures from 16 November 2026 to 25 November 2026.") == 1


def test_the_axis_of_time_runs_from_the_right_in_arabic(deal, now):
    counted(deal, FIRST)
    report = reporting.of(deal, None, None, now)
    left = charts.of_days(report.days, Kind.RENDER, "Shown", is_rtl=False)
    right = charts.of_days(report.days, Kind.RENDER, "Shown", is_rtl=True)
    assert [(bar.x, bar.height) for bar in left.bars] == [(1, 100)]
    assert [(bar.x, bar.height) for bar in right.bars] == [(91, 100)]


def test_before_during_and_after_the_flight_the_page_says_what_it_can(now, client):
    coming = running(first_day=date(2026, 12, 1), last_day=date(2026, 12, 7))
    assert "Figures stand here from Tuesday 1 December 2026 on" in page(client, coming)
    uncounted = running(share=1)
    assert "Nothing was counted in these days" in page(client, uncounted)
    over = running(first_day=FIRST, last_day=date(2026, 11, 22))
    AdRequest.objects.filter(pk=over.pk).update(status="delivered")
    nine_days(over)
    html = page(client, over)
    assert "from 16 November 2026 to 22 November 2026 it was shown <strong>700</strong> times" in html
    assert '<a href="#renew">The same again?</a>' in html


def test_a_link_opens_no_figure_of_another_deal(deal, client):
    other = running(share=50)
    Booking.objects.filter(pk=line(other).pk).update(position=factories.position("rail-200x200"))
    nine_days(deal)
    counted(other, FIRST, shown=98_765, viewable=45_678, clicks=3_456)
    token = factories.deal_token(deal)
    answers = [client.get(f"/partners/deal/{token}/{path}") for path in ("", "report.csv", "report.pdf")]
    said = page(client, deal) + b"".join(answers[1]).decode() + words_of(answers[2].content)
    for leak in ("98765", "98,765", "45,678", "3,456", "Small square", other.reference, other.company):
        assert leak not in said
    assert [(one.status_code, one["Cache-Control"], one["Referrer-Policy"]) for one in answers] == [
        (200, "private, no-store", "no-referrer")
    ] * 3


def words_of(pdf: bytes) -> str:
    return " ".join(text(pdf).replace("\u2066", "").replace("\u2069", "").split())


def test_the_table_has_a_row_a_day_and_runs_no_formula(deal, client):
    counted(deal, FIRST + timedelta(days=1))
    factories.position().__class__.objects.filter(code="foot-300x250").update(name="=Box")
    response = client.get(f"/partners/deal/{factories.deal_token(deal)}/report.csv")
    rows = list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))
    assert rows[0][:6] == ["Day", "Line", "Position", "Shown", "Viewable", "Clicks"]
    number = str(line(deal).pk)
    name = "'=Box 300×250"
    assert rows[1:3] == [
        ["2026-11-16", number, name, "", "", "", "", "", "", "not counted"],
        ["2026-11-17", number, name, "100", "60", "2", "", "", "", "sealed"],
    ]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_paper_says_the_same_and_cites_the_seal(deal, now, language):
    nine_days(deal)
    said = words_of(report_paper.of_report(reporting.of(deal, None, None, now), language))
    for words in ("900", "540", deal.reference, "20261124" * 8):
        assert words in said


def test_a_picture_in_place_stands_on_the_paper(deal, now):
    counted(deal, FIRST)
    creative = factories.creative(line(deal))
    sighting = Sighting(creative=creative, width=120, height=80, taken_at=now)
    sighting.file.save("seen.jpg", ContentFile(factories.jpeg(120, 80)))
    pdf = report_paper.of_report(reporting.of(deal, None, None, now), "en")
    assert "On a wide screen, 25 November 2026, 12:00" in words_of(pdf)
    assert sum(len(page.images) for page in read(pdf).pages) == 1


def test_the_desk_sees_lines_with_what_they_had_and_what_was_paid(now, client):
    deal = running(share=0, impressions=2800)
    nine_days(deal)
    counted(deal, FIRST, shown=11, viewable=0, clicks=0, reason=Reason.RATE)
    client.force_login(factories.user("Ad manager"))
    html = " ".join(client.get("/admin/ads/report/?state=running").content.decode().split())
    for words in (
        deal.bookings.get().advertiser.company,
        "2,800 impressions",
        "900",
        "47&nbsp;%",
        "behind",
        "no invoice",
    ):
        assert words in html
    assert "No line of this kind" in client.get("/admin/ads/report/?state=over").content.decode()
    own = " ".join(client.get(f"/admin/ads/report/{deal.pk}/").content.decode().split())
    assert "<td>911</td>" in own  # gross, beside the net 900
    assert reverse("admin:ads_adrequest_change", args=[deal.pk]) in own
    rows = b"".join(client.get(f"/admin/ads/report/{deal.pk}/report.csv")).decode()
    assert "Shown, gross" in rows
    assert client.get(f"/admin/ads/report/{deal.pk}/report.pdf").content.startswith(b"%PDF")


def test_reporters_see_no_reports(client, deal):
    client.force_login(factories.user("Reporter"))
    assert client.get("/admin/ads/report/").status_code == 403
    assert b"/admin/ads/report/" not in client.get("/admin/").content


QUERIES = 31
LIST_QUERIES = 16


@pytest.mark.parametrize("lines", [1, 30])
def test_a_report_asks_the_same_of_the_database_for_one_line_and_for_thirty(
    deal, now, lines, django_assert_num_queries
):
    first = line(deal)
    more = [
        Booking(
            position=factories.position(code),
            advertiser=first.advertiser,
            request=deal,
            first_day=FIRST,
            last_day=FIRST + timedelta(days=13),
            share=10,
            price=1,
            booked_at=now,
        )
        for code in ["top-728x90", "rail-200x200", "foot-300x250"] * 10
    ][: lines - 1]
    Booking.objects.bulk_create(more)
    for booking in Booking.objects.all():
        factories.day_counts(FIRST, shown=5, line=booking.pk, position=booking.position_id)
    with django_assert_num_queries(QUERIES):
        report = reporting.of(deal, None, None, now)
    assert (len(report.lines), report.total.figures.renders) == (lines, lines * 5)


@pytest.mark.parametrize("lines", [1, 30])
def test_the_desks_list_asks_the_same_for_one_line_and_for_thirty(deal, client, lines, django_assert_max_num_queries):
    first = line(deal)
    for _one in range(lines - 1):
        Booking.objects.create(
            position=first.position,
            advertiser=factories.advertiser(),
            request=factories.ad_request(),
            first_day=FIRST,
            last_day=FIRST + timedelta(days=13),
            share=1,
            price=1,
            booked_at=first.booked_at,
        )
    client.force_login(factories.user("Publisher"))
    client.get("/admin/ads/report/")
    with django_assert_max_num_queries(LIST_QUERIES) as asked:
        client.get("/admin/ads/report/")
    assert len(asked) == LIST_QUERIES


def test_how_we_count_is_told_in_both_languages(client):
    html = client.get("/partners/counting/").content.decode()
    for words in ("method 1", "970×250", "300×1050", "known robot, or no browser named", "0.5"):
        assert words in html
    assert client.get("/ar/partners/counting/").status_code == 200
    assert "/partners/counting/" in client.get("/partners/").content.decode()
