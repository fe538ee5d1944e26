"""The verbs of a subscription, over every state."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsroom.audience import known, letters, subscribing, suppressing
from newsroom.audience.models import Consent, Delivery, Issue, Subscriber, Suppression
from newsroom.audience.subscribing import Refused, TooLate, Where, wish_for
from tests import factories
from tests.newsroom import mailing

pytestmark = pytest.mark.django_db

State = Subscriber.State
WHERE = Where("/newsletter/", "abc")


def ask(email: str, *newsletters, at=None, **more) -> None:
    subscribing.sign_up(
        email, wish_for(newsletters), said="Yes.", where=WHERE, by=None, at=at or timezone.now(), **more
    )


@pytest.mark.parametrize("to", State.values)
@pytest.mark.parametrize("state", State.values)
def test_a_state_changes_only_as_the_table_of_moves_says(state, to):
    reader = factories.subscriber(factories.newsletter(), state=state)
    assert reader.state == state
    fields = {"confirmed_at": timezone.now()} if to == State.CONFIRMED else {}
    moved = subscribing._move(reader, to, **fields)
    assert (moved, reader.state) == ((True, to) if to in Subscriber.MOVES[state] else (False, state))


def test_a_sign_up_asks_and_subscribes_nobody(run_jobs):
    letter = factories.newsletter(name="Harbour")
    ask("New@Reader.EXAMPLE", letter)
    reader = Subscriber.objects.get()
    assert (reader.email, reader.state) == ("New@reader.example", State.PENDING)
    assert not Subscriber.objects.reachable().exists()
    consent = reader.consents.get()
    assert (consent.kind, consent.said, consent.source, consent.network) == ("asked", "Yes.", "/newsletter/", "abc")
    run_jobs()
    [sent] = mail.outbox
    assert sent.to == ["New@reader.example"]
    assert "- Harbour" in sent.body
    assert "http://testserver/newsletter/confirm/" in sent.body


def test_no_secret_address_lies_in_the_queue(run_jobs):
    ask("new@reader.example", factories.newsletter())
    assert "/newsletter/confirm/" not in json.dumps(DBTaskResult.objects.get().args_kwargs)


def test_one_address_gets_one_mail_a_day_whoever_asks_how_often(run_jobs):
    at, letter = timezone.now(), factories.newsletter()
    for number in range(100):
        ask("Victim@reader.example" if number % 2 else "victim@reader.example", letter, at=at)
        subscribing.send_link("victim@reader.example", at=at)
    run_jobs()
    assert len(mail.outbox) == 1
    assert Consent.objects.count() == 1
    ask("victim@reader.example", letter, at=at + timedelta(hours=23))
    run_jobs()
    assert len(mail.outbox) == 1
    ask("victim@reader.example", letter, at=at + timedelta(hours=25))
    run_jobs()
    assert len(mail.outbox) == 2


def test_many_addresses_together_get_no_more_than_the_hour_allows(settings):
    settings.READER_MAILS_PER_HOUR = 3
    at, letter = timezone.now(), factories.newsletter()
    for number in range(3):
        assert not letters.is_busy(at)
        ask(f"victim-{number}@reader.example", letter, at=at)
    assert letters.is_busy(timezone.now())
    assert not letters.is_busy(timezone.now() + timedelta(hours=2))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_sign_ups_of_one_address_at_the_same_moment_make_one_reader_and_one_mail(at_once):
    letter = factories.newsletter()
    assert at_once(6, lambda: ask("new@reader.example", letter)) == []
    assert Subscriber.objects.count() == 1
    assert DBTaskResult.objects.count() == 1


def test_a_stranger_changes_nothing_of_what_a_reader_gets(run_jobs):
    has, other = factories.newsletter(), factories.newsletter()
    reader = factories.subscriber(has, email="amina@reader.example", name="Amina")
    run_jobs()
    mail.outbox.clear()
    ask("AMINA@reader.example", other, at=timezone.now() + timedelta(days=2))
    reader.refresh_from_db()
    assert (reader.state, reader.name, list(reader.newsletters.all())) == (State.CONFIRMED, "Amina", [has])
    run_jobs()
    [sent] = mail.outbox
    assert "/newsletter/mine/" in sent.body
    assert "nothing has changed" in sent.body


def test_who_left_is_asked_again_and_not_simply_subscribed(run_jobs):
    letter = factories.newsletter()
    reader = factories.subscriber(letter, state="unsubscribed")
    ask(reader.email, letter, at=timezone.now() + timedelta(days=2))
    reader.refresh_from_db()
    assert reader.state == State.PENDING
    run_jobs()
    assert "/newsletter/confirm/" in mail.outbox[-1].body


@pytest.mark.parametrize("reason", Suppression.Reason.values)
def test_a_suppressed_address_gets_no_mail_whoever_types_it(run_jobs, reason):
    suppressing.put("gone@reader.example", reason=reason, at=timezone.now())
    ask("Gone@Reader.example", factories.newsletter())
    subscribing.send_link("gone@reader.example", at=timezone.now())
    run_jobs()
    assert (mail.outbox, Subscriber.objects.count()) == ([], 0)


def test_the_hash_of_a_suppressed_address_outlives_a_change_of_the_secret(settings):
    suppressing.put("gone@reader.example", reason="erased", at=timezone.now())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert suppressing.of("GONE@reader.example")
    assert suppressing.among(["x@reader.example", "Gone@reader.example"]) == {"gone@reader.example"}
    assert suppressing.lift("gone@reader.example")
    assert not suppressing.of("gone@reader.example")


def test_what_looks_like_spam_is_kept_and_mails_nobody(run_jobs):
    ask("new@reader.example", factories.newsletter(), suspicion="filled in a hidden field")
    reader = Subscriber.objects.get()
    assert (reader.state, reader.suspected) == (State.PENDING, "filled in a hidden field")
    run_jobs()
    assert mail.outbox == []
    subscribing.ask_again(reader, by=factories.user("Publisher"), at=timezone.now())
    reader.refresh_from_db()
    run_jobs()
    assert (reader.suspected, len(mail.outbox)) == ("", 1)


def test_spam_takes_nothing_from_a_reader_who_is_there():
    reader = factories.subscriber(factories.newsletter())
    ask(reader.email, factories.newsletter(), suspicion="filled in a hidden field")
    reader.refresh_from_db()
    assert (reader.state, reader.suspected) == (State.CONFIRMED, "")


def test_the_yes_is_kept_with_its_words_and_counts_once():
    reader = factories.subscriber(factories.newsletter(), state="pending")
    for _twice in range(2):
        subscribing.confirm(reader, said="I want these.", where=WHERE, by=None, at=timezone.now())
    assert Subscriber.objects.reachable().get() == reader
    assert list(reader.consents.filter(kind="confirmed").values_list("said", "network")) == [("I want these.", "abc")]


def test_a_link_that_asks_is_good_for_seven_days():
    reader = factories.subscriber(factories.newsletter(), state="pending")
    with pytest.raises(TooLate, match="seven days"):
        subscribing.confirm(reader, said="", where=WHERE, by=None, at=timezone.now() + timedelta(days=7, minutes=1))
    assert not Subscriber.objects.reachable().exists()


def test_an_old_link_subscribes_nobody_who_left_since():
    reader = factories.subscriber(factories.newsletter(), state="unsubscribed")
    with pytest.raises(Refused, match="unsubscribed since"):
        subscribing.confirm(reader, said="", where=WHERE, by=None, at=timezone.now())


def test_choosing_says_what_changed_and_nothing_where_nothing_did():
    one, two = factories.newsletter(), factories.newsletter()
    reader, at = factories.subscriber(one), timezone.now()
    wish = wish_for([two, one], language="ar", name="ليلى", most_often="weekly")
    assert subscribing.choose(reader, wish, said="Both.", where=WHERE, by=None, at=at)
    assert not subscribing.choose(reader, wish, said="Both.", where=WHERE, by=None, at=at)
    reader.refresh_from_db()
    assert (reader.language, reader.name, reader.most_often) == ("ar", "ليلى", "weekly")
    assert set(reader.newsletters.all()) == {one, two}
    assert reader.consents.filter(kind="changed").count() == 1


def test_choosing_nothing_is_leaving():
    reader = factories.subscriber(factories.newsletter())
    assert subscribing.choose(reader, wish_for([]), said="", where=WHERE, by=None, at=timezone.now())
    reader.refresh_from_db()
    assert (reader.state, reader.newsletters.count()) == (State.UNSUBSCRIBED, 0)
    assert reader.left_at


@pytest.mark.parametrize(("reason", "may"), [("bounce", True), ("complaint", True), ("staff", False)])
def test_a_reader_takes_back_a_bounce_but_not_what_the_newsroom_decided(reason, may):
    letter = factories.newsletter()
    reader = factories.subscriber(letter)
    subscribing.suppress(reader, reason=reason, by=None, at=timezone.now())
    wish = wish_for([letter])
    if may:
        subscribing.choose(reader, wish, said="Again.", where=WHERE, by=None, at=timezone.now())
    else:
        with pytest.raises(Refused, match="does not write"):
            subscribing.choose(reader, wish, said="Again.", where=WHERE, by=None, at=timezone.now())
    assert Subscriber.objects.reachable().exists() is may
    assert (suppressing.of(reader.email) is None) is may


@pytest.mark.parametrize("state", State.values)
def test_leaving_works_from_every_state_and_twice_is_once(state):
    letter = factories.newsletter()
    reader = factories.subscriber(letter, state=state)
    for _twice in range(2):
        subscribing.leave(reader, letter, where=WHERE, by=None, at=timezone.now())
    reader.refresh_from_db()
    assert reader.state == (State.SUPPRESSED if state == State.SUPPRESSED else State.UNSUBSCRIBED)
    assert reader.newsletters.count() == 0
    assert reader.consents.filter(kind="left").count() == 1


def test_leaving_one_of_two_keeps_the_other():
    one, two = factories.newsletter(), factories.newsletter()
    reader = factories.subscriber(one, two)
    assert subscribing.leave(reader, one, where=WHERE, by=None, at=timezone.now())
    reader.refresh_from_db()
    assert (reader.state, list(reader.newsletters.all())) == (State.CONFIRMED, [two])


def test_a_new_address_counts_once_it_said_yes(run_jobs):
    reader, at = factories.subscriber(factories.newsletter(), email="old@reader.example"), timezone.now()
    subscribing.ask_new_address(reader, "new@Reader.example", where=WHERE, at=at)
    reader.refresh_from_db()
    assert (reader.email, reader.new_email) == ("old@reader.example", "new@reader.example")
    run_jobs()
    assert mail.outbox[-1].to == ["new@reader.example"]
    assert "/newsletter/address/" in mail.outbox[-1].body
    with pytest.raises(Refused, match="today already"):
        subscribing.ask_new_address(reader, "third@reader.example", where=WHERE, at=at)
    with pytest.raises(TooLate):
        subscribing.take_new_address(reader, where=WHERE, at=at + timedelta(days=8))
    subscribing.take_new_address(reader, where=WHERE, at=at)
    assert (reader.email, reader.new_email) == ("new@reader.example", "")


def test_an_address_that_somebody_has_gets_no_mail_and_is_not_given_away(run_jobs):
    other = factories.subscriber(factories.newsletter(), email="other@reader.example")
    reader = factories.subscriber(factories.newsletter())
    run_jobs()
    mail.outbox.clear()
    subscribing.ask_new_address(reader, "OTHER@reader.example", where=WHERE, at=timezone.now())
    run_jobs()
    assert mail.outbox == []
    Subscriber.objects.filter(pk=reader.pk).update(new_email=other.email, new_email_at=timezone.now())
    reader.refresh_from_db()
    with pytest.raises(Refused, match="already"):
        subscribing.take_new_address(reader, where=WHERE, at=timezone.now())


def test_a_suppression_is_lifted_by_the_newsroom_and_subscribes_nobody():
    reader = factories.subscriber(factories.newsletter(), state="suppressed")
    assert subscribing.release(reader, by=None, at=timezone.now())
    reader.refresh_from_db()
    assert (reader.state, Suppression.objects.count()) == (State.UNSUBSCRIBED, 0)


def test_who_is_forgotten_leaves_a_count_and_a_hash():
    letter = factories.newsletter()
    reader = factories.subscriber(letter, email="amina@reader.example", name="Amina")
    issue = Issue.objects.create(newsletter=letter, subject="S", created_at=timezone.now())
    Delivery.objects.create(issue=issue, subscriber=reader, state="sent")
    LogEntry.objects.log_actions(factories.user("Publisher").pk, [reader], 2, single_object=True)
    subscribing.erase(reader, by=None, at=timezone.now())
    assert (Subscriber.objects.count(), Consent.objects.count()) == (0, 0)
    assert [delivery.subscriber_id for delivery in issue.deliveries.all()] == [None]
    assert "amina" not in LogEntry.objects.get().object_repr
    assert "amina" not in str(Suppression.objects.values())
    assert suppressing.of("Amina@reader.example").reason == "erased"


def test_the_wish_to_be_forgotten_is_stronger_than_a_bounce():
    reader = factories.subscriber(factories.newsletter())
    subscribing.suppress(reader, reason="bounce", by=None, at=timezone.now(), note="550 no such user x@y.example")
    subscribing.erase(reader, by=None, at=timezone.now())
    assert list(Suppression.objects.values_list("reason", "note")) == [("erased", "")]


def test_who_never_confirmed_is_on_file_for_a_month():
    at, letter = timezone.now(), factories.newsletter()
    never = factories.subscriber(letter, state="pending", at=at - timedelta(days=31))
    lately = factories.subscriber(letter, state="pending", at=at - timedelta(days=29))
    again = factories.subscriber(letter, state="unsubscribed", at=at - timedelta(days=90))
    Subscriber.objects.filter(pk=again.pk).update(state=State.PENDING, asked_at=at - timedelta(days=31))
    assert subscribing.forget_unconfirmed(at) > 0
    assert not Subscriber.objects.filter(pk=never.pk).exists()
    assert Subscriber.objects.get(pk=lately.pk).state == State.PENDING
    assert Subscriber.objects.get(pk=again.pk).state == State.UNSUBSCRIBED


def test_a_reader_gets_all_that_is_on_file():
    letter = factories.newsletter(name="Harbour")
    reader = factories.subscriber(letter, email="amina@reader.example", name="Amina")
    issue = Issue.objects.create(newsletter=letter, subject="Ferries", created_at=timezone.now())
    Delivery.objects.create(issue=issue, subscriber=reader, state="sent", sent_at=timezone.now())
    told = json.loads(json.dumps(known.known(reader, at=timezone.now())))
    assert (told["email"], told["name"], told["newsletters"]) == ("amina@reader.example", "Amina", ["Harbour"])
    assert [consent["what"] for consent in told["consents"]] == ["asked", "confirmed"]
    assert [(one["subject"], one["state"]) for one in told["mails"]] == [("Ferries", "sent")]
    # Every column of a reader is told, but for the one that links are made with and what staff think.
    unsaid = {"id", "key", "suspected", "asked_at", "new_email_at"}
    told_as = {"created_at": "asked", "confirmed_at": "confirmed", "left_at": "left", "most_often": "how_often"}
    columns = {field.name for field in Subscriber._meta.concrete_fields} - unsaid
    assert {told_as.get(name, name) for name in columns} <= set(told)


def test_asking_for_an_address_that_somebody_has_leaves_the_same_traces_as_any_other(run_jobs):
    """Or anybody could find out whether an address is subscribed, one after another."""
    factories.subscriber(factories.newsletter(), email="other@reader.example")
    at, seen = timezone.now(), []
    for email in ("other@reader.example", "nobody@reader.example"):
        reader = factories.subscriber(factories.newsletter())
        subscribing.ask_new_address(reader, email, where=WHERE, at=at)
        reader.refresh_from_db()
        with pytest.raises(Refused) as second:
            subscribing.ask_new_address(reader, "third@reader.example", where=WHERE, at=at)
        facts = known.known(reader, at=at)
        seen.append((reader.new_email == email, str(second.value), len(facts["consents"]), facts["new_email"] == email))
    assert seen[0] == seen[1]
    assert seen[0][0]


def test_nothing_that_a_mail_server_said_of_a_forgotten_reader_stays():
    letter = mailing.newsletter()
    issue = mailing.issue(letter)
    mailing.delivered(issue)
    for row in issue.deliveries.select_related("subscriber"):
        subscribing.erase(row.subscriber, by=None, at=timezone.now())
    assert set(issue.deliveries.values_list("error", flat=True)) == {""}
    assert issue.deliveries.count() == len(Delivery.State.values)


def test_no_mail_to_a_forgotten_reader_stays_in_the_queue_sent_or_not(run_jobs):
    stays = factories.subscriber(factories.newsletter(), email="stays@reader.example")
    run_jobs()
    reader = factories.subscriber(factories.newsletter(), email="amina@reader.example")
    subscribing.ask_new_address(reader, "amina@other.example", where=WHERE, at=timezone.now())
    assert DBTaskResult.objects.count() == 3
    reader.refresh_from_db()
    subscribing.erase(reader, by=None, at=timezone.now())
    left = [job.args_kwargs["kwargs"]["to"] for job in DBTaskResult.objects.all()]
    assert left == [[stays.email]]
