"""Reading a problem in the `ihh-visit-plan/1` format, refusing everything that is not one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import cast

from ihh.domain.planner.fields import Field, MalformedProblem, by_id, shown
from ihh.domain.planner.problem import (
    LegRequest,
    Mode,
    PlannedDesk,
    PlannedService,
    Prefer,
    Problem,
    Request,
)

__all__ = ["MalformedProblem", "parse_problem"]

FORMAT = "ihh-visit-plan/1"
LEGS_MAX = 8
PEOPLE_MAX = 6
OPTIONS_MAX = 20
DAY_MIN = 24 * 60


def parse_problem(data: object) -> Problem:
    """The problem in decoded JSON; raises `MalformedProblem` for the first fault found."""
    root = Field("", data)
    root["format"].one_of(FORMAT)
    agencies = by_id(root["agencies"].each(), _agency)
    services = by_id(root["services"].each(), lambda field: _service(field, agencies))
    _check_after(root["services"].each(), services)
    desks = by_id(root["desks"].each(), lambda field: _desk(field, agencies, services))
    return Problem(
        id=root["id"].text(),
        grid_min=root["grid_min"].number(1, DAY_MIN),
        walk_same=root["walk_min"]["same_zone"].number(0),
        walk_other=root["walk_min"]["other_zone"].number(0),
        agencies=agencies,
        services=services,
        desks=tuple(desks.values()),
        request=_request(root["request"], services),
    )


def _known(field: Field, ids: Collection[str], what: str) -> str:
    name = field.text()
    if name not in ids:
        field.refuse(f"names no {what}: {shown(name)}")
    return name


def _agency(field: Field) -> tuple[str, str]:
    return field["id"].text(), field["zone"].text()


def _service(field: Field, agencies: Collection[str]) -> tuple[str, PlannedService]:
    mode = field["mode"].one_of("desk", "walk_in")
    after, opening = field.get("after"), field.get("open")
    is_wait_given = mode == "walk_in" or field.get("wait_min") is not None
    service = PlannedService(
        id=field["id"].text(),
        agency=_known(field["agency"], agencies, "agency"),
        mode=cast(Mode, mode),
        base_min=field["base_min"].number(0),
        per_extra_person_min=field["per_extra_person_min"].number(0),
        wait_min=field["wait_min"].number(0) if is_wait_given else 0,
        after=after.texts() if after else (),
        open=opening.spans_by_date() if opening else {},
    )
    if not service.duration_min(1):
        field["base_min"].refuse("must not make a leg of no time")
    return service.id, service


def _check_after(fields: list[Field], services: Mapping[str, PlannedService]) -> None:
    for field in fields:
        after = field.get("after")
        for other in after.each() if after else ():
            _known(other, services, "service")
    try:
        TopologicalSorter({service.id: service.after for service in services.values()}).prepare()
    except CycleError as error:
        on_cycle = error.args[1][0]
        field = next(each for each in fields if each["id"].value == on_cycle)
        field["after"].refuse(f"leads back to {shown(on_cycle)}")


def _desk(field: Field, agencies: Collection[str], services: Collection[str]) -> tuple[str, PlannedDesk]:
    opening, busy = field.get("open"), field.get("busy")
    desk = PlannedDesk(
        id=field["id"].text(),
        agency=_known(field["agency"], agencies, "agency"),
        services=tuple(_known(each, services, "service") for each in field["services"].each()),
        languages=field["languages"].texts(),
        open=opening.spans_by_date() if opening else {},
        busy=busy.spans_by_date() if busy else {},
    )
    return desk.id, desk


def _request(field: Field, services: Collection[str]) -> Request:
    first, last = field["from"].day(), field["to"].day()
    if last < first:
        field["to"].refuse("is before `from`")
    not_before, not_after = field["not_before"].minutes(), field["not_after"].minutes()
    if not_after < not_before:
        field["not_after"].refuse("is before `not_before`")
    prefer = field.get("prefer")
    return Request(
        legs=_legs(field["legs"], services),
        language=field["language"].text(),
        first=first,
        last=last,
        not_before=not_before,
        not_after=not_after,
        prefer=cast(Prefer, prefer.one_of("earliest", "shortest", "balanced") if prefer else "balanced"),
        options=field["options"].number(1, OPTIONS_MAX),
    )


def _legs(field: Field, services: Collection[str]) -> tuple[LegRequest, ...]:
    fields = field.each()
    if not 1 <= len(fields) <= LEGS_MAX:
        field.refuse(f"must be 1 to {LEGS_MAX} legs, not {len(fields)}")
    legs: list[LegRequest] = []
    served: set[tuple[str, str]] = set()
    for each in fields:
        leg = LegRequest(_known(each["service"], services, "service"), _people(each["people"]))
        for person in leg.people:
            if (person, leg.service) in served:
                each["people"].refuse(f"{shown(person)} has {shown(leg.service)} twice")
            served.add((person, leg.service))
        legs.append(leg)
    party = {person for leg in legs for person in leg.people}
    if len(party) > PEOPLE_MAX:
        field.refuse(f"must be for at most {PEOPLE_MAX} people, not {len(party)}")
    return tuple(legs)


def _people(field: Field) -> tuple[str, ...]:
    people = field.texts()
    if not people:
        field.refuse("must name somebody")
    if len(set(people)) < len(people):
        field.refuse("names somebody twice")
    return people
