"""Open data: released months and years as CSV, with CSVW metadata and a DCAT-AP catalogue of them all.

The same figures as everywhere else, masked when they were released; nothing here reads an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ihh.domain.errors import Code, Refusal
from ihh.domain.house import House, Text, text
from ihh.domain.statistics.files import Column, Kind
from ihh.domain.statistics.periods import Period, PeriodKind, single
from ihh.presentation.exports import FileFormat, chunks
from ihh.presentation.exports.figures import COLUMNS, figures_book
from ihh.presentation.languages import NAMES, written_in
from ihh.presentation.open_data_words import described, in_all_languages, titled
from ihh.services.house import current_house
from ihh.services.statistics.open_periods import OpenPeriod, open_periods

KINDS = (PeriodKind.MONTH, PeriodKind.YEAR)
FREQUENCIES = {PeriodKind.MONTH: "MONTHLY", PeriodKind.YEAR: "ANNUAL"}

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
AUTHORITY = "http://publications.europa.eu/resource/authority"
CSV_TYPE = "https://www.iana.org/assignments/media-types/text/csv"

FILES_KEPT = 80
CATALOGUE = "catalogue.jsonld"
DATATYPES: Mapping[Kind, Any] = {
    Kind.TEXT: "string",
    Kind.DATE: {"base": "date", "format": "yyyy-MM-dd"},
    Kind.COUNT: "integer",
    Kind.DECIMAL: "decimal",
    Kind.TRUTH: {"base": "boolean", "format": "yes|no"},
}
ROW_KEY = ("period", "table", *(column.name for column in COLUMNS[5:14]))

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


_files: dict[str, tuple[House, datetime, bytes]] = {}
"""Files already made, by period; good while the house and the release are the same."""


def periods() -> list[OpenPeriod]:
    """Every released month and year, the newest first."""
    return open_periods(KINDS)[::-1]


def find(period: Period) -> OpenPeriod:
    """Refuses `not_found` for what is not open data."""
    for one in periods():
        if one.period == period:
            return one
    raise Refusal(Code.NOT_FOUND)


def file_of(period: Period) -> str:
    return f"figures-{period.code}.csv"


def metadata_of(period: Period) -> str:
    return f"{file_of(period)}-metadata.json"


def csv_file(one: OpenPeriod) -> bytes:
    """All published tables of the period, in English."""
    house = current_house()
    made = _files.get(one.period.code)
    if made is None or made[0] is not house or made[1] != one.released_at:
        with written_in("en"):
            content = b"".join(chunks(figures_book(single(one.period)), FileFormat.CSV))
        if len(_files) >= FILES_KEPT:
            _files.pop(next(iter(_files)), None)
        made = _files[one.period.code] = (house, one.released_at, content)
    return made[2]


def metadata(one: OpenPeriod) -> dict[str, Any]:
    """CSV on the Web: what each column of the period's file is."""
    period = one.period
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "@type": "Table",
        "url": file_of(period),
        "dc:title": _texts(titled(period)),
        "dc:description": _texts(described(is_synthetic=one.is_synthetic)),
        "dc:publisher": text(current_house().name, "en"),
        "dc:license": {"@id": LICENCE},
        "dc:temporal": f"{period.start.isoformat()}/{period.last.isoformat()}",
        "dialect": {"delimiter": ",", "encoding": "utf-8", "header": True, "lineTerminators": ["\r\n"]},
        "tableSchema": {
            "columns": [_column(column) for column in COLUMNS],
            "primaryKey": list(ROW_KEY),
        },
    }


def catalogue(base_url: str) -> dict[str, Any]:
    """DCAT-AP 3 as JSON-LD: a series of months, a series of years, and a dataset a period.

    `base_url` is the address of the open data's page, with a slash at its end.
    """
    house, found = current_house(), periods()
    publisher = {"@type": "foaf:Agent", "@id": f"{base_url}#publisher", "foaf:name": _texts(house.name)}
    kinds = [kind for kind in KINDS if any(one.period.kind is kind for one in found)]
    return {
        "@context": CONTEXT,
        "@id": f"{base_url}{CATALOGUE}",
        "@type": "dcat:Catalog",
        "dct:title": _texts(in_all_languages("catalogue")),
        "dct:description": _texts(in_all_languages("about")),
        "dct:publisher": publisher,
        "dct:license": {"@id": LICENCE},
        "dct:language": [_authority("language", code) for code in ("ENG", "FIN", "SWE")],
        "foaf:homepage": {"@id": base_url},
        "dcat:dataset": [
            *(_series(base_url, kind, [one.period for one in found]) for kind in kinds),
            *(_dataset(base_url, one) for one in found),
        ],
    }


def base_of(public_url: str | None, url_root: str) -> str:
    """Where the open data lies: at the house's public address, else at the one that was asked."""
    return f"{(public_url or url_root).rstrip('/')}/open-data/"


def _column(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.about,
        "datatype": DATATYPES[column.kind],
        "null": "",
        "required": column.name in ROW_KEY,
    }


def _series(base_url: str, kind: PeriodKind, found: Sequence[Period]) -> dict[str, Any]:
    own = sorted(period for period in found if period.kind is kind)
    return {
        "@id": f"{base_url}#{kind.value}s",
        "@type": "dcat:DatasetSeries",
        "dct:title": _texts(in_all_languages(kind.value)),
        "dct:description": _texts(in_all_languages("about")),
        "dct:publisher": {"@id": f"{base_url}#publisher"},
        "dct:accrualPeriodicity": _authority("frequency", FREQUENCIES[kind]),
        "dct:temporal": _temporal(own[0], own[-1]),
    }


def _dataset(base_url: str, one: OpenPeriod) -> dict[str, Any]:
    period = one.period
    address = f"{base_url}{file_of(period)}"
    return {
        "@id": f"{base_url}#{period.code}",
        "@type": "dcat:Dataset",
        "dct:title": _texts(titled(period)),
        "dct:description": _texts(described(is_synthetic=one.is_synthetic)),
        "dct:identifier": f"figures-{period.code}",
        "dct:publisher": {"@id": f"{base_url}#publisher"},
        "dct:language": _authority("language", "ENG"),
        "dct:accessRights": _authority("access-right", "PUBLIC"),
        "dct:accrualPeriodicity": _authority("frequency", FREQUENCIES[period.kind]),
        "dct:temporal": _temporal(period, period),
        "dcat:theme": _authority("data-theme", "GOVE"),
        "dcat:inSeries": {"@id": f"{base_url}#{period.kind.value}s"},
        "dcat:keyword": _texts(in_all_languages("keyword")),
        "dcat:distribution": {
            "@id": f"{address}#distribution",
            "@type": "dcat:Distribution",
            "dct:title": _texts(titled(period)),
            "dcat:accessURL": {"@id": base_url},
            "dcat:downloadURL": {"@id": address},
            "dcat:mediaType": {"@id": CSV_TYPE},
            "dct:format": _authority("file-type", "CSV"),
            "dct:license": {"@id": LICENCE},
            "dct:conformsTo": {"@id": "http://www.w3.org/ns/csvw"},
            "foaf:page": {"@id": f"{base_url}{metadata_of(period)}"},
        },
    }


def _temporal(first: Period, last: Period) -> dict[str, Any]:
    def day(value: str) -> dict[str, str]:
        return {"@value": value, "@type": "xsd:date"}

    return {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": day(first.start.isoformat()),
        "dcat:endDate": day(last.last.isoformat()),
    }


def _authority(table: str, code: str) -> dict[str, str]:
    return {"@id": f"{AUTHORITY}/{table}/{code}"}


def _texts(texts: Text) -> list[dict[str, str]]:
    """A text in each language of the screens that it has, as JSON-LD."""
    return [
        {"@value": words, "@language": language} for language, words in texts.items() if language in NAMES
    ]
