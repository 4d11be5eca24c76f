"""Feedback at the kiosk: a code, a face, how easy it was, a line; then about one service, as often as there are."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from ihh.db import db
from ihh.domain.feedback import LINE_LONGEST
from ihh.models import Feedback, KioskUse
from ihh.services.tickets import tickets_of
from kiosk.visitor import COOKIE
from tests.conftest import SetClock
from tests.kiosk.test_kiosk import Kiosk, kiosk, paired, words  # noqa: F401  (a fixture)
from tests.services.test_feedback import KELA, TAX, give, left, served
from tests.situations import at, walked_in


def rows() -> list[tuple[int | None, int | None, str, str]]:
    found = db.session.scalars(select(Feedback))
    return [(row.csat, row.effort, row.channel, row.language) for row in found]


def lines() -> list[str | None]:
    return list(db.session.scalars(select(Feedback.line)))


def find(at_kiosk: Kiosk, scanned: str) -> tuple[int, str]:
    answer = at_kiosk.post("/kiosk/feedback", scanned=scanned)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.fixture
def over(kiosk: Kiosk):  # noqa: F811
    """A visit that is over at ten."""
    return served(KELA, now=at("09:30"))


def test_from_the_code_to_the_thanks(kiosk: Kiosk, over) -> None:  # noqa: F811
    assert "How was your visit?" in kiosk.page("/kiosk/")
    assert find(kiosk, f"https://house.example/v/{over.link_token}") == (303, "/kiosk/feedback/face")
    assert "How satisfied are you with your visit as a whole?" in kiosk.page("/kiosk/feedback/face")
    assert kiosk.post("/kiosk/feedback/face", csat="5").headers["Location"] == "/kiosk/feedback/effort"
    assert rows() == []
    assert "The house made it easy" in kiosk.page("/kiosk/feedback/effort")
    assert kiosk.post("/kiosk/feedback/effort", effort="6").headers["Location"] == "/kiosk/feedback/line"
    assert rows() == []
    assert "What should we keep or change?" in kiosk.page("/kiosk/feedback/line")
    sent = kiosk.post("/kiosk/feedback/line", line=" Kind,\r\n and  clear. ")
    assert sent.headers["Location"] == "/kiosk/feedback/thanks"
    assert rows() == [(5, 6, "kiosk", "en")]
    assert lines() == ["Kind, and clear."]
    assert "Thank you" in kiosk.page("/kiosk/feedback/thanks")
    for page, given in (("effort", {"effort": "1"}), ("line", {"line": "Once more."})):
        again = kiosk.post(f"/kiosk/feedback/{page}", **given)
        assert again.headers["Location"] == "/kiosk/feedback/thanks", "a double tap does no harm"
    assert rows() == [(5, 6, "kiosk", "en")]
    assert lines() == ["Kind, and clear."]
    assert find(kiosk, over.booking_code) == (303, "/kiosk/feedback/services"), "its service is still to ask"
    give(over, ticket_id=tickets_of(over.id)[0].id)
    assert "How was your visit? You have answered already." in kiosk_words(kiosk, over.booking_code)
    tries = db.session.scalars(select(KioskUse).order_by(KioskUse.id))
    assert [(one.action, one.failure) for one in tries] == [
        ("feedback", None),
        ("feedback", "feedback_given"),
    ]


def kiosk_words(at_kiosk: Kiosk, scanned: str) -> str:
    return words(at_kiosk.post("/kiosk/feedback", scanned=scanned).text)


def test_the_face_alone_is_an_answer_too(kiosk: Kiosk, over) -> None:  # noqa: F811
    find(kiosk, over.booking_code.lower())
    kiosk.post("/kiosk/feedback/face", csat="1")
    assert kiosk.post("/kiosk/feedback/effort").headers["Location"] == "/kiosk/feedback/line"
    assert kiosk.post("/kiosk/feedback/line", line=" ").headers["Location"] == "/kiosk/feedback/thanks"
    assert rows() == [(1, None, "kiosk", "en")]
    assert lines() == [None]


REFUSED_LINES = [
    pytest.param("Ask 131052-308T, she was kind", "looks like an identity code", id="identity code"),
    pytest.param("Write to ann@example.com", "Leave out e-mail addresses", id="contact"),
    pytest.param("a" * (LINE_LONGEST + 1), "Shorten your comment to at most 300 signs.", id="too long"),
]


@pytest.mark.parametrize(("line", "sentence"), REFUSED_LINES)
def test_a_refused_line_comes_back_with_all_that_was_typed(
    kiosk: Kiosk,  # noqa: F811
    over,
    caplog: pytest.LogCaptureFixture,
    line: str,
    sentence: str,
) -> None:
    answer_all_but_the_line(kiosk, over)
    answer = kiosk.post("/kiosk/feedback/line", line=line)
    assert answer.status_code == 422
    assert sentence in re.search(r'<p class="wrong"[^>]* role="alert">.*</p>', answer.text)[0]
    field = re.search(r"<textarea([^>]*)>\n([^<]*)</textarea>", answer.text)
    assert 'aria-invalid="true"' in field[1]
    assert field[2] == line
    assert rows() == []
    assert line not in str(remembered_by(kiosk)), "the line waits on the page alone"
    assert line not in caplog.text
    assert kiosk.post("/kiosk/feedback/line", line="She was kind").status_code == 303
    assert rows() == [(4, 7, "kiosk", "en")]
    assert lines() == ["She was kind"]


def answer_all_but_the_line(at_kiosk: Kiosk, over) -> None:
    find(at_kiosk, over.booking_code)
    at_kiosk.post("/kiosk/feedback/face", csat="4")
    at_kiosk.post("/kiosk/feedback/effort", effort="7")


def remembered_by(at_kiosk: Kiosk) -> dict[str, object]:
    """What the visitor's cookie holds."""
    sealed = at_kiosk.client.get_cookie(COOKIE, path="/kiosk").decoded_value
    _, facts = URLSafeSerializer("unknown").loads_unsafe(sealed)
    assert {"feedback", "face", "effort"} <= facts.keys()
    return facts


def test_a_number_can_be_changed_until_all_is_sent(kiosk: Kiosk, over) -> None:  # noqa: F811
    answer_all_but_the_line(kiosk, over)
    kiosk.post("/kiosk/feedback/effort", effort="2")
    kiosk.post("/kiosk/feedback/line")
    assert rows() == [(4, 2, "kiosk", "en")]


def test_the_line_is_asked_last(kiosk: Kiosk, over) -> None:  # noqa: F811
    find(kiosk, over.booking_code)
    kiosk.post("/kiosk/feedback/face", csat="1")
    assert kiosk.client.get("/kiosk/feedback/line").headers["Location"] == "/kiosk/"
    assert kiosk.post("/kiosk/feedback/line", line="Too soon").headers["Location"] == "/kiosk/"
    assert rows() == []


def test_who_types_without_a_script_gets_more_time(kiosk: Kiosk, over) -> None:  # noqa: F811
    answer_all_but_the_line(kiosk, over)
    html = kiosk.client.get("/kiosk/feedback/line").text
    assert 'data-idle="30"' in html
    assert '<meta http-equiv="refresh" content="120;url=/kiosk/reset">' in html


def test_a_number_that_everybody_reads_opens_nothing(kiosk: Kiosk, over) -> None:  # noqa: F811
    status, _ = find(kiosk, over.queue_number)
    assert status == 404
    answer = kiosk.post("/kiosk/feedback", scanned="ABCD1234", typed="1")
    assert answer.status_code == 404
    assert "We do not know this code. Check it and try again." in answer.text
    assert 'value="ABCD1234"' in answer.text, "what was typed is still there"
    assert kiosk.post("/kiosk/feedback").status_code == 404


def test_a_visit_that_goes_on_is_asked_later(kiosk: Kiosk) -> None:  # noqa: F811
    waiting = walked_in(KELA, now=at("09:50"))
    answer = kiosk.post("/kiosk/feedback", scanned=waiting.check_in_token)
    assert answer.status_code == 409
    assert "Tell us when your visit is over." in answer.text


def test_who_comes_after_a_reset_answers_for_nobody(kiosk: Kiosk, over) -> None:  # noqa: F811
    find(kiosk, over.booking_code)
    kiosk.post("/kiosk/feedback/face", csat="1")
    kiosk.post("/kiosk/feedback/effort", effort="1")
    kiosk.client.get("/kiosk/reset")
    for page in ("effort", "line"):
        assert kiosk.post(f"/kiosk/feedback/{page}", effort="1").headers["Location"] == "/kiosk/"
    for page in ("face", "effort", "line", "services"):
        assert kiosk.client.get(f"/kiosk/feedback/{page}").headers["Location"] == "/kiosk/"
    assert rows() == []


@pytest.mark.parametrize("face", ["", "0", "6", "x", "55"])
def test_what_is_no_face_is_asked_again(kiosk: Kiosk, over, face: str) -> None:  # noqa: F811
    find(kiosk, over.booking_code)
    assert kiosk.post("/kiosk/feedback/face", csat=face).headers["Location"] == "/kiosk/feedback/face"
    assert rows() == []


def test_answered_on_the_phone_in_between_nothing_changes(kiosk: Kiosk, over) -> None:  # noqa: F811
    find(kiosk, over.booking_code)
    kiosk.post("/kiosk/feedback/face", csat="1")
    give(over, csat=5)
    kiosk.post("/kiosk/feedback/effort", effort="1")
    answer = kiosk.post("/kiosk/feedback/line", line="Slow.")
    assert answer.status_code == 409
    assert "You have answered already." in answer.text
    assert [row[0] for row in rows()] == [5]


def test_every_page_goes_back_after_thirty_seconds(kiosk: Kiosk, over) -> None:  # noqa: F811
    find(kiosk, over.booking_code)
    kiosk.post("/kiosk/feedback/face", csat="3")
    for page in ("feedback", "feedback/code", "feedback/face", "feedback/effort", "feedback/thanks"):
        html = kiosk.client.get(f"/kiosk/{page}").text
        assert re.search(r'data-idle="(\d+)"', html)[1] == "30", page
        assert '<meta http-equiv="refresh" content="30;url=/kiosk/reset">' in html, page


# ------------------------------------------------------------------ about one service


@pytest.fixture
def any_kiosk(client: FlaskClient, set_clock: SetClock) -> Kiosk:
    """As `kiosk`, on each database in turn."""
    set_clock(at("10:00"))
    return paired(client)


def choose(at_kiosk: Kiosk, ticket_id: object) -> str:
    return at_kiosk.post("/kiosk/feedback/services", ticket=ticket_id).headers["Location"]


def answer_steps(at_kiosk: Kiosk, *, csat: int, effort: int, line: str = "") -> str:
    """Face, number, line; gives where the kiosk leads then."""
    at_kiosk.post("/kiosk/feedback/face", csat=csat)
    at_kiosk.post("/kiosk/feedback/effort", effort=effort)
    return at_kiosk.post("/kiosk/feedback/line", line=line).headers.get("Location", "")


def kept() -> list[tuple[int | None, str | None, int | None, int | None, str | None]]:
    found = db.session.scalars(select(Feedback).order_by(Feedback.id))
    return [(row.ticket_id, row.agency_id, row.csat, row.effort, row.line) for row in found]


def test_after_the_visit_its_services_one_by_one(any_kiosk: Kiosk) -> None:
    over = served(KELA, TAX, now=at("09:30"))
    kela, tax = tickets_of(over.id)
    find(any_kiosk, over.booking_code)
    assert answer_steps(any_kiosk, csat=5, effort=6) == "/kiosk/feedback/thanks"
    assert "About one service" in any_kiosk.page("/kiosk/feedback/thanks")
    listed = any_kiosk.page("/kiosk/feedback/services")
    assert "Kela Social security" in listed
    assert "Tax" in listed

    assert choose(any_kiosk, tax.id) == "/kiosk/feedback/face"
    asked = any_kiosk.page("/kiosk/feedback/face")
    assert "How was this service?" in asked
    assert "How satisfied are you with this service?" in asked
    any_kiosk.post("/kiosk/feedback/face", csat="2")
    asked = any_kiosk.page("/kiosk/feedback/effort")
    assert "This service made it easy to handle my matter." in asked
    assert "The house made it easy" not in asked
    assert answer_steps(any_kiosk, csat=2, effort=3, line="Slow.") == "/kiosk/feedback/thanks"
    assert kept() == [(None, None, 5, 6, None), (tax.id, "vero", 2, 3, "Slow.")]
    again = any_kiosk.post("/kiosk/feedback/line", line="Once more.")
    assert again.headers["Location"] == "/kiosk/feedback/thanks", "a double tap does no harm"
    assert "Tax" not in any_kiosk.page("/kiosk/feedback/services")

    assert choose(any_kiosk, kela.id) == "/kiosk/feedback/face"
    assert answer_steps(any_kiosk, csat=4, effort=7) == "/kiosk/feedback/thanks"
    assert kept()[2:] == [(kela.id, "kela", 4, 7, None)]
    assert "About one service" not in any_kiosk.page("/kiosk/feedback/thanks")
    list_page = any_kiosk.client.get("/kiosk/feedback/services")
    assert list_page.headers["Location"] == "/kiosk/feedback/thanks", "all are answered"
    assert "You have answered already." in kiosk_words(any_kiosk, over.booking_code)


def test_a_service_answered_on_the_phone_in_between_is_not_answered_twice(any_kiosk: Kiosk) -> None:
    over = served(KELA, TAX, now=at("09:30"))
    kela, tax = tickets_of(over.id)
    give(over, csat=3)
    assert find(any_kiosk, over.booking_code) == (303, "/kiosk/feedback/services")
    choose(any_kiosk, kela.id)
    any_kiosk.post("/kiosk/feedback/face", csat="1")
    any_kiosk.post("/kiosk/feedback/effort", effort="1")
    give(over, csat=5, ticket_id=kela.id)
    answer = any_kiosk.post("/kiosk/feedback/line", line="Slow.")
    assert answer.status_code == 409
    assert "You have answered already." in answer.text
    assert "About one service" in words(answer.text), "there is another one"
    assert kept() == [(None, None, 3, None, None), (kela.id, "kela", 5, None, None)]
    assert choose(any_kiosk, kela.id) == "/kiosk/feedback/services", "it is not on offer any more"
    assert choose(any_kiosk, tax.id) == "/kiosk/feedback/face"


def test_who_left_before_any_service_has_answered_with_one_answer(any_kiosk: Kiosk) -> None:
    gone = left(now=at("09:30"))
    find(any_kiosk, gone.booking_code)
    assert answer_steps(any_kiosk, csat=1, effort=1) == "/kiosk/feedback/thanks"
    assert "About one service" not in any_kiosk.page("/kiosk/feedback/thanks")
    assert "You have answered already." in kiosk_words(any_kiosk, gone.booking_code)


def test_a_service_of_another_visit_cannot_be_chosen(any_kiosk: Kiosk) -> None:
    mine, other = served(KELA, now=at("09:00")), served(TAX, now=at("09:30"))
    give(mine)
    find(any_kiosk, mine.booking_code)
    for crafted in (tickets_of(other.id)[0].id, "", "x", "0", 10**9):
        assert choose(any_kiosk, crafted) == "/kiosk/feedback/services"
        assert any_kiosk.client.get("/kiosk/feedback/face").headers["Location"] == "/kiosk/"
        assert answer_steps(any_kiosk, csat=1, effort=1) == "/kiosk/"
    assert len(kept()) == 1


def test_the_next_code_forgets_the_visitor_before(kiosk: Kiosk) -> None:  # noqa: F811
    """Also a wrong one, and a visit that is already answered about."""
    over, other = served(KELA, TAX, now=at("09:00")), served(KELA, now=at("09:40"))
    find(kiosk, over.booking_code)
    answer_steps(kiosk, csat=5, effort=6)
    choose(kiosk, tickets_of(over.id)[0].id)
    find(kiosk, "ABCD1234")
    for page in ("face", "effort", "line", "services"):
        assert kiosk.client.get(f"/kiosk/feedback/{page}").headers["Location"] == "/kiosk/"
    find(kiosk, over.booking_code)
    choose(kiosk, tickets_of(over.id)[0].id)
    find(kiosk, other.booking_code)
    assert "How was your visit?" in kiosk.page("/kiosk/feedback/face"), "the whole of the other visit"
    assert choose(kiosk, tickets_of(over.id)[0].id) == "/kiosk/feedback/services"


def test_a_reset_forgets_the_services_too(kiosk: Kiosk) -> None:  # noqa: F811
    over = served(KELA, TAX, now=at("09:00"))
    find(kiosk, over.booking_code)
    answer_steps(kiosk, csat=5, effort=6)
    html = kiosk.client.get("/kiosk/feedback/services").text
    assert 'data-idle="30"' in html
    assert '<meta http-equiv="refresh" content="30;url=/kiosk/reset">' in html
    kiosk.client.get("/kiosk/reset")
    assert kiosk.client.get("/kiosk/feedback/services").headers["Location"] == "/kiosk/"
    assert "About one service" not in kiosk.page("/kiosk/feedback/thanks")


def test_no_address_tells_of_a_visit_or_a_service(kiosk: Kiosk) -> None:  # noqa: F811
    over = served(KELA, TAX, now=at("09:00"))
    ticket_id = tickets_of(over.id)[0].id
    give(over)
    find(kiosk, over.booking_code)
    listed = kiosk.client.get("/kiosk/feedback/services").text
    choose(kiosk, ticket_id)
    for html in (listed, kiosk.client.get("/kiosk/feedback/face").text):
        for address in re.findall(r'(?:href|action)="(/kiosk/[^"]*)"', html):
            assert "?" not in address or "/static/" in address
            assert not re.search(r"\d", address.partition("?")[0])
    assert over.id not in listed
    assert over.booking_code not in listed


SEVEN = (
    KELA,
    "kela.advice",
    TAX,
    "employment.jobseeker",
    "employment.consultation",
    "city.guidance",
    "city.spouse",
)


def test_a_long_list_fills_up_as_it_is_answered(kiosk: Kiosk, set_clock: SetClock) -> None:  # noqa: F811
    over = served(*SEVEN, now=at("09:30"))
    set_clock(at("11:30"))
    give(over)
    tickets = [ticket.id for ticket in tickets_of(over.id)]
    find(kiosk, over.booking_code)

    def listed() -> list[int]:
        html = kiosk.client.get("/kiosk/feedback/services").text
        return [int(one) for one in re.findall(r'name="ticket" value="(\d+)"', html)]

    assert listed() == tickets[:6]
    choose(kiosk, tickets[2])
    answer_steps(kiosk, csat=5, effort=6)
    assert listed() == [*tickets[:2], *tickets[3:]]
