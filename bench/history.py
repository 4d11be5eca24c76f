"""A house that has been open for years: finished visits with tickets and events, made inside the database."""

from __future__ import annotations

from sqlalchemy import text

from ihh.db import db, transaction

VISITS = 100_000
PER_DAY = 250

MADE = (
    "WITH RECURSIVE numbers(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < :visits),"
    " made AS (SELECT i, 'old' || i AS visit, i % :per_day AS nth, {day} AS day, {at} AS at FROM numbers)"
)
SQLITE = MADE.format(
    day="date('2026-11-30', '-' || (i / :per_day) || ' days')",
    at="strftime('%Y-%m-%dT10\\:00\\:00.000000Z', '2026-11-30', '-' || (i / :per_day) || ' days')",
)
POSTGRESQL = MADE.format(
    day="DATE '2026-11-30' - (i / :per_day)",
    at="(DATE '2026-11-30' - (i / :per_day) + TIME '10\\:00') AT TIME ZONE 'UTC'",
)

VISIT = (
    "INSERT INTO visit (id, state, origin, service_date, queue_number, language, adults, minors,"
    " customer_type, booking_code, check_in_token, link_token, created_at, is_hold_extended, checked_in_at,"
    " ended_at, is_synthetic) {made} SELECT visit, 'ended', 'walk_in', day, 'Z ' || nth, 'en', 1, 0, 'work',"
    " 'b' || i, 'c' || i, 'l' || i, at, {no}, at, at, {no} FROM made"
)
TICKET = (
    "INSERT INTO ticket (visit_id, service_id, agency_id, service_date, state, people, issued_at, joined_at,"
    " called_at, last_called_at, calls, started_at, resumed_at, served_seconds, ended_at, desk_id, outcome)"
    " {made} SELECT visit, 'kela.social_security', 'kela', day, 'completed', 1, at, at, at, at, 1, at, at,"
    " 600, at, 'kela-' || (1 + i % 8), 'done' FROM made"
)
EVENT = (
    "INSERT INTO queue_event (service_date, revision, at, action, visit_id, ticket_id, agency_id, service_id,"
    " desk_id, before, after, actor, detail) {made} SELECT day, made.nth * 4 + step.nth, at, step.action,"
    " visit, ticket.id, 'kela', 'kela.social_security', 'kela-' || (1 + i % 8), step.before, step.after,"
    " 'clerk', '{detail}' FROM made JOIN ticket ON ticket.visit_id = visit CROSS JOIN ("
    " SELECT 1 AS nth, 'issue' AS action, NULL AS before, 'waiting' AS after"
    " UNION ALL SELECT 2, 'call', 'waiting', 'called'"
    " UNION ALL SELECT 3, 'start', 'called', 'serving'"
    " UNION ALL SELECT 4, 'complete', 'serving', 'completed') AS step"
)
DETAIL = '{"reason"\\: "walk_in"}'


def seed() -> None:
    """Add the past; afterwards the database knows how large its tables are, as a living one does."""
    made, no = (SQLITE, "0") if db.engine.dialect.name == "sqlite" else (POSTGRESQL, "false")
    with transaction():
        for statement in (VISIT, TICKET, EVENT):
            whole = statement.format(made=made, no=no, detail=DETAIL)
            db.session.execute(text(whole), {"visits": VISITS, "per_day": PER_DAY})
    with transaction():
        db.session.execute(text("ANALYZE"))
    if db.engine.dialect.name == "sqlite":
        db.session.close()
        db.engine.raw_connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
