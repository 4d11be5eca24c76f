"""Definitions of counts, waits and service times."""

from __future__ import annotations

from collections.abc import Mapping

from ihh.domain.statistics import formulas as f
from ihh.domain.statistics.measures import N_, Definition, Group, Measure, Scope, Subject, Unit

QUEUE: Mapping[Measure, Definition] = {
    Measure.VISITS: Definition(
        label=N_("Visits"),
        unit=Unit.COUNT,
        subject=Subject.COUNTS,
        words=N_(
            "Parties that checked in or took a number; by agency, service and hour those that had "
            "a ticket there."
        ),
        source=N_("visits; events check_in, take_number"),
        limits=N_(
            "A visit to three agencies stands in three rows: rows of agencies, services and hours "
            "add up to more than the total. What lies outside the opening hours counts in the first or "
            "last hour."
        ),
        formula=f.count("visits"),
        adds_up=True,
    ),
    Measure.CUSTOMERS: Definition(
        label=N_("Customers"),
        unit=Unit.COUNT,
        subject=Subject.COUNTS,
        words=N_(
            "People of those visits; by agency, service and hour those whom the tickets there were for."
        ),
        source=N_("visits; events check_in, take_number; the people of each ticket"),
        limits=N_("Nobody is recognised from day to day: who comes twice counts twice."),
        formula=f.count("customers"),
        adds_up=True,
    ),
    Measure.SERVICE_EVENTS: Definition(
        label=N_("Service events"),
        unit=Unit.COUNT,
        subject=Subject.COUNTS,
        words=N_("Tickets that were completed, also with a transfer to another service."),
        source=N_("event complete"),
        limits=N_("Only services at the desks of this house."),
        formula=f.count("service_events"),
        adds_up=True,
        people="served_people",
    ),
    Measure.WAIT_MEDIAN: Definition(
        label=N_("Wait, median"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_("Median (nearest rank) of the waits of served tickets, walk-in and booked together."),
        source=N_("events issue, transfer, unlock, first call; check_in, the appointment's time, first call"),
        limits=N_("Who left or was absent when called is not in it: see Abandoned."),
        formula=f.median("wait"),
        people="served_people",
        is_better=-1,
    ),
    Measure.WAIT_P90: Definition(
        label=N_("Wait, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "90th percentile (nearest rank) of the waits of served tickets, walk-in and booked together."
        ),
        source=N_("events issue, transfer, unlock, first call; check_in, the appointment's time, first call"),
        limits=N_("Who left or was absent when called is not in it: see Abandoned."),
        formula=f.p90("wait"),
        people="served_people",
        is_better=-1,
    ),
    Measure.WAIT_MEAN: Definition(
        label=N_("Wait, mean"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_("Mean of the waits of served tickets, walk-in and booked together."),
        source=N_("events issue, transfer, unlock, first call; check_in, the appointment's time, first call"),
        limits=N_("Who left or was absent when called is not in it: see Abandoned."),
        formula=f.average("wait"),
        people="served_people",
        is_better=-1,
    ),
    Measure.WALK_IN_WAIT_MEDIAN: Definition(
        label=N_("Walk-in wait, median"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "Median (nearest rank) of first call − joining, of served walk-in tickets. Joining is "
            "the issue of the ticket, or the end of what had to come first."
        ),
        source=N_("events issue, transfer, unlock, first call"),
        formula=f.median("walk_in_wait"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="walk_in_people",
        is_better=-1,
    ),
    Measure.WALK_IN_WAIT_P90: Definition(
        label=N_("Walk-in wait, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "90th percentile (nearest rank) of first call − joining, of served walk-in tickets. "
            "Joining is the issue of the ticket, or the end of what had to come first."
        ),
        source=N_("events issue, transfer, unlock, first call"),
        formula=f.p90("walk_in_wait"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="walk_in_people",
        is_better=-1,
    ),
    Measure.WALK_IN_WAIT_MEAN: Definition(
        label=N_("Walk-in wait, mean"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "Mean of first call − joining, of served walk-in tickets. Joining is the issue of the "
            "ticket, or the end of what had to come first."
        ),
        source=N_("events issue, transfer, unlock, first call"),
        formula=f.average("walk_in_wait"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="walk_in_people",
        is_better=-1,
    ),
    Measure.BOOKED_WAIT_MEDIAN: Definition(
        label=N_("Booked wait, median"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "Median (nearest rank) of first call − the later of check-in and booked time, of "
            "served appointments; called earlier counts as 0."
        ),
        source=N_("check_in, the appointment's time, first call"),
        limits=N_("Lateness is told apart."),
        formula=f.median("booked_wait"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="booked_people",
        is_better=-1,
    ),
    Measure.BOOKED_WAIT_P90: Definition(
        label=N_("Booked wait, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "90th percentile (nearest rank) of first call − the later of check-in and booked "
            "time, of served appointments; called earlier counts as 0."
        ),
        source=N_("check_in, the appointment's time, first call"),
        limits=N_("Lateness is told apart."),
        formula=f.p90("booked_wait"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="booked_people",
        is_better=-1,
    ),
    Measure.BOOKED_WAIT_MEAN: Definition(
        label=N_("Booked wait, mean"),
        unit=Unit.MINUTES,
        subject=Subject.WAITING,
        words=N_(
            "Mean of first call − the later of check-in and booked time, of served appointments; "
            "called earlier counts as 0."
        ),
        source=N_("check_in, the appointment's time, first call"),
        limits=N_("Lateness is told apart."),
        formula=f.average("booked_wait"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="booked_people",
        is_better=-1,
    ),
    Measure.WITHIN_LEVEL: Definition(
        label=N_("Within the service level"),
        unit=Unit.PERCENT,
        subject=Subject.WAITING,
        words=N_(
            "Waits of served tickets of at most the house's service level (15 minutes unless the "
            "house file says otherwise) / all of them."
        ),
        source=N_("as the waits"),
        formula=f.share("within", "wait_n"),
        people="served_people",
        is_better=1,
    ),
    Measure.WALK_IN_WITHIN_LEVEL: Definition(
        label=N_("Walk-ins within the service level"),
        unit=Unit.PERCENT,
        subject=Subject.WAITING,
        words=N_(
            "Waits of served walk-in tickets of at most the house's service level (15 minutes "
            "unless the house file says otherwise) / all of them."
        ),
        source=N_("as the waits"),
        formula=f.share("walk_in_within", "walk_in_n"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="walk_in_people",
        is_better=1,
    ),
    Measure.BOOKED_WITHIN_LEVEL: Definition(
        label=N_("Appointments within the service level"),
        unit=Unit.PERCENT,
        subject=Subject.WAITING,
        words=N_(
            "Waits of served appointments of at most the house's service level (15 minutes unless "
            "the house file says otherwise) / all of them."
        ),
        source=N_("as the waits"),
        formula=f.share("booked_within", "booked_n"),
        group=Group.BOOKING,
        scope=Scope.SINGLE,
        people="booked_people",
        is_better=1,
    ),
    Measure.WAY_MEDIAN: Definition(
        label=N_("Way to the desk, median"),
        unit=Unit.MINUTES,
        subject=Subject.SERVICE,
        words=N_(
            "Median (nearest rank) of first start − first call, of served tickets: the way to the desk."
        ),
        source=N_("first call, first start"),
        formula=f.median("way"),
        people="served_people",
        is_better=0,
    ),
    Measure.WAY_P90: Definition(
        label=N_("Way to the desk, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.SERVICE,
        words=N_(
            "90th percentile (nearest rank) of first start − first call, of served tickets: the "
            "way to the desk."
        ),
        source=N_("first call, first start"),
        formula=f.p90("way"),
        people="served_people",
        is_better=0,
    ),
    Measure.WAY_MEAN: Definition(
        label=N_("Way to the desk, mean"),
        unit=Unit.MINUTES,
        subject=Subject.SERVICE,
        words=N_("Mean of first start − first call, of served tickets: the way to the desk."),
        source=N_("first call, first start"),
        formula=f.average("way"),
        people="served_people",
        is_better=0,
    ),
    Measure.WAY_WITHIN: Definition(
        label=N_("Way to the desk, within the target"),
        unit=Unit.PERCENT,
        subject=Subject.SERVICE,
        words=N_(
            "Ways to the desk of served tickets of at most the house's target (3 minutes unless the "
            "house file says otherwise) / all of them."
        ),
        source=N_("first call, first start"),
        limits=N_("Counted with the target of the day on which the period was published."),
        formula=f.share("way_within", "way_n"),
        people="way_people",
        is_better=1,
    ),
    Measure.SERVICE_MEDIAN: Definition(
        label=N_("Service time, median"),
        unit=Unit.MINUTES,
        subject=Subject.SERVICE,
        words=N_("Median (nearest rank) of the time at the desk of served tickets, holds left out."),
        source=N_("start, hold, resume, complete"),
        limits=N_("A service that the house itself ended at night has no known length and is left out."),
        formula=f.median("service"),
        people="served_people",
        is_better=0,
    ),
    Measure.SERVICE_P90: Definition(
        label=N_("Service time, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.SERVICE,
        words=N_("90th percentile (nearest rank) of the time at the desk of served tickets, holds left out."),
        source=N_("start, hold, resume, complete"),
        limits=N_("A service that the house itself ended at night has no known length and is left out."),
        formula=f.p90("service"),
        people="served_people",
        is_better=0,
    ),
    Measure.SERVICE_MEAN: Definition(
        label=N_("Service time, mean"),
        unit=Unit.MINUTES,
        subject=Subject.SERVICE,
        words=N_("Mean of the time at the desk of served tickets, holds left out."),
        source=N_("start, hold, resume, complete"),
        limits=N_("A service that the house itself ended at night has no known length and is left out."),
        formula=f.average("service"),
        people="served_people",
        is_better=0,
    ),
    Measure.SERVICE_WITHIN: Definition(
        label=N_("Service time, within the plan"),
        unit=Unit.PERCENT,
        subject=Subject.SERVICE,
        words=N_(
            "Served tickets whose time at the desk, holds left out, was at most the minutes that the "
            "house file plans for the service and so many people / served tickets with such minutes."
        ),
        source=N_("start, hold, resume, complete; the house file"),
        limits=N_(
            "A service that the house file does not have, or that the house itself ended at night, is "
            "left out. Counted with the minutes of the day on which the period was published."
        ),
        formula=f.share("service_within", "planned_n"),
        people="planned_people",
        is_better=1,
    ),
}
