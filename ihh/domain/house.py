"""The house: agencies, services, desks, hours and rules, as frozen values.

A house comes from one TOML file (`ihh.domain.house_file` reads and checks it). Everything
that differs between two houses is data here; everything that is the same is code elsewhere.
Times of day are minutes from local midnight, durations are minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

Text = Mapping[str, str]
"""Language code → text; every public text has at least en, fi and sv."""

Condition = Mapping[str, tuple[str, ...]]
"""Question id → the answers that satisfy it; all questions named must be satisfied."""

Answers = Mapping[str, str]
"""Question id → the answer given. A question that was not asked is absent."""


class Span(NamedTuple):
    """Half-open piece of a day, minutes from local midnight."""

    start: int
    end: int


Week = tuple[tuple[Span, ...], ...]
"""Seven tuples of spans, Monday first."""


class Channel(StrEnum):
    DESK = "desk"
    """At a desk of the house by appointment."""
    WALK_IN = "walk_in"
    """At a desk of the house from a line, without appointment."""
    REMOTE_PHONE = "remote_phone"
    REMOTE_ONLINE = "remote_online"
    REFERRAL = "referral"
    """Served by another office; the house only shows the way."""


IN_HOUSE = frozenset({Channel.DESK, Channel.WALK_IN})


class Who(StrEnum):
    """Who of the party must attend a service."""

    EVERYONE = "everyone"
    ADULTS = "adults"
    ONE = "one"
    """One adult on behalf of the party, the first by default."""


@dataclass(frozen=True)
class Zone:
    id: str
    name: Text
    directions: Text
    walk_min: int
    """From the entrance."""


@dataclass(frozen=True)
class Agency:
    id: str
    prefix: str
    """Code for reports; a visit's number letter names no agency."""
    name: Text
    short_name: Text
    zone: str | None
    """None where the agency has no place in the house."""
    phone: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Option:
    value: str
    label: Text
    help: Text | None = None


@dataclass(frozen=True)
class Question:
    id: str
    title: Text
    options: tuple[Option, ...]
    help: Text | None = None
    asked_when: tuple[Condition, ...] = ()
    """Asked when any holds; an empty tuple means always."""


@dataclass(frozen=True)
class Document:
    id: str
    name: Text


@dataclass(frozen=True)
class ServiceDocument:
    document: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Block:
    """A service that cannot be done yet: when, why, and what to do instead."""

    when: tuple[Condition, ...]
    reason: Text
    instead: Text
    wait_days: int = 0
    """Fewest days after the visit until the obstacle is gone: a second visit may be booked from then on.
    0: nobody can say, so none is offered."""


@dataclass(frozen=True)
class Service:
    id: str
    agency: str
    name: Text
    about: Text
    channels: tuple[Channel, ...]
    base_min: int
    per_extra_person_min: int
    who: Who
    wait_min: int = 0
    """Wait the planner reckons with where the service is taken as a walk-in."""
    after: tuple[str, ...] = ()
    applies: tuple[Condition, ...] = ()
    """Suggested when any holds; an empty tuple means never by itself (still choosable)."""
    offered: tuple[Condition, ...] = ()
    """Choosable without being suggested when any holds; an empty tuple means always."""
    blocked: tuple[Block, ...] = ()
    notes: tuple[Block, ...] = ()
    """Advice shown with the service when a condition holds; does not block."""
    documents: tuple[ServiceDocument, ...] = ()
    hours: Week | None = None
    """The walk-in line's or the phone's hours; None: the house's."""
    kept_pct: int = 0
    """Share of its bookable time that only the desks and the house can book; see `Limits.release_hours`."""
    phone: str | None = None
    url: str | None = None

    @property
    def is_in_house(self) -> bool:
        return bool(IN_HOUSE & set(self.channels))

    @property
    def is_bookable(self) -> bool:
        return Channel.DESK in self.channels

    @property
    def takes_walk_ins(self) -> bool:
        return Channel.WALK_IN in self.channels

    def planned_min(self, people: int) -> int:
        """Minutes of service for a party of `people`, without any wait."""
        return self.base_min + self.per_extra_person_min * (people - 1)


@dataclass(frozen=True)
class Desk:
    id: str
    label: str
    """What screens call it: "8"."""
    agency: str
    zone: str
    services: tuple[str, ...]
    languages: tuple[str, ...]
    hours: Week


@dataclass(frozen=True)
class WalkMin:
    """Minutes the planner leaves between two agencies; 0 inside one."""

    same_zone: int
    other_zone: int


class LinePolicy(StrEnum):
    ALL = "all"
    """A visitor stands in all lines of the visit at once."""
    ONE_AT_A_TIME = "one_at_a_time"
    """The next ticket is made when the service before it ends."""


@dataclass(frozen=True)
class Policy:
    """Calling, see `ihh.domain.calling` and `ihh.services.day_clock`; all minutes."""

    overdue_min: int = 45
    early_min: int = 10
    late_min: int = 10
    check_in_early_min: int = 60
    """How long before the first appointment a booked visit may check in."""
    no_show_grace_min: int = 15
    recall_min: int = 1
    """After a call, and as long again after the first recall, an unanswered visitor is called anew."""
    park_min: int = 3
    """After a call this long unanswered the desk is free again and the ticket held."""
    return_min: int = 10
    """A ticket held because its call was not answered returns to its line after this long."""
    last_call_min: int = 2
    """The call after that return, this long unanswered, is a no-show."""
    lines: LinePolicy = LinePolicy.ALL


@dataclass(frozen=True)
class Limits:
    party_max: int = 6
    legs_max: int = 8
    horizon_days: int = 60
    hold_min: int = 10
    hold_extension_min: int = 5
    holds_per_hour: int = 20
    """From one network address; `House.listed_networks` may hold more."""
    open_visits_per_contact: int = 3
    book_ahead_min: int = 60
    """A visit must start at least this long after it is booked."""
    release_hours: int = 48
    """Time kept for the desks and the house opens to the public this long before it begins."""
    waitlist_offer_min: int = 240
    """How long a visit offered from the waitlist stays reserved, and not past its release."""
    measured_from: int = 50
    """From so many measured services the planner trusts their 80th percentile over the file's minutes."""
    feedback_days: int = 3
    """Feedback may be given until so many days after the visit's day."""


@dataclass(frozen=True)
class ListedNetwork:
    """A network from which more visits may be held, such as an embassy's."""

    network: str
    """In CIDR notation: "192.0.2.0/24"."""
    holds_per_hour: int


@dataclass(frozen=True)
class Figures:
    small_cell: int = 5
    service_level_min: int = 15
    service_level_target_pct: int = 70
    """Share of those served who should have been called within the service level."""
    median_wait_target_min: int = 15
    one_visit_target_pct: int = 75
    """Share of visits in which everything needed should have been done."""
    way_target_min: int = 3
    """From the first call to the start at the desk; see `Measure.WAY_WITHIN`."""
    satisfied_target_pct: int = 85
    """Share of the answers that should be 4 or 5 of 5."""
    response_target_pct: int = 20
    """Share of the visits that should be answered about."""
    no_show_target_pct: int = 8
    """What the share of appointments that nobody comes to should not exceed."""
    softlanding_target_pct: int = 100
    """Share of requests that should have a first personal contact within 14 days."""
    asks_nps: bool = False
    """Whether feedback also asks, from 0 to 10, if the visitor would recommend the house."""


@dataclass(frozen=True)
class Retention:
    """How long what is known of visits is kept, see `ihh.domain.retention`."""

    contact_days: int = 30
    """After the visit."""
    events_months: int = 25
    """Visits and all that happened in them, under random numbers."""
    log_months: int = 24
    """What the staff did: desks opened, absences entered, files of events taken out."""


@dataclass(frozen=True)
class Exports:
    """Files of released months that the house writes by itself."""

    folder: str = ""
    """Absolute path; empty: none are written."""
    formats: tuple[str, ...] = ("csv",)
    tables: tuple[str, ...] = ()
    """Codes of the catalogue's tables; empty: all of them."""


@dataclass(frozen=True)
class House:
    id: str
    name: Text
    address: Text
    timezone: str
    country: str
    """ISO 3166 code, for the public holidays."""
    languages: tuple[str, ...]
    """Languages in which the house's texts are complete; the first is the default."""
    grid_min: int
    hours: Week
    extra_closed: tuple[str, ...]
    """ISO dates closed besides weekends and public holidays."""
    holiday_categories: tuple[str, ...]
    walk: WalkMin
    policy: Policy
    limits: Limits
    figures: Figures
    zones: tuple[Zone, ...]
    agencies: tuple[Agency, ...]
    questions: tuple[Question, ...]
    documents: tuple[Document, ...]
    services: tuple[Service, ...]
    desks: tuple[Desk, ...]
    listed_networks: tuple[ListedNetwork, ...] = ()
    assumed: tuple[str, ...] = field(default=())
    """Paths of values chosen plausibly, without a source."""
    retention: Retention = Retention()
    exports: Exports = field(default_factory=Exports)
    has_interpreters: bool = True
    """Whether a desk may serve a language that no desk of the service has; see `desk_serves`."""

    @cached_property
    def zone(self) -> Mapping[str, Zone]:
        return {item.id: item for item in self.zones}

    @cached_property
    def agency(self) -> Mapping[str, Agency]:
        return {item.id: item for item in self.agencies}

    @cached_property
    def question(self) -> Mapping[str, Question]:
        return {item.id: item for item in self.questions}

    @cached_property
    def document(self) -> Mapping[str, Document]:
        return {item.id: item for item in self.documents}

    @cached_property
    def service(self) -> Mapping[str, Service]:
        return {item.id: item for item in self.services}

    @cached_property
    def open_hours(self) -> tuple[int, int]:
        """First and last clock hour in which it is open on any day of the week: 9 and 15 for 9:00–16:00."""
        spans = [span for day in self.hours for span in day]
        return min(span.start for span in spans) // 60, (max(span.end for span in spans) - 1) // 60

    @cached_property
    def desk(self) -> Mapping[str, Desk]:
        return {item.id: item for item in self.desks}

    @cached_property
    def prerequisites(self) -> Mapping[str, frozenset[str]]:
        """Service id → every service that must precede it, through the whole catalogue."""
        closed: dict[str, frozenset[str]] = {}

        def close(service_id: str) -> frozenset[str]:
            if service_id not in closed:
                direct = self.service[service_id].after
                closed[service_id] = frozenset(direct).union(*(close(other) for other in direct))
            return closed[service_id]

        for service in self.services:
            close(service.id)
        return closed


def text(texts: Text, language: str) -> str:
    """The text in `language`, else in English, else in any language there is."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def holds(condition: Condition, answers: Answers) -> bool:
    """Whether every question the condition names was answered with one of its values."""
    return all(answers.get(question) in allowed for question, allowed in condition.items())


def any_holds(conditions: tuple[Condition, ...], answers: Answers) -> bool:
    return any(holds(condition, answers) for condition in conditions)


def desk_serves(house: House, desk: Desk, service_id: str, language: str) -> bool:
    """Whether a desk may serve a visitor of this language.

    Where no desk of the service has the language, any of them may (with an interpreter or in
    another language): a visitor must never stand in a line that nobody calls. Only a house that is
    played may be without interpreters.
    """
    if service_id not in desk.services:
        return False
    if language in desk.languages:
        return True
    return house.has_interpreters and not any(
        language in other.languages for other in house.desks if service_id in other.services
    )
