"""A clerk's morning at the keyboard: sign in, open a desk, call, start, finish, transfer, close."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from ihh import config
from ihh.app import create_app
from ihh.db import db
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.models import Ticket, Visit
from ihh.services import check_in
from tests.browser.conftest import AllowConsole, Axe, OpenPage
from tests.servers.server import RunningServer

WalkIn = Callable[[Page, str], str]


@pytest.fixture
def desk(page_desk: Page) -> Iterator[Page]:
    """Desk 15, City advice, open and idle; closed again afterwards."""
    page = page_desk
    open_desk(page, "city", "city-1")
    yield page
    leave(page)


def sign_in(page: Page, username: str, lang: str = "en") -> None:
    page.goto(f"/staff?lang={lang}")
    page.locator("#username").fill(username)
    page.locator("#password").fill("demo")
    page.locator("#password").press("Enter")
    page.wait_for_url("**/staff/start")


def open_desk(page: Page, username: str, desk_id: str, lang: str = "en") -> None:
    sign_in(page, username, lang)
    page.goto("/desk")
    page.locator(f"form[action='/desk/{desk_id}/open'] button").click()
    page.wait_for_url(f"**/desk/{desk_id}")
    is_live(page)
    if page.locator(".who__number").count():
        clear(page)


def is_live(page: Page) -> None:
    """The script has taken over: it shows its own button."""
    expect(page.locator("#shortcuts")).to_be_visible()


def clear(page: Page) -> None:
    """Finish with whom the demonstration left at the desk."""
    if page.locator("#do-not-here").count():
        page.keyboard.press("s")
        expect(page.locator("#do-finish")).to_be_enabled()
    page.keyboard.press("f")
    expect(page.locator(".who__number")).to_have_count(0)


def leave(page: Page) -> None:
    page.goto(page.url.partition("?")[0])
    if "/desk/" in page.url:
        is_live(page)
        if page.locator(".who__number").count():
            clear(page)
        page.locator("#close").click()
        page.wait_for_url("**/desk")


def heard_number(page: Page) -> str:
    """The number at the desk as it is written, "K 042"."""
    return page.locator(".who__number > bdi").inner_text()


@pytest.fixture(scope="module")
def behind(server: RunningServer) -> Iterator[Flask]:
    """The services over the running server's own database, to let visitors in as its kiosk does."""
    app = create_app(config.testing_settings(f"sqlite:///{server.folder / 'ihh.db'}", server.folder))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def outcome_of(behind: Flask) -> Callable[[str], str]:
    """The outcome of the last service that a number had."""

    def find(number: str) -> str:
        of_number = (
            select(Ticket.outcome).join(Visit).where(Visit.queue_number == number.replace("\u00a0", " "))
        )
        with behind.app_context():
            return str(db.session.scalars(of_number.order_by(Ticket.ended_at.desc())).first())

    return find


@pytest.fixture
def walk_in(behind: Flask) -> WalkIn:
    """`walk_in(page, "city.guidance")`: a visitor whose language only the open desk has; the number heard."""

    def enter(page: Page, service: str) -> str:
        server_ms = page.evaluate("JSON.parse(document.getElementById('desk').textContent).server_ms")
        wish = Wish(Party(1), (LegWish(service, ("p1",)),), "ru")
        with behind.app_context():
            entered = check_in.take_number(
                wish, now=datetime.fromtimestamp(server_ms / 1000, UTC), by="kiosk:x"
            )
            visit = db.session.get_one(Visit, entered.visit_id)
            number = " ".join((visit.queue_number or "").replace(" ", ""))
        page.reload()
        is_live(page)
        expect(page.locator(".line")).to_contain_text(number)
        return number

    return enter


def test_a_visitor_is_served_by_keyboard_alone(
    desk: Page, walk_in: WalkIn, outcome_of: Callable[[str], str]
) -> None:
    walk_in(desk, "city.guidance")
    main = desk.locator("#main-action")
    expect(main).to_contain_text("Call next")
    expect(main).to_be_focused()

    desk.keyboard.press("n")
    expect(main).to_contain_text("Start")
    number = heard_number(desk)
    expect(main).to_be_focused()
    expect(desk.locator("#said")).to_contain_text(f"Called {number}")

    desk.keyboard.press("r")
    expect(desk.locator(".who__cap")).to_contain_text("again 1×")

    desk.keyboard.press("s")
    expect(main).to_contain_text("Finish and call next")
    expect(desk.locator("[data-timer-text]")).to_have_text(re.compile(r"^0:0[2-9]$"))

    desk.keyboard.press("t")
    expect(desk.locator("[data-transfer]").first).to_be_focused()

    desk.locator("#outcome-done").focus()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#outcome-more_later")).to_be_checked()
    desk.keyboard.press("Enter")
    expect(desk.locator("#said")).to_contain_text("Finished.")
    expect(main).not_to_contain_text("Finish")
    expect(desk.locator(".who")).not_to_contain_text(number)
    expect(main).to_be_focused()
    assert outcome_of(number) == "more_later"


def test_keys_rest_with_a_modifier_and_when_turned_off(desk: Page, walk_in: WalkIn) -> None:
    walk_in(desk, "city.guidance")
    sent: list[str] = []
    desk.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    desk.keyboard.press("Shift+N")
    desk.keyboard.press("Alt+n")
    desk.locator("#shortcuts").click()
    expect(desk.locator("#shortcuts")).to_have_attribute("aria-pressed", "false")
    desk.keyboard.press("n")
    desk.reload()
    is_live(desk)
    expect(desk.locator("#shortcuts")).to_contain_text("Shortcuts off")
    desk.keyboard.press("n")
    desk.wait_for_timeout(300)
    assert sent == []
    desk.locator("#shortcuts").click()
    desk.keyboard.press("n")
    expect(desk.locator(".who__number")).to_be_visible()
    assert len(sent) == 1


def test_a_refusal_is_said_and_the_chosen_outcome_stays(
    desk: Page, walk_in: WalkIn, allow_console: AllowConsole
) -> None:
    allow_console("409")
    walk_in(desk, "city.guidance")
    desk.keyboard.press("n")
    expect(desk.locator("#main-action")).to_contain_text("Start")
    desk.keyboard.press("s")
    desk.locator("#outcome-must_return").check()
    desk.evaluate("document.getElementById('do-hold').formAction = location.pathname + '/start'")
    desk.keyboard.press("h")
    said = desk.locator("#said")
    expect(said).to_contain_text("That is no longer possible")
    expect(said).to_have_class(re.compile("strip--refused"))
    expect(desk.locator("#outcome-must_return")).to_be_checked()
    expect(desk.locator(".who__number")).to_be_visible()


def test_a_lost_connection_is_said_and_a_second_press_is_harmless(
    desk: Page, walk_in: WalkIn, allow_console: AllowConsole
) -> None:
    allow_console("ERR_FAILED")
    walk_in(desk, "city.guidance")
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        lost.append(route.fetch().json()["sentence"])
        route.abort()

    desk.route("**/now", lambda route: route.abort())
    desk.route("**/call-next", lose_the_answer, times=1)
    desk.keyboard.press("n")
    expect(desk.locator("#said")).to_contain_text("The house could not be reached")
    desk.keyboard.press("n")
    expect(desk.locator(".who__number")).to_be_visible()
    assert lost == [f"Called {heard_number(desk)}."], "the second press told of the first call"
    desk.unroute("**/now")


def test_the_desk_works_without_scripts(desk: Page, walk_in: WalkIn, open_page: OpenPage) -> None:
    walk_in(desk, "city.guidance")
    page = open_page(1440, 900, java_script_enabled=False)
    page.goto("/staff?lang=en&next=/desk/city-1")
    page.get_by_role("button", name="Clerk, City advice").click()
    page.locator("#main-action").click()
    expect(page.locator(".who__number")).to_be_visible()
    page.locator("#main-action").click()
    page.locator("#outcome-more_later").check()
    page.locator("#do-finish").click()
    expect(page.locator(".who__number")).to_have_count(0)
    expect(page.locator("#said")).to_contain_text("is finished")


@pytest.mark.parametrize("lang", ["en", "fi", "sv", "ar-XB"])
def test_every_page_is_accessible(open_page: OpenPage, walk_in: WalkIn, axe: Axe, lang: str) -> None:
    page = open_page(1440, 900)
    page.goto(f"/staff?lang={lang}")
    axe(page)
    open_desk(page, "kela", "kela-2", lang)
    try:
        page.goto("/staff/start")
        axe(page)
        page.goto("/desk")
        axe(page)
        page.goto("/desk/kela-2")
        walk_in(page, "kela.advice")
        page.locator(".more summary").first.click()
        axe(page)
        page.keyboard.press("n")
        expect(page.locator("#do-not-here")).to_be_visible()
        axe(page)
        page.keyboard.press("s")
        expect(page.locator("#outcome-done")).to_be_visible()
        axe(page)
        page.emulate_media(color_scheme="dark")
        axe(page)
        page.set_viewport_size({"width": 720, "height": 450})
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 720
    finally:
        leave(page)


def test_a_call_out_of_turn_is_reasoned_by_keyboard_and_nothing_typed_is_lost(
    desk: Page, walk_in: WalkIn, axe: Axe, allow_console: AllowConsole
) -> None:
    allow_console("422")
    walk_in(desk, "city.guidance")
    second = walk_in(desk, "city.guidance")
    row = desk.locator(".line .row").filter(has_text=second)
    row.locator("summary").press("Enter")
    why = row.locator("input[name=why]")
    why.focus()
    desk.keyboard.press("Enter")
    expect(desk.locator(".who__number")).to_have_count(0)  # without a reason nothing is sent
    desk.keyboard.type("nn for 010594Y9032")  # a shortcut's letter is only a letter here
    desk.keyboard.press("Enter")
    expect(desk.locator("#said")).to_contain_text("looks like an identity code")
    expect(why).to_have_value("nn for 010594Y9032")
    expect(why).to_be_focused()
    axe(desk)
    why.fill("The bus leaves at eleven")
    desk.keyboard.press("Enter")
    expect(desk.locator(".who__why")).to_contain_text("Called out of turn: The bus leaves at eleven.")
    expect(desk.locator(".who__number")).to_contain_text(second)
