"""A visit on offer, signed: what the booker chooses is what was planned, for an hour."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.services.booking import LegWish, Wish

LIVES_SECONDS = 3600


def seal(wish: Wish, option: VisitOption, *, now: datetime) -> str:
    """The wish and one visit that serves it, as an opaque text."""
    return _serializer().dumps(
        {
            "at": int(now.timestamp()),
            "party": [wish.party.adults, wish.party.minors],
            "language": wish.language,
            "type": wish.customer_type,
            "municipality": wish.municipality,
            "date": option.date.isoformat(),
            "span": [option.start, option.end],
            "legs": [
                [leg.service, leg.people, leg.documents, planned.desk, planned.start, planned.end]
                for leg, planned in zip(wish.legs, option.legs, strict=True)
            ],
        }
    )


def unseal(sealed: str, *, now: datetime) -> tuple[Wish, VisitOption]:
    """Refuses `plan_stale` for anything that is not ours or too old."""
    try:
        data = _serializer().loads(sealed)
    except BadData:
        raise Refusal(Code.PLAN_STALE) from None
    if now.timestamp() - data["at"] > LIVES_SECONDS:
        raise Refusal(Code.PLAN_STALE)
    return _wish(data), _option(data)


def _wish(data: dict[str, Any]) -> Wish:
    legs = tuple(
        LegWish(service, tuple(people), tuple(papers)) for service, people, papers, *_ in data["legs"]
    )
    return Wish(Party(*data["party"]), legs, data["language"], data["type"], data["municipality"])


def _option(data: dict[str, Any]) -> VisitOption:
    legs = tuple(
        PlannedLeg(service, tuple(people), desk, start, end)
        for service, people, _papers, desk, start, end in data["legs"]
    )
    start, end = data["span"]
    return VisitOption(date.fromisoformat(data["date"]), start, end, legs)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="plan")
