"""Retention on both databases: what is said to go goes, nothing else, and what is published stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from ihh.db import Base, db, transaction
from ihh.domain.contact import Reachable
from ihh.domain.feedback import Answer, FeedbackChannel
from ihh.domain.masking import Flag
from ihh.domain.party import Party
from ihh.domain.statistics.coverage import DayRange
from ihh.domain.statistics.periods import Period, PeriodKind, Span, containing, parse, single
from ihh.domain.statistics.tables import PUBLISHED
from ihh.models import (
    ClosedDay,
    Contact,
    DayFactRow,
    Engagement,
    ExportLog,
    Feedback,
    FigureRow,
    KioskUse,
    Letter,
    LiveEstimate,
    Release,
    Slot,
    Visit,
    VisitFactRow,
    WaitlistContact,
    WaitlistEntry,
)
from ihh.services import booking, check_in, day_end, proposals, retention
from ihh.services.feedback import give_feedback
from ihh.services.house import current_house
from ihh.services.kiosk_use import KioskAction, note
from ihh.services.statistics import bulk, closing, declaring, releasing
from ihh.services.statistics.published import published
from ihh.services.statistics.releasing import release_closed
from ihh.services.tickets import tickets_of
from tests.services.statistics import made_up_facts
from tests.services.test_feedback import KELA, TAX, served
from tests.situations import HELSINKI, TUESDAY, at, booked, kept_busy, visit, wish

EVENING = at("18:00")
DUE = date(2029, 1, 2)
"""The first day on which 1 December 2026 is more than 25 months ago."""

OF_PEOPLE = {
    *("contact", "letter", "leg", "slot", "ticket", "queue_event", "live_estimate", "engagement", "visit"),
    *("feedback", "visit_fact", "service_fact", "waitlist_entry", "waitlist_contact", "kiosk_use"),
    "answered_request",
}


def night(day: date) -> datetime:
    return at("03:00", day)


def amounts() -> dict[str, int]:
    """Rows of every table there is."""
    db.session.expire_all()
    tables = Base.metadata.sorted_tables
    found = {table.name: db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    db.session.rollback()
    return found


def a_day_of_everything() -> None:
    """A Tuesday with all that a visit can leave behind; two days before it somebody cancelled."""
    cancelled = booked(wish(TAX), day=TUESDAY)
    booking.cancel(cancelled.id, now=at("12:00", TUESDAY - timedelta(days=2)))
    first = proposals.propose(
        wish(TAX), now=at("12:00", TUESDAY - timedelta(days=4)), first=TUESDAY, last=TUESDAY
    )
    assert first.earliest is not None
    held = booking.hold(wish(TAX), first.earliest, source=None, now=at("12:00", TUESDAY - timedelta(days=4)))
    booking.confirm(held.id, Reachable("ann@example.com", None), now=at("12:01", TUESDAY - timedelta(days=4)))
    two = served(KELA, TAX)
    give_feedback(
        two.id,
        Answer(5, 6, None, "Kind."),
        ticket_id=None,
        channel=FeedbackChannel.MY_VISIT,
        language="en",
        now=EVENING,
    )
    give_feedback(
        two.id,
        Answer(None, None, None, "Quick."),
        ticket_id=tickets_of(two.id)[0].id,
        channel=FeedbackChannel.KIOSK,
        language="en",
        now=EVENING,
    )
    check_in.take_number(
        wish(KELA, party=Party(2)), now=at("14:00"), by="kiosk:1", request_id="a-request-of-a-kiosk"
    )
    note(KioskAction.TAKE_NUMBER, None, device_id=None, now=at("14:00"))
    day_end.tidy(now=night(TUESDAY + timedelta(days=1)))
    with transaction():
        leave_behind(two.id, held.id)


def leave_behind(visit_id: str, other_id: str) -> None:
    """What mostly goes by itself before, and may still be there where something went wrong."""
    ticket, leg = tickets_of(visit_id)[0], visit(other_id).legs[0]
    entry = WaitlistEntry(
        id="w" * 32,
        state="taken",
        link_token="t" * 22,
        created_at=EVENING,
        language="en",
        wish={},
        first_date=TUESDAY,
        last_date=TUESDAY,
        offered_visit_id=other_id,
    )
    db.session.add(entry)
    db.session.flush()
    db.session.add_all(
        [
            Engagement(visit_id=visit_id, person="p1", ticket_id=ticket.id),
            LiveEstimate(ticket_id=ticket.id, at=EVENING, low=1, middle=2, high=3, naive=4),
            Letter(kind="waitlist_offer", entry_id=entry.id, created_at=EVENING),
            Letter(kind="booked", visit_id=visit_id, created_at=EVENING),
            Slot(desk_id="vero-1", starts_at=at("11:00"), leg_id=leg.id),
            WaitlistContact(entry_id=entry.id, phone="+358401234567", delete_after=date(2040, 1, 1)),
        ]
    )


def released_until(day: date) -> None:
    closing.close_days(now=night(day))
    release_closed(now=night(day))


def everything_published() -> dict[str, Any]:
    periods = [containing(TUESDAY, kind) for kind in PeriodKind]
    return {
        period.code: published(single(period), [table.code for table in PUBLISHED[period.kind]])
        for period in periods
    }


@pytest.fixture
def old_house(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A whole day whose day, week, month and year are released."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    a_day_of_everything()
    released_until(date(2027, 1, 6))
    return app


def test_nothing_goes_before_its_time(old_house: Flask) -> None:
    before = amounts()
    for day in (date(2027, 1, 6), DUE - timedelta(days=1)):
        done = retention.purge(now=night(day))
        assert (done.days.going, done.days.waiting) == ((), ())
    assert amounts() == {**before, "contact": 0, "desk_session": 0}, "these have shorter times"


def test_what_is_said_to_go_goes_and_the_figures_stay(old_house: Flask) -> None:
    figures, before = everything_published(), amounts()
    assert {name for name in OF_PEOPLE if not before[name]} == set()

    told = retention.plan(now=night(DUE))
    assert amounts() == before, "to be told changes nothing"

    done = retention.purge(now=night(DUE))
    assert done == told
    assert done.days.going == (TUESDAY,)
    after = amounts()
    assert {name for name in OF_PEOPLE if after[name]} == set()
    assert {name: before[name] - after[name] for name in before if before[name] != after[name]} == {
        name: amount for name, amount in done.rows.items() if amount and name in before
    } | {"feedback": before["feedback"]}
    assert done.rows[retention.COMMENTS] == 2
    assert everything_published() == figures
    assert db.session.get(ClosedDay, TUESDAY).purged_at == night(DUE)

    again = retention.purge(now=night(DUE))
    assert again.total == 0
    assert amounts() == after
    closing.close_days(now=night(DUE + timedelta(days=1)))
    assert db.session.scalars(select(VisitFactRow)).all() == [], "no facts out of nothing"


def test_it_may_be_stopped_anywhere(old_house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH_VISITS", 1)
    figures, told, stops = everything_published(), retention.plan(now=night(DUE)), 0
    db.session.rollback()
    for number in range(1, 200):
        try:
            with stopped_at(number):
                done = retention.purge(now=night(DUE))
        except Stopped:
            stops += 1
            db.session.rollback()
            assert_whole()
        else:
            break
    assert stops > 10
    assert done.total < told.total, "what went before it was stopped is not told twice"
    assert {name for name in OF_PEOPLE if amounts()[name]} == set()
    assert everything_published() == figures


class Stopped(Exception):
    """As if the power went."""


@contextmanager
def stopped_at(number: int) -> Iterator[None]:
    """The statement of that number that deletes or changes something fails."""
    left = number

    def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        nonlocal left
        if statement.startswith(("DELETE", "UPDATE")):
            left -= 1
            if left == 0:
                raise Stopped

    event.listen(db.engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", before)


def assert_whole() -> None:
    """A visit is there with all its legs and tickets, or not at all; facts go last, all of a day together."""
    for one in db.session.scalars(select(Visit)):
        came = one.checked_in_at is not None
        assert len(one.legs) >= 1
        assert bool(tickets_of(one.id)) == came
    facts, services = (amounts()[name] for name in ("visit_fact", "service_fact"))
    assert (facts == 0) == (services == 0)
    if facts == 0:
        assert amounts()["visit"] == 0
    if db.engine.dialect.name == "sqlite":
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []


def test_a_year_that_is_not_released_keeps_its_events_a_year_longer(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody ended the year's last open day, so that neither December nor the year was ever released."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    a_day_of_everything()
    closing.close_days(now=night(date(2026, 12, 20)))
    release_closed(now=night(date(2026, 12, 20)))

    kept = retention.purge(now=night(DUE))
    assert (kept.days.going, kept.days.waiting) == ((), (TUESDAY,))
    assert amounts()["visit"] == 3 + 1
    assert db.session.scalars(select(Feedback.line)).all() == [None], "comments wait for nothing"

    last = retention.purge(now=night(date(2030, 1, 1)))
    assert last.days.waiting == (TUESDAY,)
    gone = retention.purge(now=night(date(2030, 1, 2)))
    assert (gone.days.going, gone.days.unpublished) == ((TUESDAY,), (TUESDAY,))
    assert amounts()["visit"] == 0
    closing.close_days(now=night(date(2030, 1, 3)))
    late = {period.code for period in release_closed(now=night(date(2030, 1, 3)))}
    assert not {"2026-12", "2026"} & late, "half the facts make no figure"


def test_a_period_with_a_purged_day_is_never_released(app: Flask) -> None:
    first = date(2025, 3, 3)
    with transaction():
        bulk.add(made_up_facts.days(current_house(), first, 14, seed=5, visits=10))
        declaring.keep(DayRange(date(2025, 3, 1), date(2025, 4, 19)), now=EVENING)
        db.session.add(ClosedDay(day=date(2025, 3, 5), purged_at=EVENING))
    closing.close_days(now=night(date(2025, 4, 20)))
    done = {period.code for period in release_closed(now=night(date(2025, 4, 20)))}
    assert "2025-W11" in done
    assert "2025-03-04" in done
    assert not {"2025-03-05", "2025-W10", "2025-03"} & done


AUTUMN = date(2025, 11, 24)


def test_hidden_rows_forget_what_they_were_counted_from(
    sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week of November and two days of December; what is published after them is too."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    with transaction():
        bulk.add(made_up_facts.days(current_house(), AUTUMN, 9, seed=11, visits=5))
    days = [AUTUMN + timedelta(days=number) for number in range(9)]
    weeks = ["2025-W48", "2025-W49", "2025-W50"]
    for code in (*map(str, days), *weeks, "2025-11", "2025-12", "2025", "2026-01"):
        with transaction():
            releasing.release(parse(code), now=night(date(2026, 3, 10)))
    november, december = parse("2025-11"), parse("2025-12")
    tables = [table.code for table in PUBLISHED[PeriodKind.MONTH]]
    shown = (Span(november, november), Span(december, december), Span(november, december))
    figures = [published(span, tables) for span in shown]
    year = published(single(parse("2025")), ["total", "language"])
    assert sum(has_secrets(row) for row in hidden(november)) > 50, "the test hides something"

    told = retention.plan(now=night(date(2028, 1, 3)))
    db.session.rollback()
    done = retention.purge(now=night(date(2028, 1, 3)))

    assert done == told
    assert done.days.waiting == ()
    assert done.rows[retention.HIDDEN_ROWS] > 50
    assert [row.row_key for row in hidden(november) if has_secrets(row)] == []
    assert db.session.get(Release, ("month", november.start)).emptied_at == night(date(2028, 1, 3))
    assert any(has_secrets(row) for row in hidden(december)), "December is not over for the purge"
    assert [published(span, tables) for span in shown] == figures
    assert published(single(parse("2025")), ["total", "language"]) == year
    assert retention.purge(now=night(date(2028, 1, 3))).total == 0


def test_days_of_a_handful_are_emptied_at_last(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their month was never released: after a year more nothing of it is left to release it from."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    with transaction():
        bulk.add(made_up_facts.days(current_house(), AUTUMN, 4, seed=3, visits=2))
    days = [parse(str(AUTUMN + timedelta(days=number))) for number in range(4)]
    for period in (*days, parse("2025-W48")):
        with transaction():
            releasing.release(period, now=night(date(2025, 12, 10)))
    figures = [published(single(period), ["total"]) for period in days]
    secret = sum(len(hidden(period)) for period in days)
    assert secret == sum(has_secrets(row) for period in days for row in hidden(period)) >= 3

    assert retention.purge(now=night(date(2028, 12, 24))).rows[retention.HIDDEN_ROWS] == 0
    done = retention.purge(now=night(date(2029, 1, 1)))

    assert done.rows[retention.HIDDEN_ROWS] >= secret
    assert not any(has_secrets(row) for period in days for row in hidden(period))
    assert [published(single(period), ["total"]) for period in days] == figures


def hidden(period: Period) -> list[FigureRow]:
    query = select(FigureRow).where(
        FigureRow.period_kind == period.kind.value,
        FigureRow.period_start == period.start,
        FigureRow.flag != Flag.NONE.value,
        FigureRow.feedback_flag != Flag.NONE.value,
    )
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def has_secrets(row: FigureRow) -> bool:
    return bool(row.sources["counts"] or row.sources["spreads"] or row.spreads)


def test_contacts_and_logs_have_times_of_their_own(app: Flask) -> None:
    held = booking.hold(
        wish(TAX),
        proposals.propose(
            wish(TAX), now=at("12:00", TUESDAY - timedelta(days=4)), first=TUESDAY, last=TUESDAY
        ).earliest,
        source=None,
        now=at("12:00", TUESDAY - timedelta(days=4)),
    )
    booking.confirm(held.id, Reachable("ann@example.com", None), now=at("12:00", TUESDAY - timedelta(days=4)))
    with transaction():
        for day in (date(2026, 12, 1), date(2026, 12, 2)):
            db.session.add(log_line(day))
        db.session.add(DayFactRow(day=TUESDAY, name="kiosk_tries", agency="", amount=7))

    assert retention.purge(now=night(TUESDAY + timedelta(days=30))).rows["contact"] == 0
    assert retention.purge(now=night(TUESDAY + timedelta(days=31))).rows["contact"] == 1
    assert db.session.scalars(select(Contact)).all() == []
    assert visit(held.id).state == "booked"

    done = retention.purge(now=night(date(2028, 12, 2)))
    assert done.rows["export_log"] == 1
    assert [line.first for line in db.session.scalars(select(ExportLog))] == [date(2026, 12, 2)]
    retention.purge(now=night(date(2045, 1, 1)))
    assert amounts()["day_fact"] == 1, "sums stay for good"


def log_line(day: date) -> ExportLog:
    return ExportLog(
        at=at("12:00", day),
        actor="analyst:3",
        what="events",
        first=day,
        last=day,
        file_format="csv",
        row_count=1,
    )


def test_a_second_visit_outlives_the_first_it_was_booked_with(app: Flask) -> None:
    first, second = booked(wish(TAX), day=TUESDAY), booked(wish(TAX), day=date(2027, 2, 2))
    db.session.expire_all()
    with transaction():
        db.session.get_one(Visit, second.id).follows_id = first.id
    day_end.tidy(now=night(date(2027, 2, 3)))
    with transaction():
        db.session.add(ClosedDay(day=TUESDAY, closed_at=EVENING))
    retention.purge(now=night(date(2030, 2, 1)))
    assert [(left.id, left.follows_id) for left in db.session.scalars(select(Visit))] == [(second.id, None)]


def test_many_visits_go_in_small_steps(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who wants to write waits longer than for one batch."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    monkeypatch.setattr(retention, "BATCH_VISITS", 4)
    kept_busy("vero-1", "kela-1", since="09:00", until="10:00")
    for _ in range(9):
        booked(wish(TAX), day=TUESDAY)
    day_end.tidy(now=night(TUESDAY + timedelta(days=1)))
    commits = 0

    def count(*_: object) -> None:
        nonlocal commits
        commits += 1

    visits = amounts()["visit"]
    event.listen(db.engine, "commit", count)
    try:
        done = retention.purge(now=night(date(2030, 2, 1)))
    finally:
        event.remove(db.engine, "commit", count)
    assert done.rows["visit"] == visits >= 11
    assert commits >= visits / 4
    assert db.session.scalars(select(Slot)).all() == []


def test_kiosk_use_is_kept_as_long_as_the_events(app: Flask) -> None:
    for day in (date(2026, 11, 30), TUESDAY):
        note(KioskAction.CHECK_IN, "unknown_code", device_id=None, now=at("12:00", day))
    assert retention.purge(now=night(date(2029, 1, 1))).rows["kiosk_use"] == 1
    assert [use.at.astimezone(HELSINKI).date() for use in db.session.scalars(select(KioskUse))] == [TUESDAY]
