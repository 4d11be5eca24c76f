"""How was your visit? At the kiosk: a code, a face, how easy it was, and one line for who wants to write.

The visit is known by its QR code or booking code, never by the queue number, which the hall reads. The same
three steps ask about the visit as a whole first, then about each service that the visitor chooses. Which
visit and which service it is, the face and the number stay in the signed cookie of the visitor in front until
the answer is given, once, at the end. The line stays in no cookie and no address: it comes with the answer.
"""

from __future__ import annotations

from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import CSAT, EFFORT, LINE_LONGEST, MENDABLE, FeedbackChannel, read_answer
from ihh.domain.numbering import ALPHABET, BOOKING_CODE_LENGTH
from ihh.presentation import limits
from ihh.presentation.access import KIOSK, access
from ihh.presentation.feedback_words import csat_words, effort_words
from ihh.presentation.languages import text_language
from ihh.presentation.problem import status_of
from ihh.presentation.sentences import refusal
from ihh.services.feedback import FeedbackView, ServedLeg, find_for_feedback, give_feedback, view_feedback
from ihh.services.house import current_house
from ihh.services.kiosk_use import KioskAction, counted, note
from ihh.services.my_visit import visit_by_id

from . import blueprint, visitor
from .words import feedback_refused
from .writes import kiosk_of_request

ANSWER = {"about", "face", "effort"}
TO_SEND = {"feedback", *ANSWER}
"""What the visitor's cookie holds once all but the line is answered."""

MOST_LISTED = 6
"""Services that fit on the screen, whatever aids are on; a longer list fills up as they are answered."""


@blueprint.get("/feedback")
@access(KIOSK)
def feedback() -> ResponseReturnValue:
    """Whose visit: the camera and the scanner look, the code can be typed."""
    return render_template("kiosk/feedback_qr.html", wrong="")


@blueprint.get("/feedback/code")
@access(KIOSK)
def feedback_code() -> ResponseReturnValue:
    return _code_page()


@blueprint.post("/feedback")
@access(KIOSK)
@limits.limiter.limit(limits.KIOSK_CODES, key_func=kiosk_of_request)
def find_feedback() -> ResponseReturnValue:
    """The visit as a whole is asked about first; where it has its answer, its services."""
    _forget({*TO_SEND, "thanked"})
    try:
        visit = find_for_feedback(request.form.get("scanned", ""), now=clock.now())
    except Refusal as refused:
        note(KioskAction.FEEDBACK, refused.code, device_id=g.device.id, now=clock.now())
        return _again(refused), status_of(refused.code)
    visitor.remembered()["feedback"] = visit.id
    if view_feedback(visit, now=clock.now()).is_answered:
        return redirect(url_for("kiosk.feedback_services"), 303)
    visitor.remembered()["about"] = None
    return redirect(url_for("kiosk.feedback_face"), 303)


@blueprint.get("/feedback/services")
@access(KIOSK)
def feedback_services() -> ResponseReturnValue:
    """The services of the visit that have no answer yet."""
    legs = _legs_to_ask()
    if not legs:
        return _nothing_to_send()
    return render_template("kiosk/feedback_services.html", legs=legs, agencies=current_house().agency)


@blueprint.post("/feedback/services")
@access(KIOSK)
def choose_service() -> ResponseReturnValue:
    wanted = request.form.get("ticket", "")
    for leg in _legs_to_ask():
        if str(leg.ticket_id) == wanted:
            _forget(ANSWER)
            visitor.remembered()["about"] = leg.ticket_id
            return redirect(url_for("kiosk.feedback_face"), 303)
    return redirect(url_for("kiosk.feedback_services"), 303)


@blueprint.get("/feedback/face")
@access(KIOSK)
def feedback_face() -> ResponseReturnValue:
    return _step("kiosk/feedback_face.html", after={"about"}, faces=csat_words())


@blueprint.post("/feedback/face")
@access(KIOSK)
def choose_face() -> ResponseReturnValue:
    face = request.form.get("csat", "")
    if face in map(str, CSAT):
        visitor.remembered()["face"] = int(face)
        return redirect(url_for("kiosk.feedback_effort"), 303)
    return redirect(url_for("kiosk.feedback_face"), 303)


@blueprint.get("/feedback/effort")
@access(KIOSK)
def feedback_effort() -> ResponseReturnValue:
    return _step("kiosk/feedback_effort.html", after={"about", "face"}, scale=effort_words())


@blueprint.post("/feedback/effort")
@access(KIOSK)
def choose_effort() -> ResponseReturnValue:
    """Without a number the question was skipped."""
    known = visitor.remembered()
    if not {"feedback", "about", "face"} <= known.keys():
        return _nothing_to_send()
    effort = request.form.get("effort", "")
    known["effort"] = int(effort) if effort in map(str, EFFORT) else None
    return redirect(url_for("kiosk.feedback_line"), 303)


@blueprint.get("/feedback/line")
@access(KIOSK)
def feedback_line() -> ResponseReturnValue:
    return _line_page()


@blueprint.post("/feedback/line")
@access(KIOSK)
def send_feedback() -> ResponseReturnValue:
    """Keep the answer, with the line if there is one. A second tap does no harm."""
    known = visitor.remembered()
    if not known.keys() >= TO_SEND:
        return _nothing_to_send()
    line = request.form.get("line", "")
    try:
        with counted(KioskAction.FEEDBACK, device_id=g.device.id, now=clock.now()):
            give_feedback(
                str(known["feedback"]),
                read_answer(known["face"], known["effort"], None, line),
                ticket_id=known["about"],
                channel=FeedbackChannel.KIOSK,
                language=text_language(),
                now=clock.now(),
            )
    except Refusal as refused:
        if refused.code in MENDABLE:
            return _line_page(wrong=refusal(refused), typed=line, status=status_of(refused.code))
        _end_answer()
        return _again(refused), status_of(refused.code)
    _end_answer()
    known["thanked"] = True
    return redirect(url_for("kiosk.feedback_thanks"), 303)


@blueprint.get("/feedback/thanks")
@access(KIOSK)
def feedback_thanks() -> ResponseReturnValue:
    return render_template("kiosk/feedback_thanks.html", has_more=bool(_legs_to_ask()))


def _forget(names: set[str]) -> None:
    for name in names:
        visitor.remembered().pop(name, None)


def _end_answer() -> None:
    """The visit is remembered as long as one of its services can be asked about."""
    _forget(ANSWER)
    if not _legs_to_ask():
        _forget({"feedback"})


def _view() -> FeedbackView | None:
    """Of the visit in front; None where nobody is."""
    visit = visit_by_id(str(visitor.remembered().get("feedback") or ""))
    return view_feedback(visit, now=clock.now()) if visit else None


def _legs_to_ask() -> tuple[ServedLeg, ...]:
    view = _view()
    return view.legs_to_ask[:MOST_LISTED] if view else ()


def _leg(ticket_id: int) -> ServedLeg | None:
    view = _view()
    return next((leg for leg in view.legs if leg.ticket_id == ticket_id), None) if view else None


def _nothing_to_send() -> ResponseReturnValue:
    """Sent already by the tap before, or nobody is in front any more."""
    thanked = visitor.remembered().get("thanked")
    return redirect(url_for("kiosk.feedback_thanks" if thanked else "kiosk.start"), 303)


def _again(refused: Refusal) -> str:
    """A wrong code can be typed again; for any other refusal the visitor is told, and that is all."""
    sentence = feedback_refused(refused.code) or refusal(refused)
    if refused.code is Code.UNKNOWN_CODE and request.form.get("typed"):
        return _code_page(wrong=sentence, typed=request.form.get("scanned", "")[:12])
    if refused.code is Code.UNKNOWN_CODE:
        return render_template("kiosk/feedback_qr.html", wrong=sentence)
    return render_template("kiosk/feedback_refused.html", sentence=sentence, has_more=bool(_legs_to_ask()))


def _step(template: str, *, after: set[str], status: int = 200, **shown: Any) -> ResponseReturnValue:
    """A step's page, worded for what it is about; the first screen where a step before it was not made."""
    known = visitor.remembered()
    if not {"feedback", *after} <= known.keys():
        return redirect(url_for("kiosk.start"))
    leg = _leg(known["about"]) if known["about"] is not None else None
    if known["about"] is not None and leg is None:  # reopened meanwhile: it is not over yet
        return redirect(url_for("kiosk.start"))
    return render_template(template, leg=leg, agencies=current_house().agency, **shown), status


def _line_page(*, wrong: str = "", typed: str = "", status: int = 200) -> ResponseReturnValue:
    return _step(
        "kiosk/feedback_line.html",
        after=ANSWER,
        status=status,
        wrong=wrong,
        typed=typed,
        longest=LINE_LONGEST,
    )


def _code_page(*, wrong: str = "", typed: str = "") -> str:
    return render_template(
        "kiosk/feedback_code.html", wrong=wrong, typed=typed, alphabet=ALPHABET, length=BOOKING_CODE_LENGTH
    )
