"""A house in full swing for the contract tests: devices, a clerk, visits in every state."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from flask.testing import FlaskClient
from schemathesis import Case, GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.schemas import OpenApiSchema
from sqlalchemy import select

from ihh import clock
from ihh.db import db, transaction
from ihh.domain.party import Party
from ihh.domain.statistics.periods import parse
from ihh.domain.ticket import TicketState
from ihh.domain.visit import VisitState
from ihh.domain.waitlist import OPEN
from ihh.domain.wish import LegWish, Wish
from ihh.models import Ticket, User, Visit, WaitlistEntry
from ihh.models.account import DeviceKind, Role
from ihh.presentation import plan_token
from ihh.presentation.access import device_cookie
from ihh.presentation.limits import limiter
from ihh.services import (
    accounts,
    booking,
    check_in,
    desks,
    devices,
    proposals,
    serving,
    waitlist,
    waitlist_entries,
)
from ihh.services.statistics import releasing
from tests.servers.site import Site

DESK = "kela-1"
FRIDAY = date(2026, 12, 4)
OF_THE_WAITLIST = (
    *("get_entry", "take_offer", "decline_offer", "leave_waitlist"),
    *("get_entry_data", "delete_entry_data"),
)
OF_THE_FIGURES = ("get_figures", "get_figure_file", "get_definitions", "get_periods")
RELEASED = "2026-11-23"
WITHIN_REACH = {
    "recall": "called",
    "start": "called",
    "requeue": "called",
    "mark_no_show": "called",
    "complete": "serving",
    "hold": "serving",
    "transfer": "serving",
}
"""Operation → how the desk's visitor must stand for it to succeed."""


@dataclass
class House:
    """What makes a generated request meet something real, and what came of the valid ones."""

    site: Site
    cookies: dict[str, str]
    analyst: str
    """The session cookie of someone who may see the figures."""
    csrf_token: str
    now: datetime
    answered: dict[str, set[int]] = field(default_factory=dict)
    _count: Iterator[int] = field(default_factory=itertools.count)

    def call(self, case: Case) -> Any:
        """Send the case as the one who may; a valid one to things that exist."""
        operation = case.operation.definition.raw["operationId"]
        is_valid = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
        if is_valid:
            with self.site.app.app_context():
                self._make_real(operation, case)
        cookies = self.cookies | ({"ihh_session": self.analyst} if operation in OF_THE_FIGURES else {})
        response = case.call(cookies=cookies, headers={"X-CSRFToken": self.csrf_token})
        if is_valid:
            self.answered.setdefault(operation, set()).add(response.status_code)
        return response

    def send_plain(self, operation: str) -> None:
        """A valid request of the desk for an operation of which chance made none."""
        with self.site.app.app_context():
            self._bring_to_desk(WITHIN_REACH[operation])
        client = self.site.app.test_client()
        for name, value in self.cookies.items():
            client.set_cookie(name, value)
        answer = client.post(
            f"/api/v1/desks/{DESK}/{operation}",
            json={"request_id": f"{operation}-plain"},
            headers={"X-CSRFToken": self.csrf_token},
        )
        self.answered.setdefault(operation, set()).add(answer.status_code)

    def _make_real(self, operation: str, case: Case) -> None:
        chosen = crc32(repr((case.path_parameters, case.query, case.body)).encode("utf-8", "replace"))
        if operation in ("get_figures", "get_figure_file") and chosen % 2:
            case.query |= {"from": RELEASED, "to": RELEASED, "tables": "total"}
        if "token" in case.path_parameters:
            waits = operation in OF_THE_WAITLIST
            case.path_parameters["token"] = self._entry(chosen) if waits else self._visit(operation, chosen)
        if "desk_id" in case.path_parameters:
            case.path_parameters["desk_id"] = DESK if chosen % 4 else "dvv-1"
            self._bring_to_desk(WITHIN_REACH.get(operation))
        if "ticket_id" in case.path_parameters:
            self._bring_to_desk("called")
            case.path_parameters["ticket_id"] = serving.hold(DESK, now=self.now, by="test").id
        if isinstance(case.body, dict):
            self._make_body_real(operation, case.body, chosen)

    def _make_body_real(self, operation: str, body: dict[str, Any], chosen: int) -> None:
        if "request_id" in body and chosen % 5:
            body["request_id"] = f"{operation}-{next(self._count)}"
        if "plan" in body:
            body["plan"] = self._plan(chosen)
        if operation == "check_in_visit":
            body["code"] = self._arriving() if chosen % 3 else "ABCD1234"
        if operation == "transfer" and chosen % 2:
            body["service"] = "city.guidance"
        if operation == "call_visitor":
            body["ticket"] = None if chosen % 3 else self._someone_in_line()
            body["why"] = "Must leave at eleven" if chosen % 6 else None
        if "legs" in body and chosen % 2:
            service = "kela.advice" if operation == "take_walk_in" else "chamber.employer"
            body["legs"] = [{"service": service, "people": ["p1"]}]
            body["party"] = {"adults": 1}
            body.pop("answers", None)
        if operation == "find" and chosen % 2:
            body["answers"] = {"purpose": "work", "citizenship": "nordic", "identity_code": "yes"}
        if operation == "join_waitlist" and chosen % 2:
            self._fill_friday()
            body |= {"from": FRIDAY.isoformat(), "to": FRIDAY.isoformat(), "contact": None}
            body |= {"not_before": "00:00", "not_after": "24:00"}
        if operation == "send_feedback" and chosen % 3:
            body |= {"ticket": None, "csat": 4, "nps": None, "line": "Kind and clear."}
        if operation == "confirm_visit" and chosen % 2:
            body["contact"] = {"email": f"visitor{next(self._count)}@example.com"}

    def _someone_in_line(self) -> int:
        of_kela = select(Ticket.id).where(Ticket.agency_id == "kela", Ticket.state == TicketState.WAITING)
        return db.session.scalars(of_kela.order_by(Ticket.id.desc())).all()[0]

    def _plan(self, chosen: int) -> str:
        wish = Wish(Party(1), (LegWish("chamber.employer", ("p1",)),), "en")
        options = proposals.propose(
            wish, now=self.now, first=(self.now + timedelta(days=chosen % 30)).date()
        ).all
        return plan_token.seal(wish, options[0], now=self.now)

    def _visit(self, operation: str, chosen: int) -> str:
        if operation in ("get_feedback", "send_feedback") and chosen % 4:
            return self._over()
        visit = self._held()
        if operation == "extend_hold" or chosen % 4 == 0:
            return visit.link_token
        visit = booking.confirm(visit.id, None, now=self.now)
        if chosen % 4 == 1:
            visit = booking.cancel(visit.id, now=self.now)
        return visit.link_token

    def _held(self) -> Any:
        wish = Wish(Party(1), (LegWish("chamber.employer", ("p1",)),), "en")
        option = proposals.propose(wish, now=self.now).earliest
        assert option is not None
        return booking.hold(wish, option, source=None, now=self.now)

    def _over(self) -> str:
        """The link of a visit that has ended: its party left."""
        wish = Wish(Party(1), (LegWish("kela.advice", ("p1",)),), "en")
        done = check_in.take_number(wish, now=self.now, by="test")
        serving.leave(done.visit_id, now=self.now)
        visit = db.session.get(Visit, done.visit_id)
        assert visit is not None
        return visit.link_token

    def _entry(self, chosen: int) -> str:
        """The link of someone on the waitlist, mostly one with an offer."""
        self._fill_friday()
        wish = Wish(Party(1), (LegWish("chamber.employer", ("p1",)),), "en")
        entry = waitlist_entries.join(wish, None, first=FRIDAY, last=FRIDAY, now=self.now, source=None)
        if chosen % 4:
            friday = select(Visit.id).where(Visit.service_date == FRIDAY, Visit.state == VisitState.BOOKED)
            booking.cancel(db.session.scalars(friday).all()[0], now=self.now)
        return entry.link_token

    def _fill_friday(self) -> None:
        """The chamber's Friday has no time left, and nobody else waits for it."""
        for entry in db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.state.in_(OPEN))):
            waitlist.leave(entry.id, now=self.now)
        wish = Wish(Party(1), (LegWish("chamber.employer", ("p1",)),), "en")
        while option := proposals.propose(wish, now=self.now, first=FRIDAY, last=FRIDAY).earliest:
            held = booking.hold(wish, option, source=None, now=self.now)
            booking.confirm(held.id, None, now=self.now)

    def _arriving(self) -> str:
        """The code of a booked visit whose time has come: booked yesterday evening for this morning."""
        wish = Wish(Party(1), (LegWish("dvv.changes", ("p1",)),), "en")
        evening = self.now - timedelta(hours=14)
        option = proposals.propose(wish, now=evening).earliest
        assert option is not None
        visit = booking.hold(wish, option, source=None, now=evening)
        return booking.confirm(visit.id, None, now=evening).booking_code

    def _bring_to_desk(self, state: str | None) -> None:
        """Leave the desk with a visitor in that state, or free with somebody waiting."""
        there = serving.at_desk(DESK)
        if there is not None and there.state == "called":
            serving.mark_no_show(DESK, now=self.now, by="test")
        elif there is not None:
            serving.complete(DESK, now=self.now, by="test")
        check_in.take_number(
            Wish(Party(1), (LegWish("kela.advice", ("p1",)),), "en"), now=self.now, by="test"
        )
        if state is not None:
            serving.call_next(DESK, now=self.now, by="test")
        if state == "serving":
            serving.start(DESK, now=self.now, by="test")


@contextmanager
def open_house(site: Site, now: datetime) -> Iterator[House]:
    site.restore()
    limiter.enabled = False  # one for the whole process: another test may have left it on
    clock.shift(now - clock.real_now())
    with site.app.app_context():
        client = site.app.test_client()
        for kind in DeviceKind:
            code = devices.add_device(kind, f"contract-{kind}", now=now)
            client.set_cookie(device_cookie(kind), devices.pair(code, kind, now=now)[1])
        user = accounts.add_user("kela-clerk", "correct horse battery", Role.CLERK, agency_id="kela", now=now)
        desks.open_desk(DESK, user, now=now)
        analyst = accounts.add_user("analyst", "correct horse battery", Role.ANALYST, agency_id=None, now=now)
        with transaction():
            releasing.release(parse(RELEASED), now=now)
        _sign_in(client, analyst)
        analysts = _cookie(client, "ihh_session")
        _sign_in(client, user)
        token = client.get("/api/v1/csrf-token").get_json()["token"]
        cookies = {name: _cookie(client, name) for name in ("ihh_session", "ihh_kiosk", "ihh_display")}
    try:
        yield House(site, cookies, analysts, token, now)
    finally:
        clock.shift(timedelta(0))


def load_schema(house: House, *, examples: int) -> OpenApiSchema:
    """The API's own document. Deterministic: the same requests on every run."""
    generation = GenerationConfig(
        max_examples=examples, deterministic=True, database="none", with_security_parameters=False
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", house.site.app, config=config)


def _sign_in(client: FlaskClient, user: User) -> None:
    with client.session_transaction() as session:
        session["_user_id"] = user.get_id()


def _cookie(client: FlaskClient, name: str) -> str:
    cookie = client.get_cookie(name)
    assert cookie is not None
    return cookie.value


@pytest.fixture(scope="module")
def noon() -> datetime:
    """When every line of the house is open."""
    return datetime.fromisoformat("2026-12-01T11:00:00+02:00")


@pytest.fixture(scope="module")
def sqlite_house(sqlite_site: Site, noon: datetime) -> Iterator[House]:
    with open_house(sqlite_site, noon) as house:
        yield house


@pytest.fixture(scope="module")
def postgres_house(postgres_site: Site, noon: datetime) -> Iterator[House]:
    with open_house(postgres_site, noon) as house:
        yield house


@pytest.fixture(scope="module")
def sqlite_schema(sqlite_house: House) -> OpenApiSchema:
    return load_schema(sqlite_house, examples=25)


@pytest.fixture(scope="module")
def postgres_schema(postgres_house: House) -> OpenApiSchema:
    return load_schema(postgres_house, examples=5)
