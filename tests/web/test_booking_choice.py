"""Second visits, two visits, walk-ins for the rest, and no visit at all, chosen on pages and held."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy import select

from ihh.db import db
from ihh.domain.override import OverrideFault
from ihh.domain.route import LegFaultCode
from ihh.models import Slot, Visit
from ihh.services.house import current_house, load_house
from ihh.web.booking_services import fault_text
from tests.conftest import SetClock
from tests.servers.site import house_document
from tests.situations import TUESDAY, kept_busy
from tests.web.booking_pages import (
    WORKER,
    answer,
    card,
    choose,
    employer_offer,
    hold,
    plan_of,
    plans,
)
from tests.web.forms import hidden, post

GERMAN = {"q-purpose": "work", "q-citizenship": "eu", "q-identity_code": "no"}
DVV = ("dvv-1", "dvv-2", "dvv-3", "dvv-4")
MIGRI = ("migri-1", "migri-2")
KELA = ("kela-1", "kela-2", "kela-3")
WEDNESDAY, THURSDAY = TUESDAY + timedelta(days=1), TUESDAY + timedelta(days=2)
CONTACT = {"email": "ann@example.com", "phone": "+44 20 7946 0000"}


@pytest.fixture
def browser(client: FlaskClient, now: datetime, set_clock: SetClock) -> FlaskClient:
    """On either database, on Tuesday at ten."""
    set_clock(now)
    return client


def all_visits() -> list[Visit]:
    query = select(Visit).order_by(Visit.service_date).execution_options(populate_existing=True)
    return list(db.session.scalars(query))


def waiting_for(service: str, page: str) -> str:
    """What the services page says of one that must wait."""
    house = current_house()
    name = house.service[service].name["en"]
    return next(part for part in page.split('<li class="elsewhere waiting">') if f"<h3>{name}" in part)


class TestSecondVisit:
    def test_what_must_wait_says_how_long_and_can_be_booked(self, browser: FlaskClient) -> None:
        answer(browser, GERMAN)
        entry = waiting_for("dvv.register", browser.get("/book/services").text)
        assert "At least 21 days after this visit." in entry
        assert "From Tuesday 22 December 2026, if the first one were today" in entry
        assert 'name="later" value="dvv.register"' in entry

    def test_nobody_knows_when_a_permit_comes_so_nothing_can_be_booked(self, browser: FlaskClient) -> None:
        answer(browser, {**WORKER, "q-identity_code": "no", "q-permit": "no"})
        page = browser.get("/book/services").text
        assert "You need a residence permit before DVV can register you." in page
        assert 'name="later"' not in page
        assert "days after this visit" not in page

    def test_both_are_chosen_held_booked_and_linked(self, browser: FlaskClient) -> None:
        answer(browser, GERMAN)
        choose(browser, "migri.eu_registration", later="dvv.register")
        page = browser.get("/book/visit").text
        assert "Second visit: DVV" in page
        first_choice = plans(page)[0]
        assert "Two trips, the second 21 days after the first." in page
        assert "Tue 1 + Tue 22 Dec" in page
        hold(browser, first_choice)
        post(browser, "/book/confirm", page="/book/confirm", email="", phone="")
        first, second = all_visits()
        assert [leg.service_id for leg in (*first.legs, *second.legs)] == [
            "migri.eu_registration",
            "dvv.register",
        ]
        assert (second.service_date - first.service_date).days == 21
        assert second.follows_after_days == 21

    def test_the_choice_is_kept_with_the_form(self, browser: FlaskClient) -> None:
        answer(browser, GERMAN)
        choose(browser, "migri.eu_registration", later="dvv.register")
        page = browser.get("/book/services").text
        assert re.search(r'name="later" value="dvv.register" checked', page)
        assert re.search(r'name="later" value="vero.tax_card">', page)


class TestTamperedForms:
    """What the page does not offer can still be sent."""

    def test_what_the_answers_block(self, browser: FlaskClient) -> None:
        answer(browser, GERMAN)
        sent = {"reason:dvv.register": "The public has no reasons"}
        page = choose(browser, "migri.eu_registration", "dvv.register", **sent)
        assert page.status_code == 422
        sentence = "Registration and municipality of residence is not possible yet."
        assert f'<a href="#people-dvv.register">{sentence}' in page.text
        assert 'id="people-dvv.register"' in page.text, "the link leads somewhere"
        assert browser.get("/book/visit").location == "/book/services"

    def test_a_second_visit_with_what_the_first_one_needs(self, browser: FlaskClient) -> None:
        answer(browser, WORKER)
        page = choose(browser, "vero.tax_card", later="dvv.register")
        assert page.status_code == 422
        assert "must come before a service of the first visit." in page.text

    def test_what_is_not_on_the_page_leads_to_the_list(self, browser: FlaskClient) -> None:
        answer(browser, WORKER)
        page = choose(browser, "etk.pension")
        assert '<a href="#services">Pension' in page.text

    def test_a_service_in_both_visits_is_had_in_the_first(self, browser: FlaskClient) -> None:
        answer(browser, WORKER)
        assert choose(browser, "dvv.register", later="dvv.register").location == "/book/visit"
        assert "Second visit" not in browser.get("/book/visit").text


@pytest.mark.usefixtures("sqlite_app")
def test_every_fault_has_its_sentence() -> None:
    with current_app.test_request_context("/"):
        sentences = {fault: fault_text(current_house(), fault, "dvv.register") for fault in LegFaultCode}
        sentences |= {fault: fault_text(current_house(), fault, "dvv.register") for fault in OverrideFault}
    assert len(set(sentences.values())) == len(LegFaultCode) + len(OverrideFault)


@pytest.fixture
def two_on_offer(browser: FlaskClient) -> FlaskClient:
    """Migri has time on Tuesday and from Thursday, DVV on Wednesday and from Friday."""
    kept_busy(*MIGRI, day=WEDNESDAY)
    kept_busy(*DVV, day=TUESDAY)
    kept_busy(*DVV, day=THURSDAY)
    answer(browser, {**GERMAN, "q-identity_code": "yes"})
    choose(browser, "migri.eu_registration", "dvv.register")
    return browser


def booked_visits() -> list[Visit]:
    """Without those that fill the calendars."""
    return [visit for visit in all_visits() if visit.origin == "online" and visit.customer_type == "work"]


class TestTwoVisits:
    def test_the_trade_is_told_on_both_sides(self, two_on_offer: FlaskClient) -> None:
        page = two_on_offer.get("/book/visit").text
        two = card(page, "Two visits")
        assert "Tue 1 + Wed 2 Dec" in two
        assert "Done 2 days sooner, two trips." in two
        assert re.search(r"You:</dt> <dd>Tuesday 1 December 2026: .* Wednesday 2 December 2026: ", two)
        soonest = next(each for each in page.split("<li") if ">Soonest" in each)
        assert "One trip instead of two, done 2 days later." in soonest

    def test_they_are_held_extended_and_released_together(
        self, two_on_offer: FlaskClient, now: datetime
    ) -> None:
        browser = two_on_offer
        slots = len(list(db.session.scalars(select(Slot))))
        hold(browser, plan_of(browser.get("/book/visit").text, "Two visits"))
        page = browser.get("/book/confirm").text
        assert page.index("Tuesday 1 December 2026") < page.index("Wednesday 2 December 2026")
        assert "Two visits: both are kept, and confirmed together." in page
        post(browser, "/book/extend", page="/book/confirm")
        expiry = [visit.hold_expires_at for visit in booked_visits()]
        assert expiry[0] == expiry[1]
        assert expiry[0] is not None
        assert expiry[0] - now > timedelta(minutes=14)
        post(browser, "/book/release", page="/book/confirm")
        assert [visit.state for visit in booked_visits()] == ["cancelled", "cancelled"]
        assert len(list(db.session.scalars(select(Slot)))) == slots

    def test_each_page_leads_to_the_other_and_each_is_cancelled_alone(
        self, two_on_offer: FlaskClient
    ) -> None:
        browser = two_on_offer
        hold(browser, plan_of(browser.get("/book/visit").text, "Two visits"))
        done = post(browser, "/book/confirm", page="/book/confirm", email="", phone="")
        first, second = booked_visits()
        assert done.location == f"/v/{first.link_token}"
        pages = [browser.get(f"/v/{visit.link_token}").text for visit in (first, second)]
        assert "Your second visit: Wednesday 2 December 2026" in pages[0]
        assert f"/v/{second.link_token}" in pages[0]
        assert "Your first visit: Tuesday 1 December 2026" in pages[1]
        assert f"/v/{first.link_token}" in pages[1]
        asked = browser.get(f"/v/{first.link_token}/cancel").text
        assert "Your second visit, on Wednesday 2 December 2026, stays booked." in asked
        post(browser, f"/v/{first.link_token}/cancel", page=f"/v/{first.link_token}/cancel")
        assert [visit.state for visit in booked_visits()] == ["cancelled", "booked"]
        assert "Your first visit" not in browser.get(f"/v/{second.link_token}").text

    def test_one_moves_only_to_its_side_of_the_other(self, two_on_offer: FlaskClient) -> None:
        browser = two_on_offer
        hold(browser, plan_of(browser.get("/book/visit").text, "Two visits"))
        post(browser, "/book/confirm", page="/book/confirm", email="", phone="")
        first, second = booked_visits()
        earlier = browser.get(f"/v/{first.link_token}/move").text
        assert "This one can be on Tuesday 1 December 2026 at the latest." in earlier
        assert 'max="2026-12-01"' in earlier
        later = browser.get(f"/v/{second.link_token}/move").text
        assert "Your first visit, on Tuesday 1 December 2026, stays as it is." in later
        assert "This one can be on Wednesday 2 December 2026 at the earliest." in later
        choice = next(plan for plan in plans(later) if plan)
        moved = post(
            browser, f"/v/{second.link_token}/move", page=f"/v/{second.link_token}/move", plan=choice
        )
        assert moved.status_code == 303

    def test_a_taken_time_of_one_takes_neither(self, two_on_offer: FlaskClient) -> None:
        browser = two_on_offer
        page = browser.get("/book/visit").text
        plan = plan_of(page, "Two visits")
        kept_busy(*DVV, day=WEDNESDAY)
        late = hold(browser, plan)
        assert late.status_code == 409
        assert "Someone booked one of these times just before you." in late.text
        assert "Two visits" not in late.text
        assert plans(late.text), "fresh visits are on offer"
        assert booked_visits() == []


class TestWalkInForTheRest:
    def test_a_number_where_no_appointment_is_as_soon(self, browser: FlaskClient) -> None:
        kept_busy(*KELA, day=TUESDAY)
        answer(browser, WORKER)
        choose(browser, "dvv.register", "kela.social_security")
        page = browser.get("/book/visit").text
        mixed = card(page, "Book part, walk in")
        assert "Tue 1 Dec" in mixed
        assert "1 day sooner, but you take a number for a part, and its time can move." in mixed
        assert "Kela, walk-in, time can move." in mixed
        hold(browser, plan_of(page, "Book part, walk in"))
        (visit,) = booked_visits()
        assert {leg.service_id: leg.desk_id is not None for leg in visit.legs} == {
            "dvv.register": True,
            "kela.social_security": False,
        }

    def test_it_is_offered_where_nothing_else_is(self, browser: FlaskClient, now: datetime) -> None:
        last = date(2027, 1, 29)
        kept_busy(*KELA, day=last)
        answer(browser, WORKER)
        choose(browser, "dvv.register", "kela.social_security")
        page = browser.get(f"/book/visit?from={last}").text
        assert "No single visit with all of this is free" in page
        assert "Not everything can be booked" in card(page, "Book part, walk in")
        assert "What you can do" not in page


class TestNoVisit:
    LAST = date(2027, 1, 29)
    """The last open day in the sixty that can be booked."""

    def test_the_waitlist_is_offered_where_waiting_can_help(self, browser: FlaskClient) -> None:
        kept_busy("chamber-1", day=self.LAST)
        answer(browser, {"q-purpose": "employer"})
        choose(browser, "chamber.employer")
        page = browser.get(f"/book/visit?from={self.LAST}&not_before=600").text
        assert "These have no free time in the days and hours you asked for:" in page
        assert f'href="/waitlist?from={self.LAST}&amp;not_before=600"' in page
        never = browser.get("/book/visit?not_before=900&not_after=900").text
        assert "/waitlist" not in never, "no visit fits in no time"

    def test_what_is_free_can_be_booked_without_what_is_not(self, browser: FlaskClient) -> None:
        kept_busy("chamber-1", day=self.LAST)
        answer(browser, {"q-purpose": "employer"})
        choose(browser, "chamber.employer", "city.guidance")
        page = browser.get(f"/book/visit?from={self.LAST}").text
        rest = page[page.index('action="/book/services"') :].split("</form>")[0]
        assert hidden(rest, "service") == "city.guidance"
        assert choose(browser, "city.guidance").location == "/book/visit"

    def test_services_by_phone_are_named(self, browser: FlaskClient, now: datetime) -> None:
        document = house_document()
        rights = next(each for each in document["service"] if each["id"] == "sak.rights")
        own = {"id": "chamber.phone", "agency": "chamber", "phone": "+358 9 228 601"}
        document["service"].append({**rights, **own, "documents": [], "applies": []})
        load_house(document, now=now)
        kept_busy("chamber-1", day=self.LAST)
        answer(browser, {"q-purpose": "employer"})
        choose(browser, "chamber.employer")
        page = browser.get(f"/book/visit?from={self.LAST}").text
        assert "By phone or online: " in page
        assert 'href="tel:+3589228601"' in page


class TestNothingTypedIsLost:
    def test_when_the_times_run_out_while_one_types(
        self, browser: FlaskClient, now: datetime, set_clock: SetClock
    ) -> None:
        hold(browser, employer_offer(browser)[0])
        set_clock(now + timedelta(minutes=11))
        late = post(browser, "/book/confirm", page="/book/services", **CONTACT)
        assert "are free again. Choose your visit again." in late.text
        typed = {name: hidden(late.text, name) for name in CONTACT}
        assert typed == CONTACT
        again = hold(browser, plans(late.text)[0], **typed)
        assert all(f'value="{value}"' in again.text for value in CONTACT.values())
        assert post(browser, "/book/confirm", page="/book/confirm", **CONTACT).status_code == 303

    def test_when_one_asks_for_more_time_or_another_visit(self, browser: FlaskClient) -> None:
        hold(browser, employer_offer(browser)[0])
        longer = post(browser, "/book/extend", page="/book/confirm", **CONTACT)
        assert 'value="ann@example.com"' in longer.text
        assert "minutes longer" not in longer.text, "once only"
        other = post(browser, "/book/release", page="/book/confirm", **CONTACT)
        assert hidden(other.text, "email") == "ann@example.com"
        assert not list(db.session.scalars(select(Slot)))

    def test_the_browsers_clock_may_be_early(self, browser: FlaskClient) -> None:
        """It gives the times back itself when its countdown is over; it never confirms."""
        hold(browser, employer_offer(browser)[0])
        over = post(browser, "/book/release", page="/book/confirm", over="1", **CONTACT)
        assert "are free again. Choose your visit again." in over.text
        assert [visit.state for visit in all_visits()] == ["cancelled"]

    def test_a_taken_time_keeps_the_days_that_were_asked_for(self, browser: FlaskClient) -> None:
        employer_offer(browser)
        page = browser.get("/book/visit?from=2026-12-10&not_before=840").text
        plan = plans(page)[0]
        kept_busy("chamber-1", day=date(2026, 12, 10))
        late = hold(browser, plan, **{"from": "2026-12-10", "not_before": "840"})
        assert late.status_code == 409
        assert hidden(late.text, "from") == "2026-12-10"
        assert not re.search(r'class="visit__times">(9|1[0-3]):', late.text)
