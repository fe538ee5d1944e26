"""Quotes, invoices and credit notes as PDF, in the language of who gets them."""

from .documents import of_invoice, of_quote

__all__ = ["of_invoice", "of_quote"]
