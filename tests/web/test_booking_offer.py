"""What is drawn and said of each choice: lanes of two visits, and what one gives for what."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from flask.testing import FlaskClient

from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.two_visits import TwoVisits
from ihh.domain.wish import LegWish, Wish
from ihh.services.house import current_house
from ihh.services.proposals import Proposals
from ihh.web.booking_options import Card, offer_of
from ihh.web.timeline import Kind, joint_lanes, waiting_min

DVV_ONLY = PlannedLeg("dvv.register", ("p1", "p2"), "dvv-1", 780, 840)
KELA_ONLY = PlannedLeg("kela.social_security", ("p1",), "kela-1", 540, 570)
LATER_TAX = PlannedLeg("vero.tax_card", ("p1",), None, 580, 615)
APART = TwoVisits(
    VisitOption(date(2026, 12, 3), 780, 840, (DVV_ONLY,)),
    (0,),
    VisitOption(date(2026, 12, 7), 540, 615, (KELA_ONLY, LATER_TAX)),
    (1, 2),
)
"""An adult and a child at DVV on Thursday; only the adult has anything on Monday."""


@pytest.mark.usefixtures("sqlite_app")
class TestDrawing:
    def test_rows_have_a_lane_for_each_visit(self) -> None:
        rows = joint_lanes(current_house(), Party(1, 1), (APART.first, APART.second))
        assert [[[piece.kind for piece in lane.pieces] for lane in row] for row in rows] == [
            [[Kind.BOOKED], [Kind.BOOKED, Kind.WALK, Kind.WAIT, Kind.WALK_IN]],
            [[Kind.BOOKED], [Kind.WITH]],
        ]

    def test_waiting_is_that_of_both_visits(self) -> None:
        # 5 minutes after the walk and 20 in the line; nothing on the first day.
        assert waiting_min(current_house(), Party(1, 1), APART.first, APART.second) == 25


def cards_of(
    sqlite_client: FlaskClient, found: Proposals, now: datetime, *, later: bool = False
) -> list[Card]:
    leg = LegWish("dvv.register", ("p1",))
    wish = Wish(Party(1), (leg,), "en", later=(leg,) if later else (), later_after_days=21 if later else 0)
    with sqlite_client.application.test_request_context("/"):
        return offer_of(current_house(), wish, found, now=now).best


def day_of(day: int, minutes: int) -> VisitOption:
    leg = PlannedLeg("dvv.register", ("p1",), "dvv-1", 540, 540 + minutes)
    return VisitOption(date(2026, 12, day), 540, 540 + minutes, (leg,))


class TestTrades:
    def test_three_visits_and_two(self, sqlite_client: FlaskClient, now: datetime) -> None:
        soonest, balanced, shortest = day_of(10, 215), day_of(14, 170), day_of(18, 150)
        two = TwoVisits(day_of(3, 60), (0,), day_of(7, 80), (0,))
        found = Proposals(soonest, balanced, shortest, (), (), two=two)
        cards = cards_of(sqlite_client, found, now)
        assert [(card.title, card.trade.replace("\u00a0", " ")) for card in cards] == [
            ("Soonest", "One trip instead of two, done 3 days later."),
            ("Balanced", "45 min shorter, 4 days later."),
            ("Shortest", "1 h 5 min shorter, 8 days later."),
            ("Two visits", "Done 3 days sooner, two trips."),
        ]
        assert [card.title for card in cards if card.is_suggested or card.is_checked] == ["Balanced"]
        assert (cards[3].day, cards[3].in_house) == ("Thu 3 + Mon 7 Dec", "2\u00a0h\u00a020\u00a0min")
        assert cards[3].times == ["9:00–10:00", "9:00–10:20"]

    def test_the_soonest_alone_says_what_it_costs(self, sqlite_client: FlaskClient, now: datetime) -> None:
        found = Proposals(day_of(10, 215), day_of(14, 170), day_of(18, 150), (), ())
        trade = cards_of(sqlite_client, found, now)[0].trade
        assert trade.replace("\u00a0", " ") == "1 h 5 min longer than the shortest."

    def test_with_a_second_visit_to_come(self, sqlite_client: FlaskClient, now: datetime) -> None:
        soon, short = day_of(1, 60), day_of(4, 40)
        pairs = (
            TwoVisits(soon, (0,), day_of(22, 60), (0,)),
            TwoVisits(short, (0,), day_of(28, 60), (0,)),
        )
        found = Proposals(soon, soon, short, (), (), pairs=pairs)
        cards = cards_of(sqlite_client, found, now, later=True)
        assert [(card.title, card.day, card.trade.replace("\u00a0", " ")) for card in cards] == [
            ("Soonest", "Tue 1 + Tue 22 Dec", "Two trips, the second 21 days after the first."),
            ("Shortest", "Fri 4 + Mon 28 Dec", "20 min shorter, done 6 days later."),
        ]
        assert cards[0].is_suggested

    def test_a_first_visit_without_a_second(self, sqlite_client: FlaskClient, now: datetime) -> None:
        only = day_of(1, 60)
        found = Proposals(only, only, only, (), (), alone=(only,))
        (card,) = cards_of(sqlite_client, found, now, later=True)
        assert card.trade == "Only the first visit: no second one is free yet."
        assert card.is_checked
