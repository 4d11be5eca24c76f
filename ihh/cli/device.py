"""`ihh device`: pair and revoke kiosks and displays."""

from __future__ import annotations

import click

from ihh import clock
from ihh.cli.running import application
from ihh.models.account import DeviceKind
from ihh.services import devices


@click.group()
def device() -> None:
    """Kiosks and displays."""


@device.command()
@click.argument("kind", type=click.Choice([kind.value for kind in DeviceKind]))
@click.argument("name")
def add(kind: str, name: str) -> None:
    """A code to type on the device within ten minutes. An earlier device of the name stays until then."""
    with application():
        code = devices.add_device(DeviceKind(kind), name, now=clock.real_now())
        minutes = int(devices.CODE_LIVES.total_seconds() // 60)
        click.echo(f"{code[:4]} {code[4:]}")
        click.echo(
            f"Open /{kind}/pair on {name} and type this code. It works once, for {minutes} minutes.", err=True
        )


@device.command()
@click.argument("name")
def revoke(name: str) -> None:
    """End the device's access at once."""
    with application():
        devices.revoke(name, now=clock.real_now())
        click.echo(f"{name}: revoked")


@device.command("list")
def list_devices() -> None:
    """All devices and how they stand."""
    with application():
        for known in devices.all_devices():
            state = "revoked" if known.revoked_at else "paired" if known.token_digest else "not paired"
            click.echo("\t".join((known.name, known.kind, state)))
