"""Feedback on the visit page without a script, and the comments the staff may read."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from ihh.db import db
from ihh.models import Feedback, Visit
from ihh.models.account import Role
from ihh.services.tickets import tickets_of
from tests.conftest import SetClock
from tests.services.test_feedback import KELA, TAX, give, served
from tests.situations import PASSWORD, at, clerk, walked_in
from tests.web.forms import browsing, post, sign_in


@pytest.fixture
def browser(sqlite_app: Flask, set_clock: SetClock) -> FlaskClient:
    set_clock(at("12:00"))
    return browsing(sqlite_app.test_client())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<head>.*?</head>|<[^>]+>", " ", html, flags=re.S)).split())


def rows() -> list[Feedback]:
    return list(db.session.scalars(select(Feedback).execution_options(populate_existing=True)))


def page(browser: FlaskClient, seen: Visit, lang: str = "en") -> str:
    return browser.get(f"/v/{seen.link_token}?lang={lang}").text


def test_a_face_on_the_visit_page_then_send(browser: FlaskClient) -> None:
    found = served(KELA)
    link = f"/v/{found.link_token}"
    html = page(browser, found)
    assert "How was your visit?" in words(html)
    assert re.findall(r'name="csat" value="(\d)"', html) == ["1", "2", "3", "4", "5"]

    tapped = post(browser, f"{link}/feedback/face", page=link, csat="2")

    assert (tapped.status_code, tapped.headers["Location"]) == (303, f"{link}/feedback")
    form = browser.get(f"{link}/feedback").text
    assert re.findall(r'value="(\d)" checked', form) == ["2"]
    assert rows() == [], "until it is sent nothing is kept"
    sent = post(browser, f"{link}/feedback", page=f"{link}/feedback", csat="3", effort="6", line=" Kind. ")
    assert (sent.status_code, sent.headers["Location"]) == (303, link)
    (kept,) = rows()
    assert (kept.csat, kept.effort, kept.nps, kept.line) == (3, 6, None, "Kind.")
    assert (kept.channel, kept.language) == ("my_visit", "en")
    after = words(page(browser, found))
    assert "Thank you. Your answer helps us to serve better." in after
    assert "Your answer about this visit is kept without anything that names you." in after


def test_a_second_answer_is_told_kindly_and_changes_nothing(browser: FlaskClient) -> None:
    found = served(KELA)
    link = f"/v/{found.link_token}/feedback"
    token = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', browser.get(link).text)[1]}
    assert browser.post(link, data={**token, "csat": "5"}).status_code == 303
    again = browser.post(link, data={**token, "csat": "1"})
    assert again.status_code == 409
    assert "You have answered already. Thank you. Your answer stands as it was." in words(again.text)
    assert "<textarea" not in again.text
    looked_at = browser.get(link)
    assert looked_at.status_code == 200
    assert "You have answered already." in words(looked_at.text)
    assert [row.csat for row in rows()] == [5]


def test_one_service_is_answered_from_the_list(browser: FlaskClient) -> None:
    found = served(KELA, TAX)
    kela, tax = tickets_of(found.id)
    link = f"/v/{found.link_token}"
    assert re.findall(r'id="feedback-(\d+)"', page(browser, found)) == [str(kela.id), str(tax.id)]
    of_tax = f"{link}/feedback/{tax.id}"
    assert "How was this service? Tax :" in words(browser.get(of_tax).text)
    assert post(browser, of_tax, page=of_tax, csat="1", line="").status_code == 303
    assert [(row.ticket_id, row.csat) for row in rows()] == [(tax.id, 1)]
    assert re.findall(r'id="feedback-(\d+)"', page(browser, found)) == [str(kela.id)]
    assert "How was your visit?" in words(page(browser, found)), "the whole is still open"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("131052-308T", "That looks like an identity code. We never need it. Please remove it."),
        ("ann@example.com", "Leave out e-mail addresses, phone numbers and other long numbers"),
        ("call 040 123 4567", "Leave out e-mail addresses, phone numbers and other long numbers"),
        ("x" * 301, "Shorten your comment to at most 300 signs."),
    ],
)
def test_a_refused_line_loses_nothing_that_was_chosen(
    browser: FlaskClient, typed: str, sentence: str
) -> None:
    found = served(KELA)
    link = f"/v/{found.link_token}/feedback"
    answer = post(browser, link, page=link, csat="4", effort="2", line=typed)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert re.findall(r'name="(\w+)"[^>]*value="(\d)" checked', answer.text) == [
        ("csat", "4"),
        ("effort", "2"),
    ]
    assert f">{typed}</textarea>" in answer.text
    assert 'role="alert" tabindex="-1" data-focus' in answer.text
    assert 'href="#line"' in answer.text
    assert rows() == []


@pytest.mark.parametrize(
    "fields", [{}, {"csat": "6"}, {"csat": "x"}, {"effort": "8"}, {"nps": "9"}, {"csat": "٣"}, {"csat": "-1"}]
)
def test_no_answer_and_a_wrong_one_are_refused(browser: FlaskClient, fields: dict[str, str]) -> None:
    link = f"/v/{served(KELA).link_token}/feedback"
    assert post(browser, link, page=link, **fields).status_code == 422
    assert rows() == []


def test_before_the_end_and_after_three_days_the_page_says_so(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    waiting, over = walked_in(KELA, now=at("11:50")), served(KELA)
    early = f"/v/{waiting.link_token}/feedback"
    assert "Tell us when your visit is over." in words(browser.get(early).text)
    assert "How was your visit?" not in words(page(browser, waiting))
    form = browser.get(f"/v/{over.link_token}/feedback").text
    set_clock(at("12:00", date(2026, 12, 5)))
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    late = browser.post(f"/v/{over.link_token}/feedback", data={"csrf_token": token[1], "csat": "5"})
    assert late.status_code == 409
    assert "The time to tell us about this visit is over." in words(late.text)
    assert "Feedback on this visit could be given until" in words(page(browser, over))
    assert rows() == []


def test_what_is_not_of_this_visit_is_not_found(browser: FlaskClient) -> None:
    mine, other = served(KELA), served(TAX)
    theirs = tickets_of(other.id)[0].id
    assert browser.get(f"/v/{mine.link_token}/feedback/{theirs}").status_code == 404
    assert browser.get("/v/0000000000ABCDEFGHJKLMNPQR/feedback").status_code == 404
    link = f"/v/{mine.link_token}/feedback"
    assert post(browser, f"{link}/{theirs}", page=link, csat="1").status_code == 404
    assert post(browser, f"{link}/99999999999999999999", page=link, csat="1").status_code == 404
    assert rows() == []


def test_the_secret_page_stays_out_of_search_engines(browser: FlaskClient) -> None:
    answer = browser.get(f"/v/{served(KELA).link_token}/feedback")
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_address_of_the_form_tells_no_score(browser: FlaskClient) -> None:
    """Addresses are logged; a score beside a visit's link would say who was dissatisfied."""
    link = f"/v/{served(KELA).link_token}"
    tapped = post(browser, f"{link}/feedback/face", page=link, csat="1")
    assert tapped.headers["Location"] == f"{link}/feedback"


def test_comments_are_read_by_month_and_agency_and_tell_nothing_else(
    browser: FlaskClient, set_clock: SetClock
) -> None:
    visits = [served(KELA) for _ in range(5)]
    for index, found in enumerate(visits):
        give(found, line=f"Line {index} <b>")
    give(visits[0], ticket_id=tickets_of(visits[0].id)[0].id, line="Alone about Kela")
    clerk(None, username="analyst", role=Role.ANALYST)
    sign_in(browser, "analyst", PASSWORD)
    assert "No month with answers is over yet." in words(browser.get("/statistics/comments").text)
    set_clock(at("12:00", date(2027, 1, 4)))

    html = browser.get("/statistics/comments").text

    assert re.findall(r'<li dir="auto">(.*?)</li>', html) == [f"Line {n} &lt;b&gt;" for n in range(5)]
    assert "Alone about Kela" not in html
    assert "December 2026" in words(html)
    assert "Fewer than 5 answers: comments are not shown." in words(html)
    main = html[html.index("<main") : html.index("</main>")]
    for found in visits:
        assert found.queue_number not in main.replace("\xa0", " ")
        assert found.id not in html
    assert not re.search(r"\d{1,2}[.:]\d{2}", words(main)), "no time of day"
    assert browser.get("/statistics/comments?month=2026-11").status_code == 404
    assert browser.get("/statistics/comments?month=x").status_code == 404
    assert browser.get("/statistics/comments?month=2026-12").status_code == 200


def test_clerks_read_no_comments(browser: FlaskClient) -> None:
    clerk("kela", username="kela")
    sign_in(browser, "kela", PASSWORD)
    assert browser.get("/statistics/comments").status_code == 403
