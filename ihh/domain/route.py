"""From answers to a route: the services a party needs now, later and elsewhere.

The house's questions, conditions and texts are data (`ihh.domain.house`); this module only decides.
Prerequisites and blocks are advice to the visitor: a clerk may overrule them (`ihh.domain.override`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeVar

from ihh.domain.blocks import Cause, blocks_of
from ihh.domain.house import (
    Answers,
    Block,
    Document,
    House,
    Question,
    Service,
    Text,
    Who,
    any_holds,
)
from ihh.domain.party import Party

T = TypeVar("T")

PARTY_FACT = "party"
"""A fact conditions may name beside the questions; `Party.kind` gives it."""


@dataclass(frozen=True)
class RouteLeg:
    """A service for some of the party, with what to bring and what to know."""

    service: Service
    people: tuple[str, ...]
    documents: tuple[Document, ...]
    notes: tuple[Block, ...]


@dataclass(frozen=True)
class BlockedService:
    """A service the party needs but cannot have yet."""

    service: Service
    people: tuple[str, ...]
    reason: Text
    instead: Text
    documents: tuple[Document, ...]
    notes: tuple[Block, ...]
    because: Service | None = None
    """The prerequisite whose block this is, where the service has none of its own."""
    after_days: int = 0
    """Fewest days after the visit until nothing stands in the way any more; 0: nobody can say."""

    @property
    def can_follow(self) -> bool:
        """Whether it can be booked already, for a second visit."""
        return self.service.is_in_house and self.after_days > 0


@dataclass(frozen=True)
class ElsewhereService:
    """A needed service by phone, online or at another office; never a leg."""

    service: Service
    documents: tuple[Document, ...]
    notes: tuple[Block, ...]


@dataclass(frozen=True)
class FollowUp:
    """A second visit, for what the first one cannot have."""

    legs: tuple[RouteLeg, ...]
    """In an order that honours prerequisites."""
    after_days: int
    """Fewest days between the two visits."""

    def first_day(self, visit: date) -> date:
        """The first day on which it may be, where the first visit is on `visit`."""
        return visit + timedelta(days=self.after_days)


@dataclass(frozen=True)
class Route:
    now: tuple[RouteLeg, ...]
    """In an order that honours prerequisites."""
    later: tuple[BlockedService, ...]
    elsewhere: tuple[ElsewhereService, ...]
    optional: tuple[RouteLeg, ...] = ()
    """In-house services that were not suggested but may be added, with their usual people."""
    follow_up: FollowUp | None = None
    """None where nothing of `later` can be booked already, or there is no visit it could follow."""


class AnswerFault(StrEnum):
    UNKNOWN_QUESTION = "unknown_question"
    UNKNOWN_OPTION = "unknown_option"
    MISSING = "missing"


class LegFaultCode(StrEnum):
    UNKNOWN_SERVICE = "unknown_service"
    SERVICE_NOT_IN_HOUSE = "service_not_in_house"
    EMPTY_LEG = "empty_leg"
    UNKNOWN_PERSON = "unknown_person"
    DUPLICATE_SERVICE = "duplicate_service"
    """A person has the same service twice, in one leg or in two."""
    MINOR_ALONE = "minor_alone"
    BLOCKED = "blocked"
    """The answers say that the service, or one that must come first, is not possible yet."""
    NEEDED_FIRST = "needed_first"
    """Chosen for a second visit, though a leg of the first one must come after it."""
    TOO_MANY_PEOPLE = "too_many_people"
    TOO_MANY_LEGS = "too_many_legs"


class LegChoice(NamedTuple):
    """A leg as the visitor chose it."""

    service: str
    people: tuple[str, ...]


@dataclass(frozen=True)
class LegFault:
    code: LegFaultCode
    leg: int | None
    """Index into the legs; None where the fault is of the whole party or list."""


def questions_to_ask(house: House, answers: Answers) -> list[Question]:
    """The questions that concern someone with these answers, answered ones included, in asking order.

    Answers to questions that are not asked count for nothing, so changing an early answer takes
    the questions that hung on it away.
    """
    asked: list[Question] = []
    counted: dict[str, str] = {}
    for question in house.questions:
        if question.asked_when and not any_holds(question.asked_when, counted):
            continue
        asked.append(question)
        if question.id in answers:
            counted[question.id] = answers[question.id]
    return asked


def relevant_answers(house: House, answers: Answers) -> dict[str, str]:
    """The answers without those to questions that are not asked."""
    asked = questions_to_ask(house, answers)
    return {question.id: answers[question.id] for question in asked if question.id in answers}


def check_answers(house: House, answers: Answers) -> dict[str, AnswerFault]:
    """Question id → what is wrong with its answer; empty where a route can be made.

    An answer to a question that is not asked is no fault: a form may still carry it.
    """
    faults = {name: AnswerFault.UNKNOWN_QUESTION for name in answers if name not in house.question}
    for question in questions_to_ask(house, answers):
        if question.id not in answers:
            faults[question.id] = AnswerFault.MISSING
        elif answers[question.id] not in {option.value for option in question.options}:
            faults[question.id] = AnswerFault.UNKNOWN_OPTION
    return faults


def route_for(house: House, answers: Answers, party: Party) -> Route:
    """The party's route. Unanswered questions satisfy no condition; see `check_answers`."""
    facts = _facts(house, answers, party)
    needed = _needed(house, facts)
    blocks = blocks_of(house, facts, needed)
    legs = {service.id: _leg(house, service, facts, party) for service in house.services}
    free = [legs[service.id] for service in house.services if service.id not in blocks]
    here = [leg for leg in free if leg.service.is_in_house]
    now = in_order(house, (leg.service for leg in here if leg.service.id in needed))
    later = tuple(_blocked(legs[name], cause) for name, cause in blocks.items() if name in needed)
    return Route(
        now=tuple(legs[service.id] for service in now),
        later=later,
        elsewhere=tuple(
            ElsewhereService(leg.service, leg.documents, leg.notes)
            for leg in free
            if not leg.service.is_in_house and leg.service.id in needed
        ),
        optional=tuple(
            leg for leg in here if leg.service.id not in needed and _is_offered(leg.service, facts)
        ),
        follow_up=_follow_up(house, later, legs) if now else None,
    )


def leg_for(house: House, service: Service, answers: Answers, party: Party) -> RouteLeg:
    """The service for the usual people of the party, whether or not they need it."""
    return _leg(house, service, _facts(house, answers, party), party)


def blocked_by(house: House, answers: Answers, party: Party, *, after_days: int = 0) -> Mapping[str, Cause]:
    """Service id → why it must wait, needed or not; `after_days` as in `blocks_of`."""
    facts = _facts(house, answers, party)
    return blocks_of(house, facts, _needed(house, facts), after_days)


def in_order(house: House, services: Iterable[Service]) -> list[Service]:
    """Prerequisites first, else in the house file's order."""
    place = {service.id: number for number, service in enumerate(house.services)}
    in_file = sorted(services, key=lambda service: place[service.id])
    return _prerequisites_first(house, in_file, lambda service: service.id)


def legs_in_order(house: House, legs: Sequence[LegChoice], *, as_chosen: bool = False) -> list[LegChoice]:
    """Prerequisites first, else in the house file's order, or in the one in which they were chosen."""
    place = {service.id: number for number, service in enumerate(house.services)}
    wanted = legs if as_chosen else sorted(legs, key=lambda leg: place[leg.service])
    return _prerequisites_first(house, wanted, lambda leg: leg.service)


def check_legs(
    house: House,
    party: Party,
    legs: Sequence[LegChoice],
    *,
    answers: Answers | None = None,
    after_days: int = 0,
) -> list[LegFault]:
    """What is wrong with a selection of legs, whole-list faults first; empty where it can be planned.

    With answers also what they block; `after_days` is how long after a first visit this one is.
    """
    faults = []
    if len(party.people) > house.limits.party_max:
        faults.append(LegFault(LegFaultCode.TOO_MANY_PEOPLE, None))
    if len(legs) > house.limits.legs_max:
        faults.append(LegFault(LegFaultCode.TOO_MANY_LEGS, None))
    blocked = blocked_by(house, answers, party, after_days=after_days) if answers else {}
    had: set[tuple[str, str]] = set()
    for number, leg in enumerate(legs):
        codes = [*_service_faults(house, leg), *_people_faults(party, leg)]
        taken = {(leg.service, person) for person in leg.people}
        if taken & had or len(taken) < len(leg.people):
            codes.append(LegFaultCode.DUPLICATE_SERVICE)
        if leg.service in blocked:
            codes.append(LegFaultCode.BLOCKED)
        had |= taken
        faults += [LegFault(code, number) for code in codes]
    return faults


def _service_faults(house: House, leg: LegChoice) -> list[LegFaultCode]:
    service = house.service.get(leg.service)
    if service is None:
        return [LegFaultCode.UNKNOWN_SERVICE]
    return [] if service.is_in_house else [LegFaultCode.SERVICE_NOT_IN_HOUSE]


def _people_faults(party: Party, leg: LegChoice) -> list[LegFaultCode]:
    if not leg.people:
        return [LegFaultCode.EMPTY_LEG]
    people = set(leg.people)
    if not people <= set(party.people):
        return [LegFaultCode.UNKNOWN_PERSON]
    return [] if people & set(party.adult_ids) else [LegFaultCode.MINOR_ALONE]


def _facts(house: House, answers: Answers, party: Party) -> dict[str, str]:
    return {**relevant_answers(house, answers), PARTY_FACT: party.kind}


def _needed(house: House, facts: Answers) -> set[str]:
    return {service.id for service in house.services if any_holds(service.applies, facts)}


def _blocked(leg: RouteLeg, cause: Cause) -> BlockedService:
    block = cause.block
    return BlockedService(
        leg.service,
        leg.people,
        block.reason,
        block.instead,
        leg.documents,
        leg.notes,
        cause.because,
        cause.days,
    )


def _follow_up(
    house: House, later: Iterable[BlockedService], legs: Mapping[str, RouteLeg]
) -> FollowUp | None:
    waiting = [entry for entry in later if entry.can_follow]
    if not waiting:
        return None
    ordered = in_order(house, (entry.service for entry in waiting))
    days = max(entry.after_days for entry in waiting)
    return FollowUp(tuple(legs[service.id] for service in ordered), days)


def _prerequisites_first(house: House, items: Iterable[T], service_id: Callable[[T], str]) -> list[T]:
    """As they come, except that a prerequisite goes before what needs it."""
    waiting = list(items)
    ordered: list[T] = []
    while waiting:
        left = {service_id(item) for item in waiting}
        ready = next(item for item in waiting if not house.prerequisites[service_id(item)] & left)
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def _is_offered(service: Service, facts: Answers) -> bool:
    return not service.offered or any_holds(service.offered, facts)


def _leg(house: House, service: Service, facts: Answers, party: Party) -> RouteLeg:
    documents = tuple(
        house.document[item.document]
        for item in service.documents
        if not item.when or any_holds(item.when, facts)
    )
    notes = tuple(note for note in service.notes if any_holds(note.when, facts))
    return RouteLeg(service, usual_people(service, party), documents, notes)


def usual_people(service: Service, party: Party) -> tuple[str, ...]:
    """Who of the party attends the service unless the party chooses otherwise."""
    if service.who is Who.EVERYONE:
        return party.people
    return party.adult_ids if service.who is Who.ADULTS else party.adult_ids[:1]
