"""The story screen: every save is a verb, nothing typed is lost, and nobody gets further than they may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.content import Credit, head
from articles.models import Article, Revision
from tests import factories

pytestmark = pytest.mark.django_db

ADD = "/admin/articles/article/add/"


def typed(**changes) -> dict:
    values = {
        "headline": "The harbour opens at night",
        "standfirst": "Cranes work until four.",
        "body": "<p>Text</p>",
        "language": "en",
        "kind": "story",
        "base_revision": "0",
        "bylines-TOTAL_FORMS": "1",
        "bylines-INITIAL_FORMS": "0",
        "bylines-MIN_NUM_FORMS": "0",
        "bylines-MAX_NUM_FORMS": "1000",
        "bylines-0-author": "",
        "bylines-0-role": "",
        "bylines-0-order": "",
        "_continue": "1",
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


def change(article: Article) -> str:
    return f"/admin/articles/article/{article.pk}/change/"


def move(article: Article, name: str) -> str:
    return f"/admin/articles/article/{article.pk}/move/{name}/"


@pytest.fixture
def reporter(client):
    user = factories.user("Reporter", first_name="Kelo", last_name="M")
    client.force_login(user)
    return user


@pytest.fixture
def editor(client):
    user = factories.user("Editor")
    client.force_login(user)
    return user


def test_a_reporter_writes_a_story_with_a_byline_and_submits_it(client, reporter):
    me, newsroom = factories.author(user=reporter), factories.author(is_newsroom=True)
    section, tag, hero = factories.section(), factories.tag(), factories.picture()
    response = client.post(
        ADD,
        typed(
            section=section.pk,
            tags=[tag.pk],
            hero=hero.pk,
            **{
                "bylines-TOTAL_FORMS": "2",
                "bylines-0-author": newsroom.pk,
                "bylines-0-order": "2",
                "bylines-1-author": me.pk,
                "bylines-1-role": "at the harbour",
                "bylines-1-order": "1",
            },
        ),
    )
    story = Article.objects.get()
    assert response["Location"] == change(story)
    assert (story.created_by, story.section, story.hero, story.status, story.kind) == (
        reporter,
        section,
        hero,
        "draft",
        "story",
    )
    assert [(b.author, b.role) for b in story.bylines.all()] == [(me, "at the harbour"), (newsroom, "")]
    assert list(story.tags.all()) == [tag]
    assert client.post(move(story, "submit"))["Location"] == change(story)
    story.refresh_from_db()
    assert story.status == "in-review"


def test_the_form_shows_the_newest_draft_and_readers_the_published_text(client, editor):
    story = factories.article(headline="Published words")
    page = client.get(change(story))
    base = page.context["adminform"].form["base_revision"].value()
    author = story.bylines.get().author
    client.post(
        change(story),
        typed(
            headline="Newer words",
            section=story.section_id,
            base_revision=base,
            **{"bylines-0-author": author.pk, "bylines-0-order": "1"},
        ),
    )
    html = client.get(change(story)).content.decode()
    assert "Newer words" in html
    assert "Readers see an older text until you publish again." in html
    assert "Published words" in client.get(story.get_absolute_url()).content.decode()
    client.post(move(story, "publish"))
    assert "Newer words" in client.get(story.get_absolute_url(), follow=True).content.decode()


def test_a_save_over_somebody_elses_is_kept_and_both_are_told(client, editor):
    story = factories.draft()
    mine = typed(headline="My words", section=story.section_id, base_revision="1")
    client.post(change(story), mine | {"headline": "Their words"})
    html = client.post(change(story), mine, follow=True).content.decode()
    assert "you both changed it. Your text is kept as revision 3" in html
    assert "My words" in html
    assert "Their words" in html
    assert head(Article.objects.get()).headline == "Their words"
    assert Revision.objects.get(kind="conflict").content["headline"] == "My words"


def test_a_slug_that_is_taken_is_said_at_its_field_and_nothing_typed_is_lost(client, editor):
    factories.draft(slug="taken")
    response = client.post(ADD, typed(slug="taken", headline="Another story"))
    assert response.status_code == 409
    assert list(response.context["adminform"].form.errors) == ["slug"]
    html = response.content.decode()
    assert "already has the slug “taken”" in html
    assert ">\nAnother story</textarea>" in html
    assert Article.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"headline": ""}, "This field is required"),
        ({"headline": "x" * 251}, "250"),
        (
            {
                "expire_at_0": "2020-01-01",
                "expire_at_1": "00:00",
                "publish_at_0": "2021-01-01",
                "publish_at_1": "00:00",
            },
            "expire only after",
        ),
        ({"slug": "has spaces!"}, "valid"),
        ({"kind": "advertorial"}, "names who paid"),
        ({"sponsor_name": "Teneru"}, "nobody to name"),
    ],
)
def test_what_cannot_be_saved_is_said_in_words(client, editor, changes, says):
    response = client.post(ADD, typed(**changes))
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not Article.objects.exists()


def test_section_and_tags_are_of_the_storys_language(client, editor):
    section, tag = factories.section(language="ar"), factories.tag(language="ar")
    html = client.post(ADD, typed(section=section.pk, tags=[tag.pk])).content.decode()
    assert "This section is in another language than the story." in html
    assert "These tags are in another language than the story." in html


def test_publishing_asks_first_and_names_what_is_missing(client, editor):
    story = factories.draft(section_id=None, bylines=[])
    html = client.get(move(story, "publish")).content.decode()
    assert "Choose a section." in html
    client.post(move(story, "publish"))
    story.refresh_from_db()
    assert story.status == "draft"


def test_a_move_that_the_status_forbids_is_said_and_changes_nothing(client, editor):
    story = factories.draft()
    for name in ("withdraw", "return"):
        client.post(move(story, name))
        story.refresh_from_db()
        assert story.status == "draft"
    assert client.get(move(story, "withdraw"))["Location"] == change(story)
    assert client.get(move(story, "nothing")).status_code == 404


def test_a_reporter_cannot_publish_by_any_door(client, reporter):
    story = factories.draft(by=reporter)
    assert client.get(move(story, "publish")).status_code == 403
    assert client.post(move(story, "publish")).status_code == 403
    client.post(
        change(story),
        typed(
            base_revision="1",
            section=story.section_id,
            status="live",
            _publish="1",
            kind="advertorial",
            sponsor_name="X",
            created_by="1",
        ),
    )
    story.refresh_from_db()
    assert (story.status, story.kind, story.sponsor_name, story.created_by) == ("draft", "story", "", reporter)


def test_a_reporter_cannot_set_a_colleagues_byline(client, reporter):
    colleague = factories.author(user=factories.user("Reporter"))
    html = client.post(ADD, typed(**{"bylines-0-author": colleague.pk})).content.decode()
    assert "Select a valid choice" in html
    assert not Article.objects.exists()


def test_what_a_reporter_may_not_see_is_not_there(client, reporter):
    foreign, paid = factories.draft(headline="Canary"), factories.draft(kind="video", sponsor_name="Firm")
    for story in (foreign, paid):
        for address in (change(story), move(story, "submit"), f"/admin/articles/article/{story.pk}/history/"):
            assert client.get(address).status_code == 404
    assert "Canary" not in client.get("/admin/articles/article/").content.decode()


def test_the_ad_manager_handles_paid_stories_and_no_others(client):
    client.force_login(factories.user("Ad manager"))
    news = factories.draft(headline="Canary")
    assert client.get(change(news)).status_code == 404
    section = factories.section()
    client.post(ADD, typed(kind="story", section=section.pk))
    assert not Article.objects.filter(kind="story", created_by__groups__name="Ad manager").exists()
    client.post(ADD, typed(kind="press-release", sponsor_name="Teneru Mills", section=section.pk))
    paid = Article.objects.get(kind="press-release")
    factories.paid_story(paid)
    assert "Paid for by Teneru Mills" in client.get(move(paid, "publish")).content.decode()
    client.post(move(paid, "publish"))
    assert "Teneru Mills" in client.get(paid.get_absolute_url()).content.decode()


def test_a_name_stands_in_a_byline_once(client, editor):
    name = factories.author()
    twice = {"bylines-TOTAL_FORMS": "2", "bylines-0-author": name.pk, "bylines-1-author": name.pk}
    html = client.post(ADD, typed(**twice)).content.decode()
    assert "Please correct the duplicate data for author" in html
    assert not Article.objects.exists()


@pytest.mark.parametrize("count", [2, 30])
def test_the_list_asks_the_same_number_of_questions(client, editor, django_assert_num_queries, count):
    for _ in range(count):
        factories.draft()
    client.get("/admin/articles/article/")
    with django_assert_num_queries(13):
        assert client.get("/admin/articles/article/").status_code == 200


def test_a_row_shows_its_picture_once_and_three_of_many_names(client, editor):
    names = [Credit(author_id=factories.author(name=f"Writer {number}").pk) for number in range(5)]
    factories.draft(hero_id=factories.picture().pk, bylines=names)
    html = client.get("/admin/articles/article/").content.decode()
    assert html.count('class="story-thumb"') == 1
    assert "Writer 0, Writer 1, Writer 2 and 2 more" in html


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_menu_of_sections_begins_with_those_of_the_storys_language(client, editor, language):
    factories.section(name="أخبار", language="ar", slug="akhbar")
    factories.section(name="News", language="en", slug="news-en")
    story = factories.draft(language=language)
    sections = client.get(change(story)).context["adminform"].form.fields["section"].queryset
    languages = [section.language for section in sections]
    assert languages == sorted(languages, reverse=language == "en")[: len(languages)]
    assert languages[0] == language


def test_reporter_and_ad_manager_in_one_person_still_cannot_publish_news(client):
    both = factories.user("Reporter")
    both.groups.add(*factories.user("Ad manager").groups.all())
    client.force_login(both)
    news = factories.draft(by=both)
    assert client.post(move(news, "publish")).status_code == 403
    saved = client.post(change(news), typed(base_revision="1", section=news.section_id))
    assert saved["Location"] == change(news)
    paid = factories.article(kind="video", sponsor_name="Firm", by=both)
    client.post(change(paid), typed(base_revision="1", section=paid.section_id, kind="story", sponsor_name=""))
    assert client.post(move(paid, "publish")).status_code == 403
    paid.refresh_from_db()
    assert paid.kind == "video"


def test_an_address_cannot_ask_for_the_headline_of_another_persons_draft(client, reporter):
    secret = factories.draft(headline="Canary headline")
    for query in (f"translation_of={secret.pk}", "translation_of=abc", "publish_at=zz", "tags=x"):
        response = client.get(f"{ADD}?{query}")
        assert response.status_code == 200
        assert "Canary" not in response.content.decode()
    html = client.post(ADD, typed(translation_of=secret.pk)).content.decode()
    assert "Canary" not in html
    assert not Article.objects.filter(translation_of=secret).exists()


def test_a_reporter_saves_a_story_that_a_colleague_signs_too(client, reporter):
    colleague = factories.author(user=factories.user("Reporter"))
    me = factories.author(user=reporter)
    story = factories.draft(bylines=[Credit(author_id=colleague.pk), Credit(author_id=me.pk)])
    both = {"bylines-TOTAL_FORMS": "2", "bylines-0-author": colleague.pk, "bylines-1-author": me.pk}
    client.post(change(story), typed(base_revision="1", section=story.section_id, headline="Ours", **both))
    assert head(Article.objects.get()).headline == "Ours"


def test_an_emptied_time_means_at_once_and_the_page_says_so(client, editor):
    story = factories.article(publish_at=timezone.now() + timedelta(days=1))
    author = story.bylines.get().author_id
    empty = typed(base_revision="1", section=story.section_id, slug=story.slug, **{"bylines-0-author": author})
    client.post(change(story), empty)
    assert 'name="publish_at_0" value="' not in client.get(change(story)).content.decode()
    assert "Publish now" in client.get(move(story, "publish")).content.decode()
    client.post(move(story, "publish"))
    assert Article.objects.live().get() == story


def test_what_changed_after_the_page_was_drawn_is_not_published(client, editor):
    story = factories.draft()
    page = client.get(move(story, "publish")).content.decode()
    assert 'name="revision" value="1"' in page
    client.post(change(story), typed(base_revision="1", section=story.section_id, headline="Slipped in"))
    html = client.post(move(story, "publish"), {"revision": "1"}, follow=True).content.decode()
    assert "Read the newer text, then decide." in html
    assert not Article.objects.live().exists()


def test_a_translation_is_in_another_language_than_its_original(client, editor):
    original = factories.draft()
    html = client.post(ADD, typed(translation_of=original.pk)).content.decode()
    assert "A translation is in another language than its original." in html


def test_the_history_says_who_moved_it_and_who_saved_what(client, editor):
    story = factories.draft(by=editor)
    client.post(move(story, "submit"), {"note": "Please look at the figures"})
    client.post(move(story, "publish"))
    html = client.get(f"/admin/articles/article/{story.pk}/history/").content.decode()
    steps = [
        (step.revision, step.transition and step.transition.said)
        for step in client.get(f"/admin/articles/article/{story.pk}/history/").context["steps"]
    ]
    assert [said for _revision, said in steps if said] == ["Published", "Submitted for review", "Begun"]
    assert [revision.number for revision, _said in steps if revision] == [1]
    for words in ("Revision 1", "Please look at the figures", editor.username):
        assert words in html


def test_a_page_that_a_login_does_not_open_says_so_in_the_admin(client, editor):
    response = client.get("/admin/ads/booking/")
    assert response.status_code == 403
    assert "Your login does not open this page" in response.content.decode()
    assert 'href="/admin/"' in response.content.decode()
