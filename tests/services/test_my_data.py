"""A person's own data on both databases: all of it told, without keys; deleted, without a way back."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from ihh.db import db, transaction
from ihh.domain.contact import Reachable
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import Answer, FeedbackChannel
from ihh.domain.ticket import TicketAction
from ihh.domain.visit import VisitAction, VisitState
from ihh.domain.waitlist import WaitlistState
from ihh.models import (
    Contact,
    Feedback,
    Leg,
    Letter,
    QueueEvent,
    Ticket,
    Visit,
    WaitlistContact,
    WaitlistEntry,
)
from ihh.presentation.data_file import data_file
from ihh.presentation.event_words import action_text, letter_text
from ihh.presentation.my_data_words import entry_parts, visit_parts
from ihh.services import booking, check_in, forgetting, my_data, proposals, waitlist_entries, waitlist_offers
from ihh.services.feedback import find_for_feedback, give_feedback
from ihh.services.find_visit import find_by_code
from ihh.services.letters import LetterKind
from ihh.services.tickets import tickets_of
from tests.services.test_feedback import KELA, TAX, served
from tests.services.test_waitlist import ANN, full_day, joined, offer
from tests.services.test_waitlist import NOW as FRIDAY
from tests.situations import TUESDAY, at, booked, events, visit, wish

EVENING = at("18:00")
EMAIL = "ann@example.com"


def with_contact(*, day: date = TUESDAY) -> Visit:
    when = at("12:00", day - timedelta(days=4))
    option = proposals.propose(wish(TAX), now=when, first=day, last=day).earliest
    assert option is not None
    held = booking.hold(wish(TAX), option, source=None, now=when)
    booking.confirm(held.id, Reachable(EMAIL, None), now=when)
    with transaction():
        db.session.add(Letter(kind="booked", visit_id=held.id, created_at=when, sent_at=when, tries=1))
    return visit(held.id)


def commented() -> Visit:
    found = served(KELA, TAX)
    kela = tickets_of(found.id)[0]
    for about, answer in ((None, Answer(5, 6, None, "Kind.")), (kela.id, Answer(None, None, None, "Quick."))):
        give_feedback(
            found.id, answer, ticket_id=about, channel=FeedbackChannel.MY_VISIT, language="en", now=EVENING
        )
    return visit(found.id)


def refused(act, *args: object, **named: object) -> str:
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value.code


def told(document: my_data.Document) -> str:
    return data_file(document, now=EVENING)


class TestSeeing:
    def test_an_ended_visit_is_told_whole(self, app: Flask) -> None:
        found = commented()
        document = json.loads(told(my_data.visit_document(found)))

        assert (document["format"], document["made_at"]) == ("ihh-my-data/1", "2026-12-01T16:00:00Z")
        assert (document["visit"]["date"], document["visit"]["number"]) == ("2026-12-01", found.queue_number)
        assert (document["visit"]["state"], document["visit"]["origin"]) == ("ended", "walk_in")
        assert [line["service"] for line in document["lines"]] == [KELA, TAX]
        first = document["lines"][0]
        assert first["joined_at"] == "2026-12-01T08:00:00Z"
        assert (first["outcome"], first["served_s"], first["calls"]) == ("done", 300, 1)
        happened = [event for event in events() if event.visit_id == found.id]
        assert [event["action"] for event in document["events"]] == [event.action for event in happened]
        assert {(answer["service"], answer["csat"], answer["line"]) for answer in document["feedback"]} == {
            (None, 5, "Kind."),
            (KELA, None, "Quick."),
        }
        assert document["kept_until"] == "2029-01-01"

    def test_every_column_about_the_visit_is_told_or_named_here(self, app: Flask) -> None:
        """A new column cannot be kept in silence."""
        left_out = {
            Visit: {
                *("id", "booking_code", "check_in_token", "link_token"),  # keys
                *("is_hold_extended", "hold_source", "follows_id", "follows_after_days"),  # told in words
                "queue_number",
            },
            Leg: {"id", "visit_id", "position", "mode"},
            Contact: {"visit_id"},
            WaitlistEntry: {"id", "link_token", "wish", "source", "offered_visit_id"},
        }
        names = {
            *("service_date", "customer_type", "service_id", "desk_id", "override_reason", "delete_after"),
            *("created_at", "unlinked_at", "not_before", "not_after"),
        }
        found = with_contact()
        document = my_data.visit_document(found)
        entry = my_data.entry_document(waiting())
        sections = {
            Visit: document["visit"],
            Leg: document["services"][0],
            Contact: document["contact"],
            WaitlistEntry: entry["waitlist"],
        }
        for model, section in sections.items():
            columns = {column.key for column in inspect(model).columns}
            assert columns - left_out[model] - names - set(section) == set(), model.__name__

    def test_no_key_and_no_member_of_staff_is_in_it(self, app: Flask) -> None:
        found = with_contact()
        with transaction():
            db.session.scalars(
                select(QueueEvent).where(QueueEvent.visit_id == found.id)
            ).first().actor = "clerk:7"
        text = told(my_data.visit_document(found))
        for key in (found.id, found.link_token, found.check_in_token, found.booking_code):
            assert key not in text
        assert '"clerk"' in text
        assert "clerk:7" not in text
        assert EMAIL in text

    def test_every_action_and_state_has_words(self, sqlite_app: Flask) -> None:
        """No visitor reads an identifier of the program."""
        with sqlite_app.test_request_context("/"):
            for action in (*VisitAction, *TicketAction):
                assert action_text(action) != action
            for kind in LetterKind:
                assert letter_text(kind) != kind
            document = my_data.visit_document(with_contact())
            for state in VisitState:
                document["visit"]["state"] = state.value
                assert EMAIL in str(visit_parts(document))
            entry = my_data.entry_document(waiting())
            for waits in WaitlistState:
                entry["waitlist"]["state"] = waits.value
                assert EMAIL in str(entry_parts(entry))

    def test_a_visit_from_the_waitlist_tells_that_too(self, app: Flask) -> None:
        entry_id, taken = taken_from_the_list()
        document = my_data.visit_document(taken)
        assert document["waitlist"]["state"] == "taken"
        assert document["waitlist"]["offered_date"] == TUESDAY
        assert my_data.entry_document(entry_of(entry_id))["waitlist"] == document["waitlist"]


def waiting() -> WaitlistEntry:
    full_day()
    return entry_of(joined(contact=ANN))


def entry_of(entry_id: str) -> WaitlistEntry:
    found = db.session.get(WaitlistEntry, entry_id, populate_existing=True)
    assert found is not None
    return found


def taken_from_the_list() -> tuple[str, Visit]:
    ids = full_day()
    entry_id = joined(contact=ANN)
    booking.cancel(ids[0], now=FRIDAY)
    offer(entry_id)
    return entry_id, visit(waitlist_offers.take(entry_id, None, now=FRIDAY).id)


class TestDeletingAVisit:
    def test_one_still_to_come_stays_booked_and_checks_in(self, app: Flask) -> None:
        before = with_contact()
        old_link, old_qr, code = before.link_token, before.check_in_token, before.booking_code
        count = len(events())

        left = forgetting.forget_visit(before.id, now=FRIDAY)

        after = visit(before.id)
        assert (left.booking_code, left.kept_until) == (code, date(2029, 1, 1))
        assert (after.state, after.unlinked_at) == ("booked", FRIDAY)
        assert db.session.scalars(select(Contact)).all() == []
        assert db.session.scalars(select(Letter)).all() == []
        assert refused(booking.find_by_link, old_link) == Code.NOT_FOUND
        assert refused(find_by_code, code) == Code.UNKNOWN_CODE
        assert len(events()) == count, "no event tells of it"
        legs = db.session.scalars(select(Leg).where(Leg.visit_id == before.id)).all()
        start = min(leg.starts_at for leg in legs if leg.starts_at)
        assert check_in.check_in(code, now=start, by="kiosk:1").visit_id == before.id
        assert after.check_in_token == old_qr, "a printed QR code still checks in"

    def test_one_that_is_over_loses_its_codes_too(self, app: Flask) -> None:
        before = commented()
        keys = (before.link_token, before.check_in_token, before.booking_code)
        tickets, happened = len(tickets_of(before.id)), len(events())

        left = forgetting.forget_visit(before.id, now=EVENING)

        after = visit(before.id)
        assert left.booking_code is None
        assert not {after.link_token, after.check_in_token, after.booking_code} & {*keys}
        for key in keys:
            assert refused(check_in.check_in, key, now=EVENING, by="kiosk:1") == Code.UNKNOWN_CODE
            assert refused(find_for_feedback, key, now=EVENING) == Code.UNKNOWN_CODE
        answers = db.session.scalars(select(Feedback)).all()
        assert [(answer.csat, answer.effort, answer.line) for answer in answers] == [(5, 6, None)]
        assert (len(tickets_of(before.id)), len(events())) == (tickets, happened), "what happened stays"

    def test_one_in_the_house_keeps_its_place(self, app: Flask) -> None:
        done = check_in.take_number(wish(KELA), now=at("10:00"), by="kiosk:1")
        forgetting.forget_visit(done.visit_id, now=at("10:05"))
        (ticket,) = tickets_of(done.visit_id)
        assert ticket.state == "waiting"
        assert visit(done.visit_id).state == "in_house"

    def test_times_that_are_only_held_have_no_code_and_still_count_for_their_network(
        self, app: Flask
    ) -> None:
        option = proposals.propose(wish(TAX), now=FRIDAY).earliest
        assert option is not None
        held = booking.hold(wish(TAX), option, source=None, now=FRIDAY)
        with transaction():
            db.session.get_one(Visit, held.id).hold_source = "d" * 32
        left = forgetting.forget_visit(held.id, now=FRIDAY)
        assert left.booking_code is None
        assert visit(held.id).hold_source == "d" * 32

    def test_the_page_of_the_waitlist_that_led_to_it_goes(self, app: Flask) -> None:
        entry_id, taken = taken_from_the_list()
        forgetting.forget_visit(taken.id, now=FRIDAY)
        assert db.session.get(WaitlistEntry, entry_id, populate_existing=True) is None
        assert visit(taken.id).state == "booked"

    def test_twice_at_once_and_nothing_breaks(self, app: Flask, threads) -> None:
        found = with_contact().id
        outcomes = threads(4, lambda _: forgetting.forget_visit(found, now=FRIDAY))
        assert not [one for one in outcomes if isinstance(one, Exception)]
        assert refused(forgetting.forget_visit, "0" * 32, now=FRIDAY) == Code.NOT_FOUND


class TestDeletingAPlaceOnTheWaitlist:
    def test_it_is_left_and_gone(self, app: Flask) -> None:
        entry = waiting()
        forgetting.forget_entry(entry.id, now=FRIDAY)
        assert db.session.scalars(select(WaitlistEntry)).all() == []
        assert db.session.scalars(select(WaitlistContact)).all() == []
        assert refused(waitlist_entries.find_by_link, entry.link_token) == Code.NOT_FOUND

    def test_what_was_on_offer_goes_to_the_next(self, app: Flask) -> None:
        ids = full_day()
        first, second = joined(), joined(now=FRIDAY + timedelta(minutes=1))
        booking.cancel(ids[0], now=FRIDAY)
        assert entry_of(first).state == "offered"
        forgetting.forget_entry(first, now=FRIDAY)
        assert entry_of(second).state == "offered"

    def test_a_visit_that_was_taken_stays(self, app: Flask) -> None:
        entry_id, taken = taken_from_the_list()
        forgetting.forget_entry(entry_id, now=FRIDAY)
        kept = visit(taken.id)
        assert (kept.state, kept.link_token) == ("booked", taken.link_token)
        assert db.session.scalars(select(WaitlistEntry)).all() == []


def test_two_visits_together_do_not_lead_to_one_that_was_unlinked(app: Flask) -> None:
    first, second = booked(wish(TAX)), booked(wish(TAX), day=date(2026, 12, 8))
    with transaction():
        db.session.get_one(Visit, second.id).follows_id = first.id
    forgetting.forget_visit(first.id, now=FRIDAY)
    page = app.test_client().get(f"/v/{second.link_token}").text
    assert visit(first.id).link_token not in page
    assert db.session.scalars(select(Ticket)).all() == []
