"""System checks of the ad desk."""

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register
def advertisers_are_told_where_to_pay(app_configs, **kwargs) -> list[CheckMessage]:
    """For a site that readers reach: an invoice without bank details cannot be paid."""
    if settings.BANK_DETAILS or settings.DEBUG or not settings.HTTPS:
        return []
    return [
        Warning(
            "BANK_DETAILS is empty, so invoices do not say where to pay.",
            hint="Set BANK_DETAILS (and BANK_DETAILS_AR); \\n in it begins a new line.",
            id="ads.W001",
        )
    ]
