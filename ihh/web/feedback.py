"""Feedback on the visit page: a face, then how easy it was and a line, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import LINE_LONGEST, MENDABLE, FeedbackChannel, FeedbackStage, read_answer
from ihh.models import Visit
from ihh.presentation.access import LINK, access
from ihh.presentation.feedback_words import csat_words, effort_words, nps_words
from ihh.presentation.languages import text_language
from ihh.presentation.problem import status_of
from ihh.presentation.sentences import refusal
from ihh.services import booking
from ihh.services.feedback import FeedbackView, ServedLeg, give_feedback, view_feedback
from ihh.services.house import current_house
from ihh.web.public_nav import public_nav

blueprint = Blueprint("feedback", __name__)

FACE = "feedback_face"
"""In the session: the face chosen on the visit page, and of which visit, until the form is sent."""

TYPED = ("csat", "effort", "nps", "line")


@dataclass(frozen=True)
class Asked:
    """What the form is about and holds."""

    visit: Visit
    view: FeedbackView
    leg: ServedLeg | None
    """None: the visit as a whole."""

    @property
    def is_answered(self) -> bool:
        return self.leg.is_answered if self.leg else self.view.is_answered


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """The address is a secret: no search engine may list it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@blueprint.post("/v/<token>/feedback/face")
@access(LINK)
def choose_face(token: str) -> ResponseReturnValue:
    """The first tap; nothing is kept in the house until the form is sent."""
    visit = booking.find_by_link(token)
    session[FACE] = [visit.id, request.form.get("csat", "")[:1]]
    return redirect(url_for("feedback.show", token=token), 303)


@blueprint.get("/v/<token>/feedback")
@blueprint.get("/v/<token>/feedback/<int:ticket_id>")
@access(LINK)
def show(token: str, ticket_id: int | None = None) -> ResponseReturnValue:
    asked = _asked(token, ticket_id)
    of_visit, face = session.get(FACE, ["", ""])
    typed = {"csat": face} if asked.leg is None and of_visit == asked.visit.id else {}
    return _form(asked, typed)


@blueprint.post("/v/<token>/feedback")
@blueprint.post("/v/<token>/feedback/<int:ticket_id>")
@access(LINK)
def send(token: str, ticket_id: int | None = None) -> ResponseReturnValue:
    visit = booking.find_by_link(token)
    typed = {name: request.form.get(name, "") for name in TYPED}
    try:
        scores = [_score(typed, name) for name in ("csat", "effort", "nps")]
        give_feedback(
            visit.id,
            read_answer(scores[0], scores[1], scores[2], typed["line"]),
            ticket_id=ticket_id,
            channel=FeedbackChannel.MY_VISIT,
            language=text_language(),
            now=clock.now(),
        )
    except Refusal as refused:
        if refused.code is Code.NOT_FOUND:
            raise
        return _form(_asked(token, ticket_id), typed, refused=refused), status_of(refused.code)
    session.pop(FACE, None)
    flash(_("Thank you. Your answer helps us to serve better."), "done")
    return redirect(url_for("visit.show", token=token), 303)


def _score(typed: Mapping[str, str], name: str) -> int | None:
    given = typed[name].strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 2):
        raise Refusal(Code.INVALID, field=name)
    return int(given)


def _asked(token: str, ticket_id: int | None) -> Asked:
    """Refuses `not_found` for a ticket that is no served one of the visit."""
    visit = booking.find_by_link(token)
    view = view_feedback(visit, now=clock.now())
    if ticket_id is None:
        return Asked(visit, view, None)
    for leg in view.legs:
        if leg.ticket_id == ticket_id:
            return Asked(visit, view, leg)
    raise Refusal(Code.NOT_FOUND)


def _form(asked: Asked, typed: Mapping[str, str], *, refused: Refusal | None = None) -> str:
    closed = _closed(asked)
    is_mendable = refused is not None and refused.code in MENDABLE and not closed
    return render_template(
        "feedback/form.html",
        nav=public_nav("home.find"),
        token=asked.visit.link_token,
        asked=asked,
        closed=closed,
        typed=typed,
        errors=_errors(refused) if refused is not None and is_mendable else {},
        line_longest=LINE_LONGEST,
        agencies=current_house().agency,
        asks_nps=asked.leg is None and current_house().figures.asks_nps,
        **scales(),
    )


def scales() -> dict[str, Any]:
    return {"csat": csat_words(), "effort": effort_words(), "nps": nps_words()}


def _closed(asked: Asked) -> str:
    """Why the form is not there, in words; empty while it is."""
    if asked.is_answered:
        return refusal(Refusal(Code.FEEDBACK_GIVEN))
    if asked.view.stage is FeedbackStage.CLOSED:
        return refusal(Refusal(Code.FEEDBACK_CLOSED))
    if asked.view.stage is FeedbackStage.TOO_EARLY:
        return refusal(Refusal(Code.FEEDBACK_TOO_EARLY))
    return ""


def _errors(refused: Refusal) -> dict[str, str]:
    """The control at fault → the sentence beside it."""
    field = str(refused.facts.get("field") or "line")
    return {"csat" if field == "answer" else field: refusal(refused)}
