"""The pages of absences and service times: who may, what they say, and that the form needs no script."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ihh.db import db, transaction
from ihh.domain.contact import Reachable
from ihh.models import Learned
from ihh.models.account import Role
from ihh.services import absences, accounts, booking, proposals
from ihh.services.house import current_house
from tests.conftest import SetClock
from tests.servers.site import settle
from tests.situations import PASSWORD, TUESDAY, at, wish
from tests.web.forms import browsing, post, sign_in

NOW = at("08:30")
PATH = "/staff/calendar"
FORM = {"desk": "chamber-1", "day": "2026-12-01", "from": "10:00", "to": "11:30"}


@pytest.fixture
def enter(sqlite_app: Flask, sqlite_client: FlaskClient, set_clock: SetClock):
    """`enter(role)` signs somebody in; the house's clock stands at half past eight."""
    set_clock(NOW)

    def signed_in(role: Role) -> FlaskClient:
        agency = "kela" if role is Role.CLERK else None
        accounts.add_user(role.value, PASSWORD, role, agency_id=agency, now=NOW)
        settle()
        client = browsing(sqlite_client)
        assert sign_in(client, role.value, PASSWORD).status_code == 303
        return client

    return signed_in


@pytest.fixture
def supervisor(enter) -> FlaskClient:
    return enter(Role.SUPERVISOR)


def words(html: str) -> str:
    """What is read, on one line."""
    visible = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", visible)).split())


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.CLERK, set()),
        (Role.ANALYST, set()),
        (Role.SUPERVISOR, {PATH}),
        (Role.ADMINISTRATOR, {PATH, "/staff/durations"}),
    ],
)
def test_who_may_open_them_is_shown_the_way(enter, role: Role, may: set[str]) -> None:
    client = enter(role)
    start = client.get("/staff/start").text
    for path in (PATH, "/staff/durations"):
        assert client.get(path).status_code == (200 if path in may else 403)
        assert (f'href="{path}"' in start) == (path in may)


def test_an_absence_is_added_told_and_removed(supervisor: FlaskClient) -> None:
    answer = post(supervisor, PATH, page=PATH, **FORM)
    assert (answer.status_code, answer.location) == (303, PATH)
    page = supervisor.get(PATH).text
    assert "The absence is added." in page
    assert "Desk 17 Chamber Tuesday 1 December 2026, 10:00–11:30" in words(page)
    (absence,) = absences.upcoming(current_house(), NOW)
    assert (absence.starts_at, absence.ends_at) == (at("10:00"), at("11:30"))
    assert absence.created_by.startswith("clerk:")

    post(supervisor, f"{PATH}/{absence.id}/remove", page=PATH)
    assert "Every desk is manned in its hours." in supervisor.get(PATH).text
    assert absences.upcoming(current_house(), NOW) == []


@pytest.mark.parametrize(
    ("changed", "at_field", "sentence"),
    [
        ({"desk": ""}, "desk", "Choose a desk."),
        ({"desk": "nowhere-9"}, "desk", "We could not find this."),
        ({"day": "tomorrow"}, "day", "Give the day as a date."),
        ({"from": ""}, "from", "Give the time at which it begins."),
        ({"to": "25:00"}, "to", "Give the time at which it ends."),
        ({"to": "09:00"}, "to", "The end must be later than the beginning."),
        ({"day": "2026-11-30"}, "to", "This time is over. Choose a later one."),
    ],
)
def test_a_fault_is_told_at_its_field_and_nothing_typed_is_lost(
    supervisor: FlaskClient, changed: dict[str, str], at_field: str, sentence: str
) -> None:
    answer = post(supervisor, PATH, page=PATH, **{**FORM, **changed})
    assert answer.status_code == 422
    page = answer.text
    assert f'<a href="#{at_field}">{sentence}</a>' in page
    assert re.search(rf'id="{at_field}"[^>]* aria-invalid="true" aria-describedby="{at_field}-error"', page)
    assert re.search(rf'id="{at_field}-error".*?{re.escape(sentence)}', page, re.S)
    for name, typed in {**FORM, **changed}.items():
        if name != "desk":
            assert f'name="{name}" type="{"date" if name == "day" else "time"}" value="{typed}"' in page
    assert ('<option value="chamber-1" selected>' in page) == ("desk" not in changed)
    assert absences.upcoming(current_house(), NOW) == []


def test_who_is_booked_into_it_is_told_by_code_and_by_nothing_else(supervisor: FlaskClient) -> None:
    earlier = NOW - timedelta(days=1)
    offers = proposals.propose(wish("chamber.employer"), now=earlier, first=TUESDAY, last=TUESDAY)
    held = booking.hold(wish("chamber.employer"), offers.earliest, source=None, now=earlier)
    visit = booking.confirm(held.id, Reachable("ann@example.com", None), now=earlier)
    post(supervisor, PATH, page=PATH, **{**FORM, "from": "09:00"})
    page = supervisor.get(PATH).text
    code = visit.booking_code
    assert "1 appointment lies in this time." in page
    assert f"{code[:4]} {code[4:]} {' '.join(code)} 9:00 Counselling for employers" in words(page)
    for secret in ("ann@example.com", visit.link_token, visit.check_in_token, visit.id):
        assert secret not in page


def test_an_absence_of_several_days_says_both(supervisor: FlaskClient) -> None:
    absences.add("kela-1", at("14:00"), at("10:00", TUESDAY + timedelta(days=2)), now=NOW, by="test")
    settle()
    assert "Tuesday 1 December 2026, 14:00, to Thursday 3 December 2026, 10:00" in supervisor.get(PATH).text


def test_a_write_from_elsewhere_is_refused(supervisor: FlaskClient) -> None:
    assert supervisor.post(PATH, data=FORM).status_code == 400
    assert supervisor.post(f"{PATH}/1/remove").status_code == 400


def test_service_times_show_both_figures_and_which_is_used(enter) -> None:
    services = {
        "kela.social_security": {"n": 120, "median_s": 1200, "p80_s": 1584},
        "dvv.register": {"n": 49, "median_s": 1500, "p80_s": 1900},
        "city.spouse": {"n": 4, "median_s": 600, "p80_s": 660},
    }
    with transaction():
        document = {"is_synthetic": False, "services": services}
        db.session.add(Learned(name="durations", learned_on=TUESDAY, document=document))
    page = enter(Role.ADMINISTRATOR).get("/staff/durations").text
    rows = {
        name: words(row).replace("\u00a0", " ")
        for name, row in re.findall(r'<tr data-service="([^"]+)">(.*?)</tr>', page, re.S)
    }
    assert rows["kela.social_security"].endswith("20 min 26.4 min 20 min 120 27 min measured")
    assert rows["dvv.register"].endswith("25 min 31.7 min 25 min 49 25 min")
    assert rows["city.spouse"].endswith("15 min – – fewer than 5 15 min")
    assert rows["migri.eu_registration"].endswith("20 min – – 0 20 min")
    assert "Until 50 services are measured" in page
