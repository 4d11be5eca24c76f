"""A clerk books for a customer: who may, which rules give way for a reason, what is taken along."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ihh.db import db
from ihh.domain.visit import VisitAction
from ihh.models import Visit
from ihh.models.account import Role
from ihh.services.house import current_house
from tests.conftest import SetClock
from tests.situations import PASSWORD, TUESDAY, clerk, events, kept_busy
from tests.web.booking_pages import answer, choose, employer_offer, hold, plans, the_visit
from tests.web.forms import browsing, post, sign_in

STAFF = "/staff/book"
GERMAN = {"q-purpose": "work", "q-citizenship": "eu", "q-identity_code": "no"}
DVV = ("dvv-1", "dvv-2", "dvv-3", "dvv-4")
EMPLOYER = {"q-purpose": "employer"}
REASON = "The code stands on the permit card"
ADDRESSES = ("", "/services", "/visit", "/confirm", "/done")
WRITES = ("", "/services", "/visit", "/confirm", "/extend", "/release", "/anew")


@pytest.fixture
def browser(client: FlaskClient, now: datetime, set_clock: SetClock) -> FlaskClient:
    set_clock(now)
    return browsing(client)


@pytest.fixture
def desk(browser: FlaskClient) -> FlaskClient:
    """A browser in which a clerk of Kela is signed in."""
    clerk(username="anna")
    sign_in(browser, "anna", PASSWORD)
    return browser


def set_aside(desk: FlaskClient, reason: str, **fields: str) -> TestResponse:
    """The customer has no code yet by the answers, but the clerk sees it on the card."""
    answer(desk, GERMAN, root=STAFF, **fields)
    reasons = {"reason:dvv.register": reason}
    return choose(desk, "migri.eu_registration", "dvv.register", root=STAFF, **reasons)


def booked(desk: FlaskClient) -> str:
    """The last page, after the first visit on offer was held and confirmed."""
    hold(desk, plans(desk.get(f"{STAFF}/visit").text)[0], root=STAFF)
    page = f"{STAFF}/confirm"
    assert post(desk, page, page=page, email="", phone="").location == f"{STAFF}/done"
    return desk.get(f"{STAFF}/done").text


class TestWhoMay:
    def test_not_the_public(self, browser: FlaskClient) -> None:
        for address in ADDRESSES:
            assert browser.get(f"{STAFF}{address}").location.startswith("/staff?next=")
        for address in WRITES:
            sent = post(browser, f"{STAFF}{address}", page="/book")
            assert sent.status_code == 401, address
        assert db.session.scalars(select(Visit)).first() is None

    @pytest.mark.parametrize("role", Role)
    def test_whoever_works_at_desks(self, browser: FlaskClient, role: Role) -> None:
        clerk("kela" if role is Role.CLERK else None, username="ben", role=role)
        sign_in(browser, "ben", PASSWORD)
        may = role is not Role.ANALYST
        assert browser.get(STAFF).status_code == (200 if may else 403)
        assert (f'href="{STAFF}"' in browser.get("/staff/start").text) is may

    def test_the_public_cannot_have_a_plan_made_for_the_house(self, desk: FlaskClient) -> None:
        answer(desk, EMPLOYER, root=STAFF)
        choose(desk, "chamber.employer", root=STAFF)
        plan = plans(desk.get(f"{STAFF}/visit").text)[0]
        public = desk.application.test_client()
        own = employer_offer(public)[0]
        refused = hold(public, plan)
        assert refused.status_code == 409
        assert "These times are no longer on offer." in refused.text
        assert hold(public, own).location == "/book/confirm"


class TestRulesSetAside:
    def test_every_step_says_for_whom(self, desk: FlaskClient) -> None:
        assert "Booking for a customer" in desk.get(STAFF).text
        assert set_aside(desk, REASON).location == f"{STAFF}/visit"
        page = desk.get(f"{STAFF}/visit").text
        assert "Booking for a customer" in page
        assert "<dt>Customer:</dt>" in page
        hold(desk, plans(page)[0], root=STAFF)
        assert "Booking for a customer" in desk.get(f"{STAFF}/confirm").text

    def test_a_reason_is_kept_with_the_visit_and_shown_back(self, desk: FlaskClient) -> None:
        set_aside(desk, f"  {REASON} ")
        hold(desk, plans(desk.get(f"{STAFF}/visit").text)[0], root=STAFF)
        assert REASON in desk.get(f"{STAFF}/confirm").text
        visit = the_visit()
        assert visit.origin == "staff"
        assert {leg.service_id: leg.override_reason for leg in visit.legs} == {
            "migri.eu_registration": None,
            "dvv.register": REASON,
        }
        (held,) = events(VisitAction.HOLD)
        assert held.detail["overrides"] == {"dvv.register": REASON}
        assert held.actor.startswith("clerk:")
        post(desk, f"{STAFF}/confirm", page=f"{STAFF}/confirm", email="", phone="")
        assert [event.actor for event in events(VisitAction.CONFIRM)] == [held.actor]
        assert REASON in desk.get(f"{STAFF}/done").text

    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [
            ("", "in at least 3 signs."),
            ("ok", "in at least 3 signs."),
            ("x" * 201, "is too long. Write at most 200 signs."),
            ("Code 010594Y9032 seen", "seems to have an identity code in it. Take it out."),
        ],
    )
    def test_a_reason_that_will_not_do(self, desk: FlaskClient, reason: str, sentence: str) -> None:
        page = set_aside(desk, reason)
        assert page.status_code == 422
        assert sentence in page.text
        assert '<a href="#reason-dvv.register">' in page.text
        assert (
            f'name="reason:dvv.register" maxlength="200" autocomplete="off" dir="auto" value="{reason}"'
            in (page.text)
        ), "nothing typed is lost"
        assert desk.get(f"{STAFF}/visit").location == f"{STAFF}/services"

    def test_a_reason_for_what_is_not_chosen_counts_for_nothing(self, desk: FlaskClient) -> None:
        answer(desk, GERMAN, root=STAFF)
        reasons = {"reason:dvv.register": REASON, "reason:vero.tax_card": "Typed, not chosen"}
        choose(desk, "migri.eu_registration", "dvv.register", root=STAFF, **reasons)
        hold(desk, plans(desk.get(f"{STAFF}/visit").text)[0], root=STAFF)
        assert [leg.override_reason for leg in the_visit().legs] == [None, REASON]

    def test_an_order_gives_way_too(self, desk: FlaskClient) -> None:
        """The tax card comes after DVV, which has no time today before the tax office's line closes."""
        kept_busy(*DVV, day=TUESDAY, until="12:00")
        answer(desk, {**GERMAN, "q-identity_code": "yes"}, root=STAFF)
        choose(desk, "dvv.register", "vero.tax_card", root=STAFF)
        assert 'visit__long">Tuesday 1 December' not in desk.get(f"{STAFF}/visit").text
        reasons = {"reason:vero.tax_card": "Is registered already"}
        choose(desk, "dvv.register", "vero.tax_card", root=STAFF, **reasons)
        assert 'visit__long">Tuesday 1 December' in desk.get(f"{STAFF}/visit").text

    def test_what_the_party_does_not_need_can_be_had_too(self, desk: FlaskClient) -> None:
        """An answer blocks the tax card of a student, for whom it is no suggestion."""
        answer(desk, {**GERMAN, "q-purpose": "study"}, root=STAFF)
        assert 'name="service" value="vero.tax_card"' in desk.get(f"{STAFF}/services").text
        reasons = {"reason:vero.tax_card": "Code seen"}
        chosen = choose(desk, "migri.eu_registration", "vero.tax_card", root=STAFF, **reasons)
        assert chosen.location == f"{STAFF}/visit"


class TestTakenAlong:
    def test_a_code_without_names_in_the_customers_language(self, desk: FlaskClient) -> None:
        set_aside(desk, REASON, language="fi")
        page = booked(desk)
        visit = the_visit()
        slip = page[page.index('<div lang="fi"') : page.index("no-print", page.index('<div lang="fi"'))]
        assert f"{visit.booking_code[:4]} {visit.booking_code[4:]}" in slip
        assert "Varauskoodi" in slip
        assert "EU-rekisteröinti" in slip
        assert "tiistai 1.12.2026" in slip
        assert REASON not in slip
        assert "/find" in slip
        assert visit.link_token not in page, "the customer's key is the code"
        assert "Booked for the customer" in page, "the clerk's own language around it"

    def test_two_visits_have_a_code_each(self, desk: FlaskClient) -> None:
        answer(desk, GERMAN, root=STAFF)
        choose(desk, "migri.eu_registration", root=STAFF, later="dvv.register")
        page = booked(desk)
        first, second = db.session.scalars(select(Visit).order_by(Visit.service_date))
        assert first.booking_code[:4] in page
        assert second.booking_code[:4] in page
        assert page.index("First visit") < page.index("Second visit")

    def test_nothing_is_left_for_the_next_customer(self, desk: FlaskClient) -> None:
        set_aside(desk, REASON)
        booked(desk)
        post(desk, f"{STAFF}/anew", page=f"{STAFF}/done")
        assert desk.get(f"{STAFF}/done").location == STAFF
        assert desk.get(f"{STAFF}/services").location == STAFF

    def test_beginning_anew_gives_held_times_back(self, desk: FlaskClient) -> None:
        answer(desk, EMPLOYER, root=STAFF)
        choose(desk, "chamber.employer", root=STAFF)
        hold(desk, plans(desk.get(f"{STAFF}/visit").text)[0], root=STAFF)
        post(desk, f"{STAFF}/anew", page=f"{STAFF}/confirm")
        assert the_visit().state == "cancelled"

    def test_the_clerks_own_booking_stays_apart(self, desk: FlaskClient) -> None:
        employer_offer(desk)
        answer(desk, GERMAN, root=STAFF)
        assert "Chamber" in desk.get("/book/visit").text
        assert "EU registration" in desk.get(f"{STAFF}/services").text
        hold(desk, plans(desk.get("/book/visit").text)[0])
        assert the_visit().origin == "online"
        assert [event.actor for event in events(VisitAction.HOLD)] == ["visitor"]


def test_holds_of_the_house_are_not_limited(desk: FlaskClient) -> None:
    answer(desk, EMPLOYER, root=STAFF)
    choose(desk, "chamber.employer", root=STAFF)
    for _again in range(current_house().limits.holds_per_hour + 1):
        plan = plans(desk.get(f"{STAFF}/visit").text)[0]
        assert hold(desk, plan, root=STAFF).location == f"{STAFF}/confirm"
