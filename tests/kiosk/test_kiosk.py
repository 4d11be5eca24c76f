"""The kiosk's pages and writes: pairing, each refusal in words, one number however often it is asked for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from ihh import clock
from ihh.db import db
from ihh.domain.party import people_of
from ihh.models import KioskUse, Visit
from ihh.models.account import DeviceKind
from ihh.services import booking, check_in, devices
from tests import situations
from tests.conftest import SetClock
from tests.situations import at

DVV = "dvv.register"
TAX = "vero.tax_card"
KELA = "kela.social_security"


@dataclass
class Kiosk:
    """A paired kiosk as its pages use it."""

    client: FlaskClient

    def page(self, path: str, **options: object) -> str:
        answer = self.client.get(path, follow_redirects=True, **options)
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    def token(self) -> str:
        found = re.search(r'name="csrf-token" content="([^"]+)"', self.client.get("/kiosk/help").text)
        assert found is not None
        return found.group(1)

    def post(self, path: str, request_id: str = "", **fields: object) -> TestResponse:
        """As a form without a script."""
        fields |= {"csrf_token": self.token(), "request_id": request_id or str(uuid.uuid4())}
        return self.client.post(path, data=fields)

    def ask(self, path: str, request_id: str = "", **fields: object) -> TestResponse:
        """As the page's script does."""
        headers = {"Accept": "application/json", "X-CSRFToken": self.token()}
        fields |= {"request_id": request_id or str(uuid.uuid4())}
        return self.client.post(path, data=fields, headers=headers)


def words(html: str) -> str:
    """What a page says, its scripts' data left out."""
    shown = re.sub(r"<script.*?</script>|<head>.*?</head>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)).replace("\u00a0", " "))


@pytest.fixture
def kiosk(sqlite_client: FlaskClient, set_clock: SetClock) -> Kiosk:
    """A kiosk at 10:00 on Tuesday 1 December 2026."""
    set_clock(at("10:00"))
    return paired(sqlite_client)


def paired(client: FlaskClient) -> Kiosk:
    code = devices.add_device(DeviceKind.KIOSK, "door", now=clock.real_now())
    page = client.get("/kiosk/pair").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post("/kiosk/pair", data={"csrf_token": token.group(1), "code": code})
    assert answer.status_code == 302
    return Kiosk(client)


def booked(**options: object) -> Visit:
    return situations.booked(situations.wish(DVV), **options)  # type: ignore[arg-type]


def starts_at(visit: Visit, minutes: int) -> None:
    """Let the house's time be `minutes` after the visit's first appointment."""
    first = visit.legs[0].starts_at
    assert first is not None
    clock.shift(first + timedelta(minutes=minutes) - clock.real_now())


# ------------------------------------------------------------------ the device


def test_a_typed_code_pairs_once_and_revoking_ends_it(
    sqlite_client: FlaskClient, set_clock: SetClock
) -> None:
    set_clock(at("10:00"))
    sqlite_client.environ_base["HTTP_ACCEPT"] = "text/html"
    assert sqlite_client.get("/kiosk/").headers["Location"] == "/kiosk/pair"
    code = devices.add_device(DeviceKind.KIOSK, "door", now=clock.real_now())
    form = Kiosk(sqlite_client)
    page = sqlite_client.get("/kiosk/pair").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    fields = {"csrf_token": token.group(1), "code": f" {code[:4].lower()} {code[4:]} "}

    answer = sqlite_client.post("/kiosk/pair", data=fields)

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("ihh_kiosk=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "I have no booking" in form.page("/kiosk/")
    again = sqlite_client.post("/kiosk/pair", data=fields)
    assert again.status_code == 403
    assert "This code is wrong or too old" in words(again.text)

    devices.revoke("door", now=clock.real_now())

    assert sqlite_client.get("/kiosk/").headers["Location"] == "/kiosk/pair"
    headers = {"Accept": "application/json", "X-CSRFToken": token.group(1)}
    assert sqlite_client.post("/kiosk/check-in", headers=headers).status_code == 401


def test_a_demonstration_pairs_by_itself(
    sqlite_app: Flask, sqlite_client: FlaskClient, set_clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(at("10:00"))
    sqlite_client.environ_base["HTTP_ACCEPT"] = "text/html"
    monkeypatch.setitem(sqlite_app.config, "IHH", replace(sqlite_app.config["IHH"], is_demo=True))

    page = Kiosk(sqlite_client).page("/kiosk/")

    assert "Demonstration with synthetic data" in page
    assert [device.name[:11] for device in devices.all_devices()] == ["demo-kiosk-"]


# ------------------------------------------------------------------ refusals in words


def cancelled() -> Visit:
    visit = booked()
    return booking.cancel(visit.id, now=at("12:00", date(2026, 11, 28)))


REFUSALS: dict[str, tuple[Callable[[], Visit], str, list[str]]] = {
    "too early": (
        lambda: booked(not_before="12:00"),
        "Your visit starts at 12:00. You can check in from 11:00.",
        ["done", "walk_in"],
    ),
    "a later day": (
        lambda: booked(day=date(2026, 12, 3)),
        "Your visit is on Thursday 3 December 2026. Come back then, or take a number.",
        ["walk_in", "done"],
    ),
    "an earlier day": (
        lambda: booked(day=date(2026, 11, 30)),
        "Your visit was on Monday 30 November 2026. Take a number, or book a new visit.",
        ["walk_in", "done"],
    ),
    "cancelled": (
        cancelled,
        "This visit was cancelled. Take a number, or book a new visit.",
        ["walk_in", "done"],
    ),
}


@pytest.mark.parametrize("situation", REFUSALS)
def test_a_refused_code_says_why_and_what_to_do(kiosk: Kiosk, situation: str) -> None:
    make, sentence, steps = REFUSALS[situation]
    visit = make()

    told = kiosk.ask("/kiosk/check-in", scanned=visit.booking_code)
    form = kiosk.post("/kiosk/check-in", scanned=visit.booking_code)

    assert told.mimetype == "application/problem+json"
    assert told.json is not None
    assert (told.json["title"], told.json["steps"]) == (sentence, steps)
    assert told.status_code == form.status_code == 409
    assert sentence in words(form.text)
    assert situations.events("check_in") == []


def test_an_unknown_code_can_be_tried_again(kiosk: Kiosk) -> None:
    told = kiosk.ask("/kiosk/check-in", scanned="https://elsewhere.example/menu")

    assert told.status_code == 404
    assert told.json is not None
    assert told.json["title"] == "We do not know this code. Check it and try again, or take a number."
    assert told.json["steps"] == ["again", "walk_in"]


def test_a_finished_visit_says_so(kiosk: Kiosk) -> None:
    visit = booked(not_before="10:00")
    done = check_in.check_in(visit.booking_code, now=at("10:00"), by="kiosk:other")
    found = situations.visit(done.visit_id)
    found.state = "ended"

    told = kiosk.ask("/kiosk/check-in", scanned=visit.booking_code)

    assert told.json is not None
    assert told.json["title"] == "This visit is finished. Take a number if you need something else."


def test_without_an_id_nothing_is_written(kiosk: Kiosk) -> None:
    visit = booked(not_before="10:00")

    told = kiosk.ask("/kiosk/check-in", request_id="no id", scanned=visit.booking_code)

    assert told.status_code == 422
    assert situations.events("check_in") == []


# ------------------------------------------------------------------ checking in


@pytest.mark.parametrize("code", ["token", "link", "typed"])
def test_each_kind_of_code_leads_to_the_number_the_area_and_a_slip(kiosk: Kiosk, code: str) -> None:
    visit = booked(not_before="10:00")
    situations.opened("dvv-1", now=at("09:00"))
    typed = f"{visit.booking_code[:4]} {visit.booking_code[4:]}".lower()
    scanned = {
        "token": visit.check_in_token,
        "link": f"https://house.example/v/{visit.link_token}",
        "typed": typed,
    }[code]

    answer = kiosk.post("/kiosk/check-in", scanned=scanned)
    page = kiosk.page("/kiosk/done")

    number = situations.visit(visit.id).queue_number
    assert answer.headers["Location"] == "/kiosk/done"
    assert number is not None
    assert number in page
    assert "Go to area A" in page
    assert "DVV, booked 10:" in page
    assert "Follow on your phone" in page
    assert "Registration" not in page, "the slip and the screen name the agency, not the service"


@pytest.mark.parametrize(
    ("minutes", "sentence"),
    [
        (-25, "You are 25 minutes early. Your booked time stands."),
        (0, ""),
        (14, "You are 14 minutes late. You will be served, but you may wait longer."),
    ],
)
def test_early_and_late_are_told_with_the_minutes(kiosk: Kiosk, minutes: int, sentence: str) -> None:
    visit = booked(not_before="10:30")
    starts_at(visit, minutes)

    kiosk.post("/kiosk/check-in", scanned=visit.booking_code)
    page = kiosk.page("/kiosk/done")

    assert sentence in page
    assert ("minutes" in page.split("Your visit today")[0].split("Go to area")[1]) == bool(sentence)


def test_a_repeated_scan_gives_the_same_number_once(kiosk: Kiosk) -> None:
    visit = booked(not_before="10:00")
    first, second = "11111111-0000-4000-8000-000000000001", "11111111-0000-4000-8000-000000000002"

    answers = [kiosk.ask("/kiosk/check-in", first, scanned=visit.check_in_token) for _ in range(2)]
    other = kiosk.ask("/kiosk/check-in", second, scanned=visit.check_in_token)

    assert [answer.json for answer in answers] == [{"next": "/kiosk/done"}] * 2
    number = situations.visit(visit.id).queue_number
    assert len(situations.events("check_in")) == 1
    assert other.status_code == 409
    assert other.json is not None
    assert other.json["title"] == f"You are already checked in. Your number is {number}."
    assert (other.json["number"], other.json["steps"]) == (number, ["done"])
    assert f'data-request="{first}"' in kiosk.client.get("/kiosk/done").text, (
        "the slip belongs to the first id"
    )


def test_a_scan_kept_for_someone_who_left_shows_nobody_anything(kiosk: Kiosk) -> None:
    visit = booked(not_before="10:00")

    answer = kiosk.ask("/kiosk/check-in", scanned=visit.check_in_token, quiet="1")

    assert answer.status_code == 200
    assert situations.visit(visit.id).state == "in_house"
    assert kiosk.client.get("/kiosk/done").headers["Location"] == "/kiosk/"


# ------------------------------------------------------------------ without a booking


def test_a_walk_in_takes_one_number_for_all_its_services(kiosk: Kiosk) -> None:
    situations.opened("kela-1", "city-1", now=at("09:00"))
    fields = {"service": ["city.guidance", KELA], "adults": "2", "minors": "1"}
    request_id = str(uuid.uuid4())

    first = kiosk.ask("/kiosk/take-number", request_id, **fields)
    again = kiosk.ask("/kiosk/take-number", request_id, **fields)
    page = kiosk.page("/kiosk/done")

    assert first.json == again.json == {"next": "/kiosk/done"}
    events = situations.events("take_number")
    assert len(events) == 1
    visit = situations.visit(str(events[0].visit_id))
    assert visit.queue_number is not None
    assert visit.queue_number in page
    people = {leg.service_id: people_of(leg.people) for leg in visit.legs}
    assert people == {KELA: ("p1", "p2"), "city.guidance": ("p1",)}, (
        "all adults for one, one adult for the other"
    )
    assert (visit.adults, visit.minors) == (2, 1)
    assert events[0].actor == "kiosk:door"


def test_the_slip_sends_to_the_line_that_calls_first_and_lists_it_first(kiosk: Kiosk) -> None:
    situations.opened("kela-1", "city-1", now=at("09:00"))
    for _ in range(6):
        situations.walked_in(KELA, now=at("09:30"))
    kiosk.ask(
        "/kiosk/take-number", str(uuid.uuid4()), service=[KELA, "city.guidance"], adults="1", minors="0"
    )
    page = kiosk.page("/kiosk/done")
    slip = page.split("Your number, today, at every desk")[1]

    visit = situations.visit(str(situations.events("take_number")[-1].visit_id))
    assert visit.guided_to == "city"
    assert (
        slip.index("Go to area C City advice calls you first")
        < slip.index("1 City advice")
        < slip.index("2 Kela")
    )


def test_a_closed_line_says_when_it_opens_and_takes_nobody(kiosk: Kiosk, set_clock: SetClock) -> None:
    set_clock(at("12:30"))

    page = kiosk.page("/kiosk/walk-in")
    told = kiosk.ask("/kiosk/take-number", service=TAX, adults="1", minors="0")

    assert "Tax card and tax advice Closed now. Opens Wed 2 Dec at 9:00." in page
    assert told.json is not None
    assert told.json["title"] == "Tax card and tax advice takes no one without a booking right now."


def test_before_opening_the_line_opens_the_same_day(kiosk: Kiosk, set_clock: SetClock) -> None:
    set_clock(at("08:10"))

    assert "Tax card and tax advice Closed now. Opens today at 9:00." in kiosk.page("/kiosk/walk-in")


def test_a_closed_day_is_passed_over(kiosk: Kiosk, set_clock: SetClock) -> None:
    set_clock(at("16:30", date(2026, 12, 4)))  # a Friday; Sunday 6 December is Independence Day anyway

    assert "Advice on benefits Closed now. Opens Mon 7 Dec at 9:00." in kiosk.page("/kiosk/walk-in")


def test_too_many_people_keep_what_was_chosen(kiosk: Kiosk) -> None:
    answer = kiosk.post("/kiosk/take-number", service=KELA, adults="4", minors="3")

    assert answer.status_code == 422
    assert "One number is for 6 people at most." in words(answer.text)
    assert re.search(r'name="minors" value="3" checked', answer.text)
    assert f'name="service" value="{KELA}"' in answer.text
    assert situations.events("take_number") == []


def test_nothing_chosen_is_said_beside_the_list(kiosk: Kiosk) -> None:
    assert "Choose at least one service." in kiosk.page("/kiosk/walk-in/party")
    assert kiosk.post("/kiosk/take-number", adults="1", minors="0").status_code == 422


def test_the_wait_of_a_line_counts_who_is_in_it(kiosk: Kiosk) -> None:
    situations.opened("kela-1", now=at("09:00"))
    before = re.search(r"Kela ?, Wait (\d+)–(\d+) min", kiosk.page("/kiosk/walk-in"))
    situations.walked_in("kela.advice", now=at("10:00"))

    after = re.search(r"Kela ?, Wait (\d+)–(\d+) min", kiosk.page("/kiosk/walk-in"))

    assert before is not None
    assert after is not None
    assert int(after.group(2)) > int(before.group(2)), "someone in the line is more than nobody"


# ------------------------------------------------------------------ nobody sees the visitor before


def test_reset_forgets_the_visitor_the_language_and_the_aids(kiosk: Kiosk) -> None:
    visit = booked(not_before="10:00")
    kiosk.client.get("/kiosk/?language=sv")
    kiosk.client.post("/kiosk/aids", data={"csrf_token": kiosk.token(), "aid": "contrast", "page": "code"})
    kiosk.ask("/kiosk/check-in", scanned=visit.booking_code)
    before = kiosk.client.get("/kiosk/done")
    assert '<html lang="sv" dir="ltr" data-contrast="high">' in before.text
    assert before.headers["Cache-Control"] == "no-store"

    kiosk.client.get("/kiosk/reset")

    assert kiosk.client.get("/kiosk/done").headers["Location"] == "/kiosk/"
    assert '<html lang="en" dir="ltr">' in kiosk.client.get("/kiosk/").text
    names = {cookie.key for cookie in kiosk.client._cookies.values()}
    assert names == {"ihh_kiosk", "ihh_session"}


def test_a_forgotten_screen_forgets_by_itself(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = booked(not_before="10:00")
    kiosk.ask("/kiosk/check-in", scanned=visit.booking_code)
    later = clock.real_now() + timedelta(minutes=11)

    monkeypatch.setattr(clock, "real_now", lambda: later)

    assert kiosk.client.get("/kiosk/done").headers["Location"] == "/kiosk/"


def test_the_shell_it_keeps_names_nobody_and_is_complete(kiosk: Kiosk) -> None:
    worker = kiosk.client.get("/kiosk/worker.js").text
    shell = re.search(r"SHELL = new Set\(\[(.*?)\]\)", worker)
    assert shell is not None
    urls = re.findall(r'"([^"]+)"', shell.group(1))

    assert "/kiosk/offline" in urls
    for url in urls:
        with kiosk.client.get(unescape(url)) as answer:
            assert answer.status_code == 200, url
    assert "No connection" in kiosk.page("/kiosk/offline")
    assert "Set-Cookie" not in kiosk.client.get("/kiosk/offline").headers


def uses() -> list[tuple[str, str | None, int | None]]:
    query = select(KioskUse).order_by(KioskUse.id).execution_options(populate_existing=True)
    return [(use.action, use.failure, use.device_id) for use in db.session.scalars(query)]


def test_every_try_is_counted_with_why_it_failed(kiosk: Kiosk) -> None:
    assert kiosk.post("/kiosk/check-in", scanned="ABCD1234").status_code == 404
    kiosk.ask("/kiosk/check-in", scanned="not a code at all")
    kiosk.post("/kiosk/take-number", service=TAX, adults="1", minors="0")
    kiosk.post("/kiosk/take-number", adults="1", minors="0")
    found = uses()
    assert [(action, failure) for action, failure, _device in found] == [
        ("check_in", "unknown_code"),
        ("check_in", "unknown_code"),
        ("take_number", None),
        ("take_number", "legs_invalid"),
    ]
    assert len({device for *_rest, device in found}) == 1


def test_a_sign_of_life_is_heard(kiosk: Kiosk, set_clock: SetClock) -> None:
    set_clock(at("10:30"))
    answer = kiosk.client.get("/kiosk/alive")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (204, "no-store")
    (door,) = devices.all_devices()
    assert door.seen_at is not None
    assert abs(door.seen_at - at("10:30")) < timedelta(seconds=30)
    assert 'data-alive="/kiosk/alive"' in kiosk.client.get("/kiosk/").text
