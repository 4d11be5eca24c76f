"""What a reader asked for: released periods and what to compare them with, as typed and as understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh import clock
from ihh.domain.closed_days import is_open
from ihh.domain.daytime import local_day
from ihh.domain.statistics import comparing
from ihh.domain.statistics.periods import Period, PeriodKind, Span, closes_on, containing, parse, single
from ihh.presentation.figure_words import listed, period_text, span_text
from ihh.presentation.formats import long_date
from ihh.services.house import current_house
from ihh.services.statistics.coverage import coverage
from ihh.services.statistics.published import released

YEARS = range(2000, 2100)
"""Years of which figures can be; all else is a slip of the finger."""

LONGEST = 400
"""Periods in one span: a year of days, and more."""

NAMED = 3
"""Missing stretches that are named, where there are many."""

SEPARATOR = "--"


class Compare(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"


@dataclass(frozen=True)
class Against:
    """A period that the reader chose to compare with: the first of as many as are shown."""

    first: Period

    @property
    def value(self) -> str:
        """As in a query, like that of `Compare`."""
        return self.first.code

    def as_long_as(self, span: Span) -> Span | None:
        """None where the span is of another kind."""
        if span.kind is not self.first.kind:
            return None
        last = self.first
        for _more in list(span)[1:]:
            last = last.next
        return Span(self.first, last)


@dataclass(frozen=True)
class Asked:
    span: Span | None
    """What is shown; None where nothing is released yet."""
    compare: Compare | Against
    kinds: tuple[PeriodKind, ...]
    """Of periods the page can show."""
    fault: str = ""
    """What to mend in what was typed; then the newest released period is shown."""
    status: int = 200
    typed: Mapping[str, str] | None = None

    @property
    def query(self) -> dict[str, str]:
        """The query that leads here again, without what is the default anyway."""
        found = {"span": self.span.code} if self.span else {}
        return found | ({} if self.compare is Compare.PREVIOUS else {"compare": self.compare.value})


class _Fault(Exception):
    """Says what to mend."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


def asked(args: Mapping[str, str], kinds: Sequence[PeriodKind] = tuple(PeriodKind)) -> Asked:
    """From a query: `span`, or `kind` with the days `from` and `to`; the newest month by default.

    `kinds` are those the page can show.
    """
    typed = {name: args.get(name, "").strip() for name in ("span", "kind", "from", "to", "compare")}
    newest, of = newest_span(kinds), tuple(kinds)
    try:
        compare = _compare(typed["compare"])
        span = _span(typed, kinds)
        if span is not None:
            _check_released(span)
    except _Fault as fault:
        return Asked(newest, Compare.PREVIOUS, of, str(fault), fault.status, typed)
    return Asked(span or newest, compare, of, typed=typed)


def newest_span(kinds: Sequence[PeriodKind]) -> Span | None:
    """The last released month; where there is none yet, the last shorter period, then the year."""
    for kind in (PeriodKind.MONTH, PeriodKind.WEEK, PeriodKind.DAY, PeriodKind.YEAR):
        if kind in kinds and (found := released(kind)):
            return single(found[-1])
    return None


def compared_with(span: Span, compare: Compare | Against) -> Span | None:
    """What a span is compared with. None: not wanted, or not released."""
    other = meant(span, compare)
    known = set(released(span.kind)) if other else set()
    return other if other and all(period in known for period in other) else None


def not_compared(asked: Asked) -> str:
    """Says which periods are missing to compare with; empty where none is, or no comparison is wanted."""
    if asked.span is None or asked.compare is Compare.NONE:
        return ""
    other = meant(asked.span, asked.compare)
    if other is None and isinstance(asked.compare, Against):
        chosen = period_text(asked.compare.first)
        return _("%(period)s is not as long as what is shown: choose another to compare with.", period=chosen)
    known = set(released(asked.span.kind))
    missing = [span_text(one) for one in runs(period for period in other or () if period not in known)]
    if not missing:
        return ""
    if len(missing) > NAMED:
        named = ", ".join(missing[:NAMED])
        return _("There are no figures of %(periods)s and others to compare with.", periods=named)
    return _("There are no figures of %(periods)s to compare with.", periods=listed(missing))


def runs(periods: Iterable[Period]) -> list[Span]:
    """Periods in order as spans: those that follow each other are one."""
    found: list[Span] = []
    for period in periods:
        if found and found[-1].last.next == period:
            found[-1] = Span(found[-1].first, period)
        else:
            found.append(single(period))
    return found


def meant(span: Span, compare: Compare | Against) -> Span | None:
    """The span before it, as long, the same a year earlier, or the chosen one; released or not."""
    if compare is Compare.NONE:
        return None
    if isinstance(compare, Against):
        return compare.as_long_as(span)
    found = comparing.year_before if compare is Compare.YEAR else comparing.before
    return found(span, is_open=is_open_day)


def earlier(period: Period, count: int) -> Period:
    for _step in range(count):
        period = period.previous
    return period


def is_open_day(day: date) -> bool:
    return is_open(current_house(), day)


def available_on(period: Period) -> date:
    """The first day on which a night before has released it."""
    return closes_on(period, feedback_days=current_house().limits.feedback_days)


def _compare(given: str) -> Compare | Against:
    if not given or given in list(Compare):
        return Compare(given or Compare.PREVIOUS)
    try:
        return Against(_sane(parse(given)))
    except (ValueError, OverflowError):
        raise _Fault(
            _("Choose what to compare with: the period before, a year earlier, another period, or nothing.")
        ) from None


def _span(typed: Mapping[str, str], kinds: Sequence[PeriodKind]) -> Span | None:
    try:
        span = _by_code(typed["span"]) if typed["span"] else _by_days(typed)
    except (ValueError, OverflowError):
        raise _Fault(_("Give two days that exist, the first one first.")) from None
    if span is None:
        return None
    if span.kind not in kinds:
        raise _Fault(
            _(
                "Days and weeks are published for the whole house only: a part of them is often a handful "
                "of people. Choose months or years here."
            )
        )
    if sum(1 for _period in span) > LONGEST:
        raise _Fault(
            ngettext("Choose at most %(num)d period.", "Choose at most %(num)d periods at once.", LONGEST)
        )
    return span


def _by_code(code: str) -> Span:
    first, _mark, last = code.partition(SEPARATOR)
    return Span(_sane(parse(first)), _sane(parse(last or first)))


def _by_days(typed: Mapping[str, str]) -> Span | None:
    """Whole periods around the two days; of two days the one that was left out is the other."""
    first, last = typed["from"] or typed["to"], typed["to"] or typed["from"]
    if not first:
        return None
    kind = PeriodKind(typed["kind"] or PeriodKind.MONTH)
    ends = (date.fromisoformat(first), date.fromisoformat(last))
    if ends[0] > ends[1] or any(day.year not in YEARS for day in ends):
        raise ValueError
    return Span(_sane(containing(ends[0], kind)), _sane(containing(ends[1], kind)))


def _sane(period: Period) -> Period:
    if period.start.year not in YEARS:
        raise ValueError(period.start.year)
    return period


def _check_released(span: Span) -> None:
    known = released(span.kind)
    there = set(known)
    missing = next((period for period in span if period not in there), None)
    if missing is None:
        return
    today = local_day(clock.now(), timezone=current_house().timezone)
    if available_on(missing) >= today or coverage(current_house(), today).has(missing):
        raise _Fault(
            _(
                "The figures of %(period)s are not published yet. They come on %(day)s.",
                period=period_text(missing),
                day=long_date(max(available_on(missing), today)),
            ),
            404,
        )
    if not known or missing > known[0]:
        raise _Fault(
            _(
                "There are no figures of %(period)s: not every day of it is recorded.",
                period=period_text(missing),
            ),
            404,
        )
    sentence = _(
        "There are no figures of %(period)s. The first are of %(first)s.",
        period=period_text(missing),
        first=period_text(known[0]),
    )
    raise _Fault(sentence, 404)
