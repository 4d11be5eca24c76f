"""Statistics: how did we do? Pages that only select from what is published."""

from ihh.web.statistics import (
    agency,
    dashboard,
    definitions,
    downloads,
    estimates,
    report,
    tables,
    today,
    views,
)
from ihh.web.statistics.frame import blueprint

__all__ = [
    "agency",
    "blueprint",
    "dashboard",
    "definitions",
    "downloads",
    "estimates",
    "report",
    "tables",
    "today",
    "views",
]
