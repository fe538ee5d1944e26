"""What is refused, or answered, before any page is asked for."""

import base64
import hashlib
import re

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/foo%00bar/", "/ar/foo%00bar/", "/2026/11/a%00b/", "/media/a%00b.jpg"])
def test_no_address_has_a_nul_character(client, path):
    factories.article()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/?q=a%00b", "/partners/request/?want=%00", "/admin/articles/article/?q=%00&o=1"])
def test_a_nul_character_in_a_query_is_refused_in_words(client, path):
    client.force_login(factories.user("Editor"))
    response = client.get(path)
    assert (response.status_code, response.content) == (400, b"Send this again without NUL characters.")


def test_a_nul_character_in_a_cookie_is_refused_in_words(client):
    factories.article()
    response = client.get("/admin/", headers={"cookie": r'sessionid="abcdefghij\000kl"'})
    assert (response.status_code, response.content) == (400, b"Send this again without NUL characters.")


def test_a_note_with_a_nul_character_is_refused_and_moves_nothing(client):
    request = factories.ad_request()
    client.force_login(factories.user("Ad manager"))
    page = f"/admin/ads/adrequest/{request.pk}/move/answer/"
    response = client.post(page, {"note": "a\0b"})
    assert response.context["form"].errors == {"note": ["Null characters are not allowed."]}
    request.refresh_from_db()
    assert request.status == "received"


def test_a_note_that_is_too_long_is_refused_and_not_cut(client):
    request = factories.ad_request()
    client.force_login(factories.user("Ad manager"))
    page = f"/admin/ads/adrequest/{request.pk}/move/answer/"
    [[said]] = client.post(page, {"note": "x" * 301}).context["form"].errors.values()
    assert "at most 300 characters" in said
    client.post(page, {"note": "x" * 300})
    request.refresh_from_db()
    assert request.status == "in-talks"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_load_balancer_asks_for_health_by_address(client, path):
    assert client.get(path, headers={"host": "10.0.0.5"}).status_code == 200
    assert client.head(path, headers={"host": "10.0.0.5:8000"}).status_code == 200
    assert client.post(path, headers={"host": "10.0.0.5"}).status_code == 405


def test_pages_are_refused_to_hosts_that_are_not_ours(client):
    for path in ("/", "/livez/", "/ar/livez"):
        assert client.get(path, headers={"host": "10.0.0.5"}).status_code == 400


def _style_of(response) -> tuple[str, str]:
    """The text of a page's <style>, and what its policy says of styles."""
    [style] = re.findall(r"<style>(.*?)</style>", response.content.decode()) or [""]
    [policy] = re.findall(r"style-src ([^;]*)", response["Content-Security-Policy"])
    return style, policy


@pytest.mark.parametrize("path", ["/", "/ar/", "/contact/", "/nowhere/"])
def test_the_policy_lets_in_the_colours_of_the_publisher_by_their_hash_and_nothing_else(guest, path):
    factories.brand(accent="#9a3412")
    style, policy = _style_of(guest.get(path))
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert style.startswith(":root{--accent:#9a3412}")
    assert policy == f"'self' 'sha256-{digest}'"


def test_the_colours_of_the_house_need_no_hash(guest):
    factories.article()
    assert _style_of(guest.get("/")) == ("", "'self'")


def test_the_admin_has_no_colours_of_the_publisher(client):
    factories.brand(accent="#9a3412")
    client.force_login(factories.user("Publisher"))
    response = client.get("/admin/")
    assert "--accent:#9a3412" not in response.content.decode()
    assert response["Content-Security-Policy"].count("'sha256-") == 1
