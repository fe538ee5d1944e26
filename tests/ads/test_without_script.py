"""Without script a box shows what may run on its page, by turns, and counts nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from ads import decision, page_key, plan
from ads.models import Event, Position, QuietStory, Targeting
from ads.models.booking import midnight
from tests import factories
from tests.ads.test_plan import Away

pytestmark = pytest.mark.django_db

CODE = "foot-300x250"


def test_own_artwork_is_that_of_the_language_of_the_page(client):
    own = {language: factories.house(language=language) for language in ("en", "ar")}
    for language, prefix in (("en", ""), ("ar", "/ar")):
        page = client.get(f"{prefix}/partners/").content.decode()
        key = page_key.write(page_key.Page(language=page_key.LANGUAGES[language]))
        assert f"/s/still/{CODE}?page={key}" in page
        assert client.get(f"/s/still/{CODE}?page={key}")["Location"] == own[language].file.url
        assert client.get(f"/s/visit/{CODE}?page={key}")["Location"] == own[language].click_url
    assert Event.objects.count() == 0


def shown(client, **page) -> str | None:
    return client.get(f"/s/still/{CODE}?page={page_key.write(page_key.Page(**page))}").get("Location")


def test_lines_with_limits_are_not_shown(client):
    section = factories.section()
    line = factories.booking(CODE)
    artwork = line.creatives.get().file.url
    assert shown(client, section=section.pk) == artwork
    Targeting.objects.create(booking=line).sections.add(section)
    plan.forget()
    assert shown(client, section=section.pk) is None


def test_a_box_that_has_nothing_without_script_asks_for_no_picture(client):
    line = factories.booking(CODE)
    assert f"/s/still/{CODE}" in client.get("/partners/").content.decode()
    Targeting.objects.create(booking=line, language="en")
    plan.forget()
    page = client.get("/partners/").content.decode()
    assert (f'data-slot="{CODE}"' in page, f"/s/still/{CODE}" in page) == (True, False)


def test_nothing_stands_beside_a_quiet_story_or_a_page_that_nobody_knows(client):
    artwork = factories.booking(CODE).creatives.get().file.url
    story = factories.article()
    assert shown(client, article=story.pk) == artwork
    QuietStory.objects.create(article=story, at=timezone.now())
    plan.forget()
    assert shown(client, article=story.pk) is None
    assert client.get(f"/s/still/{CODE}?page=forged").status_code == 404


def test_an_old_plan_shows_shares_alone():
    Position.objects.update(weekly_impressions=7_000)
    tomorrow = timezone.localdate() + timedelta(days=1)
    at = midnight(tomorrow + timedelta(days=1)) - timedelta(hours=1)
    factories.booking(CODE, share=0, impressions=400, first_day=tomorrow, last_day=tomorrow)
    turns = [at + n * (decision.TURN + timedelta(seconds=1)) for n in range(5)]
    assert [decision.in_turn(CODE, at=turn) is None for turn in turns[:1]] == [False]
    with connection.execute_wrapper(Away()):
        assert [decision.in_turn(CODE, at=turn) is None for turn in turns] == [False, True, True, True, True]
