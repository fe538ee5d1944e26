"""Who gets a picture: everybody while readers see it on a page, staff who may see the library, and nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import library, workflow
from articles.models import MediaAsset
from tests import factories

pytestmark = pytest.mark.django_db


def get(client, path: str, **headers):
    response = client.get(path, headers=headers)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


def status(client, asset) -> int:
    return get(client, asset.url("full", 320))[0].status_code


def show(asset, how: str, make=factories.article, **fields):
    """A story with a picture, as its lead or in its text."""
    figure = f'<p>Text.</p><figure data-media-id="{asset.pk}"></figure>'
    return make(**fields, **({"hero_id": asset.pk} if how == "hero" else {"body": figure}))


@pytest.mark.parametrize("shown_as", ["hero", "figure"])
def test_a_picture_is_public_from_publication_to_withdrawal(client, shown_as):
    asset = factories.picture()
    story = show(asset, shown_as, factories.draft)
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
    assert response["Cache-Control"] == "public, max-age=86400, s-maxage=60"
    assert "Cookie" not in response.get("Vary", "")


def test_artwork_is_public_and_never_changes(client):
    creative = factories.booking().creatives.get()
    response, _body = get(client, f"/media/{creative.file.name}")
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(("shown_as", "count"), [("hero", 1), ("figure", 1), ("photo", 2)])
def test_whether_a_picture_is_public_costs_a_query_or_two(client, django_assert_num_queries, shown_as, count):
    asset = factories.picture()
    if shown_as == "photo":
        factories.author(photo=asset)
    else:
        show(asset, shown_as)
    with django_assert_num_queries(count):
        get(client, asset.url("full", 320))


def test_one_picture_is_public_exactly_when_the_list_of_public_ones_has_it():
    now = timezone.now()
    live, later, photo, spare = (factories.picture() for _ in range(4))
    show(live, "figure")
    show(later, "hero", publish_at=now + timedelta(hours=1))
    factories.author(photo=photo)
    for at in (now, now + timedelta(hours=2)):
        listed = set(MediaAsset.objects.public(at))
        assert {
            asset for asset in MediaAsset.objects.all() if MediaAsset.objects.is_public(asset.key.hex, at)
        } == listed
    assert listed == {live, later, photo}
    assert spare not in listed


def test_a_withdrawn_picture_is_gone_with_the_next_request(client):
    """Without anybody emptying a cache: nothing about it is remembered."""
    asset = factories.picture()
    story = show(asset, "figure")
    assert get(client, asset.url("full", 320))[0].status_code == 200
    workflow.withdraw(story, by=None, at=timezone.now())
    assert get(client, asset.url("full", 320))[0].status_code == 404


def test_a_browser_that_has_a_picture_is_told_so_until_it_is_withdrawn(client):
    asset = factories.picture()
    story = show(asset, "hero")
    url = asset.url("full", 320)
    tag = get(client, url)[0]["ETag"]
    again, body = get(client, url, **{"if-none-match": tag})
    assert (again.status_code, body, again["Cache-Control"]) == (304, b"", "public, max-age=86400, s-maxage=60")
    workflow.withdraw(story, by=None, at=timezone.now())
    assert get(client, url, **{"if-none-match": tag})[0].status_code == 404


@pytest.mark.parametrize(
    "path", ["/media/{}/full-320.webp", "/media/p/../{}/full-320.webp", "/media//{}/full-320.webp"]
)
def test_no_other_spelling_leads_to_a_draft_picture(client, path):
    asset = factories.picture()
    for key in (asset.key.hex, asset.key.hex.upper(), str(asset.key)):
        assert client.get(path.format(key)).status_code == 404


MOVES = {
    "draft": [],
    "in review": [workflow.submit],
    "approved": [workflow.submit, workflow.approve],
    "spiked": [workflow.spike],
    "withdrawn": [workflow.publish, workflow.withdraw],
}


@pytest.mark.parametrize("shown_as", ["hero", "figure"])
@pytest.mark.parametrize("state", [*MOVES, "scheduled", "expired"])
def test_no_file_of_a_picture_that_readers_do_not_see_is_theirs(client, state, shown_as):
    now = timezone.now()
    asset = factories.picture(factories.jpeg(1300, 900))
    if state == "scheduled":
        show(asset, shown_as, publish_at=now + timedelta(hours=1))
    elif state == "expired":
        show(asset, shown_as, at=now - timedelta(days=2), expire_at=now - timedelta(days=1))
    else:
        story = show(asset, shown_as, factories.draft)
        for move in MOVES[state]:
            move(story, by=None, at=now)
            story.refresh_from_db()
    renditions = [
        f"/media/{asset.path(crop, w, form)}" for crop, rows in asset.renditions.items() for w, _, form in rows
    ]
    others = [f"/media/{asset.original.name}", f"/media/{asset.key.hex}", f"/{asset.original.name}"]
    for headers in ({}, {"range": "bytes=0-9"}, {"if-none-match": "*"}):
        answers = {url: get(client, url, **headers)[0].status_code for url in [*renditions, *others]}
        assert set(answers.values()) == {404}, (headers, answers)
    client.force_login(factories.user("Reporter"))
    assert get(client, renditions[0])[0].status_code == 200


def test_an_address_from_before_the_file_was_replaced_is_nobodys_but_staffs(client, django_capture_on_commit_callbacks):
    asset = factories.picture(factories.jpeg(1300, 900))
    factories.article(hero_id=asset.pk)
    old = asset.url("full", 320)
    with django_capture_on_commit_callbacks(execute=True):
        library.replace_picture(asset, factories.jpeg(800, 500, colour="red"), by=None, at=timezone.now())
    assert (get(client, old)[0].status_code, get(client, asset.url("full", 320))[0].status_code) == (404, 200)
    client.force_login(factories.user("Reporter"))
    assert get(client, old)[0].status_code == 200
