"""Alembic's environment: migrate the database that the application is configured for."""

from __future__ import annotations

from alembic import context
from flask import current_app

import ihh.models  # noqa: F401  registers every table
from ihh.db import Base, UtcDateTime, db

config = context.config


def _render(kind: str, item: object, autogen_context: object) -> str | bool:
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from ihh.db import UtcDateTime")  # type: ignore[attr-defined]
        return "UtcDateTime()"
    return False


def run() -> None:
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            render_item=_render,
            compare_type=False,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


assert current_app, "run migrations through `ihh`"
run()
