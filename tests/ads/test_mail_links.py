"""Clicks in newsletters: an address for everybody that leads on and is counted."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from ads import mail_links, promises, totals
from ads.models import Event, Promise, TrackedLink
from ads.models.event import Kind, Reason, Source
from tests import factories

pytestmark = pytest.mark.django_db

PHONE = "Mozilla/5.0 (Linux; Android 13; TECNO BG6) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"
NOON = "2026-12-07 12:00 +01:00"


def mention(kind: str = "newsletter") -> Promise:
    factories.post_deal()
    promises.make_due(timezone.now())
    return Promise.objects.get(kind=kind)


def tracked(**fields) -> TrackedLink:
    values = {"url": "https://bakery.example/friday", "by": None, "at": timezone.now()}
    return mail_links.track(**values | fields)


def path_of(link: TrackedLink) -> str:
    return mail_links.address(link).removeprefix("http://testserver")


def follow(client, link, *, agent=PHONE, **headers):
    return client.get(path_of(link), headers={"user-agent": agent} | headers)


def counted(link: TrackedLink) -> int:
    return mail_links.clicks([link]).get(link.pk, 0)


def test_a_click_leads_to_where_the_link_leads_and_is_counted(client):
    link = tracked(promise=mention())
    response = follow(client, link)
    assert (response.status_code, response["Location"]) == (302, "https://bakery.example/friday")
    event = Event.objects.get()
    assert (event.kind, event.source, event.reason, event.link, event.line) == (Kind.CLICK, Source.MAIL, 0, link.pk, 0)
    assert counted(link) == 1


def test_the_address_is_the_same_for_everybody_and_never_expires(client):
    with time_machine.travel(NOON, tick=False) as clock:
        link = tracked(promise=mention())
        address = mail_links.address(link)
        clock.shift(timedelta(days=1500))
        assert mail_links.address(TrackedLink.objects.get()) == address
        assert follow(client, link)["Location"] == link.url
        assert counted(link) == 1


def test_a_scanner_and_a_second_click_within_ten_minutes_are_one_click(client):
    with time_machine.travel(NOON, tick=False) as clock:
        link = tracked(promise=mention())
        for _ in range(5):
            follow(client, link)
            clock.shift(timedelta(seconds=100))
        assert counted(link) == 1
        clock.shift(timedelta(seconds=100))
        follow(client, link)
        assert counted(link) == 2


def test_clicks_of_different_people_and_links_are_clicks_of_their_own(client):
    promise = mention()
    one, other = tracked(promise=promise), tracked(promise=promise, url="https://bakery.example/other")
    follow(client, one)
    follow(client, one, agent=PHONE.replace("130", "131"))
    client.get(path_of(one), headers={"user-agent": PHONE}, REMOTE_ADDR="203.0.113.9")
    follow(client, other)
    assert (counted(one), counted(other)) == (3, 1)


def test_robots_and_what_comes_in_advance_are_led_on_and_not_counted(client, admin_client):
    link = tracked(promise=mention())
    assert follow(client, link, agent="Googlebot/2.1 (+http://www.google.com/bot.html)").status_code == 302
    assert follow(client, link, **{"sec-purpose": "prefetch"}).status_code == 302
    assert client.head(path_of(link), headers={"user-agent": PHONE}).status_code == 302
    assert follow(admin_client, link).status_code == 302
    assert counted(link) == 0
    found = totals.figures(source=Source.MAIL)[()].refused
    assert found == {
        (Kind.CLICK, Reason.BOT): 1,
        (Kind.CLICK, Reason.PREFETCH): 1,  # HEAD and prefetch of the same link within ten minutes
        (Kind.CLICK, Reason.STAFF): 1,
    }


def test_a_link_is_made_once(db):
    promise = mention()
    assert tracked(promise=promise).pk == tracked(promise=promise, url="bakery.example/friday").pk
    with pytest.raises(mail_links.LinkRefused):
        tracked(promise=mention_social(promise))
    with pytest.raises(ValidationError):
        tracked(promise=promise, url="http://localhost/")


def mention_social(other: Promise) -> Promise:
    return Promise.objects.get(line=other.line, kind="social")


def test_a_link_that_is_gone_leads_nowhere(client):
    link = tracked(promise=mention())
    path = path_of(link)
    link.delete()
    assert client.get(path).status_code == 404


def test_the_desk_makes_an_address_and_sees_its_clicks(client):
    promise = mention()
    client.force_login(factories.user("Ad manager"))
    make = reverse("admin:ads_promise_move", args=[promise.pk, "link"])
    assert "must name a website" in client.post(make, {"url": "http://127.0.0.1/"}).content.decode()
    assert TrackedLink.objects.count() == 0
    response = client.post(make, {"url": "bakery.example/friday", "label": "The last line"}, follow=True)
    link = TrackedLink.objects.get()
    assert mail_links.address(link) in response.content.decode()
    client.logout()
    follow(client, link)
    client.force_login(factories.user("Ad manager"))
    page = client.get(reverse("admin:ads_promise_change", args=[promise.pk])).content.decode()
    assert ("1 click so far" in page, "https://bakery.example/friday" in page) == (True, True)
    tick = client.get(reverse("admin:ads_promise_move", args=[promise.pk, "keep"])).content.decode()
    assert "1 click so far on the counted address to https://bakery.example/friday." in tick


def test_a_mention_elsewhere_has_no_counted_address(client):
    promise = mention("social")
    client.force_login(factories.user("Ad manager"))
    assert client.get(reverse("admin:ads_promise_move", args=[promise.pk, "link"])).status_code == 302
    assert (
        "Counted addresses" not in client.get(reverse("admin:ads_promise_change", args=[promise.pk])).content.decode()
    )
