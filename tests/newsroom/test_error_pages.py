"""Pages that say what went wrong, and what to do now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from ads import plan
from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize("count", [6, 30])
def test_a_missing_page_offers_search_sections_and_the_latest_five(client, django_assert_num_queries, count):
    stories = [factories.article(headline=f"Story {number}") for number in range(count)]
    plan.current(timezone.now())
    with django_assert_num_queries(5):
        response = client.get("/nothing/")
    html = response.content.decode()
    assert response.status_code == 404
    assert re.findall(r'<li><a href="/[^"]+" dir="auto">(Story \d+)</a>', html) == [
        story.headline for story in reversed(stories[-5:])
    ]
    assert html.count('role="search"') == 3  # in the header, in its menu, and on the page
    assert f'href="{stories[0].section.get_absolute_url()}"' in html


@pytest.mark.django_db
def test_a_missing_picture_asks_for_no_stories(client, django_assert_num_queries):
    factories.article(headline="A story")
    plan.current(timezone.now())
    with django_assert_num_queries(3):
        assert "A story" not in client.get("/media/p/nothing.jpg").content.decode()


def test_without_a_database_a_missing_page_becomes_the_fixed_one(client):
    client.raise_request_exception = False
    response = client.get("/nothing/")
    assert (response.status_code, response.content) == (
        500,
        (Path(settings.BASE_DIR) / "templates/500.html").read_bytes(),
    )


def test_the_fixed_page_is_small_speaks_both_languages_and_reads_without_anything_else():
    page = (Path(settings.BASE_DIR) / "templates" / "500.html").read_text()
    assert len(page.encode()) <= 4096
    assert "{%" not in page
    assert re.findall(r'<html lang="(\w+)"|<section [^>]*lang="(\w+)"', page) == [("en", ""), ("", "ar")]
    assert re.findall(r'href="([^"]+)"', page) == ["/static/site.css", "/", "/ar/"]


@pytest.mark.django_db
def test_an_address_that_takes_a_form_says_so(client):
    token = factories.deal_token(factories.ad_request())
    response = client.get(f"/partners/deal/{token}/ask/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert "<h1>This address is for sending a form</h1>" in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["", "/ar"])
def test_a_missing_page_of_the_desk_keeps_the_desk_around_it_for_who_works_there(client, prefix):
    client.force_login(factories.user("Ad manager"))
    response = client.get(f"{prefix}/admin/nothing/")
    html = response.content.decode()
    assert (response.status_code, 'id="desk-nav"' in html, f'href="{prefix}/admin/"' in html) == (404, True, True)


@pytest.mark.django_db
def test_a_page_that_a_login_does_not_open_keeps_the_desk_around_it(client):
    client.force_login(factories.user("Reporter"))
    response = client.get("/admin/ads/invoice/")
    html = response.content.decode()
    assert (response.status_code, 'id="desk-nav"' in html, "Not with this login" in html) == (403, True, True)
