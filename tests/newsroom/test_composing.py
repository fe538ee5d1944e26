"""Issues made, written, given a time and called off; and what the ad desk sold of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from ads import posts, promises, quoting
from ads.models import AdRequest, PostProduct, Promise
from articles import workflow
from articles.models import Article
from newsroom.audience import composing, promised, readiness, rehearsing, sending
from newsroom.audience.composing import Block, ChangedMeanwhile, IssueRefused, Words
from newsroom.audience.models import Delivery, Issue
from tests import factories
from tests.newsroom import issues, mailing

pytestmark = pytest.mark.django_db

State = Issue.State
NEW = Words(subject="Another subject")


def save(issue, *blocks, words=NEW, version=None, by=None):
    return composing.save(issue, words, blocks, version=version or issue.version, by=by, at=timezone.now())


def put(issue: Issue, state: str) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(state=state, send_at=timezone.now() + timedelta(hours=1))
    issue.refresh_from_db()
    return issue


def test_saving_puts_the_new_blocks_in_the_place_of_the_old():
    issue, editor = issues.issue(), factories.user("Editor")
    story = issues.story_block()
    saved = save(issue, Block(kind="heading", headline="First"), story, by=editor)
    assert (saved.subject, saved.version) == ("Another subject", 2)
    assert composing.blocks_of(saved) == [Block(kind="heading", headline="First"), story]
    assert LogEntry.objects.get(user=editor).change_message == "Saved."


def test_the_second_of_two_who_edit_is_told_and_nothing_of_the_first_is_lost():
    issue = issues.issue()
    save(issue, words=Words(subject="Of the first"))
    with pytest.raises(ChangedMeanwhile) as refused:
        save(issue, words=Words(subject="Of the second"), version=1)
    assert refused.value.theirs.subject == "Of the first"
    assert Issue.objects.get(pk=issue.pk).subject == "Of the first"
    assert save(issue, words=Words(subject="Of the second"), version=2).subject == "Of the second"


@pytest.mark.parametrize("state", ["sending", "paused", "sent", "cancelled"])
def test_what_readers_get_is_not_written_any_more(state):
    with pytest.raises(IssueRefused, match="does not change any more"):
        save(put(issues.issue(), state))


def test_an_issue_has_one_advertisement_and_two_sponsored_stories_at_most():
    issue = issues.issue()
    notice = Block(kind="notice", sponsor_name="Kudi Bank")
    with pytest.raises(IssueRefused, match="at most one advertisement"):
        save(issue, notice, notice)
    paid = [
        Block(kind="sponsored", article_id=factories.article(kind="advertorial", sponsor_name="Firm").pk)
        for _n in range(3)
    ]
    save(issue, notice, *paid[:2])
    with pytest.raises(IssueRefused, match="at most two sponsored"):
        save(issue, *paid, version=2)


def test_paid_stories_do_not_pass_as_news_nor_news_as_paid():
    issue = issues.issue()
    paid = factories.article(kind="advertorial", sponsor_name="Firm")
    with pytest.raises(IssueRefused, match="is paid for"):
        save(issue, Block(kind="story", article_id=paid.pk))
    with pytest.raises(IssueRefused, match="is news"):
        save(issue, Block(kind="sponsored", article_id=factories.article().pk))


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        (Block(kind="notice"), "Say who paid"),
        (Block(kind="story", article_id=10**6), "was deleted"),
        (Block(kind="notice", sponsor_name="Firm", creative_id=10**6), "not approved"),
        (Block(kind="notice", sponsor_name="Firm", promise_id=10**6), "not open any more"),
    ],
)
def test_what_cannot_stand_in_an_issue_is_refused_in_words(block, sentence):
    issue = issues.issue()
    before = composing.blocks_of(issue)
    with pytest.raises(IssueRefused, match=sentence):
        save(issue, block)
    assert composing.blocks_of(issue) == before


def test_a_story_stands_in_an_issue_once():
    story = issues.story_block()
    with pytest.raises(IssueRefused, match="twice"):
        save(issues.issue(), story, story)


# States.


VERBS = {
    "schedule": lambda issue, at: composing.schedule(issue, at + timedelta(hours=2), by=None, at=at),
    "unschedule": lambda issue, at: composing.unschedule(issue, by=None, at=at),
    "cancel": lambda issue, at: composing.cancel(issue, by=None, at=at),
    "reopen": lambda issue, at: composing.reopen(issue, by=None, at=at),
}
LEADS_TO = {
    ("schedule", "draft"): "scheduled",
    ("schedule", "scheduled"): "scheduled",
    ("unschedule", "scheduled"): "draft",
    ("cancel", "draft"): "cancelled",
    ("cancel", "scheduled"): "cancelled",
    ("reopen", "cancelled"): "draft",
}


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_moves_along_the_table_and_from_nowhere_else(verb, state):
    issue = put(issues.issue(), state)
    if target := LEADS_TO.get((verb, state)):
        VERBS[verb](issue, timezone.now())
        assert Issue.objects.get(pk=issue.pk).state == issue.state == target
        assert target in Issue.MOVES[state]
    else:
        with pytest.raises(IssueRefused):
            VERBS[verb](issue, timezone.now())
        assert Issue.objects.get(pk=issue.pk).state == state


def test_a_time_that_is_past_or_far_away_is_refused():
    issue, now = issues.issue(), timezone.now()
    for moment in (now - timedelta(minutes=1), now + timedelta(days=900)):
        with pytest.raises(IssueRefused):
            composing.schedule(issue, moment, by=None, at=now)


def test_a_story_that_is_not_public_by_then_keeps_an_issue_from_its_time():
    now = timezone.now()
    story = workflow.publish(factories.draft(publish_at=now + timedelta(hours=3)), by=None, at=now)
    issue = issues.issue(Block(kind="story", article_id=story.pk))
    with pytest.raises(IssueRefused, match="not public at that time"):
        composing.schedule(issue, now + timedelta(hours=2), by=None, at=now)
    composing.schedule(issue, now + timedelta(hours=4), by=None, at=now)
    assert issue.state == "scheduled"


def test_a_copy_has_the_words_and_stories_and_nothing_that_was_sold():
    promise = issues.promise()
    story = issues.story_block()
    issue = issues.issue(
        story,
        Block(kind="sponsored", article_id=issues.story_of(promise).pk, promise_id=promise.pk),
        Block(kind="notice", sponsor_name="Kudi Bank"),
    )
    copy = composing.duplicate(put(issue, "sent"), by=None, at=timezone.now())
    assert (copy.state, copy.subject, composing.blocks_of(copy)) == ("draft", issue.subject, [story])


# What stands in the way.


def test_problems_are_sentences():
    issue = issues.issue(
        Block(kind="heading"),
        Block(kind="notice", sponsor_name="Kudi Bank"),
        Block(kind="text", text='<a href="http://localhost/x">here</a>'),
        subject="",
    )
    assert readiness.problems(issue, at=timezone.now()) == [
        "It has no subject. Write one.",
        "A heading is empty. Write it, or remove it.",
        "The advertisement is empty. Choose artwork, or write its headline.",
        "The advertisement leads nowhere. Give its address.",
        "The link to http://localhost/x leads nowhere. Mend it.",
    ]


def test_an_issue_of_another_language_than_its_story_is_not_ready():
    issue = issues.issue(issues.story_block(language="ar"))
    assert "another language" in readiness.problems(issue, at=timezone.now())[0]


def test_an_empty_issue_is_not_ready():
    assert readiness.problems(issues.issue(Block(kind="heading", headline="x")), at=timezone.now()) == [
        "It has no story. Add one, or a text."
    ]


# What the ad desk sold.


def kept_by(promise, **fields) -> Issue:
    block = Block(kind="sponsored", article_id=issues.story_of(promise).pk, promise_id=promise.pk)
    return issues.issue(issues.story_block(), block, **fields)


def test_an_open_mention_is_offered_with_its_story_until_it_stands_somewhere():
    promise, other = issues.promise(), issues.issue()
    assert [(p.pk, p.story) for p in promised.offered(other, at=timezone.now())] == [
        (promise.pk, issues.story_of(promise))
    ]
    issue = kept_by(promise)
    assert promised.offered(other, at=timezone.now()) == []
    assert [p.pk for p in promised.offered(issue, at=timezone.now())] == [promise.pk]
    with pytest.raises(IssueRefused, match="not open any more"):
        save(other, Block(kind="notice", sponsor_name="Firm", promise_id=promise.pk))


def test_a_cancelled_issue_gives_its_mentions_back():
    promise = issues.promise()
    issue = kept_by(promise)
    composing.cancel(issue, by=None, at=timezone.now())
    assert list(promised.open_ones()) == [promise]


def test_a_sent_issue_ticks_its_mentions_off_with_its_page_as_the_proof():
    promise = issues.promise()
    issue = kept_by(promise, of=issues.newsletter(name="The Friday letter", slug="friday"))
    for state in ("sent", "delivered", "skipped", "failed"):
        Delivery.objects.create(issue=issue, subscriber=issues.reader(), state=state)
    now = timezone.now()
    assert promised.kept(issue, at=now) == 1
    promise.refresh_from_db()
    assert (promise.channel, promise.link, promise.note, promise.done_at) == (
        "The Friday letter",
        f"http://testserver/newsletter/friday/{issue.pk}/",
        "Sent to 2 readers.",
        now,
    )
    assert promised.kept(issue, at=now) == 0


def test_each_mention_of_several_posts_is_offered_with_its_own():
    PostProduct.objects.update(newsletter_mentions=1)
    deal = factories.post_deal(count=2)
    promises.make_due(timezone.now())
    stories: list[Article] = []
    for place in reversed(posts.places(deal)):
        post = posts.begin(place.line, place.number, by=None, at=timezone.now())
        factories.edit(post.article, body="<p>Bread.</p>", section_id=factories.section().pk)
        workflow.publish(factories.paid_story(post.article), by=None, at=timezone.now())
        offers = promised.offered(issues.issue(), at=timezone.now())
        stories.insert(0, post.article)
        assert [offer.story for offer in offers] == stories  # the other post's waits until it is ready


def test_a_mention_of_a_post_is_offered_once_the_post_is_ready_and_any_other_as_an_advertisement():
    post = issues.promise(due=-3)
    story = issues.story_of(post)
    quote = factories.draft_quote()
    factories.post_line(quote, kind="newsletter", product=None)
    quoting.send(quote, by=None, at=timezone.now())
    quoting.accept(quote, name="Ada Example", at=timezone.now())
    promises.make_due(timezone.now())
    assert [(p.line.kind, p.story) for p in promised.offered(issues.issue(), at=timezone.now())] == [
        ("post", story),
        ("newsletter", None),
    ]
    workflow.withdraw(story, by=None, at=timezone.now(), note="Ordered")
    assert [p.line.kind for p in promised.offered(issues.issue(), at=timezone.now())] == ["newsletter"]


def send(issue: Issue, readers: int = 2) -> None:
    mailing.readers(issue.newsletter, readers, name=f"of-{issue.pk}")
    sending.start(issue, by=None, at=timezone.now())
    call_command("work", once=True)
    issue.refresh_from_db()
    assert issue.state == "sent"


def test_what_is_left_out_of_the_mail_keeps_no_promise():
    promise, kept = issues.promise(), issues.promise()
    issue = issues.issue(
        issues.story_block(),
        *(Block(kind="sponsored", article_id=issues.story_of(p).pk, promise_id=p.pk) for p in (promise, kept)),
    )
    workflow.withdraw(issues.story_of(promise), by=None, at=timezone.now(), note="A mistake")
    send(issue)
    assert list(Promise.objects.exclude(done_at=None)) == [kept]
    assert list(promised.open_ones()) == [promise]


def test_an_advertisement_whose_artwork_was_refused_meanwhile_is_left_out_and_keeps_nothing():
    promise = issues.promise()
    creative = factories.booking(advertiser=promise.line.quote.request.advertiser).creatives.get()
    notice = Block(kind="notice", sponsor_name="Firm", promise_id=promise.pk, creative_id=creative.pk)
    issue = issues.issue(issues.story_block(), notice)
    type(creative).objects.filter(pk=creative.pk).update(status="refused", refusal="No")
    send(issue)
    assert "Firm" not in issue.sent_as["html"]
    assert list(promised.open_ones()) == [promise]


def test_artwork_of_one_client_stands_in_no_mention_of_another():
    promise, other = issues.promise(), factories.booking()
    notice = {"kind": "notice", "sponsor_name": "Firm", "promise_id": promise.pk}
    with pytest.raises(IssueRefused, match=f"of {other.advertiser}, and the mention was sold to somebody else"):
        save(issues.issue(), Block(**notice, creative_id=other.creatives.get().pk))
    own = factories.booking("top-728x90", advertiser=promise.line.quote.request.advertiser).creatives.get()
    save(issues.issue(), Block(**notice, creative_id=own.pk))


@pytest.mark.parametrize("state", ["sent", "cancelled"])
def test_a_mention_that_an_issue_of_the_past_did_not_keep_is_put_into_another(state):
    promise = issues.promise()
    past = kept_by(promise)
    Issue.objects.filter(pk=past.pk).update(state="sending")
    assert promised.offered(issues.issue(), at=timezone.now()) == []
    Issue.objects.filter(pk=past.pk).update(state=state)
    if state == "sent":
        promises.keep(promise, channel="Morning", note="Sent", by=None, at=timezone.now())
        promises.take_back(promise, by=None, at=timezone.now())
    assert promised.offered(issues.issue(), at=timezone.now()) == [promise]
    again = kept_by(promise)
    assert promised.where() == [(promise, again)]


def test_an_issue_that_nobody_got_keeps_no_promise():
    promise = issues.promise()
    issue = kept_by(promise)
    send(issue, readers=0)
    assert list(promised.open_ones()) == [promise]


def test_what_a_called_off_deal_had_bought_is_told_and_does_not_go_out():
    promise = issues.promise()
    issue = kept_by(promise)
    AdRequest.objects.update(status="cancelled")
    assert readiness.problems(issue, at=timezone.now()) == [
        f"The order of {promised.company(promise)} was called off. Remove what stands here for it."
    ]
    send(issue)
    assert issues.story_of(promise).headline not in issue.sent_as["html"]
    promise.refresh_from_db()
    assert promise.done_at is None


def test_a_mention_that_was_made_elsewhere_meanwhile_is_told():
    promise = issues.promise()
    issue = kept_by(promise)
    promises.keep(promise, channel="Friday letter", note="Page two", by=None, at=timezone.now())
    assert readiness.problems(issue, at=timezone.now()) == [
        f"The mention of {promised.company(promise)} was made elsewhere meanwhile. Remove it here."
    ]


def test_one_promise_stands_in_one_block_whoever_writes_the_row():
    promise = issues.promise()
    kept_by(promise)
    with pytest.raises(IntegrityError), transaction.atomic():
        issues.issue().blocks.create(kind="notice", sponsor_name="Firm", promise=promise)


# Breaking news.


def test_breaking_news_goes_to_newsletters_of_that_rhythm_and_its_language_only():
    english = issues.newsletter(rhythm="breaking")
    issues.newsletter(rhythm="breaking", language="ar")
    issues.newsletter(rhythm="daily")
    story = factories.article()
    assert composing.may_break(story, at=timezone.now()) == [english]
    composing.make(english, by=None, at=timezone.now(), breaking=story)
    assert composing.may_break(story, at=timezone.now()) == []
    with pytest.raises(IssueRefused, match="had it already"):
        composing.break_story(story, [english], by=None, at=timezone.now())


@pytest.mark.parametrize("make", [factories.draft, lambda: factories.article(kind="advertorial", sponsor_name="Firm")])
def test_neither_drafts_nor_paid_stories_break(make):
    letter = issues.newsletter(rhythm="breaking")
    with pytest.raises(IssueRefused):
        composing.break_story(make(), [letter], by=None, at=timezone.now())
    assert Issue.objects.count() == 0


def test_a_story_breaks_once_a_newsletter():
    letter, story = issues.newsletter(rhythm="breaking"), factories.article()
    composing.make(letter, by=None, at=timezone.now(), breaking=story)
    with pytest.raises(IntegrityError), transaction.atomic():
        composing.make(letter, by=None, at=timezone.now(), breaking=story)


def test_breaking_news_is_sent_at_once():
    letter, story = issues.newsletter(rhythm="breaking"), factories.article(headline="The dam broke")
    issues.reader(letter)
    assert composing.break_story(story, [letter], by=factories.user("Editor"), at=timezone.now()) == 1
    issue = Issue.objects.get()
    assert (issue.subject, issue.breaking) == ("The dam broke", story)
    assert issue.state in State.gone_out()


# Tests by mail.


def test_a_test_goes_to_people_who_work_here_and_leads_no_reader_astray(run_jobs):
    editor = factories.user("Editor", email="Editor@newsroom.example")
    issue = issues.issue(issues.story_block(headline="The harbour opens"))
    rehearsing.rehearse(issue, ["editor@newsroom.example"], by=editor, at=timezone.now())
    run_jobs()
    (sent,) = mail.outbox
    html = sent.alternatives[0][0]
    assert (sent.to, sent.subject) == (["editor@newsroom.example"], "Test: What the day brings")
    assert "The harbour opens" in sent.body
    assert "The harbour opens" in html
    assert ".invalid" not in sent.body + html
    assert "/n/" not in html


def test_tests_are_few_and_never_for_strangers():
    editor = factories.user("Editor", email="editor@newsroom.example")
    issue, now = issues.issue(), timezone.now()
    for to, sentence in (
        (["stranger@example.org"], "nobody's who works here"),
        (["editor@newsroom.example", "a@b.c", "d@e.f", "g@h.i"], "at most three"),
        ([], "Give the address"),
    ):
        with pytest.raises(IssueRefused, match=sentence):
            rehearsing.rehearse(issue, to, by=editor, at=now)
    for _n in range(rehearsing.MOST_AN_HOUR):
        rehearsing.rehearse(issue, ["editor@newsroom.example"], by=editor, at=now)
    with pytest.raises(IssueRefused, match="many tests"):
        rehearsing.rehearse(issue, ["editor@newsroom.example"], by=editor, at=now)


def test_a_deleted_story_leaves_the_issue_with_its_block():
    story = issues.story_block()
    issue = issues.issue(story, issues.story_block())
    Article.objects.get(pk=story.article_id).delete()
    assert issue.blocks.count() == 1
