"""Without script a box shows what may run on its page, by turns, and counts nothing."""

import pytest

from ads import page_key, plan
from ads.models import Event, Targeting
from tests import factories

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


def test_what_runs_beside_one_section_stands_there_alone(client):
    section = factories.section()
    line = factories.booking(CODE)
    Targeting.objects.create(booking=line).sections.add(section)
    plan.forget()
    there, elsewhere = (page_key.write(page_key.Page(section=number)) for number in (section.pk, section.pk + 1))
    assert client.get(f"/s/still/{CODE}?page={there}")["Location"] == line.creatives.get().file.url
    assert client.get(f"/s/still/{CODE}?page={elsewhere}").status_code == 404
    assert client.get(f"/s/still/{CODE}?page=forged").status_code == 404
