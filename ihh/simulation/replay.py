"""A scenario's days played one after the other in a throw-away database: `ihh simulate`."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import event as engine_event

from ihh import db as database
from ihh.db import Base, db, listening
from ihh.domain.errors import Code, Refusal
from ihh.models import QueueEvent
from ihh.services import day_end, estimates, guidance
from ihh.services.house import in_force
from ihh.simulation.play import Play, Turn
from ihh.simulation.playhouse import house_of
from ihh.simulation.rows import DayRows, rows_of
from ihh.simulation.scenario import Scenario, ScenarioDay, instant
from ihh.simulation.timetable import Timetable
from ihh.simulation.visitors import BY, Visitors, book

GUIDED_EVERY = timedelta(minutes=15)
"""A running house looks more often; for a whole day that would take as long as all the rest together."""

BOOKED_AHEAD = timedelta(hours=12)
"""Those who booked did so this long before the day begins."""

Tell = Callable[[str], None]


def play_days(scenario: Scenario, *, tell: Tell = lambda line: None) -> list[DayRows]:
    """What becomes of each day of the scenario; `tell` hears how far it is."""
    found = []
    with _empty_house():
        for day in scenario.days:
            began = perf_counter()
            found.append(_play_day(scenario, day))
            db.session.remove()
            tell(f"{day.date}: {len(day.visitors)} visitors played in {perf_counter() - began:.1f} s")
    return found


@contextmanager
def _empty_house() -> Iterator[None]:
    """A database of its own in a folder that is deleted afterwards, and nothing of the product around it."""
    with tempfile.TemporaryDirectory(prefix="ihh-simulate-") as folder:
        url = f"sqlite:///{Path(folder) / 'days.db'}"
        app = Flask("ihh-simulation")
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(database.engine_options(url))
        database.init_app(app)
        with app.app_context():
            engine_event.listen(db.engine, "checkout", _be_fast)
            Base.metadata.create_all(db.engine)
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()


def _be_fast(connection: Any, record: Any, proxy: Any) -> None:
    """Nothing of this database outlives the process: it need not survive a loss of power."""
    connection.execute("PRAGMA synchronous=OFF")


def _play_day(scenario: Scenario, day: ScenarioDay) -> DayRows:
    house = house_of(scenario, day)
    heard: deque[QueueEvent] = deque()
    with in_force(house):
        booked = book(house, day, now=instant(day.date, 0) - BOOKED_AHEAD)
        visitors = Visitors(scenario, day)
        timetable = Timetable(house, day)
        with listening(heard.extend):
            play = Play(
                house,
                day.date,
                visitors,
                timetable,
                by=BY,
                news=lambda: _taken(heard),
                refused=_only_nobody,
            )
            timetable.begin(play)
            visitors.expect(play, booked)
            _look_around(play)
            play.run()
        day_end.tidy(now=instant(day.date + timedelta(days=1), 0))  # ends the day, and learns from it
        visit_ids = {visitor.id: visit_id for visit_id, visitor in visitors.by_visit.items()}
        return rows_of(scenario, day, visit_ids)


def _look_around(play: Play) -> None:
    """All day long the house looks where the free should wait, and at the quarters notes its estimates."""
    at = instant(play.day, 0)
    for _ in range(timedelta(days=1) // GUIDED_EVERY):
        play.schedule(at, Turn.AFTER_CALLS, partial(_look, play))
        at += GUIDED_EVERY


def _look(play: Play, now: datetime) -> None:
    if play.hall.is_anyone_waiting:
        guidance.refresh(now=now)
        estimates.record_live(now=now)


def _taken(heard: deque[QueueEvent]) -> Iterator[QueueEvent]:
    while heard:
        yield heard.popleft()


def _only_nobody(refusal: Refusal) -> None:
    """Alone in its house the play is refused nothing but a call when nobody is there."""
    if refusal.code is not Code.NOBODY_TO_CALL:
        raise refusal
