"""A report on paper: what the page says, with its charts, and the seal that it goes by."""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles import branding
from articles.models import Brand

from .. import charts, reporting, seller
from ..charts import Chart, grouped
from ..models import Sighting
from ..models.event import Kind
from ..report_rows import Line, Report, Row, State
from .sheet import INNER, QUIET, RULE, Column, Sheet
from .text import one_line
from .wording import comma

logger = logging.getLogger(__name__)

TALL = 30.0
COLOURS = {"sealed": (11, 92, 138), "provisional": (140, 178, 202), "uncounted": (232, 228, 220)}
# Pictures of artwork in its place: the widest side in millimetres, and how many.
WIDEST, HIGHEST, MOST_PICTURES = 120.0, 90.0, 6
NUMBER, RATE = 24.0, 21.0


def of_report(report: Report, language: str) -> bytes:
    """The report as PDF, in a language."""
    with translation.override(language):
        return _draw(report, language)


def _draw(report: Report, language: str) -> bytes:
    us = seller.now(language)
    sheet = Sheet(language)
    title = _("Report %(reference)s") % {"reference": report.deal.reference}
    sheet.set_title(title)
    sheet.set_author(one_line(us.name, 160))
    sheet.set_creator(one_line(us.name, 160))
    _head(sheet, report, us.name)
    if report.lines:
        _key_figures(sheet, report)
        if report.is_counted:
            for kind, name in ((Kind.RENDER, _("Shown")), (Kind.CLICK, _("Clicks"))):
                _chart(sheet, report, charts.of_days(report.days, kind, name, is_rtl=sheet.is_rtl))
        _of_lines(sheet, report)
        _pictures(sheet, report)
        versions = [_named(line, version) for line in report.lines for version in line.versions]
        for heading, rows in (
            (_("By artwork"), versions),
            (_("By position"), report.positions if len(report.lines) > len(report.positions) else []),
            (_("By section"), report.sections),
            (_("By device"), report.devices),
        ):
            _rows(sheet, heading, rows)
        _by_day(sheet, report)
    _posts(sheet, report)
    _refused(sheet, report)
    _method(sheet, report)
    sheet.feet(f"{one_line(us.name, 80)} · {title}", _("Page %(page)s of %(pages)s"))
    return bytes(sheet.output())


def _head(sheet: Sheet, report: Report, name: str) -> None:
    sheet.masthead(
        one_line(name, 160),
        _("Report"),
        branding.paper_logo(Brand.current().paper_logo("ar" if sheet.is_rtl else "en")),
    )
    sheet.set_y(sheet.get_y() + 2)
    sheet.rule()
    sheet.set_y(sheet.get_y() + 5)
    facts = [
        (_("For"), one_line(report.deal.company, 160)),
        (_("Reference"), report.deal.reference),
        (_("Days"), f"{_day(report.first_day)} – {_day(report.last_day)}"),
        (_("Time zone"), report.zone),
        (_("Made on"), date_format(timezone.localtime(report.at), "j F Y, H:i")),
    ]
    for label, value in facts:
        here = sheet.get_y()
        height = sheet.type(9, colour=QUIET)
        sheet.put(0, 34, label, height)
        sheet.set_y(here)
        height = sheet.type(9.5)
        sheet.put(34, INNER - 34, value, height)
        sheet.set_y(sheet.get_y() + 0.6)
    sheet.set_y(sheet.get_y() + 2)
    if said := reporting.standing(report):
        sheet.paragraphs(said)
    sheet.set_y(sheet.get_y() + 4)


def _key_figures(sheet: Sheet, report: Report) -> None:
    total = report.total
    figures = [
        (_("Shown"), grouped(total.figures.renders)),
        (_("Viewable"), f"{grouped(total.figures.views)} · {_percent(total.viewable_percent, 1)}"),
        (_("Clicks"), f"{grouped(total.figures.clicks)} · {_percent(total.click_percent, 2)}"),
    ]
    top, wide = sheet.get_y(), INNER / len(figures)
    for place, (label, value) in enumerate(figures):
        sheet.set_y(top)
        sheet.put(place * wide, wide - 4, label, sheet.type(8.5, colour=QUIET))
        sheet.put(place * wide, wide - 4, value if report.is_counted else "–", sheet.type(14, bold=True))
    sheet.set_y(sheet.get_y() + 4)


def _chart(sheet: Sheet, report: Report, chart: Chart) -> None:
    sheet.room_for(TALL + 18)
    _heading(sheet, _("%(what)s by day, at most %(number)s") % {"what": chart.title, "number": grouped(chart.top)})
    top, left = sheet.get_y(), sheet.left_of(0, INNER)
    across, up = INNER / chart.width, TALL / charts.HEIGHT
    for bar in chart.bars:
        sheet.set_fill_color(*COLOURS[bar.style])
        sheet.rect(left + bar.x * across, top + bar.y * up, bar.width * across, bar.height * up, style="F")
    sheet.set_y(top + TALL)
    sheet.rule(colour=QUIET)
    sheet.set_y(top + TALL + 1)
    height = sheet.type(8, colour=QUIET)
    here = sheet.get_y()
    sheet.put(0, INNER / 2, _day(report.first_day), height)
    sheet.set_y(here)
    sheet.put(INNER / 2, INNER / 2, _day(report.last_day), height, to_end=True)
    sheet.set_y(sheet.get_y() + 3)


def _heading(sheet: Sheet, text: str) -> None:
    sheet.room_for(40)
    height = sheet.type(10.5, bold=True)
    sheet.put(0, INNER, text, height)
    sheet.set_y(sheet.get_y() + 1.5)


def _of_lines(sheet: Sheet, report: Report) -> None:
    _heading(sheet, _("What was bought"))
    columns = [
        Column(_("Position"), INNER - 3 * NUMBER - RATE),
        Column(_("Shown"), NUMBER, True),
        Column(_("Viewable"), NUMBER, True),
        Column(_("Clicks"), NUMBER, True),
        Column(_("By now"), RATE, True),
    ]
    rows = []
    for line in report.lines:
        booking, pace = line.booking, line.pace
        days = f"{_day(booking.first_day)} – {_day(booking.last_day)}"
        said = [line.label, "\n" + f"{days} · {in_words(line)}"]
        percent = _percent(pace.percent, 0) if pace else "–"
        rows.append(["".join(said), *_numbers(line), percent])
    sheet.draw_table(columns, rows)
    sheet.put(0, INNER, _("By now: of what is expected until this moment."), sheet.type(8, colour=QUIET))
    sheet.set_y(sheet.get_y() + 5)


def in_words(line: Line) -> str:
    """What a line bought and had of it, from its first day to now."""
    pace = line.pace
    if pace is None:
        return " · ".join(filter(None, [str(line.booking.bought), line.cancelled]))
    if pace.of is None:
        said = _("%(had)s of %(bought)s impressions, %(expected)s expected by now")
        return said % {"had": grouped(pace.had), "bought": grouped(pace.bought), "expected": grouped(pace.expected)}
    said = _("%(had)s of the position's showings, bought: %(bought)s")
    return said % {"had": _percent(pace.had_percent, 1), "bought": _percent(pace.bought, 0)}


def _named(line: Line, version: Row) -> Row:
    return Row(f"{line.label}\n{version.label}", version.figures)


def _numbers(row: Row) -> list[str]:
    numbers = [row.figures.renders, row.figures.views, row.figures.clicks]
    return [_less(-number) if number < 0 else grouped(number) for number in numbers]


def _columns(first: str) -> list[Column]:
    rates = [Column(_("Viewable rate"), RATE + 3, True), Column(_("Click rate"), RATE, True)]
    numbers = [Column(_("Shown"), NUMBER - 2, True), Column(_("Viewable"), NUMBER - 2, True), rates[0]]
    numbers += [Column(_("Clicks"), NUMBER - 4, True), rates[1]]
    return [Column(first, INNER - sum(column.width for column in numbers)), *numbers]


def _cells(row: Row) -> list[str]:
    renders, views, clicks = _numbers(row)
    return [renders, views, _percent(row.viewable_percent, 1), clicks, _percent(row.click_percent, 2)]


def _rows(sheet: Sheet, heading: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    _heading(sheet, heading)
    sheet.draw_table(_columns(""), [[_label(row.label), *_cells(row)] for row in rows])
    sheet.set_y(sheet.get_y() + 5)


def _label(text: str) -> str:
    main, line_break, small = text.partition("\n")
    return one_line(main, 120) + line_break + one_line(small, 120)


def _by_day(sheet: Sheet, report: Report) -> None:
    if not report.days:
        return
    _heading(sheet, _("By day"))
    rows = []
    for day in report.days:
        name = _day(day.day)
        if not day.is_counted:
            rows.append([f"{name}\n" + _("not counted yet"), *["–"] * 5])
            continue
        note = "\n" + _("provisional") if day.state == State.PROVISIONAL else ""
        rows.append([name + note, *_cells(day)])
    rows.append([_("Total"), *_cells(report.total)])
    sheet.draw_table(_columns(_("Day")), rows)
    sheet.set_y(sheet.get_y() + 5)


def _pictures(sheet: Sheet, report: Report) -> None:
    """Artwork in its place, where a browser took a picture of it."""
    creatives = [creative.pk for line in report.lines for creative in line.booking.creatives.all()]
    found = list(Sighting.objects.filter(creative__in=creatives).order_by("creative", "is_phone")[:MOST_PICTURES])
    for sighting in found:
        try:
            with sighting.file.open("rb") as file:
                data = file.read()
        except OSError as error:
            logger.warning("A picture in place is not there: %s", error)
            continue
        scale = min(WIDEST / sighting.width, HIGHEST / sighting.height)
        wide, tall = sighting.width * scale, sighting.height * scale
        sheet.room_for(tall + 16)
        taken = date_format(timezone.localtime(sighting.taken_at), "j F Y, H:i")
        where = _("On a phone, %(when)s") if sighting.is_phone else _("On a wide screen, %(when)s")
        _heading(sheet, where % {"when": taken})
        top, left = sheet.get_y(), sheet.left_of(0, wide)
        sheet.image(io.BytesIO(data), x=left, y=top, w=wide, h=tall)
        sheet.set_draw_color(*RULE)
        sheet.rect(left, top, wide, tall)
        sheet.set_y(top + tall + 5)


def _posts(sheet: Sheet, report: Report) -> None:
    if report.posts:
        _heading(sheet, _("Sponsored posts"))
        wide = 22.0
        names = [_("Page views"), _("Reads"), _("Clicks on links"), _("Days online")]
        columns = [Column("", INNER - wide * 4 - 6), *(Column(name, wide + 1.5, True) for name in names)]
        sheet.draw_table(
            columns,
            [
                [
                    one_line(post.label, 160),
                    grouped(post.page_views),
                    grouped(post.reads),
                    grouped(post.figures.clicks),
                    grouped(post.online_days),
                ]
                for post in report.posts
            ],
        )
        sheet.set_y(sheet.get_y() + 5)
    if report.proofs:
        _heading(sheet, _("Mentions"))
        said = []
        for proof in report.proofs:
            promise = proof.promise
            when = date_format(timezone.localtime(promise.done_at), "j F Y") if promise.done_at else _("not yet made")
            facts = [str(promise.get_kind_display()), one_line(promise.channel, 80), when]
            if proof.is_counted:
                clicks = ngettext("%(number)s click", "%(number)s clicks", proof.clicks)
                facts.append(clicks % {"number": grouped(proof.clicks)})
            said.append(" · ".join(fact for fact in facts if fact))
            if promise.link:
                said.append(promise.link)
        sheet.paragraphs("\n".join(said))
        sheet.set_y(sheet.get_y() + 5)


def _refused(sheet: Sheet, report: Report) -> None:
    if not report.refusals and not report.total.corrected:
        return
    _heading(sheet, _("What does not count, and why"))
    names = [_("Shown"), _("Viewable"), _("Clicks")]
    columns = [Column("", INNER - 3 * NUMBER), *(Column(name, NUMBER, True) for name in names)]
    total = report.total
    gross = [total.gross_renders, total.gross_views, total.gross_clicks]
    rows = [[_("All that pages told"), *map(grouped, gross)]]
    for one in report.refusals:
        rows.append([one.reason, *(_less(number) for number in (one.renders, one.views, one.clicks))])
    if total.corrected:
        rows.append([_("Corrected"), *(_signed(number) for number in total.corrected)])
    rows.append([_("Counted"), *_numbers(total)])
    sheet.draw_table(columns, rows)
    sheet.set_y(sheet.get_y() + 5)


def _method(sheet: Sheet, report: Report) -> None:
    if report.corrections:
        _heading(sheet, _("Corrections"))
        said = [
            f"{_day(one.day)} · {one.what}: \u2066{one.number:+d}\u2069 · {one_line(one.why, 500)}"
            for one in report.corrections
        ]
        sheet.paragraphs("\n".join(said))
        sheet.set_y(sheet.get_y() + 5)
    _heading(sheet, _("How we count"))
    said = [
        _("Counting method %(number)d, explained at %(address)s")
        % {"number": report.method, "address": settings.SITE_URL + reverse("ads:counting")}
    ]
    if report.large:
        sizes = comma().join(
            dict.fromkeys(f"{p.width}×{p.height}" for p in (line.booking.position for line in report.large))
        )
        said.append(
            _("Artwork of %(sizes)s counts as viewable with 30 %% of it in view, all other with half.")
            % {"sizes": sizes}
        )
    if report.seal and report.sealed_days:
        said.append(_("Seal of %(day)s:") % {"day": _day(report.sealed_days[-1].day)})
        said.append(report.seal)
    sheet.paragraphs("\n".join(said), size=8.5)


def _less(number: int) -> str:
    """Taken away; the sign stays before the number in Arabic too."""
    return f"\u2066-{grouped(number)}\u2069" if number else "0"


def _signed(number: int) -> str:
    return f"\u2066+{grouped(number)}\u2069" if number > 0 else _less(-number)


def _percent(value: float | None, places: int) -> str:
    return "–" if value is None else f"{number_format(round(value, places), places)} %"


def _day(day: date) -> str:
    return date_format(day, "j F Y")
