from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import bulk
from articles.content import Credit
from articles.models import Article
from tests import factories

pytestmark = pytest.mark.django_db


def test_many_stories_are_live_at_once_with_their_history_and_a_second_run_adds_none():
    now = timezone.now()
    tag, name, section = factories.tag(), factories.author(), factories.section()
    base = factories.content(
        section_id=section.pk,
        publish_at=now - timedelta(days=3),
        tag_ids=[tag.pk],
        bylines=[Credit(author_id=name.pk)],
        body="<p>Hi<script>x</script></p>",
    )
    contents = [replace(base, slug=f"story-{n}") for n in range(5)] + [replace(base, slug="story-0")]
    assert bulk.publish_all(contents, by=None, at=now) == 5
    assert bulk.publish_all(contents, by=None, at=now) == 0
    assert Article.objects.live(now).filter(tags=tag, authors=name, section=section).count() == 5
    story = Article.objects.get(slug="story-3")
    assert (story.body, story.revisions.count(), story.transitions.count()) == ("<p>Hi</p>", 1, 1)
