"""Pictures beside links: who gets them, what stands on them, and that a crowd has each drawn once."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from articles import coverage, share_pictures, workflow
from articles.lettering_check import letters_are_joined
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db

PAID_PAPER, ALARM = (255, 244, 214), (179, 38, 30)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def opened(response) -> Image.Image:
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    return Image.open(io.BytesIO(response.content)).convert("RGB")


def is_near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12


def count_of(image: Image.Image, colour: tuple[int, ...]) -> int:
    return sum(many for many, found in image.getcolors(1 << 24) or [] if is_near(found, colour))


def fresh(story: Article) -> Article:
    return Article.objects.select_related("section", "hero").get(pk=story.pk)


def test_a_story_has_a_picture_of_1200_by_630_at_an_address_of_its_own(client):
    story = fresh(factories.article(headline="Port reopens"))
    address = share_pictures.address(story)
    response = client.get(address)
    assert address.startswith(f"/share/{story.pk}-")
    assert opened(response).size == (share_pictures.WIDTH, share_pictures.HEIGHT) == (1200, 630)
    assert response["Cache-Control"] == "public, max-age=86400, s-maxage=60"
    assert not response.cookies
    assert client.get(address, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_whatever_is_drawn_changes_the_address():
    asset = factories.picture(factories.photo(900, 600))
    card = share_pictures.card_of(fresh(factories.article(hero_id=asset.pk)))
    changed = [
        replace(card, headline="Another"),
        replace(card, section="Another"),
        replace(card, label="Paid for by X"),
        replace(card, live="Live"),
        replace(card, name="Another"),
        replace(card, accent="#123456"),
        replace(card, logo="abc"),
        replace(card, picture="another"),
        replace(card, focal=(0.1, 0.5)),
        replace(card, language="ar"),
    ]
    assert len({card.version, *(one.version for one in changed)}) == 11
    assert replace(card).version == card.version


def test_an_address_is_worked_out_without_a_query(django_assert_num_queries):
    story = fresh(factories.article(hero_id=factories.picture().pk))
    with django_assert_num_queries(0):
        assert share_pictures.address(story)
        assert share_pictures.alt(story)


def test_a_story_that_changes_has_another_picture_and_the_old_address_leads_to_it(client):
    story = factories.article(headline="Port reopens")
    old = share_pictures.address(fresh(story))
    client.get(old)
    revision = factories.edit(story, headline="Port reopens after eleven days")
    workflow.publish(story, by=None, at=timezone.now(), revision=revision.number)
    new = share_pictures.address(fresh(story))
    assert new != old
    response = client.get(old)
    assert (response.status_code, response["Location"], response["Cache-Control"]) == (302, new, "public, max-age=60")
    opened(client.get(new))
    # The older one is not kept.
    assert len(default_storage.listdir(f"share/{story.pk}")[1]) == 1


def test_only_live_stories_have_one(client):
    now = timezone.now()
    story = factories.article()
    address = share_pictures.address(fresh(story))
    opened(client.get(address))
    later = factories.article(publish_at=now + timedelta(hours=1))
    over = factories.article(at=now - timedelta(days=2), expire_at=now - timedelta(days=1))
    workflow.withdraw(story, by=None, at=now)
    hidden = [fresh(one) for one in (story, factories.draft(), later, over)]
    answers = [client.get(share_pictures.address(one)) for one in hidden]
    assert [answer.status_code for answer in answers] == [404] * 4
    # Nor is the file that was kept to be had in another way.
    name = default_storage.listdir(f"share/{story.pk}")[1][0]
    assert client.get(f"/media/share/{story.pk}/{name}").status_code == 404


@pytest.mark.parametrize(
    "name",
    ["1", "1-xyz", "0-0123456789ab", "site-fr-0123456789ab", "site-en", "99999999999999999999-0123456789ab", "../x"],
)
def test_any_other_address_is_nothing(client, name):
    assert client.get(f"/share/{name}.jpg").status_code == 404


def test_the_label_of_a_paid_story_is_on_it_in_words_and_in_colour(client):
    story = fresh(factories.article(kind="advertorial", sponsor_name="Teneru Mills"))
    card = share_pictures.card_of(story)
    assert card.label == "Paid for by \u2068Teneru Mills\u2069"
    image = opened(client.get(share_pictures.address(story)))
    band = image.crop((0, 0, 1200, 60))
    assert count_of(band, PAID_PAPER) > 1200 * 60 * 0.6
    assert count_of(opened(client.get(share_pictures.address(fresh(factories.article())))), PAID_PAPER) < 100
    assert share_pictures.alt(story).startswith("Paid for by Teneru Mills. ")
    # The longest name there can be is on it whole.
    longest = share_pictures._label(replace(card, label="Paid for by " + "Mills and Sons " * 11))
    assert longest is not None
    assert " ".join(longest.lines) == "Paid for by " + ("Mills and Sons " * 11).strip()


def test_a_headline_of_thirty_words_is_on_it_whole_and_large_enough_to_read():
    words = "Engineers who inspected the bridge after the barge collision in March recommended closing one lane, "
    headline = f"{words}weighing every lorry and replacing two bearings; the report was filed, stamped and not read"
    card = replace(share_pictures.card_of(fresh(factories.article())), headline=headline)
    for has_picture in (False, True):
        text, across = share_pictures._headline(card, edge=60, height=376, has_picture=has_picture)
        assert " ".join(text.lines) == headline
        assert text.size >= 38
        assert bool(across) is has_picture


def test_in_arabic_the_label_and_the_picture_stand_on_the_other_side(client):
    asset = factories.picture(factories.jpeg(640, 427, "teal"))
    paid = fresh(factories.article(kind="advertorial", sponsor_name="مطاحن", language="ar", headline="عنوان"))
    assert share_pictures.card_of(paid).label == "مدفوع من \u2068مطاحن\u2069"
    sides = {}
    for language, headline in (("en", "Headline"), ("ar", "عنوان")):
        story = fresh(factories.article(language=language, headline=headline, hero_id=asset.pk))
        image = opened(client.get(share_pictures.address(story)))
        sides[language] = [is_near(image.getpixel((x, 300)), (0, 128, 128)) for x in (10, 1190)]
    assert sides == {"en": [False, True], "ar": [True, False]}


def test_the_focal_point_is_in_the_part_of_the_picture_that_is_shown(client):
    wide = Image.new("RGB", (1280, 600), "navy")
    wide.paste("gold", (1180, 0, 1280, 600))
    out = io.BytesIO()
    wide.save(out, "JPEG", quality=95)
    gold = {}
    for focal_x in (0.97, 0.03):
        asset = factories.picture(out.getvalue(), focal_x=focal_x, is_copy=focal_x < 0.5)
        story = fresh(factories.article(hero_id=asset.pk, headline="Headline"))
        gold[focal_x] = count_of(opened(client.get(share_pictures.address(story))), (255, 215, 0))
    assert gold[0.97] > 50_000
    assert gold[0.03] == 0


def test_a_story_that_is_covered_live_says_so_until_it_is_over(client):
    story = factories.article()
    coverage.go_live(story, timezone.now() + timedelta(hours=2), by=None, at=timezone.now())
    during = share_pictures.address(fresh(story))
    assert count_of(opened(client.get(during)), ALARM) > 2000
    coverage.end_live(story, by=None, at=timezone.now())
    after = share_pictures.address(fresh(story))
    assert after != during
    assert count_of(opened(client.get(after)), ALARM) == 0


def test_the_brand_is_on_it_and_on_the_picture_of_the_site(client):
    factories.brand(accent="#7a1f5c")
    story = fresh(factories.article())
    before = share_pictures.site_address("en")
    assert is_near(opened(client.get(share_pictures.address(story))).getpixel((600, 5)), (122, 31, 92))
    image = opened(client.get(before))
    assert (image.size, is_near(image.getpixel((600, 5)), (122, 31, 92))) == ((1200, 630), True)
    assert client.get(before.replace("-en-", "-ar-")).status_code == 302
    opened(client.get(share_pictures.site_address("ar")))


def test_a_headline_that_cannot_be_drawn_gives_way_to_the_picture_of_the_story(client):
    asset = factories.picture()
    story = fresh(factories.article(headline="港口重開", hero_id=asset.pk))
    assert share_pictures.address(story) == asset.url("3x2", 1200)
    bare = fresh(factories.article(headline="港口重開"))
    paid = fresh(factories.article(headline="港口重開", hero_id=asset.pk, kind="advertorial", sponsor_name="X"))
    assert (share_pictures.address(bare), share_pictures.address(paid)) == ("", "")
    version = share_pictures.card_of(story).version
    answer = client.get(f"/share/{story.pk}-{version}.jpg")
    assert (answer.status_code, answer["Location"]) == (302, asset.url("3x2", 1200))
    # No picture at all is better than one of a paid story without its label.
    assert client.get(f"/share/{paid.pk}-{share_pictures.card_of(paid).version}.jpg").status_code == 404


def test_a_picture_whose_file_is_gone_is_left_out(client):
    asset = factories.picture()
    story = fresh(factories.article(hero_id=asset.pk))
    default_storage.delete(share_pictures.card_of(story).picture)
    assert opened(client.get(share_pictures.address(story))).size == (1200, 630)


def test_half_a_file_is_drawn_anew(client):
    story = fresh(factories.article())
    version = share_pictures.card_of(story).version
    default_storage.save(f"share/{story.pk}/{version}.jpg", ContentFile(b"\xff\xd8\xff and then the power went"))
    opened(client.get(share_pictures.address(story)))
    with default_storage.open(f"share/{story.pk}/{version}.jpg") as file:
        assert Image.open(file).size == (1200, 630)


def test_a_crowd_has_a_picture_drawn_once(at_once):
    card = share_pictures.card_of(fresh(factories.article()))
    assert at_once(8, lambda: share_pictures.picture(card, "1")) == []
    assert cache.get(share_pictures.DRAWINGS) == 1


def test_who_asks_for_all_of_them_gets_the_pictures_of_the_stories(client, monkeypatch):
    monkeypatch.setattr(share_pictures, "MOST_A_MINUTE", 1)
    asset = factories.picture()
    first, second = (fresh(factories.article(hero_id=asset.pk)) for _ in range(2))
    opened(client.get(share_pictures.address(first)))
    answer = client.get(share_pictures.address(second))
    assert (answer.status_code, answer["Location"]) == (302, asset.url("3x2", 1200))
    # What is drawn already is still to be had.
    opened(client.get(share_pictures.address(first)))


def test_the_operator_hears_of_a_pillow_that_cannot_join_letters(monkeypatch):
    assert letters_are_joined(None) == []
    monkeypatch.setattr("PIL.features.check", lambda name: False)
    assert [warning.id for warning in letters_are_joined(None)] == ["articles.W002"]
    asset = factories.picture()
    story = fresh(factories.article(language="ar", headline="عنوان", hero_id=asset.pk))
    assert share_pictures.address(story) == asset.url("3x2", 1200)
