"""Which rows a table has whether anybody came or not, and in which order rows are shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ihh.domain.closed_days import is_open
from ihh.domain.house import House
from ihh.domain.statistics.periods import Period
from ihh.domain.statistics.tables import NOT_TOLD, Dimension
from ihh.domain.visit import Origin

MUNICIPALITY, PURPOSE = "municipality", "purpose"
"""Questions of the house file whose answers are dimensions."""


def known_values(
    house: House, period: Period, seen: Mapping[Dimension, Collection[str]]
) -> dict[Dimension, list[str]]:
    """A dimension's values in a period: all of the house's, and whatever else there was, in order."""
    return {
        dimension: ordered(
            house,
            dimension,
            {*_of_house(house, dimension), *_open(house, period, dimension), *seen.get(dimension, ())},
        )
        for dimension in Dimension
    }


def ordered(house: House, dimension: Dimension, found: Collection[str]) -> list[str]:
    """As the house has them, then the others by name; what was not told comes last."""
    place = {value: number for number, value in enumerate(_of_house(house, dimension))}
    return sorted(found, key=lambda value: (value == NOT_TOLD, place.get(value, len(place)), value))


def _of_house(house: House, dimension: Dimension) -> list[str]:
    match dimension:
        case Dimension.AGENCY:
            serving = {service.agency for service in house.services if service.is_in_house}
            return [agency.id for agency in house.agencies if agency.id in serving]
        case Dimension.SERVICE:
            return [service.id for service in house.services if service.is_in_house]
        case Dimension.LANGUAGE:
            return list(house.languages)
        case Dimension.CHANNEL:
            return [origin.value for origin in Origin]
        case Dimension.CUSTOMER_TYPE:
            return _options(house, PURPOSE)
        case Dimension.MUNICIPALITY:
            return [*_options(house, MUNICIPALITY), NOT_TOLD]
        case Dimension.PARTY_SIZE:
            return [str(size) for size in range(1, house.limits.party_max + 1)]
        case _:
            return []


def _options(house: House, question: str) -> list[str]:
    found = house.question.get(question)
    return [option.value for option in found.options] if found else []


def _open(house: House, period: Period, dimension: Dimension) -> set[str]:
    """Weekdays and hours in which the house was open."""
    if dimension not in (Dimension.WEEKDAY, Dimension.HOUR):
        return set()
    days = [day for day in period.days() if is_open(house, day)]
    if dimension is Dimension.WEEKDAY:
        return {str(day.isoweekday()) for day in days}
    spans = [span for weekday in {day.weekday() for day in days} for span in house.hours[weekday]]
    return {f"{hour:02d}" for span in spans for hour in range(span.start // 60, -(-span.end // 60))}
