"""What mail providers tell: real payloads in their documented shapes, through the real address."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from articles import mail_providers
from newsroom.audience import providers, suppressing
from newsroom.audience.models import Delivery, Issue, Subscriber, Suppression
from tests import factories

pytestmark = pytest.mark.django_db

SECRET = "mail:a-password-that-is-long-enough"
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()
MESSAGE = "883953f4-6105-42a2-a16a-77a8eac79483"
State = Subscriber.State


@pytest.fixture(autouse=True)
def _heard(settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": "signing-key"}


@pytest.fixture
def reader(db):
    return factories.subscriber(factories.newsletter(), email="john@example.com")


@pytest.fixture
def delivery(reader):
    issue = Issue.objects.create(newsletter=reader.newsletters.get(), subject="S", created_at=timezone.now())
    return Delivery.objects.create(issue=issue, subscriber=reader, state="sent", message_id=f"<{MESSAGE}>")


def tell(client, provider: str, payload, *, auth: str = BASIC, **headers) -> int:
    body = payload if isinstance(payload, (str, bytes)) else json.dumps(payload)
    return client.post(
        f"/hooks/mail/{provider}/",
        body,
        content_type="application/json",
        headers={"authorization": auth} | {name.replace("_", "-"): value for name, value in headers.items()},
    ).status_code


def postmark(record: str = "Bounce", kind: str = "HardBounce", **more) -> dict:
    """https://postmarkapp.com/developer/webhooks/bounce-webhook"""
    code = {"HardBounce": 1, "SoftBounce": 4096, "SpamComplaint": 512, "BadEmailAddress": 100000}[kind]
    return {
        "RecordType": record,
        "MessageStream": "outbound",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": code,
        "Name": "Hard bounce",
        "Tag": "Test",
        "MessageID": MESSAGE,
        "Metadata": {},
        "ServerID": 23,
        "Description": "The server was unable to deliver your message (ex: unknown user, mailbox not found).",
        "Details": "smtp;550 5.1.1 The email account that you tried to reach does not exist.",
        "Email": "john@example.com",
        "From": "sender@example.com",
        "BouncedAt": timezone.now().isoformat(),
        "DumpAvailable": True,
        "Inactive": True,
        "CanActivate": True,
        "Subject": "Test subject",
    } | more


def mailgun(event: str, *, key: str = "signing-key", **more) -> dict:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/events/events"""
    stamp, token = str(int(timezone.now().timestamp())), "a" * 50
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "timestamp": timezone.now().timestamp(),
            "id": "G9Bn5sl1TC6nu79C8C0bwg",
            "recipient": "john@example.com",
            "message": {"headers": {"message-id": MESSAGE, "to": "john@example.com"}},
            "delivery-status": {"code": 550, "message": "5.1.1 no such user", "description": ""},
            "flags": {"is-test-mode": False},
            "tags": [],
        }
        | more,
    }


def ses(client, event: dict) -> int:
    """https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html, wrapped as SNS does it"""
    wrapped = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": "arn:aws:sns:us-west-2:123456789012:bounces",
        "Message": json.dumps(event | {"mail": {"messageId": MESSAGE, "destination": ["john@example.com"]}}),
        "Timestamp": timezone.now().isoformat(),
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
    }
    head = {"x_amz_sns_message_type": "Notification", "x_amz_sns_message_id": wrapped["MessageId"]}
    return tell(client, "amazon-ses", wrapped, **head)


def ses_bounce(kind: str) -> dict:
    who = {"emailAddress": "john@example.com", "status": "5.1.1", "action": "failed", "diagnosticCode": "smtp; 550"}
    return {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": kind,
            "bounceSubType": "General",
            "bouncedRecipients": [who],
            "timestamp": timezone.now().isoformat(),
            "feedbackId": "00000137860315fd",
        },
    }


def state_of(reader: Subscriber) -> str:
    reader.refresh_from_db()
    return reader.state


def test_a_hard_bounce_ends_it_at_once_and_twice_is_once(client, reader, delivery):
    for _twice in range(2):
        assert tell(client, "postmark", postmark()) == 200
    assert state_of(reader) == State.SUPPRESSED
    assert reader.consents.filter(kind="bounced").count() == 1
    assert suppressing.of("john@example.com").reason == "bounce"
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    assert "does not exist" in delivery.error


def test_mailgun_and_ses_are_understood_too(client, reader, delivery):
    assert tell(client, "mailgun", mailgun("failed", severity="permanent", reason="bounce")) == 200
    assert state_of(reader) == State.SUPPRESSED
    other = factories.subscriber(factories.newsletter(), email="jane@example.com")
    bounce = ses_bounce("Permanent")
    bounce["bounce"]["bouncedRecipients"][0]["emailAddress"] = "jane@example.com"
    Delivery.objects.all().delete()
    assert ses(client, bounce) == 200
    assert state_of(other) == State.SUPPRESSED


@pytest.mark.parametrize("told_by", ["postmark", "mailgun", "ses"])
def test_a_complaint_ends_it_at_once(client, reader, delivery, told_by):
    if told_by == "postmark":
        assert tell(client, "postmark", postmark("SpamComplaint", "SpamComplaint")) == 200
    elif told_by == "mailgun":
        assert tell(client, "mailgun", mailgun("complained")) == 200
    else:
        complaint = {"complainedRecipients": [{"emailAddress": "john@example.com"}], "complaintFeedbackType": "abuse"}
        assert ses(client, {"notificationType": "Complaint", "complaint": complaint}) == 200
    assert state_of(reader) == State.SUPPRESSED
    assert Suppression.objects.get().reason == "complaint"
    delivery.refresh_from_db()
    assert delivery.state == "complained"


def test_soft_bounces_end_it_after_four_days_and_not_by_number(client, reader, delivery):
    for _often in range(10):
        assert tell(client, "postmark", postmark(kind="SoftBounce")) == 200
        assert ses(client, ses_bounce("Transient")) == 200
    assert state_of(reader) == State.CONFIRMED
    now = timezone.now()
    for days in (3, 2):
        told = postmark(kind="SoftBounce", BouncedAt=(now - timedelta(days=days)).isoformat())
        assert tell(client, "postmark", told) == 200
    assert state_of(reader) == State.CONFIRMED
    told = postmark(kind="SoftBounce", BouncedAt=(now - timedelta(days=1)).isoformat())
    assert tell(client, "postmark", told) == 200
    assert state_of(reader) == State.SUPPRESSED


def test_soft_bounces_of_long_ago_count_no_more(reader):
    at = timezone.now()
    for days in (90, 80, 70, 0):
        providers.bounced(reader, why="full", is_hard=False, at=at - timedelta(days=days))
    assert state_of(reader) == State.CONFIRMED


def test_what_is_temporary_at_mailgun_changes_nothing(client, reader, delivery):
    assert tell(client, "mailgun", mailgun("failed", severity="temporary", reason="generic")) == 200
    assert state_of(reader) == State.CONFIRMED
    delivery.refresh_from_db()
    assert delivery.state == "sent"


def test_events_in_any_order_end_in_the_same_place(client, reader, delivery):
    delivered = postmark("Delivery", DeliveredAt=timezone.now().isoformat(), Recipient="john@example.com")
    events = [delivered, postmark(), postmark("SpamComplaint", "SpamComplaint")]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0, 1]):
        Delivery.objects.update(state="sent")
        for number in order:
            assert tell(client, "postmark", copy.deepcopy(events[number])) == 200
        delivery.refresh_from_db()
        assert delivery.state == "complained"


def test_delivered_is_noted_and_a_mail_of_somebody_else_is_not(client, reader, delivery):
    other = Delivery.objects.create(issue=delivery.issue, subscriber=None, state="sent", message_id="<other>")
    assert tell(client, "postmark", postmark("Delivery", Recipient="john@example.com")) == 200
    for one, state in ((delivery, "delivered"), (other, "sent")):
        one.refresh_from_db()
        assert one.state == state


def test_who_unsubscribes_at_the_provider_is_unsubscribed_here(client, reader):
    assert tell(client, "mailgun", mailgun("unsubscribed")) == 200
    assert state_of(reader) == State.UNSUBSCRIBED


def test_a_bounce_follows_the_reader_to_a_new_address(client, reader, delivery):
    Subscriber.objects.filter(pk=reader.pk).update(email="new@example.com")
    assert tell(client, "postmark", postmark()) == 200
    assert state_of(reader) == State.SUPPRESSED


def test_an_address_that_is_not_on_file_is_kept_from_being_imported(client):
    assert tell(client, "postmark", postmark(Email="stranger@example.com")) == 200
    assert suppressing.of("Stranger@example.com").reason == "bounce"


def test_a_reader_of_a_delivery_who_was_forgotten_stays_forgotten(client, reader, delivery):
    reader.delete()
    assert tell(client, "postmark", postmark()) == 200
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("auth", ["", "Basic bWFpbDp3cm9uZw==", "Bearer x", "Basic %%%"])
def test_without_the_secret_nothing_is_heard(client, reader, auth):
    assert tell(client, "postmark", postmark(), auth=auth) == 403
    assert state_of(reader) == State.CONFIRMED


def test_a_signature_that_is_not_mailguns_is_refused(client, reader):
    payload = mailgun("failed", key="another", severity="permanent", reason="bounce")
    assert tell(client, "mailgun", payload) == 403
    assert state_of(reader) == State.CONFIRMED


def test_where_no_secret_is_set_nothing_stands_there(client, settings):
    settings.ANYMAIL = {}
    assert tell(client, "postmark", postmark()) == 404
    assert tell(client, "nobody", {}) == 404


def test_a_provider_that_is_not_set_up_is_not_heard(client, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    assert tell(client, "mailgun", mailgun("complained")) == 404


@pytest.mark.parametrize("provider", ["amazon-ses", "brevo", "mailjet", "postmark", "sparkpost"])
@pytest.mark.parametrize("body", [b"", b"\xff", b"null", b"[1]", b'"x"', b"{", b'{"RecordType": []}'])
def test_what_cannot_be_read_is_refused_and_breaks_nothing(client, provider, body):
    assert tell(client, provider, body) in (200, 400, 403)


def test_amazon_is_called_back_at_its_own_address_only(client):
    head = {"x_amz_sns_message_type": "SubscriptionConfirmation", "x_amz_sns_message_id": "m"}
    told = {"Type": "SubscriptionConfirmation", "MessageId": "m", "TopicArn": "arn:aws:sns:eu-west-1:1:t", "Token": "t"}
    for address in ("http://127.0.0.1/", "https://sns.eu-west-1.amazonaws.com.evil.example/", ""):
        assert tell(client, "amazon-ses", told | {"SubscribeURL": address}, **head) == 400


def test_a_get_is_not_for_this_address(client):
    assert client.get("/hooks/mail/postmark/").status_code == 405


def test_the_environment_chooses_a_provider():
    read = mail_providers.read
    assert read({}) == {"ANYMAIL": {}}
    found = read({"EMAIL_PROVIDER": "postmark", "POSTMARK_SERVER_TOKEN": "t", "ANYMAIL_WEBHOOK_SECRET": SECRET})
    assert found == {
        "EMAIL_BACKEND": "anymail.backends.postmark.EmailBackend",
        "ANYMAIL": {"POSTMARK_SERVER_TOKEN": "t", "WEBHOOK_SECRET": SECRET},
    }
    for wrong in (
        {"EMAIL_PROVIDER": "pigeon"},
        {"EMAIL_PROVIDER": "mailjet", "MAILJET_API_KEY": "k"},
        {"ANYMAIL_WEBHOOK_SECRET": "no-colon-and-long-enough-otherwise"},
        {"ANYMAIL_WEBHOOK_SECRET": "a:short"},
    ):
        with pytest.raises(ImproperlyConfigured):
            read(wrong)


def test_every_provider_that_can_be_chosen_has_a_backend_and_an_address_to_call():
    from django.utils.module_loading import import_string

    from newsroom.audience.views.hooks import VIEWS

    for name, (backend, _needs) in mail_providers.NEEDS.items():
        assert import_string(backend)
        assert name in VIEWS
