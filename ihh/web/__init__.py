"""Pages: booking, my visit, the waitlist, desk, the house now, statistics, and the first page."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    from ihh.web import (
        booking,
        calendar_admin,
        comments,
        desk,
        event_export,
        feedback,
        home,
        my_data,
        open_data,
        staff,
        staff_booking,
        staffing,
        statistics,
        supervisor,
        visit,
        waitlist,
    )

    public = (home, booking, visit, feedback, waitlist, my_data, open_data)
    house = (staff, staff_booking, desk, supervisor, staffing, calendar_admin)
    figures = (statistics, comments, event_export)
    return tuple(module.blueprint for module in (*public, *house, *figures))
