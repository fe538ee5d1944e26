import pytest
from django.contrib.sessions.models import Session

from tests import factories

pytestmark = pytest.mark.django_db


def log_in(client, name: str, password: str = factories.PASSWORD, **extra):
    return client.post("/admin/login/", {"username": name, "password": password, "next": "/admin/"}, **extra)


def test_staff_log_in_and_out(client):
    user = factories.user("Editor")
    assert log_in(client, user.username)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/logout/").status_code == 405
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


def test_somebody_who_is_not_staff_does_not_get_in(client):
    user = factories.user(is_staff=False)
    assert log_in(client, user.username).status_code == 200
    assert client.get("/admin/").status_code == 302


def test_guessing_is_slowed_for_the_network_and_not_for_the_rightful_owner(client):
    user = factories.user("Editor")
    answers = [log_in(client, user.username, "wrong").status_code for _ in range(25)]
    assert answers == [200] * 20 + [429] * 5
    assert log_in(client, user.username).status_code == 429
    assert log_in(client, user.username, REMOTE_ADDR="10.9.8.7").status_code == 302


def test_a_login_makes_a_new_session_and_a_new_password_ends_the_old_ones(client):
    user = factories.user("Editor")
    client.get("/admin/login/")
    before = client.session.session_key
    log_in(client, user.username)
    assert client.session.session_key != before
    user.set_password("another-long-password")
    user.save()
    assert client.get("/admin/").status_code == 302


def test_a_deactivated_user_is_out_with_the_next_request(client):
    user = factories.user("Editor")
    log_in(client, user.username)
    user.is_active = False
    user.save()
    assert client.get("/admin/").status_code == 302


def test_forms_of_the_admin_need_their_token():
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    user = factories.user("Publisher")
    client.force_login(user)
    assert client.post("/admin/articles/section/add/", {"name": "x"}).status_code == 403
    assert log_in(client, user.username).status_code == 403
    assert Session.objects.count() == 1


def test_a_publisher_cannot_make_or_touch_an_operator(client):
    publisher, operator = factories.user("Publisher"), factories.user(is_superuser=True)
    client.force_login(publisher)
    assert client.get(f"/admin/articles/user/{operator.pk}/change/").status_code == 302
    page = f"/admin/articles/user/{publisher.pk}/change/"
    assert "is_superuser" not in client.get(page).content.decode()
    client.post(page, {"username": publisher.username, "is_active": "on", "is_staff": "on", "is_superuser": "on"})
    publisher.refresh_from_db()
    assert not publisher.is_superuser


def test_the_admin_is_never_cached_and_allows_no_inline_script(client):
    client.force_login(factories.user("Editor"))
    response = client.get("/admin/articles/article/add/")
    policy = response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert "unsafe" not in policy
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert len(nonce) == 24
    assert f'nonce="{nonce}"' in response.content.decode()
    assert client.get("/admin/articles/article/add/")["Content-Security-Policy"] != policy
