"""The page of the third step: what is on offer, or what stands in the way and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template, request, url_for

from ihh import clock
from ihh.domain.errors import Refusal
from ihh.domain.house import House, Service, text
from ihh.domain.wish import Wish
from ihh.presentation import sentences
from ihh.presentation.languages import text_language
from ihh.services import proposals
from ihh.services.proposals import Proposals
from ihh.web import booking_draft
from ihh.web.booking_dates import Dates, read_dates
from ihh.web.booking_draft import Draft
from ihh.web.booking_flow import Flow
from ihh.web.booking_options import offer_of
from ihh.web.hours import hours_lines

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class WaysOut:
    """Where no single visit has everything: what is in the way, and what can be done."""

    blocked: Sequence[Service]
    """Without any free place in the range, even alone."""
    left: Sequence[tuple[str, tuple[str, ...]]]
    """(service, people) of what could be had without what is blocked; empty where nothing is in the way."""
    remote: Sequence[Service]
    """By phone or online, of the agencies that are in the way."""
    waitlist: str
    """The address of the waitlist; empty where waiting cannot help."""


def visits_page(
    flow: Flow,
    house: House,
    draft: Draft,
    *,
    refused: Refusal | None = None,
    typed: Mapping[str, str] = NOTHING,
) -> str:
    """`typed` is what goes on to the next step with the choice."""
    now, wish = clock.now(), draft.wish()
    dates = read_dates(house, request.values, now=now)
    held = booking_draft.held_visit(flow.key)
    found = proposals.propose(
        wish, now=now, moving=held.id if held else None, audience=flow.audience, **dates.asked()
    )
    services = [house.service[leg.service] for leg in wish.legs]
    return render_template(
        "booking/visits.html",
        **flow.around(),
        offer=offer_of(house, wish, found, now=now, audience=flow.audience, first_person=flow.first_person),
        has_single=found.earliest is not None,
        ways=_ways_out(flow, house, draft, wish, found, dates),
        dates=dates,
        wish=wish,
        services=services,
        short_names=_short_names(house, services),
        later_names=_short_names(house, [house.service[leg.service] for leg in wish.later]),
        overrides=draft.overrides,
        agencies=house.agency,
        hours_lines=hours_lines,
        typed=typed,
        refused=sentences.refusal(refused) if refused else "",
    )


def _short_names(house: House, services: Sequence[Service]) -> str:
    names = (text(house.agency[service.agency].short_name, text_language()) for service in services)
    return ", ".join(dict.fromkeys(names))


def _ways_out(flow: Flow, house: House, draft: Draft, wish: Wish, found: Proposals, dates: Dates) -> WaysOut:
    blocked = [wish.legs[index].service for index in found.blocked]
    left = [(leg.service, leg.people) for leg in draft.legs if leg.service not in blocked] if blocked else []
    # The waitlist is the public's: a clerk's customer joins it like everyone, from their own draft.
    has_list = not flow.is_staff and "waitlist.join" in current_app.view_functions
    return WaysOut(
        blocked=[house.service[name] for name in blocked],
        left=left,
        remote=[house.service[name] for name in found.remote],
        waitlist=_with_query("waitlist.join", dates) if found.can_wait and has_list else "",
    )


def _with_query(endpoint: str, dates: Dates) -> str:
    query: dict[str, Any] = dict(dates.query())
    return url_for(endpoint, **query)
