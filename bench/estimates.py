"""What an estimate costs: a whole house with 60 waiting, and one ticket at issue, on SQLite.

Bars: a pass at most 600 ms, a ticket at issue at most 50 ms; so that a day of 250 visits plays in 20 s,
100 and 10 ms are wanted. How good the estimates are is measured on played days, see `bench.simulate`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ihh import db as database
from ihh.app import create_app
from ihh.config import testing_settings
from ihh.domain.errors import Refusal
from ihh.domain.estimate import history
from ihh.domain.estimate.history import COLD
from ihh.domain.house import House
from ihh.domain.house_file import read_data
from ihh.domain.party import Party
from ihh.domain.wish import LegWish, Wish
from ihh.layout import HOUSES
from ihh.models import Learned
from ihh.services import booking, check_in, desks, proposals, serving, waits
from ihh.services.house import current_house, load_house
from ihh.services.present import SERVICE_TIMES

NOW = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
WAITING, BOOKED, ROUNDS = 60, 30, 30
LINES = (
    ("kela.social_security",),
    ("vero.tax_card",),
    ("city.guidance",),
    ("kela.advice", "vero.tax_card"),
    ("employment.jobseeker",),
)


def main() -> None:
    print(f"estimates, {WAITING} waiting, {BOOKED} booked to come: ms, p50 and p95 of {ROUNDS}")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(testing_settings(f"sqlite:///{folder}/bench.db", Path(folder)))
        database.upgrade(app)
        with app.app_context():
            load_house(read_data(HOUSES / "helsinki.toml"), now=NOW)
            house, now = current_house(), _busy_morning()
            _print("a pass over the house", lambda index: waits.house_waits(house, now=_later(now, index)))
            ids = _visits(house, now)
            _print(
                "a visit at issue",
                lambda index: waits.places_of(ids[-1 - index], house, now=_later(now, index)),
            )
            _print("the house, known already", lambda index: waits.house_waits(house, now=now))
            database.db.engine.dispose()


def _busy_morning() -> datetime:
    """Desks open and in use, lines before most of them, appointments to come; what the house has learned."""
    with database.transaction():
        document = {"is_synthetic": False} | history.to_document(COLD) | {"days": 20}
        database.db.session.add(Learned(name=SERVICE_TIMES, learned_on=NOW.date(), document=document))
    day, before = NOW.date(), NOW - timedelta(days=2)
    for index in range(BOOKED):
        wish = Wish(Party(1), (LegWish("dvv.register", ("p1",)),), "en")
        offers = proposals.propose(wish, now=before, first=day, last=day, not_before=11 * 60 + 5 * index)
        if offers.earliest is not None:
            held = booking.hold(wish, offers.earliest, source=None, now=before)
            booking.confirm(held.id, None, now=before)
    for desk in current_house().desks:
        if desk.agency in ("kela", "vero", "city", "employment", "dvv"):
            desks.open_desk(desk.id, None, now=NOW)
    at = NOW
    for index in range(WAITING + 12):
        at = NOW + timedelta(minutes=5, seconds=30 * index)
        legs = tuple(LegWish(service, ("p1",)) for service in LINES[index % len(LINES)])
        check_in.take_number(Wish(Party(1), legs, "en"), now=at, by="bench")
    for desk in current_house().desks:
        try:
            serving.call_next(desk.id, now=at, by="bench")
            serving.start(desk.id, now=at, by="bench")
        except Refusal:
            continue  # closed, or nobody for it
    return at + timedelta(minutes=1)


def _visits(house: House, now: datetime) -> list[str]:
    """Of those who wait, by how long they have been here."""
    lines = waits.house_waits(house, now=now).lines.values()
    places = sorted((place for line in lines for place in line), key=lambda place: place.ticket.id or 0)
    return [place.ticket.visit_id for place in places]


def _at_issue(visit_id: str, house: House, now: datetime) -> object:
    return waits.places_of(visit_id, house, now=now)


def _later(now: datetime, index: int) -> datetime:
    """Another quarter of a minute each time: nothing is known already."""
    return now + timedelta(seconds=waits.KEPT_S * index)


def _print(name: str, work: Callable[[int], object]) -> None:
    spent = []
    work(0)
    for index in range(ROUNDS):
        began = time.perf_counter()
        work(index)
        spent.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(spent, n=20)[-1]
    print(f"{name:<28}{statistics.median(spent):>8.1f}{p95:>8.1f}")


if __name__ == "__main__":
    main()
