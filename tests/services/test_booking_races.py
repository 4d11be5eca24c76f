"""Two hundred book overlapping visits at once, on SQLite and PostgreSQL: no slot twice, no visit by halves, no error."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations, pairwise

from sqlalchemy import text

from ihh.db import db
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.planner import VisitOption
from ihh.domain.two_visits import TwoVisits
from ihh.domain.wish import LegWish, Wish
from ihh.models import Visit
from ihh.services import booking, day_end, proposals
from ihh.services.hold_limits import Source
from tests.situations import TUESDAY, at, booked, wish

NOW = at("12:00", TUESDAY - timedelta(days=4))
LAST = TUESDAY + timedelta(days=1)
BOOKERS = 200

WISHES = (
    wish("chamber.employer"),
    wish("migri.eu_registration", "dvv.register"),
    wish("dvv.register", "kela.social_security", "employment.jobseeker"),
    wish("migri.eu_registration", "chamber.employer"),
    wish("dvv.register", "business.softlanding", party=Party(2, 1)),
    Wish(Party(2), (LegWish("dvv.changes", ("p1",)), LegWish("kela.social_security", ("p2",))), "en"),
    wish("business.softlanding", "chamber.employer", "kela.social_security"),
)


@dataclass(frozen=True)
class Booked:
    visits: tuple[str, ...]
    legs: int


def book(wanted: Wish, chosen: VisitOption | TwoVisits, index: int) -> Booked:
    visit = booking.hold_chosen(wanted, chosen, source=Source(f"network {index}", 20), now=NOW)
    booking.confirm(visit.id, Reachable(f"{index}@example.com", None), now=NOW)
    return Booked((visit.id,), len(wanted.legs))


def overlapping_plans() -> list[tuple[Wish, VisitOption | TwoVisits]]:
    """Plans from one look at three empty days: most of them want what another wants too."""
    plans: list[tuple[Wish, VisitOption | TwoVisits]] = []
    for wanted in WISHES:
        for not_before in range(9 * 60, 15 * 60, 40):
            found = proposals.propose(wanted, now=NOW, last=LAST, not_before=not_before)
            plans += [(wanted, option) for option in found.all]
    first, second = (
        proposals.propose(wish(service), now=NOW, first=day, last=day).all
        for service, day in (("migri.eu_registration", TUESDAY), ("chamber.employer", LAST))
    )
    pair = wish("migri.eu_registration", "chamber.employer")
    plans += [(pair, TwoVisits(one, (0,), other, (1,))) for one in first for other in second]
    return plans


def outcome_of(outcome: object) -> str:
    return outcome.code.value if isinstance(outcome, Refusal) else type(outcome).__name__


def rows(sql: str) -> list[tuple[object, ...]]:
    """Straight from the database, past everything of ours that might hide a fault."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def instant(value: object) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


def check_database(expected_legs: int) -> None:
    """No desk twice at a time, every leg of a booked visit whole, and nothing of those who lost."""
    legs = rows(
        "SELECT l.id, l.desk_id, l.starts_at, l.ends_at FROM leg l JOIN visit v ON v.id = l.visit_id"
        " WHERE v.state = 'booked'"
    )
    assert len(legs) == expected_legs
    at_desk: dict[object, list[tuple[datetime, datetime]]] = {}
    for _, desk, start, end in legs:
        at_desk.setdefault(desk, []).append((instant(start), instant(end)))
    for times in at_desk.values():
        for (_, end), (start, _) in pairwise(sorted(times)):
            assert end <= start

    slots = rows("SELECT leg_id, desk_id, starts_at FROM slot")
    taken = {(desk, instant(start).astimezone(UTC)) for _, desk, start in slots}
    assert len(taken) == len(slots)
    wanted = {
        (leg_id, desk, instant(start).astimezone(UTC) + timedelta(minutes=step))
        for leg_id, desk, start, end in legs
        for step in range(0, int((instant(end) - instant(start)).total_seconds() // 60), 5)
    }
    assert {(leg, desk, instant(start).astimezone(UTC)) for leg, desk, start in slots} == wanted
    assert rows(
        "SELECT count(*) FROM leg l LEFT JOIN visit v ON v.id = l.visit_id WHERE v.state <> 'booked'"
    ) == [(0,)]


class TestTwoHundredAtOnce:
    def test_overlapping_visits_one_wins_and_the_others_are_told(self, app, threads):
        plans = overlapping_plans()
        chosen = [plans[index * 37 % len(plans)] for index in range(BOOKERS)]

        outcomes = threads(BOOKERS, lambda index: book(*chosen[index], index))

        counted = Counter(map(outcome_of, outcomes))
        assert set(counted) == {"Booked", "slot_taken"}, counted
        assert min(counted.values()) > 20, counted
        check_database(sum(done.legs for done in outcomes if isinstance(done, Booked)))

    def test_who_lost_is_offered_what_is_left_and_can_book_it(self, app, threads):
        """Everyone wants one of a few visits, and goes on with fresh options until something is booked."""
        firsts = [proposals.propose(wanted, now=NOW, last=LAST).earliest for wanted in WISHES]

        def persist(index: int) -> Booked | str:
            wanted, option = WISHES[index % len(WISHES)], firsts[index % len(WISHES)]
            while option is not None:
                try:
                    return book(wanted, option, index)
                except Refusal as refused:
                    if refused.code is not Code.SLOT_TAKEN:
                        raise
                    found = proposals.propose(wanted, now=NOW, last=LAST).all
                    if option in found:
                        return "offered again what is taken"
                    option = found[index % len(found)] if found else None
            return "full"

        outcomes = threads(BOOKERS, persist)
        done = [outcome for outcome in outcomes if isinstance(outcome, Booked)]
        others = {outcome for outcome in outcomes if not isinstance(outcome, Booked)}
        assert others <= {"full"}, others
        assert len(done) > 60
        check_database(sum(each.legs for each in done))


class TestSwaps:
    def test_visits_that_move_onto_each_others_times_never_share_one(self, app, threads):
        wanted = wish("chamber.employer", "migri.eu_registration")
        visits = [booked(wanted, day=TUESDAY, not_before=begin) for begin in ("09:00", "11:00", "13:00")]
        plans = [
            proposals.propose(wanted, now=NOW, first=TUESDAY, last=TUESDAY, moving=visit.id).earliest
            for visit in visits
        ]
        ids = [visit.id for visit in visits]
        pairs = [(mine, other) for mine in range(3) for other in range(3)] * 3

        def swap(index: int) -> Visit:
            mine, other = pairs[index]
            return booking.move(ids[mine], plans[other], now=NOW)

        outcomes = threads(len(pairs), swap)
        assert set(map(outcome_of, outcomes)) <= {"Visit", "slot_taken"}
        check_database(6)


class TestLimits:
    def test_a_network_cannot_hold_more_by_asking_at_once(self, app, threads):
        options = proposals.propose(wish("dvv.changes"), now=NOW).all
        plans = [option for option in options for _ in range(3)]
        source = Source("one", 3)
        outcomes = threads(
            len(plans), lambda index: booking.hold(wish("dvv.changes"), plans[index], source=source, now=NOW)
        )
        counted = Counter(map(outcome_of, outcomes))
        assert counted["Visit"] == 3, counted
        assert set(counted) <= {"Visit", "too_many_holds", "slot_taken"}

    def test_a_contact_cannot_have_more_by_confirming_at_once(self, app, threads):
        wanted = wish("dvv.changes")
        held = []
        for _ in range(8):
            option = proposals.propose(wanted, now=NOW).earliest
            held.append(booking.hold(wanted, option, source=None, now=NOW).id)
        ann = Reachable("ann@example.com", "+358401234567")
        outcomes = threads(8, lambda index: booking.confirm(held[index], ann, now=NOW))
        counted = Counter(map(outcome_of, outcomes))
        assert counted == {"Visit": 3, "too_many_open_visits": 5}


class TestTogether:
    def test_confirmed_and_run_out_at_once_both_share_a_fate(self, app, threads):
        """Half confirm just in time, half let go of what has just run out; never one of a pair without the other."""
        pairs = []
        for day in range(6):
            first, second = (
                proposals.propose(
                    wish(service), now=NOW, first=TUESDAY + timedelta(days=7 * day + later)
                ).earliest
                for later, service in enumerate(("migri.eu_registration", "dvv.register"))
            )
            two = TwoVisits(first, (0,), second, (1,))
            wanted = wish("migri.eu_registration", "dvv.register")
            pairs.append([visit.id for visit in booking.hold_two(wanted, two, source=None, now=NOW)])
        due = NOW + timedelta(minutes=10)

        def work(index: int) -> object:
            if index % 4 == 3:
                return day_end.tidy(now=due)
            pair = pairs[index // 4]
            if index % 4 == 2:
                return booking.cancel(pair[0], now=due - timedelta(seconds=1))
            return booking.confirm(pair[index % 2], None, now=due - timedelta(seconds=1))

        outcomes = threads(24, work)
        allowed = {"Visit", "NoneType", Code.HOLD_EXPIRED, Code.VISIT_CANCELLED}
        assert set(map(outcome_of, outcomes)) <= allowed, outcomes
        day_end.tidy(now=due)
        states = dict(rows("SELECT id, state FROM visit"))
        for first_id, second_id in pairs:
            both = {states[first_id], states[second_id]}
            assert both in ({"booked"}, {"expired"}, {"cancelled"}, {"cancelled", "booked"}), both


def test_the_plans_of_the_race_do_overlap(app):
    """Else the race would prove nothing."""
    plans = overlapping_plans()

    def places(chosen: VisitOption | TwoVisits) -> set[tuple[object, ...]]:
        options = (chosen.first, chosen.second) if isinstance(chosen, TwoVisits) else (chosen,)
        return {
            (option.date, leg.desk, minute)
            for option in options
            for leg in option.legs
            if leg.desk is not None
            for minute in range(leg.start, leg.end, 5)
        }

    taken = [places(chosen) for _, chosen in plans]
    meeting = sum(bool(one & other) for one, other in combinations(taken, 2))
    assert meeting > len(plans), (meeting, len(plans))
