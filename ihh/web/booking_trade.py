"""What each visit on offer is called, and what one gives for what by choosing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.planner import VisitOption
from ihh.domain.two_visits import TwoVisits
from ihh.presentation.formats import duration
from ihh.presentation.plan_token import Chosen
from ihh.services.proposals import Proposals

Key = tuple[Any, ...]
"""What tells one visit on offer from another."""


def visits_of(chosen: Chosen) -> tuple[VisitOption, ...]:
    return (chosen.first, chosen.second) if isinstance(chosen, TwoVisits) else (chosen,)


def key_of(chosen: Chosen) -> Key:
    return tuple(
        (option.date, option.start, option.end, tuple((leg.service, leg.start) for leg in option.legs))
        for option in visits_of(chosen)
    )


def best_by(found: Proposals) -> dict[Key, tuple[str, ...]]:
    """Which preferences each visit is the best by; of a pair its first visit counts."""
    names: dict[Key, tuple[str, ...]] = {}
    for name, option in (
        ("earliest", found.earliest),
        ("balanced", found.balanced),
        ("shortest", found.shortest),
    ):
        if option is not None:
            names[key_of(option)] = (*names.get(key_of(option), ()), name)
    for pair in found.pairs:
        names[key_of(pair)] = names.get(key_of(pair.first), ())
    return names


def title_of(found: Proposals, chosen: Chosen) -> str:
    """Empty where nothing but its day tells it from others."""
    if chosen is found.two:
        return _("Two visits")
    if chosen is found.mixed:
        return _("Book part, walk in")
    names = best_by(found).get(key_of(chosen), ())
    titles: dict[tuple[str, ...], Callable[[], str]] = {
        (): lambda: "",
        ("earliest",): lambda: _("Soonest"),
        ("balanced",): lambda: _("Balanced"),
        ("shortest",): lambda: _("Shortest"),
        ("earliest", "balanced"): lambda: _("Soonest"),
        ("balanced", "shortest"): lambda: _("Shortest"),
        ("earliest", "shortest"): lambda: _("Soonest and shortest"),
        ("earliest", "balanced", "shortest"): lambda: _("Soonest and shortest"),
    }
    return titles[names]()


def trade_of(found: Proposals, chosen: Chosen) -> str:
    """What is given for what, in one sentence; empty where there is nothing to give."""
    if chosen in found.pairs and isinstance(chosen, TwoVisits):
        return _pairs_trade(found.pairs[0], chosen)
    if isinstance(chosen, TwoVisits):
        return _twos_trade(found.earliest, chosen)
    if chosen in found.alone:
        return _("Only the first visit: no second one is free yet.")
    if chosen is found.mixed:
        return _mixed_trade(found.earliest, chosen)
    if found.earliest is None or key_of(found.earliest) == key_of(chosen):
        return _soonest_trade(found, chosen)
    return _trade(found.earliest, chosen)


def _soonest_trade(found: Proposals, soonest: VisitOption) -> str:
    shortest = found.shortest
    if found.two is not None:
        return ngettext(
            "One trip instead of two, done %(num)d day later.",
            "One trip instead of two, done %(num)d days later.",
            (soonest.date - found.two.second.date).days,
        )
    more = _minutes(soonest) - _minutes(shortest) if shortest is not None else 0
    return _("%(more)s longer than the shortest.", more=duration(more)) if more > 0 else ""


def _trade(soonest: VisitOption, option: VisitOption) -> str:
    days = (option.date - soonest.date).days
    later = ngettext("%(num)d day later", "%(num)d days later", days) if days else _("later the same day")
    return _length_and(_minutes(soonest) - _minutes(option), later)


def _twos_trade(soonest: VisitOption | None, two: TwoVisits) -> str:
    if soonest is None:
        return _("Two trips: no single visit is free.")
    days = (soonest.date - two.second.date).days
    return ngettext("Done %(num)d day sooner, two trips.", "Done %(num)d days sooner, two trips.", days)


def _mixed_trade(soonest: VisitOption | None, mixed: VisitOption) -> str:
    if soonest is None:
        return _("Not everything can be booked: you take a number for the rest, and its time can move.")
    days = (soonest.date - mixed.date).days
    if days:
        return ngettext(
            "%(num)d day sooner, but you take a number for a part, and its time can move.",
            "%(num)d days sooner, but you take a number for a part, and its time can move.",
            days,
        )
    less = duration(_minutes(soonest) - _minutes(mixed))
    return _("%(less)s shorter, but you take a number for a part, and its time can move.", less=less)


def _pairs_trade(soonest: TwoVisits, pair: TwoVisits) -> str:
    if pair is soonest:
        return ngettext(
            "Two trips, the second %(num)d day after the first.",
            "Two trips, the second %(num)d days after the first.",
            (pair.second.date - pair.first.date).days,
        )
    days = (pair.second.date - soonest.second.date).days
    done = (
        ngettext("done %(num)d day later", "done %(num)d days later", days)
        if days > 0
        else _("done the same day")
    )
    return _length_and(soonest.minutes - pair.minutes, done)


def _length_and(less: int, later: str) -> str:
    if less > 0:
        return _("%(less)s shorter, %(later)s.", less=duration(less), later=later)
    if less < 0:
        return _("%(more)s longer, %(later)s.", more=duration(-less), later=later)
    return _("As long, %(later)s.", later=later)


def _minutes(option: VisitOption) -> int:
    return option.end - option.start
