"""Free time kept in the process: never older than what is committed, in any process, on either database."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Lock, Thread

import pytest
from flask import Flask
from sqlalchemy import event, select

from ihh import config
from ihh import db as database
from ihh.app import create_app
from ihh.db import db, transaction
from ihh.domain.daytime import instant
from ihh.domain.errors import Refusal
from ihh.domain.party import Party
from ihh.domain.planner.problem import LegRequest
from ihh.models import DeskAbsence, Leg, Slot, Visit
from ihh.services import absences, booking, calendars, free_time, proposals
from ihh.services.booking import release_expired
from ihh.services.house import current_house
from tests.situations import HELSINKI, TUESDAY, at, booked, wish

FRIDAY = at("12:00", TUESDAY - timedelta(days=4))
DAYS = [TUESDAY + timedelta(days=n) for n in range(4)]

HAPPENS = ("hold", "confirm", "cancel", "extend", "move", "expire", "leave", "return_")

Free = dict[str, dict[date, int]]
Claim = dict[tuple[str, date], set[int]]
"""(desk, day) → slots of the grid."""

CHILD = """
import sys
from datetime import date, datetime
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.db import db
from ihh.services import free_time
from ihh.services.house import current_house

url, folder, now = sys.argv[1:]
app = create_app(testing_settings(url, folder))
with app.app_context():
    for line in sys.stdin:
        day = date.fromisoformat(line.strip())
        found = free_time.free_time(current_house(), [day], now=datetime.fromisoformat(now))
        db.session.rollback()
        print(" ".join(f"{desk}={lanes[day]}" for desk, lanes in found.items()), flush=True)
"""


def query(now: datetime, days: list[date] = DAYS, ignoring: tuple[str, ...] = ()) -> Free:
    """As a request of its own sees it."""
    db.session.rollback()
    return free_time.free_time(current_house(), days, now=now, ignoring=ignoring)


def from_rows(now: datetime, ignoring: tuple[str, ...] = ()) -> Claim:
    """The same from the rows and the house file, slot by slot, by other means."""
    house = current_house()
    free: Claim = {}
    for desk in house.desks:
        for day in DAYS:
            spans = desk.hours[day.weekday()]
            free[desk.id, day] = {
                slot
                for slot in range(288)
                if any(span.start <= slot * 5 and slot * 5 + 5 <= span.end for span in spans)
            }
    rows = select(Slot, Visit).join(Leg, Slot.leg_id == Leg.id).join(Visit, Leg.visit_id == Visit.id)
    for slot, visit in db.session.execute(rows.execution_options(populate_existing=True)):
        runs = visit.state != "held" or visit.hold_expires_at > now
        place = (slot.desk_id, slot.starts_at.astimezone(HELSINKI).date())
        if place in free and runs and visit.id not in ignoring:
            free[place].discard(slot_of(slot.starts_at))
    for absence in db.session.scalars(select(DeskAbsence)):
        for day in DAYS:
            for slot in range(288):
                begin = instant(day, slot * 5, timezone="Europe/Helsinki")
                if begin < absence.ends_at and begin + timedelta(minutes=5) > absence.starts_at:
                    free[absence.desk_id, day].discard(slot)
    return free


def slot_of(at: datetime) -> int:
    local = at.astimezone(HELSINKI)
    return (local.hour * 60 + local.minute) // 5


def slots(found: Free) -> Claim:
    return {
        (desk, day): {slot for slot in range(lane.bit_length()) if lane >> slot & 1}
        for desk, lanes in found.items()
        for day, lane in lanes.items()
    }


def taken_by(visit_id: str) -> set[tuple[str, date, int]]:
    rows = select(Slot).join(Leg, Slot.leg_id == Leg.id).where(Leg.visit_id == visit_id)
    return {
        (slot.desk_id, slot.starts_at.astimezone(HELSINKI).date(), slot_of(slot.starts_at))
        for slot in db.session.scalars(rows)
    }


def shown(found: Free, places: set[tuple[str, date, int]]) -> set[tuple[str, date, int]]:
    """Those of the places that are free."""
    return {(desk, day, slot) for desk, day, slot in places if found[desk][day] >> slot & 1}


@pytest.fixture
def other(app: Flask, engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The product once more on the same database: another engine, so another cache, as in another process."""
    second = create_app(config.testing_settings(engine_url, tmp_path))
    yield second
    with second.app_context():
        database.db.engine.dispose()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent within the block, without the beginning of a transaction."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


class Life:
    """Random things that happen to visits and desks."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.held: list[str] = []
        self.booked: list[str] = []
        self.absent: list[int] = []
        self.now = FRIDAY

    def go_on(self) -> str:
        self.now += timedelta(minutes=self.random.choice([0, 0, 1, 3]))
        name = self.random.choice([*HAPPENS, "hold", "hold", "confirm", "cancel"])
        try:
            getattr(self, name)()
        except (Refusal, IndexError):
            return "nothing"
        return name

    def hold(self) -> None:
        services = self.random.sample(["dvv.register", "kela.social_security", "chamber.employer"], 2)
        wanted = wish(*services, party=Party(self.random.randint(1, 2)))
        offers = proposals.propose(wanted, now=self.now, first=self.random.choice(DAYS), last=DAYS[-1])
        self.held.append(booking.hold(wanted, self.random.choice(offers.all), source=None, now=self.now).id)

    def confirm(self) -> None:
        self.booked.append(booking.confirm(self.held.pop(), None, now=self.now).id)

    def cancel(self) -> None:
        visit_id = self.random.choice(self.booked)
        booking.cancel(visit_id, now=self.now)
        self.booked.remove(visit_id)

    def extend(self) -> None:
        booking.extend_hold(self.held[-1], now=self.now)

    def move(self) -> None:
        visit_id = self.random.choice(self.booked)
        wanted = booking_wish(visit_id)
        offers = proposals.propose(
            wanted, now=self.now, first=self.random.choice(DAYS), last=DAYS[-1], moving=visit_id
        )
        booking.move(visit_id, self.random.choice(offers.all), now=self.now)

    def expire(self) -> None:
        with transaction() as tx:
            release_expired(tx, now=self.now)

    def leave(self) -> None:
        begins = at("09:07", self.random.choice(DAYS)) + timedelta(minutes=self.random.randrange(300))
        ends = begins + timedelta(minutes=self.random.choice([3, 45, 24 * 60]))
        desk = self.random.choice(["kela-1", "dvv-2", "chamber-1"])
        self.absent.append(absences.add(desk, begins, ends, now=self.now, by="test").id)

    def return_(self) -> None:
        absences.remove(self.absent.pop())


def booking_wish(visit_id: str):
    from ihh.services.new_visits import wish_of

    visit = db.session.get(Visit, visit_id, populate_existing=True)
    assert visit is not None
    return wish_of(visit)


@pytest.mark.parametrize("seed", range(2))
def test_both_of_two_caches_see_whatever_happens(app: Flask, other: Flask, seed: int) -> None:
    life = Life(seed)
    happened = set()
    for _ in range(40):
        happened.add(life.go_on())
        expected = from_rows(life.now)
        assert slots(query(life.now)) == expected
        with other.app_context():
            assert slots(query(life.now)) == expected
        if life.booked:
            freed = (life.random.choice(life.booked),)
            assert slots(query(life.now, ignoring=freed)) == from_rows(life.now, freed)
    assert len(happened - {"nothing"}) >= 6, happened


def test_a_second_process_sees_a_booking_and_its_end(app: Flask, engine_url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", CHILD, engine_url, str(tmp_path), FRIDAY.isoformat()]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as child:
        assert child.stdin is not None and child.stdout is not None

        def there() -> Free:
            child.stdin.write(f"{TUESDAY}\n")
            pairs = (pair.split("=") for pair in child.stdout.readline().split())
            return {desk: {TUESDAY: int(lane)} for desk, lane in pairs}

        before = there()
        visit = booked(wish("dvv.register", "kela.social_security"), now=FRIDAY)
        places = taken_by(visit.id)
        assert shown(before, places) == places
        assert shown(there(), places) == set()
        booking.cancel(visit.id, now=FRIDAY)
        assert shown(there(), places) == places
        absences.add("kela-1", at("10:00"), at("11:00"), now=FRIDAY, by="test")
        assert there()["kela-1"][TUESDAY] == query(FRIDAY)["kela-1"][TUESDAY] != before["kela-1"][TUESDAY]
        child.stdin.close()


def test_a_hold_lets_go_by_itself_and_an_extended_one_later(app: Flask) -> None:
    offers = proposals.propose(wish("chamber.employer"), now=FRIDAY, first=TUESDAY, last=TUESDAY)
    visit = booking.hold(wish("chamber.employer"), offers.earliest, source=None, now=FRIDAY)
    places = taken_by(visit.id)
    ends = visit.hold_expires_at
    moment = timedelta(seconds=1)
    assert shown(query(ends - moment), places) == set()
    with counted() as sent:
        assert shown(query(ends), places) == places
    assert not any("UPDATE" in statement or "slot" in statement for statement in sent)
    booking.extend_hold(visit.id, now=FRIDAY)
    assert shown(query(ends + moment), places) == set()


def test_what_a_transaction_undoes_was_never_kept(app: Flask) -> None:
    visit = booked(wish("chamber.employer"), now=FRIDAY)
    places = taken_by(visit.id)
    query(FRIDAY)
    with pytest.raises(ZeroDivisionError), transaction():
        booking.cancel(visit.id, now=FRIDAY)
        inside = free_time.free_time(current_house(), DAYS, now=FRIDAY)
        assert shown(inside, places) == places
        raise ZeroDivisionError
    assert shown(query(FRIDAY), places) == set()


@pytest.mark.parametrize("between", ["slot", "desk_absence"])
def test_what_is_committed_between_two_reads_is_not_missed(app: Flask, other: Flask, between: str) -> None:
    offers = proposals.propose(wish("chamber.employer"), now=FRIDAY, first=TUESDAY, last=TUESDAY)
    free_time.forget()
    done: list[str] = []

    def book() -> None:
        with other.app_context():
            visit = booking.hold(wish("chamber.employer"), offers.earliest, source=None, now=FRIDAY)
            absences.add("kela-1", at("10:00"), at("11:00"), now=FRIDAY, by="test")
            done.append(visit.id)

    def slip_in(connection: object, cursor: object, statement: str, *more: object) -> None:
        if not done and f"FROM {between}" in statement:
            thread = Thread(target=book)
            thread.start()
            thread.join()

    event.listen(db.engine, "before_cursor_execute", slip_in)
    try:
        query(FRIDAY)
    finally:
        event.remove(db.engine, "before_cursor_execute", slip_in)
    assert done
    assert shown(query(FRIDAY), taken_by(done[0])) == set()
    assert slots(query(FRIDAY)) == from_rows(FRIDAY)


def test_bookers_and_lookers_at_once(app: Flask, other: Flask, threads: Callable) -> None:
    """Four threads book and cancel while four look, two of them by the other cache."""
    sold: dict[tuple[str, date, int], str] = {}
    lock = Lock()

    def book(seed: int) -> int:
        life, done = Life(seed), 0
        for turn in range(12):
            wanted = wish(
                life.random.choice(["dvv.register", "kela.social_security", "employment.jobseeker"])
            )
            db.session.rollback()
            offers = proposals.propose(wanted, now=FRIDAY, first=life.random.choice(DAYS), last=DAYS[-1])
            try:
                visit = booking.hold(wanted, life.random.choice(offers.all), source=None, now=FRIDAY)
            except Refusal:
                continue
            done += 1
            places = taken_by(visit.id)
            with lock:
                sold.update(dict.fromkeys(places, visit.id))
            if turn % 3 == 2:
                with lock:
                    for place in places:
                        sold.pop(place, None)
                booking.cancel(visit.id, now=FRIDAY)
        return done

    def look(index: int) -> list[object]:
        wrong: list[object] = []
        for _ in range(40):
            with lock:
                before = dict(sold)
            with (other if index % 2 else app).app_context():
                found = query(FRIDAY)
            with lock:
                still = {place for place, visit in before.items() if sold.get(place) == visit}
            wrong += shown(found, still)
        return wrong

    outcomes = threads(8, lambda index: book(index) if index < 4 else look(index))
    assert outcomes[4:] == [[], [], [], []]
    assert all(isinstance(done, int) and done > 3 for done in outcomes[:4]), outcomes
    assert slots(query(FRIDAY)) == from_rows(FRIDAY)
    with other.app_context():
        assert slots(query(FRIDAY)) == from_rows(FRIDAY)


def test_few_statements_a_query(app: Flask) -> None:
    """Warm one for the versions; of a stale day its slots and absences too, all such days at once."""
    house = current_house()
    month = [TUESDAY + timedelta(days=n) for n in range(30)]
    asked = calendars.Query((LegRequest("dvv.register", ("p1",)),), "en", month[0], month[-1])

    def cost(look_up: Callable[[], object]) -> int:
        with counted() as sent:
            look_up()
        return len(sent)

    assert cost(lambda: free_time.free_time(house, month, now=FRIDAY)) == 3
    assert cost(lambda: free_time.free_time(house, month, now=FRIDAY)) == 1
    assert cost(lambda: calendars.problem(house, asked, now=FRIDAY)) == 2
    for day in (1, 2, 9):
        booked(wish("chamber.employer"), day=month[0] + timedelta(days=day), now=FRIDAY)
    assert cost(lambda: calendars.problem(house, asked, now=FRIDAY)) == 4
    assert cost(lambda: calendars.problem(house, asked, now=FRIDAY)) == 2
    assert cost(lambda: proposals.propose(wish("dvv.register"), now=FRIDAY)) <= 5


def test_days_gone_by_are_forgotten(app: Flask) -> None:
    query(FRIDAY)
    (kept,) = free_time._kept[db.engine].values()
    assert set(kept._days) == set(DAYS)
    booked(wish("chamber.employer"), day=DAYS[2], now=FRIDAY)
    query(at("08:00", DAYS[1]), DAYS[1:])
    assert set(kept._days) == set(DAYS[1:])
