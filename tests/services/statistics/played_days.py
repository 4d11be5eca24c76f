"""Days made by hand and played through the real services, each action at its own minute.

The same people come on every one of them: a family whose legs are split, a service that is parked and
goes on, a call taken back, a transfer, somebody absent, somebody who leaves, appointments kept, late, moved,
cancelled and missed, a service that ends after midnight and one that nobody ends. Minutes count from the
opening, as a stopwatch counts: on a night in which the clock changes they run through the change.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ihh.db import db
from ihh.domain.feedback import FeedbackChannel, read_answer
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Leg, Ticket, Visit
from ihh.services import absences, booking, check_in, desks, proposals, serving
from ihh.services.calendars import Audience
from ihh.services.feedback import give_feedback
from ihh.services.kiosk_use import KioskAction, note
from tests.servers.site import house_document

ZONE = ZoneInfo("Europe/Helsinki")
CLERK = "clerk:1"
LANGUAGES = ("en", "fi", "sv", "ar", "so")
CLOSED = frozenset({date(2026, 12, 6)})
"""Of the days played and those around them the only one of the category "workday": Independence Day."""
AT_WORK = (
    "dvv-1", "dvv-2", "dvv-3", "dvv-4", "kela-1", "kela-2", "kela-3",
    "vero-1", "vero-2", "city-1", "city-2", "chamber-1",
)  # fmt: skip


def open_house(opens: str, closes: str) -> dict[str, Any]:
    """The Helsinki house, open from `opens` to `closes` on all but `CLOSED`, asking for a recommendation."""
    document = house_document()
    hours = {"mon-sun": [[opens, closes]]}
    document["hours"], document["holiday_categories"] = hours, ["workday"]
    document["figures"]["asks_nps"] = True
    for desk in document["desk"]:
        desk["hours"] = hours
    for service in document["service"]:
        if service.get("hours") and set(service["channels"]) & {"walk_in"}:
            del service["hours"]
    return document


def local(day: date, clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


class PlayedDay:
    """Actions by their time; `play` takes them in that order."""

    def __init__(self, day: date, opens: str, closes: str) -> None:
        self.day, self.opens, self.closes = day, local(day, opens), local(day, closes)
        self.before = self.opens - timedelta(days=3)
        self.visits: dict[str, str] = {}
        self.actions: list[tuple[datetime, Callable[[datetime], object]]] = []
        self.at(-30, lambda now: [desks.open_desk(desk, None, now=now) for desk in AT_WORK])
        absences.add("vero-2", self.minute(60), self.minute(200), now=self.before, by="supervisor:1")
        _walk_ins(self)
        _a_line_of_many(self)
        _appointments(self)
        _kiosks(self)

    def minute(self, number: float) -> datetime:
        return self.opens + timedelta(minutes=number)

    def at(self, when: datetime | float, action: Callable[[datetime], object]) -> None:
        self.actions.append((when if isinstance(when, datetime) else self.minute(when), action))

    def play(self, *, until: datetime | None = None) -> None:
        """The actions before `until`, or all that are left."""
        self.actions.sort(key=lambda one: one[0])
        while self.actions and (until is None or self.actions[0][0] < until):
            when, action = self.actions.pop(0)
            action(when)

    def comes(
        self,
        name: str,
        when: datetime | float,
        *legs: str | tuple[str, tuple[str, ...]],
        party: Party = Party(1),
        **about: Any,
    ) -> None:
        """Walks in. A leg is a service for everybody, or a service and whom it is for."""
        wished = [(leg, party.people) if isinstance(leg, str) else leg for leg in legs]
        wish = Wish(party, tuple(LegWish(*leg) for leg in wished), about.pop("language", "en"), **about)

        def walk_in(now: datetime) -> None:
            self.visits[name] = check_in.take_number(wish, now=now, by="kiosk:hall").visit_id

        self.at(when, walk_in)

    def called(self, name: str, service: str, desk: str, when: datetime | float) -> None:
        def call(now: datetime) -> None:
            serving.call_ticket(desk, self.ticket(name, service), now=now, by=CLERK)

        self.at(when, call)

    def does(self, action: Callable[..., object], desk: str, when: datetime | float, **more: Any) -> None:
        self.at(when, lambda now: action(desk, now=now, by=CLERK, **more))

    def served(
        self,
        name: str,
        service: str,
        desk: str,
        *minutes: datetime | float,
        outcome: str = "done",
    ) -> None:
        """Called, started and completed at these minutes."""
        called, started, ended = minutes
        self.called(name, service, desk, called)
        self.does(serving.start, desk, started)
        self.does(serving.complete, desk, ended, outcome=outcome)

    def answers(self, name: str, when: datetime | float, *scores: int | None, of: str | None = None) -> None:
        """CSAT, effort and recommendation, about the visit or about one of its services."""

        def answer(now: datetime) -> None:
            give_feedback(
                self.visits[name],
                read_answer(*scores, None) if len(scores) == 3 else read_answer(*scores, None, None),
                ticket_id=self.ticket(name, of) if of else None,
                channel=FeedbackChannel.KIOSK,
                language="en",
                now=now,
            )

        self.at(when, answer)

    def ticket(self, name: str, service: str) -> int:
        query = select(Ticket.id).where(Ticket.visit_id == self.visits[name], Ticket.service_id == service)
        return db.session.scalars(query.order_by(Ticket.id.desc())).first() or 0


def _walk_ins(day: PlayedDay) -> None:
    day.comes("alone", 2, "kela.advice", customer_type="work", municipality="helsinki")
    day.served("alone", "kela.advice", "kela-1", 9, 11, 21)
    day.answers("alone", 23, 5, 6, 9)
    day.answers("alone", 24, 4, None, of="kela.advice")

    family = (("vero.tax_card", ("p1",)), ("kela.social_security", ("p2", "p3", "p4")))
    day.comes("family", 3, *family, party=Party(2, 2), customer_type="family", municipality="espoo")
    day.served("family", "vero.tax_card", "vero-1", 5, 7, 25)
    day.served("family", "kela.social_security", "kela-2", 8, 10, 30, outcome="more_later")
    day.answers("family", 33, 3, 2, 4)

    day.comes("parked", 10, "vero.tax_card", language="fi", customer_type="work")
    day.called("parked", "vero.tax_card", "vero-2", 12)
    day.does(serving.start, "vero-2", 14)
    day.does(serving.hold, "vero-2", 24)
    day.at(30, lambda now: _release(day, "parked", "vero.tax_card", now))
    day.served("parked", "vero.tax_card", "vero-2", 31, 32, 39)

    day.comes("taken-back", 12, "kela.advice", party=Party(2), language="sv")
    day.called("taken-back", "kela.advice", "kela-1", 22)
    day.does(serving.requeue, "kela-1", 23)
    day.served("taken-back", "kela.advice", "kela-1", 28, 29, 40)
    day.answers("taken-back", 44, None, 7, None)

    day.comes("transferred", 15, "vero.tax_card", municipality="vantaa")
    day.called("transferred", "vero.tax_card", "vero-1", 26)
    day.does(serving.start, "vero-1", 27)
    day.does(lambda desk, **more: serving.transfer(desk, "kela.advice", **more), "vero-1", 33)
    day.served("transferred", "kela.advice", "kela-1", 41, 43, 50.5)

    day.comes("absent", 18, "kela.advice", "city.guidance", customer_type="study")
    day.called("absent", "kela.advice", "kela-2", 32)
    day.does(serving.recall, "kela-2", 34)
    day.does(serving.mark_no_show, "kela-2", 37)

    day.comes("leaves", 20, "kela.advice", party=Party(1, 1))
    day.at(40, lambda now: serving.leave(day.visits["leaves"], now=now))

    day.comes("spouse", 22, "city.spouse", language="fi", customer_type="spouse", municipality="espoo")
    day.served("spouse", "city.spouse", "city-1", 24, 25, 60, outcome="must_return")
    day.answers("spouse", 70, 1, None, None)

    day.comes("past-midnight", day.closes - timedelta(minutes=6), "kela.advice", language="so")
    late = [local(day.day, "23:30"), local(day.day, "23:41"), local(day.day, "23:59") + timedelta(minutes=26)]
    day.served("past-midnight", "kela.advice", "kela-3", *late)
    day.comes("never-ended", day.closes - timedelta(minutes=5), "kela.social_security")
    day.called("never-ended", "kela.social_security", "kela-2", day.closes)
    day.does(serving.start, "kela-2", day.closes + timedelta(minutes=2))
    day.comes("waits-in-vain", day.closes - timedelta(minutes=4), "kela.advice", party=Party(3))


def _release(day: PlayedDay, name: str, service: str, now: datetime) -> None:
    serving.release(day.ticket(name, service), agency_id=None, now=now, by=CLERK)


def _a_line_of_many(day: PlayedDay) -> None:
    """Four hours of walk-ins, one every twelve minutes, of all languages."""
    for number in range(20):
        name, come = f"many-{number}", 30 + 12 * number
        call = come + 2 + number % 4
        start = call + (0.5, 2, 3)[number % 3]
        party = Party(1 + number % 2, number % 3)
        day.comes(name, come, "city.guidance", party=party, language=LANGUAGES[number % 5])
        day.served(name, "city.guidance", "city-2", call, start, start + 4 + number % 3)
        if number % 3 == 0:
            day.answers(name, come + 60, 1 + number % 5, 1 + number % 7, number % 11)
        if number % 4 == 0:
            day.answers(name, come + 60, 5 - number % 5, 7 - number % 7, of="city.guidance")


def _appointments(day: PlayedDay) -> None:
    two = ("dvv.register", "kela.social_security")
    on_time = _booked(day, "on-time", *two, party=Party(2, 1))
    _checks_in(day, "on-time", on_time[0].starts_at, -12)
    _keeps(day, "on-time", on_time[0], 0, 1, 20)
    _keeps(day, "on-time", on_time[1], 6, 8, 30)
    (late,) = _booked(day, "late", "dvv.register", language="fi")
    _checks_in(day, "late", late.starts_at, 8)
    _keeps(day, "late", late, 9, 13, 33)
    (too_late,) = _booked(day, "too-late", "dvv.register", language="sv")
    _checks_in(day, "too-late", too_late.starts_at, 21)
    _keeps(day, "too-late", too_late, 44, 45, 60)
    _booked(day, "never", *two)
    _booked(day, "cancelled", "dvv.register")
    day.at(day.before, lambda now: booking.cancel(day.visits["cancelled"], now=now))
    _booked(day, "moved", "dvv.register", customer_type="spouse")
    (moved,) = _moved_twice(day, "moved")
    _checks_in(day, "moved", moved.starts_at, -3)
    _keeps(day, "moved", moved, 1, 4, 19)
    (of_staff,) = _booked(day, "of-staff", "chamber.employer", by_staff=True, customer_type="employer")
    _checks_in(day, "of-staff", of_staff.starts_at, -15)
    _keeps(day, "of-staff", of_staff, -5, -4, 30)


def _booked(
    day: PlayedDay, name: str, *services: str, party: Party = Party(1), by_staff: bool = False, **about: Any
) -> list[Leg]:
    wish = Wish(
        party,
        tuple(LegWish(one, party.people) for one in services),
        about.pop("language", "en"),
        about.pop("customer_type", "work"),
        "helsinki",
    )
    option = proposals.propose(wish, now=day.before, first=day.day, last=day.day).earliest
    assert option is not None
    audience = Audience.HOUSE if by_staff else Audience.PUBLIC
    held = booking.hold(wish, option, source=None, now=day.before, audience=audience)
    day.visits[name] = booking.confirm(held.id, None, now=day.before).id
    return _legs(day, name)


def _moved_twice(day: PlayedDay, name: str) -> list[Leg]:
    """By the visitor, each time to another time of the day."""
    wish = Wish(Party(1), (LegWish("dvv.register", ("p1",)),), "en", "spouse")
    for hours in (5, 4):
        later = 60 * (day.opens.astimezone(ZONE).hour + hours)
        option = proposals.propose(
            wish, now=day.before, first=day.day, last=day.day, not_before=later
        ).earliest
        assert option is not None
        booking.move(day.visits[name], option, now=day.before)
    return _legs(day, name)


def _legs(day: PlayedDay, name: str) -> list[Leg]:
    query = select(Leg).where(Leg.visit_id == day.visits[name]).order_by(Leg.position)
    return list(db.session.scalars(query))


def _checks_in(day: PlayedDay, name: str, first: datetime | None, minutes: int) -> None:
    assert first is not None
    visit = db.session.get(Visit, day.visits[name])
    assert visit is not None
    code = visit.booking_code
    day.at(first + timedelta(minutes=minutes), lambda now: check_in.check_in(code, now=now, by="kiosk:hall"))


def _keeps(day: PlayedDay, name: str, leg: Leg, *minutes: int) -> None:
    """Called, started and completed so long after the appointment's time, at its desk."""
    assert leg.starts_at is not None
    assert leg.desk_id is not None
    day.served(
        name, leg.service_id, leg.desk_id, *(leg.starts_at + timedelta(minutes=one) for one in minutes)
    )


def _kiosks(day: PlayedDay) -> None:
    """Tries with success and without; the last ones belong to the days beside."""
    failures = (
        *["unknown_code"] * 6, *["too_early"] * 2, "wrong_day_past", *["already_checked_in"] * 5,
        *["no_walk_in_now"] * 3, "visit_cancelled", "error",
    )  # fmt: skip
    for number, failure in enumerate((*[None] * 14, *failures)):
        action = (KioskAction.CHECK_IN, KioskAction.TAKE_NUMBER)[number % 2]
        day.at(5 * number, lambda now, a=action, f=failure: note(a, f, device_id=None, now=now))
    for number in range(5):
        day.at(120 + number, lambda now: note(KioskAction.FEEDBACK, None, device_id=None, now=now))
    day.at(125, lambda now: note(KioskAction.FEEDBACK, "feedback_closed", device_id=None, now=now))
    night, next_night = local(day.day, "00:00"), local(day.day + timedelta(days=1), "00:00")
    for at in (night - timedelta(minutes=1), next_night):
        day.at(at, lambda now: note(KioskAction.CHECK_IN, "unknown_code", device_id=None, now=now))
