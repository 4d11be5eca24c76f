"""Plans: visits on offer. Nothing is held until one is sent to `POST /visits`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from ihh import clock
from ihh.api.plan_schemas import BEST_FOR, PlanBody, ProposalsSchema, RangeBody
from ihh.api.resource import Resource, limited, refuses
from ihh.api.visits import CANNOT_MOVE
from ihh.domain.daytime import instant
from ihh.domain.errors import Code
from ihh.domain.house import House
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.route import LegChoice
from ihh.presentation import plan_token
from ihh.presentation.access import LINK, PUBLIC, access
from ihh.services import booking
from ihh.services.booking import Proposals, Wish
from ihh.services.house import current_house
from ihh.services.wishes import wish_for, wish_to_move

PLANNING = "60 per minute"
"""Plans asked for from one network address: looking through days, not through the house's whole calendar."""

resource = Resource("plans", description="Visits on offer.")


@resource.route("/plans", methods=["POST"])
@access(PUBLIC)
@limited(PLANNING)
@refuses(Code.LEGS_INVALID, Code.ANSWERS_INCOMPLETE)
@resource.arguments(PlanBody)
@resource.response(200, ProposalsSchema)
def propose(body: dict[str, Any]) -> dict[str, Any]:
    """The best visits for a party: soonest, shortest, balanced, and of other days."""
    now = clock.now()
    legs = [LegChoice(leg["service"], tuple(leg["people"])) for leg in body["legs"]]
    wish = wish_for(Party(**body["party"]), legs, body["language"], answers=body["answers"])
    return _told(wish, booking.propose(wish, now=now, **_range(body)), now=now)


@resource.route("/visits/<link_token:token>/plans", methods=["POST"])
@access(LINK)
@limited(PLANNING)
@refuses(*CANNOT_MOVE)
@resource.arguments(RangeBody, required=False)
@resource.response(200, ProposalsSchema)
def propose_move(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Where a booked visit could move to; its own times count as free."""
    now = clock.now()
    visit = booking.find_by_link(token)
    wish = wish_to_move(visit)
    return _told(wish, booking.propose(wish, now=now, moving=visit.id, **_range(body)), now=now)


def _range(body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in ("first", "not_before", "not_after") if name in body}


def _told(wish: Wish, proposals: Proposals, *, now: datetime) -> dict[str, Any]:
    house = current_house()
    return {
        "visits": [_visit(house, wish, proposals, option, now=now) for option in proposals.all],
        "blocked": [wish.legs[index] for index in proposals.blocked],
    }


def _visit(
    house: House, wish: Wish, proposals: Proposals, option: VisitOption, *, now: datetime
) -> dict[str, Any]:
    return {
        "plan": plan_token.seal(wish, option, now=now),
        "date": option.date,
        "starts_at": instant(option.date, option.start, timezone=house.timezone),
        "ends_at": instant(option.date, option.end, timezone=house.timezone),
        "duration_min": option.end - option.start,
        "best_for": [name for name in BEST_FOR if getattr(proposals, name) == option],
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
