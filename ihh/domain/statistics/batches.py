"""The services of an open day that may be told of: in batches of k people or more.

A median that is looked at before and after one service tells of that one person. So services are taken in the
order in which they ended, an agency at a time, and a batch is told of when k people stand in it: between two
looks nothing changes, or a whole batch has come. The house is the sum of its agencies' batches, so that
their difference tells nothing either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from ihh.domain.statistics.facts import ServiceFact, VisitFact
from ihh.domain.ticket import TicketState


def in_full_batches(visits: Sequence[VisitFact], *, k: int) -> list[VisitFact]:
    """The visits with those of their served services that stand in full batches, and with no others.

    A person of one visit counts once in a batch.
    """
    full: dict[int, list[int]] = defaultdict(list)
    for services in _by_agency(visits).values():
        batch: list[tuple[int, int]] = []
        people: dict[int, int] = defaultdict(int)
        for visit, place in services:
            batch.append((visit, place))
            people[visit] |= visits[visit].services[place].people
            if sum(bits.bit_count() for bits in people.values()) >= k:
                for of, at in batch:
                    full[of].append(at)
                batch, people = [], defaultdict(int)
    return [
        replace(visits[visit], services=tuple(visits[visit].services[place] for place in sorted(places)))
        for visit, places in sorted(full.items())
    ]


def _by_agency(visits: Sequence[VisitFact]) -> dict[str, list[tuple[int, int]]]:
    """Served services in the order in which they ended, as places of the visit and in it."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for visit, of in enumerate(visits):
        for place, service in enumerate(of.services):
            if service.state == TicketState.COMPLETED and service.ended_at is not None:
                found[service.agency].append((visit, place))

    def ended(where: tuple[int, int]) -> tuple[object, str, int]:
        visit, place = where
        service: ServiceFact = visits[visit].services[place]
        return service.ended_at, visits[visit].key, place

    return {agency: sorted(places, key=ended) for agency, places in found.items()}
