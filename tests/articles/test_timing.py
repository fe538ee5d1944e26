"""What is due is done once, by whoever comes first, and never by what came too late."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from articles import agenda, timing, workflow
from articles.content import Content, head
from articles.models import Article, DueAction, Transition
from articles.signals import article_published
from tests import factories

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MANY = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def edit(article, *, at=NOW, **changes):
    article.refresh_from_db()
    content = head(article)
    values = {name: getattr(content, name) for name in Content.__dataclass_fields__} | changes
    workflow.save_draft(article, Content(**values), base_revision=article.head_number, by=None, at=at)
    article.refresh_from_db()


def changed(article, headline: str, change_at: datetime, *, at=NOW) -> DueAction:
    edit(article, headline=headline, at=at)
    factories.paid_story(article)
    workflow.schedule_change(article, change_at, by=None, at=at)
    article.refresh_from_db()
    return DueAction.objects.get(kind="change", revision__number=article.head_number, article=article)


@pytest.fixture
def announced():
    """The stories that were announced, in their order."""
    told = []

    def hear(article, at, **kwargs):
        told.append(article.pk)

    article_published.connect(hear)
    yield told
    article_published.disconnect(hear)


def at_once(count: int, action) -> list:
    """Run an action in many threads at the same moment; what they returned or raised."""
    gate, results = threading.Barrier(count), []

    def run() -> None:
        gate.wait()
        try:
            results.append(action())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def states(article) -> list[tuple[str, str]]:
    return list(DueAction.objects.filter(article=article).order_by("pk").values_list("kind", "state"))


def test_a_published_story_is_announced_once(announced):
    article = factories.article(at=NOW)
    assert timing.run_due(NOW) == 1
    assert timing.run_due(NOW + HOUR) == 0
    assert announced == [article.pk]
    assert states(article) == [("publish", "done")]


def test_a_scheduled_story_is_called_live_and_announced_when_its_time_has_come(announced):
    article = factories.article(at=NOW, publish_at=NOW + HOUR)
    assert timing.run_due(NOW + HOUR - timedelta(microseconds=1)) == 0
    assert timing.run_due(NOW + HOUR) == 1
    article.refresh_from_db()
    assert (article.status, announced) == ("live", [article.pk])
    assert article.transitions.first().at == NOW + HOUR


def test_a_story_that_is_rescheduled_and_published_anew_is_announced_once_in_its_life(announced):
    article = factories.article(at=NOW)
    timing.run_due(NOW)
    edit(article, publish_at=NOW + 2 * HOUR)
    workflow.publish(article, by=None, at=NOW + HOUR)
    timing.run_due(NOW + 2 * HOUR)
    article.refresh_from_db()
    assert (article.status, announced) == ("live", [article.pk])


def test_a_story_taken_back_before_anybody_was_told_is_announced_when_it_is_back(announced):
    article = factories.article(at=NOW)
    workflow.withdraw(article, by=None, at=NOW)
    assert timing.run_due(NOW + HOUR) == 0
    workflow.publish(article, by=None, at=NOW + HOUR)
    timing.run_due(NOW + HOUR)
    workflow.withdraw(Article.objects.get(), by=None, at=NOW + HOUR)
    workflow.publish(article, by=None, at=NOW + 2 * HOUR)
    timing.run_due(NOW + 2 * HOUR)
    assert announced == [article.pk]


def test_a_scheduled_change_waits_for_its_time_and_is_dated_at_it():
    article = factories.article(at=NOW, headline="Old")
    changed(article, "New", NOW + HOUR)
    assert timing.apply_changes(NOW + HOUR - timedelta(seconds=1)) == 0
    assert Article.objects.get().headline == "Old"
    assert timing.apply_changes(NOW + 3 * HOUR) == 1
    article.refresh_from_db()
    assert (article.headline, article.updated_at, article.live_number) == ("New", NOW + HOUR, 2)


def test_nothing_due_costs_one_question(django_assert_num_queries):
    changed(factories.article(at=NOW), "New", NOW + HOUR)
    with django_assert_num_queries(1):
        timing.apply_changes(NOW)


def test_an_earlier_change_stays_when_a_newer_text_is_due_later_and_both_come_in_their_order():
    article = factories.article(at=NOW, headline="First")
    changed(article, "Second", NOW + HOUR)
    changed(article, "Third", NOW + 2 * HOUR)
    timing.apply_changes(NOW + HOUR)
    assert Article.objects.get().headline == "Second"
    timing.apply_changes(NOW + 2 * HOUR)
    assert Article.objects.get().headline == "Third"


def test_an_older_change_never_overrides_newer_text():
    article = factories.article(at=NOW, headline="First")
    older = changed(article, "Second", NOW + 2 * HOUR)
    changed(article, "Third", NOW + HOUR)
    older.refresh_from_db()
    assert older.state == "cancelled"
    # And where one was left over all the same: published by hand meanwhile.
    DueAction.objects.filter(pk=older.pk).update(state="waiting")
    timing.apply_changes(NOW + 3 * HOUR)
    older.refresh_from_db()
    assert (Article.objects.get().headline, older.state) == ("Third", "cancelled")


def test_publishing_at_once_takes_older_changes_off_the_agenda():
    article = factories.article(at=NOW)
    action = changed(article, "Later", NOW + HOUR)
    edit(article, headline="Now")
    workflow.publish(article, by=None, at=NOW)
    action.refresh_from_db()
    assert action.state == "cancelled"
    assert timing.apply_changes(NOW + 2 * HOUR) == 0
    assert Article.objects.get().headline == "Now"


def test_a_change_moved_to_another_time_is_due_once():
    article = factories.article(at=NOW)
    changed(article, "New", NOW + 2 * HOUR)
    workflow.schedule_change(article, NOW + HOUR, by=None, at=NOW)
    [action] = DueAction.objects.filter(kind="change")
    assert (action.due_at, action.state) == (NOW + HOUR, "waiting")


@pytest.mark.parametrize("state", ["waiting", "running", "failed"])
def test_withdrawing_takes_everything_off_the_agenda(state):
    article = factories.article(at=NOW, expire_at=NOW + 5 * HOUR)
    changed(article, "New", NOW + HOUR)
    DueAction.objects.filter(kind="change").update(state=state)
    workflow.withdraw(article, by=None, at=NOW)
    assert set(states(article)) == {("publish", "cancelled"), ("change", "cancelled"), ("expire", "cancelled")}
    assert timing.run_due(NOW + 9 * HOUR) == 0


def test_calling_a_change_off_leaves_readers_their_text_and_a_line_in_the_history():
    editor, article = factories.user("Editor"), factories.article(at=NOW, headline="Old")
    action = changed(article, "New", NOW + HOUR)
    agenda.call_off(action, by=editor, at=NOW)
    timing.run_due(NOW + 2 * HOUR)
    assert Article.objects.get().headline == "Old"
    newest = article.transitions.first()
    assert (newest.actor, newest.said) == (editor, "Scheduled change called off")
    with pytest.raises(workflow.IllegalMove, match="not waiting any more"):
        agenda.call_off(action, by=editor, at=NOW)


def test_a_claimed_action_is_nobody_elses_until_its_lease_runs_out():
    factories.article(at=NOW)
    mine = timing.claim(NOW)
    assert mine is not None
    assert timing.claim(NOW + timedelta(seconds=59)) is None
    theirs = timing.claim(NOW + timedelta(seconds=60))
    assert theirs == mine
    assert timing.perform(mine, at=NOW + timedelta(seconds=61)) is False  # too slow: it is theirs
    assert timing.perform(theirs, at=NOW + timedelta(seconds=61)) is True


def test_readers_do_not_wait_for_the_lease_of_a_worker_that_died():
    article = factories.article(at=NOW)
    timing.run_due(NOW)
    changed(article, "New", NOW + HOUR)
    left = timing.claim(NOW + HOUR)
    assert timing.apply_changes(NOW + HOUR) == 1
    assert Article.objects.get().headline == "New"
    assert timing.perform(left, at=NOW + HOUR) is False


def test_a_clock_that_was_put_back_holds_nothing_up(announced):
    article = factories.article(at=NOW)
    timing.claim(NOW + 2 * HOUR)  # by a worker that died, on a clock two hours ahead
    assert timing.run_due(NOW + timedelta(minutes=1)) == 1
    assert announced == [article.pk]
    assert timing.run_due(NOW) == 0


def test_what_fails_is_tried_again_later_and_given_up_after_five_times_with_its_reason(caplog):
    article = factories.article(at=NOW)
    timing.run_due(NOW)
    name = factories.author()
    from articles.content import Credit

    edit(article, bylines=[Credit(author_id=name.pk)])
    workflow.schedule_change(article, NOW + HOUR, by=None, at=NOW)
    name.delete()
    at, waits = NOW + HOUR, []
    action = DueAction.objects.get(kind="change")
    while action.state != "failed":
        timing.run_due(at)
        action.refresh_from_db()
        waits.append((action.lease_until - at).total_seconds() if action.lease_until else None)
        assert timing.run_due(at) == 0
        at = action.lease_until or at
    assert waits == [30, 60, 90, 120, None]
    assert "An author of the byline is gone" in action.last_error
    assert timing.run_due(at + HOUR) == 0
    agenda.try_again(action, by=None, at=at)
    timing.run_due(at)
    action.refresh_from_db()
    assert (action.state, action.attempts) == ("waiting", 1)


def test_a_readers_failed_attempt_counts_and_the_next_reader_is_not_kept_waiting():
    article = factories.article(at=NOW, headline="Old")
    action = changed(article, "New", NOW + HOUR)
    article.section.articles.update(section=None)
    edit(article)
    DueAction.objects.filter(pk=action.pk).update(revision=None)
    assert timing.apply_changes(NOW + HOUR) == 0
    action.refresh_from_db()
    assert (action.state, action.attempts, action.lease_until) == ("waiting", 1, NOW + HOUR + timedelta(seconds=30))
    assert timing.apply_changes(NOW + HOUR) == 0
    action.refresh_from_db()
    assert action.attempts == 1


def test_history_says_what_appeared_by_itself_whoever_was_first():
    from django.utils import translation

    article = factories.article(at=NOW)
    changed(article, "New", NOW + HOUR)
    with translation.override("ar"):
        timing.apply_changes(NOW + HOUR)
    assert article.transitions.first().said == "Appeared as scheduled"


@MANY
def test_twenty_workers_at_once_publish_once(announced):
    article = factories.article(at=NOW, publish_at=NOW + HOUR)
    results = at_once(20, lambda: timing.run_due(NOW + HOUR))
    assert sorted(map(str, results)) == ["0"] * 19 + ["1"]
    assert announced == [article.pk]
    assert states(article) == [("publish", "done")]
    assert Transition.objects.filter(article=article, to_status="live").count() == 1


@MANY
def test_twenty_readers_at_once_put_a_change_before_readers_once():
    article = factories.article(at=NOW, headline="Old")
    timing.run_due(NOW)
    changed(article, "New", NOW + HOUR)
    results = at_once(20, lambda: timing.apply_changes(NOW + HOUR))
    assert sum(results) == 1
    assert Article.objects.get().headline == "New"
    assert Transition.objects.filter(article=article, what="appeared").count() == 1


@MANY
def test_twenty_who_publish_the_same_story_at_once_publish_once(announced):
    article = factories.draft(at=NOW)
    results = at_once(20, lambda: workflow.publish(article, by=None, at=NOW, revision=1))
    assert [error for error in results if isinstance(error, Exception)] == []
    timing.run_due(NOW)
    assert announced == [article.pk]
    assert Transition.objects.filter(article=article, to_status="live").count() == 1
    assert states(article) == [("publish", "done")]


@MANY
def test_withdrawing_while_a_change_comes_due_ends_in_one_of_two_states():
    for _ in range(5):
        article = factories.article(at=NOW)
        action = changed(article, "New", NOW + HOUR)
        jobs = iter([lambda: timing.apply_changes(NOW + HOUR), None])
        lock = threading.Lock()

        def one_of_two(jobs=jobs, lock=lock, article=article):
            with lock:
                job = next(jobs)
            return job() if job else workflow.withdraw(Article.objects.get(pk=article.pk), by=None, at=NOW + HOUR)

        results = at_once(2, one_of_two)
        assert [error for error in results if isinstance(error, Exception)] == []
        action.refresh_from_db()
        article.refresh_from_db()
        assert (article.status, action.state) in {("withdrawn", "done"), ("withdrawn", "cancelled")}
        DueAction.objects.all().delete()


@MANY
def test_a_reader_waits_a_moment_for_who_writes_and_then_gets_the_page_as_it_stands():
    article = factories.article(at=NOW, headline="Old")
    timing.run_due(NOW)
    changed(article, "New", NOW + HOUR)
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        with transaction.atomic():
            list(DueAction.objects.select_for_update())
            Article.objects.filter(pk=article.pk).update(search_title="held")
            held.set()
            go.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(10)
    import time

    started = time.perf_counter()
    assert timing.apply_changes(NOW + HOUR) == 0
    waited = time.perf_counter() - started
    go.set()
    holder.join()
    assert 0.2 < waited < 5
    assert timing.apply_changes(NOW + HOUR) == 1
    assert Article.objects.get().headline == "New"
    with connection.cursor() as cursor:  # the patience of everybody else is what it was
        cursor.execute("SHOW lock_timeout" if connection.vendor == "postgresql" else "PRAGMA busy_timeout")
        assert cursor.fetchone()[0] in ("0", 20_000)


def test_what_the_database_refuses_does_not_count_as_an_attempt():
    article = factories.article(at=NOW)
    action = changed(article, "New", NOW + HOUR)

    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Transition.objects, "create", full)  # as the driver would
        assert timing.apply_changes(NOW + HOUR) == 0
    action.refresh_from_db()
    assert (action.state, action.attempts, action.last_error) == ("waiting", 0, "")
    assert timing.apply_changes(NOW + HOUR) == 1
