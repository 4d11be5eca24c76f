"""From what a party chose to a wish the planner and the lines understand; refuses what cannot be one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ihh.domain import visit as visits
from ihh.domain.errors import Code, Refusal
from ihh.domain.follow_up import check_later, days_until
from ihh.domain.house import Answers, House
from ihh.domain.override import OverrideFault, check_overrides, set_aside
from ihh.domain.party import Party
from ihh.domain.route import (
    LegChoice,
    LegFault,
    LegFaultCode,
    Route,
    check_answers,
    check_legs,
    leg_for,
    legs_in_order,
    relevant_answers,
    route_for,
)
from ihh.domain.visit import VisitAction, VisitState
from ihh.domain.wish import LegWish, Wish
from ihh.models import Visit
from ihh.services.house import current_house
from ihh.services.new_visits import wish_of


def find_route(answers: Answers, party: Party) -> Route:
    """The party's services now, later and elsewhere.

    Refuses `answers_incomplete` with a fault for each question, and `legs_invalid` for too large a party.
    """
    house = current_house()
    _check_answers(house, answers)
    if party.size > house.limits.party_max:
        raise Refusal(Code.LEGS_INVALID, faults={"/party": LegFaultCode.TOO_MANY_PEOPLE.value})
    return route_for(house, answers, party)


def wish_for(
    party: Party,
    legs: Sequence[LegChoice],
    language: str,
    *,
    answers: Answers | None = None,
    overrides: Mapping[str, str] = {},
    later: Sequence[LegChoice] = (),
) -> Wish:
    """A checked wish, its legs in an order that honours prerequisites. With answers also the documents
    to bring and the type of customer, and no leg that the answers block.

    `later` are the legs of a second visit: those of `Route.follow_up`, or some of them. `overrides`, only
    for staff: service → why its block and its prerequisites are set aside; the legs then keep the order
    in which they were chosen.

    Refuses `legs_invalid` with a fault for each leg and override, `identity_code_given` where a reason
    has one, and `answers_incomplete`.
    """
    house = current_house()
    reasons = {service: reason.strip() for service, reason in overrides.items()}
    rules = set_aside(house, reasons)
    _refuse(
        check_legs(rules, party, legs, answers=answers),
        check_later(rules, party, legs, later, answers=answers),
        check_overrides(overrides, {leg.service for leg in (*legs, *later)}),
    )
    if answers:
        _check_answers(house, answers)
    wanted, wanted_later = (
        tuple(
            LegWish(leg.service, leg.people, _documents(house, leg, answers, party), reasons.get(leg.service))
            for leg in legs_in_order(rules, chosen, as_chosen=bool(reasons))
        )
        for chosen in (legs, later)
    )
    days = days_until(rules, answers, party, (leg.service for leg in later))
    return Wish(party, wanted, language, *_customer(house, answers or {}), wanted_later, days)


def wish_to_move(visit: Visit) -> Wish:
    """What a booked visit wants, to plan it anew. Refuses what `booking.move` would refuse by its state."""
    visits.after(VisitState(visit.state), VisitAction.MOVE)
    return wish_of(visit)


def _check_answers(house: House, answers: Answers) -> None:
    if faults := check_answers(house, answers):
        pointed = {f"/answers/{name}": fault.value for name, fault in faults.items()}
        raise Refusal(Code.ANSWERS_INCOMPLETE, faults=pointed)


def _refuse(
    legs: Sequence[LegFault], later: Sequence[LegFault], overrides: Mapping[str, OverrideFault]
) -> None:
    """Refuse what cannot be a wish, with the first fault of each place."""
    faults: dict[str, str] = {}
    for visit, found in (("legs", legs), ("later", later)):
        for fault in found:
            place = "/party" if fault.leg is None else f"/{visit}/{fault.leg}"
            faults.setdefault(place, fault.code.value)
    faults |= {f"/overrides/{service}": fault.value for service, fault in overrides.items()}
    if OverrideFault.IDENTITY_CODE_GIVEN in overrides.values():
        raise Refusal(Code.IDENTITY_CODE_GIVEN, faults=faults)
    if faults:
        raise Refusal(Code.LEGS_INVALID, faults=faults)


def _documents(house: House, leg: LegChoice, answers: Answers | None, party: Party) -> tuple[str, ...]:
    if not answers:
        return ()
    asked = leg_for(house, house.service[leg.service], answers, party)
    return tuple(document.id for document in asked.documents)


def _customer(house: House, answers: Answers) -> tuple[str, str | None]:
    """Type of customer and municipality, the dimensions of the figures that the answers give."""
    told = relevant_answers(house, answers)
    return told.get("purpose", "other"), told.get("municipality")
