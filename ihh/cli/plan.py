"""`ihh plan`: answer problems in the `ihh-visit-plan/1` format."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from ihh.domain.planner import answer_json
from ihh.domain.planner import plan as plan_visit
from ihh.domain.planner.problem import Problem
from ihh.domain.planner.read import MalformedProblem, parse_problem

MALFORMED_STATUS = 2


@click.command("plan")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def plan(files: tuple[Path, ...]) -> None:
    """Print the best visits for each problem FILE, one JSON answer a line, in the files' order.

    A malformed file gets one line on standard error that names the file and the field; the others
    are still answered, and the exit status is 2.
    """
    status = 0
    for file in files:
        try:
            problem = _read(file)
        except MalformedProblem as error:
            click.echo(f"{file}: {error}", err=True)
            status = MALFORMED_STATUS
            continue
        click.echo(json.dumps(answer_json(problem, plan_visit(problem)), separators=(",", ":")))
    sys.exit(status)


def _read(file: Path) -> Problem:
    try:
        data = json.loads(file.read_bytes())
    except OSError as error:
        raise MalformedProblem("(file)", error.strerror or "can't be read") from error
    except (ValueError, RecursionError) as error:
        raise MalformedProblem("(file)", "is not JSON") from error
    return parse_problem(data)
