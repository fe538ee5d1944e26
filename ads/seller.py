"""Who sells, as quotes and invoices name them: settings of the publisher, in the language of the paper. Without a name
of its own the seller is the brand."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from articles.models import Brand

from .models import AdRequest


@dataclass(frozen=True, slots=True)
class Seller:
    name: str
    details: str
    bank: str
    terms: str


def now(language: str) -> Seller:
    """As the settings say today. Call it with `language` active."""
    tax_id = _("Tax number: %(number)s") % {"number": settings.SELLER_TAX_ID} if settings.SELLER_TAX_ID else ""
    address = _in("SELLER_ADDRESS", language)
    return Seller(
        name=_in("SELLER_NAME", language) or Brand.current().said("name", language),
        details="\n".join(filter(None, [address, tax_id])),
        bank=_in("BANK_DETAILS", language),
        terms=_in("INVOICE_TERMS", language),
    )


def of_buyer(deal: AdRequest) -> str:
    """Who they are, below the name of the company: a line each."""
    firm = deal.advertiser
    tax_id = _("Tax number: %(number)s") % {"number": firm.tax_id} if firm and firm.tax_id else ""
    address = firm.billing_address.strip() if firm else ""
    return "\n".join(filter(None, [deal.name, address, str(deal.country.name or ""), tax_id, deal.email]))


def _in(name: str, language: str) -> str:
    """A setting in Arabic where there is one, else as it is."""
    return (getattr(settings, f"{name}_AR") if language == "ar" else "") or getattr(settings, name)
