"""The desk by its pages: what clerks press, what they may see, what a second press does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.ticket import TicketAction
from ihh.domain.wish import LegWish, Wish
from ihh.models import QueueEvent, Ticket
from ihh.models.account import Role
from ihh.services import accounts, check_in, desks, serving
from tests.conftest import SetClock
from tests.web.forms import browsing, hidden, post, sign_in

PASSWORD = "a long enough one"

Come = Callable[..., str]
Clerk = Callable[..., FlaskClient]


@pytest.fixture
def house_app(app: Flask, now: datetime, set_clock: SetClock) -> Flask:
    set_clock(now)
    return app


@pytest.fixture
def come(house_app: Flask, now: datetime) -> Come:
    """`come("kela.advice", minutes_ago=20)`: a walk-in is in the house; gives the queue number."""

    def walk_in(*services: str, minutes_ago: int = 10, language: str = "en") -> str:
        wish = Wish(Party(1), tuple(LegWish(service, ("p1",)) for service in services), language)
        at = now - timedelta(minutes=minutes_ago)
        visit_id = check_in.take_number(wish, now=at, by="kiosk:hall").visit_id
        return str(
            db.session.scalars(select(Ticket).where(Ticket.visit_id == visit_id)).first().visit.queue_number
        )  # type: ignore[union-attr]

    return walk_in


@pytest.fixture
def clerk(house_app: Flask, now: datetime) -> Clerk:
    """`clerk("anna", desk="kela-1")`: a browser signed in as a clerk of that agency, the desk open."""

    def at(name: str, *, agency: str = "kela", desk: str | None = None) -> FlaskClient:
        accounts.add_user(name, PASSWORD, Role.CLERK, agency_id=agency, now=now)
        client = browsing(house_app.test_client())
        sign_in(client, name, PASSWORD)
        if desk is not None:
            assert post(client, f"/desk/{desk}/open", page="/desk").status_code == 303
        return client

    return at


def events(action: TicketAction) -> list[QueueEvent]:
    query = select(QueueEvent).where(QueueEvent.action == action).order_by(QueueEvent.id)
    return list(db.session.scalars(query))


def spelled(number: str) -> str:
    return " ".join(number.replace(" ", ""))


def at_desk(page: str) -> str | None:
    """The number that the page shows at the desk, as it is heard."""
    middle = page.split('data-part="visitor"')[1].split('data-part="outcome"')[0]
    found = re.search(r'who__number.*?visually-hidden">([^<]*)<', middle, re.S)
    return found[1] if found else None


def waiting(page: str) -> list[str]:
    line = page.split('data-part="line"')[1].split('data-part="visitor"')[0]
    return re.findall(r'visually-hidden">([A-Z] \d \d \d)<', line)


def test_two_clerks_never_get_the_same_visitor(come: Come, clerk: Clerk) -> None:
    first, second = come("kela.advice", minutes_ago=20), come("kela.advice", minutes_ago=10)
    anna, bert = clerk("anna", desk="kela-1"), clerk("bert", desk="kela-2")
    shown_to_both = [spelled(first), spelled(second)]
    assert waiting(anna.get("/desk/kela-1").text) == shown_to_both
    assert waiting(bert.get("/desk/kela-2").text) == shown_to_both

    post(anna, "/desk/kela-1/call-next", page="/desk/kela-1")
    post(bert, "/desk/kela-2/call-next", page="/desk/kela-2")

    assert at_desk(anna.get("/desk/kela-1").text) == spelled(first)
    assert at_desk(bert.get("/desk/kela-2").text) == spelled(second)
    assert waiting(anna.get("/desk/kela-1").text) == []
    assert [event.desk_id for event in events(TicketAction.CALL)] == ["kela-1", "kela-2"]


def test_a_button_sent_twice_counts_once(come: Come, clerk: Clerk) -> None:
    come("kela.advice")
    anna = clerk("anna", desk="kela-1")
    page = anna.get("/desk/kela-1").text
    fields = {name: hidden(page, name) for name in ("csrf_token", "request_id")}
    answers = [anna.post("/desk/kela-1/call-next", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(events(TicketAction.CALL)) == 1


def test_one_page_may_press_several_buttons(come: Come, clerk: Clerk) -> None:
    """The buttons of a page share its id, but each counts for itself."""
    come("kela.advice")
    anna = clerk("anna", desk="kela-1")
    page = anna.get("/desk/kela-1").text
    fields = {name: hidden(page, name) for name in ("csrf_token", "request_id")}
    for action in ("call-next", "start", "finish"):
        assert anna.post(f"/desk/kela-1/{action}", data=fields).status_code == 303
    ended = db.session.scalars(select(Ticket)).one()
    assert (ended.state, ended.outcome) == ("completed", "done")


def test_a_refusal_is_said_beside_the_state_as_it_is(come: Come, clerk: Clerk) -> None:
    anna = clerk("anna", desk="kela-1")
    answer = post(anna, "/desk/kela-1/call-next", page="/desk/kela-1")
    assert answer.status_code == 409
    assert re.search(r'id="said" class="strip[^>]*>No one is waiting for this desk\.<', answer.text)
    number = come("kela.advice")
    answer = post(anna, "/desk/kela-1/start", page="/desk/kela-1", json=True)
    assert answer.status_code == 409
    assert answer.json["tone"] == "refused"
    assert answer.json["sentence"].startswith("That is no longer possible")
    assert waiting(answer.json["html"]) == [spelled(number)]


def test_the_outcome_is_kept_and_the_next_one_called(come: Come, clerk: Clerk) -> None:
    come("kela.advice", minutes_ago=20)
    second = come("kela.advice", minutes_ago=10)
    anna = clerk("anna", desk="kela-1")
    for action in ("call-next", "start"):
        post(anna, f"/desk/kela-1/{action}", page="/desk/kela-1")
    answer = post(
        anna, "/desk/kela-1/finish-and-call-next", page="/desk/kela-1", json=True, outcome="must_return"
    )
    assert at_desk(answer.json["html"]) == spelled(second)
    assert events(TicketAction.COMPLETE)[0].detail == {"outcome": "must_return"}


def test_of_other_agencies_only_place_and_time_are_shown(come: Come, clerk: Clerk) -> None:
    come("kela.social_security", "city.guidance")
    anna = clerk("anna", desk="kela-1")
    for action in ("call-next", "start"):
        post(anna, f"/desk/kela-1/{action}", page="/desk/kela-1")
    page = anna.get("/desk/kela-1?lang=en").text
    visit = page.split('data-part="visitor"')[1].split('data-part="outcome"')[0]
    assert "Social security and Kela card" in visit
    assert "City advice" in visit
    assert "In line in area C, place kept" in visit
    assert "Multilingual" not in visit
    assert "guidance" not in visit.lower()
    transfer = page.split('data-part="transfer"')[1].split('data-part="bar"')[0]
    assert 'value="city.guidance"' not in transfer, "the visit has City advice already"
    assert 'value="vero.tax_card"' in transfer


def test_a_transfer_keeps_the_number(come: Come, clerk: Clerk) -> None:
    number = come("kela.advice")
    anna = clerk("anna", desk="kela-1")
    for action in ("call-next", "start"):
        post(anna, f"/desk/kela-1/{action}", page="/desk/kela-1")
    answer = post(
        anna, "/desk/kela-1/transfer", page="/desk/kela-1", json=True, service="employment.jobseeker"
    )
    assert answer.status_code == 200
    assert at_desk(answer.json["html"]) is None
    erik = clerk("erik", agency="employment", desk="employment-1")
    assert waiting(erik.get("/desk/employment-1").text) == [spelled(number)]


def test_who_is_busy_elsewhere_keeps_the_place_and_is_not_called(
    come: Come, clerk: Clerk, now: datetime
) -> None:
    busy = come("kela.advice", "vero.tax_card", minutes_ago=30)
    free = come("kela.advice", minutes_ago=5)
    desks.open_desk("vero-1", None, now=now)
    serving.call_next("vero-1", now=now, by="demo")
    anna = clerk("anna", desk="kela-1")
    page = anna.get("/desk/kela-1?lang=en").text
    assert waiting(page) == [spelled(busy), spelled(free)]
    away = page.split('data-part="line"')[1].split('data-part="visitor"')[0]
    assert re.search(r"With Tax now, back in \d+–\d+\xa0min", away)
    assert "Place kept, waited 30\xa0min" in away
    assert "tax card" not in away.lower(), "where and how long, never what for"
    answer = post(anna, "/desk/kela-1/call-next", page="/desk/kela-1", json=True)
    assert at_desk(answer.json["html"]) == spelled(free)


def test_hold_release_and_a_call_out_of_turn(come: Come, clerk: Clerk) -> None:
    first, second = come("kela.advice", minutes_ago=20), come("kela.advice", minutes_ago=10)
    anna = clerk("anna", desk="kela-1")
    tickets = list(db.session.scalars(select(Ticket).order_by(Ticket.id)))
    address = f"/desk/kela-1/line/{tickets[1].id}/call"
    called = post(anna, address, page="/desk/kela-1", json=True, why="The bus leaves at eleven")
    assert at_desk(called.json["html"]) == spelled(second)
    detail = events(TicketAction.CALL)[0].detail
    assert (detail["chosen"], detail["why"]) == (True, "The bus leaves at eleven")
    assert "Called out of turn: The bus leaves at eleven. Walk-in, here since 9:50" in called.json["html"]
    post(anna, "/desk/kela-1/hold", page="/desk/kela-1")
    released = post(anna, f"/desk/kela-1/line/{tickets[1].id}/release", page="/desk/kela-1", json=True)
    assert waiting(released.json["html"]) == [spelled(first), spelled(second)]


def test_need_goes_first_once_and_only_for_a_known_reason(come: Come, clerk: Clerk) -> None:
    first, second = come("kela.advice", minutes_ago=20), come("kela.advice", minutes_ago=10)
    anna = clerk("anna", desk="kela-1")
    last = db.session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
    assert last is not None
    address = f"/desk/kela-1/line/{last.id}/need"
    assert post(anna, address, page="/desk/kela-1", why="010594Y9032").status_code == 422
    page = anna.get("/desk/kela-1").text
    fields = {name: hidden(page, name) for name in ("csrf_token", "request_id")}
    for _ in range(2):
        anna.post(address, data={**fields, "why": "small_children"})
    assert waiting(anna.get("/desk/kela-1").text) == [spelled(second), spelled(first)]
    assert [event.detail for event in events(TicketAction.MARK_NEED)] == [{"why": "small_children"}]


def test_a_clerk_of_another_agency_stays_outside(come: Come, clerk: Clerk) -> None:
    come("kela.advice")
    clerk("anna", desk="kela-1")
    dora = clerk("dora", agency="dvv")
    assert dora.get("/desk/kela-1").status_code == 403
    assert dora.get("/desk/kela-1/now").status_code == 403
    assert post(dora, "/desk/kela-1/open", page="/desk").status_code == 403
    assert post(dora, "/desk/kela-1/call-next", page="/desk", request_id="0" * 32).status_code == 403
    assert "Desk 7" not in dora.get("/desk").text
    assert events(TicketAction.CALL) == []


def test_only_who_has_the_desk_acts_at_it(come: Come, clerk: Clerk) -> None:
    come("kela.advice")
    clerk("anna", desk="kela-1")
    bert = clerk("bert", desk="kela-2")
    assert bert.get("/desk/kela-1").location == "/desk"
    assert bert.get("/desk/kela-1/now").json == {"go": "/desk"}
    answer = post(bert, "/desk/kela-1/call-next", page="/desk/kela-2", json=True)
    assert (answer.status_code, answer.json["code"]) == (403, "not_your_desk")
    assert post(bert, "/desk/kela-1/close", page="/desk/kela-2").status_code == 403
    assert events(TicketAction.CALL) == []


def test_a_desk_is_taken_once_and_a_clerk_has_one(clerk: Clerk) -> None:
    clerk("anna", desk="kela-1")
    bert = clerk("bert")
    assert "Taken by another clerk" in bert.get("/desk?lang=en").text
    taken = post(bert, "/desk/kela-1/open", page="/desk")
    assert taken.status_code == 409
    assert "Someone else has this desk open." in taken.text
    post(bert, "/desk/kela-2/open", page="/desk")
    second = post(bert, "/desk/kela-3/open", page="/staff/start")
    assert second.status_code == 409
    assert "You have desk 8 open. Close it first." in second.text


def test_a_desk_of_the_demonstration_is_handed_over_with_its_visitor(
    come: Come, clerk: Clerk, now: datetime
) -> None:
    number = come("kela.advice")
    desks.open_desk("kela-1", None, now=now)
    serving.call_next("kela-1", now=now, by="demo")
    anna = clerk("anna", desk="kela-1")
    assert at_desk(anna.get("/desk/kela-1").text) == spelled(number)


def test_a_break_calls_no_one_and_a_visitor_keeps_the_desk_open(come: Come, clerk: Clerk) -> None:
    come("kela.advice")
    anna = clerk("anna", desk="kela-1")
    post(anna, "/desk/kela-1/pause", page="/desk/kela-1")
    assert post(anna, "/desk/kela-1/call-next", page="/desk/kela-1").status_code == 409
    post(anna, "/desk/kela-1/resume", page="/desk/kela-1")
    assert post(anna, "/desk/kela-1/call-next", page="/desk/kela-1").status_code == 303
    assert post(anna, "/desk/kela-1/close", page="/desk/kela-1").status_code == 409
    assert post(anna, "/staff/sign-out", page="/staff/start").location == "/desk/kela-1"
    post(anna, "/desk/kela-1/not-here", page="/desk/kela-1")
    assert post(anna, "/desk/kela-1/close", page="/desk/kela-1").location == "/desk"
    assert db.session.execute(select(func.count()).select_from(QueueEvent)).scalar_one() > 0


def test_the_state_is_sent_again_only_when_it_changed(
    come: Come, clerk: Clerk, now: datetime, set_clock: SetClock
) -> None:
    anna = clerk("anna", desk="kela-1")
    set_clock(now)
    first = anna.get("/desk/kela-1/now")
    assert first.status_code == 200
    assert first.json["epoch"] == "2026-12-01"
    again = anna.get("/desk/kela-1/now", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    come("kela.advice")
    after = anna.get("/desk/kela-1/now", headers={"If-None-Match": first.headers["ETag"]})
    assert after.status_code == 200
    assert after.json["revision"] > first.json["revision"]


def test_a_shut_house_and_an_empty_line_say_so(clerk: Clerk, now: datetime, set_clock: SetClock) -> None:
    anna = clerk("anna", desk="kela-1")
    page = anna.get("/desk/kela-1?lang=en").text
    assert "No one is waiting" in page
    assert "Open until 11:30" in page
    set_clock(now.replace(hour=17))
    assert "Hours ended at 16:00" in anna.get("/desk/kela-1").text
    set_clock(now.replace(hour=11, minute=40))
    assert "Break in the hours until 12:00" in anna.get("/desk/kela-1").text
    set_clock(now.replace(day=6))
    assert "No opening hours today" in anna.get("/desk/kela-1").text
