"""Feedback on a visit that is over: once about the whole, once about each service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ihh import clock
from ihh.api.feedback_schemas import FeedbackBody, FeedbackSchema
from ihh.api.resource import Resource, refuses
from ihh.domain.errors import Code
from ihh.domain.feedback import FeedbackChannel, read_answer
from ihh.models import Visit
from ihh.presentation.access import LINK, access
from ihh.presentation.languages import text_language
from ihh.services import booking
from ihh.services.feedback import give_feedback, view_feedback
from ihh.services.house import current_house

resource = Resource("feedback", description="What a party says of its visit when it is over.")


@resource.route("/visits/<link_token:token>/feedback", methods=["GET"])
@access(LINK)
@resource.response(200, FeedbackSchema)
def get_feedback(token: str) -> dict[str, Any]:
    """What may be said and what was said already; never what was answered."""
    return _told(booking.find_by_link(token), now=clock.now())


@resource.route("/visits/<link_token:token>/feedback", methods=["POST"])
@access(LINK)
@refuses(
    Code.FEEDBACK_TOO_EARLY,
    Code.FEEDBACK_CLOSED,
    Code.FEEDBACK_GIVEN,
    Code.IDENTITY_CODE_GIVEN,
    Code.CONTACT_GIVEN,
)
@resource.arguments(FeedbackBody)
@resource.response(201, FeedbackSchema)
def send_feedback(body: dict[str, Any], token: str) -> dict[str, Any]:
    """Say it, once: an answer is never changed. Nobody at a desk sees it."""
    now = clock.now()
    visit = booking.find_by_link(token)
    give_feedback(
        visit.id,
        read_answer(body["csat"], body["effort"], body["nps"], body["line"]),
        ticket_id=body["ticket"],
        channel=FeedbackChannel.MY_VISIT,
        language=text_language(),
        now=now,
    )
    return _told(visit, now=now)


def _told(visit: Visit, *, now: datetime) -> dict[str, Any]:
    return vars(view_feedback(visit, now=now)) | {"asks_nps": current_house().figures.asks_nps}
