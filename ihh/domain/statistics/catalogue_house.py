"""Definitions of channels, programmes, estimates, kiosks and capacity."""

from __future__ import annotations

from collections.abc import Mapping

from ihh.domain.statistics import formulas as f
from ihh.domain.statistics.measures import N_, Definition, Measure, Scope, Subject, Tied, Unit
from ihh.domain.statistics.tables import Dimension
from ihh.domain.visit import Origin

BY_CHANNEL = Tied(Dimension.CHANNEL, tuple(Origin))

HOUSE: Mapping[Measure, Definition] = {
    Measure.ONLINE_SHARE: Definition(
        label=N_("Booked online"),
        unit=Unit.PERCENT,
        subject=Subject.CHANNELS,
        words=N_("Visits booked online before arrival / visits."),
        source=N_("visits; events check_in, take_number"),
        formula=f.share("online", "visits"),
        tied_to=BY_CHANNEL,
    ),
    Measure.ON_SITE_SHARE: Definition(
        label=N_("Booked by the staff"),
        unit=Unit.PERCENT,
        subject=Subject.CHANNELS,
        words=N_("Visits booked by the staff / visits."),
        source=N_("visits; events check_in, take_number"),
        formula=f.share("by_staff", "visits"),
        tied_to=BY_CHANNEL,
    ),
    Measure.WALK_IN_SHARE: Definition(
        label=N_("Walk-in"),
        unit=Unit.PERCENT,
        subject=Subject.CHANNELS,
        words=N_("Visits without a booking / visits."),
        source=N_("visits; events check_in, take_number"),
        formula=f.share("walk_in", "visits"),
        tied_to=BY_CHANNEL,
    ),
    Measure.REMOTE_PHONE_SHARE: Definition(
        label=N_("Remote by phone"),
        unit=Unit.PERCENT,
        subject=Subject.CHANNELS,
        words=N_("Service events by phone / service events."),
        source=N_("none yet"),
        limits=N_("No data yet: remote services are given in the agencies' own systems."),
    ),
    Measure.REMOTE_VIDEO_SHARE: Definition(
        label=N_("Remote by video"),
        unit=Unit.PERCENT,
        subject=Subject.CHANNELS,
        words=N_("Service events by video / service events."),
        source=N_("none yet"),
        limits=N_("No data yet: remote services are given in the agencies' own systems."),
    ),
    Measure.SELF_SERVICE_MOVES: Definition(
        label=N_("Moved by the visitor"),
        unit=Unit.COUNT,
        subject=Subject.CHANNELS,
        words=N_("How often visits that were not cancelled were moved to another time by their link."),
        source=N_("event move by the visitor"),
        formula=f.count("moves"),
        people="moves",
        scope=Scope.WHOLE,
    ),
    Measure.SOFTLANDING_MEDIAN: Definition(
        label=N_("Softlanding, median"),
        unit=Unit.DAYS,
        subject=Subject.PROGRAMMES,
        words=N_("Median of days from the request to the first personal contact."),
        source=N_("none yet"),
        limits=N_("No data yet: requests are not kept in this system."),
    ),
    Measure.SOFTLANDING_MAX: Definition(
        label=N_("Softlanding, longest"),
        unit=Unit.DAYS,
        subject=Subject.PROGRAMMES,
        words=N_("Longest time from a request to the first personal contact."),
        source=N_("none yet"),
        limits=N_("No data yet: requests are not kept in this system."),
    ),
    Measure.SOFTLANDING_WITHIN: Definition(
        label=N_("Softlanding within 14 days"),
        unit=Unit.PERCENT,
        subject=Subject.PROGRAMMES,
        words=N_("Requests with a first personal contact within 14 days / requests."),
        source=N_("none yet"),
        limits=N_("No data yet: requests are not kept in this system."),
    ),
    Measure.EMPLOYER_VISITS: Definition(
        label=N_("Visits of employers"),
        unit=Unit.COUNT,
        subject=Subject.PROGRAMMES,
        words=N_("Visits whose purpose is: I am an employer."),
        source=N_("visits; events check_in, take_number"),
        formula=f.count("employer_visits"),
        scope=Scope.HOUSE,
        people="employer_customers",
        tied_to=Tied(Dimension.CUSTOMER_TYPE, ("employer",)),
    ),
    Measure.SPOUSE_VISITS: Definition(
        label=N_("Visits of spouses"),
        unit=Unit.COUNT,
        subject=Subject.PROGRAMMES,
        words=N_("Visits whose purpose is: my spouse or partner works here."),
        source=N_("visits; events check_in, take_number"),
        formula=f.count("spouse_visits"),
        scope=Scope.HOUSE,
        people="spouse_customers",
        tied_to=Tied(Dimension.CUSTOMER_TYPE, ("spouse",)),
    ),
    Measure.EMPLOYER_PROGRAMME: Definition(
        label=N_("Employers in the programme"),
        unit=Unit.COUNT,
        subject=Subject.PROGRAMMES,
        words=N_("Employers that take part in the employers' programme."),
        source=N_("none yet"),
        limits=N_("No data yet: the programme keeps its own lists."),
    ),
    Measure.SPOUSE_PROGRAMME: Definition(
        label=N_("Spouses in the programme"),
        unit=Unit.COUNT,
        subject=Subject.PROGRAMMES,
        words=N_("People who take part in the Spouse Program."),
        source=N_("none yet"),
        limits=N_("No data yet: the programme keeps its own lists."),
    ),
    Measure.ESTIMATE_ERROR: Definition(
        label=N_("Estimate, mean error"),
        unit=Unit.MINUTES,
        subject=Subject.ESTIMATES,
        words=N_("Mean of |estimate − wait|, of served walk-in tickets that were told one."),
        source=N_("estimate stored when the ticket began to wait, first call"),
        formula=f.mean("estimate_error", "estimates", per=60),
        people="estimate_people",
        is_better=-1,
    ),
    Measure.ESTIMATE_NAIVE: Definition(
        label=N_("Yardstick, mean error"),
        unit=Unit.MINUTES,
        subject=Subject.ESTIMATES,
        words=N_("The same of the yardstick: people waiting × mean service time / open desks."),
        source=N_("estimate stored when the ticket began to wait, first call"),
        formula=f.mean("estimate_naive_error", "estimates", per=60),
        people="estimate_people",
    ),
    Measure.ESTIMATE_BIAS: Definition(
        label=N_("Estimate, bias"),
        unit=Unit.MINUTES,
        subject=Subject.ESTIMATES,
        words=N_("Mean of estimate − wait: positive where the house told too much."),
        source=N_("estimate stored when the ticket began to wait, first call"),
        formula=f.mean("estimate_bias", "estimates", per=60),
        people="estimate_people",
    ),
    Measure.ESTIMATE_INSIDE: Definition(
        label=N_("Estimate, inside the range"),
        unit=Unit.PERCENT,
        subject=Subject.ESTIMATES,
        words=N_("Waits inside the range that was told / waits of those who were told one."),
        source=N_("estimate stored when the ticket began to wait, first call"),
        formula=f.share("estimate_inside", "estimates"),
        people="estimate_people",
        is_better=1,
    ),
    Measure.KIOSK_CHECK_INS: Definition(
        label=N_("Kiosk check-ins"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Visits that checked in at a kiosk."),
        source=N_("the kiosks' own count of tries"),
        formula=f.count_if_known("kiosk_check_ins", "kiosk_days", "kiosk_tries"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_NUMBERS: Definition(
        label=N_("Numbers from the kiosk"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Walk-ins that took a number at a kiosk."),
        source=N_("the kiosks' own count of tries"),
        formula=f.count_if_known("kiosk_numbers", "kiosk_days", "kiosk_tries"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_TRIES: Definition(
        label=N_("Kiosk tries"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Tries at a kiosk to check in or to take a number, with success or without."),
        source=N_("the kiosks' own count of tries"),
        limits=N_("Somebody who tries three times counts three times."),
        formula=f.count_if_known("kiosk_tries", "kiosk_days", "kiosk_tries"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_FAILURES: Definition(
        label=N_("Kiosk tries that failed"),
        unit=Unit.PERCENT,
        subject=Subject.KIOSK,
        words=N_("Tries at a kiosk that ended in a refusal / all tries."),
        source=N_("the kiosks' own count of tries"),
        limits=N_("Somebody who tries three times counts three times."),
        formula=f.share("kiosk_failed", "kiosk_tries"),
        scope=Scope.HOUSE,
        people=None,
        is_better=-1,
    ),
    Measure.KIOSK_UNKNOWN_CODE: Definition(
        label=N_("Kiosk failures: unknown code"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Tries at a kiosk refused because the code is none of the house's."),
        source=N_("the kiosks' own count of tries"),
        limits=N_(
            "Somebody who tries three times counts three times. Days before the reasons were counted are "
            "left out."
        ),
        formula=f.count_if_known("kiosk_unknown_code", "kiosk_days"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_WRONG_TIME: Definition(
        label=N_("Kiosk failures: too early or too late"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Tries at a kiosk refused because it was too early, too late or another day."),
        source=N_("the kiosks' own count of tries"),
        limits=N_(
            "Somebody who tries three times counts three times. Days before the reasons were counted are "
            "left out."
        ),
        formula=f.count_if_known("kiosk_wrong_time", "kiosk_days"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_CHECKED_IN_BEFORE: Definition(
        label=N_("Kiosk failures: already checked in"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Tries at a kiosk refused because the visit was checked in or had ended."),
        source=N_("the kiosks' own count of tries"),
        limits=N_(
            "Somebody who tries three times counts three times. Days before the reasons were counted are "
            "left out."
        ),
        formula=f.count_if_known("kiosk_checked_in_before", "kiosk_days"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_NO_NUMBERS: Definition(
        label=N_("Kiosk failures: no numbers given"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_(
            "Tries at a kiosk refused because no number was given then: the house or the line was "
            "closed, or the day's numbers were used up."
        ),
        source=N_("the kiosks' own count of tries"),
        limits=N_(
            "Somebody who tries three times counts three times. Days before the reasons were counted are "
            "left out."
        ),
        formula=f.count_if_known("kiosk_no_numbers", "kiosk_days"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_OTHER_FAILURES: Definition(
        label=N_("Kiosk failures: other"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Tries at a kiosk that failed for any other reason, faults of the house among them."),
        source=N_("the kiosks' own count of tries"),
        limits=N_(
            "Somebody who tries three times counts three times. Days before the reasons were counted are "
            "left out."
        ),
        formula=f.count_if_known("kiosk_other_failures", "kiosk_days"),
        scope=Scope.HOUSE,
        people=None,
    ),
    Measure.KIOSK_FEEDBACK: Definition(
        label=N_("Feedback at kiosks"),
        unit=Unit.COUNT,
        subject=Subject.KIOSK,
        words=N_("Answers given at a kiosk, counted on the day on which they were given."),
        source=N_("the kiosks' own count of tries"),
        limits=N_("Days before it was counted are left out."),
        formula=f.count_if_known("kiosk_feedback", "kiosk_days"),
        scope=Scope.HOUSE,
        people="kiosk_feedback",
    ),
    Measure.CAPACITY_PLANNED: Definition(
        label=N_("Desk hours planned"),
        unit=Unit.NUMBER,
        subject=Subject.CAPACITY,
        words=N_("Hours in which desks were planned to be manned, breaks and absences left out."),
        source=N_("desk calendars, appointments, start and complete"),
        formula=f.hours("planned_min"),
        scope=Scope.AGENCY,
        people=None,
    ),
    Measure.CAPACITY_BOOKED: Definition(
        label=N_("Desk time booked"),
        unit=Unit.PERCENT,
        subject=Subject.CAPACITY,
        words=N_("Planned desk time that was booked at the end of the day / planned desk time."),
        source=N_("desk calendars, appointments, start and complete"),
        formula=f.share("booked_min", "planned_min"),
        scope=Scope.AGENCY,
        people=None,
    ),
    Measure.CAPACITY_USED: Definition(
        label=N_("Desk time used"),
        unit=Unit.PERCENT,
        subject=Subject.CAPACITY,
        words=N_("Time at the desk with customers / planned desk time."),
        source=N_("desk calendars, appointments, start and complete"),
        limits=N_(
            "More than 100 % where more desks were open than planned. Counted in whole minutes by day and "
            "agency."
        ),
        formula=f.share("used_min", "planned_min"),
        scope=Scope.AGENCY,
        people=None,
    ),
}
