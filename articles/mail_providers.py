"""Mail through a provider's API instead of SMTP, chosen by the environment (`django-anymail` does the rest)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

# By provider: its backend, and what it must be given in the environment; and what it may.
NEEDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "brevo": ("anymail.backends.brevo.EmailBackend", ("BREVO_API_KEY",)),
    "mailersend": ("anymail.backends.mailersend.EmailBackend", ("MAILERSEND_API_TOKEN",)),
    "mailgun": ("anymail.backends.mailgun.EmailBackend", ("MAILGUN_API_KEY",)),
    "mailjet": ("anymail.backends.mailjet.EmailBackend", ("MAILJET_API_KEY", "MAILJET_SECRET_KEY")),
    "postal": ("anymail.backends.postal.EmailBackend", ("POSTAL_API_URL", "POSTAL_API_KEY")),
    "postmark": ("anymail.backends.postmark.EmailBackend", ("POSTMARK_SERVER_TOKEN",)),
    "resend": ("anymail.backends.resend.EmailBackend", ("RESEND_API_KEY",)),
    "sparkpost": ("anymail.backends.sparkpost.EmailBackend", ("SPARKPOST_API_KEY",)),
}
MAY = (
    "MAILERSEND_SIGNING_SECRET",
    "MAILGUN_API_URL",
    "MAILGUN_SENDER_DOMAIN",
    "MAILGUN_WEBHOOK_SIGNING_KEY",
    "POSTAL_WEBHOOK_KEY",
    "POSTMARK_MESSAGE_STREAM",
    "RESEND_SIGNING_SECRET",
    "SPARKPOST_API_URL",
)


def read(environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings that follow from EMAIL_PROVIDER and its keys, and from ANYMAIL_WEBHOOK_SECRET. Without a provider
    mail goes by EMAIL_URL, and the secret alone lets in what a provider tells of mail that went through its SMTP."""
    secret = environment.get("ANYMAIL_WEBHOOK_SECRET", "").strip()
    if secret and (":" not in secret or len(secret) < 24):
        raise ImproperlyConfigured(
            "ANYMAIL_WEBHOOK_SECRET is a name, a colon and a password, 24 characters or more, such as the output of: "
            "python -c 'import secrets; print(\"mail:\" + secrets.token_urlsafe(24))'"
        )
    said = {name: environment[name].strip() for name in (*MAY, *_all_needs()) if environment.get(name, "").strip()}
    found: dict[str, Any] = {"ANYMAIL": said | {"WEBHOOK_SECRET": secret} if secret else said}
    provider = environment.get("EMAIL_PROVIDER", "").strip().lower()
    if not provider:
        return found
    if provider not in NEEDS:
        raise ImproperlyConfigured(f"EMAIL_PROVIDER is one of {', '.join(NEEDS)}, or not set; not {provider!r}.")
    backend, needs = NEEDS[provider]
    if missing := [name for name in needs if name not in said]:
        raise ImproperlyConfigured(f"EMAIL_PROVIDER={provider} needs {' and '.join(missing)}.")
    return found | {"EMAIL_BACKEND": backend}


def _all_needs() -> list[str]:
    return [name for _backend, needs in NEEDS.values() for name in needs]
