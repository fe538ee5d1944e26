"""Links in newsletters lead where they led when they were sent, and are counted for the issue."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.core.cache import cache

from newsroom.audience import links
from newsroom.audience.models import LinkClick
from tests import factories

from . import mailing

pytestmark = pytest.mark.django_db
STORY = "http://testserver/2026/11/rain/"


@pytest.fixture
def issue():
    return mailing.issue(state="sent", sent_as={"links": [STORY, "https://shop.example/?a=1", "javascript:alert(1)"]})


def path(issue, link: int = 0) -> str:
    return urlsplit(links.click_url(issue.pk, link)).path


def counts(issue) -> dict[int, int]:
    return dict(LinkClick.objects.filter(issue=issue).values_list("link", "clicks"))


def test_a_click_leads_to_the_page_and_is_counted(guest, issue, django_assert_num_queries):
    assert guest.get(path(issue, 1))["Location"] == "https://shop.example/?a=1"
    with django_assert_num_queries(3):  # the first looks for scheduled changes, as with every page
        answer = guest.get(path(issue))
    assert (answer.status_code, answer["Location"]) == (302, STORY)
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not answer.cookies
    assert counts(issue) == {0: 1, 1: 1}


def test_two_people_are_two_and_one_person_twice_is_one(guest, issue):
    for address in ("192.0.2.1", "192.0.2.9", "198.51.100.1", "198.51.100.1"):
        assert guest.get(path(issue), REMOTE_ADDR=address).status_code == 302
    assert counts(issue) == {0: 2}
    cache.clear()  # ten minutes pass
    guest.get(path(issue), REMOTE_ADDR="192.0.2.1")
    assert counts(issue) == {0: 3}


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "curl/8.5.0"},
        {"user-agent": ""},
        {"sec-purpose": "prefetch"},
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
    ],
)
def test_programs_and_pages_fetched_in_advance_are_led_and_not_counted(guest, issue, headers):
    assert guest.get(path(issue), headers=headers)["Location"] == STORY
    assert guest.head(path(issue))["Location"] == STORY
    assert counts(issue) == {}


def test_what_we_did_not_make_leads_nowhere(guest, issue):
    whole = path(issue)
    draft = mailing.issue()
    bad = [whole[:-1], whole + "0", whole.replace("-0-", "-1-"), path(issue, 2), path(issue, 3), path(draft), "/n/x"]
    assert {guest.get(one).status_code for one in bad} == {404}
    assert guest.post(whole).status_code == 405
    assert counts(issue) == {}


def test_the_link_to_a_story_that_was_withdrawn_leads_to_its_404(guest):
    story = factories.article()
    address = f"http://testserver{story.get_absolute_url()}"
    issue = mailing.issue(state="sent", sent_as={"links": [address]})
    assert guest.get(urlsplit(guest.get(path(issue))["Location"]).path).status_code == 200
    type(story).objects.filter(pk=story.pk).update(status="withdrawn")
    cache.clear()
    led = guest.get(path(issue))
    assert led["Location"] == address
    assert guest.get(urlsplit(led["Location"]).path).status_code in (404, 410)
