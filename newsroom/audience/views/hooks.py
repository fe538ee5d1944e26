"""What mail providers call to tell of mails that left. Behind a secret of ours; without one, nothing stands here."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from anymail.exceptions import AnymailError
from anymail.webhooks import (
    amazon_ses,
    brevo,
    mailersend,
    mailgun,
    mailjet,
    postal,
    postmark,
    resend,
    sparkpost,
)
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles import outgoing

logger = logging.getLogger(__name__)

# Where Amazon has its subscriptions confirmed. We call nobody else.
SNS = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\S*", re.ASCII)


class AmazonSES(amazon_ses.AmazonSESTrackingWebhookView):
    """Without Amazon's own library, which the other one wants for its keys: for mail that goes through SES by SMTP. The
    first call of a new subscription is answered by opening the address that it names."""

    def __init__(self, **kwargs) -> None:
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message) -> None:
        address = str(sns_message.get("SubscribeURL", ""))
        if not SNS.fullmatch(address):
            raise ValueError("an address that is not Amazon's")
        try:
            outgoing.send("GET", address)
        except outgoing.NotSent as error:
            logger.warning("Amazon's subscription is not confirmed: %s Have it sent again from its console.", error)


VIEWS = {
    "amazon-ses": AmazonSES,
    "brevo": brevo.BrevoTrackingWebhookView,
    "mailersend": mailersend.MailerSendTrackingWebhookView,
    "mailgun": mailgun.MailgunTrackingWebhookView,
    "mailjet": mailjet.MailjetTrackingWebhookView,
    "postal": postal.PostalTrackingWebhookView,
    "postmark": postmark.PostmarkTrackingWebhookView,
    "resend": resend.ResendTrackingWebhookView,
    "sparkpost": sparkpost.SparkPostTrackingWebhookView,
}
# What a body that is not as documented makes the library raise.
NOT_READ = (ValueError, KeyError, TypeError, AttributeError, IndexError, AnymailError)


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def mail(request: HttpRequest, provider: str) -> HttpResponseBase:
    """200 for what was heard, 404 where no secret is set, 403 without it, 400 for what cannot be read. What fails for
    want of a database fails loudly, and the provider sends it again."""
    if provider not in VIEWS or not getattr(settings, "ANYMAIL", {}).get("WEBHOOK_SECRET"):
        raise Http404
    try:
        view: Callable[..., HttpResponseBase] = VIEWS[provider].as_view()
        return view(request)
    except SuspiciousOperation:
        return HttpResponseForbidden("The secret or the signature is not ours.", content_type="text/plain")
    except ImproperlyConfigured as error:
        logger.warning("What %s tells of mails is not heard: %s", provider, error)
        raise Http404 from None
    except NOT_READ as error:
        logger.warning("What %s told of a mail cannot be read: %s", provider, type(error).__name__)
        return HttpResponse("This is no event that we know.", status=400, content_type="text/plain")
