"""`ihh user`: accounts of the staff."""

from __future__ import annotations

import sys

import click

from ihh import clock
from ihh.cli.running import Unable, application
from ihh.models.account import Role
from ihh.services import accounts
from ihh.services.house import current_house


@click.group()
def user() -> None:
    """Accounts of the staff."""


@user.command()
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.CLERK.value)
@click.option("--agency", help="Agency of a clerk, such as kela.")
@click.option("--may-export-events", is_flag=True, help="An analyst who may take files of single events.")
def add(username: str, role: str, agency: str | None, may_export_events: bool) -> None:
    """A new account. The password (12 signs or more) is asked for, or read from standard input."""
    with application():
        if agency is not None and agency not in current_house().agency:
            raise Unable(f"--agency: there is no {agency!r}; known are {', '.join(current_house().agency)}")
        if may_export_events and role != Role.ANALYST:
            raise Unable("--may-export-events: only for an analyst")
        accounts.add_user(
            username,
            _password(),
            Role(role),
            agency_id=agency,
            now=clock.now(),
            may_export_events=may_export_events,
        )
        click.echo(f"{username}: added as {role}")


@user.command()
@click.argument("username")
def password(username: str) -> None:
    """A new password; earlier sign-ins end."""
    with application():
        accounts.set_password(username, _password())
        click.echo(f"{username}: password changed")


@user.command()
@click.argument("username")
def deactivate(username: str) -> None:
    """End an account; what it did stays recorded."""
    with application():
        accounts.deactivate(username)
        click.echo(f"{username}: deactivated")


@user.command("list")
def list_users() -> None:
    """All accounts."""
    with application():
        for account in accounts.all_users():
            state = "active" if account.is_active else "deactivated"
            right = ("may export events",) if account.may_export_events else ()
            click.echo("\t".join((account.username, account.role, account.agency_id or "-", state, *right)))


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
