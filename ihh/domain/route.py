"""From answers to a route: the services a party needs now, later and elsewhere.

The house's questions, conditions and texts are data (`ihh.domain.house`); this module only decides.
Prerequisites and blocks are advice to the visitor: a clerk may overrule them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

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
    notes: tuple[Block, ...]
    because: Service | None = None
    """The prerequisite whose block this is, where the service has none of its own."""


@dataclass(frozen=True)
class ElsewhereService:
    """A needed service by phone, online or at another office; never a leg."""

    service: Service
    documents: tuple[Document, ...]
    notes: tuple[Block, ...]


@dataclass(frozen=True)
class Route:
    now: tuple[RouteLeg, ...]
    """In an order that honours prerequisites."""
    later: tuple[BlockedService, ...]
    elsewhere: tuple[ElsewhereService, ...]
    optional: tuple[RouteLeg, ...] = ()
    """In-house services that were not suggested but may be added, with their usual people."""


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
    facts = {**relevant_answers(house, answers), PARTY_FACT: party.kind}
    needed = {service.id for service in house.services if any_holds(service.applies, facts)}
    blocks = _blocks(house, facts, needed)
    free = [service for service in house.services if service.id not in blocks]
    legs = {service.id: _leg(house, service, facts, party) for service in house.services}
    now = [service for service in free if service.is_in_house and service.id in needed]
    offered = [service for service in free if service.is_in_house and service.id not in needed]
    return Route(
        now=tuple(legs[service.id] for service in in_order(house, now)),
        later=tuple(_blocked(legs[name], cause) for name, cause in blocks.items() if name in needed),
        elsewhere=tuple(
            ElsewhereService(service, legs[service.id].documents, legs[service.id].notes)
            for service in free
            if not service.is_in_house and service.id in needed
        ),
        optional=tuple(
            legs[service.id]
            for service in offered
            if not service.offered or any_holds(service.offered, facts)
        ),
    )


def in_order(house: House, services: Iterable[Service]) -> list[Service]:
    """Prerequisites first, else in the house file's order."""
    place = {service.id: number for number, service in enumerate(house.services)}
    waiting = sorted(services, key=lambda service: place[service.id])
    ordered: list[Service] = []
    while waiting:
        left = {service.id for service in waiting}
        ready = next(service for service in waiting if not house.prerequisites[service.id] & left)
        ordered.append(ready)
        waiting.remove(ready)
    return ordered


def check_legs(house: House, party: Party, legs: Sequence[LegChoice]) -> list[LegFault]:
    """What is wrong with a selection of legs, whole-list faults first; empty where it can be planned."""
    faults = []
    if len(party.people) > house.limits.party_max:
        faults.append(LegFault(LegFaultCode.TOO_MANY_PEOPLE, None))
    if len(legs) > house.limits.legs_max:
        faults.append(LegFault(LegFaultCode.TOO_MANY_LEGS, None))
    had: set[tuple[str, str]] = set()
    for number, leg in enumerate(legs):
        codes = [*_service_faults(house, leg), *_people_faults(party, leg)]
        taken = {(leg.service, person) for person in leg.people}
        if taken & had or len(taken) < len(leg.people):
            codes.append(LegFaultCode.DUPLICATE_SERVICE)
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


class _Cause(NamedTuple):
    block: Block
    because: Service | None


def _blocks(house: House, facts: Answers, needed: set[str]) -> dict[str, _Cause]:
    """Service id → why it must wait: a block of its own, else that of a needed prerequisite."""
    own: dict[str, Block] = {}
    for service in house.services:
        block = next((block for block in service.blocked if any_holds(block.when, facts)), None)
        if block is not None:
            own[service.id] = block
    causes: dict[str, _Cause] = {}
    for service in house.services:
        if service.id in own:
            causes[service.id] = _Cause(own[service.id], None)
        elif waiting := house.prerequisites[service.id] & own.keys() & needed:
            first = in_order(house, (house.service[name] for name in waiting))[0]
            causes[service.id] = _Cause(own[first.id], first)
    return causes


def _blocked(leg: RouteLeg, cause: _Cause) -> BlockedService:
    return BlockedService(
        leg.service, leg.people, cause.block.reason, cause.block.instead, leg.notes, cause.because
    )


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
