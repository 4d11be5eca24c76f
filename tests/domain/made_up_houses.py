"""Made-up houses: synthetic visits counted into linked tables of at most three dimensions, period after period.

The counting here is its own: it shares nothing with the figures of the product but the shape of the result.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field

from ihh.domain.masking import Cells, Flag, Line

PARTIAL = frozenset({"agency", "service", "hour"})
"""Of these one visit can have several values."""

COUNTS = ("visits", "customers", "service_events")

Dims = tuple[str, ...]
CATALOGUE: tuple[Dims, ...] = (
    (),
    ("agency",),
    ("service",),
    ("hour",),
    ("weekday",),
    ("language",),
    ("channel",),
    ("customer_type",),
    ("party_size",),
    ("municipality",),
    ("agency", "hour"),
    ("agency", "weekday"),
    ("agency", "channel"),
    ("agency", "language"),
    ("agency", "customer_type"),
    ("weekday", "hour"),
    ("channel", "language"),
    ("agency", "weekday", "hour"),
)


@dataclass(frozen=True)
class Ticket:
    agency: str
    service: str
    hour: str
    people: frozenset[int]
    is_served: bool


@dataclass(frozen=True)
class Visit:
    facts: dict[str, str]
    size: int
    tickets: tuple[Ticket, ...]


@dataclass
class House:
    """What can occur, and how often: weights that fall steeply, as languages and hours do."""

    values: dict[str, list[str]]
    services: dict[str, list[str]]
    weights: dict[str, list[float]] = field(default_factory=dict)


def house(
    rng: random.Random,
    *,
    agencies: int = 8,
    services: int = 3,
    hours: int = 8,
    languages: int = 8,
    skew: float = 1.4,
) -> House:
    sizes = {"agency": agencies, "hour": hours, "weekday": 5, "language": languages, "channel": 4}
    sizes |= {"customer_type": 6, "municipality": 5}
    values = {name: [f"{name}{number}" for number in range(size)] for name, size in sizes.items()}
    made = House(values, {agency: [f"{agency}.{n}" for n in range(services)] for agency in values["agency"]})
    for name, codes in values.items():
        steep = 0.3 if name in ("hour", "weekday") else skew
        made.weights[name] = [(1 / (rank + 1)) ** steep * rng.uniform(0.6, 1.4) for rank in range(len(codes))]
    return made


def visits(rng: random.Random, made: House, how_many: int) -> list[Visit]:
    return [_visit(rng, made) for _ in range(how_many)]


def _visit(rng: random.Random, made: House) -> Visit:
    facts = {
        name: rng.choices(made.values[name], made.weights[name])[0]
        for name in ("weekday", "language", "channel", "customer_type", "municipality")
    }
    size = rng.choices((1, 2, 3, 4, 5, 6), (60, 18, 9, 8, 3, 2))[0]
    facts["party_size"] = str(size)
    tickets = []
    for agency in dict.fromkeys(
        rng.choices(made.values["agency"], made.weights["agency"], k=rng.choice((1, 1, 2, 3)))
    ):
        everyone = not tickets or rng.random() < 0.5
        people = range(size) if everyone else rng.sample(range(size), rng.randint(1, size))
        tickets.append(
            Ticket(
                agency,
                rng.choice(made.services[agency]),
                rng.choices(made.values["hour"], made.weights["hour"])[0],
                frozenset(people),
                rng.random() < 0.9,
            )
        )
    return Visit(facts, size, tuple(tickets))


Key = tuple[str, Dims, tuple[str, ...]]
"""Period, dimensions of the table, values of the row."""


@dataclass
class Published:
    """Cells as they are counted, and the lines between them; periods may be added one after the other."""

    index: dict[Key, int] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in COUNTS})
    small_by: list[tuple[int, int]] = field(default_factory=list)
    lines: dict[str, list[Line]] = field(default_factory=lambda: {name: [] for name in COUNTS})
    flags: list[Flag | None] = field(default_factory=list)

    def cells(self) -> Cells:
        return Cells(self.counts, self.small_by, self.lines, self.flags)

    def publish(self, flags: list[Flag]) -> None:
        self.flags = list(flags)


def add_period(
    published: Published, code: str, made: House, found: list[Visit], catalogue: tuple[Dims, ...] = CATALOGUE
) -> None:
    """Count the visits into the catalogue's tables and draw the lines within the period."""
    for dims in catalogue:
        rows = _count(found, dims)
        for values in _all_values(made, dims):
            published.index[code, dims, values] = len(published.flags)
            visits, customers, events, served = rows.get(values, (0, 0, 0, 0))
            for name, amount in zip(COUNTS, (visits, customers, events), strict=True):
                published.counts[name].append(amount)
            published.small_by.append((customers, served))
            published.flags.append(None)
    _draw_lines(published, code, made, catalogue)


def add_up(published: Published, whole: str, parts: list[str]) -> None:
    """Lines from each cell of a period to the same cells of the periods it is made of, where they have them."""
    for (period, dims, values), total in list(published.index.items()):
        if period != whole or any((part, dims, values) not in published.index for part in parts):
            continue
        line = Line(total, tuple(published.index[part, dims, values] for part in parts), True)
        for name in COUNTS:
            published.lines[name].append(line)


def _all_values(made: House, dims: Dims) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [()]
    for name in dims:
        if name == "service":
            codes = [code for services in made.services.values() for code in services]
        else:
            codes = [str(n) for n in range(1, 7)] if name == "party_size" else made.values[name]
        found = [(*row, code) for row in found for code in codes]
    return found


def _count(found: list[Visit], dims: Dims) -> dict[tuple[str, ...], tuple[int, int, int, int]]:
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for visit in found:
        rows: dict[tuple[str, ...], list[Ticket]] = defaultdict(list)
        for ticket in visit.tickets:
            facts = visit.facts | {"agency": ticket.agency, "service": ticket.service, "hour": ticket.hour}
            rows[tuple(facts[name] for name in dims)].append(ticket)
        for values, tickets in rows.items():
            served = [ticket for ticket in tickets if ticket.is_served]
            row = sums[values]
            row[0] += 1
            row[1] += len(frozenset().union(*(ticket.people for ticket in tickets)))
            row[2] += len(served)
            row[3] += len(frozenset().union(*(ticket.people for ticket in served)))
    return {values: (row[0], row[1], row[2], row[3]) for values, row in sums.items()}


def _draw_lines(published: Published, code: str, made: House, catalogue: tuple[Dims, ...]) -> None:
    for dims in catalogue:
        for place, name in enumerate(dims):
            coarse = dims[:place] + dims[place + 1 :]
            if coarse in catalogue and name != "service":
                _draw(published, code, made, dims, place, coarse)
    if ("service",) in catalogue and ("agency",) in catalogue:
        for agency, services in made.services.items():
            total = published.index[code, ("agency",), (agency,)]
            parts = tuple(published.index[code, ("service",), (service,)] for service in services)
            for count in COUNTS:
                published.lines[count].append(Line(total, parts, count == "service_events"))


def _draw(published: Published, code: str, made: House, dims: Dims, place: int, coarse: Dims) -> None:
    parts: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for values in _all_values(made, dims):
        parts[values[:place] + values[place + 1 :]].append(published.index[code, dims, values])
    for values, indices in parts.items():
        total = published.index[code, coarse, values]
        for count in COUNTS:
            is_exact = count == "service_events" or dims[place] not in PARTIAL
            published.lines[count].append(Line(total, tuple(indices), is_exact))
