"""The figures by API: for whom, and nothing that the page would hide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import User
from ihh.models.account import Role
from ihh.services import accounts, check_in
from tests.api.conftest import PASSWORD, Guarded, SetClock, code_of, staff_client

ClerkOf = Callable[[str], tuple[User, Guarded]]

TODAY = "/figures?from=2026-12-01&to=2026-12-01"


def analyst(app: Flask, now: datetime) -> Guarded:
    user = accounts.add_user("analyst", PASSWORD, Role.ANALYST, agency_id=None, now=now)
    return staff_client(app, user)


def arrive(count: int, now: datetime) -> None:
    for _ in range(count):
        check_in.take_number(Wish(Party(1), (LegWish("kela.advice", ("p1",)),), "en"), now=now, by="test")


def test_a_days_visits_are_counted(app: Flask, now: datetime, set_clock: SetClock) -> None:
    arrive(7, now)
    set_clock(now + timedelta(hours=1))
    figures = analyst(app, now).get(TODAY).get_json()
    assert (figures["from"], figures["to"], figures["open_days"]) == ("2026-12-01", "2026-12-01", 1)
    assert figures["total"]["cells"]["visits"] == {"amount": 7, "flag": ""}
    assert {table["dimension"] for table in figures["tables"]} == {
        "agency",
        "service",
        "hour",
        "channel",
        "language",
    }


def test_few_people_are_not_told(app: Flask, now: datetime) -> None:
    arrive(3, now)
    figures = analyst(app, now).get(TODAY).get_json()
    assert figures["total"]["cells"]["visits"] == {"amount": None, "flag": "suppressed"}


def test_a_period_that_is_none_is_refused(app: Flask, now: datetime) -> None:
    reader = analyst(app, now)
    for query in (
        "from=2026-12-02&to=2026-12-01",
        "from=2025-01-01&to=2026-12-01",
        "from=9999-12-31&to=9999-12-31",
        "from=0001-01-01&to=0001-01-01",
        "from=2026-12-01",
        "from=yesterday&to=2026-12-01",
    ):
        assert code_of(reader.get(f"/figures?{query}")) == (422, "invalid"), query


def test_a_clerk_sees_no_figures(clerk_of: ClerkOf) -> None:
    _, clerk = clerk_of("kela")
    assert code_of(clerk.get(TODAY)) == (403, "not_allowed")
