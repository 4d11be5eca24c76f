"""Feedback on both databases: who may answer and when, once even in a race, and comments that point to nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import Answer, FeedbackChannel, FeedbackStage
from ihh.models import DeskSession, Feedback, QueueEvent, Visit
from ihh.services import booking, day_end, serving
from ihh.services.feedback import (
    Comments,
    comments_about,
    comments_of,
    find_for_feedback,
    forget_lines,
    give_feedback,
    months_for_agency,
    months_with_answers,
    view_feedback,
)
from ihh.services.tickets import tickets_of
from tests.situations import at, booked, opened, visit, walked_in, wish

KELA, TAX = "kela.social_security", "vero.tax_card"
NOON = at("12:00")
JANUARY = at("12:00", date(2027, 1, 4))


def served(*services: str, now: datetime = at("10:00")) -> Visit:
    """A walk-in visit whose services are all done."""
    found = walked_in(*services, now=now)
    for index, service in enumerate(services):
        desk, when = f"{service.partition('.')[0]}-1", now + timedelta(minutes=10 * index)
        is_open = DeskSession.closed_at.is_(None) & (DeskSession.desk_id == desk)
        if db.session.scalars(select(DeskSession).where(is_open)).first() is None:
            opened(desk, now=when)
        serving.call_next(desk, now=when, by="t")
        serving.start(desk, now=when, by="t")
        serving.complete(desk, now=when + timedelta(minutes=5), by="t")
    return visit(found.id)


def left(*, now: datetime = at("10:00")) -> Visit:
    """A visit that ended because its party went away."""
    found = walked_in(KELA, now=now)
    serving.leave(found.id, now=now)
    return visit(found.id)


def give(of: Visit, *, csat: int | None = 4, now: datetime = NOON, **more: object) -> None:
    ticket_id = more.pop("ticket_id", None)
    channel = more.pop("channel", FeedbackChannel.MY_VISIT)
    answer = Answer(csat, **more)  # type: ignore[arg-type]
    give_feedback(of.id, answer, ticket_id=ticket_id, channel=channel, language="fi", now=now)  # type: ignore[arg-type]


def refused(of: Visit, **more: object) -> str:
    with pytest.raises(Refusal) as found:
        give(of, **more)  # type: ignore[arg-type]
    return found.value.code


def rows() -> list[Feedback]:
    return list(db.session.scalars(select(Feedback).order_by(Feedback.id)))


def test_one_answer_about_the_visit_and_one_about_each_service(app) -> None:
    found = served(KELA, TAX)
    kela, tax = tickets_of(found.id)
    view = view_feedback(found, now=NOON)
    assert (view.stage, view.until, view.is_answered) == (FeedbackStage.OPEN, date(2026, 12, 4), False)
    assert [(leg.ticket_id, leg.service.id, leg.is_answered) for leg in view.legs] == [
        (kela.id, KELA, False),
        (tax.id, TAX, False),
    ]
    events = db.session.scalar(select(func.count()).select_from(QueueEvent))

    give(found, csat=5, effort=7, line="Kind.")
    give(found, csat=2, ticket_id=kela.id, channel=FeedbackChannel.KIOSK)

    whole, of_kela = rows()
    assert (whole.ticket_id, whole.agency_id, whole.service_id) == (None, None, None)
    assert (whole.csat, whole.effort, whole.nps, whole.line) == (5, 7, None, "Kind.")
    assert (whole.service_date, whole.language, whole.channel) == (found.service_date, "fi", "my_visit")
    assert (of_kela.ticket_id, of_kela.agency_id, of_kela.service_id) == (kela.id, "kela", KELA)
    assert (of_kela.csat, of_kela.effort, of_kela.channel) == (2, None, "kiosk")
    view = view_feedback(found, now=NOON)
    assert (view.is_answered, [leg.is_answered for leg in view.legs]) == (True, [True, False])
    assert [leg.ticket_id for leg in view.legs_to_ask] == [tax.id]
    assert view_feedback(found, now=JANUARY).legs_to_ask == (), "nothing is asked once it is closed"
    assert refused(found, csat=1) == Code.FEEDBACK_GIVEN
    assert refused(found, csat=1, ticket_id=kela.id) == Code.FEEDBACK_GIVEN
    assert [row.csat for row in rows()] == [5, 2], "nothing changed"
    assert db.session.scalar(select(func.count()).select_from(QueueEvent)) == events


def test_eight_answers_at_once_and_one_is_kept(app, threads) -> None:
    found = served(KELA)
    visit_id, ticket_id = found.id, tickets_of(found.id)[0].id

    def answer(index: int, about: int | None) -> None:
        score = Answer(index % 5 + 1)
        give_feedback(
            visit_id, score, ticket_id=about, channel=FeedbackChannel.MY_VISIT, language="en", now=NOON
        )

    whole = threads(8, lambda index: answer(index, None))
    of_service = threads(8, lambda index: answer(index, ticket_id))

    for outcomes in (whole, of_service):
        codes = Counter(one.code if isinstance(one, Refusal) else one for one in outcomes)
        assert codes == {None: 1, Code.FEEDBACK_GIVEN: 7}
    assert sorted(row.ticket_id is None for row in rows()) == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"csat": 0},
        {"csat": 6},
        {"effort": 8},
        {"nps": 11},
        {"csat": None},
        {"channel": "letter"},
        {"agency_id": "kela"},
    ],
)
def test_the_database_itself_keeps_scales_and_answers(app, wrong: dict[str, object]) -> None:
    found = served(KELA)
    good = {"visit_id": found.id, "service_date": found.service_date, "csat": 3}
    good |= {"channel": "kiosk", "language": "en", "created_at": NOON}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(Feedback(**good | wrong))
    with transaction():
        db.session.add(Feedback(**good))


def test_while_the_visit_goes_on_nothing_is_asked(app) -> None:
    coming, waiting = booked(wish("dvv.register")), walked_in(KELA, now=at("10:00"))
    for found in (coming, waiting):
        assert refused(found) == Code.FEEDBACK_TOO_EARLY
        assert view_feedback(visit(found.id), now=NOON).stage is FeedbackStage.TOO_EARLY
    cancelled = booking.cancel(booked(wish("dvv.register")).id, now=at("08:00"))
    assert refused(cancelled) == Code.FEEDBACK_TOO_EARLY
    assert rows() == []


def test_who_left_or_was_not_there_may_say_why_but_about_no_service(app) -> None:
    found = left()
    (ticket,) = tickets_of(found.id)
    assert view_feedback(found, now=NOON).legs == ()
    assert refused(found, ticket_id=ticket.id) == Code.NOT_FOUND
    give(found, csat=1, line="Too long a wait.")
    assert rows()[0].csat == 1


def test_a_service_of_another_visit_is_not_found(app) -> None:
    mine, other = served(KELA), served(TAX)
    assert refused(mine, ticket_id=tickets_of(other.id)[0].id) == Code.NOT_FOUND
    assert refused(mine, ticket_id=10**9) == Code.NOT_FOUND


def test_three_days_later_is_in_time_and_four_is_not(app) -> None:
    found = served(KELA)
    day_end.tidy(now=at("23:30", date(2026, 12, 4)))
    assert refused(found, now=at("00:05", date(2026, 12, 5))) == Code.FEEDBACK_CLOSED
    give(found, now=at("23:55", date(2026, 12, 4)))
    assert view_feedback(found, now=at("00:05", date(2026, 12, 5))).stage is FeedbackStage.CLOSED


def test_recommendation_is_taken_only_where_the_house_asks_for_it(app) -> None:
    found = served(KELA)
    assert refused(found, nps=9) == Code.INVALID
    assert rows() == []


def test_a_visit_is_found_by_its_secrets_and_never_by_its_number(app) -> None:
    found = served(KELA)
    for secret in (
        found.booking_code.lower(),
        found.check_in_token,
        f"https://house.example/v/{found.link_token}",
    ):
        assert find_for_feedback(secret, now=NOON).id == found.id
    for wrong in (found.queue_number or "", "ABCD1234", "", "x" * 500, found.id):
        with pytest.raises(Refusal) as unknown:
            find_for_feedback(wrong, now=NOON)
        assert unknown.value.code == Code.UNKNOWN_CODE
    forgotten = served(KELA)
    with transaction():
        db.session.execute(update(Visit).where(Visit.id == forgotten.id).values(unlinked_at=NOON))
    with pytest.raises(Refusal) as gone:
        find_for_feedback(forgotten.booking_code, now=NOON)
    assert gone.value.code == Code.UNKNOWN_CODE, "its party deleted what leads to it"
    going_on = walked_in(KELA, now=at("10:00"))
    with pytest.raises(Refusal) as early:
        find_for_feedback(going_on.booking_code, now=NOON)
    assert early.value.code == Code.FEEDBACK_TOO_EARLY
    give(found)
    assert find_for_feedback(found.link_token, now=NOON).id == found.id, "its service has no answer yet"
    give(found, ticket_id=tickets_of(found.id)[0].id)
    with pytest.raises(Refusal) as again:
        find_for_feedback(found.link_token, now=NOON)
    assert again.value.code == Code.FEEDBACK_GIVEN
    without_service = left()
    give(without_service)
    with pytest.raises(Refusal) as nothing_left:
        find_for_feedback(without_service.booking_code, now=NOON)
    assert nothing_left.value.code == Code.FEEDBACK_GIVEN


def test_comments_show_when_enough_visits_answered_about_that_agency(app) -> None:
    """Five visits answered as a whole, four of them about Kela, one of these with two tickets."""
    visits = [served(KELA) for _ in range(5)]
    for index, found in enumerate(visits):
        give(found, line="ABDCE"[index] if index != 2 else None)
    for found in visits[:4]:
        give(found, ticket_id=tickets_of(found.id)[0].id, line="About Kela")
    month = comments_of(date(2026, 12, 1), now=JANUARY)
    told = {one.agency_id: one.lines for one in month.comments}
    assert told[None] == ("A", "B", "C", "E"), "by letters, not by time"
    assert told["kela"] is None, "four visits are too few"
    assert told["vero"] is None, "none is told as too few, too"
    fifth = visits[4]
    give(fifth, ticket_id=tickets_of(fifth.id)[0].id, csat=3)
    told = {one.agency_id: one.lines for one in comments_of(date(2026, 12, 1), now=JANUARY).comments}
    assert told["kela"] == ("About Kela",) * 4, "an answer without a line counts as one who answered"
    assert not month.is_synthetic


def test_an_agency_reads_its_own_lines_under_the_same_rules(app) -> None:
    """Four visits answered about Kela, then five; what is said of the whole, or of Tax, is not Kela's."""
    visits = [served(KELA, TAX) for _ in range(5)]
    for index, found in enumerate(visits):
        kela, tax = tickets_of(found.id)
        give(found, line="Whole")
        give(found, ticket_id=tax.id, line="Tax")
        if index < 4:
            give(found, ticket_id=kela.id, line="BADC"[index])
    december = date(2026, 12, 1)
    assert comments_about("kela", december, now=JANUARY).comments == (Comments("kela", None),)
    give(visits[4], ticket_id=tickets_of(visits[4].id)[0].id, csat=5)
    assert comments_about("kela", december, now=JANUARY).comments == (Comments("kela", ("A", "B", "C", "D")),)
    assert comments_about("dvv", december, now=JANUARY).comments == (Comments("dvv", None),)
    for agency, month in (("nobody", december), ("kela", date(2027, 1, 1))):
        with pytest.raises(Refusal) as refused_:
            comments_about(agency, month, now=JANUARY)
        assert refused_.value.code is Code.NOT_FOUND
    with pytest.raises(Refusal):
        comments_about("kela", december, now=at("12:00", date(2027, 1, 3)))


def test_an_agency_reads_nothing_written_before_visitors_were_told_so(app) -> None:
    """Five lines of a November day: coordinators read them, the agency never."""
    visits = [served(KELA) for _ in range(5)]
    for found in visits:
        give(found, ticket_id=tickets_of(found.id)[0].id, line="Before")
    november = date(2026, 11, 30)
    with transaction():
        db.session.execute(update(Visit).values(service_date=november))
        db.session.execute(update(Feedback).values(service_date=november))
    month = november.replace(day=1)
    assert months_with_answers(now=JANUARY) == [month]
    told = {one.agency_id: one.lines for one in comments_of(month, now=JANUARY).comments}
    assert told["kela"] == ("Before",) * 5
    assert months_for_agency(now=JANUARY) == []
    with pytest.raises(Refusal) as early:
        comments_about("kela", month, now=JANUARY)
    assert early.value.code is Code.NOT_FOUND


def test_a_month_is_read_only_once_it_is_over(app) -> None:
    give(served(KELA), line="Early")
    assert months_with_answers(now=at("12:00", date(2027, 1, 3))) == []
    with pytest.raises(Refusal) as early:
        comments_of(date(2026, 12, 1), now=at("12:00", date(2027, 1, 3)))
    assert early.value.code == Code.NOT_FOUND
    assert months_with_answers(now=JANUARY) == [date(2026, 12, 1)]
    with pytest.raises(Refusal):
        comments_of(date(2026, 11, 1), now=JANUARY)


def test_synthetic_answers_are_told_as_such(app) -> None:
    found = served(KELA)
    give(found)
    with transaction():
        db.session.execute(update(Visit).where(Visit.id == found.id).values(is_synthetic=True))
    assert comments_of(date(2026, 12, 1), now=JANUARY).is_synthetic


def test_old_lines_go_and_scores_stay(app) -> None:
    first, second, third = served(KELA), left(), left()
    give(first, csat=5, line="Kind")
    give(second, csat=None, line="Only words")
    give(third, csat=2)
    with transaction() as tx:
        assert forget_lines(tx, first.service_date) == 0
    assert [row.line for row in rows()] == ["Kind", "Only words", None]
    with transaction() as tx:
        assert forget_lines(tx, first.service_date + timedelta(days=1)) == 2
    assert [(row.csat, row.line) for row in rows()] == [(5, None), (2, None)]
