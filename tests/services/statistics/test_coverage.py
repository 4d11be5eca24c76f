"""Only what is recorded as a whole is released: a day nobody recorded is never a zero, on both engines."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.statistics.coverage import DayRange
from ihh.domain.statistics.periods import PeriodKind, Span, parse, single
from ihh.domain.wish import LegWish, Wish
from ihh.models import ClosedDay, CompleteRange, Release, VisitFactRow
from ihh.models.account import Role
from ihh.services import accounts, check_in, day_end, retention
from ihh.services.house import current_house
from ihh.services.statistics import bulk, declaring, importing, releasing
from ihh.services.statistics.closing import begun_on, close_days
from ihh.services.statistics.coverage import coverage
from ihh.services.statistics.published import published, released
from ihh.services.statistics.releasing import release_closed
from tests.conftest import Threads
from tests.services.statistics import made_up_facts

HEADER = ("visit", "day", "agency", "service", "channel", "language", "customer_type", "joined_at", "outcome")
IMPORTED_ON = datetime(2026, 11, 3, 12, tzinfo=UTC)
DECLARED_ON = datetime(2026, 12, 16, 12, tzinfo=UTC)
OPENED = date(2026, 11, 10)
"""A Tuesday."""


def file_of(folder: Path, *days: str, each: int = 8) -> Path:
    """So many visits of one person on each of the days."""
    file = folder / f"{'-'.join(days)}.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for day in days:
            for number in range(each):
                at = f"{day}T09:{number:02d}"
                key = f"{day}.{number}"
                writer.writerow([key, day, "dvv", "dvv.register", "walk_in", "en", "work", at, "left"])
    return file


def bring_in(folder: Path, *days: str, source: str = "old", each: int = 8) -> None:
    importing.bring_in(file_of(folder, *days, each=each), source, now=IMPORTED_ON)


def declare(first: str, last: str, *, now: datetime = DECLARED_ON) -> declaring.Declared:
    return declaring.declare(days(first, last), now=now, nobody_came=True)


def days(first: str, last: str) -> DayRange:
    return DayRange(date.fromisoformat(first), date.fromisoformat(last))


def night(day: date) -> list[str]:
    """The night's work before that day; codes of what it released."""
    now = datetime.combine(day, time(1), UTC)
    day_end.tidy(now=now)
    close_days(now=now)
    return [period.code for period in release_closed(now=now)]


def open_the_house(*when: date) -> None:
    """On these days somebody comes to this house itself."""
    wish = Wish(Party(1), (LegWish("kela.social_security", ("p1",)),), "en")
    for day in when or (OPENED,):
        check_in.take_number(wish, now=datetime.combine(day, time(8), UTC), by="desk")


def all_released() -> set[str]:
    return {period.code for kind in PeriodKind for period in released(kind)}


def visits_of(code: str) -> object:
    return published(single(parse(code)), ["total"]).total.cells["visits"].amount  # type: ignore[index]


def test_one_imported_visit_publishes_nothing(app: Flask, tmp_path: Path) -> None:
    """Not its own day, and no zeros for the years after it; the real data can still come."""
    bring_in(tmp_path, "2024-03-05", each=1)
    assert night(date(2026, 11, 4)) == []
    assert db.session.scalars(select(ClosedDay)).all() == []
    bring_in(tmp_path, "2024-06-04")
    assert night(date(2026, 11, 5)) == []


def test_two_nights_two_sources_one_month(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, "2024-06-04")
    assert night(date(2026, 11, 4)) == []
    bring_in(tmp_path, "2024-06-04", "2024-06-05", source="kiosk", each=7)
    done = declare("2024-06-01", "2024-06-30")
    assert (done.visits, done.open_days, done.empty_days) == (22, 19, 17)
    codes = night(date(2026, 11, 5))
    assert {"2024-06", "2024-06-04", "2024-06-05", "2024-W23"} <= set(codes)
    assert "2024" not in codes, "of its other months nothing is known"
    assert "2024-W22" not in codes, "it begins in May"
    assert (visits_of("2024-06"), visits_of("2024-06-04")) == (8 + 14, 8 + 7)
    assert visits_of("2024-06-06") == 0, "declared: nobody came"
    assert night(date(2026, 11, 6)) == []


def test_a_year_without_data_between_two_is_not_released(
    app: Flask, tmp_path: Path, client: FlaskClient
) -> None:
    """2024 comes from another system, of 2025 nothing is known, this house opened in November 2026."""
    bring_in(tmp_path, "2024-01-02", "2024-12-30")
    declare("2024-01-01", "2024-12-31")
    open_the_house()
    night(OPENED + timedelta(days=1))
    night(date(2026, 12, 20))
    codes = all_released()
    assert {"2024", "2024-01", "2024-12", "2024-W01", "2026-11-10", "2026-W47"} <= codes
    assert [code for code in codes if code.startswith("2025")] == []
    assert not {"2026", "2026-11", "2026-W46"} & codes, "who kept the days before the tenth?"
    with pytest.raises(Refusal) as refused:
        published(Span(parse("2024-12"), parse("2025-01")), ["total"])
    assert refused.value.code is Code.NOT_FOUND

    user = accounts.add_user("reader", "correct horse battery", Role.ANALYST, agency_id=None, now=IMPORTED_ON)
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = user.get_id(), True
    for code, words in (("2025-06", "June 2025"), ("2025", "2025"), ("2025-06-07", "7 June 2025")):
        page = client.get(f"/statistics?span={code}&lang=en")
        assert page.status_code == 404
        assert f"{words}: not every day of it is recorded." in page.text

    declare("2026-11-01", "2026-11-09")
    night(date(2026, 12, 21))
    assert {"2026-11", "2026-W46"} <= all_released(), "now somebody said that nobody came"


def test_a_house_that_opens_in_the_middle_of_a_month_has_figures_of_it(app: Flask) -> None:
    """Nothing was imported: what lies before the first day is before the beginning."""
    open_the_house(*[OPENED] * 6, *[OPENED + timedelta(days=3)] * 5)
    night(OPENED + timedelta(days=1))
    night(date(2026, 12, 20))
    codes = all_released()
    assert {"2026-11-10", "2026-W46", "2026-11"} <= codes
    assert min(code for code in codes if len(code) == 10) == "2026-11-10"
    assert "2026-10" not in codes
    assert visits_of("2026-11") == 6 + 5


def test_a_month_partly_imported_and_partly_own_has_no_gap(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, "2026-11-02")
    open_the_house(*[OPENED] * 6)
    night(OPENED + timedelta(days=1))
    declare("2026-11-01", "2026-11-06")
    night(date(2026, 12, 20))
    assert not {"2026-11", "2026-W46"} & all_released(), "Monday the ninth is nobody's"
    declare("2026-11-07", "2026-11-09")
    night(date(2026, 12, 21))
    assert {"2026-11", "2026-W46"} <= all_released()
    assert visits_of("2026-11") == 8 + 6


def test_an_import_in_the_opening_month_makes_it_wait(app: Flask, tmp_path: Path) -> None:
    open_the_house()
    night(OPENED + timedelta(days=1))
    bring_in(tmp_path, "2026-10-30")
    assert "2026-11" not in night(date(2026, 12, 20)), "more may come of the days before the tenth"
    assert {"2026-11-10", "2026-W47"} <= all_released()


def test_ranges_join_and_are_declared_once(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, "2024-06-04")
    for first, last in (
        ("2024-06-01", "2024-06-12"),
        ("2024-06-10", "2024-06-20"),
        ("2024-06-21", "2024-06-30"),
    ):
        declare(first, last)
        declare(first, last)
    assert db.session.scalar(select(func.count()).select_from(CompleteRange)) == 3
    now = coverage(current_house(), IMPORTED_ON.date())
    assert now.ranges == (days("2024-06-01", "2024-06-30"),)
    assert "2024-06" in night(date(2026, 11, 4))


def test_two_who_declare_the_same_at_once(app: Flask, threads: Threads, tmp_path: Path) -> None:
    bring_in(tmp_path, "2024-06-04")
    done = threads(4, lambda index: declare("2024-06-01", "2024-06-30"))
    assert {type(one).__name__ for one in done} == {"Declared"}
    assert db.session.scalar(select(func.count()).select_from(CompleteRange)) == 1


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-11-01", "2026-11-16", "has not ended"),
        ("2026-11-01", "2026-11-10", "records its days itself since 2026-11-10"),
        ("2024-06-30", "2024-06-01", "is before"),
        ("2024-05-01", "2024-07-31", "2024-05, 2024-07"),
    ],
)
def test_what_cannot_be_declared(app: Flask, tmp_path: Path, first: str, last: str, says: str) -> None:
    bring_in(tmp_path, "2024-06-04")
    open_the_house()
    with pytest.raises(declaring.Undeclarable, match=says):
        declaring.declare(days(first, last), now=datetime(2026, 11, 16, 12, tzinfo=UTC))
    assert db.session.scalars(select(CompleteRange)).all() == []


def test_a_declared_range_takes_no_more_visits(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, "2024-06-04")
    declare("2024-06-01", "2024-06-30")
    with pytest.raises(importing.Faulty) as faulty:
        bring_in(tmp_path, "2024-05-31", "2024-06-05", each=1)
    (fault,) = faulty.value.faults
    assert (fault.line, fault.column) == (3, "day")
    assert "2024-06-01 to 2024-06-30 is declared complete" in str(fault)


def test_days_since_the_house_began_are_its_own(app: Flask, tmp_path: Path) -> None:
    """Also those on which nobody came."""
    open_the_house()
    file = file_of(tmp_path, "2026-11-09", "2026-11-12", each=1)
    with pytest.raises(importing.Faulty) as faulty:
        importing.bring_in(file, "old", now=datetime(2026, 11, 20, 12, tzinfo=UTC))
    assert [(fault.line, fault.column) for fault in faulty.value.faults] == [(3, "day")]


def test_a_file_and_its_declaration_are_one(app: Flask, tmp_path: Path) -> None:
    file = file_of(tmp_path, "2024-06-04", "2024-07-02")
    too_much = importing.Complete(days("2024-05-01", "2024-07-31"))
    for work in (importing.check, importing.bring_in):
        with pytest.raises(declaring.Undeclarable, match="no visit of 2024-05 is here"):
            work(file, "old", now=IMPORTED_ON, complete=too_much)
    assert db.session.scalars(select(VisitFactRow)).all() == []
    importing.bring_in(
        file, "old", now=IMPORTED_ON, complete=importing.Complete(days("2024-06-01", "2024-07-31"))
    )
    assert {"2024-06", "2024-07"} <= set(night(date(2026, 11, 4)))


def test_who_declares_waits_for_an_import_on_its_way(
    app: Flask, threads: Threads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the month could be counted between the two, without the file."""
    bring_in(tmp_path, "2024-06-04")
    is_written, bring_back = Event(), importing._bring_back

    def slowly(found: Iterable[date]) -> None:
        bring_back(found)
        is_written.set()
        sleep(0.5)

    def work(index: int) -> int:
        if index == 0:
            bring_in(tmp_path, "2024-06-05")
            return 0
        assert is_written.wait(20)
        return declare("2024-06-01", "2024-06-30").visits

    monkeypatch.setattr(importing, "_bring_back", slowly)
    assert threads(2, work) == [0, 8 + 8]
    night(date(2026, 11, 4))
    assert visits_of("2024-06") == 8 + 8


def _kept() -> int:
    return db.session.scalar(select(func.count()).select_from(VisitFactRow)) or 0


def test_visits_that_come_in_while_a_period_is_counted_stop_its_release(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A house's opening month: between the counting and the writing somebody imports its first days."""
    open_the_house(*[OPENED] * 6)
    night(OPENED + timedelta(days=1))
    counted = releasing._counted

    def slowly(house, period):  # type: ignore[no-untyped-def]
        found = counted(house, period)
        if period.code == "2026-11":
            bring_in(tmp_path, "2026-11-02", each=1)
        return found

    monkeypatch.setattr(releasing, "_counted", slowly)
    night(date(2026, 12, 20))
    assert db.session.get(Release, ("month", date(2026, 11, 1))) is None
    assert _kept() == 6 + 1


class TestPurge:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(retention, "PAUSE_S", 0)

    def test_ranges_stay_and_a_purged_import_is_no_beginning(self, app: Flask, tmp_path: Path) -> None:
        bring_in(tmp_path, "2024-06-04")
        declare("2024-01-01", "2024-12-31")
        night(date(2026, 11, 4))
        figures = visits_of("2024-06")
        retention.purge(now=datetime(2026, 11, 4, 2, tzinfo=UTC))
        assert _kept() == 0
        assert db.session.scalars(select(ClosedDay.closed_at)).all() == [None]
        assert begun_on(date(2026, 11, 4)) is None
        assert night(date(2026, 11, 20)) == []
        assert (visits_of("2024-06"), len(db.session.scalars(select(CompleteRange)).all())) == (figures, 1)

    def test_what_is_too_old_goes_undeclared_and_may_come_again(self, app: Flask, tmp_path: Path) -> None:
        """Thirty-seven months at most; then nobody can declare the days as if nobody had come on them."""
        bring_in(tmp_path, "2022-06-07")
        assert declaring.kept_since(now=IMPORTED_ON) > date(2022, 6, 7)
        assert night(date(2026, 11, 4)) == []
        retention.purge(now=datetime(2026, 11, 4, 2, tzinfo=UTC))
        assert _kept() == 0
        with pytest.raises(declaring.Undeclarable, match="the events of 2022-06-07"):
            declare("2022-06-01", "2022-06-30")
        file = file_of(tmp_path, "2022-06-07", each=9)
        complete = importing.Complete(days("2022-06-01", "2022-06-30"))
        importing.bring_in(file, "old", now=IMPORTED_ON, complete=complete)
        assert "2022-06" in night(date(2026, 11, 5))
        assert visits_of("2022-06") == 9


def test_facts_of_a_generator_are_not_released_by_themselves(app: Flask) -> None:
    """Whoever writes facts without a file declares them too, as the demonstration does."""
    made: Iterable[object] = made_up_facts.days(current_house(), date(2025, 3, 3), 10, seed=1, visits=9)
    with transaction():
        bulk.add(made)  # type: ignore[arg-type]
    assert night(date(2026, 11, 4)) == []
