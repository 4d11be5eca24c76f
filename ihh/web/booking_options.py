"""The visits on offer as cards: names, trades, drawings, and the same in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.house import House, text
from ihh.domain.party import Party
from ihh.domain.planner import VisitOption
from ihh.presentation import plan_token
from ihh.presentation.formats import EN_DASH, duration, long_date, minute_time, short_date
from ihh.presentation.languages import text_language
from ihh.presentation.sentences import people_text
from ihh.services.booking import Proposals, Wish
from ihh.web.booking_drawing import Strip, bars, strip
from ihh.web.timeline import Kind, Lane, Piece, lanes_of, waiting_min

LTR, END_LTR = "\u2066", "\u2069"
"""Unicode's isolate: a range inside a sentence reads left to right in any script."""

Key = tuple[Any, ...]
"""What tells one visit on offer from another."""


@dataclass(frozen=True)
class LaneView:
    name: str
    bars: list[dict[str, Any]]
    words: str


@dataclass(frozen=True)
class Card:
    id: str
    token: str
    title: str
    is_suggested: bool
    is_checked: bool
    is_named: bool
    """The best by a preference, and called so; else the day is its title."""
    is_present: bool
    """The visit as it is booked now, when it is being moved."""
    day: str
    long_day: str
    times: str
    in_house: str
    waiting: str
    trade: str
    lanes: list[LaneView]
    strip: Strip
    onward: str


@dataclass(frozen=True)
class Offer:
    """The best visits by each preference, and further days."""

    best: list[Card]
    further: list[Card]


@dataclass(frozen=True)
class _Table:
    """What all cards of an offer share."""

    house: House
    wish: Wish
    soonest: VisitOption | None
    names: dict[Key, tuple[str, ...]]
    scale_min: int
    """Minutes of the longest visit: all drawings are to one scale."""
    checked: str
    present: VisitOption | None


def offer_of(
    house: House,
    wish: Wish,
    proposals: Proposals,
    *,
    now: datetime,
    present: VisitOption | None = None,
) -> Offer:
    """Cards for the proposals; `present`, the visit that is being moved, is shown but cannot be chosen."""
    options = proposals.all
    if not options:
        return Offer([], [])
    others = [option for option in options if present is None or _key(option) != _key(present)]
    best = proposals.balanced if proposals.balanced in others else next(iter(others), None)
    table = _Table(
        house,
        wish,
        soonest=proposals.earliest,
        names=_names(proposals),
        scale_min=max(option.end - option.start for option in options),
        checked=card_id(best) if best is not None else "",
        present=present,
    )
    cards = [(_key(option) in table.names, _card(table, option, now=now)) for option in options]
    return Offer(
        [card for is_best, card in cards if is_best], [card for is_best, card in cards if not is_best]
    )


def card_id(option: VisitOption) -> str:
    desks = "-".join(f"{leg.start}" for leg in option.legs)
    return f"{option.date.isoformat()}-{desks}"


def lane_name(party: Party, people: tuple[str, ...]) -> str:
    """ "You", "Adult 2", "Children": short enough for the head of a lane."""
    if set(people) == set(party.minor_ids):
        return ngettext("Child", "Children", len(people))
    return people_text(people, party.adults, party.minors)


def lane_words(house: House, option: VisitOption, lane: Lane) -> str:
    """What happens to the people of a lane, in sentences."""
    return " ".join(_piece_words(house, option, piece) for piece in lane.pieces)


def _card(table: _Table, option: VisitOption, *, now: datetime) -> Card:
    house, wish, names = table.house, table.wish, table.names.get(_key(option), ())
    lanes = lanes_of(house, wish.party, option)
    heads = [lane_name(wish.party, lane.people) for lane in lanes]
    day = short_date(option.date)
    return Card(
        id=card_id(option),
        token=plan_token.seal(wish, option, now=now),
        title=_title(names) if names else day,
        is_suggested="balanced" in names,
        is_checked=card_id(option) == table.checked,
        is_named=bool(names),
        is_present=table.present is not None and _key(option) == _key(table.present),
        day=day,
        long_day=long_date(option.date),
        times=f"{minute_time(option.start)}{EN_DASH}{minute_time(option.end)}",
        in_house=duration(option.end - option.start),
        waiting=duration(waiting_min(house, wish.party, option)),
        trade=_trade(table.soonest, option),
        lanes=[
            LaneView(name, bars(house, option, lane, table.scale_min), lane_words(house, option, lane))
            for name, lane in zip(heads, lanes, strict=True)
        ],
        strip=strip(house, option, lanes, heads, table.scale_min),
        onward=_("Continue: %(day)s", day=day),
    )


def _key(option: VisitOption) -> Key:
    return (option.date, option.start, option.end, tuple((leg.service, leg.start) for leg in option.legs))


def _names(proposals: Proposals) -> dict[Key, tuple[str, ...]]:
    """Which preferences each visit is the best by."""
    names: dict[Key, tuple[str, ...]] = {}
    for name, option in (
        ("earliest", proposals.earliest),
        ("balanced", proposals.balanced),
        ("shortest", proposals.shortest),
    ):
        if option is not None:
            names[_key(option)] = (*names.get(_key(option), ()), name)
    return names


def _title(names: tuple[str, ...]) -> str:
    titles: dict[tuple[str, ...], Callable[[], str]] = {
        ("earliest",): lambda: _("Soonest"),
        ("balanced",): lambda: _("Balanced"),
        ("shortest",): lambda: _("Shortest"),
        ("earliest", "balanced"): lambda: _("Soonest"),
        ("balanced", "shortest"): lambda: _("Shortest"),
        ("earliest", "shortest"): lambda: _("Soonest and shortest"),
        ("earliest", "balanced", "shortest"): lambda: _("Soonest and shortest"),
    }
    return titles[names]()


def _trade(soonest: VisitOption | None, option: VisitOption) -> str:
    """What is given for what against the soonest visit; empty for that one itself."""
    if soonest is None or _key(soonest) == _key(option):
        return ""
    less = (soonest.end - soonest.start) - (option.end - option.start)
    later = (option.date - soonest.date).days
    days = ngettext("%(num)d day later", "%(num)d days later", later) if later else _("later the same day")
    if less > 0:
        return _("%(less)s shorter, %(later)s.", less=duration(less), later=days)
    if less < 0:
        return _("%(more)s longer, %(later)s.", more=duration(-less), later=days)
    return _("As long, %(later)s.", later=days)


def _piece_words(house: House, option: VisitOption, piece: Piece) -> str:
    span = f"{LTR}{minute_time(piece.start)}{EN_DASH}{minute_time(piece.end)}{END_LTR}"
    if piece.leg is not None:
        service = house.service[option.legs[piece.leg].service]
        agency = text(house.agency[service.agency].short_name, text_language())
        if piece.kind is Kind.BOOKED:
            return _("%(span)s %(agency)s, booked time.", span=span, agency=agency)
        return _("%(span)s %(agency)s, walk-in, time can move.", span=span, agency=agency)
    if piece.kind is Kind.WALK:
        return _("%(minutes)s for walking.", minutes=duration(piece.minutes))
    if piece.kind is Kind.WAIT:
        return _("%(minutes)s of waiting.", minutes=duration(piece.minutes))
    return _("%(span)s with an adult.", span=span)
