"""The visit planner: the one visit that serves all a party asks for, exactly the best by its preference.

How it works is told module by module: `legs` (what binds on every day), `calendar` (when each
leg may start), `outlook` (how soon a visit may end, for all starts at once), `placing` (one day,
exactly), `ranking` (which visits become options), `staffing` (which desk).
"""

from __future__ import annotations

from ihh.domain.planner.buckets import Days, Visit
from ihh.domain.planner.calendar import Calendar, calendar_of
from ihh.domain.planner.legs import Legs, legs_of
from ihh.domain.planner.problem import Problem
from ihh.domain.planner.ranking import ranked_visits
from ihh.domain.planner.staffing import desks_at
from ihh.domain.planner.visit import Answer, PlannedLeg, VisitOption, answer_json

__all__ = ["Answer", "PlannedLeg", "VisitOption", "answer_json", "plan"]


def plan(problem: Problem) -> Answer:
    """The options for the problem's request, the best first; without any, the legs that block it."""
    legs = legs_of(problem)
    calendar = calendar_of(problem, legs)
    days = Days(legs, calendar)
    visits = ranked_visits(problem, legs, calendar, days)
    if not visits:
        return Answer((), tuple(leg for leg, starts in enumerate(calendar.starts) if not starts))
    return Answer(tuple(_option(problem, legs, calendar, days, visit) for visit in visits))


def _option(problem: Problem, legs: Legs, calendar: Calendar, days: Days, visit: Visit) -> VisitOption:
    end = visit.start + visit.lasting
    starts = days.search(visit.day).place(visit.start, visit.start + 1, lower=end, upper=end)
    assert starts is not None  # the ranking only gives visits that exist
    desks = desks_at(legs, calendar, visit.day, starts)
    grid = problem.grid_min
    planned = tuple(
        PlannedLeg(leg.service, leg.people, desk, start * grid, (start + duration) * grid)
        for leg, desk, start, duration in zip(
            problem.request.legs, desks, starts, legs.durations, strict=True
        )
    )
    return VisitOption(calendar.dates[visit.day], visit.start * grid, end * grid, planned)
