"""Checks between entries: ids, references, conditions, prerequisites.

Empty ids are stand-ins of values already reported and are skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from zoneinfo import ZoneInfo

from ihh.domain.closed_days import known_categories
from ihh.domain.house import Condition, House, Policy, Question, Service
from ihh.domain.house_file.faults import Faults, Place
from ihh.domain.house_file.sections import Draft
from ihh.domain.house_file.table import listed
from ihh.domain.party import PartyKind
from ihh.domain.route import PARTY_FACT

Facts = Mapping[str, Sequence[str]]
"""Question id → the answers it can have."""

ASSUMED = re.compile(r"(?:(?P<section>[a-z_]+) (?P<id>\S+): )?(?P<keys>[a-z_]+(?:\.[a-z_]+)*)")


def check_links(draft: Draft, data: Mapping[str, object], faults: Faults) -> None:
    check_top(draft.house, faults)
    check_policy(draft.house.policy, faults)
    check_networks(draft, faults)
    check_assumed(draft.house, data, faults)
    check_unique(draft, faults)
    check_agencies(draft, faults)
    check_questions(draft, faults)
    check_services(draft, faults)
    check_cycles(draft, faults)


def check_top(house: House, faults: Faults) -> None:
    top = Place()
    if house.timezone and not is_timezone(house.timezone):
        faults.add(top.key("timezone"), f'"{house.timezone}" is no time zone such as Europe/Helsinki')
    if house.grid_min and 60 % house.grid_min:
        faults.add(top.key("grid_min"), f"{house.grid_min} must divide an hour")
    if not any(house.hours) and not faults.under(top.key("hours")):
        faults.add(top.key("hours"), "the house must be open on some day")
    check_holidays(house, faults)
    for number, day in enumerate(house.extra_closed, start=1):
        if not is_date(day):
            faults.add(top.key("extra_closed").item(number), f'"{day}" must be a date such as 2026-12-31')


def check_holidays(house: House, faults: Faults) -> None:
    if not house.country:
        return
    known = known_categories(house.country)
    if not known:
        faults.add(Place().key("country"), f'"{house.country}" has no known public holidays')
        return
    for number, category in enumerate(house.holiday_categories, start=1):
        if category not in known:
            place = Place().key("holiday_categories").item(number)
            faults.add(place, f'"{category}" must be one of {listed(sorted(known))}')


def check_policy(policy: Policy, faults: Faults) -> None:
    """A call that frees the desk before anyone was called anew would never be heard twice."""
    if policy.park_min <= policy.recall_min:
        place = Place().key("policy").key("park_min")
        faults.add(place, f"{policy.park_min} must be more than recall_min, {policy.recall_min}")


def check_networks(draft: Draft, faults: Faults) -> None:
    """An address stands in one listed network at most, and being listed gives it more."""
    usual = draft.house.limits.holds_per_hour
    earlier: list[tuple[Place, IPv4Network | IPv6Network]] = []
    for place, entry in zip(draft.places["listed_network"], draft.house.listed_networks, strict=True):
        if 0 < entry.holds_per_hour <= usual:
            message = f"{entry.holds_per_hour} must be more than everyone may hold, {usual}"
            faults.add(place.key("holds_per_hour"), message)
        if not entry.network:
            continue
        network = ip_network(entry.network)
        for other, taken in earlier:
            if network.version == taken.version and network.overlaps(taken):
                faults.add(place.key("network"), f'"{entry.network}" overlaps {other}, "{taken}"')
        earlier.append((place, network))


def is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # an unknown name is a KeyError
        return False
    return True


def is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def check_assumed(house: House, data: Mapping[str, object], faults: Faults) -> None:
    """Every assumed path must lead to a value: `walk_min.same_zone`, `desk dvv-1: hours`, `desk *: hours`."""
    for number, path in enumerate(house.assumed, start=1):
        if not leads_somewhere(path, data):
            faults.add(Place().key("assumed").item(number), f'"{path}" leads to no value of this file')


def leads_somewhere(path: str, data: Mapping[str, object]) -> bool:
    match = ASSUMED.fullmatch(path)
    if match is None:
        return False
    if match["section"] is None:
        return has_keys(data, match["keys"])
    entries = data.get(match["section"])
    if not isinstance(entries, list):
        return False
    chosen = [item for item in entries if isinstance(item, Mapping) and match["id"] in ("*", item.get("id"))]
    return any(has_keys(item, match["keys"]) for item in chosen)


def has_keys(value: object, keys: str) -> bool:
    """Whether the keys lead to a value; through an array of tables, in one of them."""
    if isinstance(value, list):
        return any(has_keys(item, keys) for item in value)
    key, _, rest = keys.partition(".")
    if not isinstance(value, Mapping) or key not in value:
        return False
    return not rest or has_keys(value[key], rest)


def check_unique(draft: Draft, faults: Faults) -> None:
    house = draft.house
    for section, ids in (
        ("zone", [item.id for item in house.zones]),
        ("agency", [item.id for item in house.agencies]),
        ("question", [item.id for item in house.questions]),
        ("document", [item.id for item in house.documents]),
        ("service", [item.id for item in house.services]),
        ("desk", [item.id for item in house.desks]),
    ):
        report_repeats(draft.places[section], ids, "id", faults)
    report_repeats(draft.places["agency"], [item.prefix for item in house.agencies], "prefix", faults)
    report_repeats(draft.places["desk"], [item.label for item in house.desks], "label", faults)


def report_repeats(places: Sequence[Place], values: Sequence[str], key: str, faults: Faults) -> None:
    first: dict[str, Place] = {}
    for place, value in zip(places, values, strict=True):
        if value and value in first:
            faults.add(place.key(key), f'"{value}" is already used by {first[value]}')
        first.setdefault(value, place)


def check_known(place: Place, what: str, name: str, known: Iterable[str], faults: Faults) -> None:
    if name and name not in known:
        faults.add(place, f'unknown {what} "{name}"')


def check_agencies(draft: Draft, faults: Faults) -> None:
    house = draft.house
    if not house.agencies:
        faults.add(Place("agency"), "the house needs at least one agency")
    for place, agency in zip(draft.places["agency"], house.agencies, strict=True):
        check_known(place.key("zone"), "zone", agency.zone or "", house.zone, faults)


def check_questions(draft: Draft, faults: Faults) -> None:
    """A question may depend on earlier ones only, so the asking always ends."""
    earlier: dict[str, Sequence[str]] = {}
    later = {question.id for question in draft.house.questions}
    for place, question in zip(draft.places["question"], draft.house.questions, strict=True):
        if question.id == PARTY_FACT:
            faults.add(place.key("id"), f'"{PARTY_FACT}" is kept for the size of the party')
        check_options(place, question, faults)
        for number, condition in enumerate(question.asked_when, start=1):
            inner = place.key("asked_when").item(number)
            for name in condition:
                if name in later and name not in earlier:
                    faults.add(inner.key(name), "must be asked before this question")
            known = {
                name: answers for name, answers in condition.items() if name not in later or name in earlier
            }
            check_condition(inner, known, earlier, faults)
        earlier[question.id] = [option.value for option in question.options]


def check_options(place: Place, question: Question, faults: Faults) -> None:
    if len(question.options) < 2:
        faults.add(place.key("option"), "a question needs at least two options")
    for value, count in Counter(option.value for option in question.options).items():
        if value and count > 1:
            faults.add(place.key("option"), f'value "{value}" stands twice')


def check_condition(place: Place, condition: Condition, facts: Facts, faults: Faults) -> None:
    for question, answers in condition.items():
        if question not in facts:
            faults.add(place.key(question), "unknown question")
            continue
        for answer in answers:
            if answer not in facts[question]:
                faults.add(place.key(question), f'unknown answer "{answer}"')


def check_services(draft: Draft, faults: Faults) -> None:
    house = draft.house
    if not house.services:
        faults.add(Place("service"), "the house needs at least one service")
    facts: dict[str, Sequence[str]] = {
        question.id: [option.value for option in question.options] for question in house.questions
    }
    facts[PARTY_FACT] = tuple(PartyKind)
    for place, service in zip(draft.places["service"], house.services, strict=True):
        check_known(place.key("agency"), "agency", service.agency, house.agency, faults)
        for inner, conditions in conditions_of(place, service):
            for number, condition in enumerate(conditions, start=1):
                check_condition(inner.item(number), condition, facts, faults)
        for number, item in enumerate(service.documents, start=1):
            inner = place.key("documents").item(number).key("document")
            check_known(inner, "document", item.document, house.document, faults)
        check_after(place, service, house, faults)


def conditions_of(place: Place, service: Service) -> list[tuple[Place, tuple[Condition, ...]]]:
    found = [(place.key("applies"), service.applies), (place.key("offered"), service.offered)]
    for key, blocks in (("blocked", service.blocked), ("note", service.notes)):
        found += [(place.key(key).item(n).key("when"), block.when) for n, block in enumerate(blocks, start=1)]
    found += [
        (place.key("documents").item(number).key("when"), item.when)
        for number, item in enumerate(service.documents, start=1)
    ]
    return found


def check_after(place: Place, service: Service, house: House, faults: Faults) -> None:
    for number, name in enumerate(service.after, start=1):
        inner = place.key("after").item(number)
        if name == service.id:
            faults.add(inner, "a service cannot come after itself")
            continue
        check_known(inner, "service", name, house.service, faults)
        other = house.service.get(name)
        if other is not None and other.channels and not other.is_in_house:
            faults.add(inner, f'"{name}" is not served in the house')


def check_cycles(draft: Draft, faults: Faults) -> None:
    """Report each service that stands on a cycle of two or more, with one way round."""
    services = draft.house.service
    for place, service in zip(draft.places["service"], draft.house.services, strict=True):
        cycle = way_back(service.id, services)
        if cycle:
            faults.add(place.key("after"), f"goes in a circle: {' after '.join(cycle)}")


def way_back(start: str, services: Mapping[str, Service]) -> list[str]:
    """The shortest chain of prerequisites from a service back to itself; empty where there is none."""
    chains = [[start, name] for name in services[start].after if name != start] if start in services else []
    seen: set[str] = set()
    while chains:
        chain = chains.pop(0)
        if chain[-1] == start:
            return chain
        if chain[-1] in services and chain[-1] not in seen:
            seen.add(chain[-1])
            chains += [[*chain, name] for name in services[chain[-1]].after]
    return []
