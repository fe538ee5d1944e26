"""Who gets a picture: everybody while readers see it on a page, staff who may see the library, and nobody else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from articles import workflow
from tests import factories

pytestmark = pytest.mark.django_db


def get(client, path: str, **headers):
    response = client.get(path, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


def status(client, asset) -> int:
    cache.clear()
    return get(client, asset.url("full", 320))[0].status_code


@pytest.mark.parametrize("shown_as", ["hero", "figure"])
def test_a_picture_is_public_from_publication_to_withdrawal(client, shown_as):
    asset = factories.picture()
    figure = f'<p>Text.</p><figure data-media-id="{asset.pk}"></figure>'
    story = factories.draft(**({"hero_id": asset.pk} if shown_as == "hero" else {"body": figure}))
    seen = [status(client, asset)]
    story = workflow.publish(story, by=None, at=timezone.now() - timedelta(minutes=1))
    seen.append(status(client, asset))
    workflow.withdraw(story, by=None, at=timezone.now())
    seen.append(status(client, asset))
    assert seen == [404, 200, 404]


def test_a_picture_of_a_scheduled_and_of_an_expired_story_is_nobodys(client):
    now = timezone.now()
    later, gone = factories.picture(), factories.picture()
    factories.article(hero_id=later.pk, publish_at=now + timedelta(hours=1))
    factories.article(hero_id=gone.pk, at=now - timedelta(days=2), expire_at=now - timedelta(days=1))
    assert (status(client, later), status(client, gone)) == (404, 404)


def test_a_picture_that_only_the_next_revision_shows_waits_for_it(client):
    asset = factories.picture()
    story = factories.article()
    content = workflow.head(story)
    changed = type(content)(**{**content.__dict__, "hero_id": asset.pk})
    workflow.save_draft(story, changed, base_revision=story.head_number, by=None, at=timezone.now())
    assert status(client, asset) == 404


def test_the_photo_of_an_author_is_public(client):
    asset = factories.picture()
    factories.author(photo=asset)
    assert status(client, asset) == 200


def test_staff_who_may_see_the_library_get_what_is_not_public_and_nobody_keeps_it(client):
    asset = factories.picture()
    client.force_login(factories.user("Reporter"))
    response, _body = get(client, asset.url("full", 320))
    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    client.force_login(factories.user())
    assert status(client, asset) == 404


@pytest.mark.parametrize("role", [None, "Reporter"])
def test_what_is_public_is_the_same_for_everybody(client, role):
    asset = factories.picture()
    factories.article(hero_id=asset.pk)
    if role:
        client.force_login(factories.user(role))
    response, _body = get(client, asset.url("full", 320))
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "Cookie" not in response.get("Vary", "")


def test_artwork_is_public_and_never_changes(client):
    creative = factories.booking().creatives.get()
    response, _body = get(client, f"/media/{creative.file.name}")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_public_picture_is_looked_up_once_a_minute(client, django_assert_num_queries):
    asset = factories.picture()
    factories.article(hero_id=asset.pk)
    with django_assert_num_queries(2):  # the picture, a story that leads with it
        get(client, asset.url("full", 320))
    with django_assert_num_queries(0):
        get(client, asset.url("full", 320))


def test_a_cache_that_is_away_hides_no_picture(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",
        }
    }
    asset = factories.picture()
    factories.article(hero_id=asset.pk)
    assert get(client, asset.url("full", 320))[0].status_code == 200


@pytest.mark.parametrize(
    "path", ["/media/{}/full-320.webp", "/media/p/../{}/full-320.webp", "/media//{}/full-320.webp"]
)
def test_no_other_spelling_leads_to_a_draft_picture(client, path):
    asset = factories.picture()
    for key in (asset.key.hex, asset.key.hex.upper(), str(asset.key)):
        assert client.get(path.format(key)).status_code == 404
