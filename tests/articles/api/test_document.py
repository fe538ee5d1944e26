"""The OpenAPI document: valid, true of every real answer, and a source of questions that nobody thought of."""

from __future__ import annotations

from collections import Counter

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from articles.api import document, filters, stories
from articles.content import Credit
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def newsroom():
    """One of everything, so that answers have every part."""
    picture = factories.picture(factories.jpeg(1300, 867))
    series, tag = factories.series(), factories.tag()
    author = factories.author(photo=picture, bio="Covers the port.", links="https://else.example/me")
    section = factories.section(parent=factories.section())
    body = f'<p>x</p><figure data-media-id="{picture.pk}"></figure>'
    common = {"hero_id": picture.pk, "body": body, "bylines": [Credit(author_id=author.pk)], "section_id": section.pk}
    story = factories.article(tag_ids=[tag.pk], series_id=series.pk, series_part=1, **common)
    factories.correction(story)
    factories.live_entry(story, headline="Key", is_key_event=True)
    factories.article(language="ar", translation_of_id=story.pk)
    factories.article(kind="video", sponsor_name="Firm")
    return {"article": story, "section": section, "author": author, "tag": tag, "one_series": series}


def test_the_document_is_a_valid_openapi_document(client):
    said = client.get("/api/v1/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(said).validate()


def test_every_parameter_that_is_read_is_documented(client):
    said = client.get("/api/v1/openapi.json").json()["paths"]
    documented = [one["name"] for one in said["/api/v1/articles/"]["get"]["parameters"]]
    assert documented == [one.name for one in filters.STORIES]
    assert set(said) == {
        "/api/v1/", "/api/v1/openapi.json",
        "/api/v1/articles/", "/api/v1/articles/{id}/", "/api/v1/sections/", "/api/v1/sections/{id}/",
        "/api/v1/authors/", "/api/v1/authors/{id}/", "/api/v1/tags/", "/api/v1/tags/{id}/",
        "/api/v1/series/", "/api/v1/series/{id}/",
    }  # fmt: skip


def test_every_answer_is_what_the_document_says(client, newsroom):
    said = document.openapi()

    def check(path: str, template: str) -> dict:
        response = client.get(path)
        assert response.status_code == 200, response.content
        schema = said["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        whole = schema | {"components": said["components"]}
        valid = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert [f"{error.json_path}: {error.message}" for error in valid.iter_errors(response.json())] == []
        return response.json()

    check("/api/v1/", "/api/v1/")
    check("/api/v1/openapi.json", "/api/v1/openapi.json")
    assert len(check("/api/v1/articles/", "/api/v1/articles/")["items"]) == 3
    check("/api/v1/articles/?format=ninjs", "/api/v1/articles/")
    check("/api/v1/articles/?limit=1&fields=body_html,kind", "/api/v1/articles/")
    told = check(f"/api/v1/articles/{newsroom['article'].pk}/", "/api/v1/articles/{id}/")
    assert list(told) == list(stories.FIELDS)
    empty = {name for name, value in told.items() if value in (None, "", [])}
    assert empty == {"label", "sponsor", "standfirst"}
    for name, one in {"sections": "section", "authors": "author", "tags": "tag", "series": "one_series"}.items():
        assert check(f"/api/v1/{name}/", f"/api/v1/{name}/")["items"]
        check(f"/api/v1/{name}/{newsroom[one].pk}/", f"/api/v1/{name}/{{id}}/")


@pytest.fixture
def application():
    """The site as a server calls it. The connection stays that of the test, as Django's own client sees to."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield WSGIHandler()
    for signal in signals:
        signal.connect(close_old_connections)


CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_questions_that_nobody_thought_of_get_answers_that_are_documented(newsroom, application, settings, mode):
    """As the document allows them, and as it does not. The same ones in every run."""
    settings.ALLOWED_HOSTS, settings.API_PER_MINUTE = ["*"], 0
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    answers: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters):
            continue

        @given(operation.as_strategy(mode))
        @hypothesis.settings(
            max_examples=15,
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case) -> None:
            answer = case.call_and_validate(checks=CHECKS, headers={"Accept-Encoding": "identity"})
            answers[answer.status_code] += 1

        ask()
    assert set(answers) <= {200, 400, 404}
    assert answers[200 if mode is GenerationMode.POSITIVE else 400] >= 20
