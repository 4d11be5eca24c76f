"""Small scenarios to play by hand: two agencies in two zones, a third beside the first."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ihh.simulation.reading import parse_scenario
from ihh.simulation.replay import play_days
from ihh.simulation.result import result_json

DATE = "2026-12-01"
"""In winter: Helsinki is two hours ahead of UTC."""

Json = dict[str, Any]

AGENCIES = [{"id": "dvv", "zone": "A"}, {"id": "migri", "zone": "A"}, {"id": "kela", "zone": "B"}]
SERVICES = [
    {"id": "dvv.register", "agency": "dvv", "expected_min": 20, "after": ["migri.register"]},
    {"id": "dvv.address", "agency": "dvv", "expected_min": 10, "after": []},
    {"id": "migri.register", "agency": "migri", "expected_min": 20, "after": []},
    {"id": "kela.advice", "agency": "kela", "expected_min": 20, "after": ["dvv.register"]},
]


def desk(name: str, *languages: str) -> Json:
    """A desk named as `dvv-1`, with all services of its agency."""
    agency = name.partition("-")[0]
    services = [service["id"] for service in SERVICES if service["agency"] == agency]
    return {"id": name, "agency": agency, "services": services, "languages": list(languages or ("en",))}


def leg(service: str, minutes: float = 10, at: str | None = None) -> Json:
    return {"service": service, "minutes": minutes} | ({"at": at} if at else {})


def walk_in(name: str, arrives: str, *legs: Json, **more: Any) -> Json:
    visitor = {"id": name, "kind": "walk_in", "arrives": arrives, "language": "en", "people": 1}
    return visitor | {"legs": list(legs)} | more


def booked(name: str, arrives: str | None, *legs: Json, **more: Any) -> Json:
    return walk_in(name, "", *legs) | {"kind": "booked", "arrives": arrives} | more


def day(hours: dict[str, list[tuple[str, str]]], *visitors: Json, date: str = DATE) -> Json:
    return {
        "date": date,
        "desk_hours": {name: [list(span) for span in spans] for name, spans in hours.items()},
        "visitors": list(visitors),
    }


def scenario(*days: Json, desks: list[Json] | None = None, **policy: Any) -> Json:
    """The days at desks of one agency each, `en` only, unless `desks` says otherwise."""
    names = sorted({name for each in days for name in each["desk_hours"]})
    return {
        "format": "ihh-day/1",
        "id": "by-hand",
        "seed": 1,
        "walk_min": {"same_zone": 1, "other_zone": 2},
        "agencies": AGENCIES,
        "services": SERVICES,
        "desks": desks if desks is not None else [desk(name) for name in names],
        "policy": {"overdue_min": 45, "early_min": 10, "late_min": 10, "lines": "all"} | policy,
        "days": list(days),
    }


def played(data: Json) -> Json:
    parsed = parse_scenario(data)
    return result_json(parsed, play_days(parsed))


def clock(stamp: str | None) -> str | None:
    """The wall clock in Helsinki of a result's time, seconds only where there are any."""
    if stamp is None:
        return None
    local = datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S%z").astimezone(ZoneInfo("Europe/Helsinki"))
    return local.strftime("%H:%M:%S" if local.second else "%H:%M")


def story(result: Json) -> dict[str, tuple[str | None, ...]]:
    """Visitor and service → desk, issued, joined, called, started, completed, outcome."""
    return {
        f"{row['visitor']} {row['service']}": (
            row["desk"],
            *(
                clock(row[key])
                for key in ("issued_at", "joined_at", "called_at", "started_at", "completed_at")
            ),
            row["outcome"],
        )
        for row in result["tickets"]
    }


def left_at(result: Json) -> dict[str, str | None]:
    return {row["visitor"]: clock(row["left_at"]) for row in result["visits"]}
