"""`ihh simulate`: play the days of a scenario in the `ihh-day/1` format."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click

from ihh.cli.running import Unable
from ihh.simulation.reading import MalformedProblem, parse_scenario
from ihh.simulation.replay import play_days
from ihh.simulation.result import result_json
from ihh.simulation.scenario import Scenario


@click.command("simulate")
@click.argument("file", metavar="SCENARIO", type=click.Path(path_type=Path))
def simulate(file: Path) -> None:
    """Play the days of SCENARIO through the house's own rules and print what became of everybody.

    Nothing of an installed house is read or changed. The result is one JSON document on standard
    output; how far it is stands on standard error. A malformed file gets one line that names the
    field, and the exit status 2.
    """
    scenario = _read(file)
    days = play_days(scenario, tell=partial(click.echo, err=True))
    click.echo(json.dumps(result_json(scenario, days), separators=(",", ":")))


def _read(file: Path) -> Scenario:
    try:
        return parse_scenario(json.loads(file.read_bytes()))
    except MalformedProblem as error:
        raise Unable(f"{file}: {error}") from None
    except OSError as error:
        raise Unable(f"{file}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise Unable(f"{file}: is not JSON") from None
