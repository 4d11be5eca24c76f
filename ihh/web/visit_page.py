"""What the visit page shows: which page it is, its words, and the plan of the areas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask_babel import gettext as _

from ihh.domain.daytime import local_day
from ihh.domain.estimate import Wait
from ihh.domain.house import House, Zone, text
from ihh.domain.party import people_of
from ihh.domain.planner import PlannedLeg, VisitOption
from ihh.domain.ticket import HeldFor, TicketState
from ihh.domain.visit import VisitState
from ihh.models import Visit
from ihh.presentation import sentences
from ihh.presentation.formats import clock_time, spelled, wait_range
from ihh.presentation.languages import text_language
from ihh.services.house import current_house
from ihh.services.my_visit import LegView, Step, VisitView
from ihh.web.timeline import walk_min
from ihh.web.visit_news import behind_text, call_text, news_of, parked_text, then_text


class Page(StrEnum):
    """One page for each way a visit can stand; also the name of its template."""

    HELD = "held"
    BOOKED = "booked"
    MISSED = "missed"
    WAITING = "waiting"
    ON_HOLD = "on_hold"
    CALLED = "called"
    SERVED = "served"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_IN_HOUSE = {
    Step.TO_DESK: Page.CALLED,
    Step.AT_DESK: Page.SERVED,
    Step.TO_AREA: Page.WAITING,
    Step.HELD: Page.ON_HOLD,
    Step.DONE: Page.ENDED,
}

_OTHERWISE = {
    VisitState.HELD: Page.HELD,
    VisitState.ENDED: Page.ENDED,
    VisitState.CANCELLED: Page.CANCELLED,
    VisitState.EXPIRED: Page.EXPIRED,
    VisitState.NO_SHOW: Page.MISSED,
}


def page_of(house: House, view: VisitView, *, now: datetime) -> Page:
    """The page for a visit as it stands; a day that passed without a check-in is missed."""
    visit = view.visit
    if visit.state == VisitState.IN_HOUSE:
        return _IN_HOUSE[view.step]
    if visit.state == VisitState.BOOKED:
        is_over = visit.service_date < local_day(now, timezone=house.timezone)
        return Page.MISSED if is_over else Page.BOOKED
    if visit.state == VisitState.HELD and visit.hold_expires_at is not None and visit.hold_expires_at <= now:
        return Page.EXPIRED
    return _OTHERWISE[VisitState(visit.state)]


def ended_how(view: VisitView) -> str:
    """ "done", "left" or "no_show": what the last page is about, what was not done before what was."""
    states = [leg.state for leg in view.legs]
    for state, name in ((TicketState.NO_SHOW, "no_show"), (TicketState.LEFT, "left")):
        if state in states:
            return name
    return "done"


def key_of(view: VisitView, page: Page) -> str:
    """Changes when the visitor must be told aloud: another step, line, desk or call."""
    focus = view.focus
    if focus is None:
        return page.value
    called = focus.called_at.isoformat() if focus.called_at and page is Page.CALLED else ""
    return f"{page} {focus.ticket_id} {focus.desk_label or ''} {called}"


def spoken(view: VisitView, page: Page) -> str:
    """The next step as a screen reader says it when it changes."""
    focus = view.focus
    if focus is None:
        return _("Your visit is over.") if page is Page.ENDED else ""
    if page is Page.CALLED:
        number = spelled(view.visit.queue_number)
        turn = _(
            "It is your turn. Number %(number)s, go to desk %(desk)s.", number=number, desk=focus.desk_label
        )
        return f"{turn} {call_text(focus)}" if focus.is_last_call else turn
    if page is Page.SERVED:
        return _("You are being served at desk %(desk)s.", desk=focus.desk_label)
    if page is Page.WAITING and focus.area is not None:
        return _("Go to area %(area)s and wait there.", area=focus.area.id)
    return " ".join(_parked(current_house(), focus))


def tab_title(view: VisitView, page: Page) -> str:
    """What the browser's tab says: when called, that first."""
    if page is Page.CALLED and view.focus is not None:
        return _("Go to desk %(desk)s", desk=view.focus.desk_label)
    if view.visit.queue_number:
        return _("My visit %(number)s", number=view.visit.queue_number)
    return _("Your visit")


@dataclass(frozen=True)
class RangeView:
    """A wait as words and as edges on a scale of `end` minutes."""

    words: str
    between: tuple[str, str]
    low: int
    high: int
    end: int
    labels: tuple[str, str, str, str]


def range_view(wait: Wait | None, *, now: datetime) -> RangeView | None:
    if wait is None:
        return None
    end = max(40, -(-int(wait.high * 1.5) // 20) * 20)
    low = str(wait.low) if wait.low >= end * 0.12 else ""
    return RangeView(
        words=wait_range(wait),
        between=(
            clock_time(now + timedelta(minutes=wait.low)),
            clock_time(now + timedelta(minutes=wait.high)),
        ),
        low=wait.low,
        high=wait.high,
        end=end,
        labels=(_("now"), low, str(wait.high), _("%(minutes)d min", minutes=end)),
    )


@dataclass(frozen=True)
class Stop:
    """A leg on the way through the house."""

    number: int
    leg: LegView
    walk: int
    """Planned minutes of walking to it: from the entrance or from the stop before."""


def stops_of(house: House, legs: tuple[LegView, ...]) -> list[Stop]:
    """The legs in the order of their times, with the walks between them."""
    ordered = sorted(legs, key=lambda leg: (leg.planned_at is None, leg.planned_at))
    stops: list[Stop] = []
    for number, leg in enumerate(ordered, start=1):
        if stops:
            walk = walk_min(house, stops[-1].leg.service.id, leg.service.id)
        else:
            walk = leg.area.walk_min if leg.area else 0
        stops.append(Stop(number, leg, walk))
    return stops


@dataclass(frozen=True)
class PlanArea:
    zone: Zone
    x: int
    numbers: str
    """Stops in this area: "1, 3"; empty where the visit does not go."""


def plan_areas(house: House, stops: list[Stop]) -> list[PlanArea]:
    """The areas in the house's order, spread over a drawing 360 units wide."""
    step = 360 / len(house.zones)
    return [
        PlanArea(
            zone,
            round(step * (index + 0.5)),
            ", ".join(str(stop.number) for stop in stops if stop.leg.area and stop.leg.area.id == zone.id),
        )
        for index, zone in enumerate(house.zones)
    ]


def plan_words(stops: list[Stop]) -> str:
    """The plan as a sentence."""
    names = [
        _(
            "%(number)d. %(service)s, area %(area)s",
            number=stop.number,
            service=_said(stop.leg),
            area=stop.leg.area.id,
        )
        for stop in stops
        if stop.leg.area is not None
    ]
    return _("Plan of the house with your way: %(stops)s.", stops="; ".join(names))


WORDS: dict[str, Any] = {
    "people_text": sentences.people_text,
    "state_text": sentences.ticket_state_text,
    "ahead_text": sentences.ahead_text,
}
"""Functions of words that the templates of legs call."""


def present_option(visit: Visit, minute_of: Mapping[int, tuple[int, int]]) -> VisitOption:
    """A booked visit as the planner would offer it; `minute_of` gives each position's minutes of the day."""
    legs = tuple(
        PlannedLeg(leg.service_id, people_of(leg.people), leg.desk_id, *minute_of[leg.position])
        for leg in visit.legs
    )
    return VisitOption(visit.service_date, min(leg.start for leg in legs), max(leg.end for leg in legs), legs)


def _said(leg: LegView) -> str:
    return text(leg.service.name, text_language())


def _parked(house: House, focus: LegView | None) -> tuple[str, ...]:
    """What is told where the next step is about a call that nobody answered."""
    return parked_text(house, focus) if focus and focus.held_for is HeldFor.UNANSWERED else ()


def shown(house: House, view: VisitView, *, now: datetime) -> dict[str, Any]:
    """All that the fragment's template needs."""
    page = page_of(house, view, now=now)
    news = news_of(house, view) if view.visit.state == VisitState.IN_HOUSE else []
    stops = stops_of(house, view.legs) if page in (Page.BOOKED, Page.HELD) else []
    return {
        "page": page,
        "view": view,
        "visit": view.visit,
        "focus": view.focus,
        "others_called": [
            leg for leg in view.legs if leg.state == TicketState.CALLED and leg is not view.focus
        ],
        "range": range_view(view.focus.wait if view.focus else None, now=now),
        "stops": stops,
        "plan": plan_areas(house, stops),
        "plan_words": plan_words(stops),
        "how": ended_how(view),
        "key": key_of(view, page),
        "spoken": spoken(view, page),
        "tab_title": tab_title(view, page),
        "news": news,
        "heard": [[item.key, f"{item.title} {item.advice}"] for item in news],
        "then": then_text(house, view),
        "behind": {leg.ticket_id: behind_text(house, leg) for leg in view.legs},
        "parked": _parked(house, view.focus),
        "call_text": call_text,
        "agencies": house.agency,
        "documents": house.document,
        "early_min": house.policy.check_in_early_min,
        **WORDS,
    }
