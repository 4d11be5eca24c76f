"""The house now: each figure and alert against a small morning made by hand."""

from __future__ import annotations

from datetime import timedelta

from ihh.domain.party import Party
from ihh.services import check_in, desks, serving
from ihh.services.house_now import AlertKind, Level, Mark, house_now
from tests.situations import TUESDAY, at, booked, opened, walked_in, wish
from tests.situations import visit as visit_of


def line_of(found, agency):
    return next(line for line in found.lines if line.agency.id == agency)


def kinds(found):
    return {alert.agency.id: alert.kind for alert in found.alerts}


def test_an_empty_house_before_anyone_came(app):
    found = house_now(now=at("09:05"))
    assert (found.people, found.waiting, found.desks_open) == (0, 0, 0)
    assert found.desks_due > 10
    assert found.called_in_time is None
    assert found.alerts == ()
    assert all(line.level is Level.NONE for line in found.lines)


def test_people_lines_and_desks(app):
    opened("city-1", "city-2", now=at("09:00"))
    walked_in("city.guidance", party=Party(2, 1), now=at("09:10"))
    walked_in("city.guidance", now=at("09:12"))
    walked_in("city.guidance", now=at("09:14"))
    serving.call_next("city-1", now=at("09:20"), by="t")
    serving.start("city-1", now=at("09:21"), by="t")
    desks.pause_desk("city-2", now=at("09:22"))
    found = house_now(now=at("09:30"))
    line = line_of(found, "city")
    assert found.people == 5
    assert (line.waiting, line.longest_min) == (2, 18)
    assert [desk.mark for desk in line.desks] == [Mark.SERVING, Mark.BREAK]
    assert found.desks_open == 2
    assert found.called_in_time == (1, 1)  # ten minutes
    assert found.people_by_time == ((540, 0), (555, 5), (570, 5))


def test_people_wait_and_no_desk_is_open(app):
    walked_in("city.guidance", now=at("09:10"))
    found = house_now(now=at("09:20"))
    alert = found.alerts[0]
    assert (alert.kind, alert.agency.id, alert.people) == (AlertKind.NO_DESK, "city", 1)
    assert {desk.desk.id for desk in alert.desks} == {"city-1", "city-2"}


def test_a_line_too_long_for_the_rest_of_the_day(app):
    opened("city-1", now=at("14:00"))
    for minute in range(30):
        walked_in("city.guidance", now=at("14:10") + timedelta(seconds=minute))
    found = house_now(now=at("14:30"))
    alert = found.alerts[0]
    assert (alert.kind, alert.agency.id) == (AlertKind.UNSERVED, "city")
    assert 15 < alert.people < 30  # ninety minutes hold about six services of a quarter of an hour
    assert [desk.desk.id for desk in alert.desks] == ["city-2"]


def test_an_agency_that_calls_its_appointments_late(app):
    opened("dvv-1", now=at("09:00"))
    visits = [booked(wish("dvv.register"), not_before="09:30") for _ in range(3)]
    for visit in visits:
        check_in.check_in(visit_of(visit.id).check_in_token, now=at("09:15"), by="kiosk:test")
    found = house_now(now=at("09:50"))
    line = line_of(found, "dvv")
    assert line.behind_min >= 20
    assert kinds(found)["dvv"] in (AlertKind.BEHIND, AlertKind.UNSERVED)


def test_the_next_hour_counts_who_is_booked_and_has_not_come(app):
    for start in ("10:00", "10:30", "13:00"):
        booked(wish("dvv.register"), not_before=start)
    found = house_now(now=at("09:40"))
    assert found.next_hour.booked == 2
    assert found.next_hour.walk_ins is None


def test_walk_ins_are_expected_as_in_the_weeks_before(app):
    for week, count in ((1, 2), (2, 5), (3, 3)):
        day = TUESDAY - timedelta(weeks=week)
        for index in range(count):
            walked_in("city.guidance", now=at("10:10", day) + timedelta(minutes=index))
    assert house_now(now=at("10:00")).next_hour.walk_ins == (2, 5)
