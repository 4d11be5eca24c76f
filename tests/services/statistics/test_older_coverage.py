"""A house that imported under an older version: days it closed without being there are forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, text

from ihh import config
from ihh.app import create_app
from ihh.db import db
from ihh.layout import MIGRATIONS
from tests.servers.postgres import PostgresServer

FACT = text(
    "INSERT INTO visit_fact (id, day, source, key, channel, language, customer_type, party_size, moves, is_synthetic)"
    " VALUES (:id, :day, :source, :id, 'walk_in', 'en', 'work', 1, 0, :made)"
)
CLOSED = text("INSERT INTO closed_day (day, closed_at, purged_at) VALUES (:day, :at, :gone)")
NIGHT, LATER = "2026-11-04T01:00:00.000000Z", "2026-11-05T01:00:00.000000Z"


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
@pytest.mark.parametrize("has_own", [True, False])
def test_closed_days_before_the_beginning_go(
    engine: str, has_own: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/older.db"
    if engine == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database("older_coverage")
    app = create_app(config.testing_settings(url, tmp_path))
    database = create_engine(url)
    facts = [
        (1, "2024-03-05", "old", False),
        (2, "2025-01-02", "synthetic", True),
        (3, "2025-01-30", "synthetic", True),
    ]
    facts += [(4, "2026-11-10", "house", False)] if has_own else []
    closed = [("2024-03-01", NIGHT, NIGHT), ("2024-03-06", NIGHT, None), ("2026-11-09", NIGHT, None)]
    closed += [("2026-11-10", NIGHT, None), ("2026-11-11", LATER, None)] if has_own else []
    with app.app_context():
        upgrade(str(MIGRATIONS), revision="0005")
        with database.begin() as connection:
            for number, day, source, made in facts:
                given = {"id": number, "day": day, "source": source, "made": made}
                connection.execute(FACT, given | ({"id": number}))
            connection.execute(CLOSED, [{"day": day, "at": at, "gone": gone} for day, at, gone in closed])
        upgrade(str(MIGRATIONS), revision="0006")
        with database.connect() as connection:
            left = connection.execute(text("SELECT day, closed_at IS NULL FROM closed_day ORDER BY day"))
            found = {str(day): bool(is_only_purged) for day, is_only_purged in left}
            ranges = connection.execute(text("SELECT first, last FROM complete_range"))
            complete = [(str(first), str(last)) for first, last in ranges]
    own = {"2026-11-10": False, "2026-11-11": False} if has_own else {}
    assert found == {"2024-03-01": True, **own}
    assert complete == [("2025-01-02", "2025-01-30")], "a demonstration's past was made as a whole"
    with app.app_context():
        db.engine.dispose()
    database.dispose()
    if engine == "postgresql":
        server.drop_database("older_coverage")
