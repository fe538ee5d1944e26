"""Bytes that a reader pays for, gzipped, as failing tests. The figures are those of the design."""

import gzip
from pathlib import Path

import pytest

from articles.content import Credit
from tests import factories

STATIC = Path(__file__).resolve().parents[2] / "static"
KB = 1024


def weight(data: bytes) -> int:
    return len(gzip.compress(data, 6))


@pytest.mark.parametrize(("name", "most"), [("site.css", 14 * KB), ("page.js", 8 * KB), ("boxes.js", 2 * KB)])
def test_style_and_script_stay_within_their_budget(name, most):
    assert weight((STATIC / name).read_bytes()) <= most


def test_all_public_script_together_stays_within_the_budget():
    assert sum(weight(script.read_bytes()) for script in STATIC.glob("*.js")) <= 8 * KB


@pytest.mark.django_db
def test_pages_stay_within_their_budget(client):
    hero, author = factories.picture(factories.jpeg(1300, 867)), factories.author()
    words = " ".join(f"word{n % 97}{n % 31}" for n in range(900))
    sections = [factories.section() for _ in range(8)]
    for n in range(40):
        story = factories.article(
            headline=f"A headline of an ordinary length, number {n}, about something else",
            standfirst="A standfirst that says in two lines what the story is about, and no more than that.",
            section_id=sections[n % 8].pk,
            hero_id=hero.pk,
            bylines=[Credit(author_id=author.pk)],
            body=f"<p>{words}</p>" * 3,
        )
    assert weight(client.get("/").content) <= 30 * KB
    assert weight(client.get(story.get_absolute_url()).content) <= 20 * KB


def test_nothing_is_fetched_from_elsewhere():
    for name in ("site.css", "page.js", "live.js", "boxes.js"):
        text = (STATIC / name).read_text()
        assert "@import" not in text
        assert "http://" not in text
        assert "https://" not in text.replace("https://www.w3.org", "")
