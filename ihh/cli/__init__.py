"""`ihh`: everything an operator does from a shell. Exit status 2 with one line when it can't."""

from __future__ import annotations

import sys

import click

from ihh.cli.device import device
from ihh.cli.export import export
from ihh.cli.house import house
from ihh.cli.import_events import import_events
from ihh.cli.plan import plan
from ihh.cli.purge import purge
from ihh.cli.running import Unable
from ihh.cli.serve import migrate, serve
from ihh.cli.simulate import simulate
from ihh.cli.staffing import staffing_command
from ihh.cli.user import user


@click.group()
@click.version_option(package_name="ihh")
def cli() -> None:
    """International House: one visit, every authority."""


for command in (
    serve,
    migrate,
    house,
    plan,
    simulate,
    staffing_command,
    export,
    import_events,
    purge,
    user,
    device,
):
    cli.add_command(command)


def main() -> None:
    """The console script."""
    try:
        status = cli(standalone_mode=False)
        sys.exit(status if isinstance(status, int) else 0)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        click.echo(f"ihh: {error.format_message()}", err=True)
        sys.exit(2)
    except Unable as error:
        click.echo(f"ihh: {error}", err=True)
        sys.exit(2)
