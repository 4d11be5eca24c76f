"""What is on offer, signed: what the booker chooses is what was planned, for an hour.

The text holds all of it: the wish with what a clerk set aside, one visit or two, and for whom it was
planned, so that the public cannot have what is kept from it by a plan that was made for the house.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.two_visits import TwoVisits
from ihh.domain.wish import LegWish, Wish
from ihh.services.calendars import Audience

LIVES_SECONDS = 3600

Chosen = VisitOption | TwoVisits


def seal(wish: Wish, chosen: Chosen, *, now: datetime, audience: Audience = Audience.PUBLIC) -> str:
    """The wish and what serves it, as an opaque text."""
    return _serializer().dumps(
        {
            "at": int(now.timestamp()),
            "for": audience,
            "party": [wish.party.adults, wish.party.minors],
            "language": wish.language,
            "type": wish.customer_type,
            "municipality": wish.municipality,
            "legs": _legs_data(wish.legs),
            "later": _legs_data(wish.later),
            "after_days": wish.later_after_days,
            "visits": _visits_data(wish, chosen),
        }
    )


def unseal(sealed: str, *, now: datetime, audience: Audience = Audience.PUBLIC) -> tuple[Wish, Chosen]:
    """The wish and the visit or two visits that were chosen.

    Refuses `plan_stale` for anything that is not ours, too old, or planned for the house and now chosen by
    the public.
    """
    try:
        data = _serializer().loads(sealed)
    except BadData:
        raise Refusal(Code.PLAN_STALE) from None
    is_theirs = data["for"] == Audience.PUBLIC or audience is Audience.HOUSE
    if not is_theirs or now.timestamp() - data["at"] > LIVES_SECONDS:
        raise Refusal(Code.PLAN_STALE)
    wish = _wish(data)
    return wish, _chosen(wish, data["visits"])


def unseal_visit(
    sealed: str, *, now: datetime, audience: Audience = Audience.PUBLIC
) -> tuple[Wish, VisitOption]:
    """As `unseal`, where only one visit can be meant: refuses `plan_stale` for two."""
    wish, chosen = unseal(sealed, now=now, audience=audience)
    if isinstance(chosen, TwoVisits):
        raise Refusal(Code.PLAN_STALE)
    return wish, chosen


def _legs_data(legs: tuple[LegWish, ...]) -> list[list[Any]]:
    return [[leg.service, leg.people, leg.documents, leg.override_reason] for leg in legs]


def _visits_data(wish: Wish, chosen: Chosen) -> list[list[Any]]:
    if isinstance(chosen, VisitOption):
        return [_visit_data(chosen, tuple(range(len(wish.legs))))]
    return [_visit_data(chosen.first, chosen.first_legs), _visit_data(chosen.second, chosen.second_legs)]


def _visit_data(option: VisitOption, legs: tuple[int, ...]) -> list[Any]:
    places = [
        [leg, planned.desk, planned.start, planned.end]
        for leg, planned in zip(legs, option.legs, strict=True)
    ]
    return [option.date.isoformat(), option.start, option.end, places]


def _wish(data: dict[str, Any]) -> Wish:
    return Wish(
        party=Party(*data["party"]),
        legs=_legs(data["legs"]),
        language=data["language"],
        customer_type=data["type"],
        municipality=data["municipality"],
        later=_legs(data["later"]),
        later_after_days=data["after_days"],
    )


def _legs(data: list[list[Any]]) -> tuple[LegWish, ...]:
    return tuple(
        LegWish(service, tuple(people), tuple(papers), reason) for service, people, papers, reason in data
    )


def _chosen(wish: Wish, visits: list[list[Any]]) -> Chosen:
    first, first_legs = _option(wish.legs, visits[0])
    if len(visits) == 1:
        return first
    second, second_legs = _option(wish.later or wish.legs, visits[1])
    return TwoVisits(first, first_legs, second, second_legs)


def _option(wishes: tuple[LegWish, ...], data: list[Any]) -> tuple[VisitOption, tuple[int, ...]]:
    day, start, end, places = data
    legs = tuple(
        PlannedLeg(wishes[leg].service, wishes[leg].people, desk, begins, ends)
        for leg, desk, begins, ends in places
    )
    return VisitOption(date.fromisoformat(day), start, end, legs), tuple(place[0] for place in places)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="plan 2")
