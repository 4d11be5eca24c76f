"""Queue events in words for the visitor they are about: what was done, and by whom."""

from __future__ import annotations

from flask_babel import gettext as _


def action_text(action: str) -> str:
    """What was done; the code itself of an action that no table knows any more."""
    return {**_of_visits(), **_of_tickets()}.get(action, action)


def by_text(actor: str) -> str:
    """Who did it. Of the staff never which one: that is known to the house alone."""
    return {
        "visitor": _("You"),
        "kiosk": _("A kiosk"),
        "clerk": _("The staff"),
        "supervisor": _("The staff"),
        "administrator": _("The staff"),
        "demo": _("Demonstration"),
    }.get(actor, _("The house by itself"))


def letter_text(kind: str) -> str:
    return {
        "booked": _("Your visit is booked"),
        "moved": _("Your visit is moved"),
        "cancelled": _("Your visit is cancelled"),
        "waitlist_offer": _("A visit is free for you"),
        "waitlist_ended": _("Your place on the waitlist has ended"),
    }.get(kind, kind)


def _of_visits() -> dict[str, str]:
    return {
        "hold_slots": _("Times kept"),
        "confirm": _("Visit booked"),
        "expire": _("Kept times given back"),
        "move": _("Visit moved"),
        "cancel_visit": _("Visit cancelled"),
        "check_in": _("Checked in"),
        "take_number": _("Number taken"),
        "end": _("Visit over"),
        "miss": _("Not checked in that day"),
    }


def _of_tickets() -> dict[str, str]:
    return {
        "issue": _("Put into the line"),
        "issue_locked": _("Put into the line, to wait for another service first"),
        "unlock": _("Could be called from then on"),
        "call": _("Called"),
        "recall": _("Called again"),
        "start": _("Service began"),
        "complete": _("Service done"),
        "hold": _("Put on hold, place kept"),
        "release": _("Back in the line"),
        "mark_need": _("Marked as in need"),
        "move_time": _("Given another time that day"),
        "lose_time": _("Booked time lost, place in the line kept"),
        "requeue": _("Put back into the line"),
        "mark_no_show": _("Not there when called"),
        "transfer": _("Sent to another service"),
        "cancel": _("Taken out of the line"),
        "leave": _("Left the line"),
    }
