"""Figures in words: labels of rows, cells as the statistics page says them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.house import text
from ihh.domain.kpi import COUNTS, Measure
from ihh.domain.report import TOTAL, Dimension
from ihh.domain.suppression import Cell, Flag
from ihh.domain.visit import Origin
from ihh.presentation.formats import EN_DASH, NBSP
from ihh.presentation.languages import text_language
from ihh.services.house import current_house


def row_label(dimension: Dimension, code: str) -> str:
    """What a row is called in the language of the screen."""
    house, language = current_house(), text_language()
    if code == TOTAL:
        return _("All")
    if dimension is Dimension.AGENCY and code in house.agency:
        return text(house.agency[code].short_name, language)
    if dimension is Dimension.SERVICE and code in house.service:
        return text(house.service[code].name, language)
    if dimension is Dimension.HOUR:
        return f"{int(code)}{EN_DASH}{int(code) + 1}"
    if dimension is Dimension.CHANNEL:
        return channel_name(code)
    if dimension is Dimension.LANGUAGE:
        return language_name(code, language)
    return code


def channel_name(code: str) -> str:
    names = {
        Origin.ONLINE: _("Booked online"),
        Origin.WALK_IN: _("Walk-in"),
        Origin.STAFF: _("Booked by the staff"),
    }
    return names[Origin(code)]


def language_name(code: str, language: str) -> str:
    try:
        name = Locale.parse(language).languages.get(Locale.parse(code, sep="-").language)
    except (UnknownLocaleError, ValueError):
        name = None
    return name or code


def dimension_name(dimension: Dimension) -> str:
    return {
        Dimension.AGENCY: _("Agency"),
        Dimension.SERVICE: _("Service"),
        Dimension.HOUR: _("Hour"),
        Dimension.CHANNEL: _("How they came"),
        Dimension.LANGUAGE: _("Language"),
    }[dimension]


def cell_text(measure: Measure, cell: Cell) -> str:
    """ "1 214", "13 min", "61 %", "fewer than 5", "not shown" or "no data"."""
    if cell.amount is not None:
        return amount_text(measure, cell.amount)
    if cell.flag is Flag.NO_DATA:
        return _("no data")
    if cell.flag is Flag.SUPPRESSED:
        limit = current_house().figures.small_cell
        return ngettext("fewer than %(num)d", "fewer than %(num)d", limit)
    return _("not shown")


def amount_text(measure: Measure, amount: int | Decimal) -> str:
    """Whole numbers for people to read; exports have a decimal more."""
    figure = grouped(int(Decimal(amount).quantize(Decimal(1), ROUND_HALF_UP)))
    if measure in COUNTS:
        return figure
    if measure.endswith("_min"):
        return _("%(minutes)s min", minutes=figure).replace(" ", NBSP)
    return percent_text(figure)


def percent_text(figure: str) -> str:
    return _("%(number)s %%", number=figure).replace(" ", NBSP)


def grouped(whole: int) -> str:
    """Thousands apart, by a space that does not break in any language."""
    return format_decimal(whole, format="#,##0", locale="fi").replace("\u202f", NBSP)
