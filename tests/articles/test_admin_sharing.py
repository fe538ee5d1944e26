"""Channels in the admin: the checklist of a story, what a person does there, and secrets that nobody sees again."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from articles import channels, sharing, webhooks, workflow
from articles.models import Channel, ChannelSecret, Delivery, Share
from tests import factories
from tests.articles import network_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = factories.user("Editor")
    client.force_login(user)
    return user


@pytest.fixture
def publisher(client):
    user = factories.user("Publisher")
    client.force_login(user)
    return user


def page(story) -> str:
    return f"/admin/articles/article/{story.pk}/channels/"


def act(client, story, channel, do: str, **data):
    return client.post(f"{page(story)}{channel.pk}/", {"do": do, **data})


def test_before_publication_the_screen_says_who_gets_it_with_which_text(client, editor):
    factories.channel("x", name="The Courier on X")
    factories.channel(name="Asks first", is_automatic=False)
    factories.channel(name="Unticked", is_default=False)
    factories.channel(name="Arabic", language="ar")
    story = factories.draft(headline="The harbour opens at night", standfirst="Ferries run late.")
    text = client.get(page(story)).text
    assert "The Courier on X" in text
    assert "Arabic" not in text
    assert "of 280 characters" in text
    assert "The harbour opens at night" in text
    side = client.get(f"/admin/articles/article/{story.pk}/change/").text
    assert "When it is live" in side
    assert "Texts and links" in side
    review = client.get(f"/admin/articles/article/{story.pk}/move/publish/").text
    assert "Shared then on" in review
    assert "Waits for “Share now”" in review
    assert "Unticked" not in review


def test_a_text_of_its_own_and_a_tick_are_kept_and_a_place_that_is_none_is_refused(client, editor):
    channel, story = factories.channel(), factories.draft()
    assert act(client, story, channel, "decide", is_wanted="on", wording="Our words {url}").status_code == 302
    share = Share.objects.get()
    assert (share.state, share.wording, share.by) == ("chosen", "Our words {url}", editor)
    refused = act(client, story, channel, "decide", is_wanted="on", wording="Mine {titel}")
    assert refused.status_code == 400
    assert "There is no place called {titel}" in refused.text
    assert "Mine {titel}" in refused.text
    act(client, story, channel, "decide", wording="")
    share.refresh_from_db()
    assert share.state == "skipped"
    entry = LogEntry.objects.filter(object_id=str(story.pk)).first()
    assert "Saved." in entry.change_message


def test_the_text_of_the_channel_is_not_copied_to_the_story(client, editor):
    channel, story = factories.channel(wording="{headline} {url}"), factories.draft()
    act(client, story, channel, "decide", is_wanted="on", wording="{headline} {url}\r\n")
    assert Share.objects.get().wording == ""


def test_a_person_shares_tries_again_and_sees_the_link(client, editor, run_jobs, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with network_server.serving() as network:
        channel = factories.channel(address=network.address, is_automatic=False)
        story = factories.article()
        run_jobs()
        network.answers = [(400, "no such chat")]
        assert act(client, story, channel, "send", wording="Read this {url}").status_code == 302
        run_jobs()
        text = client.get(page(story)).text
        assert "no such chat" in text
        assert "Try again" in text
        act(client, story, channel, "send")
        run_jobs()
    text = client.get(page(story)).text
    share = Share.objects.get()
    assert share.text.startswith("Read this http")
    assert share.link in text
    assert "Share now" not in text
    assert act(client, story, channel, "send").status_code == 400


def test_a_link_is_pasted_for_what_was_shared_by_hand(client, editor):
    channel, story = factories.channel("hand", name="Instagram"), factories.article()
    refused = act(client, story, channel, "prove", link="instagram")
    assert refused.status_code == 400
    assert "Paste the whole address" in refused.text
    act(client, story, channel, "prove", link="https://instagram.example/p/1")
    assert "https://instagram.example/p/1" in client.get(page(story)).text
    listed = client.get("/admin/articles/share/").text
    assert "Instagram" in listed
    assert "https://instagram.example/p/1" in listed


def test_a_channel_that_others_went_to_takes_the_next_story_too(client, editor):
    channel = factories.channel("hand", name="Instagram")
    stories = [factories.article() for _n in range(3)]
    for number, story in enumerate(stories):
        assert act(client, story, channel, "prove", link=f"https://instagram.example/p/{number}").status_code == 302
    Channel.objects.update(is_active=False)
    assert act(client, stories[0], channel, "decide", wording="").status_code == 400  # shared already, and said so
    assert act(client, factories.article(), channel, "prove", link="https://instagram.example/p/4").status_code == 404
    assert Share.objects.filter(state="sent").count() == 3


@pytest.mark.parametrize("do", ["", "send", "leave", "nonsense"])
def test_what_cannot_be_done_is_said_and_nothing_happens(client, editor, do):
    channel, story = factories.channel("hand"), factories.draft()
    assert act(client, story, channel, do).status_code in (400, 404)
    assert not Share.objects.exclude(state="skipped").exists()


def test_what_may_be_there_is_sent_again_only_by_a_person_who_looked(client, editor):
    channel, story = factories.channel(), factories.article()
    share = Share.objects.create(article=story, channel=channel, state="unsure", made_at=timezone.now())
    text = client.get(page(story)).text
    assert "It is not there: send it again" in text
    assert "Share now" not in text
    assert act(client, story, channel, "leave").status_code == 302
    share.refresh_from_db()
    assert share.state == "skipped"


def test_reporters_see_no_channels_and_the_ad_desk_those_of_what_was_paid_for(client):
    channel, news = factories.channel(), factories.article()
    reporter = factories.user("Reporter")
    own = factories.draft(by=reporter)
    client.force_login(reporter)
    assert client.get(page(own)).status_code == 403
    assert act(client, own, channel, "decide", is_wanted="on").status_code == 403
    assert "Channels" not in client.get(f"/admin/articles/article/{own.pk}/change/").text
    paid = factories.article(kind="advertorial", sponsor_name="Firm")
    client.force_login(factories.user("Ad manager"))
    assert client.get(page(news)).status_code == 404
    assert act(client, paid, channel, "prove", link="https://x.example/1").status_code == 302
    assert Share.objects.get().article == paid


def test_an_off_channel_of_another_story_is_not_reached(client, editor):
    channel = factories.channel(is_active=False)
    assert act(client, factories.article(), channel, "prove", link="https://x.example/1").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_of_a_story_asks_little_a_channel(client, editor, django_assert_max_num_queries, count):
    for _ in range(count):
        factories.channel("hand")
    story = factories.article()
    with django_assert_max_num_queries(20 + 2 * count):
        client.get(page(story))


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_the_same_whatever_it_holds(client, editor, django_assert_num_queries, count):
    channel = factories.channel()
    for _ in range(count):
        sharing.prove(factories.article(), channel, "https://x.example/1", by=editor, at=timezone.now())
    client.get("/admin/articles/share/")
    with django_assert_num_queries(8):
        client.get("/admin/articles/share/")


# Channels.


def form_of(channel, **changes) -> dict:
    fields = ("name", "language", "stories", "wording", "address", "account")
    values = {name: getattr(channel, name) for name in fields}
    return {**values, "is_active": "on", "is_default": "on", "is_automatic": "on", "sections": [], **changes}


def test_a_channel_is_made_and_its_secret_is_never_shown_again(client, publisher):
    made = client.post("/admin/articles/channel/add/", {"name": "Our Telegram", "kind": "telegram"})
    channel = Channel.objects.get()
    assert made["Location"] == f"/admin/articles/channel/{channel.pk}/change/"
    address = made["Location"]
    assert "Token of the bot is missing." in client.get(address).text
    refused = client.post(address, form_of(channel, account="@courier"))
    assert "It cannot be in use yet. Token of the bot is missing." in refused.text
    saved = client.post(address, form_of(channel, account="@courier", secret_token="123:TOP-SECRET"))
    assert saved.status_code == 302
    channel.refresh_from_db()
    assert channel.is_active
    assert ChannelSecret.objects.get().value == "123:TOP-SECRET"
    client.post(address, form_of(channel, account="@other", secret_token=""))
    assert ChannelSecret.objects.get().value == "123:TOP-SECRET"
    seen = (
        client.get(address).text
        + client.get("/admin/articles/channel/").text
        + client.get(f"{address}../history/").text
    )
    assert "@other" in seen
    assert "TOP-SECRET" not in seen + str(list(LogEntry.objects.values()))


def test_a_secret_goes_to_no_other_server_than_the_one_it_was_given_for(client, publisher, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **more: [(2, 1, 6, "", ("93.184.215.14", 443))])
    channel = factories.channel("mastodon", address="https://social.example", secrets={"token": "TOP-SECRET"})
    page = f"/admin/articles/channel/{channel.pk}/change/"
    assert client.post(page, form_of(channel, address="https://social.example/", wording="{url}")).status_code == 302
    refused = client.post(page, form_of(channel, address="https://mine.example"))
    assert "Type it anew: the one that is kept was given for another server." in refused.text
    channel.refresh_from_db()
    assert channel.address == "https://social.example/"
    moved = client.post(page, form_of(channel, address="https://mine.example", secret_token="MINE"))
    assert moved.status_code == 302
    assert ChannelSecret.objects.get().value == "MINE"


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1:8000/hook", "private network"),
        ("http://localhost/", "private network"),
        ("http://169.254.169.254/latest", "private network"),
        ("http://[::ffff:10.0.0.1]/", "private network"),
        ("ftp://hooks.example/", "begins with https://"),
        ("https://me:secret@hooks.example/", "without a user name"),
    ],
)
def test_an_address_inside_is_refused_in_the_form(client, publisher, address, said):
    channel = factories.channel("webhook", is_active=False, address="")
    answer = client.post(f"/admin/articles/channel/{channel.pk}/change/", form_of(channel, address=address))
    assert said in answer.text
    channel.refresh_from_db()
    assert channel.address == ""


def test_a_place_that_is_none_is_refused_in_the_form(client, publisher):
    channel = factories.channel()
    address = f"/admin/articles/channel/{channel.pk}/change/"
    assert "There is no place called {titel}" in client.post(address, form_of(channel, wording="{titel}")).text


def test_a_key_is_shown_once_and_the_log_of_a_webhook_tells_what_was_answered(client, publisher, run_jobs, settings):
    settings.ALLOW_PRIVATE_ADDRESSES = True
    with network_server.serving() as network:
        channel = factories.channel("webhook", address=network.address)
        address = f"/admin/articles/channel/{channel.pk}"
        made = client.post(f"{address}/key/")
        [new, _old] = channels.signing_keys(channel, at=timezone.now())
        assert new in made.text
        assert "no-store" in made["Cache-Control"]
        network.answers = [(418, "<b>teapot</b>")]
        client.post(f"{address}/test/")
        run_jobs()
        text = client.get(f"{address}/change/").text
        assert "418" in text
        assert "&lt;b&gt;teapot" in text
        assert new not in text
        delivery = Delivery.objects.get()
        client.post(f"{address}/again/{delivery.pk}/")
        run_jobs()
        delivery.refresh_from_db()
        assert (delivery.state, len(network.asked)) == ("delivered", 2)
    for what in ("key", "test", f"again/{delivery.pk}"):
        assert client.get(f"{address}/{what}/").status_code == 405


def test_a_channel_that_we_switched_off_says_why_and_is_taken_up_again(client, publisher):
    channel = factories.channel("webhook", is_active=False, stopped_because="It took nothing for more than a day.")
    address = f"/admin/articles/channel/{channel.pk}/change/"
    assert "It took nothing for more than a day." in client.get(address).text
    assert "Switched off by itself" in client.get("/admin/articles/channel/").text
    data = form_of(channel, address="https://hooks.example/a", tells_published="on")
    assert client.post(address, data).status_code == 302
    channel.refresh_from_db()
    assert (channel.is_active, channel.stopped_because) == (True, "")


def test_editors_do_not_open_channels(client, editor):
    channel = factories.channel("webhook")
    assert client.get("/admin/articles/channel/").status_code == 403
    for what in ("key", "test"):
        assert client.post(f"/admin/articles/channel/{channel.pk}/{what}/").status_code == 403
    assert not Delivery.objects.exists()


def test_today_says_what_a_person_must_look_at(client, publisher):
    story, channel = factories.article(headline="Lost on the way"), factories.channel(name="Our X")
    Share.objects.create(article=story, channel=channel, state="unsure", made_at=timezone.now())
    factories.channel("webhook", name="Archive hook", is_active=False, stopped_because="It took nothing for a day.")
    text = client.get("/admin/").text
    assert "Lost on the way" in text
    assert "Maybe shared" in text
    assert "Archive hook" in text


def test_empty_lists_say_what_to_do(client, publisher):
    assert "Stories are told of nowhere yet" in client.get("/admin/articles/channel/").text
    assert "Nothing was shared yet" in client.get("/admin/articles/share/").text
    assert "No channel gets stories like this one" in client.get(page(factories.draft())).text


def test_a_withdrawn_story_keeps_its_links_and_goes_nowhere_else(client, editor):
    done, other = factories.channel(name="Done"), factories.channel(name="Other")
    story = factories.article()
    sharing.prove(story, done, "https://x.example/1", by=None, at=timezone.now())
    workflow.withdraw(story, by=None, at=timezone.now())
    text = client.get(page(story)).text
    assert "https://x.example/1" in text
    assert 'value="send"' not in text
    assert act(client, story, other, "send").status_code == 400
    assert webhooks.prune(timezone.now()) == 0
