"""Definitions of coming, of whole visits and of satisfaction."""

from __future__ import annotations

from collections.abc import Mapping

from ihh.domain.statistics import formulas as f
from ihh.domain.statistics.measures import N_, Definition, Group, Measure, Scope, Subject, Unit

VISITS: Mapping[Measure, Definition] = {
    Measure.NO_SHOW: Definition(
        label=N_("No-show"),
        unit=Unit.PERCENT,
        subject=Subject.COMING,
        words=N_(
            "Appointments not checked in by their time + the house's grace / appointments that "
            "were not cancelled."
        ),
        source=N_("check_in, the appointment's time"),
        limits=N_("Who comes later than the grace counts as a no-show although served."),
        formula=f.share("missed", "due"),
        people="due_people",
        is_better=-1,
    ),
    Measure.ABANDONED: Definition(
        label=N_("Abandoned"),
        unit=Unit.PERCENT,
        subject=Subject.COMING,
        words=N_("Tickets that ended left, or absent after a call / tickets that have ended."),
        source=N_("leave, mark_no_show, complete"),
        formula=f.share("lost", "settled"),
        people="settled_people",
        is_better=-1,
    ),
    Measure.LATE: Definition(
        label=N_("Came late"),
        unit=Unit.PERCENT,
        subject=Subject.COMING,
        words=N_(
            "Booked visits checked in after the time of their first appointment / booked visits that came."
        ),
        source=N_("check_in, the first appointment's time"),
        formula=f.share("late", "came_booked"),
        people="came_booked_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.LATENESS_MEDIAN: Definition(
        label=N_("Lateness, median"),
        unit=Unit.MINUTES,
        subject=Subject.COMING,
        words=N_(
            "Median (nearest rank) of check-in − time of the first appointment, of booked visits "
            "that came; early counts as 0."
        ),
        source=N_("check_in, the first appointment's time"),
        formula=f.median("lateness"),
        people="came_booked_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.LATENESS_P90: Definition(
        label=N_("Lateness, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.COMING,
        words=N_(
            "90th percentile (nearest rank) of check-in − time of the first appointment, of "
            "booked visits that came; early counts as 0."
        ),
        source=N_("check_in, the first appointment's time"),
        formula=f.p90("lateness"),
        people="came_booked_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.LATENESS_MEAN: Definition(
        label=N_("Lateness, mean"),
        unit=Unit.MINUTES,
        subject=Subject.COMING,
        words=N_(
            "Mean of check-in − time of the first appointment, of booked visits that came; early counts as 0."
        ),
        source=N_("check_in, the first appointment's time"),
        formula=f.average("lateness"),
        people="came_booked_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.ONE_VISIT: Definition(
        label=N_("Done in one visit"),
        unit=Unit.PERCENT,
        subject=Subject.VISIT,
        words=N_(
            "Visits in which every ticket was completed as done or transferred the same day / "
            "visits that had a ticket and have ended; by agency, service and hour, of the visits "
            "that were there."
        ),
        source=N_("complete with its outcome, end"),
        limits=N_("A service that nobody asked for is not missed by it."),
        formula=f.share("finished", "ended_visits"),
        people="ended_people",
        is_better=1,
    ),
    Measure.AGENCIES_PER_VISIT: Definition(
        label=N_("Agencies per visit"),
        unit=Unit.NUMBER,
        subject=Subject.VISIT,
        words=N_("Different agencies that served a visit, mean over visits that were served."),
        source=N_("event complete"),
        formula=f.mean("agencies", "visited"),
        people="visited_people",
        scope=Scope.WHOLE,
    ),
    Measure.IN_HOUSE_MEDIAN: Definition(
        label=N_("Time in the house, median"),
        unit=Unit.MINUTES,
        subject=Subject.VISIT,
        words=N_(
            "Median (nearest rank) of the end of the last service − check-in, of visits that were served."
        ),
        source=N_("check_in, take_number, complete"),
        limits=N_("A visit of which the house itself ended a service at night is left out."),
        formula=f.median("in_house"),
        people="in_house_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.IN_HOUSE_P90: Definition(
        label=N_("Time in the house, 90 %"),
        unit=Unit.MINUTES,
        subject=Subject.VISIT,
        words=N_(
            "90th percentile (nearest rank) of the end of the last service − check-in, of visits "
            "that were served."
        ),
        source=N_("check_in, take_number, complete"),
        limits=N_("A visit of which the house itself ended a service at night is left out."),
        formula=f.p90("in_house"),
        people="in_house_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.IN_HOUSE_MEAN: Definition(
        label=N_("Time in the house, mean"),
        unit=Unit.MINUTES,
        subject=Subject.VISIT,
        words=N_("Mean of the end of the last service − check-in, of visits that were served."),
        source=N_("check_in, take_number, complete"),
        limits=N_("A visit of which the house itself ended a service at night is left out."),
        formula=f.average("in_house"),
        people="in_house_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.IDLE: Definition(
        label=N_("Idle share"),
        unit=Unit.PERCENT,
        subject=Subject.VISIT,
        words=N_(
            "Time in the house outside the stretches from the first call to the end of each service "
            "given / time in the house, over all visits that were served."
        ),
        source=N_("as time in the house; call, complete"),
        limits=N_("A hold and a call taken back lie inside such a stretch: they are not idle time."),
        formula=f.share("idle_s", "in_house_s"),
        people="in_house_people",
        scope=Scope.WHOLE,
        is_better=-1,
    ),
    Measure.ANSWERS: Definition(
        label=N_("Answers"),
        unit=Unit.COUNT,
        subject=Subject.SATISFACTION,
        words=N_(
            "Visits about which somebody answered; by agency, service and hour answers about single services."
        ),
        source=N_("answers on My visit and at the kiosk"),
        formula=f.count("answers"),
        people="answers",
        group=Group.FEEDBACK,
        is_better=0,
        adds_up=True,
    ),
    Measure.RESPONSE_RATE: Definition(
        label=N_("Response rate"),
        unit=Unit.PERCENT,
        subject=Subject.SATISFACTION,
        words=N_("Answers / visits that came; by agency, service and hour answers / service events."),
        source=N_("answers on My visit and at the kiosk"),
        formula=f.share("answers", "asked"),
        people="answers",
        group=Group.FEEDBACK,
        is_better=0,
    ),
    Measure.CSAT: Definition(
        label=N_("Satisfied"),
        unit=Unit.PERCENT,
        subject=Subject.SATISFACTION,
        words=N_("Answers 4 or 5 / answers to: How satisfied were you? (1 to 5)"),
        source=N_("answers on My visit and at the kiosk"),
        limits=N_("Who answers is not a sample: read it with the response rate."),
        formula=f.share("csat_good", "csat_n"),
        people="csat_n",
        group=Group.FEEDBACK,
        is_better=1,
    ),
    Measure.CSAT_MEAN: Definition(
        label=N_("Satisfaction, mean"),
        unit=Unit.POINTS,
        subject=Subject.SATISFACTION,
        words=N_("Mean of the answers to: How satisfied were you? (1 to 5)"),
        source=N_("answers on My visit and at the kiosk"),
        formula=f.mean("csat_sum", "csat_n"),
        people="csat_n",
        group=Group.FEEDBACK,
        is_better=1,
    ),
    Measure.EFFORT: Definition(
        label=N_("Ease, mean"),
        unit=Unit.POINTS,
        subject=Subject.SATISFACTION,
        words=N_("Mean of the answers on how easy it was (1 to 7)."),
        source=N_("answers on My visit and at the kiosk"),
        limits=N_("Who answers is not a sample: read it with the response rate."),
        formula=f.mean("effort_sum", "effort_n"),
        people="effort_n",
        group=Group.FEEDBACK,
        is_better=1,
    ),
    Measure.NPS: Definition(
        label=N_("Net promoter score"),
        unit=Unit.POINTS,
        subject=Subject.SATISFACTION,
        words=N_("Share of 9 and 10 − share of 0 to 6, in percent points, where the house asks for it."),
        source=N_("answers on My visit and at the kiosk"),
        formula=f.difference("promoters", "detractors", "nps_n"),
        people="nps_n",
        group=Group.FEEDBACK,
        is_better=1,
        scope=Scope.WHOLE,
    ),
}
