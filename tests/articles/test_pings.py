"""Search engines and hubs hear of what readers see, once for several saves, and never of a draft. The other side is a
real server on this machine."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import pings, workflow
from articles.models import Article, Heartbeat
from newsroom import alarm
from tests import factories

pytestmark = pytest.mark.django_db

KEY = "a-key-of-ours-0123"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def engine(settings):
    """What was told, and `status` to answer with."""

    class Other(BaseHTTPRequestHandler):
        def do_POST(self):
            here.told.append((self.path, self.rfile.read(int(self.headers["Content-Length"])), self.headers))
            self.send_response(here.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    here = ThreadingHTTPServer(("127.0.0.1", 0), Other)
    here.told, here.status = [], 202
    threading.Thread(target=here.serve_forever, daemon=True).start()
    settings.ALLOW_PRIVATE_ADDRESSES = True
    settings.SITE_URL = "https://news.example"
    settings.INDEXNOW_KEY = KEY
    settings.INDEXNOW_ENDPOINT = f"http://127.0.0.1:{here.server_port}/indexnow"
    yield here
    here.shutdown()
    here.server_close()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def later(clock, run_jobs):
    """Let some minutes pass, and have done what is due then."""

    def wait(**span) -> None:
        clock.shift(timedelta(**(span or {"minutes": 2})))
        run_jobs()

    return wait


def jobs_of(job) -> list[DBTaskResult]:
    return list(DBTaskResult.objects.filter(task_path=job.module_path).order_by("enqueued_at"))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_story_that_appears_is_told_in_the_words_of_the_protocol(engine, later):
    story = factories.article()
    later()
    [(path, body, headers)] = engine.told
    assert path == "/indexnow"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(body) == {
        "host": "news.example",
        "key": KEY,
        "keyLocation": f"https://news.example/{KEY}.txt",
        "urlList": [f"https://news.example{story.get_absolute_url()}"],
    }
    assert Heartbeat.objects.filter(name="indexnow").exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_several_saves_are_one_request_and_withdrawing_is_told_too(engine, later, run_jobs):
    story = factories.article()
    run_jobs()  # announces it, as the worker does some seconds later
    for number in range(3):
        revision = factories.edit(story, headline=f"Headline {number}")
        workflow.publish(story, by=None, at=timezone.now(), revision=revision.number)
    later()
    assert len(engine.told) == 1
    later(minutes=10)
    assert len(engine.told) == 1
    workflow.withdraw(story, by=None, at=timezone.now())
    later()
    assert len(engine.told) == 2


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nobody_hears_of_a_draft_or_of_a_story_that_is_still_to_come(engine, later, run_jobs):
    draft = factories.draft()
    workflow.submit(draft, by=None, at=timezone.now())
    factories.article(at=timezone.now(), publish_at=timezone.now() + timedelta(hours=5))
    story = factories.article()
    run_jobs()
    later()
    assert len(engine.told) == 1
    factories.edit(story, headline="A draft behind")
    later()
    assert len(engine.told) == 1
    later(hours=6)  # the scheduled one is public, and announced
    later()
    assert len(engine.told) == 2


def test_without_a_key_and_a_hub_nothing_is_queued(settings):
    assert (settings.INDEXNOW_KEY, settings.WEBSUB_HUB) == ("", "")
    pings.tell(factories.article(), at=timezone.now())
    assert jobs_of(pings.tell_engines) + jobs_of(pings.tell_hub) == []


def test_what_fails_for_now_is_tried_again_and_then_given_up(engine, clock, caplog):
    engine.status = 503
    story = factories.article(at=NOON - timedelta(hours=1))
    answers = [pings.tell_engines.func(article=story.pk, attempt=attempt) for attempt in range(6)]
    assert answers == ["again later: status 503"] * 5 + ["given up: status 503"]
    waits = [(job.run_after - NOON) / timedelta(minutes=1) for job in jobs_of(pings.tell_engines)]
    assert waits == [1, 5, 15, 60, 240]
    assert "given up" in caplog.text
    # What the other side will not hear is not told again.
    engine.status = 403
    assert pings.tell_engines.func(article=story.pk) == "given up: status 403"
    assert len(jobs_of(pings.tell_engines)) == 5


def test_a_job_that_is_done_twice_says_the_same_twice(engine):
    story = factories.article()
    for _ in range(2):
        pings.tell_engines.func(article=story.pk)
    assert engine.told[0][1] == engine.told[1][1]
    Article.objects.filter(pk=story.pk).delete()
    assert pings.tell_engines.func(article=story.pk) == "nothing to tell"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_hub_hears_of_each_feed_once_for_all_stories(engine, later, settings):
    settings.INDEXNOW_KEY = ""
    settings.WEBSUB_HUB = f"http://127.0.0.1:{engine.server_port}/hub"
    for _ in range(3):
        factories.article()
    factories.article(kind="advertorial", sponsor_name="Teneru Mills")
    later()
    later()
    told = [parse_qs(body.decode()) for _path, body, _headers in engine.told]
    addresses = [one["hub.url"][0] for one in told]
    assert len(addresses) == len(set(addresses))
    assert {
        "https://news.example/feed.json",
        "https://news.example/feed/",
        "https://news.example/feed/atom/",
    } < set(addresses)
    assert {one["hub.mode"][0] for one in told} == {"publish"}
    engine.told.clear()
    factories.article(language="ar", headline="عنوان")
    later()
    later()
    assert b"news.example%2Far%2Ffeed%2F" in b" ".join(body for _path, body, _headers in engine.told)


def test_the_operator_hears_what_fails_for_an_hour(engine, clock, client):
    story = factories.article(at=NOON - timedelta(hours=1))
    engine.status = 500
    pings.tell_engines.func(article=story.pk)
    assert alarm.ping_trouble(NOON + timedelta(minutes=59)) is None
    clock.shift(timedelta(minutes=61))
    pings.tell_engines.func(article=story.pk)
    trouble = alarm.ping_trouble(timezone.now())
    assert trouble is not None
    assert trouble.sentence.startswith("Search engines could not be told of stories since ")
    assert client.get("/readyz").json()["pings"] is False
    engine.status = 200
    pings.tell_engines.func(article=story.pk)
    assert alarm.ping_trouble(timezone.now()) is None
    assert client.get("/readyz").json()["pings"] is True


def test_the_file_of_the_key_is_there_with_a_key_and_for_no_other(client, settings):
    assert client.get(f"/{KEY}.txt").status_code == 404
    settings.INDEXNOW_KEY = KEY
    answer = client.get(f"/{KEY}.txt")
    assert (answer.content.decode(), answer["Content-Type"]) == (KEY, "text/plain; charset=utf-8")
    assert client.get(f"/{KEY}x.txt").status_code == 404
    assert client.get("/ads.txt").status_code == 200
