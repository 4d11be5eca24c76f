"""`ihh import-events`: years from another system, from a CSV file (docs/import-events.md)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.services.statistics import importing

TOLD_AT_ONCE = 1 << 20
"""Bytes between two looks of the progress bar."""


@click.command("import-events")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--source", metavar="NAME", default="import", show_default=True, help="What to call where it comes from."
)
@click.option("--dry-run", is_flag=True, help="Check the file and change nothing.")
def import_events(file: Path, source: str, dry_run: bool) -> None:
    """Bring in visits of past years that another system recorded.

    FILE is a CSV with a row for each service. It is checked as a whole first: every fault is named with
    its line and column, and then nothing is imported. A visit of a source is never imported twice.
    """
    work = importing.check if dry_run else importing.bring_in
    with application():
        try:
            with _progress(file, 1 if dry_run else 2) as tell:
                report = work(file, source, now=clock.real_now(), tell=tell)
        except importing.Faulty as faulty:
            _tell_faults(file, faulty)
            sys.exit(2)
        except OSError as error:
            raise Unable(f"{file}: {error.strerror or error}") from None
    _tell(report, dry_run=dry_run)


@contextmanager
def _progress(file: Path, times: int) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    size = file.stat().st_size * times
    with click.progressbar(length=size, label=file.name, file=sys.stderr) as bar:
        waiting = 0

        def tell(count: int) -> None:
            nonlocal waiting
            waiting += count
            if waiting >= TOLD_AT_ONCE:
                bar.update(waiting)
                waiting = 0

        yield tell
        bar.update(waiting)


def _tell_faults(file: Path, faulty: importing.Faulty) -> None:
    for fault in faulty.faults:
        click.echo(f"{file}: {fault}", err=True)
    if (more := faulty.count - len(faulty.faults)) > 0:
        click.echo(f"{file}: and {more} more", err=True)
    click.echo("nothing was imported", err=True)


def _tell(report: importing.Report, *, dry_run: bool) -> None:
    done = "would be imported" if dry_run else "imported"
    click.echo(
        f"{report.visits} visits with {report.services} services, {report.first} to {report.last}: {done}"
    )
    for name, found in (("agencies", report.unknown_agencies), ("services", report.unknown_services)):
        if found:
            click.echo(f"{name} that the house file does not have: {', '.join(sorted(found))}")
