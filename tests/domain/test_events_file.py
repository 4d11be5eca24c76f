"""Files of other systems: what a good one means, and every fault at its line and column."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from ihh.domain.statistics.events_file import Fault, visits
from ihh.domain.statistics.events_values import Expected
from ihh.domain.statistics.facts import ServiceFact, VisitFact

EXPECTED = Expected(
    ZoneInfo("Europe/Helsinki"), date(2026, 12, 1), {"dvv.registration": "dvv", "kela.advice": "kela"}, "old"
)
HEADER = (
    "visit,day,agency,service,people,party_size,channel,language,customer_type,municipality,"
    "booked_at,joined_at,called_at,started_at,ended_at,served_s,outcome,csat,effort,visit_csat"
)
GOOD = {
    "visit": "A-1",
    "day": "2024-03-05",
    "agency": "dvv",
    "service": "dvv.registration",
    "channel": "walk_in",
    "language": "en",
    "customer_type": "work",
    "joined_at": "2024-03-05T09:00",
    "called_at": "2024-03-05T09:10",
    "started_at": "2024-03-05T09:11",
    "ended_at": "2024-03-05T09:31",
    "outcome": "done",
}


def row(**changes: str) -> str:
    values = GOOD | changes
    return ",".join(values.get(name, "") for name in HEADER.split(","))


def read(*rows: str, header: str = HEADER) -> list[object]:
    return read_bytes("\r\n".join([header, *rows, ""]).encode())


def read_bytes(content: bytes) -> list[object]:
    return list(visits(iter(content.splitlines(keepends=True)), EXPECTED))


def utc(hour: int, minute: int = 0) -> datetime:
    return datetime(2024, 3, 5, hour, minute, tzinfo=UTC)


FAMILY = (
    row(people="4", party_size="4", channel="online", booked_at="2024-03-05T09:05", visit_csat="5", csat="4"),
    row(
        people="1",
        party_size="4",
        channel="online",
        agency="kela",
        service="kela.advice",
        joined_at="2024-03-05T07:31:00Z",
        called_at="2024-03-05T09:40:00+02:00",
        started_at="",
        ended_at="2024-03-05 09:50",
        served_s="300",
        outcome="must_return",
        visit_csat="5",
    ),
)
READ = VisitFact(
    day=date(2024, 3, 5),
    key="A-1",
    source="old",
    channel="online",
    language="en",
    customer_type="work",
    party_size=4,
    checked_in_at=utc(7),
    ended_at=utc(7, 50),
    csat=5,
    services=(
        ServiceFact(
            "dvv",
            "dvv.registration",
            0b1111,
            "completed",
            outcome="done",
            booked_at=utc(7, 5),
            joined_at=utc(7),
            called_at=utc(7, 10),
            started_at=utc(7, 11),
            ended_at=utc(7, 31),
            served_s=1200,
            calls=1,
            csat=4,
        ),
        ServiceFact(
            "kela",
            "kela.advice",
            1,
            "completed",
            outcome="must_return",
            joined_at=utc(7, 31),
            called_at=utc(7, 40),
            ended_at=utc(7, 50),
            served_s=300,
            calls=1,
        ),
    ),
)


def test_a_familys_visit_in_both_kinds_of_csv():
    assert read(*FAMILY) == [(2, READ)]
    excel = "\ufeff" + "\r\n".join([HEADER, *FAMILY, ""]).replace(",", ";")
    assert read_bytes(excel.encode()) == [(2, READ)]


def test_who_never_came_and_who_left():
    away = {"joined_at": "", "called_at": "", "started_at": "", "ended_at": ""}
    absent, left = (
        found[1]
        for found in read(
            row(visit="B", channel="staff", booked_at="2024-03-05T10:00", outcome="absent", **away),
            row(visit="C", outcome="left", called_at="", started_at="", ended_at=""),
        )
    )
    assert (absent.checked_in_at, absent.ended_at, absent.services[0].state) == (None, None, "absent")
    assert (left.checked_in_at, left.services[0].state, left.services[0].outcome) == (utc(7), "left", None)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"visit": ""}, "visit"),
        ({"visit": "A 1"}, "visit"),
        ({"visit": "A" * 65}, "visit"),
        ({"day": "5.3.2024"}, "day"),
        ({"day": "2026-12-01"}, "day"),
        ({"day": "1999-12-31"}, "day"),
        ({"agency": "=1+1"}, "agency"),
        ({"agency": "a|b"}, "agency"),
        ({"agency": "kela"}, "service"),
        ({"service": "migri.eu"}, "service"),
        ({"people": "0"}, "people"),
        ({"people": "7"}, "people"),
        ({"people": "3", "party_size": "2"}, "people"),
        ({"party_size": "1,5".replace(",", ".")}, "party_size"),
        ({"channel": "fax"}, "channel"),
        ({"channel": "walk_in", "booked_at": "2024-03-05T09:00"}, "booked_at"),
        ({"language": "English"}, "language"),
        ({"customer_type": ""}, "customer_type"),
        ({"joined_at": "09:00"}, "joined_at"),
        ({"joined_at": ""}, "joined_at"),
        ({"joined_at": "2024-03-06T09:00"}, "joined_at"),
        ({"called_at": "2024-03-05T08:00"}, "called_at"),
        ({"ended_at": "2024-03-05T09:10:59"}, "ended_at"),
        ({"ended_at": ""}, "ended_at"),
        ({"ended_at": "9999-12-31T23:59:59-12:00"}, "ended_at"),
        ({"served_s": "1300"}, "served_s"),
        ({"served_s": "-5"}, "served_s"),
        ({"started_at": ""}, "served_s"),
        ({"outcome": "not_done"}, "outcome"),
        ({"outcome": "absent"}, "booked_at"),
        ({"csat": "6"}, "csat"),
        ({"effort": "0"}, "effort"),
        ({"municipality": "x" * 201}, "municipality"),
    ],
)
def test_every_fault_names_its_line_and_column(changes, column):
    faults = [found for found in read(row(visit="before"), row(**changes)) if isinstance(found, Fault)]
    assert {fault.line for fault in faults} == {3}
    assert column in {fault.column for fault in faults}


@pytest.mark.parametrize("key", ["131052-308T", "131052-308U", "x/010594Y9032", "010516B903X.1"])
def test_keys_that_look_like_identity_codes_are_refused_and_not_repeated(key):
    (fault,) = read(row(visit=key))
    assert fault.column == "visit"
    assert "identity code" in fault.message
    assert key not in str(fault)


@pytest.mark.parametrize(
    ("day", "at", "says"),
    [("2024-03-31", "2024-03-31T03:30", "forward"), ("2024-10-27", "2024-10-27T03:30", "twice")],
)
def test_hours_that_the_clocks_skip_or_show_twice(day, at, says):
    times = dict.fromkeys(("called_at", "started_at"), "")
    (fault,) = read(row(day=day, joined_at=at, ended_at="", outcome="left", **times))
    assert (fault.column, says in fault.message) == ("joined_at", True)
    ((_, visit),) = read(row(day=day, joined_at=f"{at}+02:00", ended_at="", outcome="left", **times))
    assert visit.checked_in_at == datetime.fromisoformat(f"{at}+02:00")


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"", 1, "visit"),
        (b"\xff\xfe", 1, ""),
        (f"{HEADER},colour\n".encode(), 1, "colour"),
        (f"{HEADER},csat\n".encode(), 1, "csat"),
        (HEADER.replace("visit,", "").encode(), 1, "visit"),
        (f"{HEADER}\n{row()}\nB,2024-03-05\n".encode(), 3, "visit"),
        (f"{HEADER}\n{row()}\n".encode() + b"\xe4\n", 3, ""),
        (f'{HEADER}\n{row()}\n"A'.encode(), 3, ""),
        (f"{HEADER}\n{row(visit='a' + chr(0))}\n".encode(), 2, "visit"),
    ],
)
def test_what_is_no_such_file(content, line, column):
    faults = [found for found in read_bytes(content) if isinstance(found, Fault)]
    assert (line, column) in [(fault.line, fault.column) for fault in faults]


def test_rows_of_a_visit_agree_about_it():
    faults = read(row(), row(language="fi"))
    assert [(fault.line, fault.column) for fault in faults] == [(3, "language")]


def test_line_numbers_count_lines_within_quotes():
    quoted = row(visit="ok").replace("work", '"wo\nrk"')
    faults = read(quoted, row(visit="B", csat="9"))
    assert [(fault.line, fault.column) for fault in faults] == [(2, "customer_type"), (4, "csat")]
