"""A publisher hires and dismisses; what makes an operator stays with operators."""

import pytest
from django.contrib.auth.models import Group, Permission

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(client):
    client.force_login(factories.user("Publisher"))
    return client


def page(user) -> str:
    return f"/admin/articles/user/{user.pk}/change/"


def test_a_publisher_gives_the_four_groups_and_no_other(publisher):
    hired, other = factories.user(), Group.objects.create(name="Operators")
    html = publisher.get(page(hired)).content.decode()
    assert [name in html for name in ("Reporter", "Editor", "Ad manager", "Publisher", "Operators")] == [True] * 4 + [
        False
    ]
    data = {"username": hired.username, "is_active": "on", "is_staff": "on"}
    assert publisher.post(page(hired), data | {"groups": [other.pk]}).status_code == 200
    assert not hired.groups.exists()
    editor = Group.objects.get(name="Editor")
    assert publisher.post(page(hired), data | {"groups": [editor.pk]}).status_code == 302
    assert hired.groups.get() == editor


@pytest.mark.parametrize("more", ["superuser", "group", "permission"])
def test_a_publisher_gets_at_nobody_who_may_more(publisher, more):
    user = factories.user("Editor", username="out-of-reach", is_superuser=more == "superuser")
    if more == "group":
        user.groups.add(Group.objects.create(name="Operators"))
    if more == "permission":
        user.user_permissions.add(Permission.objects.first())
    before = user.password
    assert user.username not in publisher.get("/admin/articles/user/").content.decode()
    assert publisher.get(page(user))["Location"] == "/admin/"
    new = {"password1": "a-password-of-mine", "password2": "a-password-of-mine"}
    assert publisher.post(f"/admin/articles/user/{user.pk}/password/", new).status_code in (403, 404)
    user.refresh_from_db()
    assert user.password == before


def test_an_operator_gives_every_group(client):
    client.force_login(factories.user(is_superuser=True))
    Group.objects.create(name="Operators")
    assert "Operators" in client.get(page(factories.user())).content.decode()


def test_the_screen_of_a_colleague_says_that_a_password_is_set_and_shows_nothing_of_it(client):
    client.force_login(factories.user("Publisher"))
    colleague = factories.user("Editor")
    colleague.set_password("correct horse battery")
    colleague.save()
    html = client.get(f"/admin/articles/user/{colleague.pk}/change/").content.decode()
    assert ("A password is set." in html, colleague.password[:12] in html, "algorithm" in html) == (True, False, False)
    assert 'href="../password/"' in html
