"""The waiting list: joined by form, deal page and desk; the first in line is told once; being told holds nothing."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from ads import deals, quoting, rounds, waiting
from ads.models import PositionDay, WaitingEntry
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 25, 12, tzinfo=timezone.get_default_timezone())
MONDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 13)
FORM = "/partners/free/wait/foot-300x250/2026-12-07/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def taken():
    return factories.booking(first_day=MONDAY, last_day=SUNDAY)


def fields(client, clock, path: str = FORM, **changes) -> dict:
    """The form as somebody fills it in, a few seconds after it was drawn."""
    key = re.search(r'name="key" value="([^"]+)"', client.get(path).content.decode())[1]
    clock.shift(timedelta(seconds=10))
    return {"name": "Ada", "email": "ada@firm.example", "company": "Teneru Mills", "key": key} | changes


def free(booking, at=NOW) -> None:
    deals.stop_booking(booking, by=None, at=at)


def told(at=NOW) -> int:
    return waiting.tell_due(at)


def mails(run_jobs) -> dict[str, str]:
    """Address and text of what was mailed since the last look."""
    run_jobs()
    sent = {message.to[0]: f"{message.subject}\n{message.body}" for message in mail.outbox}
    mail.outbox.clear()
    return sent


def test_who_joins_by_the_form_is_on_the_list_and_gets_a_link_to_leave(client, clock, taken, run_jobs):
    data = fields(client, clock)
    assert client.post(FORM, data)["Location"] == "/partners/free/wait/done/"
    assert client.post(FORM, fields(client, clock, email="ADA@firm.example")).status_code == 302
    entry = WaitingEntry.objects.get()
    assert (entry.position, entry.first_day, entry.last_day) == (taken.position, MONDAY, SUNDAY)
    assert (entry.company, entry.language, entry.status) == ("Teneru Mills", "en", "waiting")
    text = mails(run_jobs)["ada@firm.example"]
    path = re.search(r"http://testserver(/partners/free/leave/\S+)", text)[1]
    page = client.get(path)
    assert (page.status_code, page["Referrer-Policy"], page["Cache-Control"]) == (
        200,
        "no-referrer",
        "private, no-store",
    )
    entry.refresh_from_db()
    assert entry.status == "waiting"  # looking changes nothing
    assert "You have left" in client.post(path).content.decode()
    entry.refresh_from_db()
    assert entry.status == "left"
    free(taken)
    assert told() == 0


def test_one_button_leaves_every_list_of_an_address(client, taken):
    other = factories.booking("top-728x90", first_day=MONDAY, last_day=SUNDAY)
    entries = [factories.waiting_entry(booking, email="ada@firm.example") for booking in (taken, other)]
    stranger = factories.waiting_entry(taken)
    client.post(f"/partners/free/leave/{waiting.token(entries[0])}/", {"all": "1"})
    assert list(WaitingEntry.objects.filter(left_at=None)) == [stranger]


def test_a_forged_link_opens_nothing_and_a_post_from_elsewhere_is_refused(client, taken):
    entry = factories.waiting_entry(taken)
    for token in ("1", f"{entry.pk}:abc", "x" * 200):
        assert client.get(f"/partners/free/leave/{token}/").status_code == 404
    address = f"/partners/free/leave/{waiting.token(entry)}/"
    assert client.post(address, headers={"origin": "https://elsewhere.example"}).status_code == 403
    assert client.post(FORM, headers={"origin": "https://elsewhere.example"}).status_code == 403
    entry.refresh_from_db()
    assert entry.status == "waiting"


@pytest.mark.parametrize("day", ["2026-12-08", "2026-11-16", "2029-01-01", "20261207", "2026-W50-1", "soon"])
def test_only_mondays_that_the_calendar_shows_can_be_waited_for(client, day):
    assert client.get(f"/partners/free/wait/foot-300x250/{day}/").status_code == 404


def test_what_is_free_is_not_waited_for(client, clock, taken):
    data = fields(client, clock)
    free(taken)
    page = client.get(FORM).content.decode()
    assert "/partners/request/?want=foot-300x250&amp;from=2026-12-07&amp;until=2026-12-13" in page
    response = client.post(FORM, data)
    assert response.status_code == 409
    assert "These days are not sold out. Request them now instead." in response.content.decode()
    assert not WaitingEntry.objects.exists()


def test_what_looks_like_spam_is_kept_and_mailed_to_nobody_until_the_desk_says_so(client, clock, taken, run_jobs):
    client.post(FORM, fields(client, clock, homepage="https://pills.example/"))
    entry = WaitingEntry.objects.get()
    free(taken)
    assert (entry.status, told(), mails(run_jobs)) == ("held-back", 0, {})
    client.force_login(factories.user("Ad manager"))
    client.post(f"/admin/ads/waitingentry/{entry.pk}/move/release/", {})
    sent = mails(run_jobs)  # the worker makes its rounds, too
    entry.refresh_from_db()
    assert (list(sent), entry.status) == (["ada@firm.example"], "told")


def test_one_network_joins_only_so_often(client, clock, taken):
    answers = [client.post(FORM, fields(client, clock, email=f"a{n}@firm.example")).status_code for n in range(21)]
    assert answers == [302] * 20 + [429]


def test_an_address_waits_for_so_many_weeks_and_no_more(monkeypatch, taken):
    monkeypatch.setattr(waiting, "MOST_OPEN", 1)
    factories.waiting_entry(taken, email="ada@firm.example")
    other = factories.booking("top-728x90", first_day=MONDAY, last_day=SUNDAY)
    with pytest.raises(waiting.Refused, match="many weeks already"):
        factories.waiting_entry(other, email="ada@firm.example")


def test_the_first_in_line_is_told_once_and_the_next_one_two_days_later(taken, run_jobs):
    first, second = factories.waiting_entry(taken), factories.waiting_entry(taken, language="ar")
    mails(run_jobs)
    rounds.make(NOW)
    assert mails(run_jobs) == {}  # nothing is free yet
    free(taken)
    assert [told(), told(), told(NOW + timedelta(hours=47))] == [1, 0, 0]
    [(address, text)] = mails(run_jobs).items()
    assert address == first.email
    assert "nothing is kept for you" in text
    assert "http://testserver/partners/request/?want=foot-300x250&from=2026-12-07&until=2026-12-13" in text
    assert not PositionDay.objects.filter(used__gt=0).exists()
    assert told(NOW + timedelta(hours=48)) == 1
    [(address, text)] = mails(run_jobs).items()
    assert address == second.email
    assert "http://testserver/ar/partners/request/?want=foot-300x250" in text
    assert told(NOW + timedelta(days=5)) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_workers_at_once_tell_one_person(at_once):
    taken = factories.booking(first_day=MONDAY, last_day=SUNDAY)
    for _ in range(3):
        factories.waiting_entry(taken)
    free(taken)
    assert at_once(8, lambda: waiting.tell_due(NOW)) == []
    assert WaitingEntry.objects.exclude(told_at=None).count() == 1


def test_weeks_have_lines_of_their_own(taken):
    other = factories.booking(first_day=date(2026, 12, 14), last_day=date(2026, 12, 20))
    for booking in (taken, other):
        factories.waiting_entry(booking)
        free(booking)
    assert told() == 2


@pytest.mark.parametrize("end", ["expiry", "withdrawal", "new version", "cancelled deal"])
def test_whatever_frees_the_days_is_told(end):
    request = factories.ad_request(first_day=MONDAY, last_day=SUNDAY, at=NOW)
    quote = factories.quote(request, at=NOW)
    entry = waiting.join(factories.position(), MONDAY, SUNDAY, name="Ada", email="ada@firm.example", by=None, at=NOW)
    at = NOW + timedelta(hours=1)
    if end == "expiry":
        at = quote.valid_until
        quoting.expire_due(at)
    elif end == "withdrawal":
        quoting.withdraw(quote, by=None, at=at)
    elif end == "new version":
        newer = quoting.begin(request, by=None, at=at)
        newer.lines.update(share=50)
        quoting.send(newer, by=None, at=at)
    else:
        request.refresh_from_db()
        deals.cancel(request, by=None, at=at)
    assert waiting.tell_due(at) == 1
    entry.refresh_from_db()
    assert entry.told_at == at


def test_a_week_that_is_sold_again_in_time_is_told_to_nobody(taken):
    factories.waiting_entry(taken)
    free(taken)
    factories.booking(first_day=MONDAY, last_day=MONDAY)
    assert told() == 0


def test_an_advertiser_waits_on_the_page_of_their_deal_and_is_told_with_its_link(client, taken, run_jobs):
    request = factories.ad_request(first_day=MONDAY, last_day=SUNDAY)
    token = factories.deal_token(request)
    page = f"/partners/deal/{token}/"
    assert "Taken on your days" in client.get(page).content.decode()
    for _ in range(2):
        assert client.post(f"{page}wait/foot-300x250/")["Location"] == f"{page}?said=waiting"
    assert client.post(f"{page}wait/top-728x90/").status_code == 404  # they never asked for it
    entry = WaitingEntry.objects.get()
    assert (entry.deal, entry.email) == (request, request.email)
    mails(run_jobs)
    free(taken)
    assert told() == 1
    text = mails(run_jobs)[request.email]
    assert text.startswith(f"[{request.reference}] Free again")
    assert f"http://testserver{page}" in text


def test_one_deal_takes_nobody_else_off_the_list(client, taken):
    other = factories.ad_request(first_day=MONDAY, last_day=SUNDAY)
    entry = factories.waiting_entry(taken, deal=other)
    mine = factories.deal_token(factories.ad_request())
    assert client.post(f"/partners/deal/{mine}/wait/{entry.pk}/leave/").status_code == 404
    assert client.post(f"/partners/deal/{factories.deal_token(other)}/wait/{entry.pk}/leave/").status_code == 302
    entry.refresh_from_db()
    assert entry.status == "left"


def test_the_desk_puts_somebody_on_the_list_and_takes_them_off(client, taken):
    client.force_login(factories.user("Ad manager"))
    values = {
        "position": taken.position.pk,
        "first_day": "2026-12-07",
        "last_day": "2026-12-13",
        "name": "Ada",
        "company": "Teneru Mills",
        "email": "ada@firm.example",
        "language": "ar",
        "deal": "",
    }
    assert client.post("/admin/ads/waitingentry/add/", values).status_code == 302
    entry = WaitingEntry.objects.get()
    assert (entry.added_by.groups.get().name, entry.language) == ("Ad manager", "ar")
    for state, count in {"waiting": 1, "told": 0, "left": 0, "held-back": 0}.items():
        assert client.get(f"/admin/ads/waitingentry/?state={state}").context["cl"].result_count == count
    client.post(f"/admin/ads/waitingentry/{entry.pk}/move/leave/", {})
    entry.refresh_from_db()
    assert entry.status == "left"
    response = client.post(
        "/admin/ads/waitingentry/add/", values | {"first_day": "2026-12-14", "last_day": "2026-12-20"}
    )
    assert "These days are not sold out." in response.content.decode()
