"""Quotes, invoices, credit notes and the rate card as PDF, in the language of who gets them."""

from .documents import of_invoice, of_quote
from .rate_card import of_rate_card

__all__ = ["of_invoice", "of_quote", "of_rate_card"]
