"""An agency's rows are those of the frozen tables, all of them and no others, on either database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from ihh.db import transaction
from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.periods import PeriodKind, Span, parse, single
from ihh.domain.statistics.tables import PUBLISHED, Dimension
from ihh.services.house import current_house
from ihh.services.statistics import bulk, releasing
from ihh.services.statistics.of_agency import TABLES, of_agency, row_of
from ihh.services.statistics.published import published
from tests.services.statistics import made_up_facts

NOW = datetime(2026, 11, 10, 3, tzinfo=UTC)
MONTHS = Span(parse("2026-09"), parse("2026-10"))


def test_every_published_row_is_of_one_agency_or_of_none(app: Flask) -> None:
    with transaction():
        for month, seed in ((date(2026, 9, 1), 1), (date(2026, 10, 1), 2)):
            bulk.add(made_up_facts.days(current_house(), month, 6, seed=seed, visits=12))
    for month in MONTHS:
        with transaction():
            releasing.release(month, now=NOW)
    owned = {Dimension.AGENCY, Dimension.SERVICE}
    of_agencies = [one.code for one in PUBLISHED[PeriodKind.MONTH] if owned & set(one.dimensions)]
    assert sorted(TABLES) == sorted(of_agencies), "a new table of the catalogue is an agency's too"
    for span in (single(MONTHS.last), MONTHS):
        found = {agency.id: of_agency(span, agency.id) for agency in current_house().agencies}
        for code, shown in published(span, TABLES).tables.items():
            parts = [row for own in found.values() for row in own.tables[code].rows]
            assert sorted(row.values for row in parts) == sorted(row.values for row in shown.rows), code
            assert all(row in shown.rows for row in parts), "masked as in the whole table"
        assert set(found["kela"].tables) == set(TABLES)
        kela = row_of(found["kela"])
        assert kela is not None
        assert kela.values == ("kela",)
    assert row_of(of_agency(MONTHS, "nobody")) is None
    for code, refusal in (("2026-10-05", Code.INVALID), ("2026-11", Code.NOT_FOUND)):
        with pytest.raises(Refusal) as refused:
            of_agency(single(parse(code)), "kela")
        assert refused.value.code is refusal
