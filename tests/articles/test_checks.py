"""What the checks find in a text, beside which field they say it, and that they follow what is typed."""
# ruff: noqa: E501 (whole sentences, as people read them)

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from articles import checks
from articles.content import Credit
from articles.models import Article, Redirect
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
LONG = "<p>" + "Cranes work until four. " * 60 + "</p>"


def found(*, article: Article | None = None, **fields) -> list[tuple[str, str, str]]:
    content = factories.content(**fields)
    return [
        (one.level, one.field, one.said)
        for one in checks.check(content, article=article, number=None, at=NOW, own_hosts={"courier.example"})
    ]


def of_level(level: str, **fields) -> list[tuple[str, str]]:
    return [(field, said) for one, field, said in found(**fields) if one == level]


def whole(**changes) -> dict:
    """Fields of a story that nothing is missing from."""
    values = {
        "headline": "The harbour opens at night",
        "standfirst": "Cranes work until four.",
        "body": LONG,
        "section_id": factories.section().pk,
        "bylines": [Credit(author_id=factories.author().pk)],
        "hero_id": factories.picture(factories.jpeg(1200, 800), credit="Photo: Amina Bello").pk,
    }
    return values | changes


def test_a_whole_story_has_nothing_to_mend():
    assert found(**whole()) == [
        ("good", "", "240 words, about 1 minute to read."),
        ("good", "", "1 picture, described and credited."),
        ("good", "", "Title and description fit into a search result."),
    ]


def test_what_stops_publication_comes_first_beside_its_field():
    assert of_level("error", headline="Bare", body="") == [
        ("section", "Choose a section."),
        ("body", "The body is empty."),
        ("byline", "Say who wrote it: add at least one author, or the newsroom itself."),
    ]
    early = whole(publish_at=NOW, embargo_until=NOW + timedelta(days=1))
    assert [field for field, _said in of_level("error", **early)] == ["publish_at"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"standfirst": ""}, [("standfirst", "No standfirst. Front page, search results and newsletters show nothing below the headline.")]),
        ({"body": "<p>Two words.</p>"}, [("body", "The text is short: 2 words.")]),
        ({"hero_id": None}, [("hero", "No lead picture. On the front page and when somebody shares it the story stands as text alone.")]),
        ({"search_title": "x" * 61}, [("search_title", "Search results cut the title after about 60 characters; it has 61.")]),
        ({"search_description": "x" * 161}, [("search_description", "Search results cut the description after about 160 characters; it has 161.")]),
        ({"headline": "الميناء يفتح ليلا"}, [("language", "The headline does not look like the story's language. Change one of the two.")]),
        ({"language": "ar", "headline": "الميناء يفتح ليلا"}, [("language", "Most of the text does not look like the story's language. Change one of the two.")]),
    ],
)  # fmt: skip
def test_what_looks_odd_is_said_beside_the_field_where_it_is_mended(changes, expected):
    assert of_level("warning", **whole(**changes)) == expected


def test_a_bare_picture_is_named_with_its_number():
    picture = factories.picture(factories.jpeg(1200, 800), alt="", title="Quay")
    content = factories.content(**whole(hero_id=picture.pk))
    warnings = [one for one in checks.check(content, article=None, number=None, at=NOW) if one.level == "warning"]
    assert [(one.picture, one.said) for one in warnings] == [
        (picture.pk, "“Quay” has no alternative text."),
        (picture.pk, "“Quay” has no credit."),
    ]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ('<a href="https://elsewhere.example/">The report</a>', ""),
        ('<a href="/corrections/">Corrections</a>', ""),
        ('<a href="/2026/10/moved/">The story</a>', ""),
        ('<a href="http://elsewhere.example/">The report</a>', "“http://elsewhere.example/” is not encrypted. Most sites answer at https:// too."),
        ('<a href="https://elsewhere.example/">here</a>', "A link says only “here”. Say where it leads: some readers hear links without their sentence."),
        ('<a href="/2026/10/never-was/">The story</a>', "The link to /2026/10/never-was/ leads to no page that readers have."),
        ('<a href="https://courier.example/admin/">The desk</a>', "The link to https://courier.example/admin/ leads to no page that readers have."),
        ('<a href="/nowhere/">Nowhere</a>', "The link to /nowhere/ leads to no page that readers have."),
    ],
)  # fmt: skip
def test_links_are_looked_at(link, said):
    Redirect.objects.create(old_path="/2026/10/moved/", new_path="/corrections/")
    expected = [("body", said)] if said else []
    assert of_level("warning", **whole(body=f"{LONG}<p>{link}</p>")) == expected


def test_a_link_to_a_story_counts_only_when_readers_have_it():
    live = factories.article(at=NOW - timedelta(hours=1), slug="out")
    factories.draft(at=NOW, slug="not-yet")
    body = f'{LONG}<p><a href="{live.get_absolute_url()}">Out</a> <a href="/{live.month:%Y/%m}/not-yet/">Later</a></p>'
    said = [said for _field, said in of_level("warning", **whole(body=body))]
    assert said == [f"The link to /{live.month:%Y/%m}/not-yet/ leads to no page that readers have."]


def test_a_paid_story_is_told_its_label_and_what_becomes_of_its_links():
    paid = whole(
        kind="advertorial",
        sponsor_name="Firm",
        bylines=[],
        body=f'{LONG}<p><a href="https://firm.example/">Firm</a></p>',
    )
    good = [said for _field, said in of_level("good", **paid)]
    assert good[-2:] == [
        "Readers see “Paid for by Firm” wherever it stands.",
        "1 link leads elsewhere; search engines are told that it was paid for.",
    ]


def test_the_checks_of_a_window_follow_what_was_kept_of_it(client):
    client.force_login(factories.user("Editor"))
    story = factories.draft(headline="Short")
    address = f"/admin/articles/article/{story.pk}"
    key = client.get(f"{address}/change/").context["adminform"].form["session_key"].value()
    said = {
        "session_key": key,
        "base": 1,
        "fields": {"headline": ["x" * 130], "body": [""], "language": ["en"], "kind": ["story"]},
    }
    client.post(f"{address}/autosave/", json.dumps(said), content_type="application/json")
    typed = client.get(f"{address}/checks/?window={key}").content.decode()
    saved = client.get(f"{address}/checks/").content.decode()
    assert ("The headline has 130 characters." in typed, "The body is empty." in typed) == (True, True)
    assert ("The headline has" in saved, "The body is empty." in saved) == (False, False)


def test_the_publish_page_says_warnings_that_stop_nobody(client):
    client.force_login(factories.user("Editor"))
    story = factories.draft(body="<p>Two words.</p>", standfirst="Said.")
    html = client.get(f"/admin/articles/article/{story.pk}/move/publish/").content.decode()
    assert ("The text is short: 2 words." in html, "Not ready yet" in html, ">Publish now</button>" in html) == (
        True,
        False,
        True,
    )
