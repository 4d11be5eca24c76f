"""`ihh export`: the figures of a period as CSV, small cells hidden."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.domain.report import Dimension
from ihh.presentation.csv_files import Flavour
from ihh.presentation.csv_files import export as export_csv
from ihh.services import demonstration
from ihh.services.reports import LONGEST_DAYS, report

EVERYTHING = "all"
STANDARD_OUTPUT = "-"


@click.command("export")
@click.option("--from", "first", metavar="DATE", required=True, help="First day, as 2026-11-30.")
@click.option("--to", "last", metavar="DATE", required=True, help="Last day, included.")
@click.option(
    "--by",
    type=click.Choice([*(dimension.value for dimension in Dimension), EVERYTHING]),
    default=EVERYTHING,
    show_default=True,
    help="What to break the figures down by.",
)
@click.option(
    "--flavour",
    type=click.Choice([flavour.value for flavour in Flavour]),
    default=Flavour.RFC4180.value,
    show_default=True,
    help="rfc4180 for machines, excel-fi for a Finnish Excel.",
)
@click.option("--output", metavar="FILE", default=STANDARD_OUTPUT, help="A file; - for standard output.")
def export(first: str, last: str, by: str, flavour: str, output: str) -> None:
    """Write the figures of a period as CSV: one row a value, each table ending in its total.

    Figures about fewer people than the house shows are empty, with the reason beside them.
    """
    begin, end = _day("--from", first), _day("--to", last)
    if end < begin:
        raise Unable(f"--to: {last} is before --from {first}")
    if (end - begin).days >= LONGEST_DAYS:
        raise Unable(f"--to: more than {LONGEST_DAYS} days; ask for a shorter period")
    dimensions = list(Dimension) if by == EVERYTHING else [Dimension(by)]
    with application() as app:
        if app.config["IHH"].is_demo:
            demonstration.set_clock()
        figures = report(begin, end, now=clock.now())
        content = export_csv(figures, dimensions, Flavour(flavour))
    _write(content, output)


def _day(option: str, given: str) -> date:
    try:
        return datetime.strptime(given, "%Y-%m-%d").date()  # noqa: DTZ007, a date has no zone
    except ValueError:
        raise Unable(f"{option}: {given!r} is not a date; write it as 2026-11-30") from None


def _write(content: bytes, output: str) -> None:
    if output == STANDARD_OUTPUT:
        click.get_binary_stream("stdout").write(content)
        return
    try:
        Path(output).write_bytes(content)
    except OSError as error:
        raise Unable(f"--output: cannot write {output} ({error.strerror})") from None
