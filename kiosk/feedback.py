"""How was your visit? At the kiosk: a code, a face, how easy it was, and one line for who wants to write.

The visit is known by its QR code or booking code, never by the queue number, which the hall reads. Which
visit it is, the face and the number stay in the signed cookie of the visitor in front until the answer is
given, once, at the end. The line stays in no cookie and no address: it comes with the answer itself.
"""

from __future__ import annotations

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
from ihh.services.feedback import find_for_feedback, give_feedback
from ihh.services.kiosk_use import KioskAction, counted, note

from . import blueprint, visitor
from .words import feedback_refused
from .writes import kiosk_of_request

TO_SEND = {"feedback", "face", "effort"}
"""What the visitor's cookie holds once all but the line is answered."""


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
    try:
        visit = find_for_feedback(request.form.get("scanned", ""), now=clock.now())
    except Refusal as refused:
        note(KioskAction.FEEDBACK, refused.code, device_id=g.device.id, now=clock.now())
        return _again(refused), status_of(refused.code)
    _forget_visit()
    visitor.remembered()["feedback"] = visit.id
    return redirect(url_for("kiosk.feedback_face"), 303)


@blueprint.get("/feedback/face")
@access(KIOSK)
def feedback_face() -> ResponseReturnValue:
    if "feedback" not in visitor.remembered():
        return redirect(url_for("kiosk.start"))
    return render_template("kiosk/feedback_face.html", faces=csat_words())


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
    if not {"feedback", "face"} <= visitor.remembered().keys():
        return redirect(url_for("kiosk.start"))
    return render_template("kiosk/feedback_effort.html", scale=effort_words())


@blueprint.post("/feedback/effort")
@access(KIOSK)
def choose_effort() -> ResponseReturnValue:
    """Without a number the question was skipped."""
    known = visitor.remembered()
    if not {"feedback", "face"} <= known.keys():
        return _nothing_to_send()
    effort = request.form.get("effort", "")
    known["effort"] = int(effort) if effort in map(str, EFFORT) else None
    return redirect(url_for("kiosk.feedback_line"), 303)


@blueprint.get("/feedback/line")
@access(KIOSK)
def feedback_line() -> ResponseReturnValue:
    if not visitor.remembered().keys() >= TO_SEND:
        return redirect(url_for("kiosk.start"))
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
                channel=FeedbackChannel.KIOSK,
                language=text_language(),
                now=clock.now(),
            )
    except Refusal as refused:
        if refused.code in MENDABLE:
            return _line_page(wrong=refusal(refused), typed=line), status_of(refused.code)
        _forget_visit()
        return _again(refused), status_of(refused.code)
    _forget_visit()
    known["thanked"] = True
    return redirect(url_for("kiosk.feedback_thanks"), 303)


@blueprint.get("/feedback/thanks")
@access(KIOSK)
def feedback_thanks() -> ResponseReturnValue:
    return render_template("kiosk/feedback_thanks.html")


def _forget_visit() -> None:
    for name in TO_SEND:
        visitor.remembered().pop(name, None)


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
    return render_template("kiosk/feedback_refused.html", sentence=sentence)


def _line_page(*, wrong: str = "", typed: str = "") -> str:
    return render_template("kiosk/feedback_line.html", wrong=wrong, typed=typed, longest=LINE_LONGEST)


def _code_page(*, wrong: str = "", typed: str = "") -> str:
    return render_template(
        "kiosk/feedback_code.html", wrong=wrong, typed=typed, alphabet=ALPHABET, length=BOOKING_CODE_LENGTH
    )
