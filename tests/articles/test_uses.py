"""Which story shows which picture: noted by everything that writes a text, and exact at any moment."""

import importlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from articles import bulk, coverage, library, timing, uses, workflow
from articles.models import Autosave, MediaAsset, MediaUse
from tests import factories

pytestmark = pytest.mark.django_db


def figure(asset) -> str:
    return f'<p>Text.</p><figure data-media-id="{asset.pk}"></figure>'


def noted(article) -> set[tuple[int, str, str]]:
    return set(article.media_uses.values_list("asset", "place", "version"))


def save(story, **fields):
    content = replace(workflow.head(story), **fields)
    workflow.save_draft(story, content, base_revision=story.head_number, by=None, at=timezone.now())
    story.refresh_from_db()


def test_a_draft_uses_what_it_shows_and_a_save_says_anew_what():
    one, two = factories.picture(), factories.picture()
    story = factories.draft(hero_id=one.pk, body=figure(one) + figure(one))
    both = {(one.pk, "hero"), (one.pk, "body")}
    assert noted(story) == {(*use, version) for use in both for version in ("row", "draft")}
    save(story, hero_id=None, body=figure(two))
    assert noted(story) == {(two.pk, "body", "row"), (two.pk, "body", "draft")}


def test_the_draft_of_a_live_story_uses_its_own_pictures_until_it_is_published():
    old, new = factories.picture(), factories.picture()
    story = factories.article(hero_id=old.pk)
    save(story, hero_id=new.pk)
    assert noted(story) == {(old.pk, "hero", "row"), (new.pk, "hero", "draft")}
    workflow.publish(story, by=None, at=timezone.now())
    assert noted(story) == {(new.pk, "hero", "row"), (new.pk, "hero", "draft")}


def test_a_picture_that_the_library_does_not_have_is_no_use():
    story = factories.draft(body='<p>Text.</p><figure data-media-id="999999"></figure>')
    assert noted(story) == set()


def test_a_restored_revision_uses_its_pictures_again():
    asset = factories.picture()
    story = factories.draft(hero_id=asset.pk)
    save(story, hero_id=None)
    workflow.restore(story, 1, base_revision=2, by=None, at=timezone.now())
    assert noted(story) == {(asset.pk, "hero", "row"), (asset.pk, "hero", "draft")}


def test_stories_published_in_bulk_use_their_pictures():
    asset = factories.picture()
    at = timezone.now() - timedelta(days=1)
    contents = [factories.content(slug=f"s{n}", hero_id=asset.pk, body=figure(asset), publish_at=at) for n in range(2)]
    assert bulk.publish_all(contents, by=None, at=at) == 2
    assert MediaUse.objects.filter(asset=asset).count() == 8
    assert library.shown_in(asset).count() == 2


def test_a_scheduled_change_needs_its_pictures_although_a_newer_draft_has_others():
    asset = factories.picture()
    story = factories.article()
    save(story, hero_id=asset.pk)
    at = timezone.now()
    workflow.schedule_change(story, at + timedelta(hours=1), by=None, at=at)
    story.refresh_from_db()
    save(story, hero_id=None)
    assert not MediaUse.objects.filter(asset=asset).exists()
    assert [found.pk for found in uses.stories_using(asset)] == [story.pk]
    with pytest.raises(library.StillShown, match=story.headline):
        library.remove(asset)
    timing.run_due(at + timedelta(hours=2))
    assert noted(story) == {(asset.pk, "hero", "row")}


@pytest.mark.parametrize(
    "payload", [{"hero": "{pk}"}, {"hero": ["{pk}"]}, {"body": '<figure data-media-id="{pk}"></figure>'}]
)
def test_a_picture_in_a_text_that_nobody_has_saved_yet_is_not_removed(payload):
    asset, other = factories.picture(), factories.picture()

    def filled(value):
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value.replace("{pk}", str(asset.pk))

    Autosave.objects.create(
        user=factories.user("Reporter"),
        session_key="w",
        payload={name: filled(value) for name, value in payload.items()},
        updated_at=timezone.now(),
    )
    with pytest.raises(library.StillShown, match="has not saved it yet"):
        library.remove(asset)
    library.remove(other)
    assert MediaAsset.objects.get() == asset


def test_the_photo_of_an_author_is_a_use():
    asset = factories.picture()
    factories.author(name="Amina Bello", photo=asset)
    assert not MediaAsset.objects.unused().exists()
    with pytest.raises(library.StillShown, match="Amina Bello"):
        library.remove(asset)


def test_a_picture_of_a_live_entry_is_public_while_the_entry_stands():
    asset = factories.picture()
    story, now = factories.article(), timezone.now()
    entry = factories.live_entry(story, body=figure(asset))
    save(story, headline="Another headline")
    assert noted(story) == {(asset.pk, "entry", "row")}
    assert MediaAsset.objects.public().get() == asset
    coverage.remove(entry, by=None, at=now)
    assert not MediaAsset.objects.public().exists()


def test_a_save_that_changes_no_picture_costs_one_query_a_text(django_assert_num_queries):
    asset = factories.picture()
    story = factories.draft(hero_id=asset.pk)
    content = workflow.head(story)
    with django_assert_num_queries(1):
        uses.record(story, content, MediaUse.Version.ROW)


def test_what_was_there_before_uses_were_noted_is_noted_by_the_migration():
    lead, inside, drafted, twin = (factories.picture(title=f"Élan {n}") for n in range(4))
    story = factories.article(hero_id=lead.pk, body=figure(inside) + '<figure data-media-id="999999"></figure>')
    save(story, hero_id=drafted.pk)
    expected = noted(story)
    MediaUse.objects.all().delete()
    MediaAsset.objects.update(search_text="")
    migration = importlib.import_module("articles.migrations.0009_fill_media_uses")
    for _again in range(2):
        migration.fill_uses(apps, None)
        migration.fill_assets(apps, None)
    assert (
        noted(story)
        == expected
        == {
            (lead.pk, "hero", "row"),
            (inside.pk, "body", "row"),
            (drafted.pk, "hero", "draft"),
            (inside.pk, "body", "draft"),
        }
    )
    assert [asset.pk for asset in MediaAsset.objects.matching("elan 3")] == [twin.pk]
    assert list(MediaAsset.objects.order_by("pk").values_list("is_copy", flat=True)) == [False, True, True, True]
