"""Reminders of invoices: once before they are due, and three times after. Each is sent once, whoever comes first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from . import duties, invoice_letters
from .models import AdRequest, Invoice, InvoiceReminder

# Days after the day an invoice is due; below zero before it.
STEPS = (-3, 1, 7, 21)
# Who was not reminded in this time, because no worker ran, is not reminded later.
FORGOTTEN_AFTER = timedelta(days=60)


def remind(at: datetime) -> int:
    """Send the reminders whose day has come; of several that were missed, the last. Returns how many."""
    today = timezone.localdate(at)
    due = (
        Invoice.objects.owing()
        .filter(due_on__range=(today - FORGOTTEN_AFTER, today - timedelta(days=min(STEPS))))
        .exclude(request__status=AdRequest.Status.CANCELLED)
        .annotate(newest=Max("reminders__days"))
        .select_related("request__owner")
    )

    def tell(invoice: Any) -> bool:  # with `newest`, as annotated above
        if invoice.due_on is None:
            return False
        late = (today - invoice.due_on).days
        step = _step(invoice, late)
        if step is None or (invoice.newest is not None and step <= invoice.newest):
            return False
        with transaction.atomic():
            _reminder, is_new = InvoiceReminder.objects.get_or_create(invoice=invoice, days=step, defaults={"at": at})
            if not is_new:
                return False
            key, left = f"invoice:{invoice.pk}:{step}", invoice.balance()
            if step < 0:
                invoice_letters.due_soon(invoice, left=left, at=at, key=key)
            else:
                invoice_letters.overdue(invoice, left=left, days=late, at=at, key=key)
        return True

    return duties.each(due, tell)


def _step(invoice: Invoice, late: int) -> int | None:
    """The reminder for an invoice that is so many days late."""
    reached = [step for step in STEPS if step <= late]
    step = reached[-1] if reached else None
    if step is None or step > 0:
        return step
    # Not after the due day, and not where the invoice has only just been sent.
    is_worth_it = late <= 0 and invoice.due_on and invoice.issued_on < invoice.due_on + timedelta(days=step)
    return step if is_worth_it else None
