"""The OpenAPI document, written from the tables that read addresses and draw answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse

from ..models import Brand
from . import filters, stories
from .answers import JSON
from .bodies import whole
from .parameters import Parameter
from .problems import CONTENT_TYPE
from .shapes import ADDRESS, TEXT, YES_OR_NO, Schema, list_of, or_null, thing
from .shelves import SHELVES

VERSION = "1.0.0"

PROBLEM: Schema = thing(type=TEXT, title=TEXT, status={"type": "integer"}, detail=TEXT)
# Its own schema says all: https://www.iptc.org/std/ninjs/ninjs-schema_2.1.json
NINJS: Schema = {
    "type": "object",
    "description": "A news item of IPTC ninjs 2.1.",
    "properties": {"uri": ADDRESS, "standard": {"type": "object"}},
    "required": ["uri", "standard"],
}
_REFUSALS = {
    "400": "The address asks for something that is not there to be asked for. The answer says what to change.",
    "404": "Nothing that readers may see stands at this address.",
    "405": "Reading only: GET, HEAD and OPTIONS.",
    "406": "The Accept header takes no JSON.",
    "412": "What stands there is not what If-Match names.",
    "429": "Too many requests in this minute; Retry-After says how many seconds to wait.",
}


def index() -> dict[str, Any]:
    """Where everything is."""
    lists = {name: whole(reverse(f"api:{name}")) for name in ("articles", *SHELVES)}
    return {**lists, "openapi": whole(reverse("api:openapi")), "documentation": whole(reverse("articles:api_guide"))}


def openapi() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{Brand.current().said('name', 'en')}: content API",
            "version": VERSION,
            "description": "What readers may read, as JSON. Reading only, without a key. Show the label of a story "
            "that was paid for wherever you show the story.",
        },
        "servers": [{"url": settings.SITE_URL}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "responses": {code: _problem(code, said) for code, said in _REFUSALS.items()},
        },
    }


def _paths() -> dict[str, Any]:
    places = ("articles", *SHELVES, "openapi", "documentation")
    paths = {
        _path("api:index"): _operation("index", "Where everything is", (), thing(**dict.fromkeys(places, ADDRESS))),
        _path("api:openapi"): _operation("openapi", "This document", (), {"type": "object"}),
        _path("api:articles"): _operation(
            "listArticles", "Stories, newest first", filters.STORIES, _either("ArticleList"), is_list=True
        ),
        _path("api:article", has_id=True): _operation(
            "getArticle", "One story", filters.ONE_STORY, _either("Article"), has_id=True
        ),
    }
    for name, shelf in SHELVES.items():
        kind = _kind(name)
        paths[_path(f"api:{name}")] = _operation(
            f"list{kind}s", shelf.summary, filters.of_shelf(shelf), _ref(f"{kind}List"), is_list=True
        )
        paths[_path(f"api:{shelf.one}", has_id=True)] = _operation(
            f"get{kind}", f"One of: {shelf.summary[0].lower()}{shelf.summary[1:]}", (), _ref(kind), has_id=True
        )
    return paths


def _path(name: str, *, has_id: bool = False) -> str:
    """An address as a template: `{id}` for the number of a thing."""
    return reverse(name, args=[1]).replace("/1/", "/{id}/") if has_id else reverse(name)


def _operation(
    name: str,
    summary: str,
    parameters: Iterable[Parameter],
    schema: Schema,
    *,
    has_id: bool = False,
    is_list: bool = False,
) -> dict[str, Any]:
    asked: list[dict[str, Any]] = [
        {"name": one.name, "in": "query", "required": False, "description": one.description, "schema": one.kind.schema}
        for one in parameters
    ]
    if has_id:
        number = {"type": "integer", "minimum": 1, "maximum": 999_999_999}
        asked.insert(0, {"name": "id", "in": "path", "required": True, "schema": number})
    headers = {"ETag": {"schema": TEXT, "description": "Send it as If-None-Match: 304 when nothing changed."}}
    if is_list:
        headers["Link"] = {"schema": TEXT, "description": "The next and the previous page (RFC 8288)."}
    refusals = {code: {"$ref": f"#/components/responses/{code}"} for code in _REFUSALS if code != "404" or has_id}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": asked,
            "responses": {
                "200": {"description": summary, "headers": headers, "content": {JSON: {"schema": schema}}},
                "304": {"description": "You have it already."},
                **refusals,
            },
        }
    }


def _problem(code: str, said: str) -> dict[str, Any]:
    content: dict[str, Any] = {CONTENT_TYPE: {"schema": _ref("Problem")}}
    if code == "400":
        # An address with a NUL character is refused for all of the site, before anybody knows what it asks for.
        content["text/plain"] = {"schema": TEXT}
    return {"description": said, "content": content}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _either(name: str) -> Schema:
    return {"anyOf": [_ref(name), _ref("Ninjs")]}


def _kind(name: str) -> str:
    return {"sections": "Section", "authors": "Author", "tags": "Tag", "series": "Series"}[name]


def _schemas() -> dict[str, Schema]:
    places = {"next": or_null(ADDRESS), "previous": or_null(ADDRESS)}
    found = {
        "Article": stories.schema(),
        "ArticleList": thing(items=list_of(_ref("Article")), **places, is_complete=YES_OR_NO),
        "Ninjs": NINJS,
        "Problem": PROBLEM,
    }
    for name, shelf in SHELVES.items():
        found[_kind(name)] = shelf.schema
        found[f"{_kind(name)}List"] = thing(items=list_of(_ref(_kind(name))), **places)
    return found
