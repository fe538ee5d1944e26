"""The composer in the admin, and what stands around it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import workflow
from newsroom.audience import composing
from newsroom.audience.composing import Block, Words
from newsroom.audience.models import Issue, Newsletter
from tests import factories
from tests.newsroom import issues, mailing

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    made = factories.user("Editor", email="editor@newsroom.example")
    client.force_login(made)
    return made


def page_of(issue: Issue, name: str = "change") -> str:
    return reverse(f"admin:audience_issue_{name}", args=[issue.pk])


def form_of(issue: Issue, *rows: dict[str, Any], do: str = "save", **words: Any) -> dict[str, Any]:
    """What a browser sends; without rows those that are saved."""
    if not rows:
        rows = tuple(
            {"kind": b.kind, "article": b.article_id or "", "promise": b.promise_id or "", "headline": b.headline}
            for b in composing.blocks_of(issue)
        )
    data: dict[str, Any] = {"subject": "Typed", "version": issue.version, "blocks": len(rows), "do": do} | words
    for number, row in enumerate(rows):
        data |= {f"b{number}-{name}": value for name, value in ({"order": number} | row).items()}
    return data


def kinds(response) -> list[str]:
    return [form.of_kind for form in response.context["composition"].blocks]


def saved(issue: Issue) -> list[tuple[str, str]]:
    return [(block.kind, block.headline) for block in issue.blocks.all()]


def test_an_editor_makes_an_issue_and_comes_to_its_composer(client, editor):
    letter = issues.newsletter()
    response = client.post(
        reverse("admin:audience_issue_add"), {"newsletter": letter.pk, "subject": "Good morning"}, follow=True
    )
    issue = Issue.objects.get()
    assert (issue.subject, issue.state, issue.created_by) == ("Good morning", "draft", editor)
    assert response.request["PATH_INFO"] == page_of(issue)
    assert "Nothing yet. Add stories from the list." in response.content.decode()


def test_saving_keeps_words_blocks_and_their_order(client, editor):
    issue = issues.issue()
    story = issues.story_block()
    rows = [
        {"kind": "story", "article": story.article_id, "headline": "Other words", "order": 5},
        {"kind": "heading", "headline": "First", "order": 0},
        {"kind": "text", "text": "Good\nmorning", "order": 2},
        {"kind": "notice", "sponsor_name": "Kudi Bank", "headline": "Save", "url": "kudi.example", "order": 9},
    ]
    response = client.post(page_of(issue), form_of(issue, *rows, preheader="And more", introduction="Hello"))
    assert response.status_code == 302
    issue.refresh_from_db()
    assert (issue.subject, issue.preheader, issue.introduction) == ("Typed", "And more", "<p>Hello</p>")
    assert saved(issue) == [("heading", "First"), ("text", ""), ("story", "Other words"), ("notice", "Save")]
    text, notice = issue.blocks.get(kind="text"), issue.blocks.get(kind="notice")
    assert text.text == "<p>Good<br>morning</p>"
    assert notice.url == "https://kudi.example/"


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("up-1", ["heading", "story", "text"]),
        ("down-0", ["heading", "story", "text"]),
        ("up-0", ["story", "heading", "text"]),
        ("down-2", ["story", "heading", "text"]),
        ("remove-1", ["story", "text"]),
        ("remove-99", ["story", "heading", "text"]),
        ("heading", ["story", "heading", "text", "heading"]),
        ("notice", ["story", "heading", "text", "notice"]),
        ("find", ["story", "heading", "text"]),
        ("nonsense", ["story", "heading", "text"]),
    ],
)
def test_each_button_works_without_script_and_saves_nothing(client, editor, do, expected):
    issue = issues.issue()
    story = issue.blocks.get().article_id
    rows = [{"kind": "story", "article": story}, {"kind": "heading", "headline": "H"}, {"kind": "text", "text": "T"}]
    response = client.post(page_of(issue), form_of(issue, *rows, do=do))
    assert response.status_code == 200
    assert kinds(response) == expected
    assert 'value="Typed"' in response.content.decode()
    assert saved(issue) == [("story", "")]
    assert Issue.objects.get(pk=issue.pk).version == 1


def test_stories_and_promised_mentions_are_added_from_their_lists(client, editor):
    issue, promise = issues.issue(), issues.promise()
    story = factories.article(headline="The harbour opens")
    said = client.get(page_of(issue)).content.decode()
    assert "The harbour opens" in said
    assert f'value="promise-{promise.pk}"' in said
    response = client.post(page_of(issue), form_of(issue, do=f"story-{story.pk}"))
    assert response.context["composition"].blocks[1].story == story
    response = client.post(page_of(issue), form_of(issue, do=f"promise-{promise.pk}"))
    added = response.context["composition"].blocks[1]
    assert (added.of_kind, added.story, added.mention) == ("sponsored", issues.story_of(promise), promise)
    # Chosen among all stories it keeps the same promise.
    response = client.post(page_of(issue), form_of(issue, do=f"story-{issues.story_of(promise).pk}"))
    assert response.context["composition"].blocks[1].mention == promise
    # One that stands in it already, as in an issue that was cancelled and taken up again, is not put in twice.
    here = {"kind": "sponsored", "article": issues.story_of(promise).pk}
    response = client.post(page_of(issue), form_of(issue, here, do=f"promise-{promise.pk}"))
    assert [block.mention for block in response.context["composition"].blocks] == [promise]


def test_artwork_of_the_client_of_a_mention_comes_first(client, editor):
    promise = issues.promise()
    own = factories.booking(advertiser=promise.line.quote.request.advertiser).creatives.get()
    newer = factories.booking("top-728x90").creatives.get()
    row = {"kind": "notice", "promise": promise.pk, "sponsor_name": "Firm"}
    response = client.post(page_of(issues.issue()), form_of(issues.issue(), row, do="text"))
    choices = response.context["composition"].blocks[0].fields["creative"].choices
    assert [value for value, _name in choices] == ["", own.pk, newer.pk]


def test_the_chooser_finds_by_words_and_offers_neither_drafts_nor_other_languages(client, editor):
    issue = issues.issue()
    factories.article(headline="Harbour by night")
    factories.article(headline="Town hall")
    factories.article(headline="Harbour of another language", language="ar")
    factories.draft(headline="Harbour draft")
    soon = timezone.now() + timedelta(hours=2)
    workflow.publish(factories.draft(headline="Harbour soon", publish_at=soon), by=None, at=timezone.now())
    response = client.post(page_of(issue), form_of(issue, do="find", q="harbour"))
    assert [story.headline for story in response.context["stories"]] == ["Harbour soon", "Harbour by night"]


def test_the_second_of_two_sees_both_and_may_put_theirs_in_its_place(client, editor):
    issue = issues.issue()
    words = Words(subject="Of a colleague")
    composing.save(issue, words, [Block(kind="heading", headline="Theirs")], version=1, by=None, at=timezone.now())
    response = client.post(page_of(issue), form_of(issue, {"kind": "heading", "headline": "Mine"}))
    said = response.content.decode()
    assert response.status_code == 409
    for text in ("Somebody else saved this issue", "Of a colleague", "Theirs", 'value="Typed"', 'value="Mine"'):
        assert text in said
    issue.refresh_from_db()
    assert saved(issue) == [("heading", "Theirs")]
    again = form_of(issue, {"kind": "heading", "headline": "Mine"}, version=issue.version)
    assert client.post(page_of(issue), again).status_code == 302
    assert saved(issue) == [("heading", "Mine")]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"kind": "notice"}, "Say who paid for it."),
        ({"kind": "notice", "sponsor_name": "Firm", "url": "http://localhost/"}, "errorlist"),
        ({"kind": "story", "article": 10**6}, "was deleted"),
        ({"kind": "heading", "headline": "x" * 251}, "250"),
        ({"kind": "story", "article": "x"}, "It is not saved."),
        ({"kind": "notice", "sponsor_name": "Firm", "creative": "77"}, "valid choice"),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept(client, editor, row, sentence):
    issue = issues.issue()
    response = client.post(page_of(issue), form_of(issue, row))
    assert response.status_code == 400
    assert "There is a problem" in response.content.decode()
    assert sentence in response.content.decode()
    assert saved(issue) == [("story", "")]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"blocks": "x"},
        {"blocks": "999999999"},
        {"blocks": "-1"},
        {"blocks": "2", "b0-kind": "x", "b1-kind": "story", "b1-order": "²"},
        {"do": "story-999999999"},
        {"do": "promise-999999999"},
        {"version": "x", "do": "save"},
    ],
)
def test_no_form_however_damaged_is_an_error_of_ours(client, editor, data):
    issue = issues.issue()
    for name in ("change", "preview"):
        assert client.post(page_of(issue, name), data).status_code in (200, 302, 400)


def test_an_issue_that_went_out_is_read_and_not_written(client, editor):
    issue = issues.sent()
    said = client.get(page_of(issue)).content.decode()
    assert "issue-block" in said
    assert f'<a class="button" href="{reverse("admin:audience_issue_report", args=[issue.pk])}">Report</a>' in said
    assert 'name="do" value="up-0"' not in said
    assert client.post(page_of(issue), form_of(issue)).status_code == 400
    assert saved(issue) == [("story", "")]


def test_looking_for_a_story_forgets_neither_what_is_typed_nor_that_it_is_not_saved(client, editor):
    words = "One\n\ntwo <strong>three</strong>"
    issue = issues.issue(issues.story_block(), Block(kind="text", text=words))
    story = {"kind": "story", "article": issue.blocks.first().article_id}
    typed = form_of(issue, story, {"kind": "text", "text": words.replace("\n", "\r\n")}, preheader="And more")
    typed["subject"] = issue.subject
    assert "Not saved yet." not in client.post(page_of(issue), typed | {"do": "find"}).content.decode()
    said = client.post(page_of(issue), typed | {"do": "find", "subject": "Another"}).content.decode()
    assert "Not saved yet." in said
    assert 'value="Another"' in said


def test_what_is_wrong_is_said_first_with_a_link_to_its_field(client, editor):
    issue = issues.issue(issues.story_block())
    said = client.post(page_of(issue), form_of(issue) | {"subject": "x" * 161}).content.decode()
    assert '<li><a href="#id_subject">Subject: Ensure this value has at most 160 characters (it has 161).</a>' in said
    assert "Not saved yet." in said


# The preview.


def test_the_preview_shows_what_is_typed_and_saves_nothing(client, editor):
    issue = issues.issue()
    data = form_of(issue, {"kind": "heading", "headline": "Only typed"}, introduction="Hello there")
    response = client.post(page_of(issue, "preview"), data)
    said = response.content.decode()
    assert "Only typed" in said
    assert "Hello there" in said
    assert saved(issue) == [("story", "")]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in response["Content-Security-Policy"]
    assert "/n/" not in said


def test_the_preview_is_by_day_by_night_and_as_text(client, editor):
    issue = issues.issue()
    day = client.get(page_of(issue, "preview")).content.decode()
    night = client.get(page_of(issue, "preview"), {"scheme": "dark"}).content.decode()
    text = client.get(page_of(issue, "preview"), {"part": "text"}).content.decode()
    assert "@media not all" in day
    assert "@media all" in night
    assert "Unsubscribe: https://unsubscribe.invalid/" in text


def test_the_preview_of_a_sent_issue_is_what_went_out(client, editor):
    issue = issues.sent()
    Issue.objects.filter(pk=issue.pk).update(sent_as={"html": "<html><head></head>As it was</html>", "text": "t"})
    assert "As it was" in client.get(page_of(issue, "preview")).content.decode()


# Moves.


def move(issue: Issue, name: str) -> str:
    return reverse("admin:audience_issue_move", args=[issue.pk, name])


def test_sending_asks_first_says_to_how_many_and_what_is_wrong(client, editor):
    issue = issues.issue()
    issues.reader(issue.newsletter)
    said = client.get(move(issue, "send")).content.decode()
    assert "It goes to 1 reader now subscribed." in said
    Issue.objects.filter(pk=issue.pk).update(subject="")
    said = client.get(move(issue, "send")).content.decode()
    assert "Not ready yet" in said
    assert "It has no subject. Write one." in said
    client.post(move(issue, "send"))
    assert Issue.objects.get(pk=issue.pk).state == "draft"


def test_sending_begins_at_once(client, editor):
    issue = issues.issue()
    issues.reader(issue.newsletter)
    response = client.post(move(issue, "send"), {"note": ""})
    assert Issue.objects.get(pk=issue.pk).state in Issue.State.gone_out()
    assert response.url == reverse("admin:audience_issue_report", args=[issue.pk])
    # Pressed twice.
    assert client.post(move(issue, "send"), {"note": ""}).url == response.url


def test_scheduling_is_on_the_newsrooms_clock(client, editor):
    issue = issues.issue()
    day = timezone.localdate() + timedelta(days=2)
    response = client.post(move(issue, "schedule"), {"send_at": f"{day}T06:30", "note": ""}, follow=True)
    issue.refresh_from_db()
    assert issue.state == "scheduled"
    assert f"{timezone.localtime(issue.send_at):%Y-%m-%d %H:%M}" == f"{day} 06:30"
    assert "It goes out at" in response.content.decode()
    past = client.post(move(issue, "schedule"), {"send_at": "2020-01-01T06:30", "note": ""})
    assert "This time is past." in past.content.decode()
    client.post(move(issue, "unschedule"), {"note": ""})
    assert Issue.objects.get(pk=issue.pk).state == "draft"


def test_cancelling_and_copying(client, editor):
    issue = issues.issue()
    client.post(move(issue, "copy"), {"note": ""})
    client.post(move(issue, "cancel"), {"note": ""})
    assert sorted(Issue.objects.values_list("state", flat=True)) == ["cancelled", "draft"]
    client.post(move(issue, "reopen"), {"note": ""})
    assert set(Issue.objects.values_list("state", flat=True)) == {"draft"}


def test_a_test_goes_to_oneself_by_default(client, editor, run_jobs, mailoutbox):
    issue = issues.issue()
    assert 'value="editor@newsroom.example"' in client.get(move(issue, "test")).content.decode()
    client.post(move(issue, "test"), {"to": "editor@newsroom.example"})
    refused = client.post(move(issue, "test"), {"to": "reader@example.org"})
    assert "nobody&#x27;s who works here" in refused.content.decode()
    run_jobs()
    assert [sent.to for sent in mailoutbox] == [["editor@newsroom.example"]]


# Breaking news.


def test_breaking_news_is_sent_after_a_page_that_says_to_how_many(client, editor):
    letter = issues.newsletter(rhythm="breaking", name="Breaking")
    issues.reader(letter)
    story = factories.article()
    address = reverse("admin:audience_issue_breaking", args=[story.pk])
    assert address in client.get(reverse("admin:articles_article_change", args=[story.pk])).content.decode()
    assert "Breaking (1 reader)" in client.get(address).content.decode()
    assert "Choose at least one newsletter." in client.post(address, {}).content.decode()
    assert Issue.objects.count() == 0


@pytest.mark.parametrize(
    ("story", "sentence"),
    [
        (lambda: factories.article(kind="advertorial", sponsor_name="Firm"), "no breaking news"),
        (factories.draft, "It is not live."),
        (factories.article, "There is no newsletter for breaking news"),
    ],
)
def test_what_cannot_break_is_told_why(client, editor, story, sentence):
    address = reverse("admin:audience_issue_breaking", args=[story().pk])
    assert sentence in client.get(address).content.decode()
    client.post(address, {"newsletters": []})
    assert Issue.objects.count() == 0


# Lists.


def test_the_list_says_where_each_issue_stands_and_which_edition_there_was_not(client, editor):
    issues.sent(subject="This one went out")
    letter = issues.newsletter(name="Quiet letter")
    Newsletter.objects.filter(pk=letter.pk).update(skipped_on=timezone.localdate())
    said = client.get(reverse("admin:audience_issue_changelist")).content.decode()
    assert "This one went out" in said
    assert "desk-state--approved" in said
    assert "No edition of “Quiet letter” on" in said


def test_an_empty_list_says_what_to_do(client, editor):
    assert "No issues yet." in client.get(reverse("admin:audience_issue_changelist")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_much_for_many_issues_as_for_one(client, editor, count, django_assert_max_num_queries):
    letter = issues.newsletter()
    for _n in range(count):
        issues.issue(Block(kind="heading", headline="x"), of=letter)
    with django_assert_max_num_queries(13):
        client.get(reverse("admin:audience_issue_changelist"))


@pytest.mark.parametrize("count", [1, 12])
def test_the_composer_asks_as_much_for_many_blocks_as_for_one(client, editor, count, django_assert_max_num_queries):
    issue = issues.issue(*[issues.story_block() for _n in range(count)])
    with django_assert_max_num_queries(26):
        client.get(page_of(issue))


def test_the_ad_desk_sees_where_its_mentions_stand(client):
    client.force_login(factories.user("Ad manager"))
    address = reverse("admin:audience_issue_mentions")
    assert "No mention in a newsletter is promised." in client.get(address).content.decode()
    late, kept = issues.promise(due=-1), issues.promise()
    issues.issue(
        issues.story_block(),
        Block(kind="sponsored", article_id=issues.story_of(kept).pk, promise_id=kept.pk),
        subject="The Friday letter",
    )
    said = client.get(address).content.decode()
    for text in ("Overdue", "in none yet", "The Friday letter", late.line.quote.request.company):
        assert text in said


def test_who_may_not_send_is_offered_no_sending(client):
    client.force_login(factories.user("Ad manager"))
    issue = issues.issue()
    said = client.get(page_of(issue)).content.decode()
    assert move(issue, "send") not in said
    assert 'value="save"' not in said.replace('value="save" class="visually-hidden"', "")
    assert client.post(page_of(issue), form_of(issue)).status_code == 403


@pytest.mark.parametrize("count", [1, 10])
def test_the_list_says_how_many_got_each_issue_and_what_they_followed(client, editor, django_assert_num_queries, count):
    for number in range(count):
        sent = mailing.issue(state="sent", subject=f"Issue {number}", started_at=timezone.now())
        sent.deliveries.create(subscriber=issues.reader(sent.newsletter), state="sent", sent_at=timezone.now())
    with django_assert_num_queries(12):
        page = client.get("/admin/audience/issue/").content.decode()
    assert page.count(f'href="/admin/audience/issue/{sent.pk}/report/"') == 1
    assert page.count('/report/">1</a>') == count


def test_the_second_who_sends_an_issue_is_told_that_somebody_was_faster(client, editor):
    issue = issues.issue(of=mailing.newsletter())
    stale = Issue.objects.get(pk=issue.pk)
    composing.send_now(issue, by=editor, at=timezone.now())
    with pytest.raises(composing.IssueRefused, match="so this cannot be done"):
        composing.send_now(stale, by=editor, at=timezone.now())


def test_the_ad_desk_sees_nothing_of_a_story_that_waits_for_its_hour(client):
    at = timezone.now()
    words = {"headline": "The canary sings", "standfirst": "At dawn, says the canary."}
    story = factories.article(**words, publish_at=at + timedelta(hours=2))
    issue = issues.issue(Block(kind="story", article_id=story.pk, headline="A canary"), issues.story_block())
    composing.schedule(issue, at + timedelta(hours=3), by=None, at=at)
    client.force_login(factories.user("Ad manager"))
    typed = form_of(issue, {"kind": "story", "article": story.pk})
    answers = [
        client.get(page_of(issue)),
        client.get(page_of(issue, "preview")),
        client.get(page_of(issue, "preview"), {"part": "text"}),
        client.post(page_of(issue, "preview"), typed),
    ]
    assert [one.status_code for one in answers] == [200] * 4
    assert "canary" not in "".join(one.text for one in answers)
    assert "A story that readers do not have yet." in answers[0].text
    client.force_login(factories.user("Editor"))
    assert "The canary sings" in client.get(page_of(issue)).text
    assert "says the canary" in client.get(page_of(issue, "preview")).text
