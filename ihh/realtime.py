"""Socket.IO rooms; the only emitter.

After a commit the hall's displays get the whole small board, and the phones and desks concerned
get a nudge to fetch their state. Sockets hasten, polls repair: a lost message does no harm.

| namespace | room | who may join | what is sent |
|---|---|---|---|
| /display | board | a paired display | `state`: the hall's board |
| /visit | visit:<id> | whoever has the visit's link | `changed`: {revision} |
| /desk | agency:<id> | staff of that agency, supervisors | `changed`: {revision} |
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import date
from queue import SimpleQueue
from typing import Any

from flask import Flask, current_app
from flask_login import current_user
from flask_socketio import SocketIO, emit, join_room
from socketio import RedisManager  # type: ignore[import-untyped]
from sqlalchemy import select

from ihh import clock
from ihh.db import after_commit, db
from ihh.domain.daytime import local_day
from ihh.domain.errors import Refusal
from ihh.domain.ticket import OPEN
from ihh.models import QueueEvent, Ticket
from ihh.models.account import DeviceKind
from ihh.presentation.access import current_device
from ihh.services.boards import hall_board
from ihh.services.booking import find_by_link
from ihh.services.house import current_house

log = logging.getLogger(__name__)

BOARD = "board"

NEWS = "ihh_news"
"""Where an application keeps what is still to be announced."""

SPACING_S = 0.2
"""Between two announcements: what happens meanwhile is told together."""

socketio = SocketIO()
_beginning = threading.Lock()


def init_app(app: Flask) -> None:
    settings = app.config["IHH"]
    socketio.init_app(
        app,
        async_mode="threading",
        # Named even when there is none: Flask-SocketIO would keep the one of an app made earlier.
        client_manager=RedisManager(settings.redis_url, channel="ihh") if settings.redis_url else None,
        cors_allowed_origins=[settings.public_url] if settings.public_url else None,
        manage_session=False,
    )
    after_commit(announce)


def announce(events: list[QueueEvent]) -> None:
    """Tell the screens what the events changed today. Needs an application context, no request.

    A board reckons every wait of the house, so whoever acted does not wait for it: a thread of its own
    announces, and tells together what happened since it last did. Tests see it at once.
    """
    if not events or not current_app.extensions.get("socketio"):
        return
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.testing:
        _announce_in(app, events)
    else:
        _news_of(app).put(events)


def _news_of(app: Flask) -> SimpleQueue[list[QueueEvent]]:
    """The application's queue of what is to be announced, and the thread that does it."""
    with _beginning:
        if NEWS not in app.extensions:
            app.extensions[NEWS] = SimpleQueue()
            threading.Thread(target=_announce_all, args=(app,), name="announcing", daemon=True).start()
    news: SimpleQueue[list[QueueEvent]] = app.extensions[NEWS]
    return news


def _announce_all(app: Flask) -> None:
    news = _news_of(app)
    while True:
        events = list(news.get())
        while not news.empty():
            events += news.get()
        try:
            _announce_in(app, events)
        except Exception:  # a lost announcement does no harm: the screens ask again by themselves
            log.exception("announcing failed")
        time.sleep(SPACING_S)


def _announce_in(app: Flask, events: list[QueueEvent]) -> None:
    """In a context, and so a database session, of its own: the caller's may hold rows as they were."""
    with app.app_context():
        _announce(events)


def _announce(events: list[QueueEvent]) -> None:
    now = clock.now()
    today = local_day(now, timezone=current_house().timezone)
    todays = [event for event in events if event.service_date == today and event.agency_id is not None]
    agencies = sorted({event.agency_id for event in todays if event.agency_id})
    visits = {event.visit_id for event in events if event.visit_id}
    for visit_id in sorted(visits.union(_visits_in_line(agencies, today) if agencies else ())):
        _nudge("/visit", f"visit:{visit_id}", events)
    if not todays:
        return
    for agency_id in agencies:
        _nudge("/desk", f"agency:{agency_id}", todays)
    socketio.emit("state", hall_board(now=now), to=BOARD, namespace="/display")


def refresh_boards() -> None:
    """Send the board anew: when a desk opens or closes, waits change without a queue event."""
    with current_app.app_context():
        socketio.emit("state", hall_board(now=clock.now()), to=BOARD, namespace="/display")


def _nudge(namespace: str, room: str, events: list[QueueEvent]) -> None:
    socketio.emit("changed", {"revision": events[-1].revision}, to=room, namespace=namespace)


def _visits_in_line(agencies: list[str], today: date) -> set[str]:
    """Visits with a place in the agencies' lines: their waits changed."""
    query = select(Ticket.visit_id).where(
        Ticket.service_date == today, Ticket.agency_id.in_(agencies), Ticket.state.in_(OPEN)
    )
    return set(db.session.scalars(query))


@socketio.on("connect", namespace="/display")
def _display_joins(auth: Any = None) -> bool | None:
    if current_device(DeviceKind.DISPLAY) is None:
        return False
    join_room(BOARD)
    emit("state", hall_board(now=clock.now()))
    return None


@socketio.on("connect", namespace="/visit")
def _visitor_joins(auth: Any = None) -> bool | None:
    token = auth.get("token") if isinstance(auth, dict) else None
    try:
        visit = find_by_link(str(token))
    except Refusal:
        return False
    join_room(f"visit:{visit.id}")
    return None


@socketio.on("connect", namespace="/desk")
def _clerk_joins(auth: Any = None) -> bool | None:
    if not current_user.is_authenticated:
        return False
    agencies = [current_user.agency_id] if current_user.agency_id else list(current_house().agency)
    for agency_id in agencies:
        join_room(f"agency:{agency_id}")
    return None
