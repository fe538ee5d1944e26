"""Reminders of invoices."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from ads import billing, deals, dunning
from tests.ads.test_billing import another, pay

pytestmark = pytest.mark.django_db


def test_each_reminder_is_sent_once_and_the_desk_hears_of_those_that_are_late(run_jobs):
    at = timezone.now()
    made = another(at)
    run_jobs()
    mail.outbox.clear()
    sent = {}
    for days in range(-14, 30):
        day = timezone.make_aware(datetime.combine(made.due_on + timedelta(days=days), datetime.min.time()))
        with time_machine.travel(day + timedelta(hours=9), tick=False):
            now = timezone.now()
            if count := [dunning.remind(now), dunning.remind(now)]:
                sent[days] = count
    assert {days for days, count in sent.items() if count != [0, 0]} == {-3, 1, 7, 21}
    assert {tuple(count) for count in sent.values()} == {(0, 0), (1, 0)}
    run_jobs()
    subjects = [(message.to[0] == made.request.email, message.subject.partition("] ")[2]) for message in mail.outbox]
    late, desk = (True, "Your invoice is overdue"), (False, f"Invoice overdue: {made.buyer}")
    assert Counter(subjects) == {(True, "Your invoice is due soon"): 1, late: 3, desk: 3}


def test_nobody_is_reminded_of_what_is_paid_credited_cancelled_or_was_missed_for_long():
    at = timezone.now()
    paid, credited, cancelled, part, old = (another(at) for _ in range(5))
    pay(paid, "100")
    billing.credit(credited, by=None, at=at, note="Wrong")
    deals.cancel(cancelled.request, by=None, at=at)
    pay(part, "99.90")
    assert dunning.remind(at + timedelta(days=16)) == 2
    assert {reminder.invoice for reminder in part.reminders.all()} == {part}
    assert dunning.remind(at + timedelta(days=100)) == 0
    assert old.reminders.count() == 1
