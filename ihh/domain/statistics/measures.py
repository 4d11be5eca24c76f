"""What a figure is: its name, unit, words and the sources it is made of; `catalogue.py` lists them all.

A measure is a formula over sources, numbers that add up from period to period; so several periods
together are the same formula over their sums. One without a formula has no data yet: it stands in the
catalogue so that nobody takes its absence for a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ihh.domain.statistics.formulas import Formula
from ihh.domain.statistics.tables import Dimension


def N_(text: str) -> str:
    """Marks a text of the catalogue for translation; it is translated where it is shown."""
    return text


class Unit(StrEnum):
    COUNT = "count"
    MINUTES = "minutes"
    PERCENT = "percent"
    NUMBER = "number"
    DAYS = "days"
    POINTS = "points"


class Group(StrEnum):
    """Figures that are hidden together: each group has a mask of its own."""

    ATTENDANCE = "attendance"
    FEEDBACK = "feedback"
    BOOKING = "booking"
    """Walk-in and booked told apart: with those of both they tell how many of each there are."""


class Subject(StrEnum):
    """Chapters of the catalogue."""

    COUNTS = "counts"
    WAITING = "waiting"
    SERVICE = "service"
    COMING = "coming"
    VISIT = "visit"
    SATISFACTION = "satisfaction"
    CHANNELS = "channels"
    PROGRAMMES = "programmes"
    ESTIMATES = "estimates"
    KIOSK = "kiosk"
    CAPACITY = "capacity"


class Scope(StrEnum):
    """In which tables a measure can be counted; elsewhere it has no data."""

    ALL = "all"
    WHOLE = "whole"
    """Only where a visit stands as a whole: not by agency, service or hour."""
    HOUSE = "house"
    """Only in the total."""
    AGENCY = "agency"
    """In the total and by agency alone."""
    SINGLE = "single"
    """In the total and by one dimension alone."""


@dataclass(frozen=True)
class Tied:
    dimension: Dimension
    values: tuple[str, ...]


@dataclass(frozen=True)
class Definition:
    """One figure. `words`, `source` and `limits` are English sentences, translated where they are shown."""

    label: str
    unit: Unit
    subject: Subject
    words: str
    """The formula in words."""
    source: str
    """Events and columns it comes from."""
    limits: str = ""
    """What it does not say."""
    formula: Formula | None = None
    """None: no data yet."""
    people: str | None = "customers"
    """The source that says how many people stand behind it; None: not about people."""
    group: Group = Group.ATTENDANCE
    scope: Scope = Scope.ALL
    tied_to: Tied | None = None
    """Rows of a finer table that this figure would give away: hidden where one of them is."""
    adds_up: bool = False
    """A count that pages may draw as a sum of its rows (see `docs/data-dictionary.md` for which tables)."""
    is_better: int = 0
    """1: more is better, −1: less is better, 0: neither."""


class Measure(StrEnum):
    """Names of the figures, in the order of the catalogue and of every export's columns."""

    VISITS = "visits"
    CUSTOMERS = "customers"
    SERVICE_EVENTS = "service_events"
    WAIT_MEDIAN = "wait_median_min"
    WAIT_P90 = "wait_p90_min"
    WAIT_MEAN = "wait_mean_min"
    WALK_IN_WAIT_MEDIAN = "walk_in_wait_median_min"
    WALK_IN_WAIT_P90 = "walk_in_wait_p90_min"
    WALK_IN_WAIT_MEAN = "walk_in_wait_mean_min"
    BOOKED_WAIT_MEDIAN = "booked_wait_median_min"
    BOOKED_WAIT_P90 = "booked_wait_p90_min"
    BOOKED_WAIT_MEAN = "booked_wait_mean_min"
    WITHIN_LEVEL = "within_service_level_pct"
    WALK_IN_WITHIN_LEVEL = "walk_in_within_service_level_pct"
    BOOKED_WITHIN_LEVEL = "booked_within_service_level_pct"
    WAY_MEDIAN = "way_median_min"
    WAY_P90 = "way_p90_min"
    WAY_MEAN = "way_mean_min"
    WAY_WITHIN = "way_within_target_pct"
    SERVICE_MEDIAN = "service_median_min"
    SERVICE_P90 = "service_p90_min"
    SERVICE_MEAN = "service_mean_min"
    SERVICE_WITHIN = "service_within_planned_pct"
    NO_SHOW = "no_show_pct"
    ABANDONED = "abandoned_pct"
    LATE = "late_pct"
    LATENESS_MEDIAN = "lateness_median_min"
    LATENESS_P90 = "lateness_p90_min"
    LATENESS_MEAN = "lateness_mean_min"
    ONE_VISIT = "one_visit_pct"
    AGENCIES_PER_VISIT = "agencies_per_visit"
    IN_HOUSE_MEDIAN = "in_house_median_min"
    IN_HOUSE_P90 = "in_house_p90_min"
    IN_HOUSE_MEAN = "in_house_mean_min"
    IDLE = "idle_pct"
    ANSWERS = "answers"
    RESPONSE_RATE = "response_pct"
    CSAT = "csat_pct"
    CSAT_MEAN = "csat_mean"
    EFFORT = "effort_mean"
    NPS = "nps"
    ONLINE_SHARE = "online_pct"
    ON_SITE_SHARE = "on_site_pct"
    WALK_IN_SHARE = "walk_in_pct"
    REMOTE_PHONE_SHARE = "remote_phone_pct"
    REMOTE_VIDEO_SHARE = "remote_video_pct"
    SELF_SERVICE_MOVES = "self_service_moves"
    SOFTLANDING_MEDIAN = "softlanding_median_days"
    SOFTLANDING_MAX = "softlanding_max_days"
    SOFTLANDING_WITHIN = "softlanding_within_14_days_pct"
    EMPLOYER_VISITS = "employer_visits"
    SPOUSE_VISITS = "spouse_visits"
    EMPLOYER_PROGRAMME = "employer_programme_customers"
    SPOUSE_PROGRAMME = "spouse_programme_customers"
    ESTIMATE_ERROR = "estimate_error_min"
    ESTIMATE_NAIVE = "estimate_yardstick_error_min"
    ESTIMATE_BIAS = "estimate_bias_min"
    ESTIMATE_INSIDE = "estimate_inside_pct"
    KIOSK_CHECK_INS = "kiosk_check_ins"
    KIOSK_NUMBERS = "kiosk_numbers"
    KIOSK_TRIES = "kiosk_tries"
    KIOSK_FAILURES = "kiosk_failure_pct"
    KIOSK_UNKNOWN_CODE = "kiosk_unknown_code"
    KIOSK_WRONG_TIME = "kiosk_wrong_time"
    KIOSK_CHECKED_IN_BEFORE = "kiosk_checked_in_before"
    KIOSK_NO_NUMBERS = "kiosk_no_numbers"
    KIOSK_OTHER_FAILURES = "kiosk_other_failures"
    KIOSK_FEEDBACK = "kiosk_feedback"
    CAPACITY_PLANNED = "capacity_planned_h"
    CAPACITY_BOOKED = "capacity_booked_pct"
    CAPACITY_USED = "capacity_used_pct"
