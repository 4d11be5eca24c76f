"""Figures in words: what a figure, a table and a row are called, and how a cell reads.

A cell never reads as empty: it is a number, "fewer than 5", "not shown", "no data" or "no data yet".
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.house import text
from ihh.domain.masking import Flag
from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.cells import Cell
from ihh.domain.statistics.measures import Group, Measure, Subject, Unit
from ihh.domain.statistics.periods import WITH_FEEDBACK, Period, PeriodKind, Span
from ihh.domain.statistics.tables import NOT_TOLD, Dimension, Table
from ihh.domain.visit import Origin
from ihh.presentation.formats import EN_DASH, NBSP
from ihh.presentation.languages import text_language
from ihh.services.house import current_house

TOTAL = "total"
"""Stands for the row of all where rows are told by a single code."""

MINUS = "\u2212"

FROM_ANSWERS = frozenset({Measure.CSAT, Measure.CSAT_MEAN, Measure.EFFORT, Measure.NPS})
"""Figures that say how those who answered felt."""

QUESTIONS = {Dimension.CUSTOMER_TYPE: "purpose", Dimension.MUNICIPALITY: "municipality"}
"""Dimensions whose values are answers to a question of the house file."""


def measure_label(measure: Measure) -> str:
    return str(_(CATALOGUE[measure].label))


def measure_words(measure: Measure) -> str:
    """The definition: how the figure is counted."""
    return str(_(CATALOGUE[measure].words))


def measure_source(measure: Measure) -> str:
    return str(_(CATALOGUE[measure].source))


def measure_limits(measure: Measure) -> str:
    """What the figure does not say; empty where nothing has to be said."""
    limits = CATALOGUE[measure].limits
    return str(_(limits)) if limits else ""


def unit_name(unit: Unit) -> str:
    return {
        Unit.COUNT: _("count"),
        Unit.MINUTES: _("minutes"),
        Unit.PERCENT: _("percent"),
        Unit.NUMBER: _("number"),
        Unit.DAYS: _("days"),
        Unit.POINTS: _("points"),
    }[unit]


def subject_name(subject: Subject) -> str:
    return {
        Subject.COUNTS: _("Visits, customers and services"),
        Subject.WAITING: _("Waiting"),
        Subject.SERVICE: _("At the desk"),
        Subject.COMING: _("Coming and leaving"),
        Subject.VISIT: _("The whole visit"),
        Subject.SATISFACTION: _("Satisfaction"),
        Subject.CHANNELS: _("How they came"),
        Subject.PROGRAMMES: _("Programmes and softlanding"),
        Subject.ESTIMATES: _("Estimates of the wait"),
        Subject.KIOSK: _("Kiosks"),
        Subject.CAPACITY: _("Desks"),
    }[subject]


def dimension_name(dimension: Dimension) -> str:
    return {
        Dimension.AGENCY: _("Agency"),
        Dimension.SERVICE: _("Service"),
        Dimension.HOUR: _("Hour"),
        Dimension.WEEKDAY: _("Weekday"),
        Dimension.LANGUAGE: _("Language"),
        Dimension.CHANNEL: _("How they came"),
        Dimension.CUSTOMER_TYPE: _("Purpose"),
        Dimension.PARTY_SIZE: _("Party"),
        Dimension.MUNICIPALITY: _("Municipality"),
    }[dimension]


def table_name(table: Table) -> str:
    """ "Agency, Hour"; the table of the total is "All"."""
    return ", ".join(dimension_name(dimension) for dimension in table.dimensions) or _("All")


def row_label(dimension: Dimension, code: str) -> str:
    """What a row is called in the language of the screen; what the house no longer has keeps its code."""
    if code == TOTAL:
        return _("All")
    if code == NOT_TOLD:
        return _("Not told")
    house, language = current_house(), text_language()
    if dimension is Dimension.AGENCY and code in house.agency:
        return text(house.agency[code].short_name, language)
    if dimension is Dimension.SERVICE and code in house.service:
        return text(house.service[code].name, language)
    if dimension is Dimension.HOUR and code.isdigit():
        return _hours(int(code), *house.open_hours)
    if dimension is Dimension.WEEKDAY and code.isdigit():
        return weekday_name(int(code))
    if dimension is Dimension.CHANNEL:
        return channel_name(code)
    if dimension is Dimension.LANGUAGE:
        return language_name(code, language)
    if dimension is Dimension.PARTY_SIZE and code.isdigit():
        return ngettext("%(num)d person", "%(num)d people", int(code))
    return _answer(dimension, code, language)


def _hours(hour: int, first: int, last: int) -> str:
    """ "9–10"; the first and the last hour of the house hold what was earlier or later."""
    hours = f"{hour}{EN_DASH}{hour + 1}"
    if hour == last < 23:
        return _("%(hours)s and later", hours=hours)
    return _("%(hours)s and earlier", hours=hours) if hour == first > 0 else hours


def hour_on_axis(code: str) -> str:
    """As short as an axis needs it: "<10", "10–11", "≥15"."""
    first, last = current_house().open_hours
    hour = int(code)
    if hour == last < 23:
        return f"≥{hour}"
    return f"<{hour + 1}" if hour == first > 0 else f"{hour}{EN_DASH}{hour + 1}"


def _answer(dimension: Dimension, code: str, language: str) -> str:
    question = current_house().question.get(QUESTIONS.get(dimension, ""))
    for option in question.options if question else ():
        if option.value == code:
            return text(option.label, language)
    return code


def weekday_name(number: int, width: Literal["wide", "abbreviated"] = "wide") -> str:
    """1 is Monday. "Monday", "Maanantai"."""
    name = get_day_names(width, context="stand-alone", locale=_locale())[number - 1]
    return name[:1].upper() + name[1:]


def channel_name(code: str) -> str:
    names = {
        Origin.ONLINE: _("Booked online"),
        Origin.WALK_IN: _("Walk-in"),
        Origin.STAFF: _("Booked by the staff"),
    }
    return names[Origin(code)] if code in list(Origin) else code


def language_name(code: str, language: str) -> str:
    try:
        name = Locale.parse(language).languages.get(Locale.parse(code, sep="-").language)
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code


def cell_text(
    measure: Measure, cell: Cell, *, small_cell: int | None = None, kind: PeriodKind = PeriodKind.MONTH
) -> str:
    """ "1 214", "13 min", "61 %", "fewer than 5", "not shown", "no data" or "no data yet".

    Feedback figures of a day or a week, which there never are, read "by month only".
    """
    if cell.amount is not None:
        return amount_text(measure, cell.amount)
    if kind not in WITH_FEEDBACK and is_feedback(measure):
        return _("by month only")
    if cell.flag is Flag.NO_DATA:
        return _("no data yet") if CATALOGUE[measure].formula is None else _("no data")
    if cell.flag is Flag.SUPPRESSED:
        limit = small_cell or current_house().figures.small_cell
        return ngettext("fewer than %(num)d", "fewer than %(num)d", limit)
    return _("not shown")


def is_feedback(measure: Measure) -> bool:
    return CATALOGUE[measure].group is Group.FEEDBACK


def answered_text(measure: Measure, cell: Cell) -> str:
    """ "n 57" for what answers say, which is not read without their number; else empty."""
    if measure not in FROM_ANSWERS or cell.amount is None or cell.n is None:
        return ""
    return _("n %(count)s", count=grouped(cell.n)).replace(" ", NBSP)


def amount_text(measure: Measure, amount: int | Decimal) -> str:
    """As people read it: whole, or with one decimal where whole numbers would hide the difference."""
    unit = CATALOGUE[measure].unit
    figure = number_text(amount, decimals=decimals(measure))
    if unit is Unit.MINUTES:
        return _("%(minutes)s min", minutes=figure).replace(" ", NBSP)
    if unit is Unit.DAYS:
        return ngettext("%(days)s day", "%(days)s days", rounded(amount), days=figure).replace(" ", NBSP)
    return percent_text(figure) if unit is Unit.PERCENT else figure


def decimals(measure: Measure) -> int:
    """How many decimals the figure is read with; exports have one in all but counts."""
    definition = CATALOGUE[measure]
    if definition.subject is Subject.ESTIMATES and definition.unit is Unit.MINUTES:
        return 1
    return 1 if definition.unit in (Unit.NUMBER, Unit.POINTS) else 0


def as_read(measure: Measure, amount: int | Decimal) -> Decimal:
    """The amount as the page writes it, so that differences of what is written agree with it."""
    return Decimal(amount).quantize(Decimal(1).scaleb(-decimals(measure)), ROUND_HALF_UP)


def rounded(amount: int | Decimal) -> int:
    """As people read it; so no figure looks as if it met a target that it is said to miss."""
    return int(Decimal(amount).quantize(Decimal(1), ROUND_HALF_UP))


def number_text(amount: int | Decimal, *, decimals: int = 0) -> str:
    """Thousands apart by a space that does not break; the decimal sign of the language; a true minus."""
    value = Decimal(amount).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    figure = format_decimal(abs(value), format=pattern, locale="fi").replace("\u202f", NBSP)
    if text_language() == "en":
        figure = figure.replace(",", ".")
    return f"{MINUS}{figure}" if value < 0 else figure


def percent_text(figure: str) -> str:
    return _("%(number)s %%", number=figure).replace(" ", NBSP)


def grouped(whole: int) -> str:
    """Thousands apart, by a space that does not break in any language."""
    return number_text(whole)


def listed(names: list[str]) -> str:
    """ "Tax, Kela and DVV"."""
    return format_list(names, locale=_locale())


def period_text(period: Period) -> str:
    """ "November 2026", "Week 47, 2026", "2026", "Monday 23 November 2026"."""
    if period.kind is PeriodKind.YEAR:
        return str(period.start.year)
    if period.kind is PeriodKind.WEEK:
        year, week, _day = period.start.isocalendar()
        return _("Week %(week)d, %(year)d", week=week, year=year)
    if period.kind is PeriodKind.MONTH:
        name = format_skeleton("yMMMM", period.start, locale=_locale())
    else:
        pattern = {"fi": "cccc d.M.yyyy", "sv": "cccc d MMMM yyyy"}.get(text_language(), "EEEE d MMMM yyyy")
        name = format_date(period.start, pattern, locale=_locale())
    return name[:1].upper() + name[1:]


def short_period(period: Period) -> str:
    """For the foot of a plot: "Nov 26", "11/26", "w 47", "2026", "23.11."."""
    if period.kind is PeriodKind.MONTH:
        if text_language() == "fi":
            return f"{period.start.month}/{period.start:%y}"
        return format_date(period.start, "LLL yy", locale=_locale()).replace(".", "")
    if period.kind is PeriodKind.WEEK:
        return _("w %(week)d", week=period.start.isocalendar().week)
    if period.kind is PeriodKind.DAY:
        return format_date(period.start, "d.M." if text_language() == "fi" else "d MMM", locale=_locale())
    return str(period.start.year)


def span_text(span: Span) -> str:
    """ "November 2026", "January 2026 – October 2026"."""
    if span.is_single:
        return period_text(span.first)
    return f"{period_text(span.first)} {EN_DASH} {period_text(span.last)}"


def _locale() -> str:
    language = text_language()
    return "en_GB" if language == "en" else language
