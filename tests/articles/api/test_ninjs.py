"""Stories as IPTC ninjs 2.1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from articles.content import Credit
from tests import factories

pytestmark = pytest.mark.django_db

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "ninjs-2.1.json").read_text())
VALID = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)


def item(client, path: str) -> dict:
    response = client.get(path, {"format": "ninjs"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    said = response.json()
    assert [f"{error.json_path}: {error.message}" for error in VALID.iter_errors(said)] == []
    return said


def test_the_schema_refuses_what_is_no_ninjs():
    assert not VALID.is_valid({"uri": "https://news.example/1", "headline": "x"})
    assert not VALID.is_valid({"type": "text"})
    assert not VALID.is_valid({"uri": "https://news.example/1", "firstcreated": "yesterday"})
    assert not VALID.is_valid({"uri": "https://news.example/1", "associations": [{"uri": "https://news.example/2"}]})


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_story_is_a_valid_item(client, settings, language):
    hero, inside = factories.picture(factories.jpeg(1300, 867)), factories.picture(credit="Photo: Amina Bello")
    author = factories.author(name="Kelo", name_ar="كيلو")
    story = factories.article(
        language=language,
        standfirst="At night",
        hero_id=hero.pk,
        tag_ids=[factories.tag(language=language).pk],
        bylines=[Credit(author_id=author.pk)],
        body=f'<p>Five words stand in here.</p><figure data-media-id="{inside.pk}"></figure>',
    )
    factories.correction(story, text="It is nine cranes.")
    said = item(client, f"/api/v1/articles/{story.pk}/")
    assert said["uri"] == f"{settings.SITE_URL}/api/v1/articles/{story.pk}/"
    assert (said["type"], said["language"], said["representationtype"]) == ("text", language, "full")
    assert said["headlines"][0]["value"] == story.headline
    assert said["by"] == {"en": "Kelo", "ar": "كيلو"}[language]
    assert [one["rel"] for one in said["subjects"]] == ["category", "about"]
    assert [(one["name"], one["type"]) for one in said["associations"]] == [
        ("lead", "picture"),
        ("picture-1", "picture"),
    ]
    assert said["associations"][1]["by"] == "Photo: Amina Bello"
    assert said["bodies"][1] == {
        "role": "main",
        "contenttype": "text/plain",
        "charcount": 25,
        "wordcount": 5,
        "value": "Five words stand in here.",
    }
    assert "It is nine cranes." in said["ednote"]


def test_a_paid_item_carries_its_label_in_its_headline(client):
    story = factories.article(kind="interview", sponsor_name="Teneru Mills", headline="Bread", bylines=[])
    said = item(client, f"/api/v1/articles/{story.pk}/")
    assert said["headlines"] == [
        {"role": "main", "contenttype": "text/plain", "value": "Paid for by Teneru Mills: Bread"}
    ]
    assert (said["by"], said["usageterms"]) == ("Teneru Mills", "Paid for by Teneru Mills")
    assert {"name": "Teneru Mills", "role": "https://schema.org/sponsor"} in said["infosources"]


def test_a_list_is_one_composite_item(client):
    stories = [factories.article(hero_id=factories.picture(factories.jpeg(70 + n, 48)).pk) for n in range(3)]
    paid = factories.article(kind="video", sponsor_name="Firm", headline="Bread")
    response = client.get("/api/v1/articles/", {"format": "ninjs", "limit": "2"})
    assert 'rel="next"' in response["Link"]
    said = item(client, "/api/v1/articles/")
    assert said["type"] == "composite"
    assert len(said["associations"]) == 1 + len(stories)
    assert said["associations"][0]["name"] == "Paid for by Firm: Bread"
    assert said["associations"][0]["uri"].endswith(f"/api/v1/articles/{paid.pk}/")
    assert "bodies" not in said["associations"][1]
    assert said["associations"][1]["associations"][0]["type"] == "picture"


def test_fields_do_not_go_with_ninjs(client):
    response = client.get("/api/v1/articles/", {"format": "ninjs", "fields": "headline"})
    assert (response.status_code, response.json()["detail"]) == (
        400, "fields goes with format=json only. ninjs has all its fields.",
    )  # fmt: skip
