"""Statistics: how did we do? Pages that only select from what is published."""

from ihh.web.statistics import (
    agency,
    agency_report,
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
    "agency_report",
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
