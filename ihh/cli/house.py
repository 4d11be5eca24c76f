"""`ihh house`: check and load a house file."""

from __future__ import annotations

from pathlib import Path

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.domain.house_file import HouseFileError, check_house, read_data
from ihh.services.house import HouseInUse, load_house

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def house() -> None:
    """The house file: agencies, services, desks, hours, rules."""


@house.command()
@FILE
def check(file: Path) -> None:
    """Name every fault in FILE: file, key and what is wrong. Exit status 2 when there are any."""
    faults = _faults(file)
    for fault in faults:
        click.echo(f"{file}: {fault}", err=True)
    if faults:
        raise click.exceptions.Exit(2)
    click.echo(f"{file}: no faults")


@house.command()
@FILE
def load(file: Path) -> None:
    """Put the house in FILE in force. Loading the same file again changes nothing."""
    with application():
        click.echo(f"{file}: {'loaded' if put_in_force(file) else 'already in force'}")


def put_in_force(file: Path) -> bool:
    """Load the file; False when it already was in force. Raises Unable naming what is wrong."""
    try:
        return load_house(read_data(file), now=clock.now())
    except HouseFileError as error:
        more = f" (and {len(error.faults) - 1} more: `ihh house check`)" if len(error.faults) > 1 else ""
        raise Unable(f"{file}: {error.faults[0]}{more}") from None
    except HouseInUse as error:
        raise Unable(
            f"{file}: drops what has bookings or people waiting: {error}; keep it until they are over"
        ) from None


def _faults(file: Path) -> list[object]:
    try:
        return list(check_house(read_data(file)))
    except HouseFileError as error:
        return list(error.faults)
