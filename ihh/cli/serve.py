"""`ihh serve`: migrate, load the house when there is none, and answer requests."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask import Flask
from gunicorn.app.base import BaseApplication

from ihh import clock
from ihh.app import create_app
from ihh.cli import night
from ihh.cli.house import put_in_force
from ihh.cli.running import Unable, plain_errors, settings
from ihh.config import Settings
from ihh.db import db, unheard, upgrade
from ihh.domain.daytime import local_day
from ihh.layout import HOUSES
from ihh.presentation import letters
from ihh.services import day_clock, day_end, demonstration, estimates, guidance
from ihh.services.house import NoHouse, current_house
from ihh.services.replanning import replan_late_visits
from ihh.simulation import demo

log = logging.getLogger(__name__)

TIDY_EVERY_S = 20
CLOCK_EVERY_S = 2
GUIDE_EVERY_S = 30
RECORD_EVERY_S = 20
REPLAN_EVERY_S = 15
LETTERS_EVERY_S = 20
DEMO_STEP_S = 2


@click.command()
def serve() -> None:
    """Serve the house on HOST and PORT (127.0.0.1, 8000).

    Brings the database up to date first, loads the Helsinki house when none is loaded, and in a
    demonstration (DEMO=1, the default) plays a synthetic morning until half past ten.
    """
    chosen = settings()
    _check_port(chosen)
    prepare(chosen)
    click.echo(f"International House is open at http://{chosen.host}:{chosen.port}/", err=True)
    Server(chosen).run()


@click.command()
def migrate() -> None:
    """Bring the database to the newest migration."""
    app = create_app(settings())
    with app.app_context(), plain_errors(app):
        upgrade(app)
    click.echo("the database is up to date")


def prepare(chosen: Settings) -> None:
    """Everything that must stand before the first request."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    app = create_app(chosen)
    with app.app_context(), plain_errors(app):
        upgrade(app)
        try:
            current_house()
        except NoHouse:
            put_in_force(HOUSES / "helsinki.toml")
        if chosen.is_demo:
            click.echo("Playing a synthetic morning …", err=True)
            with unheard():
                demo.prepare(real_now=clock.real_now(), past_months=chosen.demo_history)
        db.engine.dispose()


class Server(BaseApplication):  # type: ignore[misc]
    """One worker with many threads: each open socket holds one."""

    def __init__(self, chosen: Settings) -> None:
        self.chosen = chosen
        super().__init__()

    def load_config(self) -> None:
        options: dict[str, Any] = {
            "bind": f"{self.chosen.host}:{self.chosen.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self.chosen.threads,
            "worker_connections": self.chosen.threads * 2,
            "graceful_timeout": 3,
            "timeout": 120,
            "control_socket_disable": True,
            "accesslog": None,  # addresses of pages hold secret links
            "loglevel": "warning",
            "worker_tmp_dir": "/dev/shm" if Path("/dev/shm").is_dir() else None,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self.chosen)
        with app.app_context():
            if self.chosen.is_demo:
                demonstration.set_clock()
        is_demo = self.chosen.is_demo
        _in_background(app, "tidy", TIDY_EVERY_S, lambda: day_end.tidy(now=clock.now(), is_demo=is_demo))
        _in_background(app, "night", TIDY_EVERY_S, _once_a_night(lambda: night.work(now=clock.now())))
        _in_background(app, "day clock", CLOCK_EVERY_S, lambda: day_clock.tick(now=clock.now()))
        _in_background(app, "replanning", REPLAN_EVERY_S, lambda: replan_late_visits(now=clock.now()))
        _in_background(app, "guidance", GUIDE_EVERY_S, lambda: guidance.refresh(now=clock.now()))
        _in_background(app, "estimates", RECORD_EVERY_S, lambda: estimates.record_live(now=clock.now()))
        if self.chosen.mail is not None:
            _in_background(app, "letters", LETTERS_EVERY_S, lambda: letters.send_due(now=clock.now()))
        if self.chosen.is_demo:
            _in_background(app, "demonstration", DEMO_STEP_S, _demonstration(app))
        return app


def _once_a_night(work: Callable[[], object]) -> Callable[[], None]:
    """`work` on the first turn of each day of the house; again in the next turn where it failed."""
    done_on: date | None = None

    def turn() -> None:
        nonlocal done_on
        today = local_day(clock.now(), timezone=current_house().timezone)
        if today != done_on:
            work()
            done_on = today

    return turn


def _demonstration(app: Flask) -> Any:
    with app.app_context():
        house = current_house()
        day = local_day(clock.now(), timezone=house.timezone)
        driver = demo.Driver(house, day, day.toordinal())

    def step() -> None:
        now = clock.now()
        driver.step(now=now)
        driver.book_ahead(now=now)
        demonstration.note_time(now=now)

    return step


def _in_background(app: Flask, name: str, every_s: float, work: Any) -> None:
    """Run `work` again and again; a failure is logged and the next turn tries anew."""
    pause = threading.Event()

    def turn() -> None:
        while not pause.wait(every_s):
            with app.app_context():
                try:
                    work()
                except Exception:
                    log.exception("%s failed", name)

    threading.Thread(target=turn, name=name, daemon=True).start()


def _check_port(chosen: Settings) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unable(
                f"cannot listen on {chosen.host}:{chosen.port} ({reason}):"
                " end what uses it or set PORT or HOST"
            ) from None
