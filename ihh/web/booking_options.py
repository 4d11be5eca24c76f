"""The visits on offer as cards: names, trades, drawings, and the same in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.house import House, text
from ihh.domain.party import Party
from ihh.domain.planner import VisitOption
from ihh.domain.wish import Wish
from ihh.presentation import plan_token
from ihh.presentation.formats import EN_DASH, duration, long_date, minute_time, short_date
from ihh.presentation.languages import text_language
from ihh.presentation.plan_token import Chosen
from ihh.presentation.sentences import people_text
from ihh.services.calendars import Audience
from ihh.services.proposals import Proposals
from ihh.web.booking_drawing import Row, Strip, drawn_min, row_bars, strip
from ihh.web.booking_trade import best_by, key_of, title_of, trade_of, visits_of
from ihh.web.timeline import Kind, Lane, Piece, joint_lanes, waiting_min

LTR, END_LTR = "\u2066", "\u2069"
"""Unicode's isolate: a range inside a sentence reads left to right in any script."""

DAYS_OF_A_MONTH = {"fi": "ccc d.M.", "sv": "ccc d"}
"""How the first of two days of one month is written; elsewhere "Thu 3"."""


@dataclass(frozen=True)
class LaneView:
    name: str
    bars: list[dict[str, Any]]
    words: str


@dataclass(frozen=True)
class Card:
    """One choice: a visit, or two."""

    id: str
    token: str
    title: str
    is_suggested: bool
    is_checked: bool
    is_named: bool
    """It has a name of its own; else the day is its title."""
    is_present: bool
    """The visit as it is booked now, when it is being moved."""
    day: str
    long_day: str
    times: list[str]
    """One for each visit."""
    in_house: str
    waiting: str
    trade: str
    lanes: list[LaneView]
    strip: Strip
    onward: str


@dataclass(frozen=True)
class Offer:
    """What can be chosen: the best ways, and visits of further days."""

    best: list[Card]
    further: list[Card]


@dataclass(frozen=True)
class _Table:
    """What all cards of an offer share."""

    house: House
    wish: Wish
    found: Proposals
    now: datetime
    audience: Audience
    first_person: str
    scale_min: int
    """Minutes of the longest choice: all drawings are to one scale."""
    checked: Chosen | None
    present: VisitOption | None


def offer_of(
    house: House,
    wish: Wish,
    found: Proposals,
    *,
    now: datetime,
    present: VisitOption | None = None,
    audience: Audience = Audience.PUBLIC,
    first_person: str = "",
) -> Offer:
    """Cards for the proposals; `present`, the visit that is being moved, is shown but cannot be chosen.

    `first_person` names the first of the party where that is not who reads.
    """
    best, further = _choices(wish, found)
    if not best:
        return Offer([], [])
    others = [choice for choice in best if present is None or key_of(choice) != key_of(present)]
    suggested = [choice for choice in others if "balanced" in best_by(found).get(key_of(choice), ())]
    table = _Table(
        house,
        wish,
        found,
        now=now,
        audience=audience,
        first_person=first_person,
        scale_min=max(drawn_min(visits_of(choice)) for choice in (*best, *further)),
        checked=next(iter([*suggested, *others, *further]), None),
        present=present,
    )
    return Offer([_card(table, choice) for choice in best], [_card(table, choice) for choice in further])


def card_id(chosen: Chosen) -> str:
    return "-".join(
        "-".join((option.date.isoformat(), *(f"{leg.start}" for leg in option.legs)))
        for option in visits_of(chosen)
    )


def lane_name(party: Party, people: tuple[str, ...], *, first: str = "") -> str:
    """ "You", "Adult 2", "Children": short enough for the head of a lane."""
    if set(people) == set(party.minor_ids):
        return ngettext("Child", "Children", len(people))
    return people_text(people, party.adults, party.minors, first=first)


def lane_words(house: House, option: VisitOption, lane: Lane) -> str:
    """What happens to the people of a lane, in sentences."""
    return " ".join(_piece_words(house, option, piece) for piece in lane.pieces)


def _choices(wish: Wish, found: Proposals) -> tuple[list[Chosen], list[Chosen]]:
    """The best ways in the order in which they are shown, and the visits of further days.

    With a second visit to come each choice has both visits, where that is possible for any.
    """
    names = best_by(found)
    best: list[Chosen] = [option for option in found.all if key_of(option) in names]
    further: list[Chosen] = [option for option in found.all if key_of(option) not in names]
    if wish.later:
        return [*found.pairs, *found.alone], [] if found.pairs else further
    return [*best, *(way for way in (found.two, found.mixed) if way is not None)], further


def _card(table: _Table, chosen: Chosen) -> Card:
    house, wish, visits = table.house, table.wish, visits_of(chosen)
    rows = joint_lanes(house, wish.party, visits)
    heads = [lane_name(wish.party, row[0].people, first=table.first_person) for row in rows]
    title, day = title_of(table.found, chosen), _days(visits)
    is_present = table.present is not None and key_of(chosen) == key_of(table.present)
    is_balanced = "balanced" in best_by(table.found).get(key_of(chosen), ())
    return Card(
        id=card_id(chosen),
        token=plan_token.seal(wish, chosen, now=table.now, audience=table.audience),
        title=title or day,
        is_suggested=is_balanced and not is_present,
        is_checked=chosen is table.checked,
        is_named=bool(title),
        is_present=is_present,
        day=day,
        long_day=long_date(visits[0].date) if len(visits) == 1 else day,
        times=[f"{minute_time(option.start)}{EN_DASH}{minute_time(option.end)}" for option in visits],
        in_house=duration(sum(option.end - option.start for option in visits)),
        waiting=duration(waiting_min(house, wish.party, *visits)),
        trade=trade_of(table.found, chosen),
        lanes=[
            LaneView(name, row_bars(house, visits, row, table.scale_min), _row_words(house, visits, row))
            for name, row in zip(heads, rows, strict=True)
        ],
        strip=strip(house, visits, rows, heads, table.scale_min),
        onward=_("Continue: %(day)s", day=day),
    )


def _days(visits: tuple[VisitOption, ...]) -> str:
    """ "Mon 14 Dec", "Thu 3 + Mon 7 Dec", "Tue 1 Dec + Tue 22 Dec" in another month."""
    last = visits[-1].date
    return " + ".join([*(_before(option.date, last) for option in visits[:-1]), short_date(last)])


def _before(day: date, last: date) -> str:
    if (day.year, day.month) != (last.year, last.month):
        return short_date(day)
    language = text_language()
    return format_date(day, DAYS_OF_A_MONTH.get(language, "EEE d"), locale=language)


def _row_words(house: House, visits: tuple[VisitOption, ...], row: Row) -> str:
    """As `lane_words`; of several visits each begins with its day."""
    if len(visits) == 1:
        return lane_words(house, visits[0], row[0])
    return " ".join(
        _("%(day)s: %(what)s", day=long_date(option.date), what=lane_words(house, option, lane))
        for option, lane in zip(visits, row, strict=True)
        if lane.pieces
    )


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
