"""Pages: booking, my visit, desk, statistics, and the first page."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    from ihh.web import booking, desk, home, staff, statistics, visit

    return tuple(module.blueprint for module in (home, booking, visit, staff, desk, statistics))
