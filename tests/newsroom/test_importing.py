"""Lists of addresses from elsewhere: looked at, read in by a job, and never against anybody's will."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsroom.audience import import_files, importing, subscribing, suppressing
from newsroom.audience.importing import NotImported
from newsroom.audience.models import Consent, Subscriber, SubscriberImport
from tests import factories

pytestmark = pytest.mark.django_db

PAGE = "/admin/audience/subscriber/files/"
State = Subscriber.State


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        }
    }


@pytest.fixture
def letter(db):
    return factories.newsletter(name="Harbour", slug="harbour")


@pytest.fixture
def publisher(db):
    return factories.user("Publisher")


def bring(text: str | bytes, *newsletters, by, statement: str = "Signed at the fair.", language: str = "en"):
    content = text if isinstance(text, bytes) else text.encode()
    return importing.bring(
        io.BytesIO(content),
        "list.csv",
        newsletters=list(newsletters),
        language=language,
        statement=statement,
        by=by,
        at=timezone.now(),
    )


def what(one: SubscriberImport) -> list[tuple[str, str]]:
    return [(plan.what, plan.why) for plan in importing.forecast(one, at=timezone.now()).shown]


def test_a_file_is_looked_at_before_anything_happens_and_then_read_in(letter, publisher, run_jobs):
    text = "email,name,consented_at,proof\nAmina@Reader.EXAMPLE,Amina,2025-03-01,Paper form 7\nbela@reader.example,,,\n"
    one = bring(text, letter, by=publisher)
    ahead = importing.forecast(one, at=timezone.now())
    assert ahead.counts == {"created": 2, "updated": 0, "unchanged": 0, "skipped": 0}
    assert Subscriber.objects.count() == 0
    importing.start(one, at=timezone.now())
    run_jobs()
    one.refresh_from_db()
    assert (one.state, one.created, one.rows_read, bool(one.file)) == ("done", 2, 2, False)
    amina = Subscriber.objects.of("amina@reader.example").get()
    assert (amina.email, amina.state, list(amina.newsletters.all())) == ("Amina@reader.example", "confirmed", [letter])
    assert amina.confirmed_at == datetime(2025, 2, 28, 23, 0, tzinfo=UTC)  # midnight in Lagos
    consent = amina.consents.get()
    assert (consent.kind, consent.said, consent.source, consent.by) == (
        "imported",
        "Paper form 7",
        "list.csv:2",
        publisher,
    )
    assert Consent.objects.get(subscriber__email="bela@reader.example").said == "Signed at the fair."


def test_an_import_mails_nobody(letter, publisher, run_jobs, mailoutbox):
    importing.start(bring("email\na@reader.example\n", letter, by=publisher), at=timezone.now())
    run_jobs()
    assert mailoutbox == []


def test_the_same_file_twice_changes_nothing(letter, publisher, run_jobs):
    text = "email,name\na@reader.example,A\nb@reader.example,B\n"
    for expected in ((2, 0), (0, 2)):
        one = bring(text, letter, by=publisher)
        importing.start(one, at=timezone.now())
        run_jobs()
        one.refresh_from_db()
        assert (one.created, one.unchanged) == expected
    assert (Subscriber.objects.count(), Consent.objects.count()) == (2, 2)


def test_nobody_comes_back_against_their_will(letter, publisher, run_jobs):
    factories.subscriber(letter, email="left@reader.example", state="unsubscribed")
    factories.subscriber(letter, email="hold@reader.example", state="suppressed")
    suppressing.put("forgotten@reader.example", reason="erased", at=timezone.now())
    one = bring("email\nLEFT@reader.example\nhold@reader.example\nForgotten@reader.example\n", letter, by=publisher)
    assert what(one) == [
        ("skipped", "has unsubscribed"),
        ("skipped", "is not to be written to"),
        ("skipped", "is not to be written to"),
    ]
    importing.start(one, at=timezone.now())
    run_jobs()
    one.refresh_from_db()
    assert (one.skipped, Subscriber.objects.reachable().count()) == (3, 0)
    assert [number for number, _why in one.reasons] == [2, 3, 4]
    assert "@" not in str(one.reasons)


def test_who_is_here_gets_more_and_keeps_what_they_said_of_themselves(letter, publisher, run_jobs):
    other = factories.newsletter()
    has = factories.subscriber(other, email="a@reader.example", name="Amina", language="ar", most_often="weekly")
    asked = factories.subscriber(other, email="b@reader.example", state="pending")
    one = bring("email,name\na@reader.example,Somebody\nb@reader.example,\n", letter, by=publisher)
    assert what(one) == [("updated", ""), ("updated", "")]
    importing.start(one, at=timezone.now())
    run_jobs()
    for reader in (has, asked):
        reader.refresh_from_db()
        assert set(reader.newsletters.all()) == {letter, other}
        assert reader.state == State.CONFIRMED
    assert (has.name, has.language, has.most_often) == ("Amina", "ar", "weekly")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("nothing,,,,", "no e-mail address"),
        ("a@b.example\rBcc: x@y.example,,,,", "no e-mail address"),
        ("a@reader.example,klingon,,,form", "a language that we do not write in"),
        ("a@reader.example,en,nowhere,,form", "no newsletter is called “nowhere”"),
        ("a@reader.example,en,harbour,tomorrow,form", "the time of consent is none, or still to come"),
        ("a@reader.example,en,harbour,2099-01-01,form", "the time of consent is none, or still to come"),
        ("a@reader.example,en,harbour,2025-02-30,form", "the time of consent is none, or still to come"),
        ("a@reader.example,en,harbour,,", "no proof of consent"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(letter, publisher, row, why):
    heads = "email,language,newsletters,consented_at,proof\n"
    one = bring(f'{heads}"{row.partition(",")[0]}",{row.partition(",")[2]}\n', by=publisher, statement="")
    assert what(one) == [("skipped", why)]


def test_a_row_without_any_newsletter_is_left_out(letter, publisher):
    assert what(bring("email\na@reader.example\n", by=publisher)) == [("skipped", "no newsletter is named")]


def test_an_address_that_stands_twice_is_taken_once(letter, publisher, run_jobs):
    one = bring("email\na@reader.example\nA@reader.example\n", letter, by=publisher)
    assert what(one) == [("created", ""), ("skipped", "stands in this file already")]
    importing.start(one, at=timezone.now())
    run_jobs()
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize(
    ("encoding", "sign", "head"),
    [
        ("utf-8", ",", "email,name,newsletters"),
        ("utf-8-sig", ";", "E-Mail;Name;Newsletters"),
        ("utf-16", "\t", "Email Address\tFull Name\tLists"),
        ("cp1256", ";", "البريد الإلكتروني;الاسم;النشرات"),
        ("utf-8-sig", ",", "البريد الإلكتروني,الاسم,النشرات"),
    ],
)
def test_files_of_every_spreadsheet_are_read(letter, publisher, encoding, sign, head):
    other = factories.newsletter(slug="ferries")
    rows = [
        head,
        sign.join(["a@reader.example", "ليلى", "harbour|ferries"]),
        sign.join(["b@reader.example", "Zoé", ""]),
    ]
    one = bring("\r\n".join(rows).encode(encoding), letter, by=publisher)
    first, second = importing.forecast(one, at=timezone.now()).shown
    assert (first.email, first.row.name, set(first.newsletters)) == ("a@reader.example", "ليلى", {letter.pk, other.pk})
    assert (second.row.name, second.newsletters) == ("Zoé", (letter.pk,))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "No column is called"),
        (b"name,age\nA,3\n", "No column is called"),
        (b"email\n", "no rows below"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "No column|not a table|too long"),
        (b"PK\x03\x04" + b"\x00" * 100, "No column|not a table"),
        (b"email\n" + b"x" * 10_000 + b"\n", "too long"),
        ("email\n".encode("utf-16") + b"\x00", "not a table|no rows"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(publisher, content, sentence):
    with pytest.raises(NotImported, match=sentence):
        bring(content, by=publisher)


def test_a_file_with_too_many_rows_is_refused(publisher, monkeypatch):
    monkeypatch.setattr(import_files, "MOST_ROWS", 3)
    with pytest.raises(NotImported, match="more than 3 rows"):
        bring("email\n" + "a@reader.example\n" * 4, by=publisher)


def test_a_large_file_is_read_in_jobs_that_others_can_come_between(letter, publisher, monkeypatch, run_jobs):
    monkeypatch.setattr(importing, "AT_ONCE", 20)
    monkeypatch.setattr(importing, "IN_ONE_JOB", 40)
    one = bring("email\n" + "".join(f"r{n}@reader.example\n" for n in range(105)), letter, by=publisher)
    importing.start(one, at=timezone.now())
    assert importing.read_in.func(pk=one.pk) == "40 of 105"
    assert Subscriber.objects.count() == 40
    assert importing.read_in.func(pk=one.pk) == "80 of 105"  # a job done again goes on from where it was
    run_jobs()
    one.refresh_from_db()
    assert (one.state, one.created, Subscriber.objects.count()) == ("done", 105, 105)


def test_a_batch_costs_as_many_queries_with_300_rows_as_with_3(letter, publisher, django_assert_max_num_queries):
    for count in (3, 300):
        text = "email\n" + "".join(f"r{count}-{n}@reader.example\n" for n in range(count))
        one = bring(text, letter, by=publisher)
        importing.start(one, at=timezone.now())
        with django_assert_max_num_queries(26):
            importing.read_in.func(pk=one.pk)
    assert Subscriber.objects.count() == 303


def test_reading_in_can_be_stopped_and_not_begun_twice(letter, publisher, run_jobs):
    one = bring("email\na@reader.example\n", letter, by=publisher)
    importing.start(one, at=timezone.now())
    with pytest.raises(NotImported):
        importing.start(one, at=timezone.now())
    importing.cancel(one, at=timezone.now())
    run_jobs()
    one.refresh_from_db()
    assert (one.state, bool(one.file), Subscriber.objects.count()) == ("cancelled", False, 0)
    with pytest.raises(NotImported):
        importing.cancel(one, at=timezone.now())


@pytest.mark.parametrize("to", SubscriberImport.State.values)
@pytest.mark.parametrize("state", SubscriberImport.State.values)
def test_an_import_moves_only_as_its_table_says(publisher, state, to):
    one = bring("email\na@reader.example\n", by=publisher)
    SubscriberImport.objects.filter(pk=one.pk).update(state=state)
    assert importing._move(one, to) is (to in SubscriberImport.MOVES[state])


def test_a_file_that_nobody_decides_about_is_gone_after_a_week(publisher):
    one = bring("email\na@reader.example\n", by=publisher)
    importing.forget_old(timezone.now())
    assert SubscriberImport.objects.get().state == "checked"
    SubscriberImport.objects.update(at=timezone.now() - timezone.timedelta(days=8))
    importing.forget_old(timezone.now())
    one.refresh_from_db()
    assert (one.state, bool(one.file)) == ("cancelled", False)


# In the admin.


def test_a_publisher_brings_a_file_by_page(client, letter, publisher, run_jobs):
    client.force_login(publisher)
    assert "No list was brought yet." in client.get(PAGE).content.decode()
    file = SimpleUploadedFile("list.csv", b"email,name\na@reader.example,<b>A</b>\n")
    typed = {"file": file, "newsletters": [letter.pk], "language": "en", "statement": "Signed."}
    response = client.post(PAGE, typed)
    assert response.status_code == 302
    html = client.get(response["Location"]).content.decode()
    assert "New: 1" in html
    assert "&lt;b&gt;A&lt;/b&gt;" in html
    assert client.post(response["Location"]).status_code == 302
    assert Subscriber.objects.count() == 0
    client.post(response["Location"], {"go": "1"})
    assert "0%" in client.get(response["Location"]).content.decode()
    run_jobs()
    assert Subscriber.objects.get().state == State.CONFIRMED
    assert "Read in" in client.get(response["Location"]).content.decode()
    assert "list.csv" in client.get(PAGE).content.decode()


def test_a_file_that_is_no_list_is_refused_by_the_page(client, publisher):
    client.force_login(publisher)
    response = client.post(PAGE, {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n"), "language": "en"})
    assert response.status_code == 400
    assert "No column is called" in response.content.decode()


def test_an_export_is_a_table_that_runs_nothing_and_can_be_brought_again(client, letter, publisher):
    factories.subscriber(letter, email="a@reader.example", name="=HYPERLINK(1)")
    factories.subscriber(factories.newsletter(), email="b@reader.example")
    factories.subscriber(letter, email="c@reader.example", state="unsubscribed")
    client.force_login(publisher)
    response = client.post(f"{PAGE}export/", {"newsletter": letter.pk, "state": "confirmed"})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    _heads, row = list(csv.reader(io.StringIO(text)))
    assert row[:4] == ["a@reader.example", "'=HYPERLINK(1)", "en", "harbour"]
    assert "no-store" in response["Cache-Control"]
    everything = client.post(f"{PAGE}export/", {})
    content = b"".join(everything.streaming_content)
    assert content.count(b"@reader.example") == 3
    assert client.post(f"{PAGE}export/", {"state": "nothing"}).status_code == 302
    subscribing.erase(Subscriber.objects.of("b@reader.example").get(), by=None, at=timezone.now())
    assert {plan.what for plan in importing.forecast(bring(content, by=publisher), at=timezone.now()).shown} == {
        "unchanged",
        "skipped",
    }


@pytest.mark.parametrize("role", ["Reporter", "Editor", "Ad manager"])
def test_files_of_readers_are_for_publishers(client, letter, publisher, role):
    one = bring("email\na@reader.example\n", letter, by=publisher)
    client.force_login(factories.user(role))
    for method, page in (("get", PAGE), ("post", PAGE), ("post", f"{PAGE}export/"), ("get", f"{PAGE}{one.pk}/")):
        assert getattr(client, method)(page).status_code == 403


def test_of_a_large_file_the_page_looks_at_the_first_rows_and_says_so(client, letter, publisher, monkeypatch):
    monkeypatch.setattr(importing, "LOOKED_AT", 2)
    one = bring("email\n" + "".join(f"r{n}@reader.example\n" for n in range(5)), letter, by=publisher)
    client.force_login(publisher)
    html = client.get(f"{PAGE}{one.pk}/").content.decode()
    assert "Of the first 2 rows:" in html
    assert "New: 2" in html
    assert "The file has 5 rows." in html


def test_an_address_that_only_looks_like_one_is_skipped(letter, publisher, run_jobs):
    for _time in range(2):
        one = bring("email\n\u212aarim@reader.example\n", letter, by=publisher)
        importing.start(one, at=timezone.now())
        run_jobs()
        one.refresh_from_db()
        assert (one.state, one.skipped) == ("done", 1)


def test_an_import_whose_job_failed_is_taken_up_again_once(letter, publisher, run_jobs):
    one = bring("email\na@reader.example\nb@reader.example\n", letter, by=publisher)
    importing.start(one, at=timezone.now())
    assert importing.look_after(timezone.now()) == 0
    DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())
    assert importing.look_after(timezone.now()) == 1
    run_jobs()
    one.refresh_from_db()
    assert (one.state, one.created) == ("done", 2)
    SubscriberImport.objects.update(state="running", rows_read=0)
    assert importing.look_after(timezone.now()) == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_imports_and_sign_ups_of_the_same_addresses_at_the_same_moment_lose_nothing(letter, publisher, at_once):
    text = "email\n" + "".join(f"reader-{number}@reader.example\n" for number in range(300))
    brought = [bring(text, letter, by=publisher) for _time in range(2)]
    for one in brought:
        importing.start(one, at=timezone.now())
    numbers = iter([*(one.pk for one in brought), None, None])

    def do():
        number = next(numbers)
        if number:
            return importing.read_in.func(number)
        for one in range(0, 300, 10):
            where = subscribing.Where("/newsletter/")
            wish = subscribing.wish_for([letter])
            address = f"reader-{one}@reader.example"
            subscribing.sign_up(address, wish, said="Yes.", where=where, by=None, at=timezone.now())
        return None

    assert at_once(4, do) == []
    assert Subscriber.objects.count() == 300
    assert list(SubscriberImport.objects.values_list("state", "rows_read")) == [("done", 300)] * 2
