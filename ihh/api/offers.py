"""Visits on offer as the API tells them, each with the sealed plan that holds it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ihh.api.plan_schemas import BEST_FOR, ProposalsSchema
from ihh.domain.daytime import instant
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.two_visits import TwoVisits
from ihh.domain.wish import Wish
from ihh.presentation import plan_token
from ihh.services import proposals
from ihh.services.house import current_house
from ihh.services.proposals import Proposals

PLANNING = "60 per minute"
"""Plans asked for from one network address: looking through days, not through the house's whole calendar."""


def asked_range(body: dict[str, Any]) -> dict[str, Any]:
    """What a `RangeBody` narrows, as keywords of `proposals.propose`."""
    return {name: body[name] for name in ("first", "not_before", "not_after") if name in body}


def told_proposals(wish: Wish, found: Proposals, *, now: datetime) -> dict[str, Any]:
    """The proposals for `ProposalsSchema`."""
    house = current_house()

    def visit(option: VisitOption) -> dict[str, Any]:
        best_for = [name for name in BEST_FOR if getattr(found, name) == option]
        plan = plan_token.seal(wish, option, now=now)
        return _visit(house, option) | {"plan": plan, "best_for": best_for}

    def pair(two: TwoVisits) -> dict[str, Any]:
        return {
            "plan": plan_token.seal(wish, two, now=now),
            "duration_min": two.minutes,
            "visits": [_visit(house, two.first), _visit(house, two.second)],
        }

    return {
        "visits": [visit(option) for option in found.all],
        "mixed": visit(found.mixed) if found.mixed else None,
        "two": pair(found.two) if found.two else None,
        "pairs": [pair(two) for two in found.pairs],
        "alone": [visit(option) for option in found.alone],
        "blocked": [wish.legs[index] for index in found.blocked],
        "remote": [house.service[service_id] for service_id in found.remote],
        "can_wait": found.can_wait,
    }


def with_options(
    refused: Refusal, wish: Wish, body: dict[str, Any], *, now: datetime, moving: str | None = None
) -> Refusal:
    """The refusal; where another was faster with what is on offer now, for the same wish."""
    if refused.code is not Code.SLOT_TAKEN:
        return refused
    fresh = proposals.propose(wish, now=now, moving=moving, **asked_range(body))
    return Refusal(refused.code, options=ProposalsSchema().dump(told_proposals(wish, fresh, now=now)))


def _visit(house: House, option: VisitOption) -> dict[str, Any]:
    return {
        "date": option.date,
        "starts_at": instant(option.date, option.start, timezone=house.timezone),
        "ends_at": instant(option.date, option.end, timezone=house.timezone),
        "duration_min": option.end - option.start,
        "legs": [_leg(house, option.date, leg) for leg in option.legs],
    }


def _leg(house: House, day: date, leg: PlannedLeg) -> dict[str, Any]:
    desk = house.desk.get(leg.desk or "")
    return {
        "service": leg.service,
        "people": leg.people,
        "starts_at": instant(day, leg.start, timezone=house.timezone),
        "ends_at": instant(day, leg.end, timezone=house.timezone),
        "area": desk.zone if desk else house.agency[house.service[leg.service].agency].zone,
        "is_booked": desk is not None,
    }
