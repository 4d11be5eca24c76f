"""The waitlist: freed time goes to whoever waits longest, in the transaction that frees it, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from threading import Event

import pytest
from sqlalchemy import func, select, text

from ihh.db import db, transaction
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.wish import LegWish, Wish
from ihh.models import Contact, Leg, Slot, Visit, WaitlistContact, WaitlistEntry
from ihh.services import booking, day_end, proposals, waitlist, waitlist_entries, waitlist_offers
from ihh.services.hold_limits import Source
from ihh.services.house import load_house
from tests.servers.site import house_document
from tests.situations import TUESDAY, at, booked, events, visit, wish

NOW = at("12:00", TUESDAY - timedelta(days=4))
NOON = 12 * 60
ANN = Reachable("ann@example.com", None)
CHAMBER = "chamber.employer"
"""One desk, 45 minutes, 9–12 and 13–16: eight visits fill its day."""
HOURS = ((9 * 60, 12 * 60), (13 * 60, 16 * 60))


def full_day(day=TUESDAY, *, now=NOW):
    """The ids of the eight visits that fill the chamber's day, by their time."""
    return [booked(wish(CHAMBER), day=day, now=now).id for _ in range(8)]


def joined(
    wanted=None,
    *,
    contact=None,
    first=TUESDAY,
    last=TUESDAY,
    now=NOW,
    source=None,
    not_before=0,
    not_after=24 * 60,
):
    return waitlist_entries.join(
        wanted or wish(CHAMBER),
        contact,
        first=first,
        last=last,
        not_before=not_before,
        not_after=not_after,
        now=now,
        source=source,
    ).id


def queued(count, **more):
    """Entries that joined a minute after each other."""
    return [joined(now=NOW + timedelta(minutes=index), **more) for index in range(count)]


def entry(entry_id):
    found = db.session.get(WaitlistEntry, entry_id, populate_existing=True)
    assert found is not None
    return found


def states(entry_ids):
    return [entry(entry_id).state for entry_id in entry_ids]


def offer(entry_id):
    """The visit on offer to the entry."""
    assert entry(entry_id).state == "offered"
    return visit(entry(entry_id).offered_visit_id)


def span(one):
    """A visit's only leg, in local minutes."""
    (leg,) = one.legs
    return span_of(leg)


def span_of(leg):
    day = at("00:00", leg.visit.service_date)
    return tuple((moment - day) // timedelta(minutes=1) for moment in (leg.starts_at, leg.ends_at))


def wait_for_a_waiter():
    """Until PostgreSQL says that someone waits for what this transaction has; SQLite's others wait in any case."""
    for _ in range(200 if db.engine.dialect.name == "postgresql" else 0):
        if db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            return
        db.session.execute(text("SELECT pg_sleep(0.02)"))


def refused(act, *args, **named):
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value.code


def option_of(one):
    """The visit as a public booker would ask for it."""
    start, end = span(one)
    return VisitOption(one.service_date, start, end, (PlannedLeg(CHAMBER, ("p1",), "chamber-1", start, end),))


def public_sees(now, day=TUESDAY):
    return proposals.propose(wish(CHAMBER), now=now, first=day, last=day).earliest


class TestJoining:
    def test_nobody_waits_for_what_is_free(self, app):
        with pytest.raises(Refusal) as caught:
            joined(last=TUESDAY + timedelta(days=3))
        assert (caught.value.code, caught.value.facts["date"]) == (Code.VISIT_FREE, TUESDAY)

    @pytest.mark.parametrize(
        "asked",
        [
            {"first": TUESDAY, "last": TUESDAY - timedelta(days=1)},
            {"first": NOW.date() - timedelta(days=9), "last": NOW.date() - timedelta(days=1)},
            {"last": NOW.date() + timedelta(days=61)},
            {"not_before": 600, "not_after": 600},
        ],
    )
    def test_a_range_that_is_none_is_refused(self, app, asked):
        assert refused(joined, **asked) == Code.INVALID

    def test_the_wish_is_kept_whole(self, app):
        party = Party(2, 1)
        legs = (LegWish(CHAMBER, ("p1",), ("passport",)), LegWish("dvv.changes", ("p1", "p2", "p3")))
        full_day()
        wanted = Wish(party, legs, "sv", "work", "espoo")
        assert waitlist_entries.wish_of(entry(joined(wanted))) == wanted

    def test_one_contact_waits_three_times_at_most(self, app):
        full_day()
        ids = [joined(contact=ANN) for _ in range(3)]
        assert refused(joined, contact=ANN) == Code.TOO_MANY_WAITING
        joined()
        waitlist.leave(ids[0], now=NOW)
        joined(contact=ANN)

    def test_one_network_joins_as_often_an_hour_as_it_may_hold(self, app):
        full_day()
        source = Source("a" * 32, 2)
        for _ in range(2):
            joined(source=source)
        assert refused(joined, source=source) == Code.TOO_MANY_JOINS
        joined(source=Source("b" * 32, 2))
        later = NOW + timedelta(minutes=61)
        joined(source=source, now=later)
        day_end.tidy(now=later)
        kept = select(func.count()).where(WaitlistEntry.source.is_not(None))
        assert db.session.scalar(kept) == 1, "an hour later nobody knows who joined"


class TestOffers:
    def test_what_a_cancelled_visit_gives_back_is_held_for_the_first_who_waits(self, app):
        ids = full_day()
        first, second = queued(2)
        later = NOW + timedelta(hours=1)
        gone = span(visit(ids[5]))
        booking.cancel(ids[5], now=later)
        held = offer(first)
        assert (held.state, span(held), held.legs[0].desk_id) == ("held", gone, "chamber-1")
        assert held.hold_expires_at == later + timedelta(hours=4)
        assert entry(second).state == "waiting"
        told = [(event.action, event.actor) for event in events() if event.at == later]
        assert told == [("cancel_visit", "visitor"), ("hold_slots", "house")]
        assert public_sees(later) is None
        assert (
            refused(booking.hold, wish(CHAMBER), option_of(held), source=None, now=later) == Code.SLOT_TAKEN
        )

    def test_a_moved_visit_gives_its_old_time_to_who_waits(self, app):
        ids = full_day()
        waiting = joined()
        gone = span(visit(ids[0]))
        wednesday = TUESDAY + timedelta(days=1)
        booking.move(ids[0], public_sees(NOW, wednesday), now=NOW)
        assert span(offer(waiting)) == gone

    def test_an_offer_ends_while_the_visit_can_still_be_booked(self, app):
        ids = full_day()
        waiting = joined()
        booking.cancel(ids[7], now=at("12:00"))
        assert offer(waiting).hold_expires_at == at("14:45"), "half an hour before it begins at 15:15"

    def test_what_nobody_has_time_to_answer_is_not_offered(self, app):
        ids = full_day()
        waiting = joined()
        booking.cancel(ids[4], now=at("12:21"))
        assert entry(waiting).state == "waiting"
        assert public_sees(at("12:21")) is not None

    def test_whoever_it_does_not_fit_is_passed_over_and_keeps_the_place(self, app):
        ids = full_day()
        early = joined(not_after=NOON)
        with_more = joined(wish(CHAMBER, "vero.tax_card"), now=NOW + timedelta(minutes=1), not_before=13 * 60)
        late = joined(now=NOW + timedelta(minutes=2), not_before=13 * 60)
        booking.cancel(ids[6], now=NOW + timedelta(minutes=5))
        assert states([early, with_more, late]) == ["waiting", "waiting", "offered"]
        booking.cancel(ids[1], now=NOW + timedelta(minutes=6))
        assert entry(early).state == "offered"

    def test_the_whole_wish_is_held_or_nothing(self, app):
        ids = full_day()
        wanted = Wish(
            Party(2), (LegWish(CHAMBER, ("p1",)), LegWish("dvv.changes", ("p1", "p2"))), "fi", "work"
        )
        waiting = joined(wanted)
        booking.cancel(ids[2], now=NOW)
        held = offer(waiting)
        assert sorted(leg.service_id for leg in held.legs) == [CHAMBER, "dvv.changes"]
        assert (held.language, held.adults, held.customer_type) == ("fi", 2, "work")

    def test_two_days_that_come_free_at_once_serve_two(self, app):
        wednesday = TUESDAY + timedelta(days=1)
        ids = [*full_day(), *full_day(wednesday)]
        one, two = queued(2, last=wednesday)
        booking.cancel(ids[8], now=NOW + timedelta(minutes=5))
        booking.cancel(ids[0], now=NOW + timedelta(minutes=5))
        assert [offer(one).service_date, offer(two).service_date] == [wednesday, TUESDAY]

    def test_a_held_visit_that_ran_out_is_offered_with_the_rest(self, app):
        """Its slots are free for the planner, but their rows are still there."""
        ids = full_day()
        booking.cancel(ids[0], now=NOW)
        booking.hold(wish(CHAMBER), public_sees(NOW), source=None, now=NOW)
        one, two = queued(2)
        booking.cancel(ids[1], now=NOW + timedelta(hours=1))
        assert [span(offer(one)), span(offer(two))] == [(540, 585), (585, 630)]


class TestAnswers:
    def test_a_declined_visit_goes_to_the_next_and_the_place_is_kept(self, app):
        ids = full_day()
        one, two, three = queued(3)
        booking.cancel(ids[1], now=NOW + timedelta(minutes=5))
        gone = span(offer(one))
        waitlist.decline(one, now=NOW + timedelta(minutes=6))
        assert (span(offer(two)), states([one, two, three])) == (gone, ["waiting", "offered", "waiting"])
        booking.cancel(ids[2], now=NOW + timedelta(minutes=7))
        assert states([one, two, three]) == ["waiting", "offered", "offered"], "not the same morning again"
        booking.cancel(ids[6], now=NOW + timedelta(minutes=8))
        assert states([one, two, three]) == ["offered"] * 3, "the afternoon it did not decline"

    def test_what_everybody_declined_is_free_for_all(self, app):
        ids = full_day()
        one, two = queued(2)
        booking.cancel(ids[1], now=NOW + timedelta(minutes=5))
        waitlist.decline(one, now=NOW + timedelta(minutes=6))
        waitlist.decline(two, now=NOW + timedelta(minutes=7))
        assert states([one, two]) == ["waiting", "waiting"]
        day_end.tidy(now=NOW + timedelta(minutes=8))
        assert states([one, two]) == ["waiting", "waiting"]
        assert public_sees(NOW + timedelta(minutes=8)) is not None

    def test_an_offer_that_ran_out_is_nobodys_until_the_next_has_it(self, app):
        ids = full_day()
        one, two = queued(2)
        booking.cancel(ids[1], now=NOW)
        held, over = offer(one), NOW + timedelta(hours=4)
        assert public_sees(over) is None
        assert refused(booking.hold, wish(CHAMBER), option_of(held), source=None, now=over) == Code.SLOT_TAKEN
        assert refused(waitlist_offers.take, one, None, now=over) == Code.OFFER_OVER
        assert refused(waitlist.decline, one, now=over) == Code.OFFER_OVER
        assert waitlist_entries.view_entry(entry(one), now=over).state == "expired"
        day_end.tidy(now=over)
        assert states([one, two]) == ["expired", "offered"]
        assert (span(offer(two)), visit(held.id).state) == (span(held), "expired")
        day_end.tidy(now=over + timedelta(hours=4))
        assert states([one, two]) == ["expired", "expired"]
        assert public_sees(over + timedelta(hours=4)) is not None

    def test_taking_books_the_visit_with_the_contact_that_waited(self, app):
        ids = full_day()
        one = joined(contact=ANN)
        booking.cancel(ids[1], now=NOW)
        for _ in range(2):
            taken = waitlist_offers.take(one, None, now=NOW + timedelta(hours=1))
        assert visit(taken.id).state == "booked"
        assert db.session.get(Contact, taken.id).email == ANN.email
        assert db.session.get(WaitlistContact, one) is None
        assert entry(one).state == "taken"
        assert [event.actor for event in events("confirm")][-1] == "visitor"
        assert len(events("confirm")) == 9

    def test_what_booking_refuses_leaves_the_offer_standing(self, app):
        ids = full_day()
        one = joined(contact=ANN)
        for service in ("dvv.changes", "migri.eu_registration", "city.guidance"):
            held = booking.hold(
                wish(service), proposals.propose(wish(service), now=NOW).earliest, source=None, now=NOW
            )
            booking.confirm(held.id, ANN, now=NOW)
        booking.cancel(ids[1], now=NOW)
        assert refused(waitlist_offers.take, one, None, now=NOW) == Code.TOO_MANY_OPEN_VISITS
        assert (entry(one).state, offer(one).state) == ("offered", "held")
        assert waitlist_offers.take(one, Reachable("bo@example.com", None), now=NOW).state == "booked"

    def test_leaving_hands_the_offer_on(self, app):
        ids = full_day()
        one, two = queued(2)
        booking.cancel(ids[1], now=NOW + timedelta(minutes=5))
        gone = span(offer(one))
        for _ in range(2):
            waitlist.leave(one, now=NOW + timedelta(minutes=6))
        assert states([one, two]) == ["left", "offered"]
        assert span(offer(two)) == gone
        assert refused(waitlist_offers.take, one, None, now=NOW + timedelta(minutes=7)) == Code.OFFER_OVER

    def test_a_taken_entry_is_not_left(self, app):
        ids = full_day()
        one = joined()
        booking.cancel(ids[1], now=NOW)
        waitlist_offers.take(one, None, now=NOW)
        assert refused(waitlist.leave, one, now=NOW) == Code.WRONG_STATE


class TestTime:
    def test_new_hours_are_offered_by_the_next_tidying(self, app):
        full_day()
        one, two = queued(2)
        document = house_document()
        chamber = next(desk for desk in document["desk"] if desk["id"] == "chamber-1")
        chamber["hours"] = {"mon-fri": [["09:00", "12:00"], ["12:15", "16:00"]]}
        load_house(document, now=NOW)
        day_end.tidy(now=NOW + timedelta(minutes=5))
        assert states([one, two]) == ["offered", "waiting"]
        assert span(offer(one)) == (12 * 60 + 15, 13 * 60)

    def test_a_service_that_the_house_has_dropped_holds_up_nobody(self, app):
        ids = full_day()
        gone = joined(wish(CHAMBER, "business.softlanding"))
        one = joined(now=NOW + timedelta(minutes=1))
        document = house_document()
        document["service"] = [each for each in document["service"] if each["id"] != "business.softlanding"]
        document["assumed"] = [path for path in document["assumed"] if "business.softlanding" not in path]
        document["desk"] = [each for each in document["desk"] if each["id"] != "business-1"]
        load_house(document, now=NOW)
        booking.cancel(ids[0], now=NOW + timedelta(minutes=2))
        day_end.tidy(now=NOW + timedelta(minutes=2))
        assert states([gone, one]) == ["waiting", "offered"]
        assert waitlist_entries.view_entry(entry(gone), now=NOW).state == "waiting"

    def test_today_what_is_left_of_the_day_is_found(self, app):
        """At 13:00 nobody would have time to answer; a little later in the same stretch there is."""
        ids = full_day()
        one = joined(now=at("12:20"))
        booking.cancel(ids[4], now=at("12:21"))
        assert entry(one).state == "waiting"
        booking.cancel(ids[5], now=at("12:21"))
        assert span(offer(one)) == (13 * 60 + 5, 13 * 60 + 50)

    def test_past_its_last_day_an_entry_ends_and_its_contact_goes(self, app):
        full_day()
        one = joined(contact=ANN)
        day_end.tidy(now=at("23:00"))
        assert entry(one).state == "waiting"
        over = at("00:10", TUESDAY + timedelta(days=1))
        day_end.tidy(now=over)
        assert entry(one).state == "expired"
        assert db.session.get(WaitlistContact, one) is None
        day_end.tidy(now=over + timedelta(days=31))
        assert db.session.get(WaitlistEntry, one, populate_existing=True) is None

    def test_the_place_counts_those_before_who_could_want_the_same_time(self, app):
        wednesday = TUESDAY + timedelta(days=1)
        ids = [*full_day(), *full_day(wednesday)]
        one, two = queued(2)
        joined(now=NOW + timedelta(minutes=3), first=wednesday, last=wednesday)
        joined(now=NOW + timedelta(minutes=4), not_after=NOON)
        last = joined(now=NOW + timedelta(minutes=5), not_before=13 * 60)
        joined(now=NOW + timedelta(minutes=6))

        def place():
            return waitlist_entries.view_entry(entry(last), now=NOW + timedelta(minutes=9)).ahead

        assert place() == 2
        booking.cancel(ids[0], now=NOW + timedelta(minutes=7))
        assert (entry(one).state, place()) == ("offered", 2), "who declines keeps the place"
        waitlist_offers.take(one, None, now=NOW + timedelta(minutes=8))
        assert place() == 1
        waitlist.leave(two, now=NOW + timedelta(minutes=8))
        assert place() == 0


def windows(one):
    """The hours an entry waits for and has not declined, as minutes at which a visit may start."""
    declined = {name.split()[1] for name in one.declined}
    return [
        start
        for start in range(one.not_before, one.not_after - 44, 5)
        if ("am" if start < NOON else "pm") not in declined
    ]


def taken_minutes():
    rows = db.session.scalars(select(Slot.starts_at).where(Slot.desk_id == "chamber-1"))
    return {(moment - at("00:00")) // timedelta(minutes=1) for moment in rows}


def free_starts():
    """Where 45 minutes of the chamber's Tuesday are free, counted slot by slot."""
    taken = taken_minutes()
    return {
        start
        for opens, closes in HOURS
        for start in range(opens, closes - 44, 5)
        if not taken & set(range(start, start + 45, 5))
    }


BOOKED = (Visit, "booked")
OFFERED = (WaitlistEntry, "offered")
OPEN = (WaitlistEntry, "waiting", "offered")


def of_state(table, *wanted):
    return list(db.session.scalars(select(table.id).where(table.state.in_(wanted))))


def taken(entry_id, *, now):
    return waitlist_offers.take(entry_id, None, now=now)


def everyone():
    rows = select(WaitlistEntry).order_by(WaitlistEntry.created_at)
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def assert_fair():
    """No one on the list could be somewhere that is free, or has been offered to someone who came later."""
    waiting = [one for one in everyone() if one.state == "waiting"]
    free = free_starts()
    assert [one.id for one in waiting if free & set(windows(one))] == []
    for one in everyone():
        if one.state == "offered":
            start, _ = span(visit(one.offered_visit_id))
            earlier = [other for other in waiting if other.created_at < one.created_at]
            assert [other.id for other in earlier if start in windows(other)] == []


def assert_sold_once():
    """Every live visit has all its slots, and no slot is without one (its key sees to the rest)."""
    live = select(Visit.id).where(Visit.state.in_(("held", "booked")))
    legs = list(db.session.scalars(select(Leg).where(Leg.visit_id.in_(live), Leg.desk_id.is_not(None))))
    steps = sum((leg.ends_at - leg.starts_at) // timedelta(minutes=5) for leg in legs)
    assert db.session.scalar(select(func.count()).select_from(Slot)) == steps


class TestManySteps:
    @pytest.mark.parametrize("seed", range(6))
    def test_whatever_people_do_nobody_waits_beside_free_time(self, app, seed):
        """Cancelling, answering, leaving, joining and letting offers run out, in any order."""
        random, now = Random(seed), NOW
        full_day()
        for _step in range(40):
            now += timedelta(minutes=random.choice((1, 5, 130)))
            act = random.choice(("join", "join", "cancel", "cancel", "decline", "take", "leave", "tidy"))
            self.do(act, random, now)
            day_end.tidy(now=now)
            assert_fair()
            assert_sold_once()

    def do(self, act, random, now):
        choices = {"cancel": BOOKED, "decline": OFFERED, "take": OFFERED, "leave": OPEN}
        chosen = sorted(of_state(*choices[act])) if act in choices else []
        if act == "join":
            low, high = random.choice(((0, 24 * 60), (0, NOON), (13 * 60, 16 * 60), (10 * 60, 14 * 60)))
            self.unless(Code.VISIT_FREE, lambda: joined(now=now, not_before=low, not_after=high))
        elif chosen and act == "cancel":
            booking.cancel(random.choice(chosen), now=now)
        elif chosen:
            acts = {"decline": waitlist.decline, "take": taken, "leave": waitlist.leave}
            self.unless(Code.OFFER_OVER, lambda: acts[act](random.choice(chosen), now=now))

    def unless(self, code, act):
        try:
            act()
        except Refusal as refusal:
            if refusal.code != code:
                raise


class TestRaces:
    def test_eight_cancel_at_once_and_the_first_eight_of_twelve_are_served(self, app, threads):
        ids = full_day()
        entries = queued(12)
        options = [option_of(visit(visit_id)) for visit_id in ids]
        later = NOW + timedelta(hours=1)

        def act(index):
            if index < 8:
                return booking.cancel(ids[index], now=later)
            return booking.hold(wish(CHAMBER), options[index - 8], source=None, now=later)

        outcomes = threads(16, act)
        assert [getattr(outcome, "state", outcome) for outcome in outcomes[:8]] == ["cancelled"] * 8
        assert [getattr(outcome, "code", outcome) for outcome in outcomes[8:]] == [Code.SLOT_TAKEN] * 8
        assert states(entries) == ["offered"] * 8 + ["waiting"] * 4
        assert_fair()
        assert_sold_once()

    def test_a_public_booker_never_gets_what_someone_waits_for(self, app, threads):
        """The booker knows the slot and tries all the while."""
        ids = full_day()
        (one,) = queued(1)
        option = option_of(visit(ids[3]))
        later = NOW + timedelta(hours=1)

        def act(index):
            if index == 0:
                return booking.cancel(ids[3], now=later)
            hold = partial(booking.hold, wish(CHAMBER), option, source=None, now=later)
            return {refused(hold) for _ in range(20)}

        assert threads(4, act)[1:] == [{Code.SLOT_TAKEN}] * 3
        assert offer(one).service_date == TUESDAY

    def test_an_offer_that_meets_a_booker_takes_another_desk_or_time(self, app, threads):
        """The booker takes, and commits only then, what was free and about to be offered beside the freed time."""
        ids = full_day()
        wanted = wish(CHAMBER, "dvv.changes")
        one = joined(wanted)
        later = NOW + timedelta(hours=1)
        planned = proposals.propose(wanted, now=later, first=TUESDAY, last=TUESDAY, moving=ids[5]).earliest
        wished_for = planned.legs[1]
        option = VisitOption(TUESDAY, wished_for.start, wished_for.end, (wished_for,))
        is_held = Event()

        def act(index):
            if index == 1:
                is_held.wait(10)
                return booking.cancel(ids[5], now=later)
            with transaction():
                held = booking.hold(wish("dvv.changes"), option, source=None, now=later)
                is_held.set()
                wait_for_a_waiter()
            return held

        held, cancelled = threads(2, act)
        assert (held.state, cancelled.state) == ("held", "cancelled")
        chamber, dvv = sorted(offer(one).legs, key=lambda leg: leg.service_id)
        assert span_of(chamber) == (13 * 60 + 45, 14 * 60 + 30)
        assert (dvv.desk_id, *span_of(dvv)) != (wished_for.desk, wished_for.start, wished_for.end)
        assert_sold_once()

    def test_answers_cancellations_and_tidying_at_once_keep_the_order(self, app, threads):
        ids = full_day()
        entries = [
            joined(now=NOW + timedelta(minutes=index), not_before=low, not_after=high)
            for index, (low, high) in enumerate(((0, NOON), (0, 1440), (13 * 60, 1440), (0, 1440)) * 4)
        ]
        for index in (0, 1, 4, 5):
            booking.cancel(ids[index], now=NOW + timedelta(hours=1))
        offered = [one for one in entries if entry(one).state == "offered"]
        assert len(offered) == 4
        over = NOW + timedelta(hours=5)
        acts = [
            lambda: waitlist.decline(offered[0], now=over - timedelta(minutes=1)),
            lambda: waitlist.decline(offered[1], now=over - timedelta(minutes=1)),
            lambda: waitlist_offers.take(offered[2], None, now=over - timedelta(minutes=1)),
            lambda: waitlist.leave(offered[3], now=over - timedelta(minutes=1)),
            lambda: booking.cancel(ids[2], now=over),
            lambda: booking.cancel(ids[6], now=over),
            lambda: day_end.tidy(now=over),
            lambda: day_end.tidy(now=over),
        ]
        outcomes = threads(8, lambda index: acts[index]())
        failed = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
        assert [repr(error) for error in failed if not isinstance(error, Refusal)] == []
        assert {refusal.code for refusal in failed} <= {Code.OFFER_OVER, Code.WRONG_STATE}
        assert_fair()
        assert_sold_once()

    def test_one_offer_answered_twice_at_once_is_answered_once(self, app, threads):
        ids = full_day()
        one, two = queued(2)
        booking.cancel(ids[3], now=NOW + timedelta(minutes=5))
        now = NOW + timedelta(minutes=6)

        def act(index):
            if index % 2:
                return waitlist.decline(one, now=now)
            return waitlist_offers.take(one, None, now=now)

        threads(8, act)
        assert (entry(one).state, entry(two).state) in (("taken", "waiting"), ("waiting", "offered"))
        assert_fair()
        assert_sold_once()
