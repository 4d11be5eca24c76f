"""Figures released by an older version are still there after an update."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, text

from ihh import config
from ihh.app import create_app
from ihh.db import db
from ihh.domain.statistics.spreads import unpacked
from ihh.layout import MIGRATIONS
from tests.servers.postgres import PostgresServer

WAITS = {"wait": [[0, 15, 152], [3, 1, 2]], "way_time": [[7], [4]]}
FIGURE = text(
    "INSERT INTO figure (period_kind, table_code, period_start, row_key, flag, feedback_flag, sources, spreads)"
    " VALUES ('month', 'total', '2026-10-01', :key, '', '', '{}', :spreads)"
)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_distributions_kept_as_json_are_rewritten(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path}/older.db"
    if engine == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database("older")
    app = create_app(config.testing_settings(url, tmp_path))
    database = create_engine(url)

    def kept() -> dict[str, bytes | None]:
        with database.connect() as connection:
            rows = connection.execute(text("SELECT row_key, spreads FROM figure"))
            return {row.row_key: row.spreads for row in rows}

    with app.app_context():
        upgrade(str(MIGRATIONS), revision="0003")
        with database.begin() as connection:
            older = zlib.compress(json.dumps(WAITS).encode())
            connection.execute(FIGURE, [{"key": "", "spreads": older}, {"key": "empty", "spreads": None}])
        upgrade(str(MIGRATIONS), revision="0004")
        found = kept()
        assert {name: both.tolist() for name, both in unpacked(found[""]).items()} == WAITS
        assert found["empty"] is None
        downgrade(str(MIGRATIONS), revision="0003")
        assert json.loads(zlib.decompress(kept()[""] or b"")) == WAITS
    with app.app_context():
        db.engine.dispose()
    database.dispose()
    if engine == "postgresql":
        server.drop_database("older")
