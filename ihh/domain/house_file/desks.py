"""Checks that desks, hours and channels of a house fit together."""

from __future__ import annotations

from ihh.domain.house import Channel, Desk, House, Service, Span, Week
from ihh.domain.house_file.coverage import merged, week_desks, without
from ihh.domain.house_file.faults import Faults, Place
from ihh.domain.house_file.links import check_known
from ihh.domain.house_file.sections import Draft
from ihh.domain.house_file.values import DAYS, show_span

TIMED = frozenset({Channel.WALK_IN, Channel.REMOTE_PHONE, Channel.REMOTE_ONLINE})
"""Channels that `hours` of a service speak of."""


def check_desks(draft: Draft, faults: Faults) -> None:
    for place, desk in zip(draft.places["desk"], draft.house.desks, strict=True):
        check_desk(place, desk, draft.house, faults)
    for place, service in zip(draft.places["service"], draft.house.services, strict=True):
        check_contact(place, service, draft.house, faults)
        check_timing(place, service, draft.house, faults)
        if service.is_in_house and service.id:
            check_served(place, service, draft.house, faults)


def check_desk(place: Place, desk: Desk, house: House, faults: Faults) -> None:
    check_known(place.key("agency"), "agency", desk.agency, house.agency, faults)
    check_known(place.key("zone"), "zone", desk.zone, house.zone, faults)
    agency = house.agency.get(desk.agency)
    if agency is not None and agency.zone is None:
        faults.add(place.key("agency"), f'"{agency.id}" has desks and so needs a zone')
    elif (
        agency is not None
        and agency.zone in house.zone
        and desk.zone in house.zone
        and desk.zone != agency.zone
    ):
        message = (
            f'"{desk.zone}" differs from zone "{agency.zone}" of {agency.id}; walks are reckoned by agency'
        )
        faults.add(place.key("zone"), message)
    for number, name in enumerate(desk.services, start=1):
        check_desk_service(place.key("services").item(number), desk, name, house, faults)
    if not any(desk.hours) and not faults.under(place.key("hours")):
        faults.add(place.key("hours"), "the desk must be open on some day")
    report_outside(place.key("hours"), desk.hours, house.hours, faults)


def check_desk_service(place: Place, desk: Desk, name: str, house: House, faults: Faults) -> None:
    check_known(place, "service", name, house.service, faults)
    service = house.service.get(name)
    if service is None:
        return
    if desk.agency in house.agency and service.agency in house.agency and service.agency != desk.agency:
        faults.add(place, f'"{name}" belongs to {service.agency}, the desk to {desk.agency}')
    if service.channels and not service.is_in_house:
        faults.add(place, f'"{name}" is not served in the house')


def report_outside(place: Place, inner: Week, outer: Week, faults: Faults) -> None:
    if faults.under(Place().key("hours")):
        return
    for day, name in enumerate(DAYS):
        for span in without(inner[day], outer[day]):
            faults.add(place, f"{name} {show_span(span)} is outside the house's hours")


def check_contact(place: Place, service: Service, house: House, faults: Faults) -> None:
    """Who is told to phone or to go online must be told where."""
    agency = house.agency.get(service.agency)
    for channel, key in ((Channel.REMOTE_PHONE, "phone"), (Channel.REMOTE_ONLINE, "url")):
        known = getattr(service, key) or (agency is not None and getattr(agency, key))
        if channel in service.channels and not known:
            faults.add(place.key(key), f"missing here and at the agency, though the channel is {channel}")


def check_timing(place: Place, service: Service, house: House, faults: Faults) -> None:
    if service.wait_min and service.channels and not service.takes_walk_ins:
        faults.add(place.key("wait_min"), "only for a service with a walk-in line")
    if service.kept_pct and service.channels and not service.is_bookable:
        faults.add(place.key("kept_pct"), "only for a service by appointment")
    if service.hours is None or not service.channels:
        return
    if not TIMED & set(service.channels):
        faults.add(
            place.key("hours"), "only for a walk-in line or a remote service; appointments follow the desks"
        )
    elif service.takes_walk_ins:
        report_outside(place.key("hours"), service.hours, house.hours, faults)


def check_served(place: Place, service: Service, house: House, faults: Faults) -> None:
    desks = [desk for desk in house.desks if service.id in desk.services]
    if not desks:
        faults.add(place, "is served in the house but at no desk")
        return
    spoken = {language for desk in desks for language in desk.languages}
    for language in house.languages:
        if language not in spoken and all(desk.languages for desk in desks):
            faults.add(place, f"no desk serves it in {language}")
    spans = [span for desk in desks for day in desk.hours for span in merged(day)]
    if spans and service.is_bookable and max(span.end - span.start for span in spans) < service.base_min:
        faults.add(place.key("base_min"), f"no desk is open for {service.base_min} minutes on end")
    if service.takes_walk_ins:
        report_unserved_line(place, service, desks, house, faults)


def report_unserved_line(
    place: Place, service: Service, desks: list[Desk], house: House, faults: Faults
) -> None:
    """A walk-in line that is open while no desk serves it all day long misleads whoever takes a number."""
    line = service.hours if service.hours is not None else house.hours
    served = week_desks(desks)
    for day, name in enumerate(DAYS):
        for span in line[day]:
            if without((span,), served[day]) == (span,):
                faults.add(
                    place.key("hours"), f"{name} {show_span(Span(*span))}: the line is open but no desk is"
                )
