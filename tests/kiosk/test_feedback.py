"""Feedback at the kiosk: a code, a face, how easy it was."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from ihh.db import db
from ihh.models import Feedback, KioskUse
from tests.kiosk.test_kiosk import Kiosk, kiosk  # noqa: F401  (a fixture)
from tests.services.test_feedback import KELA, give, served
from tests.situations import at, walked_in


def rows() -> list[tuple[int | None, int | None, str, str]]:
    found = db.session.scalars(select(Feedback))
    return [(row.csat, row.effort, row.channel, row.language) for row in found]


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
    sent = kiosk.post("/kiosk/feedback/effort", effort="6")
    assert sent.headers["Location"] == "/kiosk/feedback/thanks"
    assert rows() == [(5, 6, "kiosk", "en")]
    assert "Thank you" in kiosk.page("/kiosk/feedback/thanks")
    again = kiosk.post("/kiosk/feedback/effort", effort="1")
    assert again.headers["Location"] == "/kiosk/feedback/thanks", "a double tap does no harm"
    assert rows() == [(5, 6, "kiosk", "en")]
    assert "How was your visit? You have answered already." in kiosk_words(kiosk, over.booking_code)
    tries = db.session.scalars(select(KioskUse).order_by(KioskUse.id))
    assert [(one.action, one.failure) for one in tries] == [
        ("feedback", None),
        ("feedback", "feedback_given"),
    ]


def kiosk_words(at_kiosk: Kiosk, scanned: str) -> str:
    from tests.kiosk.test_kiosk import words

    return words(at_kiosk.post("/kiosk/feedback", scanned=scanned).text)


def test_the_face_alone_is_an_answer_too(kiosk: Kiosk, over) -> None:  # noqa: F811
    find(kiosk, over.booking_code.lower())
    kiosk.post("/kiosk/feedback/face", csat="1")
    assert kiosk.post("/kiosk/feedback/effort").headers["Location"] == "/kiosk/feedback/thanks"
    assert rows() == [(1, None, "kiosk", "en")]


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
    kiosk.client.get("/kiosk/reset")
    assert kiosk.post("/kiosk/feedback/effort", effort="1").headers["Location"] == "/kiosk/"
    for page in ("face", "effort"):
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
    answer = kiosk.post("/kiosk/feedback/effort", effort="1")
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
