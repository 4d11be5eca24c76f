"""Pages: booking, my visit, the waitlist, desk, the house now, statistics, and the first page."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    from ihh.web import (
        booking,
        calendar_admin,
        desk,
        home,
        staff,
        staff_booking,
        staffing,
        statistics,
        supervisor,
        visit,
        waitlist,
    )

    public = (home, booking, visit, waitlist)
    house = (staff, staff_booking, desk, supervisor, staffing, calendar_admin, statistics)
    return tuple(module.blueprint for module in (*public, *house))
