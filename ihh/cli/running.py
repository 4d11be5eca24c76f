"""What every command needs: the settings, the application, and an end with one clear line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ihh.app import create_app
from ihh.config import SettingError, Settings, settings_from
from ihh.db import db
from ihh.domain.errors import Refusal
from ihh.services.house import NoHouse


class Unable(Exception):
    """The command cannot do its work; the message says what and how to mend it."""


def settings() -> Settings:
    try:
        return settings_from(os.environ)
    except SettingError as error:
        raise Unable(str(error)) from None


@contextmanager
def application() -> Iterator[Flask]:
    """The application with its database at hand; known trouble ends as one line."""
    app = create_app(settings())
    with app.app_context(), plain_errors(app):
        check_database()
        yield app


@contextmanager
def plain_errors(app: Flask) -> Iterator[None]:
    where = db.engine.url.render_as_string(hide_password=True)
    try:
        yield
    except NoHouse:
        raise Unable("no house is loaded: run `ihh house load FILE`") from None
    except Refusal as refused:
        facts = ", ".join(f"{name} {value}" for name, value in refused.facts.items())
        raise Unable(f"refused: {refused.code}" + (f" ({facts})" if facts else "")) from None
    except OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise Unable(
            f"the database {where} does not answer ({reason}): start it or mend DATABASE_URL"
        ) from None


def check_database() -> None:
    """Raises Unable where the tables are missing."""
    try:
        there = inspect(db.engine).has_table("queue_event")
    except OperationalError:
        raise
    except SQLAlchemyError as error:
        raise Unable(f"the database cannot be read: {error}") from None
    if not there:
        raise Unable("the database has no tables yet: run `ihh migrate` (or `ihh serve`, which does it too)")
