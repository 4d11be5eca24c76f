"""The house of a scenario on one of its days, as the services want it."""

from __future__ import annotations

from ihh.domain.house import (
    Agency,
    Channel,
    Desk,
    Figures,
    House,
    Limits,
    Policy,
    Service,
    Span,
    WalkMin,
    Who,
    Zone,
)
from ihh.simulation.scenario import TIMEZONE, Scenario, ScenarioDay

ALWAYS = ((Span(0, 24 * 60),),) * 7
DAY_MIN = 24 * 60


def house_of(scenario: Scenario, day: ScenarioDay) -> House:
    """The scenario's agencies, services and desks, the desks' calendars being those of `day`.

    Nothing else holds anybody back: the house is open all day and every day, a booked visit may check in
    at any hour, and no desk serves a language that it does not have.
    """
    return House(
        id=scenario.id,
        name={"en": scenario.id},
        address={"en": ""},
        timezone=TIMEZONE,
        country="FI",
        languages=("en",),
        grid_min=5,
        hours=ALWAYS,
        extra_closed=(),
        holiday_categories=(),
        walk=WalkMin(scenario.walk_same // 60, scenario.walk_other // 60),
        policy=_policy(scenario),
        limits=Limits(),
        figures=Figures(),
        zones=tuple(
            Zone(zone, {"en": zone}, {"en": ""}, walk_min=0)
            for zone in dict.fromkeys(scenario.agencies.values())
        ),
        agencies=tuple(
            Agency(agency, "A", {"en": agency}, {"en": agency}, zone)
            for agency, zone in scenario.agencies.items()
        ),
        questions=(),
        documents=(),
        services=_services(scenario),
        desks=_desks(scenario, day),
        has_interpreters=False,
    )


def _policy(scenario: Scenario) -> Policy:
    return Policy(
        overdue_min=_minutes(scenario.policy.overdue_min),
        early_min=_minutes(scenario.policy.early_min),
        late_min=_minutes(scenario.policy.late_min),
        check_in_early_min=DAY_MIN,
        lines=scenario.policy.lines,
    )


def _services(scenario: Scenario) -> tuple[Service, ...]:
    return tuple(
        Service(
            id=item.id,
            agency=item.agency,
            name={"en": item.id},
            about={"en": ""},
            channels=(Channel.DESK, Channel.WALK_IN),
            base_min=_minutes(item.expected_min),
            per_extra_person_min=0,
            who=Who.EVERYONE,
            after=item.after,
        )
        for item in scenario.services.values()
    )


def _desks(scenario: Scenario, day: ScenarioDay) -> tuple[Desk, ...]:
    return tuple(
        Desk(
            id=item.id,
            label=item.id,
            agency=item.agency,
            zone=scenario.agencies[item.agency],
            services=item.services,
            languages=item.languages,
            hours=(tuple(Span(start // 60, -(-end // 60)) for start, end in day.desk_hours.get(item.id, ())),)
            * 7,
        )
        for item in scenario.desks
    )


def _minutes(value: float) -> int:
    """As the scenario says it: the rules reckon with a fraction of a minute as well as with whole ones."""
    return value  # type: ignore[return-value]
