"""What visitors say of a finished visit: scores and a line, without anything that names them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ihh.db import Base, UtcDateTime
from ihh.domain.feedback import CSAT, EFFORT, LINE_LONGEST, NPS, FeedbackChannel
from ihh.models.columns import one_of

_OF_THE_VISIT = text("ticket_id IS NULL")


def _within(column: str, scale: range) -> CheckConstraint:
    return CheckConstraint(f"{column} BETWEEN {scale[0]} AND {scale[-1]}", name=f"{column}_on_scale")


class Feedback(Base):
    """One answer, about a visit as a whole or about one of its services.

    It belongs to the pseudonymous record of the visit: it stays when contact and link are gone, and no visit
    is deleted under its answers (hence no cascade).
    """

    __tablename__ = "feedback"
    __table_args__ = (
        _within("csat", CSAT),
        _within("effort", EFFORT),
        _within("nps", NPS),
        one_of("channel", FeedbackChannel),
        CheckConstraint("coalesce(csat, effort, nps) IS NOT NULL OR line IS NOT NULL", name="answered"),
        CheckConstraint(
            "(ticket_id IS NULL) = (agency_id IS NULL) AND (ticket_id IS NULL) = (service_id IS NULL)",
            name="of_a_service",
        ),
        CheckConstraint("ticket_id IS NULL OR nps IS NULL", name="nps_of_the_visit"),
        Index("ix_feedback_service_date", "service_date"),
        Index(
            "uq_feedback_visit",
            "visit_id",
            unique=True,
            sqlite_where=_OF_THE_VISIT,
            postgresql_where=_OF_THE_VISIT,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), unique=True)
    """Null: about the whole visit."""
    service_date: Mapped[date] = mapped_column(Date)
    """Of the visit, not of the answer."""
    agency_id: Mapped[str | None] = mapped_column(ForeignKey("agency.id"), index=True)
    service_id: Mapped[str | None] = mapped_column(ForeignKey("service.id"), index=True)
    csat: Mapped[int | None]
    effort: Mapped[int | None]
    nps: Mapped[int | None]
    line: Mapped[str | None] = mapped_column(String(LINE_LONGEST))
    channel: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(8))
    """Of the screen it was given on."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
