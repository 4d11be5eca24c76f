"""Reading a scenario in the `ihh-day/1` format, refusing everything that is not one."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from graphlib import CycleError, TopologicalSorter

from ihh.domain.house import LinePolicy
from ihh.domain.planner.fields import Field, MalformedProblem, by_id, shown
from ihh.simulation.scenario import (
    Scenario,
    ScenarioDay,
    ScenarioDesk,
    ScenarioPolicy,
    ScenarioService,
    Span,
    Visitor,
    VisitorLeg,
)

__all__ = ["FORMAT", "MalformedProblem", "parse_scenario"]

FORMAT = "ihh-day/1"
PEOPLE_MAX = 6
DAY_MIN = 24 * 60
CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?|24:00(?::00)?")


def parse_scenario(data: object) -> Scenario:
    """The scenario in decoded JSON; raises `MalformedProblem` for the first fault found."""
    root = Field("", data)
    root["format"].one_of(FORMAT)
    agencies = by_id(root["agencies"].each(), lambda field: (field["id"].text(), field["zone"].text()))
    services = by_id(root["services"].each(), lambda field: _service(field, agencies))
    _check_after(root["services"].each(), services)
    desks = by_id(root["desks"].each(), lambda field: _desk(field, agencies, services))
    if not desks:
        root["desks"].refuse("must name a desk")
    walk = root["walk_min"]
    policy = root.get("policy")
    return Scenario(
        id=root["id"].text(),
        seed=_whole(root["seed"]),
        walk_same=_seconds(walk["same_zone"], 0),
        walk_other=_seconds(walk["other_zone"], 0),
        agencies=agencies,
        services=services,
        desks=tuple(desks.values()),
        policy=_policy(policy) if policy else ScenarioPolicy(),
        days=_days(root["days"], services, desks),
    )


def _service(field: Field, agencies: Collection[str]) -> tuple[str, ScenarioService]:
    after = field.get("after")
    service = ScenarioService(
        id=field["id"].text(),
        agency=_known(field["agency"], agencies, "agency"),
        expected_min=_amount(field["expected_min"], 0),
        after=after.texts() if after else (),
    )
    if not service.expected_min:
        field["expected_min"].refuse("must be more than 0")
    return service.id, service


def _check_after(fields: list[Field], services: dict[str, ScenarioService]) -> None:
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


def _desk(
    field: Field, agencies: Collection[str], services: dict[str, ScenarioService]
) -> tuple[str, ScenarioDesk]:
    desk = ScenarioDesk(
        id=field["id"].text(),
        agency=_known(field["agency"], agencies, "agency"),
        services=tuple(_known(each, services, "service") for each in field["services"].each()),
        languages=field["languages"].texts(),
    )
    for each in field["services"].each():
        if services[each.text()].agency != desk.agency:
            each.refuse(f"is no service of {shown(desk.agency)}")
    return desk.id, desk


def _policy(field: Field) -> ScenarioPolicy:
    usual = ScenarioPolicy()
    lines = field.get("lines")
    overdue, early, late = (field.get(key) for key in ("overdue_min", "early_min", "late_min"))
    return ScenarioPolicy(
        overdue_min=_amount(overdue, 0) if overdue else usual.overdue_min,
        early_min=_amount(early, 0) if early else usual.early_min,
        late_min=_amount(late, 0) if late else usual.late_min,
        lines=LinePolicy(lines.one_of(*LinePolicy)) if lines else usual.lines,
    )


def _days(
    field: Field, services: dict[str, ScenarioService], desks: dict[str, ScenarioDesk]
) -> tuple[ScenarioDay, ...]:
    days: list[ScenarioDay] = []
    known: set[str] = set()
    for each in field.each():
        day = ScenarioDay(
            date=each["date"].day(),
            desk_hours=_desk_hours(each["desk_hours"], desks),
            visitors=tuple(_visitor(visitor, services, known) for visitor in each["visitors"].each()),
        )
        if days and day.date <= days[-1].date:
            each["date"].refuse("must be after the day before it in the list")
        days.append(day)
    if not days:
        field.refuse("must hold a day")
    return tuple(days)


def _desk_hours(field: Field, desks: Collection[str]) -> dict[str, tuple[Span, ...]]:
    hours: dict[str, tuple[Span, ...]] = {}
    for desk_id, each in field.items():
        if desk_id not in desks:
            each.refuse("names no desk")
        spans = _spans(each)
        if spans:
            hours[desk_id] = spans
    return hours


def _spans(field: Field) -> tuple[Span, ...]:
    """In order; two that touch are one, for there is no break between them."""
    merged: list[Span] = []
    for start, end in sorted(_span(each) for each in field.each()):
        if merged and start < merged[-1][1]:
            field.refuse("has spans that overlap")
        if merged and start == merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple(merged)


def _span(field: Field) -> Span:
    ends = field.each()
    if len(ends) != 2:
        field.refuse("must be a start and an end")
    start, end = _clock(ends[0]), _clock(ends[1])
    if end <= start:
        field.refuse("must end after it starts")
    return start, end


def _visitor(field: Field, services: Collection[str], known: set[str]) -> Visitor:
    gives_up, answers = field.get("gives_up_after_min"), field.get("answers_calls")
    visitor = Visitor(
        id=field["id"].text(),
        arrives=_optional_clock(field["arrives"]),
        language=field["language"].text(),
        people=field["people"].number(1, PEOPLE_MAX),
        legs=_legs(field["legs"], services),
        gives_up_after=_seconds(gives_up, 0) if gives_up and gives_up.value is not None else None,
        answers_calls=_flag(answers) if answers else True,
    )
    if visitor.id in known:
        field["id"].refuse(f"{shown(visitor.id)} is there twice")
    known.add(visitor.id)
    _check_kind(field, visitor)
    return visitor


def _check_kind(field: Field, visitor: Visitor) -> None:
    if field["kind"].one_of("walk_in", "booked") == "booked":
        if not visitor.is_booked:
            field["legs"].refuse("of one who booked must have a time `at`")
        return
    if visitor.arrives is None:
        field["arrives"].refuse("of a walk-in must be a time")
    for each in field["legs"].each():
        if (at := each.get("at")) is not None and at.value is not None:
            at.refuse("is for those who booked")


def _legs(field: Field, services: Collection[str]) -> tuple[VisitorLeg, ...]:
    legs: list[VisitorLeg] = []
    for each in field.each():
        at = each.get("at")
        leg = VisitorLeg(
            service=_known(each["service"], services, "service"),
            length=_seconds(each["minutes"], 0),
            at=_optional_clock(at) if at else None,
        )
        if any(other.service == leg.service for other in legs):
            each["service"].refuse(f"{shown(leg.service)} is there twice")
        legs.append(leg)
    if not legs:
        field.refuse("must hold a leg")
    return tuple(legs)


def _known(field: Field, ids: Collection[str], what: str) -> str:
    name = field.text()
    if name not in ids:
        field.refuse(f"names no {what}: {shown(name)}")
    return name


def _optional_clock(field: Field) -> int | None:
    return None if field.value is None else _clock(field)


def _clock(field: Field) -> int:
    """A time of day, HH:MM or HH:MM:SS, as seconds from midnight; 24:00 ends the day."""
    if not isinstance(field.value, str) or not CLOCK.fullmatch(field.value):
        field.refuse(f"must be a time as HH:MM or HH:MM:SS, not {shown(field.value)}")
    hours, minutes, *rest = (int(part) for part in field.value.split(":"))
    return hours * 3600 + minutes * 60 + sum(rest)


def _seconds(field: Field, least: float) -> int:
    """Minutes, rounded to the second."""
    return round(_amount(field, least) * 60)


def _amount(field: Field, least: float) -> float:
    """A number of minutes, at most a day; a whole one stays a whole number."""
    value = field.value
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        field.refuse(f"must be a number of minutes, not {shown(value)}")
    if not least <= value <= DAY_MIN:
        field.refuse(f"must be {least} to {DAY_MIN}, not {shown(value)}")
    return value


def _whole(field: Field) -> int:
    if not isinstance(field.value, int) or isinstance(field.value, bool):
        field.refuse(f"must be a whole number, not {shown(field.value)}")
    return field.value


def _flag(field: Field) -> bool:
    if not isinstance(field.value, bool):
        field.refuse(f"must be true or false, not {shown(field.value)}")
    return field.value
