"""A request that is being written: kept under its private address, sent once, deleted in time."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from ads import drafts, rounds
from ads.models import AdRequest, DraftFile, Material, Position, RequestDraft
from articles.public_forms import FORM_LIFETIME
from newsroom.logs import SECRET
from tests import factories
from tests.ads import steps
from tests.ads.steps import FIRST, FOOT, art, errors, upload

pytestmark = pytest.mark.django_db


# Saving and coming back


def test_what_was_typed_is_kept_right_or_wrong_and_coming_back_leads_there(client):
    path = steps.begin(client)
    client.post(f"{path}dates/", {"go": "back", **steps.days(ahead=7)})
    client.get(f"{path}material/")
    client.get(f"{path}check/")
    saved = client.post(f"{path}check/", {"go": "save", "name": "Ada", "email": "no address"})
    assert saved["Location"] == f"{path}save/"
    assert client.get(path)["Location"] == f"{path}check/"
    page = client.get(f"{path}check/").content.decode()
    assert ('value="no address"' in page, 'role="alert"' in page) == (True, False)


def test_looking_at_a_step_changes_nothing(client):
    path = steps.begin(client)
    client.post(f"{path}dates/", steps.days(ahead=7))
    before = RequestDraft.objects.values().get()
    for step in ("what", "dates", "material", "check"):
        assert client.get(f"{path}{step}/").status_code == 200
    assert RequestDraft.objects.values().get() == before


@pytest.mark.parametrize(("prefix", "says"), [("", "Your request is kept"), ("/ar", "طلبك محفوظ")])
def test_the_link_goes_by_mail_in_the_language_of_the_request_and_leads_back(client, run_jobs, prefix, says):
    path = steps.begin(client, prefix)
    client.get(f"{path}dates/")
    for _time in range(2):
        sent = client.post(f"{path}save/", {"email": "ada@mills.example"})
        assert sent["Location"] == f"{path}save/?sent"
    run_jobs()
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (["ada@mills.example"], says)
    (link,) = re.findall(r"http://testserver(\S+)", letter.body)
    assert link == path
    assert client.get(link)["Location"] == f"{path}dates/"


def test_one_address_gets_five_links_a_day_from_however_many_drafts(client, run_jobs):
    for n in range(7):
        path = steps.begin(client, meta={"REMOTE_ADDR": f"10.{n}.0.1"})
        answer = client.post(f"{path}save/", {"email": "victim@mills.example"}, REMOTE_ADDR=f"10.{n}.0.1")
        assert answer["Location"] == f"{path}save/?sent"
    run_jobs()
    assert len(mail.outbox) == 5


def test_an_address_is_not_forgotten_when_the_link_goes_elsewhere_too(client, run_jobs):
    for n in range(8):
        path = steps.begin(client, meta={"REMOTE_ADDR": f"10.{n}.0.1"})
        for email in ("victim@mills.example", f"other{n}@mills.example"):
            client.post(f"{path}save/", {"email": email}, REMOTE_ADDR=f"10.{n}.0.1")
    run_jobs()
    assert [message.to for message in mail.outbox].count(["victim@mills.example"]) == 5


def test_what_is_no_name_of_a_file_is_nothing_to_remove(client):
    path = steps.begin(client)
    answer = client.post(f"{path}material/", {"go": "remove:\0"})
    assert (answer.status_code, answer["Location"]) == (302, f"{path}material/#files")


def test_a_draft_and_its_files_are_deleted_after_thirty_days(client, run_jobs):
    path, private = steps.begin(client), storages["private"]
    client.post(f"{path}material/", art())
    name = DraftFile.objects.get().file.name
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        rounds.make(timezone.now())
        assert client.get(f"{path}material/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        assert client.get(f"{path}material/").status_code == 404
        rounds.make(timezone.now())
    assert (RequestDraft.objects.count(), DraftFile.objects.count(), private.exists(name)) == (0, 0, False)


# The secret


def test_wrong_foreign_and_expired_links_answer_alike_and_tell_nobody(client):
    path = steps.begin(client)
    token = path.rstrip("/").rpartition("/")[2]
    RequestDraft.objects.update(expires_at=timezone.now())
    answers = []
    for other in (token, "A" * 43, token[::-1], "é" * 43, "x" * 300):
        for page in ("what/", "dates/", "check/", "save/", f"file/{FOOT}/"):
            response = client.get(f"/partners/request/{other}/{page}")
            body = response.content.decode().replace(other, "")
            answers.append((response.status_code, len(body), response["Referrer-Policy"], response["X-Robots-Tag"]))
    assert set(answers) == {(404, answers[0][1], "no-referrer", "noindex, nofollow, noarchive")}
    assert client.post(f"{path}check/", steps.WHO).status_code == 404
    assert AdRequest.objects.count() == 0


def test_pages_of_a_draft_are_private_and_set_no_cookie(client):
    path = steps.begin(client)
    for page in ("what/", "dates/", "material/", "check/", "save/"):
        response = client.get(f"{path}{page}")
        assert (response["Cache-Control"], response["Referrer-Policy"]) == ("private, no-store", "no-referrer")
        assert not response.cookies
        assert 'rel="canonical"' not in response.content.decode()
    assert client.get(path, follow=False)["Cache-Control"] == "private, no-store"


def test_the_token_is_in_no_row_and_no_log(client):
    path = steps.begin(client)
    token = path.rstrip("/").rpartition("/")[2]
    row = RequestDraft.objects.values().get()
    assert token not in str(row)
    assert SECRET.sub(r"\1[token]", f"GET {path}dates/ 200") == "GET /partners/request/[token]/dates/ 200"
    assert SECRET.sub(r"\1[token]", "GET /partners/request/R-ABCDEFG/ 200") == "GET /partners/request/R-ABCDEFG/ 200"


def test_a_draft_is_written_from_its_own_pages_alone(client):
    path = steps.begin(client)
    for page in ("dates/", "check/", "save/", "price/dates/"):
        assert client.post(f"{path}{page}", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post(f"{path}dates/", steps.days(), headers={"origin": "null"}).status_code == 302


# The first page is for everybody


@pytest.mark.parametrize("key", ["", "forged:1:2", None])
def test_a_form_that_is_not_ours_is_refused_and_keeps_what_was_typed(client, key):
    response = client.post(FIRST, steps.what(key=key, **{f"way_{FOOT}": "25"}))
    assert response.status_code == 403
    assert '<option value="25" selected>' in response.content.decode()
    fresh = response.context["form"]["key"].value()
    assert client.post(FIRST, steps.what(key=fresh)).status_code == 302
    assert RequestDraft.objects.count() == 1


def test_a_page_left_open_for_too_long_asks_to_send_again(client):
    data = steps.what()
    with time_machine.travel(timezone.now() + FORM_LIFETIME, tick=False):
        response = client.post(FIRST, data)
    assert response.status_code == 403
    assert "open for too long" in errors(response)["key"][0]


def test_a_form_sent_from_elsewhere_is_refused(client):
    assert client.post(FIRST, steps.what(), headers={"origin": "https://evil.example"}).status_code == 403
    assert RequestDraft.objects.count() == 0


def test_two_clicks_on_the_first_page_begin_one_draft(client):
    data = steps.what()
    answers = {client.post(FIRST, data)["Location"] for _time in range(2)}
    assert (len(answers), RequestDraft.objects.count()) == (1, 1)


def test_a_network_that_sends_too_much_is_asked_to_wait_and_others_are_not(client):
    for _time in range(20):
        assert steps.send(client).status_code == 302
    path = steps.begin(client)
    refused = client.post(f"{path}check/", steps.WHO, REMOTE_ADDR="127.0.0.9")
    assert refused.status_code == 429
    assert "try again later" in refused.content.decode()
    assert 'value="Teneru Mills"' in refused.content.decode()
    assert client.post(f"{path}check/", steps.WHO, REMOTE_ADDR="10.1.2.3").status_code == 302


def test_a_network_that_begins_all_the_time_is_asked_to_wait(client):
    for _time in range(60):
        client.post(FIRST, {"key": "forged:1:2"})
    assert client.post(FIRST, steps.what()).status_code == 429
    assert client.post(FIRST, steps.what(), REMOTE_ADDR="10.1.2.3").status_code == 302


# Sending


def test_an_empty_last_step_says_what_each_field_needs(client):
    response = client.post(f"{steps.begin(client)}check/", {})
    assert (response.status_code, set(errors(response))) == (400, {"name", "email", "company", "website", "country"})
    assert "<title>Error:" in response.content.decode()


@pytest.mark.parametrize("field", ["name", "email", "company", "website", "message"])
def test_huge_fields_are_refused_by_their_field_and_never_stored_whole(client, field):
    path = steps.begin(client)
    response = client.post(f"{path}check/", steps.WHO | {field: "x" * 1_000_000})
    assert (response.status_code, set(errors(response))) == (400, {field})
    assert len(RequestDraft.objects.get().answers["check"][field]) == 6000


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ada\r\nBcc: all@victims.example"},
        {"email": "ada@mills.example\nBcc: all@victims.example"},
        {"company": "Mills\r\nSubject: hello"},
    ],
)
def test_no_header_can_be_smuggled_into_a_mail(client, run_jobs, changes):
    steps.send(client, **changes)
    run_jobs()
    for message in mail.outbox:
        assert len(message.recipients()) == 1
        assert "\n" not in message.subject
        assert "Bcc" not in message.message()


def test_a_request_is_sent_once_and_its_link_leads_to_the_receipt(client, run_jobs):
    path = steps.begin(client)
    client.post(f"{path}material/", art())
    kept = DraftFile.objects.get()
    answers = [client.post(f"{path}check/", steps.WHO)["Location"] for _time in range(3)]
    deal = AdRequest.objects.get()
    assert set(answers) == {f"/partners/request/{deal.reference}/"}
    assert {client.get(f"{path}{page}")["Location"] for page in ("", "what/", "material/")} == set(answers)
    material = deal.material.get()
    assert (material.file.name, material.sha256, material.item.position.code) == (kept.file.name, kept.sha256, FOOT)
    draft = RequestDraft.objects.get()
    assert (draft.answers, draft.email, DraftFile.objects.count()) == ({}, "", 0)
    run_jobs()
    assert len(mail.outbox) == 2
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        drafts.delete_due(timezone.now())
    assert storages["private"].exists(material.file.name)


def test_files_of_what_was_asked_for_no_more_are_deleted_after_sending(client):
    path = steps.begin(client, **{"want_top-728x90": "on"})
    client.post(f"{path}material/", art() | {"file_top-728x90": upload(factories.jpeg(728, 90))})
    client.post(f"{path}what/", {f"want_{FOOT}": "on"})
    client.post(f"{path}check/", steps.WHO)
    assert Material.objects.count() == 1
    left = DraftFile.objects.get()
    drafts.delete_due(timezone.now())
    assert (DraftFile.objects.count(), storages["private"].exists(left.file.name)) == (0, False)


def test_a_failure_while_sending_loses_nothing(client, settings):
    path = steps.begin(client)
    client.post(f"{path}material/", art())
    client.post(f"{path}check/", steps.WHO | {"go": "save"})
    name = DraftFile.objects.get().file.name
    settings.ADVERTISING_EMAIL = object()  # no mail can be written to it, which is the last thing that happens
    with pytest.raises(TypeError):
        drafts.send(RequestDraft.objects.get(), at=timezone.now())
    assert (AdRequest.objects.count(), DraftFile.objects.get().file.name) == (0, name)
    assert storages["private"].exists(name)
    settings.ADVERTISING_EMAIL = "partners@testserver"
    assert client.post(f"{path}check/", steps.WHO).status_code == 302
    assert AdRequest.objects.get().material.get().file.name == name


@pytest.mark.parametrize("trick", ["hidden field", "hidden field at the end", "too fast"])
def test_what_looks_like_spam_is_kept_and_shown_but_mails_nobody(client, run_jobs, trick):
    path = steps.begin(client, homepage="https://spam.example" if trick == "hidden field" else "")
    if trick == "too fast":
        RequestDraft.objects.update(created_at=timezone.now())
    hidden = {"homepage": "https://spam.example"} if trick == "hidden field at the end" else {}
    assert client.post(f"{path}check/", steps.WHO | hidden).status_code == 302
    assert AdRequest.objects.get().suspected != ""
    run_jobs()
    assert mail.outbox == []


def test_steps_out_of_order_lead_to_the_first_that_is_missing(client):
    path = steps.begin(client)
    RequestDraft.objects.update(answers={})
    for page in ("dates/", "material/", "check/"):
        assert client.get(f"{path}{page}")["Location"] == f"{path}what/?again"
    assert client.post(f"{path}check/", steps.WHO)["Location"] == f"{path}what/?again"
    assert AdRequest.objects.count() == 0


def test_a_position_that_goes_off_sale_meanwhile_is_asked_about_again(client):
    path = steps.begin(client)
    Position.objects.filter(code=FOOT).update(is_active=False)
    assert client.post(f"{path}check/", steps.WHO)["Location"] == f"{path}what/?again"


def test_a_mail_server_that_is_down_loses_nothing(client, run_jobs, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert steps.send(client).status_code == 302
    run_jobs()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    run_jobs()
    assert mail.outbox == []
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        run_jobs()
    assert sorted(m.to[0] for m in mail.outbox) == ["ada@mills.example", "partners@testserver"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_who_send_the_same_draft_at_once_make_one_request(client):
    path = steps.begin(client)
    client.post(f"{path}material/", art())
    client.post(f"{path}check/", steps.WHO | {"go": "save"})
    draft, references, gate = RequestDraft.objects.get(), [], threading.Barrier(50)

    def send() -> None:
        try:
            gate.wait()
            references.append(drafts.send(RequestDraft(pk=draft.pk), at=timezone.now()).reference)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(references), len(set(references))) == (50, 1)
    assert (AdRequest.objects.count(), Material.objects.count()) == (1, 1)


# Again


def test_an_earlier_order_is_asked_for_again_with_changes(client):
    deal = factories.deal("closed")
    token = factories.deal_token(deal)
    for prefix in ("", "/ar"):
        answer = client.post(f"{prefix}/partners/deal/{token}/renew/changed/")
        page = client.get(answer["Location"]).content.decode()
        assert re.search(rf'name="want_{FOOT}"[^>]*checked', page)
    path = answer["Location"].removesuffix("what/")
    assert f'value="{deal.company}"' in client.get(f"{path}check/").content.decode()
    client.post(f"{path}what/", {f"want_{FOOT}": "on", f"way_{FOOT}": "50"})
    RequestDraft.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    who = {name: str(getattr(deal, name)) for name in ("name", "email", "company", "website", "country")}
    client.post(f"{path}check/", who)
    renewal = deal.renewals.get()
    assert (renewal.source, renewal.advertiser, renewal.items.get().share) == ("renewal", deal.advertiser, 50)


def test_what_was_never_agreed_is_not_asked_for_again(client):
    token = factories.deal_token(factories.ad_request())
    assert client.post(f"/partners/deal/{token}/renew/changed/").status_code == 409
    assert RequestDraft.objects.count() == 0
