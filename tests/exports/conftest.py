"""A house with two released months of made-up facts, shared by all tests of files that only read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from ihh.db import transaction
from ihh.domain.statistics.periods import Span, parse
from ihh.services.house import current_house
from ihh.services.statistics import bulk, releasing
from tests.servers.site import Site, sqlite_site
from tests.services.statistics import made_up_facts

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 12, 1, 12, tzinfo=HELSINKI)
BOTH = Span(parse("2026-09"), parse("2026-10"))


@dataclass(frozen=True)
class Months:
    site: Site

    @property
    def app(self) -> Flask:
        return self.site.app


@pytest.fixture(scope="package")
def released_months(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Months]:
    """September and October 2026, on SQLite: what a file says does not depend on the engine."""
    with sqlite_site(tmp_path_factory.mktemp("released")) as site:
        with site.app.app_context():
            house = current_house()
            with transaction():
                bulk.add(made_up_facts.days(house, date(2026, 9, 1), 40, seed=4, visits=15))
            for period in BOTH:
                with transaction():
                    releasing.release(period, now=NOW)
        yield Months(site)


@pytest.fixture
def months(released_months: Months) -> Iterator[Months]:
    with released_months.app.app_context():
        yield released_months


def written(pieces: Iterator[bytes], path: Path) -> Path:
    with path.open("wb") as file:
        file.writelines(pieces)
    return path
