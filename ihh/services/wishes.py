"""From what a party chose to a wish the planner and the lines understand; refuses what cannot be one."""

from __future__ import annotations

from collections.abc import Sequence

from ihh.domain import visit as visits
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Answers, House
from ihh.domain.party import Party
from ihh.domain.route import (
    LegChoice,
    LegFaultCode,
    Route,
    check_answers,
    check_legs,
    in_order,
    relevant_answers,
    route_for,
)
from ihh.domain.visit import VisitAction, VisitState
from ihh.models import Visit
from ihh.services.booking import LegWish, Wish, wish_of
from ihh.services.house import current_house


def find_route(answers: Answers, party: Party) -> Route:
    """The party's services now, later and elsewhere.

    Refuses `answers_incomplete` with a fault for each question, and `legs_invalid` for too large a party.
    """
    house = current_house()
    if faults := check_answers(house, answers):
        pointed = {f"/answers/{name}": fault.value for name, fault in faults.items()}
        raise Refusal(Code.ANSWERS_INCOMPLETE, faults=pointed)
    if party.size > house.limits.party_max:
        raise Refusal(Code.LEGS_INVALID, faults={"/party": LegFaultCode.TOO_MANY_PEOPLE.value})
    return route_for(house, answers, party)


def wish_for(
    party: Party, legs: Sequence[LegChoice], language: str, *, answers: Answers | None = None
) -> Wish:
    """A checked wish, its legs in an order that honours prerequisites; with answers also the
    documents to bring and the type of customer.

    Refuses `legs_invalid` with a fault for each leg, and `answers_incomplete`.
    """
    house = current_house()
    if faults := check_legs(house, party, legs):
        pointed = {
            "/party" if fault.leg is None else f"/legs/{fault.leg}": fault.code.value for fault in faults
        }
        raise Refusal(Code.LEGS_INVALID, faults=pointed)
    papers = _documents(answers, party) if answers else {}
    chosen = in_order(house, (house.service[leg.service] for leg in legs))
    place = {service.id: number for number, service in enumerate(chosen)}
    wanted = tuple(
        LegWish(leg.service, leg.people, papers.get(leg.service, ()))
        for leg in sorted(legs, key=lambda leg: place[leg.service])
    )
    return Wish(party, wanted, language, *_customer(house, answers or {}))


def wish_to_move(visit: Visit) -> Wish:
    """What a booked visit wants, to plan it anew. Refuses what `booking.move` would refuse by its state."""
    visits.after(VisitState(visit.state), VisitAction.MOVE)
    return wish_of(visit)


def _documents(answers: Answers, party: Party) -> dict[str, tuple[str, ...]]:
    route = find_route(answers, party)
    return {
        leg.service.id: tuple(document.id for document in leg.documents)
        for leg in (*route.now, *route.optional)
    }


def _customer(house: House, answers: Answers) -> tuple[str, str | None]:
    """Type of customer and municipality, the dimensions of the figures that the answers give."""
    told = relevant_answers(house, answers)
    return told.get("purpose", "other"), told.get("municipality")
