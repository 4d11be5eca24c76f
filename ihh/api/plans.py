"""Plans: visits on offer. Nothing is held until one is sent to `POST /visits`."""

from __future__ import annotations

from typing import Any

from ihh import clock
from ihh.api.offers import PLANNING, asked_range, told_proposals
from ihh.api.plan_schemas import PlanBody, ProposalsSchema, RangeBody
from ihh.api.resource import Resource, limited, refuses
from ihh.api.visits import CANNOT_MOVE
from ihh.domain.errors import Code
from ihh.domain.party import Party
from ihh.domain.route import LegChoice
from ihh.presentation.access import LINK, PUBLIC, access
from ihh.services import booking, proposals
from ihh.services.wishes import wish_for, wish_to_move

resource = Resource("plans", description="Visits on offer.")


@resource.route("/plans", methods=["POST"])
@access(PUBLIC)
@limited(PLANNING)
@refuses(Code.LEGS_INVALID, Code.ANSWERS_INCOMPLETE)
@resource.arguments(PlanBody)
@resource.response(200, ProposalsSchema)
def propose(body: dict[str, Any]) -> dict[str, Any]:
    """The best visits for a party: soonest, shortest, balanced, of other days, and other ways to come."""
    now = clock.now()
    legs, later = (_choices(body[name]) for name in ("legs", "later"))
    wish = wish_for(Party(**body["party"]), legs, body["language"], answers=body["answers"], later=later)
    return told_proposals(wish, proposals.propose(wish, now=now, **asked_range(body)), now=now)


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
    found = proposals.propose(wish, now=now, moving=visit.id, **asked_range(body))
    return told_proposals(wish, found, now=now)


def _choices(legs: list[dict[str, Any]]) -> list[LegChoice]:
    return [LegChoice(leg["service"], tuple(leg["people"])) for leg in legs]
