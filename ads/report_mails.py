"""Reports by mail: every Monday of the week before, and once when all of it ran; once more when a make-good that was
booked later has. Each goes once, whoever comes first.

Both wait for the seal of their last day, so that what is read in the mail stays true. The PDF is made when the mail
leaves (`ads.paper.report`); a mail that is sent twice has the same Message-ID and the same figures.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from . import duties, letters, progress, reporting
from .models import AdRequest, Booking, ReportMail, SealedDay, SponsoredPost
from .models.booking import midnight
from .report_rows import Report

Status = AdRequest.Status

# On Mondays, in the publisher's zone.
SENT_FROM = time(6)
DAY = timedelta(days=1)
# What ended so long ago is not reported any more, should no worker have run.
FORGOTTEN_AFTER = timedelta(days=21)
REPORTED = (Status.SCHEDULED, Status.LIVE, Status.DELIVERED, Status.CLOSED)
# How a mail that waits in the queue names its paper (`articles.mail`).
PAPER = "report"


def send_due(at: datetime) -> int:
    """Queue what is due. Returns how many mails."""
    newest = SealedDay.objects.first()
    if newest is None:
        return 0
    monday = _monday(at)
    week = (monday - timedelta(days=7), monday - timedelta(days=1))
    is_time = at >= timezone.make_aware(datetime.combine(monday, SENT_FROM))
    facts = progress.read(_candidates(week, newest.day, is_time=is_time), at=at)
    return duties.each(facts, lambda one: _send(one, week if is_time else None, newest.day, at=at))


def _monday(at: datetime) -> date:
    today = timezone.localdate(at)
    return today - timedelta(days=today.weekday())


def _candidates(week: tuple[date, date], sealed: date, *, is_time: bool) -> Any:
    """Deals of which something may be due: what ran in the week and was not told yet, or has ended."""
    since = min(week[0], sealed - FORGOTTEN_AFTER)
    booked = Booking.objects.filter(status=Booking.Status.BOOKED, request__isnull=False)
    ran = booked.filter(last_day__gte=since, first_day__lte=sealed)
    online = midnight(since) - reporting.POST_RUNS
    posts = SponsoredPost.objects.filter(article__public_since__gte=online, line__isnull=False)
    sent = ReportMail.objects.filter(request=OuterRef("pk"))
    finals = sent.filter(is_final=True).order_by("-last_day")
    found = AdRequest.objects.annotate(
        told_to=Subquery(finals.values("last_day")[:1]), told_at=Subquery(finals.values("sent_at")[:1])
    )
    # What was booked, or went online, after the final report.
    later = Exists(booked.filter(request=OuterRef("pk"), last_day__gt=OuterRef("told_to"))) | Exists(
        posts.filter(line__quote__request=OuterRef("pk"), article__public_since__gt=OuterRef("told_at"))
    )
    due = Q(~Exists(booked.filter(request=OuterRef("pk"), last_day__gt=sealed)))
    if is_time:
        due |= Q(~Exists(sent.filter(last_day=week[1])), weekly_stopped_at=None)
    return found.filter(
        Q(pk__in=ran.order_by().values("request")) | Q(pk__in=posts.order_by().values("line__quote__request")),
        due,
        Q(told_to=None) | later,
        status__in=REPORTED,
        suspected="",
    ).order_by("pk")


def _send(facts: progress.Facts, week: tuple[date, date] | None, sealed: date, *, at: datetime) -> bool:
    """The final report where the flight is over, else that of the week."""
    flight = reporting.flight_of(facts)
    if flight is None:
        return False
    first, last = flight
    if last <= sealed:
        # What ended before mails began, or long ago, is told nobody.
        return last >= sealed - FORGOTTEN_AFTER and _post(facts, first, last, is_final=True, at=at)
    if week is None or facts.deal.weekly_stopped_at or week[1] > sealed:
        return False
    if not _ran(facts, week):
        return False
    return _post(facts, max(first, week[0]), week[1], is_final=False, at=at)


def _ran(facts: progress.Facts, week: tuple[date, date]) -> bool:
    """Whether anything of it was there in a week: between a flight and what makes it good lie weeks of nothing."""
    flights = [(booking.first_day, booking.last_day) for booking in facts.bookings]
    online = [article.public_since for _line, articles in facts.posts for article in articles if article.public_since]
    flights += [(timezone.localdate(since), timezone.localdate(since + reporting.POST_RUNS) - DAY) for since in online]
    return any(first <= week[1] and last >= week[0] for first, last in flights)


def _post(facts: progress.Facts, first: date, last: date, *, is_final: bool, at: datetime) -> bool:
    deal = facts.deal
    # A final report of more days was sent when what ended last is cancelled since.
    if ReportMail.objects.filter(request=deal, last_day__gte=last, is_final=is_final).exists():
        return False
    with translation.override(deal.language):
        report = reporting.of_facts(facts, first, last, at)
        standing = reporting.standing(report)
    if not report.is_counted:
        return False
    subject = (
        gettext_lazy("What came of it: the final figures") if is_final else gettext_lazy("Your figures of the week")
    )
    with transaction.atomic():
        sent, is_new = ReportMail.objects.get_or_create(
            request=deal, last_day=last, is_final=is_final, defaults={"first_day": first, "sent_at": at}
        )
        if not is_new:
            return False
        letters.to_advertiser(
            deal,
            subject,
            "report_final" if is_final else "report_weekly",
            {"report": report, "standing": standing},
            at=at,
            key=f"report:{sent.pk}",
            paper=f"{PAPER}:{sent.pk}",
        )
    return True


def paper_of(number: str) -> tuple[str, bytes, str] | None:
    """The PDF of a report that was sent: name, content and type; None where the deal is gone."""
    from .paper import report as report_paper

    sent = ReportMail.objects.select_related("request").filter(pk=int(number)).first()
    if sent is None:
        return None
    deal = sent.request
    with translation.override(deal.language):
        report = reporting.of(deal, sent.first_day, sent.last_day, sent.sent_at)
        pdf = report_paper.of_report(report, deal.language)
    return f"{deal.reference}-{sent.last_day.isoformat()}.pdf", pdf, "application/pdf"


def is_weekly(deal: AdRequest, report: Report, *, at: datetime) -> bool:
    """Whether a weekly report is still to come, which they may not want."""
    last = report.flight[1] if report.flight else None
    return deal.status in REPORTED and last is not None and last >= timezone.localdate(at)


def stop(deal: AdRequest, *, at: datetime) -> bool:
    """No more weekly reports; the final one comes all the same. False when it was so already."""
    return bool(AdRequest.objects.filter(pk=deal.pk, weekly_stopped_at=None).update(weekly_stopped_at=at))


def resume(deal: AdRequest) -> bool:
    return bool(AdRequest.objects.filter(pk=deal.pk).exclude(weekly_stopped_at=None).update(weekly_stopped_at=None))
