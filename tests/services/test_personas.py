"""The personas' routes on live calendars, empty and half full: their visits follow them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import combinations, cycle

import pytest

from ihh.db import db
from ihh.domain.party import Party, people_of
from ihh.domain.planner import VisitOption
from ihh.domain.route import LegChoice
from ihh.domain.wish import LegWish, Wish
from ihh.models import Slot, Visit
from ihh.services import booking, proposals
from ihh.services.house import current_house
from ihh.services.wishes import find_route, wish_for
from tests.domain.personas import PERSONAS, Persona, Stop
from tests.situations import TUESDAY, at, booked, wish

NOW = at("12:00", TUESDAY - timedelta(days=4))
DAYS = (TUESDAY, TUESDAY + timedelta(days=1))

VISITORS = [persona for persona in PERSONAS.values() if persona.now]
NAMES = [name for name, persona in PERSONAS.items() if persona.now]
visitors = pytest.mark.parametrize("persona", VISITORS, ids=NAMES)

FIRST = {
    ("migri.eu_registration", "dvv.register"),
    ("migri.eu_registration", "vero.tax_card"),
    ("migri.eu_registration", "kela.social_security"),
    ("dvv.register", "vero.tax_card"),
    ("dvv.register", "kela.social_security"),
}
"""Which comes before which, for whoever needs both."""

WALK_MIN = {frozenset({"A"}): 5, frozenset({"B"}): 5, frozenset({"C"}): 5}
OTHER_ZONE_MIN = 10


def choices(stops: Iterable[Stop]) -> list[LegChoice]:
    return [LegChoice(stop.service, tuple(stop.people.split())) for stop in stops]


def legs_of(stops: Iterable[Stop]) -> list[LegWish]:
    return [
        LegWish(stop.service, tuple(stop.people.split()), tuple(stop.documents.split())) for stop in stops
    ]


def second_stops(persona: Persona) -> list[Stop]:
    waiting = {item.service: item for item in persona.later}
    return [waiting[name] for name in persona.follow_up[1].split()] if persona.follow_up else []


def wish_of(persona: Persona) -> Wish:
    """What the persona asks for after reading the route, the second visit included."""
    route = find_route(persona.answers, persona.party)
    now = [LegChoice(leg.service.id, leg.people) for leg in route.now]
    later = [LegChoice(leg.service.id, leg.people) for leg in route.follow_up.legs] if route.follow_up else []
    return wish_for(persona.party, now, "en", answers=persona.answers, later=later)


def assert_follows(option: VisitOption, stops: Sequence[Stop]) -> None:
    """Services and people as in the route, and nobody in two places or before a prerequisite."""
    house = current_house()
    assert [(leg.service, leg.people) for leg in option.legs] == [tuple(leg) for leg in choices(stops)]
    for one, other in combinations(option.legs, 2):
        if not set(one.people) & set(other.people):
            continue
        first, second = sorted((one, other), key=lambda leg: leg.start)
        assert (second.service, first.service) not in FIRST
        agencies = [house.agency[house.service[leg.service].agency] for leg in (first, second)]
        zones = frozenset(agency.zone for agency in agencies)
        walk = 0 if agencies[0] == agencies[1] else WALK_MIN.get(zones, OTHER_ZONE_MIN)
        assert first.end + walk <= second.start


def assert_holds(held: Visit, option: VisitOption, stops: Sequence[Stop]) -> None:
    """The visit has the option's times and the route's services, people and papers."""
    assert_follows(option, stops)
    assert [
        LegWish(leg.service_id, people_of(leg.people), tuple(leg.documents)) for leg in held.legs
    ] == legs_of(stops)
    assert [leg.starts_at for leg in held.legs] == [
        at(f"{leg.start // 60:02d}:{leg.start % 60:02d}", option.date) for leg in option.legs
    ]


def fill_half() -> None:
    """Others book the desks all over both days, until half of their time is gone."""
    three, one = Party(3), Party(1)
    wanted = [("dvv.register", three)] * 17 + [("migri.eu_registration", three)] * 8
    wanted += [("kela.social_security", three)] * 11 + [("employment.jobseeker", three)] * 5
    wanted += [("chamber.employer", one)] * 4 + [("business.softlanding", one)] * 4
    for day in DAYS:
        for (service, party), begins in zip(wanted, cycle(("09:00", "10:30", "09:30", "11:00"))):
            booked(wish(service, party=party), day=day, not_before=begins, now=NOW)


def filling(day: date) -> dict[str, float]:
    """Agency → share of its desks' time that is booked on the day."""
    house = current_house()
    opened: dict[str, int] = {}
    taken: dict[str, int] = {}
    for desk in house.desks:
        if any(house.service[service].is_bookable for service in desk.services):
            minutes = sum(span.end - span.start for span in desk.hours[day.weekday()])
            opened[desk.agency] = opened.get(desk.agency, 0) + minutes
    for slot in db.session.query(Slot):
        if at("00:00", day) <= slot.starts_at < at("00:00", day + timedelta(days=1)):
            agency = house.desk[slot.desk_id].agency
            taken[agency] = taken.get(agency, 0) + house.grid_min
    return {agency: taken.get(agency, 0) / minutes for agency, minutes in opened.items()}


@visitors
def test_the_wish_is_the_route(sqlite_app, persona: Persona) -> None:
    wanted = wish_of(persona)
    assert list(wanted.legs) == legs_of(persona.now)
    assert list(wanted.later) == legs_of(second_stops(persona))
    assert wanted.later_after_days == (persona.follow_up[0] if persona.follow_up else 0)
    assert wanted.customer_type == persona.answers["purpose"]
    assert wanted.municipality == persona.answers.get("municipality")


@visitors
def test_an_empty_house_has_a_visit_that_follows_the_route(sqlite_app, persona: Persona) -> None:
    offers = proposals.propose(wish_of(persona), now=NOW)
    assert len(offers.best) >= 1
    for option in offers.all:
        assert_follows(option, persona.now)
    for pair in offers.pairs:
        assert pair.second.date >= pair.first.date + timedelta(days=21)
        assert_follows(pair.first, persona.now)
        assert_follows(pair.second, second_stops(persona))
    assert bool(offers.pairs) == bool(persona.follow_up)


def test_a_half_full_house_serves_them_all_one_after_another(app) -> None:
    """Each holds the soonest visit, and so takes time from the next."""
    fill_half()
    for day in DAYS:
        shares = filling(day)
        assert all(0.4 <= share <= 0.6 for share in shares.values()), shares
    for persona in VISITORS:
        wanted = wish_of(persona)
        offers = proposals.propose(wanted, now=NOW, first=TUESDAY)
        if persona.follow_up:
            pair = min(offers.pairs, key=lambda pair: (pair.first.date, pair.first.start))
            held, second = booking.hold_two(wanted, pair, source=None, now=NOW)
            assert second.service_date >= held.service_date + timedelta(days=persona.follow_up[0])
            assert_holds(second, pair.second, second_stops(persona))
            assert_holds(held, pair.first, persona.now)
        else:
            assert offers.earliest is not None
            held = booking.hold(wanted, offers.earliest, source=None, now=NOW)
            assert_holds(held, offers.earliest, persona.now)


def test_who_needs_nothing_in_the_house_is_offered_no_visit(sqlite_app) -> None:
    builder = PERSONAS["a Polish builder"]
    route = find_route(builder.answers, builder.party)
    assert (route.now, route.follow_up) == ((), None)
