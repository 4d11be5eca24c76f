"""Open data as a stranger meets it: files, headers, metadata read by independent readers, nothing hidden told."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from csvw import CSVW
from flask.testing import FlaskClient
from rdflib import DCTERMS, RDF, Graph, Namespace, URIRef
from sqlalchemy import update

from ihh.db import db, transaction
from ihh.domain.statistics.measures import Measure
from ihh.domain.statistics.periods import parse, single
from ihh.domain.statistics.tables import TABLES
from ihh.models import Release
from ihh.services.statistics.published import published
from tests.exports.conftest import Months

FILE = "/open-data/figures-2026-10.csv"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
ROW = (
    "agency",
    "service",
    "hour",
    "weekday",
    "language",
    "channel",
    "customer_type",
    "party_size",
    "municipality",
)


@pytest.fixture
def stranger(months: Months) -> FlaskClient:
    return months.app.test_client()


def rows_of(stranger: FlaskClient) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(stranger.get(FILE).text, newline="")))


def test_the_file_has_every_published_row_and_nothing_else(stranger: FlaskClient) -> None:
    tables = published(single(parse("2026-10")), [table.code for table in TABLES]).tables
    found = rows_of(stranger)
    assert [row["table"] for row in found] == [code for code, shown in tables.items() for _ in shown.rows]
    cells = [row.cells[Measure.CUSTOMERS] for shown in tables.values() for row in shown.rows]
    assert [(row["customers"], row["customers_flag"]) for row in found] == [
        ("" if cell.amount is None else str(cell.amount), cell.flag.value) for cell in cells
    ]
    assert {row["customers_flag"] for row in found} == {"", "suppressed", "not_shown"}
    small = [int(row["customers"]) for row in found if row["customers"]]
    assert not set(small) & {1, 2, 3, 4}


def test_csvw_describes_the_file(stranger: FlaskClient, tmp_path: Path) -> None:
    """An independent reader checks types, nulls and the key of every row."""
    (tmp_path / "figures-2026-10.csv").write_bytes(stranger.get(FILE).data)
    answer = stranger.get(f"{FILE}-metadata.json")
    assert answer.mimetype == "application/csvm+json"
    (tmp_path / "figures-2026-10.csv-metadata.json").write_bytes(answer.data)
    described = CSVW(str(tmp_path / "figures-2026-10.csv-metadata.json"), validate=True)
    assert described.is_valid
    (table,) = described.tables
    rows = list(table.iterdicts(strict=True))
    assert len(rows) == len(rows_of(stranger))
    assert rows[0]["from"] == datetime(2026, 10, 1)  # noqa: DTZ001, a date as that reader has it
    assert rows[0]["synthetic"] is False
    assert isinstance(rows[0]["visits"], int)
    assert rows[0]["softlanding_median_days"] is None
    assert len({(row["table"], *(row[name] for name in ROW)) for row in rows}) == len(rows)


def test_csvw_would_find_a_wrong_file(stranger: FlaskClient, tmp_path: Path) -> None:
    """The check above can fail: a word where a number should be."""
    broken = stranger.get(FILE).text.replace(",no,total,", ",maybe,total,", 1)
    (tmp_path / "figures-2026-10.csv").write_text(broken, "utf-8", newline="")
    (tmp_path / "m.json").write_bytes(stranger.get(f"{FILE}-metadata.json").data)
    (table,) = CSVW(str(tmp_path / "m.json"), validate=True).tables
    with pytest.raises(ValueError, match="synthetic"):
        list(table.iterdicts(strict=True))


def test_the_metadata_names_licence_period_and_publisher_in_three_languages(stranger: FlaskClient) -> None:
    found = stranger.get(f"{FILE}-metadata.json").get_json(force=True)
    assert found["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}
    assert found["dc:temporal"] == "2026-10-01/2026-10-31"
    assert [one["@language"] for one in found["dc:title"]] == ["en", "fi", "sv"]
    header = stranger.get(FILE).text.partition("\r\n")[0].split(",")
    assert [column["titles"] for column in found["tableSchema"]["columns"]] == header


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")
def test_the_catalogue_is_dcat(stranger: FlaskClient) -> None:
    """Read as RDF; the mandatory properties of DCAT-AP 3 are there, and every address can be fetched."""
    answer = stranger.get("/open-data/catalogue.jsonld")
    assert answer.mimetype == "application/ld+json"
    graph = Graph().parse(data=answer.data, format="json-ld")
    (catalogue,) = graph.subjects(RDF.type, DCAT.Catalog)
    for wanted in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCAT.dataset):
        assert list(graph.objects(catalogue, wanted)), wanted
    assert {text.language for text in graph.objects(catalogue, DCTERMS.title)} == {"en", "fi", "sv"}
    (publisher,) = graph.objects(catalogue, DCTERMS.publisher)
    assert (publisher, RDF.type, FOAF.Agent) in graph and list(graph.objects(publisher, FOAF.name))
    datasets = list(graph.subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) == 2
    for dataset in datasets:
        for wanted in (DCTERMS.title, DCTERMS.description, DCTERMS.temporal, DCTERMS.accrualPeriodicity):
            assert list(graph.objects(dataset, wanted)), wanted
        (series,) = graph.objects(dataset, DCAT.inSeries)
        assert (series, RDF.type, DCAT.DatasetSeries) in graph
        (distribution,) = graph.objects(dataset, DCAT.distribution)
        assert (
            distribution,
            DCTERMS.license,
            URIRef("https://creativecommons.org/licenses/by/4.0/"),
        ) in graph
        for where in (DCAT.downloadURL, DCAT.accessURL, FOAF.page):
            (address,) = graph.objects(distribution, where)
            assert stranger.get(str(address).removeprefix("http://localhost")).status_code == 200


def test_other_sites_may_fetch_these_files_and_no_others(stranger: FlaskClient) -> None:
    for path in (FILE, f"{FILE}-metadata.json", "/open-data/catalogue.jsonld"):
        headers = stranger.get(path).headers
        assert headers["Access-Control-Allow-Origin"] == "*", path
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    for path in ("/open-data/", "/", "/api/v1/house"):
        assert "Access-Control-Allow-Origin" not in stranger.get(path).headers, path


def test_who_has_the_file_gets_304(stranger: FlaskClient) -> None:
    first = stranger.get(FILE)
    assert "max-age=3600" in first.headers["Cache-Control"]
    assert first.headers["Link"] == (
        '<figures-2026-10.csv-metadata.json>; rel="describedby"; type="application/csvm+json"'
    )
    again = stranger.get(FILE, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "code", ["2026-11", "2026-10-05", "2026-W42", "2026-09--2026-10", "x", "9999", "2026-13"]
)
def test_what_is_not_open_data_is_not_found(stranger: FlaskClient, code: str) -> None:
    for path in (f"/open-data/figures-{code}.csv", f"/open-data/figures-{code}.csv-metadata.json"):
        assert stranger.get(path).status_code == 404, path


def test_the_page_lists_the_files_in_every_language(stranger: FlaskClient) -> None:
    for language in ("en", "fi", "sv"):
        page = stranger.get(f"/open-data/?lang={language}").text
        assert page.index("figures-2026-10.csv") < page.index("figures-2026-09.csv")
        assert "CC BY 4.0" in page


def test_synthetic_months_say_so_everywhere(stranger: FlaskClient, months: Months) -> None:
    def mark(is_synthetic: bool) -> None:
        with transaction():
            db.session.execute(update(Release).values(is_synthetic=is_synthetic))

    assert "synthetic" not in stranger.get("/open-data/").text
    mark(True)
    try:
        _forget()
        page, answer = stranger.get("/open-data/").text, stranger.get(FILE)
        assert "This data is synthetic" in page
        assert 'filename="synthetic-figures-2026-10.csv"' in answer.headers["Content-Disposition"]
        assert {row["synthetic"] for row in csv.DictReader(io.StringIO(answer.text))} == {"yes"}
        for path in (f"{FILE}-metadata.json", "/open-data/catalogue.jsonld"):
            assert "SYNTHETIC DATA" in json.dumps(stranger.get(path).get_json(force=True)), path
    finally:
        mark(False)
        _forget()


def _forget() -> None:
    """A release never changes, and so a file once made is kept; this test changes one."""
    from ihh.presentation import open_data

    open_data._files.clear()


def test_nothing_personal_or_single_is_in_the_header(stranger: FlaskClient) -> None:
    header: Any = stranger.get(FILE).text.partition("\r\n")[0].split(",")
    assert not {"visit", "checked_in_at", "called_at", "outcome"} & set(header)
