"""The tools that guard the code's shape pass, and the migrations make exactly the tables of the models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from ihh.db import Base
from ihh.layout import MIGRATIONS
from tests.servers.site import Site

ROOT = Path(__file__).parents[2]


def run(*command: str) -> None:
    """Run a tool of this environment; a failure shows what it said."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}", pytrace=False)


def test_imports_flow_inward() -> None:
    run("importlinter.cli", "lint", "--no-cache")


def test_ruff_finds_nothing() -> None:
    run("ruff", "check", "--no-cache", ".")


def test_the_code_is_formatted() -> None:
    run("ruff", "format", "--check", "--no-cache", ".")


def test_types_hold() -> None:
    run("mypy")


def test_migrations_have_one_head() -> None:
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1


def test_the_migrated_database_equals_the_models(site: Site) -> None:
    """Tables, columns, keys and indexes, by Alembic's own comparison, on each engine."""
    import ihh.models  # noqa: F401  registers every table

    engine = create_engine(site.url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            differences = compare_metadata(context, Base.metadata)
    finally:
        engine.dispose()
    assert differences == []


def test_the_migrated_database_has_the_models_checks(site: Site) -> None:
    """Alembic compares no check constraints; a rule of the models that is not in the database guards nothing."""
    from sqlalchemy import CheckConstraint

    import ihh.models  # noqa: F401

    engine = create_engine(site.url)
    try:
        found = {
            (table, check["name"])
            for table in Base.metadata.tables
            for check in inspect(engine).get_check_constraints(table)
        }
    finally:
        engine.dispose()
    wanted = {
        (table.name, str(constraint.name))
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert wanted
    assert wanted <= found
