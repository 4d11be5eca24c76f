"""Feedback: who may give it now, one answer about each thing, and the comments of a closed month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, delete, or_, select, update
from sqlalchemy.exc import IntegrityError

from ihh.db import Transaction, db, transaction
from ihh.domain.daytime import local_day
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import (
    Answer,
    FeedbackChannel,
    FeedbackStage,
    agency_reads,
    last_day,
    month_is_over,
    next_month,
    stage_of,
)
from ihh.domain.house import Service
from ihh.domain.numbering import BOOKING_CODE_LENGTH, normal_code, token_in
from ihh.domain.ticket import ENDED, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Feedback, Ticket, Visit
from ihh.services.house import current_house
from ihh.services.tickets import tickets_of

NEVER_CONFIRMED = (VisitState.HELD, VisitState.EXPIRED)
IN_THE_HOUSE = (VisitState.IN_HOUSE, VisitState.ENDED)

Answered = Row[str | None, str, str | None, bool]
"""Agency, visit and line of one answer, and whether the visit is synthetic."""


@dataclass(frozen=True)
class ServedLeg:
    """A service the visit had."""

    ticket_id: int
    service: Service
    is_answered: bool


@dataclass(frozen=True)
class FeedbackView:
    """What may be said of a visit."""

    stage: FeedbackStage
    until: date
    """Last day to give feedback."""
    is_answered: bool
    """The visit as a whole."""
    legs: tuple[ServedLeg, ...]

    @property
    def is_open(self) -> bool:
        return self.stage is FeedbackStage.OPEN

    @property
    def legs_to_ask(self) -> tuple[ServedLeg, ...]:
        """The services that may be spoken about now and have no answer yet."""
        return tuple(leg for leg in self.legs if self.is_open and not leg.is_answered)


@dataclass(frozen=True)
class Comments:
    """Lines about one agency in one month; None where too few visitors answered."""

    agency_id: str | None
    """None: about the visit as a whole."""
    lines: tuple[str, ...] | None


@dataclass(frozen=True)
class MonthOfComments:
    """What was asked for: every agency of the house, and first the visits as a whole, or one agency."""

    month: date
    """Its first day."""
    comments: tuple[Comments, ...]
    is_synthetic: bool
    """Some of its visits were made by a demonstration."""


def view_feedback(visit: Visit, *, now: datetime) -> FeedbackView:
    house = current_house()
    answered = set(db.session.scalars(select(Feedback.ticket_id).where(Feedback.visit_id == visit.id)))
    tickets = tickets_of(visit.id)
    return FeedbackView(
        stage=_stage(visit, tickets, now=now),
        until=last_day(visit.service_date, days=house.limits.feedback_days),
        is_answered=None in answered,
        legs=tuple(
            ServedLeg(ticket.id, house.service[ticket.service_id], ticket.id in answered)
            for ticket in tickets
            if ticket.state == TicketState.COMPLETED and ticket.service_id in house.service
        ),
    )


def find_for_feedback(scanned: str, *, now: datetime) -> Visit:
    """The visit of a booking code, a check-in code or a link to My visit, if it may be spoken about.

    A queue number is none of these: everybody in the hall reads it. Refuses `unknown_code`,
    `feedback_too_early`, `feedback_closed` and, where the visit as a whole and each of its services have
    their answers, `feedback_given`.
    """
    token, code = token_in(scanned), normal_code(scanned)
    query = select(Visit).where(Visit.booking_code == code)
    if token is not None:
        query = select(Visit).where(or_(Visit.link_token == token, Visit.check_in_token == token))
    elif len(code) != BOOKING_CODE_LENGTH:
        raise Refusal(Code.UNKNOWN_CODE)
    visit = db.session.scalars(query).first()
    if visit is None or visit.unlinked_at is not None or visit.state in NEVER_CONFIRMED:
        raise Refusal(Code.UNKNOWN_CODE)
    view = view_feedback(visit, now=now)
    _require_open(view.stage)
    if view.is_answered and not view.legs_to_ask:
        raise Refusal(Code.FEEDBACK_GIVEN)
    return visit


def give_feedback(
    visit_id: str,
    answer: Answer,
    *,
    ticket_id: int | None = None,
    channel: FeedbackChannel,
    language: str,
    now: datetime,
) -> None:
    """Keep the answer about the visit, or about the service of one of its tickets; it is never changed again.

    Refuses `not_found` for a ticket that is not a served one of this visit, `feedback_too_early`,
    `feedback_closed`, `feedback_given`, and `invalid` for a recommendation that the house does not ask for.
    No queue event tells of it: an event has a time, and with it who answered.
    """
    try:
        with transaction():
            visit = db.session.get(Visit, visit_id, populate_existing=True)
            if visit is None:
                raise Refusal(Code.NOT_FOUND)
            tickets = tickets_of(visit_id)
            _require_open(_stage(visit, tickets, now=now))
            ticket = _served(tickets, ticket_id) if ticket_id is not None else None
            if answer.nps is not None and (ticket is not None or not current_house().figures.asks_nps):
                raise Refusal(Code.INVALID, field="nps")
            db.session.add(
                Feedback(
                    visit_id=visit_id,
                    ticket_id=ticket_id,
                    service_date=visit.service_date,
                    agency_id=ticket.agency_id if ticket else None,
                    service_id=ticket.service_id if ticket else None,
                    csat=answer.csat,
                    effort=answer.effort,
                    nps=answer.nps,
                    line=answer.line,
                    channel=channel,
                    language=language,
                    created_at=now,
                )
            )
            db.session.flush()
    except IntegrityError:
        raise Refusal(Code.FEEDBACK_GIVEN) from None


def months_with_answers(*, now: datetime) -> list[date]:
    """First days of the months whose comments may be read, the latest first.

    A month is read once nobody can answer about it any more: comments that appear one by one would tell when
    each was written.
    """
    house = current_house()
    today, days = local_day(now, timezone=house.timezone), house.limits.feedback_days
    answered = db.session.scalars(select(Feedback.service_date).distinct())
    months = sorted({day.replace(day=1) for day in answered}, reverse=True)
    return [month for month in months if month_is_over(month, today=today, days=days)]


def comments_of(month: date, *, now: datetime) -> MonthOfComments:
    """The lines of a closed month in the order of their letters, so that place tells nothing of time.

    An agency's are there when at least `figures.small_cell` visits answered about it in that month. Refuses
    `not_found` for any other month.
    """
    if month not in months_with_answers(now=now):
        raise Refusal(Code.NOT_FOUND)
    about = (None, *(agency.id for agency in current_house().agencies))
    return _comments(month, about, _answers(month))


def months_for_agency(*, now: datetime) -> list[date]:
    """As `months_with_answers`, those of which an agency may read its own."""
    return [month for month in months_with_answers(now=now) if agency_reads(month)]


def comments_about(agency_id: str, month: date, *, now: datetime) -> MonthOfComments:
    """The same of one agency, under the same rules, for its own clerks: nobody else's lines are read.

    Refuses `not_found` for a month that an agency may not read, and for no agency of the house.
    """
    if month not in months_for_agency(now=now) or agency_id not in current_house().agency:
        raise Refusal(Code.NOT_FOUND)
    return _comments(month, (agency_id,), _answers(month, Feedback.agency_id == agency_id))


def _answers(month: date, *which: ColumnElement[bool]) -> Sequence[Answered]:
    query = select(Feedback.agency_id, Feedback.visit_id, Feedback.line, Visit.is_synthetic).join(
        Visit, Visit.id == Feedback.visit_id
    )
    within = (Feedback.service_date >= month) & (Feedback.service_date < next_month(month))
    return db.session.execute(query.where(within, *which)).all()


def _comments(month: date, about: Iterable[str | None], rows: Sequence[Answered]) -> MonthOfComments:
    found = []
    for agency_id in about:
        of_agency = [row for row in rows if row.agency_id == agency_id]
        enough = len({row.visit_id for row in of_agency}) >= current_house().figures.small_cell
        lines = tuple(sorted(row.line for row in of_agency if row.line)) if enough else None
        found.append(Comments(agency_id, lines))
    return MonthOfComments(month, tuple(found), any(row.is_synthetic for row in rows))


def forget_lines(tx: Transaction, before: date) -> int:
    """Delete the lines about visits before that day; the scores stay, an answer that was a line only goes.

    Gives the number of lines.
    """
    old = (Feedback.service_date < before) & Feedback.line.is_not(None)
    has_score = Feedback.csat.is_not(None) | Feedback.effort.is_not(None) | Feedback.nps.is_not(None)
    bare = db.session.execute(delete(Feedback).where(old, ~has_score).returning(Feedback.id)).all()
    stripped = db.session.execute(update(Feedback).where(old).values(line=None).returning(Feedback.id)).all()
    return len(bare) + len(stripped)


def _stage(visit: Visit, tickets: list[Ticket], *, now: datetime) -> FeedbackStage:
    house = current_house()
    has_ended = visit.state in IN_THE_HOUSE and bool(tickets) and all(t.state in ENDED for t in tickets)
    return stage_of(
        visit.service_date,
        has_ended=has_ended,
        today=local_day(now, timezone=house.timezone),
        days=house.limits.feedback_days,
    )


def _require_open(stage: FeedbackStage) -> None:
    if stage is FeedbackStage.TOO_EARLY:
        raise Refusal(Code.FEEDBACK_TOO_EARLY)
    if stage is FeedbackStage.CLOSED:
        raise Refusal(Code.FEEDBACK_CLOSED)


def _served(tickets: list[Ticket], ticket_id: int) -> Ticket:
    for ticket in tickets:
        if ticket.id == ticket_id and ticket.state == TicketState.COMPLETED:
            return ticket
    raise Refusal(Code.NOT_FOUND)
