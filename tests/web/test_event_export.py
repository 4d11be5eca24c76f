"""The page that gives single events away: to whom, what it streams, and that it is known afterwards."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ihh.db import db, transaction
from ihh.models import ExportLog, User
from ihh.models.account import Role
from ihh.services import accounts
from ihh.services.house import current_house
from ihh.services.statistics import bulk, events, export_log
from tests.services.statistics import made_up_facts

MONDAY = date(2026, 11, 23)
PATH = "/statistics/events"
ASKED = f"{PATH}?from=2026-11-23&to=2026-11-24"


# `buffered`: the stream is read within the request, as a server does.


def client_of(app: Flask, role: Role, now: datetime, *, may_export: bool) -> FlaskClient:
    agency = "kela" if role is Role.CLERK else None
    user = accounts.add_user(f"{role}-{may_export}", "correct horse battery", role, agency_id=agency, now=now)
    with transaction():
        found = db.session.get(User, user.id)
        assert found is not None
        found.may_export_events = may_export
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = user.get_id()
    return client


@pytest.fixture
def facts(app: Flask) -> None:
    with transaction():
        bulk.add(made_up_facts.days(current_house(), MONDAY, 2, seed=5, visits=8))


@pytest.fixture
def analyst(app: Flask, facts: None, now: datetime) -> FlaskClient:
    return client_of(app, Role.ANALYST, now, may_export=True)


def test_only_an_analyst_with_the_right_may(app: Flask, facts: None, now: datetime) -> None:
    for role, may_export in (
        (Role.ANALYST, False),
        (Role.SUPERVISOR, True),
        (Role.ADMINISTRATOR, True),
        (Role.CLERK, True),
    ):
        client = client_of(app, role, now, may_export=may_export)
        for path in (PATH, ASKED, f"{PATH}/progress?request=abcdefgh"):
            assert client.get(path).status_code == 403, (role, path)
    assert app.test_client().get(ASKED).status_code in (302, 401)
    assert db.session.scalars(select(ExportLog)).all() == []


def test_the_file_has_every_row_and_is_logged(analyst: FlaskClient) -> None:
    answer = analyst.get(f"{ASKED}&format=csv&request=abcdefgh-1", buffered=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'filename="events-2026-11-23--2026-11-24.csv"' in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert len(rows) == events.count(MONDAY, date(2026, 11, 24)) > 10
    log = db.session.scalars(select(ExportLog)).one()
    assert (log.row_count, log.actor.partition(":")[0]) == (len(rows), "analyst")
    progress = analyst.get(f"{PATH}/progress?request=abcdefgh-1").get_json()
    assert progress == {"rows": len(rows), "expected": len(rows), "is_finished": True}
    assert f"<td>{len(rows)}</td>" in analyst.get(PATH).text


@pytest.mark.parametrize("file_format", ["csv-excel-fi", "xlsx", "json", "parquet"])
def test_every_format_streams(analyst: FlaskClient, file_format: str) -> None:
    answer = analyst.get(f"{ASKED}&format={file_format}", buffered=True)
    assert answer.status_code == 200
    begins = {"csv-excel-fi": b"\xef\xbb\xbfvisit;day", "xlsx": b"PK", "json": b'{"', "parquet": b"PAR1"}
    assert answer.data.startswith(begins[file_format])


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-11-24&to=2026-11-23",
        "from=2026-11-23",
        "from=x&to=y",
        "from=20261123&to=20261124",
        "from=9999-01-01&to=9999-01-01",
        "from=2026-11-23&to=2026-11-23&format=pdf",
    ],
)
def test_a_query_that_is_wrong_gets_the_page_and_no_file(analyst: FlaskClient, query: str) -> None:
    answer = analyst.get(f"{PATH}?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert db.session.scalars(select(ExportLog)).all() == []


def test_days_without_events_are_said_to_be_so(analyst: FlaskClient) -> None:
    answer = analyst.get(f"{PATH}?from=2026-11-01&to=2026-11-20")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert "No day between these two has ended with any event." in answer.text
    assert 'value="2026-11-20"' in answer.text
    assert db.session.scalars(select(ExportLog)).all() == []


def test_the_log_names_who_took_a_file(analyst: FlaskClient) -> None:
    analyst.get(ASKED, buffered=True)
    for actor in ("command line", "analyst:987654"):
        with transaction():
            export_log.begin(actor, MONDAY, MONDAY, "csv", expected=1, now=datetime.now(UTC))
    cells = re.findall(r"<td><bdi[^>]*>([^<]+)</bdi></td>", analyst.get(PATH).text)
    assert [who for who in cells if "csv" not in who] == ["analyst:987654", "command line", "analyst-true"]


def test_a_demonstrations_file_says_so_in_its_name(
    app: Flask, analyst: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "IHH", replace(app.config["IHH"], is_demo=True))
    answer = analyst.get(f"{ASKED}&format=json", buffered=True)
    assert 'filename="demo-events-2026-11-23--2026-11-24.json"' in answer.headers["Content-Disposition"]


def test_progress_is_told_to_who_asked_only(app: Flask, analyst: FlaskClient, now: datetime) -> None:
    analyst.get(f"{ASKED}&request=abcdefgh-2", buffered=True)
    other = accounts.add_user("other", "correct horse battery", Role.ANALYST, agency_id=None, now=now)
    with transaction():
        db.session.merge(other).may_export_events = True
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = other.get_id()
    assert client.get(f"{PATH}/progress?request=abcdefgh-2").status_code == 404
    assert analyst.get(f"{ASKED}&request=abcdefgh-2").status_code == 409
