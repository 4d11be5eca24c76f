"""The house in force: load a house file, and hand out what was loaded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from ihh.db import db, transaction
from ihh.domain.house import House
from ihh.domain.house_file import parse_house
from ihh.domain.ticket import OPEN
from ihh.domain.visit import VisitState
from ihh.models import AgencyRow, DeskRow, DeskSession, HouseVersion, Leg, ServiceRow, Ticket, Visit


class NoHouse(Exception):
    """No house was loaded yet: `ihh house load FILE` does it."""


class HouseInUse(Exception):
    """The new file drops services or desks that visitors have booked or wait for."""

    def __init__(self, dropped: list[str]) -> None:
        super().__init__(", ".join(dropped))
        self.dropped = dropped


_played: ContextVar[House | None] = ContextVar("played_house", default=None)


@contextmanager
def in_force(house: House) -> Iterator[None]:
    """Within the block this house is the one in force, without a document: for days that are only played."""
    with transaction():
        _match_rows(house)
    token = _played.set(house)
    try:
        yield
    finally:
        _played.reset(token)


def current_house() -> House:
    """The house as last loaded, the same one for as long as a transaction lasts. Raises NoHouse."""
    if (played := _played.get()) is not None:
        return played
    session = db.session()
    connection = session.connection()
    kept: tuple[Any, House] | None = session.info.get(_KEPT)
    if kept is None or kept[0] is not session.get_transaction():
        digest = connection.execute(_NEWEST).scalar()
        if digest is None:
            raise NoHouse
        kept = session.info[_KEPT] = (session.get_transaction(), _house(digest))
    return kept[1]


_KEPT = "house"
"""In the session: the transaction in which the house was asked for, and the house. The next transaction asks
anew, since another process may have loaded one."""

_NEWEST = select(HouseVersion.digest).order_by(HouseVersion.id.desc()).limit(1)
"""Past the session: the cheapest question."""


@lru_cache(maxsize=8)
def _house(digest: str) -> House:
    document = select(HouseVersion.document).where(HouseVersion.digest == digest).limit(1)
    return parse_house(db.session.execute(document).scalar_one())


def load_house(document: Mapping[str, Any], *, now: datetime) -> bool:
    """Put a checked house document in force; False when it already was.

    Raises HouseFileError for a faulty document and HouseInUse where it drops a desk or service
    that has bookings to come or people waiting; what was only used in the past is retired.
    """
    house = parse_house(document)
    stable = json.dumps(document, sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(stable.encode()).hexdigest()
    with transaction():
        newest = db.session.scalars(select(HouseVersion).order_by(HouseVersion.id.desc()).limit(1)).first()
        if newest is not None and newest.digest == digest:
            return False
        if dropped := _dropped_in_use(house, now):
            raise HouseInUse(dropped)
        _match_rows(house)
        db.session.add(HouseVersion(digest=digest, document=dict(document), loaded_at=now))
        db.session.info.pop(_KEPT, None)
    return True


def _dropped_in_use(house: House, now: datetime) -> list[str]:
    """Desks and services missing from `house` that a live booking, ticket or open desk needs."""
    live = Visit.state.in_((VisitState.HELD, VisitState.BOOKED))
    booked = select(Leg.desk_id, Leg.service_id).join(Visit).where(live, Visit.service_date >= now.date())
    waiting = select(Ticket.desk_id, Ticket.service_id).where(
        Ticket.state.in_(OPEN), Ticket.service_date >= now.date()
    )
    at_work = select(DeskSession.desk_id).where(DeskSession.closed_at.is_(None))
    desks: set[str | None] = set(db.session.scalars(at_work))
    services: set[str] = set()
    for desk_id, service_id in [*db.session.execute(booked), *db.session.execute(waiting)]:
        desks.add(desk_id)
        services.add(service_id)
    lost = (desks - {None} - set(house.desk)) | (services - set(house.service))
    return sorted(name for name in lost if name is not None)


def _match_rows(house: House) -> None:
    """Rows for all that the house names; rows of what it no longer names are retired."""
    known = set(db.session.scalars(select(AgencyRow.id)))
    db.session.add_all(AgencyRow(id=agency.id) for agency in house.agencies if agency.id not in known)
    db.session.flush()
    _match(ServiceRow, {item.id: item.agency for item in house.services})
    _match(DeskRow, {item.id: item.agency for item in house.desks})
    db.session.flush()


def _match(table: type[ServiceRow] | type[DeskRow], wanted: Mapping[str, str]) -> None:
    found: Iterable[ServiceRow | DeskRow] = db.session.query(table)
    rows = {row.id: row for row in found}
    for row_id, agency_id in wanted.items():
        row = rows.get(row_id)
        if row is None:
            db.session.add(table(id=row_id, agency_id=agency_id, is_retired=False))
        else:
            row.agency_id, row.is_retired = agency_id, False
    for row_id in rows.keys() - wanted.keys():
        rows[row_id].is_retired = True
