"""Years of another system as a file: read row by row, every fault told by line and column.

`docs/import-events.md` is the description for those who write such files. A row is a service; the rows of
a visit stand together, and what belongs to the visit is the same in each of them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, pairwise
from typing import Any

from ihh.domain.statistics.events_values import COLUMNS, REQUIRED, SERVED, UNSERVED, Expected, Wrong
from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.domain.ticket import UNKNOWN_OUTCOME, TicketState
from ihh.domain.visit import Origin

LONGEST_FIELD = 200

TIMES = ("joined_at", "called_at", "started_at", "ended_at")
OF_VISIT = ("day", "party_size", "channel", "language", "customer_type", "municipality", "moves")
ANSWERS = ("visit_csat", "visit_effort", "nps")


@dataclass(frozen=True)
class Fault:
    """What is wrong at a place of the file; `column` is empty where it is the whole line."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{place}: {self.message}"


Row = dict[str, Any]
Found = tuple[int, VisitFact]
"""With the line on which the visit begins."""


def visits(lines: Iterable[bytes], expected: Expected) -> Iterator[Found | Fault]:
    """Visits and faults in the file's order; after a fault the reading goes on where it can.

    A visit with a faulty row is left out. Memory does not grow with the file.
    """
    reader, header, faults = _opened(lines)
    yield from faults
    if faults:
        return
    kept: list[tuple[int, Row]] = []
    key, is_whole = None, True
    for line, told in _rows(reader, header, expected):
        if isinstance(told, Fault):
            yield told
            if not told.column:
                return
            continue
        if key is not None and told["visit"] != key:
            if kept and is_whole:
                yield _visit(kept, expected)
            kept, is_whole = [], True
        key = told["visit"]
        if told["is_faulty"]:
            is_whole = False
        elif kept and is_whole and (column := _differs(kept[0][1], told)):
            yield Fault(line, column, "differs from the visit's first row")
            is_whole = False
        kept.append((line, told))
    if kept and is_whole:
        yield _visit(kept, expected)


def _opened(lines: Iterable[bytes]) -> tuple[Any, list[str], list[Fault]]:
    """A reader behind the header, whichever of the two kinds of CSV it is."""
    left = iter(lines)
    first = next(left, b"")
    try:
        begins = first.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None, [], [Fault(1, "", "is not UTF-8: save the file as CSV UTF-8")]
    delimiter = ";" if begins.count(";") > begins.count(",") else ","
    texts = chain([begins], (line.decode("utf-8") for line in left))
    reader = csv.reader(texts, delimiter=delimiter, strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
    except (csv.Error, UnicodeDecodeError):
        return None, [], [Fault(1, "", "is not a header: the first line names the columns")]
    return reader, header, list(_header_faults(header))


def _header_faults(header: list[str]) -> Iterator[Fault]:
    for name in REQUIRED:
        if name not in header:
            yield Fault(1, name, "the column is missing")
    for name in dict.fromkeys(header):
        if name not in COLUMNS:
            yield Fault(1, name[:40], "is not a column of this format")
        elif header.count(name) > 1:
            yield Fault(1, name, "the column is there twice")


def _rows(reader: Any, header: list[str], expected: Expected) -> Iterator[tuple[int, Row | Fault]]:
    """Rows with their lines; a fault without a column ends the reading."""
    at = reader.line_num
    while True:
        try:
            fields = next(reader, None)
        except (csv.Error, UnicodeDecodeError) as error:
            yield reader.line_num, Fault(at + 1, "", _unreadable(error))
            return
        if fields is None:
            return
        line, at = at + 1, reader.line_num
        if not any(fields):
            continue
        if len(fields) != len(header):
            yield line, Fault(line, header[0], f"{len(fields)} values in a row of {len(header)} columns")
            continue
        given = dict(zip(header, fields, strict=True))
        row, faults = _row(given, line, expected)
        for fault in faults:
            yield line, fault
        if row is not None:
            yield line, row


def _unreadable(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8: save the file as CSV UTF-8"
    return f"cannot be read as CSV ({error})"


def _row(given: Mapping[str, str], line: int, expected: Expected) -> tuple[Row | None, list[Fault]]:
    """The row's values, or None where not even the visit is known; and every fault of it."""
    row: Row = {}
    faults = []
    for name, read in COLUMNS.items():
        text = given.get(name, "").strip()
        try:
            if len(text) > LONGEST_FIELD:
                raise Wrong(f"is longer than {LONGEST_FIELD} characters")
            if not text and name in REQUIRED:
                raise Wrong("is empty")
            row[name] = read(text, expected) if text else None
        except Wrong as wrong:
            faults.append(Fault(line, name, str(wrong)))
    if not faults:
        faults = [Fault(line, column, message) for column, message in _contradictions(row, expected)]
    row["is_faulty"] = bool(faults)
    return (row if "visit" in row else None), faults


def _differs(first: Row, row: Row) -> str | None:
    for name in (*OF_VISIT, *ANSWERS):
        if row.get(name) != first.get(name):
            return name
    return None


def _contradictions(row: Row, expected: Expected) -> Iterator[tuple[str, str]]:
    """What cannot be true together."""
    agency = expected.agency_of.get(row["service"], row["service"].partition(".")[0])
    if agency != row["agency"]:
        yield "service", f"is of {agency}, not of {row['agency']}: an unknown one is written agency.service"
    if row["party_size"] is not None and (row["people"] or 1) > row["party_size"]:
        yield "people", "is more than party_size"
    if row["channel"] == Origin.WALK_IN and row["booked_at"] is not None:
        yield "booked_at", "a walk_in has no appointment"
    yield from _wrong_times(row, expected)
    if row["outcome"] in SERVED:
        yield from _wrong_service(row)
    elif row["outcome"] == "absent":
        yield from _wrong_absence(row)
    elif row["joined_at"] is None:
        yield "joined_at", "is empty, though somebody stood in the line"


def _wrong_times(row: Row, expected: Expected) -> Iterator[tuple[str, str]]:
    for name in ("booked_at", *TIMES):
        at = row[name]
        if at is not None:
            late = at.astimezone(expected.zone).date() - row["day"]
            if not timedelta(0) <= late <= timedelta(days=1 if name in TIMES[1:] else 0):
                yield name, "is not on the day"
    told = [(name, row[name]) for name in TIMES if row[name] is not None]
    for (before, earlier), (after, later) in pairwise(told):
        if later < earlier:
            yield after, f"is before {before}"


def _wrong_service(row: Row) -> Iterator[tuple[str, str]]:
    if row["joined_at"] is None:
        yield "joined_at", "is empty, though somebody was served"
    if row["outcome"] == UNKNOWN_OUTCOME:
        return
    if row["ended_at"] is None:
        yield "ended_at", "is empty: give it, or the outcome unknown"
    elif row["started_at"] is not None:
        spent = (row["ended_at"] - row["started_at"]).total_seconds()
        if (row["served_s"] or 0) > spent + 1:
            yield "served_s", "is more than from started_at to ended_at"
    elif row["served_s"] is None:
        yield "served_s", "is empty, and so is started_at: nobody can say how long it took"


def _wrong_absence(row: Row) -> Iterator[tuple[str, str]]:
    if row["booked_at"] is None:
        yield "booked_at", "is empty: only an appointment can be missed"
    for name in (*TIMES, "served_s", "csat", "effort"):
        if row[name] is not None:
            yield name, "is given, though nobody came"


def _visit(rows: list[tuple[int, Row]], expected: Expected) -> Found:
    line, first = rows[0]
    joined = [row["joined_at"] for _, row in rows if row["joined_at"] is not None]
    ended = [row["ended_at"] for _, row in rows if row["ended_at"] is not None]
    return line, VisitFact(
        day=first["day"],
        key=first["visit"],
        channel=first["channel"],
        language=first["language"],
        customer_type=first["customer_type"],
        municipality=first["municipality"],
        party_size=first["party_size"] or max(row["people"] or 1 for _, row in rows),
        services=tuple(_service(row) for _, row in rows),
        source=expected.source,
        checked_in_at=min(joined, default=None),
        ended_at=max(ended, default=None),
        moves=first["moves"] or 0,
        csat=first["visit_csat"],
        effort=first["visit_effort"],
        nps=first["nps"],
    )


def _service(row: Row) -> ServiceFact:
    outcome = row["outcome"]
    is_served = outcome in SERVED
    served_s = row["served_s"]
    if served_s is None and is_served and None not in (row["started_at"], row["ended_at"]):
        served_s = int((row["ended_at"] - row["started_at"]).total_seconds())
    return ServiceFact(
        agency=row["agency"],
        service=row["service"],
        people=(1 << (row["people"] or 1)) - 1,
        state=TicketState.COMPLETED.value if is_served else UNSERVED[outcome],
        outcome=outcome if is_served else None,
        booked_at=row["booked_at"],
        **{name: row[name] for name in TIMES},
        served_s=served_s or 0,
        calls=0 if row["called_at"] is None else 1,
        csat=row["csat"],
        effort=row["effort"],
    )
