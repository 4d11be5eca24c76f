"""The planner's problem from the live calendars: what is free, for whom, how long, from desk or line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from ihh.domain.daytime import instant
from ihh.domain.house import Channel, House
from ihh.domain.planner import VisitOption, plan
from ihh.domain.planner.problem import LegRequest, PlannedDesk, Problem
from ihh.services import absences, calendars
from ihh.services.calendars import Audience, Query
from ihh.services.house import current_house, load_house
from tests.servers.site import house_document
from tests.situations import TUESDAY, at, booked, wish

EARLIER = at("12:00", TUESDAY - timedelta(days=4))
LAST = TUESDAY + timedelta(days=20)


def query(*services: str, first: date = TUESDAY, last: date = TUESDAY, **more: Any) -> Query:
    legs = tuple(LegRequest(service, ("p1",)) for service in services)
    return Query(legs, "en", first, last, **more)


def changed_house(services: dict[str, dict[str, Any]], limits: dict[str, int] | None = None) -> House:
    """The Helsinki house with other values for some services, loaded."""
    document = house_document()
    document["limits"] |= limits or {}
    for service in document["service"]:
        service |= services.get(service["id"], {})
    load_house(document, now=EARLIER)
    return current_house()


def desk(asked: Problem, desk_id: str) -> PlannedDesk:
    return next(desk for desk in asked.desks if desk.id == desk_id)


def starts(lane: int, slots: int) -> set[int]:
    """Minutes at which so many free slots in a row begin."""
    return {5 * slot for slot in range(288) if all(lane >> (slot + n) & 1 for n in range(slots))}


def test_the_planner_sees_what_is_booked(app):
    first = booked(wish("chamber.employer"))
    leg = first.legs[0]
    house = current_house()
    asked = calendars.problem(house, query("chamber.employer"), now=EARLIER)
    taken = desk(asked, leg.desk_id).free[TUESDAY]
    freed = calendars.problem(house, query("chamber.employer"), now=EARLIER, ignoring=(first.id,))
    free = desk(freed, leg.desk_id).free[TUESDAY]
    assert taken & free == taken
    assert starts(free & ~taken, 1) == {540 + step for step in range(0, 45, 5)}
    assert leg.starts_at == at("09:00")
    assert free.bit_count() * 5 == 6 * 60


def test_breaks_closed_days_and_the_hours_of_the_weekday_hold(app):
    asked = calendars.problem(
        current_house(), query("city.guidance", first=date(2026, 12, 1), last=date(2026, 12, 13)), now=EARLIER
    )
    free = desk(asked, "city-1").free
    assert sorted(free) == [
        date(2026, 12, day) for day in (1, 2, 3, 4, 7, 8, 9, 10, 11)
    ]  # the 6th is a Sunday, too
    assert starts(free[date(2026, 12, 1)], 1) == {*range(540, 690, 5), *range(720, 960, 5)}
    assert starts(free[date(2026, 12, 4)], 1) == {*range(600, 720, 5), *range(750, 900, 5)}


def test_today_begins_when_a_visit_may_start(app):
    now = at("10:02")
    asked = calendars.problem(
        current_house(), query("vero.tax_card", "dvv.register", last=TUESDAY + timedelta(days=1)), now=now
    )
    ahead = current_house().limits.book_ahead_min
    earliest = 10 * 60 + 2 + ahead
    assert min(starts(desk(asked, "dvv-4").free[TUESDAY], 1)) == earliest + -earliest % 5
    assert min(starts(desk(asked, "dvv-4").free[TUESDAY + timedelta(days=1)], 1)) == 9 * 60
    assert asked.services["vero.tax_card"].open[TUESDAY] == ((earliest, 12 * 60),)
    at_once = calendars.problem(current_house(), query("vero.tax_card", ahead_min=0), now=now)
    assert at_once.services["vero.tax_card"].open[TUESDAY] == ((10 * 60 + 2, 12 * 60),)


class TestWalkIn:
    def test_a_bookable_service_from_its_line(self, app):
        house = current_house()
        from_line = query("dvv.register", "kela.social_security", walk_in=frozenset({"kela.social_security"}))
        asked = calendars.problem(house, from_line, now=EARLIER)
        kela = asked.services["kela.social_security"]
        service = house.service["kela.social_security"]
        assert {Channel.DESK, Channel.WALK_IN} == set(service.channels)
        assert (kela.mode, kela.wait_min) == ("walk_in", service.wait_min)
        assert kela.open[TUESDAY] == ((540, 960),)
        (option, *_) = plan(asked).options
        assert [leg.desk is None for leg in option.legs] == [False, True]
        waiting = service.base_min + service.wait_min
        assert option.legs[1].end - option.legs[1].start == waiting

    def test_by_default_it_takes_a_desk_and_nobody_reckons_with_a_wait(self, app):
        asked = calendars.problem(current_house(), query("kela.social_security"), now=EARLIER)
        kela = asked.services["kela.social_security"]
        assert (kela.mode, kela.wait_min, dict(kela.open)) == ("desk", 0, {})

    def test_a_line_does_not_bind_the_language(self, app):
        house = current_house()
        assert calendars.problem(house, query("vero.tax_card"), now=EARLIER).request.language == "en"
        somali = Query((LegRequest("dvv.register", ("p1",)),), "so", TUESDAY, TUESDAY)
        assert calendars.problem(house, somali, now=EARLIER).request.language == house.languages[0]
        kela = Query(
            (LegRequest("employment.jobseeker", ("p1",)),),
            "so",
            TUESDAY,
            TUESDAY,
            walk_in=frozenset({"employment.jobseeker"}),
        )
        assert calendars.problem(house, kela, now=EARLIER).request.language == "so"


class TestWaived:
    def test_only_what_is_waived_is_free_of_the_order(self, app):
        chain = migri, dvv, _ = ("migri.eu_registration", "dvv.register", "vero.tax_card")

        def prerequisites(*waived: str) -> list[tuple[str, ...]]:
            asked = calendars.problem(current_house(), query(*chain, waived=frozenset(waived)), now=EARLIER)
            return [asked.services[name].after for name in chain]

        assert prerequisites() == [(), (migri,), (dvv, migri)]
        assert prerequisites(dvv) == [(), (), (dvv, migri)]

    def test_a_waived_service_may_come_first(self, app):
        for desk in current_house().desks:
            if desk.agency == "dvv":
                absences.add(desk.id, at("09:00"), at("12:00"), now=EARLIER, by="test")
            if desk.agency == "kela":
                absences.add(desk.id, at("11:00"), at("16:00"), now=EARLIER, by="test")

        def options(*waived: str) -> tuple[VisitOption, ...]:
            both = query("dvv.register", "kela.social_security", waived=frozenset(waived))
            return plan(calendars.problem(current_house(), both, now=EARLIER)).options

        assert options() == ()
        (option,) = options("kela.social_security")
        dvv, kela = option.legs
        assert kela.end <= 11 * 60 < 12 * 60 <= dvv.start


class TestKeptTime:
    SHARES = {"dvv.register": {"kept_pct": 20}, "dvv.changes": {"kept_pct": 35}}

    def lanes(
        self, house: House, service: str, now: datetime, audience: Audience
    ) -> dict[tuple[str, date], int]:
        asked = calendars.problem(house, query(service, last=LAST, audience=audience), now=now)
        return {
            (desk.id, day): lane & ~desk.kept.get(service, {}).get(day, 0)
            for desk in asked.desks
            if service in desk.services
            for day, lane in desk.free.items()
        }

    @pytest.mark.parametrize("service", ["dvv.register", "dvv.changes"])
    def test_the_public_has_its_share_and_the_house_all(self, sqlite_app, service):
        house = changed_house(self.SHARES)
        public = self.lanes(house, service, EARLIER, Audience.PUBLIC)
        inside = self.lanes(house, service, EARLIER, Audience.HOUSE)
        far = [place for place in public if place[1] >= date(2026, 12, 7) and place[1] < date(2026, 12, 12)]
        assert len(far) == 4 * 5
        assert all(public[place] & inside[place] == public[place] for place in public)
        for desk_id in {desk_id for desk_id, _ in far}:
            week = [place for place in far if place[0] == desk_id]
            opened = sum(inside[place].bit_count() for place in week)
            kept = opened - sum(public[place].bit_count() for place in week)
            piece = house.service[service].base_min // 5
            assert abs(kept - opened * house.service[service].kept_pct / 100) <= piece / 2

    def test_everything_is_public_in_time(self, sqlite_app):
        house = changed_house(self.SHARES)
        now = at("09:00", TUESDAY - timedelta(days=1))
        public = self.lanes(house, "dvv.register", now, Audience.PUBLIC)
        inside = self.lanes(house, "dvv.register", now, Audience.HOUSE)
        release = now + timedelta(hours=house.limits.release_hours)
        assert release == at("09:00", TUESDAY + timedelta(days=1))
        for desk_id, day in public:
            if day <= TUESDAY:
                assert public[desk_id, day] == inside[desk_id, day]
        later = [place for place in public if place[1] > TUESDAY]
        assert any(public[place] != inside[place] for place in later)

    def test_a_service_without_a_share_keeps_nothing(self, sqlite_app):
        house = changed_house({"dvv.register": {"kept_pct": 100}, "dvv.changes": {"kept_pct": 0}})
        assert not any(
            self.lanes(house, "dvv.register", EARLIER, Audience.PUBLIC)[place] for place in self.far(house)
        )
        changes = self.lanes(house, "dvv.changes", EARLIER, Audience.PUBLIC)
        assert changes == self.lanes(house, "dvv.changes", EARLIER, Audience.HOUSE)

    def far(self, house: House) -> list[tuple[str, date]]:
        places = self.lanes(house, "dvv.register", EARLIER, Audience.HOUSE)
        return [place for place in places if place[1] > TUESDAY]

    @pytest.mark.parametrize("hours", [0, 30, 48, 96])
    def test_the_check_at_booking_says_the_same_as_the_plan(self, sqlite_app, hours):
        house = changed_house(self.SHARES, {"release_hours": hours})
        now = at("11:10", TUESDAY - timedelta(days=1))
        for service, slots in (("dvv.register", 5), ("dvv.changes", 4)):
            public = self.lanes(house, service, now, Audience.PUBLIC)
            inside = self.lanes(house, service, now, Audience.HOUSE)
            for desk_id, day in [place for place in public if place[1] <= TUESDAY + timedelta(days=5)]:
                offered = starts(public[desk_id, day], slots)
                for start in starts(inside[desk_id, day], slots):
                    begin = instant(day, start, timezone=house.timezone)
                    end = begin + timedelta(minutes=5 * slots)
                    allowed = calendars.is_public(house, service, desk_id, begin, end, now=now)
                    assert allowed == (start in offered), (service, desk_id, day, start)

    def test_it_stays_where_it_is_as_bookings_come(self, sqlite_app):
        house = changed_house(self.SHARES)
        before = self.kept(house)
        for clock in ("09:00", "10:00", "13:00"):
            booked(wish("dvv.register"), not_before=clock)
        assert self.kept(house) == before

    def kept(self, house: House) -> list[Any]:
        asked = calendars.problem(house, query("dvv.register", last=LAST), now=EARLIER)
        return [desk.kept for desk in asked.desks]
