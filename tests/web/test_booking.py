"""Booking a visit page by page, as a browser without scripts does it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.wish import LegWish, Wish
from ihh.models import Contact, Slot, Visit
from ihh.services import proposals
from ihh.services.house import current_house
from ihh.web.booking_options import offer_of
from ihh.web.timeline import Kind, Lane, Piece, lanes_of, waiting_min
from tests.conftest import SetClock
from tests.web.booking_pages import (
    WORKER,
    answer,
    choose,
    employer_offer,
    hold,
    offered,
    plans,
    the_visit,
)
from tests.web.forms import post


@pytest.fixture
def browser(sqlite_client: FlaskClient, now: datetime, set_clock: SetClock) -> FlaskClient:
    set_clock(now)
    return sqlite_client


def test_a_family_books_without_script_and_nothing_personal_shows_in_addresses(browser: FlaskClient) -> None:
    family = {"adults": "2", "minors": "2", "language": "ar"}
    steps = [answer(browser, WORKER, **family)]
    page = browser.get("/book/services").text
    named = [
        page.index(name) for name in ("Registration and municipality", "Tax card", "Social security and")
    ]
    assert named == sorted(named), "prerequisites come first"
    assert "Original marriage and birth certificates" in page
    assert "0800 414 004" in page, "what is served by phone has its number"
    steps.append(
        choose(
            browser,
            "kela.social_security",
            "dvv.register",
            **{
                "people:dvv.register": ["p1", "p2", "p3", "p4"],
                "people:kela.social_security": ["p1", "p2"],
            },
        )
    )
    steps.append(hold(browser, plans(browser.get("/book/visit").text)[0]))
    page = browser.get("/book/confirm").text
    assert "Tuesday 1 December 2026" in page
    steps.append(
        post(browser, "/book/confirm", page="/book/confirm", email="Ann@Example.com", phone="040 123 4567")
    )
    visit = the_visit()
    assert [step.location for step in steps] == [
        "/book/services",
        "/book/visit",
        "/book/confirm",
        f"/v/{visit.link_token}",
    ]
    assert (visit.state, visit.adults, visit.minors, visit.language) == ("booked", 2, 2, "ar")
    assert (visit.customer_type, visit.municipality) == ("work", None)
    assert [(leg.service_id, leg.people) for leg in visit.legs] == [
        ("dvv.register", 0b1111),
        ("kela.social_security", 0b0011),
    ]
    assert "passport" in visit.legs[0].documents
    contact = db.session.get(Contact, visit.id)
    assert contact is not None
    assert (contact.email, contact.phone) == ("ann@example.com", "+358401234567")


def test_questions_that_come_up_are_asked_next_and_are_no_fault(browser: FlaskClient) -> None:
    first = {"q-purpose": "work", "shown": "q-purpose", "adults": "2", "minors": "1", "language": "sv"}
    page = post(browser, "/book", page="/book", **first)
    assert page.status_code == 200
    assert "2 more questions for you." in page.text
    assert "Something is missing" not in page.text
    citizenship = re.search(r'<fieldset class="question" data-question="citizenship"[^>]*>', page.text)
    assert citizenship
    assert "hidden" not in citizenship[0]
    permit = re.search(r'<fieldset class="question" data-question="permit"[^>]*>', page.text)
    assert permit
    assert "hidden disabled" in permit[0]
    assert 'value="work" id="q-purpose" checked' in page.text
    assert '<option value="sv" lang="sv" selected>' in page.text
    assert '<option value="2" selected>' in page.text


def test_a_question_left_out_is_named_and_the_rest_is_kept(browser: FlaskClient) -> None:
    page = answer(browser, {"q-purpose": "work", "q-identity_code": "no"})
    assert page.status_code == 422
    assert 'href="#q-citizenship"' in page.text
    assert re.search(r'name="q-identity_code" value="no"[^>]* checked', page.text)


@pytest.mark.parametrize(("adults", "minors"), [("4", "3"), ("0", "2"), ("x", "9")])
def test_a_party_that_cannot_be_is_refused_in_words(browser: FlaskClient, adults: str, minors: str) -> None:
    page = answer(browser, WORKER, adults=adults, minors=minors)
    assert page.status_code == 422
    assert "One visit is for at most 6 people, one of them an adult." in page.text
    assert browser.get("/book/services").location == "/book", "no later step opens"


def test_what_comes_later_says_why_and_what_instead(browser: FlaskClient) -> None:
    answer(browser, {"q-purpose": "work", "q-citizenship": "eu", "q-identity_code": "no"})
    page = browser.get("/book/services").text
    assert "Not yet possible" in page
    assert "Your EU registration comes first." in page
    assert "Do the EU registration now." in page
    assert 'name="service" value="dvv.register"' not in page, "it cannot be chosen for this visit"


def test_nobody_at_a_service_speaks_the_language(browser: FlaskClient) -> None:
    answer(browser, {"q-purpose": "work", "q-citizenship": "eu", "q-identity_code": "no"}, language="ar")
    page = browser.get("/book/services").text
    assert "No one at this service speaks Arabic. Served here: Finnish, Swedish, English." in page


def test_a_child_alone_is_refused_and_the_choice_is_kept(browser: FlaskClient) -> None:
    answer(browser, WORKER, adults="1", minors="1")
    page = choose(browser, "dvv.register", **{"people:dvv.register": ["p2"]})
    assert page.status_code == 422
    assert "A child comes with an adult. Choose an adult for Registration" in page.text
    assert re.search(r'name="people:dvv.register" value="p2" checked', page.text)
    assert re.search(r'name="people:dvv.register" value="p1">', page.text)
    assert re.search(r'name="service" value="dvv.register"[^>]* checked', page.text)
    assert re.search(r'name="service" value="vero.tax_card" data-toggle="[^"]*">', page.text)


def test_no_service_and_an_unknown_service_are_refused(browser: FlaskClient) -> None:
    answer(browser, WORKER)
    assert "Choose at least one service." in choose(browser).text
    assert "not on offer any more" in choose(browser, "made.up").text


def test_services_chosen_stay_until_the_situation_changes(browser: FlaskClient) -> None:
    answer(browser, WORKER)
    choose(browser, "dvv.register")
    answer(browser, WORKER, language="fi")
    chosen = r'name="service" value="vero.tax_card" data-toggle="[^"]*" checked'
    assert not re.search(chosen, browser.get("/book/services").text)
    answer(browser, WORKER, adults="2")
    assert re.search(chosen, browser.get("/book/services").text)


def test_a_slot_taken_meanwhile_leads_to_fresh_visits(browser: FlaskClient) -> None:
    other = browser.application.test_client()
    plan = employer_offer(browser)[0]
    employer_offer(other)
    wanted = offered(other.get("/book/visit").text)[0]
    assert hold(browser, plan).location == "/book/confirm"
    late = hold(other, plan)
    assert late.status_code == 409
    assert "Someone booked one of these times just before you." in late.text
    assert wanted not in offered(late.text)
    assert wanted in offered(browser.get("/book/visit").text), "who holds it may still choose it"
    assert hold(other, plans(late.text)[0]).location == "/book/confirm"
    starts = sorted(db.session.scalars(select(Slot.starts_at)))
    assert len(starts) == len(set(starts)) == 18, "two visits of 45 minutes, no step twice"


def test_a_forged_plan_is_refused(browser: FlaskClient) -> None:
    employer_offer(browser)
    page = hold(browser, "not-a-plan")
    assert page.status_code == 409
    assert "These times are no longer on offer." in page.text
    assert db.session.scalars(select(Visit)).first() is None


def test_choosing_again_gives_the_first_times_back(browser: FlaskClient) -> None:
    first, second = employer_offer(browser)[:2]
    hold(browser, first)
    assert len(plans(browser.get("/book/visit").text)) > 1
    hold(browser, second)
    states = sorted(db.session.scalars(select(Visit.state)))
    assert states == ["cancelled", "held"]
    post(browser, "/book/release", page="/book/confirm")
    assert set(db.session.scalars(select(Visit.state))) == {"cancelled"}
    assert db.session.scalars(select(Slot)).first() is None


def test_a_hold_is_extended_once_and_then_runs_out(
    browser: FlaskClient, now: datetime, set_clock: SetClock
) -> None:
    hold(browser, employer_offer(browser)[0])
    expires = the_visit().hold_expires_at
    assert expires is not None
    assert abs(expires - now - timedelta(minutes=10)) < timedelta(seconds=30)
    post(browser, "/book/extend", page="/book/confirm")
    later = the_visit().hold_expires_at
    assert later is not None
    assert later - expires == timedelta(minutes=5)
    page = browser.get("/book/confirm").text
    assert "minutes longer" not in page
    post(browser, "/book/extend", page="/book/confirm")
    assert the_visit().hold_expires_at == later
    set_clock(now + timedelta(minutes=16))
    answered = post(browser, "/book/confirm", page="/book/services", email="", phone="")
    assert answered.location == "/book/visit"
    assert "are free again. Choose your visit again." in browser.get("/book/visit").text
    assert the_visit().confirmed_at is None


def test_an_identity_code_is_refused_and_never_stored(browser: FlaskClient) -> None:
    hold(browser, employer_offer(browser)[0])
    page = post(browser, "/book/confirm", page="/book/confirm", email="010594Y9032", phone="+44 20 7946 0000")
    assert page.status_code == 422
    assert "That looks like an identity code." in page.text
    assert 'value="+44 20 7946 0000"' in page.text
    assert the_visit().state == "held"
    assert db.session.scalars(select(Contact)).first() is None


def test_confirming_twice_and_releasing_late_leave_one_booked_visit(browser: FlaskClient) -> None:
    hold(browser, employer_offer(browser)[0])
    with browser.session_transaction() as session:
        before = dict(session)
    answered = post(browser, "/book/confirm", page="/book/confirm", email="", phone="")
    for address in ("/book/confirm", "/book/release"):
        with browser.session_transaction() as session:
            session.update(before)
        again = post(browser, address, page="/book", email="", phone="")
        assert again.status_code == 303
    assert the_visit().state == "booked"
    assert answered.location == f"/v/{the_visit().link_token}"


def test_no_visit_in_the_range_says_what_is_in_the_way(browser: FlaskClient) -> None:
    answer(browser, WORKER)
    choose(browser, "dvv.register", "vero.tax_card")
    page = browser.get("/book/visit?not_before=780").text
    assert "No single visit with all of this is free" in page
    blocking = page[page.index("no free time in the days") : page.index("What you can do")]
    assert "Tax card" in blocking, "its line is open in the morning only"
    assert "Registration" not in blocking
    assert "Look at all days and hours" in page
    assert "Tax card and tax advice also takes walk-ins." in page


def test_dates_asked_for_are_kept_to(browser: FlaskClient) -> None:
    answer(browser, {"q-purpose": "employer"})
    choose(browser, "chamber.employer")
    page = browser.get("/book/visit?from=2026-12-10&not_before=840&not_after=900").text
    assert "Thursday 10 December 2026" in page
    assert set(re.findall(r'class="visit__times">([^<]*)', page)) <= {
        "14:00–14:45",
        "14:05–14:50",
        "14:10–14:55",
    }
    assert "Tuesday 1 December" not in page
    assert browser.get("/book/visit?from=nonsense&not_before=99999").status_code == 200


FAMILY_DAY = VisitOption(
    date(2026, 12, 14),
    540,
    720,
    (
        PlannedLeg("dvv.register", ("p1", "p2", "p3"), "dvv-1", 540, 600),
        PlannedLeg("vero.tax_card", ("p1",), None, 610, 645),
        PlannedLeg("kela.social_security", ("p1", "p2"), "kela-1", 690, 720),
    ),
)
"""Area A, then a walk-in and Kela in area B: 10 minutes between areas, 5 inside one."""


@pytest.mark.usefixtures("sqlite_app")
def test_lanes_tell_walks_waits_and_who_is_with_an_adult() -> None:
    lanes = lanes_of(current_house(), Party(2, 1), FAMILY_DAY)
    dvv, kela = Piece(Kind.BOOKED, 540, 600, 0), Piece(Kind.BOOKED, 690, 720, 2)
    assert lanes == (
        Lane(
            ("p1",),
            (
                dvv,
                Piece(Kind.WALK, 600, 610),
                Piece(Kind.WALK_IN, 610, 645, 1),
                Piece(Kind.WALK, 645, 650),
                Piece(Kind.WAIT, 650, 690),
                kela,
            ),
        ),
        Lane(("p2",), (dvv, Piece(Kind.WALK, 600, 610), Piece(Kind.WAIT, 610, 690), kela)),
        Lane(("p3",), (dvv, Piece(Kind.WITH, 600, 720))),
    )


@pytest.mark.usefixtures("sqlite_app")
def test_waiting_counts_the_line_of_a_walk_in_too() -> None:
    house = current_house()
    # p2 waits 80 minutes between desks; p1 only 40, and 20 more in the line of the tax office.
    assert waiting_min(house, Party(2, 1), FAMILY_DAY) == 80
    alone = VisitOption(FAMILY_DAY.date, 540, 720, tuple(_only_first(leg) for leg in FAMILY_DAY.legs))
    assert waiting_min(house, Party(1), alone) == 60


def _only_first(leg: PlannedLeg) -> PlannedLeg:
    return PlannedLeg(leg.service, ("p1",), leg.desk, leg.start, leg.end)


def test_equal_visits_share_one_card_and_the_trade_is_told(browser: FlaskClient, now: datetime) -> None:
    long = VisitOption(
        date(2026, 12, 10), 540, 660, (PlannedLeg("dvv.register", ("p1",), "dvv-1", 540, 660),)
    )
    short = VisitOption(
        date(2026, 12, 14), 540, 600, (PlannedLeg("dvv.register", ("p1",), "dvv-1", 540, 600),)
    )
    wish = Wish(Party(1), (LegWish("dvv.register", ("p1",)),), "en")
    found = proposals.Proposals(long, short, short, (), ())
    with browser.application.test_request_context("/"):
        offer = offer_of(current_house(), wish, found, now=now)
    assert [(card.title, card.is_suggested, card.is_checked) for card in offer.best] == [
        ("Soonest", False, False),
        ("Shortest", True, True),
    ]
    assert offer.best[1].trade == "1\N{NO-BREAK SPACE}h shorter, 4 days later."
    assert offer.further == []
