"""A story on its channels: exactly once, only while it is live, and with a link that proves it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles import channels, jobs, networks, sharing, workflow
from articles.models import Article, ChannelSecret, Share
from articles.networks import bluesky, wire
from articles.signals import story_shared
from tests import factories
from tests.articles import network_server
from tests.newsroom.test_worker import killable

pytestmark = pytest.mark.django_db
ALONE = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def network(settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with network_server.serving() as network:
        yield network


@pytest.fixture
def told():
    """What the floors above are told of shares."""
    heard = []

    def hear(article, channel, link, **kwargs):
        heard.append((article.pk, channel, link))

    story_shared.connect(hear)
    yield heard
    story_shared.disconnect(hear)


def live(**fields) -> Article:
    """A story that a worker has yet to announce."""
    words = {"headline": "The harbour opens at night", "standfirst": "Ferries run late."}
    return factories.article(**words | fields)


def states() -> dict[str, str]:
    return dict(Share.objects.values_list("channel__name", "state"))


ACCOUNTS = {"facebook": "1234", "bluesky": "courier.bsky.social"}
LINKS = {
    "telegram": "https://t.me/courier/42",
    "mastodon": "https://mastodon.example/@courier/1000",
    "bluesky": "https://bsky.app/profile/courier.bsky.social/post/",
    "facebook": "https://www.facebook.com/1234_5678",
    "x": "https://x.com/i/web/status/1900",
}


@pytest.mark.parametrize("kind", LINKS)
def test_a_story_that_goes_live_stands_on_the_network_with_its_link(network, run_jobs, told, kind):
    channel = factories.channel(kind, address=network.address, account=ACCOUNTS.get(kind, "@courier"))
    story = live()
    run_jobs()
    share = Share.objects.get()
    assert (share.state, share.attempts) == ("sent", 1), share.answer
    assert share.link.startswith(LINKS[kind])
    assert "The harbour opens at night" in share.text
    assert story.get_absolute_url() in share.text
    assert told == [(story.pk, channel.name, share.link)]
    run_jobs()
    assert len(network.posts) == 1


def test_each_network_is_spoken_to_as_it_documents(network, run_jobs, settings):
    for kind in LINKS:
        factories.channel(kind, name=kind, address=network.address, account=ACCOUNTS.get(kind, "@courier"))
    story = live()
    run_jobs()
    by_path = {one.path.partition("?")[0]: one for one in network.asked}
    secret = {s.channel.name + "." + s.name: s.value for s in ChannelSecret.objects.select_related("channel")}
    address = settings.SITE_URL + story.get_absolute_url()
    telegram = by_path[f"/bot{secret['telegram.token']}/sendMessage"].json
    assert telegram["chat_id"] == "@courier"
    assert telegram["link_preview_options"] == {"url": telegram["text"].split()[-1]}
    mastodon = by_path["/api/v1/statuses"]
    assert mastodon.headers["Authorization"] == f"Bearer {secret['mastodon.token']}"
    assert mastodon.json["language"] == "en"
    record = by_path["/xrpc/com.atproto.repo.createRecord"].json["record"]
    [facet] = record["facets"]
    start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
    assert (
        record["text"].encode()[start:end].decode() == facet["features"][0]["uri"] == record["embed"]["external"]["uri"]
    )
    facebook = by_path["/1234/feed"].form
    assert facebook["access_token"] == secret["facebook.token"]
    assert facebook["link"].endswith(story.get_absolute_url())
    assert by_path["/2/tweets"].headers["Authorization"].startswith('OAuth oauth_consumer_key="secret-api_key')
    assert all(address in str(one) for one in (telegram, record, facebook))


def test_a_facet_counts_bytes_and_not_letters():
    text = "الميناء 🚢 https://news.example/a"
    [facet] = bluesky.facets(text, "https://news.example/a")
    start = facet["index"]["byteStart"]
    assert text.encode()[start : facet["index"]["byteEnd"]] == b"https://news.example/a"
    assert start > text.index("https")


def test_a_key_of_bluesky_is_a_timestamp_identifier():
    at = timezone.now()
    first, later = bluesky.record_key(at, 5), bluesky.record_key(at + timedelta(microseconds=1), 5)
    assert len(first) == 13
    assert first < later
    assert bluesky.record_key(at, 5) == first != bluesky.record_key(at, 6)


def test_a_sponsored_story_carries_its_label_first_everywhere(network, run_jobs):
    for kind in LINKS:
        factories.channel(kind, address=network.address, account=ACCOUNTS.get(kind, "@c"), wording="{headline} {url}")
    live(kind="advertorial", sponsor_name="Teneru Mills")
    run_jobs()
    texts = list(Share.objects.values_list("text", flat=True))
    assert len(texts) == len(LINKS)
    assert all(text.startswith("Paid for by Teneru Mills\n") for text in texts)


def test_channels_get_the_stories_they_want(network, run_jobs):
    section, sub = factories.section(), factories.section()
    sub.parent = section
    sub.save()
    common = {"address": network.address}
    factories.channel(name="arabic", language="ar", **common)
    factories.channel(name="paid", stories="sponsored", **common)
    factories.channel(name="news", stories="news", **common)
    factories.channel(name="section", **common).sections.add(section)
    factories.channel(name="other section", **common).sections.add(factories.section())
    factories.channel(name="off", is_active=False, **common)
    factories.channel(name="unticked", is_default=False, **common)
    live(section_id=sub.pk)
    run_jobs()
    assert states() == {"news": "sent", "section": "sent"}


def test_what_asks_first_or_is_done_by_hand_waits_for_a_person(network, run_jobs, told):
    asks = factories.channel(name="asks", is_automatic=False, address=network.address)
    by_hand = factories.channel("hand", name="hand")
    story = live()
    run_jobs()
    assert states() == {"asks": "waiting", "hand": "waiting"}
    assert network.asked == []
    editor = factories.user("Editor")
    sharing.share_now(story, asks, by=editor, at=timezone.now())
    with pytest.raises(sharing.ShareRefused, match="paste the link"):
        sharing.share_now(story, by_hand, by=editor, at=timezone.now())
    sharing.prove(story, by_hand, " https://instagram.example/p/1 ", by=editor, at=timezone.now())
    run_jobs()
    assert states() == {"asks": "sent", "hand": "sent"}
    assert [link for _pk, _name, link in told] == [
        "https://instagram.example/p/1",
        Share.objects.get(channel=asks).link,
    ]
    assert set(Share.objects.values_list("by", flat=True)) == {editor.pk}


@pytest.mark.parametrize("link", ["", "instagram", "javascript:alert(1)", "https://x.example/" + "a" * 500])
def test_what_is_no_link_proves_nothing(link):
    channel, story = factories.channel("hand"), live()
    with pytest.raises(sharing.ShareRefused):
        sharing.prove(story, channel, link, by=None, at=timezone.now())
    assert not Share.objects.exists()


def test_what_somebody_decided_beforehand_holds(network, run_jobs):
    words = factories.channel(name="words", address=network.address)
    out = factories.channel(name="out", address=network.address)
    added = factories.channel(name="added", address=network.address, is_default=False)
    story, now = factories.draft(), timezone.now()
    sharing.decide(story, words, is_wanted=True, wording="Our own words", by=None, at=now)
    sharing.decide(story, out, is_wanted=False, wording="", by=None, at=now)
    sharing.decide(story, added, is_wanted=True, wording="", by=None, at=now)
    with pytest.raises(sharing.ShareRefused, match="title"):
        sharing.decide(story, words, is_wanted=True, wording="{title}", by=None, at=now)
    assert network.asked == []
    workflow.publish(story, by=None, at=now)
    run_jobs()
    assert states() == {"words": "sent", "out": "skipped", "added": "sent"}
    assert Share.objects.get(channel=words).text.startswith("Our own words\nhttp")
    with pytest.raises(sharing.ShareRefused):
        sharing.decide(story, words, is_wanted=False, wording="", by=None, at=now)


def test_a_scheduled_story_is_shared_when_it_goes_live_and_not_before(network, run_jobs):
    factories.channel(address=network.address)
    now = timezone.now()
    story = factories.draft(publish_at=now + timedelta(hours=2))
    workflow.publish(story, by=None, at=now)
    run_jobs()
    assert (states(), network.asked) == ({}, [])
    with time_machine.travel(now + timedelta(hours=2, seconds=1)):
        run_jobs()
    assert list(states().values()) == ["sent"]


def test_what_is_dated_back_goes_nowhere_by_itself_and_what_was_chosen_waits(network, run_jobs):
    factories.channel(name="usual", address=network.address)
    chosen = factories.channel(name="chosen", address=network.address)
    now = timezone.now()
    story = factories.draft(publish_at=now - timedelta(days=3))
    sharing.decide(story, chosen, is_wanted=True, wording="", by=None, at=now)
    workflow.publish(story, by=None, at=now)
    run_jobs()
    assert (states(), network.asked) == ({"chosen": "waiting"}, [])


def test_a_story_withdrawn_before_its_turn_is_not_shared(network):
    channel, story = factories.channel(address=network.address), live()
    share = sharing.share_now(story, channel, by=None, at=timezone.now())
    workflow.withdraw(story, by=None, at=timezone.now())
    assert sharing.send.func(share=share.pk, attempt=0) == "skipped"
    share.refresh_from_db()
    assert (network.asked, share.state) == ([], "skipped")
    assert "did not have the story" in share.answer
    with pytest.raises(sharing.ShareRefused, match="live"):
        sharing.share_now(story, channel, by=None, at=timezone.now())


def test_a_busy_network_is_asked_again_later_and_then_has_it_once(network, run_jobs):
    factories.channel(address=network.address)
    network.answers = [(429, "slow down"), (503, "closed")]
    now = timezone.now()
    live()
    run_jobs()
    share = Share.objects.get()
    assert share.state == "queued"
    assert "429" in share.answer
    for minutes in (1, 7):
        with time_machine.travel(now + timedelta(minutes=minutes, seconds=9)):
            run_jobs()
    share.refresh_from_db()
    assert (share.state, share.attempts, share.answer) == ("sent", 3, "")


def test_a_network_that_says_no_is_asked_once_and_its_reason_stands_there_without_the_secret(network, run_jobs):
    channel = factories.channel("bluesky", address=network.address, secrets={"password": "wrong-and-secret"})
    network.answers = [(400, "no such chat for wrong-and-secret")]
    telegram = factories.channel(address=network.address, secrets={"token": "wrong-and-secret"})
    live()
    run_jobs()
    failed = {share.channel_id: share for share in Share.objects.all()}
    assert {share.state for share in failed.values()} == {"failed"}
    assert "Invalid identifier or password" in failed[channel.pk].answer
    assert "no such chat for …" in failed[telegram.pk].answer
    jobs = str(list(DBTaskResult.objects.values_list("args_kwargs", "traceback", "return_value")))
    assert "wrong-and-secret" not in jobs + str([share.answer for share in failed.values()])


@pytest.mark.parametrize("answer", [None, (500, "broke"), (502, "bad gateway"), (200, "<html>")])
def test_where_nobody_knows_what_came_of_it_a_person_looks_before_it_is_sent_again(network, run_jobs, answer):
    channel = factories.channel(address=network.address)
    network.answers = [answer]
    story, now = live(), timezone.now()
    run_jobs()
    assert Share.objects.get().state == "unsure"
    with time_machine.travel(now + timedelta(days=2)):
        run_jobs()
    assert len(network.posts) == 1
    sharing.share_now(story, channel, by=None, at=timezone.now())
    run_jobs()
    assert Share.objects.get().state == "sent"
    assert len(network.posts) == 2


@pytest.mark.parametrize("kind", ["mastodon", "bluesky"])
def test_networks_that_know_a_repetition_are_asked_again_and_have_it_once(network, run_jobs, kind):
    factories.channel(kind, address=network.address)
    network.answers = [None]
    now = timezone.now()
    live()
    run_jobs()
    assert Share.objects.get().state == "queued"
    with time_machine.travel(now + timedelta(minutes=2)):
        run_jobs()
    assert Share.objects.get().state == "sent"
    assert len(network.records) + len(network.statuses) == 1


def test_a_mastodon_server_that_forgot_the_key_is_not_asked_again(network, run_jobs):
    factories.channel("mastodon", address=network.address)
    network.answers = [None]
    now = timezone.now()
    live()
    run_jobs()
    with time_machine.travel(now + timedelta(hours=2)):
        Share.objects.update(state="sending")  # a worker took it, and died
        DBTaskResult.objects.filter(task_path=sharing.send.module_path).update(run_after=timezone.now())
        run_jobs()
    assert Share.objects.get().state == "unsure"
    assert len(network.posts) == 1


@pytest.mark.parametrize(
    ("kind", "state", "posts"), [("telegram", "unsure", 1), ("bluesky", "sent", 1), ("x", "unsure", 1)]
)
def test_a_worker_killed_between_the_call_and_its_note_doubles_nothing(network, kind, state, posts):
    """The claim is there, the network has the post, and the answer was never written down."""
    channel, story = factories.channel(kind, address=network.address), live()
    share = sharing.share_now(story, channel, by=None, at=timezone.now())
    message, _why = sharing._message(share, is_repeated=False, at=timezone.now())
    assert sharing._claim(share, message.text, at=timezone.now(), is_repeated=False)
    networks.of(channel).post(message)
    assert sharing.send.func(share=share.pk, attempt=0) == "taken"  # the worker may live
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        assert sharing.send.func(share=share.pk, attempt=0) == state
    assert len(network.posts) == posts
    share.refresh_from_db()
    assert bool(share.link) == (state == "sent")


@ALONE
@pytest.mark.parametrize(("kind", "state"), [("telegram", "unsure"), ("bluesky", "sent"), ("mastodon", "sent")])
def test_a_worker_killed_after_the_network_took_a_post_leaves_it_there_once(network, kind, state):
    channel, story = factories.channel(kind, address=network.address), live()
    sharing.share_now(story, channel, by=None, at=timezone.now())
    with killable(ALLOW_PRIVATE_ADDRESSES="1") as start:
        start("share", kill=True)
        share = Share.objects.get()
        assert (share.state, len(network.posts)) == ("sending", 1)
        Share.objects.update(claimed_at=share.claimed_at - timedelta(minutes=1))  # a minute passes
        jobs.revive(timezone.now() + timedelta(seconds=41))
        start("work", kill=False)
        start("work", kill=False)
    share.refresh_from_db()
    assert share.state == state
    assert len(network.statuses) + len(network.records) + len([p for p in network.posts if "bot" in p.path]) == 1


def test_a_share_whose_job_is_lost_is_found(network):
    story = live()
    share = sharing.share_now(story, factories.channel(address=network.address), by=None, at=timezone.now())
    sharing._claim(share, "text", at=timezone.now(), is_repeated=False)
    assert sharing.look_after(timezone.now() + timedelta(minutes=20)) == 0
    assert sharing.look_after(timezone.now() + timedelta(minutes=31)) == 1
    assert Share.objects.get().state == "unsure"


@ALONE
def test_twenty_workers_share_once(network, at_once):
    channel, story = factories.channel(address=network.address), live()
    share = sharing.share_now(story, channel, by=None, at=timezone.now())
    assert at_once(20, lambda: sharing.send.func(share=share.pk, attempt=0)) == []
    share.refresh_from_db()
    assert (share.state, share.attempts, len(network.posts)) == ("sent", 1, 1)


@ALONE
def test_twenty_people_press_share_now_and_it_is_shared_once(network, at_once, run_jobs):
    channel, story = factories.channel(address=network.address), live()
    errors = at_once(20, lambda: sharing.share_now(story, channel, by=None, at=timezone.now()))
    assert len(errors) == 19
    assert {type(error) for error in errors} == {sharing.ShareRefused}
    run_jobs()
    assert len(network.posts) == 1


def test_nothing_of_a_draft_is_in_any_request(network, run_jobs):
    for kind in LINKS:
        factories.channel(kind, address=network.address, account=ACCOUNTS.get(kind, "@courier"))
    factories.channel("webhook", address=network.address, with_body=True)
    canary = "zanzaranth"
    factories.draft(headline=canary, standfirst=canary, body=f"<p>{canary}</p>")
    shown = live()
    factories.edit(shown, headline=canary, standfirst=canary, body=f"<p>{canary}</p>")
    gone = live(standfirst=canary)
    workflow.withdraw(gone, by=None, at=timezone.now())
    run_jobs()
    assert len(network.posts) >= len(LINKS) + 1
    assert canary not in str([(one.path, one.headers, one.body.decode()) for one in network.asked])


def test_a_private_address_is_refused_when_sending():
    with network_server.serving() as network:
        channel, story = factories.channel("mastodon", address=network.address), live()
        share = sharing.share_now(story, channel, by=None, at=timezone.now())
        assert sharing.send.func(share=share.pk, attempt=0) == "failed"
        assert network.asked == []
    assert "private network" in Share.objects.get().answer


def test_a_secret_of_the_environment_comes_first_and_what_is_missing_is_said(settings):
    channel = factories.channel("x")
    ChannelSecret.objects.all().delete()
    assert channels.missing(channel) == [
        "API key is missing.",
        "API key secret is missing.",
        "Access token is missing.",
        "Access token secret is missing.",
    ]
    channels.keep_secrets(channel, {"api_key": "of the database", "api_secret": ""}, at=timezone.now())
    settings.CHANNEL_SECRETS = {channels.setting_of(channel, "api_key"): "of the environment"}
    assert channels.secrets_of(channel) == {"api_key": "of the environment"}
    assert channels.sources_of(channel)["api_key"] == "environment"
    story = live()
    with pytest.raises(sharing.ShareRefused, match="API key secret is missing"):
        sharing.share_now(story, channel, by=None, at=timezone.now())


def test_only_legal_moves_are_made():
    story, channel = live(), factories.channel()
    for origin in Share.State:
        for target in Share.State:
            Share.objects.all().delete()
            times = {"sent_at": timezone.now()} if origin == "sent" else {}
            share = Share.objects.create(article=story, channel=channel, state=origin, made_at=timezone.now(), **times)
            values = {"sent_at": timezone.now()} if target == "sent" else {}
            if target in Share.MOVES[origin]:
                sharing._move(share, target, **values)
            else:
                with pytest.raises(sharing.ShareRefused):
                    sharing._move(share, target, **values)


APPRISE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")


@APPRISE
@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1/",
        "xmls://localhost",
        "discord://",
        "nonsense",
        "",
        "discord://[",
        # Apprise would read a template from there, and post it.
        f"discord://123456789012345678/{'A' * 60}/?template=http://169.254.169.254/latest",
        f"discord://123456789012345678/{'A' * 60}/?template=file:///etc/hostname",
    ],
)
def test_apprise_is_led_to_no_server_that_somebody_typed(url):
    with pytest.raises(networks.apprise.Absent):
        networks.apprise.check(url)


@APPRISE
def test_another_service_gets_the_story_through_apprise(network, run_jobs):
    channel = factories.channel("apprise", secrets={"url": network.address.replace("http://", "json://")})
    live()
    run_jobs()
    assert Share.objects.get().state == "sent"
    assert "The harbour opens" in network.posts[0].json["message"]
    network.answers = [(400, "no")]
    message, _why = sharing._message(Share.objects.get(), is_repeated=False, at=timezone.now())
    with pytest.raises(wire.NotShared):
        networks.of(channel).post(message)
