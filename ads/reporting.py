"""The report of a deal as plain data: what was delivered of each line and post, by day, artwork, section and device.

One report for the advertiser's page, the desk, the paper, the table and the mail. It reads counts through `ads.totals`
alone, in as many queries for thirty lines as for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Prefetch, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext as _

from articles.models import Section

from . import adjusting, progress, rollups, targeting, totals
from . import standing as standings
from .ledger import days_between
from .models import Adjustment, AdRequest, Booking, Creative, Device, SealedDay, TrackedLink
from .models.event import Kind, Reason, Source
from .report_rows import Corrected, Correction, Day, Line, Pace, Post, Proof, Refusal, Report, Row, State, Version
from .targeting import ANYWHERE, Where
from .totals import Figures

# A post stays for ever; so long after its publication it is reported on by mail and counts as running.
POST_RUNS = timedelta(days=28)
DEVICES = dict(Device.choices)


class Told(progress.Facts):
    """What a report tells of: what was bought, with what was cancelled after it had begun."""


def told_of(facts: progress.Facts) -> Told:
    """Bookings that were cancelled before their days began and were never shown are left out."""
    if isinstance(facts, Told):
        return facts
    cancelled = list(
        Booking.objects.filter(request=facts.deal, status=Booking.Status.CANCELLED)
        .annotate(cancelled_at=Max("moves__at", filter=Q(moves__to_status=Booking.Status.CANCELLED)))
        .select_related("position")
        .prefetch_related(Prefetch("creatives", Creative.objects.order_by("-version")))
    )
    had = totals.figures("line", line__in=[booking.pk for booking in cancelled]) if cancelled else {}
    began = [one for one in cancelled if (one.pk,) in had or (_stopped(one) or date.min) >= one.first_day]
    bookings = sorted([*facts.bookings, *began], key=lambda booking: (booking.first_day, booking.pk))
    return Told(**vars(facts) | {"bookings": bookings})


def _stopped(booking: Booking) -> date | None:
    """The day on which it was cancelled; None where it was not, or nobody wrote down when."""
    at: datetime | None = getattr(booking, "cancelled_at", None)
    return timezone.localdate(at) if at else None


def _ended(booking: Booking) -> date:
    return min(booking.last_day, max(booking.first_day, _stopped(booking) or booking.last_day))


def flight_of(facts: progress.Facts) -> tuple[date, date] | None:
    """From the first day of anything bought to the last, or to when it was cancelled; a post counts for four weeks from
    its publication."""
    facts = told_of(facts)
    days = [day for booking in facts.bookings for day in (booking.first_day, _ended(booking))]
    for _line, articles in facts.posts:
        for article in articles:
            if article.public_since:
                begins = timezone.localdate(article.public_since)
                days += [begins, begins + POST_RUNS - timedelta(days=1)]
    return (min(days), max(days)) if days else None


def of(deal: AdRequest, first_day: date | None, last_day: date | None, at: datetime) -> Report:
    """The report of some days up to `at`, by default of the whole flight."""
    return of_facts(progress.facts_of(deal, at=at), first_day, last_day, at)


def of_facts(facts: progress.Facts, first_day: date | None, last_day: date | None, at: datetime) -> Report:
    """The same, where the facts were read already."""
    facts = told_of(facts)
    flight = flight_of(facts)
    today = timezone.localdate(at)
    first = first_day or (flight[0] if flight else today)
    last = min(last_day or (flight[1] if flight else today), today)
    sealed = cited = SealedDay.objects.first()
    if sealed and sealed.day > last:
        cited = SealedDay.objects.filter(day=last).first()
    report = Report(
        deal=facts.deal,
        first_day=first,
        last_day=last,
        at=at,
        zone=timezone.get_current_timezone_name(),
        flight=flight,
        began=standings.counting_began(),
        sealed_to=sealed.day if sealed else None,
        seal=cited.seal if cited else "",
        method=cited.method if cited else rollups.METHOD,
        total=Row(_("Total")),
    )
    report.days = _days(report)
    if facts.bookings:
        _lines(report, facts.bookings, today)
    if facts.posts:
        _posts(report, facts, at)
    _proofs(report, facts)
    _refusals(report)
    _corrections(report, facts)
    return report


def _days(report: Report) -> list[Day]:
    if report.last_day < report.first_day:
        return []
    days = days_between(report.first_day, report.last_day)
    return [Day(label="", day=day, state=_state(report, day)) for day in days]


def _state(report: Report, day: date) -> State:
    if report.began is None or day < report.began:
        return State.UNCOUNTED
    return State.SEALED if report.sealed_to and day <= report.sealed_to else State.PROVISIONAL


def _lines(report: Report, bookings: Sequence[Booking], today: date) -> None:
    begins = min([report.first_day, *(booking.first_day for booking in bookings)])
    until = max(report.last_day, min(today, max(booking.last_day for booking in bookings)))
    counted = totals.figures(
        "day",
        "line",
        "creative",
        first_day=begins,
        last_day=until,
        line__in=[booking.pk for booking in bookings],
        source=Source.PAGE,
    )
    had: dict[int, int] = defaultdict(int)
    corrected: dict[int, Figures] = defaultdict(Figures)
    rows: dict[int, Line] = {}
    of_day = {day.day: day for day in report.days}
    versions: dict[tuple[int, int], Version] = {}
    of_line: dict[tuple[int, date], Day] = {}
    for booking in bookings:
        place = booking.position
        line = rows[booking.pk] = Line(label=f"{place.display_name} {place.display_size}", booking=booking)
        line.cancelled_on = _stopped(booking)
        for day in report.days:
            if booking.first_day <= day.day <= _ended(booking):
                of_line[booking.pk, day.day] = Day(label="", day=day.day, state=day.state)
                line.days.append(of_line[booking.pk, day.day])
        for creative in booking.creatives.all():
            label = _("Version %(number)d") % {"number": creative.version}
            versions[booking.pk, creative.pk] = Version(label=label, creative=creative)
    for (day, number, creative), figures in counted.items():
        had[number] += figures.renders
        if day not in of_day:
            continue
        line = rows[number]
        for row in (report.total, of_day[day], line):
            row.figures.take(figures)
        if own := of_line.get((number, day)):
            own.figures.take(figures)
        told, corrections = figures.split()
        corrected[number].take(corrections)
        if version := versions.get((number, creative)):
            version.figures.take(told)
    for line in rows.values():
        found = [version for (booking, _pk), version in versions.items() if booking == line.booking.pk]
        line.versions = [one for one in found if any(one.figures.gross.values())]
        if line.versions and any(corrected[line.booking.pk].corrected.values()):
            line.versions.append(Version(_("Corrected"), corrected[line.booking.pk]))
    wheres = targeting.wheres(bookings)
    shown = standings.met(bookings, wheres, kind=Kind.RENDER, at=report.at)
    for number, line in rows.items():
        if not line.is_cancelled:
            where = wheres.get(number, ANYWHERE)
            line.pace = pace(line.booking, where, had[number], shown.get(number, 0), report.at)
    report.lines = list(rows.values())
    report.positions = _merged((line.label, line.figures) for line in report.lines)
    _places(report, bookings)


def pace(booking: Booking, where: Where, had: int, shown: int, at: datetime) -> Pace:
    """What a line has had by now against what it bought (`ads.standing`); `shown` is how often the position of a share
    was shown where and when it may run."""
    expected = standings.expected(booking, where, shown, at=at)
    bought, of = (booking.impressions, None) if booking.impressions else (booking.share, shown)
    return Pace(had=had, bought=bought, expected=expected, of=of)


def _places(report: Report, bookings: Sequence[Booking]) -> None:
    """By section and by device."""
    if report.last_day < report.first_day:
        return
    counted = totals.figures(
        "section",
        "device",
        first_day=report.first_day,
        last_day=report.last_day,
        line__in=[booking.pk for booking in bookings],
        source=Source.PAGE,
    )
    sections = Section.objects.filter(pk__in={section for section, _device in counted})
    names = {section.pk: _named(section) for section in sections}
    names[0] = _("Front page and others")
    gone = _("A section that is gone")
    # Corrections know neither: they have a row of their own.
    corrections = Corrected(_("Corrected"))
    places: list[tuple[str, str, Figures]] = []
    for (section, device), figures in counted.items():
        told, more = figures.split()
        corrections.figures.take(more)
        if any(told.gross.values()):
            places.append((names.get(section, gone), str(DEVICES.get(device) or _("Unknown")), told))
    report.sections = _merged((section, told) for section, _device, told in places)
    report.devices = _merged((device, told) for _section, device, told in places)
    if any(corrections.figures.corrected.values()):
        report.sections.append(corrections)
        report.devices.append(corrections)


def _merged(figures: Iterable[tuple[str, Figures]]) -> list[Row]:
    """A row for each name, that with most showings first."""
    rows: dict[str, Row] = {}
    for name, one in figures:
        rows.setdefault(name, Row(name)).figures.take(one)
    return sorted(rows.values(), key=lambda row: (-row.figures.renders, row.label))


def _posts(report: Report, facts: progress.Facts, at: datetime) -> None:
    report.posts_bought = True
    articles = [article for _line, found in facts.posts for article in found if article.public_since]
    for article in articles:
        begins = timezone.localdate(article.public_since)
        post = Post(label=article.headline, article=article)
        post.days = [Day(label="", day=day.day, state=day.state) for day in report.days if day.day >= begins]
        if article.pk in facts.public:
            post.online_days = (timezone.localdate(at) - begins).days + 1
        report.posts.append(post)
    if not report.days:
        return
    of_day = {(post.article.pk, day.day): day for post in report.posts for day in post.days}
    of_post = {post.article.pk: post for post in report.posts}
    counted = totals.figures(
        "day",
        "article",
        first_day=report.first_day,
        last_day=report.last_day,
        article__in=list(of_post),
        source=Source.STORY,
    )
    for (day, article), figures in counted.items():
        of_post[article].figures.take(figures)
        if own := of_day.get((article, day)):
            own.figures.take(figures)


def _proofs(report: Report, facts: progress.Facts) -> None:
    """Mentions that were made, and the clicks on our links in them."""
    lines = [line.pk for line in facts.lines]
    links = dict(TrackedLink.objects.filter(promise__line__in=lines).values_list("pk", "promise"))
    clicks: dict[int, int] = defaultdict(int)
    if links:  # of its whole time: no index knows links, so only where there are some
        since = report.flight[0] if report.flight else report.first_day
        mailed: dict[str, Any] = {"link__in": list(links), "source": Source.MAIL, "kind": Kind.CLICK}
        for (link,), figures in totals.figures("link", first_day=since, **mailed).items():
            clicks[links[link]] += figures.clicks
    for line in facts.lines:
        for promise in line.promises.all():
            if promise.done_at or promise.pk in links.values():
                report.proofs.append(Proof(promise, clicks[promise.pk], promise.pk in links.values()))


def _refusals(report: Report) -> None:
    numbers: dict[Reason, dict[Kind, int]] = defaultdict(lambda: dict.fromkeys(Kind, 0))
    for (kind, reason), number in report.total.figures.refused.items():
        numbers[reason][kind] += number
    found = [
        Refusal(str(reason.label), kinds[Kind.RENDER], kinds[Kind.VIEW], kinds[Kind.CLICK])
        for reason, kinds in sorted(numbers.items())
    ]
    report.refusals = [one for one in found if one.renders or one.views or one.clicks]


def _corrections(report: Report, facts: progress.Facts) -> None:
    lines = [booking.pk for booking in facts.bookings]
    articles = [article.pk for _line, found in facts.posts for article in found]
    theirs = Q(line__in=lines, source=Source.PAGE) | Q(article__in=articles, source=Source.STORY, position=0)
    found = Adjustment.objects.filter(theirs, day__range=(report.first_day, report.last_day)).order_by("day", "pk")
    report.corrections = [Correction(one.day, adjusting.what(one), one.number, one.why) for one in found]


def standing(report: Report) -> str:
    """How far the figures stand, in a sentence or two."""
    said = []
    if report.sealed_days:
        day = date_format(report.sealed_days[-1].day, "j F Y")
        said.append(_("Sealed to %(day)s: these figures change only by a correction that says why.") % {"day": day})
    if report.provisional_days:
        first = date_format(report.provisional_days[0].day, "j F Y")
        said.append(_("From %(day)s on they are provisional until the night after.") % {"day": first})
    if count := len(report.uncounted_days):
        said.append(
            ngettext(
                "One day lies before counting began and has no figures.",
                "%(count)d days lie before counting began and have no figures.",
                count,
            )
            % {"count": count}
        )
    return " ".join(said)


def _named(section: Section) -> str:
    """A section's name, with its language where the reader of the report has another one."""
    if section.language == get_language():
        return section.name
    language = str(dict(settings.LANGUAGES)[section.language])
    return f"{section.name} ({gettext(language)})"
