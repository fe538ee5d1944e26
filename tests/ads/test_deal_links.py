"""Private links: how long they live, how a lost one is replaced, and where their secret never stands."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from ads import deals, links, lost_links
from ads.deal_forms import LostLinkForm
from ads.models import AdRequest, DealLink
from newsroom.logs import Discreet
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal() -> AdRequest:
    return factories.quote().request


def lost(reference: str, email: str, **changes) -> dict:
    with time_machine.travel(timezone.now() - timedelta(minutes=1), tick=False):
        key = LostLinkForm().initial["key"]
    return {"key": key, "homepage": "", "reference": reference, "email": email} | changes


def token_of(link: DealLink) -> str:
    return links.path(link.key, "en").split("/")[3]


def test_use_is_noted_once_an_hour_and_carries_the_end_along(deal):
    link, at = deal.links.get(), timezone.now()
    links.seen(link, at=at)
    link.refresh_from_db()
    assert (link.last_seen_at, link.expires_at) == (at, at + DealLink.LASTS)
    links.seen(link, at=at + timedelta(minutes=59))
    link.refresh_from_db()
    assert link.last_seen_at == at
    links.seen(link, at=at + timedelta(minutes=60))
    link.refresh_from_db()
    assert link.last_seen_at == at + timedelta(minutes=60)


def test_the_link_of_a_deal_that_is_over_is_not_prolonged(deal):
    link, at = deal.links.get(), timezone.now()
    deals.decline(deal, by=None, at=at)
    before = link.expires_at
    link = DealLink.objects.select_related("request").get()
    links.seen(link, at=at + timedelta(days=10))
    link.refresh_from_db()
    assert (link.expires_at, link.last_seen_at) == (before, at + timedelta(days=10))


def test_a_lost_link_is_replaced_by_mail_and_the_old_one_is_dead(client, deal, run_jobs):
    old = factories.deal_token(deal)
    response = client.post("/partners/link/", lost(deal.reference.lower(), deal.email.upper()))
    assert response["Location"] == "/partners/link/sent/"
    assert client.get(f"/partners/deal/{old}/").status_code == 404
    run_jobs()
    letter = next(m for m in mail.outbox if "new private link" in m.subject)
    assert letter.to == [deal.email]
    new = factories.deal_token(deal)
    assert f"/partners/deal/{new}/" in letter.body
    assert client.get(f"/partners/deal/{new}/").status_code == 200


def test_the_answer_is_the_same_whatever_is_true(client, deal, run_jobs):
    run_jobs()
    mail.outbox.clear()
    for data in (
        lost(deal.reference, "somebody@else.example"),
        lost("R-2222222", deal.email),
        lost("nonsense", deal.email),
        lost(deal.reference, deal.email, homepage="spam"),
    ):
        assert client.post("/partners/link/", data)["Location"] == "/partners/link/sent/"
    run_jobs()
    assert mail.outbox == []
    assert client.get(f"/partners/deal/{factories.deal_token(deal)}/").status_code == 200


def test_asking_again_at_once_makes_no_second_link_and_kills_none(deal):
    at = timezone.now().replace(minute=1, second=0)
    answers = [lost_links.replace(deal.reference, deal.email, at=at + timedelta(seconds=n)) for n in range(5)]
    assert answers == [True, False, False, False, False]
    assert deal.links.filter(revoked_at=None).count() == 1


def test_only_so_many_new_links_a_day(deal):
    at = timezone.now()
    answers = [lost_links.replace(deal.reference, deal.email, at=at + timedelta(minutes=15 * n)) for n in range(8)]
    assert answers == [True] * 5 + [False] * 3


def test_an_address_whose_link_was_taken_back_gets_no_new_one(deal):
    at = timezone.now()
    former = links.make(deal, by=None, at=at, email="former@firm.example")
    assert lost_links.replace(deal.reference, "former@firm.example", at=at) is True
    links.revoke(deal.links.get(email=former.email, revoked_at=None), by=None, at=at)
    assert lost_links.replace(deal.reference, "former@firm.example", at=at + timedelta(hours=1)) is False


def test_the_closed_page_leads_to_a_new_link(client):
    html = client.get(f"/partners/deal/{'A' * 43}/").content.decode()
    assert 'action="/partners/link/"' in html


@pytest.fixture
def log():
    """What the console would show, in the format of the site."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet("{levelname} {name}: {message}", style="{"))
    names = ["", "django", "django.request", "django.server"]
    for name in names:
        logging.getLogger(name).addHandler(handler)
    yield stream
    for name in names:
        logging.getLogger(name).removeHandler(handler)


@pytest.mark.parametrize("method", ["get", "head", "options", "post", "put", "delete"])
@pytest.mark.parametrize("rest", ["", "ask/", "renew/", "nothing/here/", "?said=asked"])
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_no_request_under_a_link_leaves_it_in_the_log(client, deal, log, method, rest, prefix):
    token = factories.deal_token(deal)
    response = getattr(client, method)(f"{prefix}/partners/deal/{token}/{rest}")
    assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "private, no-store")
    assert token not in log.getvalue()


def test_an_error_under_a_link_leaves_it_in_no_log_either(client, deal, log, monkeypatch):
    from ads.views import deal as deal_views

    def fail(*args, **kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr(deal_views, "next_step", fail)
    client.raise_request_exception = False
    token = factories.deal_token(deal)
    for method in ("get", "head"):
        response = getattr(client, method)(f"/partners/deal/{token}/")
        assert (response.status_code, response["Referrer-Policy"]) == (500, "no-referrer")
    assert "boom" in log.getvalue()
    assert token not in log.getvalue()


def test_the_desk_makes_and_revokes_links_without_a_trace_of_their_secret(client, deal, run_jobs):
    client.force_login(factories.user("Ad manager"))
    data = {"email": "colleague@firm.example", "is_mailed": "on"}
    response = client.post(f"/admin/ads/adrequest/{deal.pk}/links/", data)
    link = deal.links.get(email="colleague@firm.example")
    token = token_of(link)
    assert token in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    stored = [*map(str, DBTaskResult.objects.values_list("args_kwargs", flat=True))]
    stored += [*LogEntry.objects.values_list("change_message", flat=True), *deal.moves.values_list("note", flat=True)]
    stored += [str(row) for row in DealLink.objects.values_list()]
    assert [text for text in stored if token in text] == []
    assert token not in client.get(f"/admin/ads/adrequest/{deal.pk}/change/").content.decode()
    run_jobs()
    assert [m.to for m in mail.outbox if token in m.body] == [["colleague@firm.example"]]
    client.post(f"/admin/ads/adrequest/{deal.pk}/links/{link.pk}/revoke/")
    assert client.get(f"/partners/deal/{token}/").status_code == 404
    other = factories.ad_request()
    assert client.post(f"/admin/ads/adrequest/{other.pk}/links/{link.pk}/revoke/").status_code == 404
