"""The API keeps what its OpenAPI document promises, whatever is sent to it."""

from __future__ import annotations

import schemathesis
from schemathesis import Case
from schemathesis.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from ihh.api import RESOURCES
from tests.contract.conftest import WITHIN_REACH, House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
]

on_sqlite = schemathesis.pytest.from_fixture("sqlite_schema")
on_postgresql = schemathesis.pytest.from_fixture("postgres_schema")

OPERATIONS = {name for resource in RESOURCES for name in resource._docs}


@on_sqlite.parametrize()
def test_every_answer_is_as_documented_on_sqlite(case: Case, sqlite_house: House) -> None:
    case.validate_response(sqlite_house.call(case), checks=CHECKS)


@on_postgresql.parametrize()
def test_every_answer_is_as_documented_on_postgresql(case: Case, postgres_house: House) -> None:
    case.validate_response(postgres_house.call(case), checks=CHECKS)


def test_every_operation_was_seen_to_succeed(sqlite_house: House) -> None:
    """Runs after the others: requests that are all refused would prove little."""
    for name in sorted(WITHIN_REACH.keys() - succeeded_in(sqlite_house)):
        sqlite_house.send_plain(name)
    assert succeeded_in(sqlite_house) == OPERATIONS


def succeeded_in(house: House) -> set[str]:
    return {name for name, statuses in house.answered.items() if statuses & {200, 201}}
