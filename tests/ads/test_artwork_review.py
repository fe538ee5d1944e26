"""From what an advertiser sends to what readers see, with a person in between."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ads import artwork, artwork_reminders, artwork_review, plan
from ads.models import AdRequest, Booking, Creative
from articles.models.media import private_storage
from tests import factories

pytestmark = pytest.mark.django_db

Status = Creative.Status
SIZE = (300, 250)


@pytest.fixture
def booking():
    """A booking of a deal that runs today, without artwork."""
    deal = factories.deal("live")
    found = deal.bookings.select_related("position", "request", "advertiser").get()
    today = timezone.localdate()
    Booking.objects.filter(pk=found.pk).update(first_day=today, last_day=today + timedelta(days=6))
    found.refresh_from_db()
    return found


def send(booking: Booking, colour: str = "teal", **fields) -> Creative:
    return factories.creative(booking, colour=colour, **fields)


def approve(creative: Creative) -> None:
    artwork_review.approve(creative, by=None, at=timezone.now())


def refuse(creative: Creative, reason: str = "Your prices are not readable.") -> Creative | None:
    return artwork_review.refuse(creative, by=None, at=timezone.now(), reason=reason)


def seen(client) -> list[str]:
    """What readers see now, by its alternative text."""
    plan.forget()
    body = json.dumps({"positions": ["foot-300x250"]})
    fills = client.post("/s/fill", body, content_type="application/json").json()["fills"]
    return [fill["alt"] for fill in fills if "alt" in fill]


def public_files() -> set[str]:
    return {path.name for path in Path(default_storage.location, "p").glob("*")}


def test_nothing_is_public_before_a_person_approves(client, booking):
    before = public_files()
    creative = send(booking)
    assert (creative.status, creative.version, creative.file.name, seen(client)) == (Status.WAITING, 1, "", [])
    assert private_storage().exists(creative.waiting_file.name)
    assert client.get(f"/media/{creative.waiting_file.name}").status_code == 404
    assert client.get(f"/media/p/{Path(creative.waiting_file.name).name}").status_code == 404
    assert public_files() == before
    approve(creative)
    assert seen(client) == ["Bread in teal"]
    assert b"".join(client.get(f"/media/{creative.file.name}")).startswith(b"\xff\xd8")
    assert re.fullmatch(r"p/[0-9a-f]{32}\.jpg", creative.file.name)


def test_a_newer_version_is_shown_once_it_is_approved_and_not_before(client, booking):
    first = send(booking)
    approve(first)
    second = send(booking, "red")
    assert (second.version, seen(client)) == (2, ["Bread in teal"])
    approve(second)
    assert seen(client) == ["Bread in red"]


def test_one_that_runs_is_taken_down_and_the_older_runs_instead(
    client, booking, mailoutbox, run_jobs, django_capture_on_commit_callbacks
):
    first, second = send(booking), None
    approve(first)
    second = send(booking, "red")
    approve(second)
    address = f"/media/{second.file.name}"
    with django_capture_on_commit_callbacks(execute=True):
        assert refuse(second) == first
    assert seen(client) == ["Bread in teal"]
    assert client.get(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert refuse(first) is None
    assert seen(client) == []
    run_jobs()
    down = [mail for mail in mailoutbox if "taken down" in mail.subject]
    assert ["Version 1 runs instead." in down[0].body, "Nothing runs in its place" in down[1].body] == [True, True]


def test_one_that_was_taken_down_can_be_approved_again_with_the_same_file(
    client, booking, django_capture_on_commit_callbacks
):
    creative = send(booking)
    approve(creative)
    name = creative.file.name
    with django_capture_on_commit_callbacks(execute=True):
        refuse(creative)
    assert not default_storage.exists(name)
    creative.refresh_from_db()
    approve(creative)
    creative.refresh_from_db()
    assert (creative.file.name, default_storage.exists(name), creative.refusal) == (name, True, "")
    assert [move.to_status for move in creative.moves.all()] == ["approved", "refused", "approved", "waiting"]


def test_what_the_desk_hung_itself_can_be_taken_down_and_is_kept(client, django_capture_on_commit_callbacks):
    creative = factories.booking().creatives.get()
    with django_capture_on_commit_callbacks(execute=True):
        refuse(creative)
    creative.refresh_from_db()
    assert (default_storage.exists(creative.file.name), private_storage().exists(creative.waiting_file.name)) == (
        False,
        True,
    )


def test_a_click_on_what_was_taken_down_leads_nowhere(client, booking, django_capture_on_commit_callbacks):
    creative = send(booking)
    approve(creative)
    plan.forget()
    body = json.dumps({"positions": ["foot-300x250"]})
    link = client.post("/s/fill", body, content_type="application/json").json()["fills"][0]["go"]
    assert client.get(link).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        refuse(creative)
    assert client.get(link).status_code == 404


def test_a_refusal_owes_a_reason_and_the_advertiser_reads_it(booking, mailoutbox, run_jobs):
    AdRequest.objects.filter(pk=booking.request_id).update(language="ar")
    creative = send(booking)
    with pytest.raises(artwork_review.ReviewRefused, match="Say what should change"):
        refuse(creative, "  ")
    refuse(creative, "The word “sale” is hidden.")
    run_jobs()
    letter = next(mail for mail in mailoutbox if "sale" in mail.body)
    assert letter.to == [booking.request.email]
    assert "/partners/deal/" in letter.body
    assert "Please change" not in letter.body


def test_two_who_decide_at_once_decide_once(booking):
    creative = send(booking)
    same = Creative.objects.get(pk=creative.pk)
    refuse(creative)
    before = public_files()
    with pytest.raises(artwork_review.ReviewRefused, match="Reload the page"):
        approve(same)
    assert public_files() == before
    assert [move.to_status for move in creative.moves.all()] == ["refused", "waiting"]


@pytest.mark.parametrize("origin", Status)
@pytest.mark.parametrize("target", [Status.APPROVED, Status.REFUSED])
def test_every_pair_of_statuses_moves_only_as_the_table_says(booking, origin, target):
    creative = send(booking)
    if origin == Status.APPROVED:
        approve(creative)
    else:
        Creative.objects.filter(pk=creative.pk).update(status=origin, refusal="x" if origin == Status.REFUSED else "")
    creative.refresh_from_db()
    verb = approve if target == Status.APPROVED else refuse
    if target in Creative.MOVES[origin]:
        verb(creative)
        assert Creative.objects.get(pk=creative.pk).status == target
    else:
        with pytest.raises(artwork_review.ReviewRefused):
            verb(creative)
        assert Creative.objects.get(pk=creative.pk).status == origin


def test_an_older_version_is_not_approved_past_a_newer(booking):
    first = send(booking)
    refuse(first)
    second = send(booking, "red")
    approve(second)
    with pytest.raises(artwork_review.ReviewRefused, match="newer version"):
        approve(first)
    refuse(second)
    approve(first)
    assert artwork.shown(booking) == first


def test_a_version_that_nobody_looked_at_is_replaced_by_the_next(booking):
    first, second = send(booking), send(booking, "red")
    first.refresh_from_db()
    assert (first.status, second.status) == (Status.REPLACED, Status.WAITING)
    assert [move.to_status for move in first.moves.all()] == ["replaced", "waiting"]
    assert private_storage().exists(first.waiting_file.name)


def test_the_same_sent_twice_is_there_once_and_other_words_are_a_new_version(booking):
    assert send(booking) == send(booking)
    creative = send(booking, alt="Bread and butter")
    assert (creative.version, booking.creatives.count()) == (2, 2)


def test_words_and_address_change_without_a_new_file(booking):
    first = send(booking)
    approve(first)
    fresh = Booking.objects.get(pk=booking.pk)
    second = artwork.submit(fresh, None, alt="Cake", click_url="https://cake.example", at=timezone.now())
    with first.waiting_file.open("rb") as one, second.waiting_file.open("rb") as other:
        assert one.read() == other.read()
    assert (second.version, second.alt, second.click_url) == (2, "Cake", "https://cake.example/")
    with pytest.raises(artwork.ArtworkRefused, match="what we have already"):
        artwork.submit(fresh, None, alt="Cake", click_url="https://cake.example", at=timezone.now())


@pytest.mark.parametrize(
    ("field", "value"),
    [("alt", "Other"), ("click_url", "https://evil.example/"), ("file", "p/x.jpg"), ("version", 9), ("bytes", 1)],
)
def test_the_database_itself_keeps_a_version_from_being_changed(booking, field, value):
    creative = send(booking)
    approve(creative)
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Creative.objects.filter(pk=creative.pk).update(**{field: value})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ads_creative SET {field} = %s WHERE id = %s", [value, creative.pk])  # noqa: S608
    assert Creative.objects.filter(pk=creative.pk, alt=creative.alt, file=creative.file.name).exists()


def test_a_booking_that_is_over_or_cancelled_takes_no_artwork(booking):
    with pytest.raises(artwork.ArtworkRefused, match="is over"):
        send(booking, at=timezone.now() + timedelta(days=8))
    Booking.objects.filter(pk=booking.pk).update(status="cancelled")
    with pytest.raises(artwork.ArtworkRefused, match="was cancelled"):
        send(booking)


def test_a_booking_has_at_most_thirty_versions(booking):
    creative = send(booking)
    row = Creative.objects.filter(pk=creative.pk).values().get()
    Creative.objects.create(**row | {"id": None, "version": artwork.MOST_VERSIONS})
    with pytest.raises(artwork.TooMany, match="30 versions"):
        send(booking, "red")


def test_all_that_is_wrong_is_said_at_once(booking):
    with pytest.raises(artwork.ArtworkRefused) as caught:
        artwork.submit(
            booking, factories.jpeg(299, 250), factories.jpeg(1, 1), alt="image", click_url="//x", at=timezone.now()
        )
    assert set(caught.value.problems) == {"art", "phone_art", "alt", "click_url"}


def test_a_reminder_goes_out_three_days_and_one_day_before_once(booking, mailoutbox, run_jobs):
    first_day = timezone.localdate() + timedelta(days=4)
    Booking.objects.filter(pk=booking.pk).update(first_day=first_day, last_day=first_day)
    Booking.objects.exclude(pk=booking.pk).delete()
    run_jobs()
    mailoutbox.clear()
    said = []
    for days in (0, 1, 2, 3, 4, 5):
        at = timezone.now() + timedelta(days=days)
        with time_machine.travel(at, tick=False):
            artwork_reminders.remind(at)
            artwork_reminders.remind(at)
            run_jobs()
        said.append(sorted(mail.to[0] for mail in mailoutbox if "rtwork" in mail.subject))
        mailoutbox.clear()
    assert [len(mails) for mails in said] == [0, 2, 0, 2, 0, 0]
    assert booking.request.email in said[1]


def test_who_waits_for_our_review_is_not_reminded_and_the_desk_is(booking, mailoutbox, run_jobs):
    first_day = timezone.localdate() + timedelta(days=30)
    Booking.objects.filter(pk=booking.pk).update(first_day=first_day, last_day=first_day)
    creative = send(booking)
    run_jobs()  # which makes the rounds too
    mailoutbox.clear()
    first_day = timezone.localdate() + timedelta(days=1)
    Booking.objects.filter(pk=booking.pk).update(first_day=first_day, last_day=first_day)
    assert artwork_reminders.remind(timezone.now()) == 1
    run_jobs()
    assert [mail.subject.partition("]")[2].partition(":")[0].strip() for mail in mailoutbox] == ["Artwork is missing"]
    assert "waits for your review" in mailoutbox[0].body
    approve(creative)
    assert artwork_reminders.remind(timezone.now()) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_eight_who_decide_in_the_same_moment_decide_once(at_once):
    creative = factories.creative(factories.deal("live").bookings.get())
    verbs = iter([approve, refuse] * 4)
    copies = iter([Creative.objects.select_related("booking").get(pk=creative.pk) for _copy in range(8)])
    before = public_files()
    errors = at_once(8, lambda: next(verbs)(next(copies)))
    creative.refresh_from_db()
    assert [type(error) for error in errors] == [artwork_review.ReviewRefused] * 7
    assert creative.moves.count() == 2
    assert len(public_files() - before) == (creative.status == Status.APPROVED)
