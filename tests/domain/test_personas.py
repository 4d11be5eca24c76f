"""Personas at the Helsinki house: each gets exactly its route, with every text in three languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

import ihh
from ihh.domain.house import Block, Document
from ihh.domain.house_file import read_house
from ihh.domain.route import Route, check_answers, questions_to_ask, route_for
from tests.domain.persona_texts import BLOCKS, DOCUMENTS, NOTES, SERVICES, Words
from tests.domain.personas import PERSONAS, Persona, Stop

HOUSE = read_house(Path(ihh.__file__).parent / "houses" / "helsinki.toml")

everyone = pytest.mark.parametrize("persona", PERSONAS.values(), ids=list(PERSONAS))


def route_of(persona: Persona) -> Route:
    return route_for(HOUSE, persona.answers, persona.party)


def said(text: Mapping[str, str] | None) -> Words | None:
    return (text["en"], text["fi"], text["sv"]) if text else None


def note_name(note: Block) -> str:
    """The name under which the note's words stand; fails for words that stand nowhere."""
    words = (said(note.reason), said(note.instead))
    return next(name for name, known in NOTES.items() if known == words)


def stop(entry: Any) -> tuple[str, str, str, str]:
    return (
        entry.service.id,
        " ".join(getattr(entry, "people", ())),
        " ".join(document.id for document in entry.documents),
        " ".join(note_name(note) for note in entry.notes),
    )


def expected(stops: Iterable[Stop]) -> list[tuple[str, str, str, str]]:
    return [(item.service, item.people, item.documents, item.notes) for item in stops]


def every_entry(route: Route) -> list[Any]:
    return [*route.now, *route.later, *route.elsewhere, *route.optional]


@everyone
def test_they_are_asked_only_what_concerns_them(persona: Persona) -> None:
    assert check_answers(HOUSE, persona.answers) == {}
    asked = [question.id for question in questions_to_ask(HOUSE, persona.answers)]
    assert asked == list(persona.answers)


@everyone
def test_what_they_do_now_in_order_with_people_papers_and_advice(persona: Persona) -> None:
    assert [stop(leg) for leg in route_of(persona).now] == expected(persona.now)


@everyone
def test_what_must_wait_why_and_for_how_many_days(persona: Persona) -> None:
    later = route_of(persona).later
    assert [stop(entry) for entry in later] == expected(persona.later)
    assert [(said(entry.reason), said(entry.instead)) for entry in later] == [
        BLOCKS[item.why] for item in persona.later
    ]
    assert [entry.after_days for entry in later] == [item.after_days for item in persona.later]
    assert [entry.because for entry in later] == [None] * len(persona.later)


@everyone
def test_what_is_done_elsewhere(persona: Persona) -> None:
    assert [stop(entry) for entry in route_of(persona).elsewhere] == expected(persona.elsewhere)


@everyone
def test_what_they_may_add(persona: Persona) -> None:
    assert " ".join(leg.service.id for leg in route_of(persona).optional) == persona.optional


@everyone
def test_what_a_second_visit_can_have_and_when(persona: Persona) -> None:
    follow_up = route_of(persona).follow_up
    if persona.follow_up is None:
        assert follow_up is None
        return
    assert follow_up is not None
    days, services = persona.follow_up
    assert follow_up.after_days == days
    waiting = {item.service: item for item in persona.later}
    assert [stop(leg) for leg in follow_up.legs] == expected(waiting[name] for name in services.split())


@everyone
def test_every_word_they_read_stands_in_three_languages(persona: Persona) -> None:
    for entry in every_entry(route_of(persona)):
        service = entry.service
        assert (said(service.name), said(service.about)) == SERVICES[service.id]
        for document in entry.documents:
            assert said(document.name) == DOCUMENTS[document.id]
        for note in entry.notes:
            assert note_name(note)


@everyone
def test_a_minor_has_an_adult_on_every_leg(persona: Persona) -> None:
    route, adults = route_of(persona), set(persona.party.adult_ids)
    legs = [*route.now, *route.optional, *(route.follow_up.legs if route.follow_up else ())]
    assert all(adults & set(leg.people) for leg in legs)


def test_no_words_stand_here_that_the_house_does_not_say() -> None:
    """And the house says nothing that does not stand here: every text was read in three languages."""
    blocks = [block for service in HOUSE.services for block in service.blocked]
    notes = [note for service in HOUSE.services for note in service.notes]
    assert _pairs(blocks) == sorted(BLOCKS.values())
    assert {note_name(note) for note in notes} == set(NOTES)
    assert list(SERVICES) == [service.id for service in HOUSE.services]
    assert list(DOCUMENTS) == _ids(HOUSE.documents)


def test_every_service_and_block_concerns_some_persona() -> None:
    used = {entry.service.id for persona in PERSONAS.values() for entry in every_entry(route_of(persona))}
    assert used == set(SERVICES)
    assert {item.why for persona in PERSONAS.values() for item in persona.later} == set(BLOCKS)


def _pairs(blocks: Sequence[Block]) -> list[Any]:
    return sorted((said(block.reason), said(block.instead)) for block in blocks)


def _ids(documents: Sequence[Document]) -> list[str]:
    return [document.id for document in documents]
