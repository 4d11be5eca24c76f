"""Sentences of the kiosk that no template holds: for scripts, and in several languages at once."""

from __future__ import annotations

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from ihh.domain.errors import Code
from ihh.presentation.languages import NAMES, text_language
from ihh.services.check_in import Punctuality

Said = list[tuple[str, str]]
"""(language, text), in the order of the language menu."""


def languages_side_by_side() -> dict[str, Said]:
    """Texts a kiosk says in every language: by key, the screen's own language left out, repetitions too."""
    own = text_language()
    texts: dict[str, Said] = {}
    mine = _shared_texts()
    for code in NAMES:
        if code == own:
            continue
        with force_locale(code):
            for key, said in _shared_texts().items():
                row = texts.setdefault(key, [])
                if said != mine[key] and said not in [other for _code, other in row]:
                    row.append((code, said))
    return texts


def in_every_language() -> dict[str, Said]:
    """The same texts in every language, for a page that no language was chosen for."""
    found: dict[str, Said] = {}
    for code in NAMES:
        with force_locale(code):
            for key, said in _shared_texts().items():
                row = found.setdefault(key, [])
                if said not in [other for _code, other in row]:
                    row.append((code, said))
    return found


def _shared_texts() -> dict[str, str]:
    return {
        "check_in": _("Check in here"),
        "language": _("Language"),
        "your_number": _("Your number"),
        "no_connection": _("No connection"),
        "go_to_staff": _("Please go to the information desk. The staff will check you in."),
        "scan_kept": _("Your scan is kept. You will be checked in when the connection is back."),
    }


def refused_title(code: Code) -> str:
    """The heading over a refusal's sentence."""
    if code is Code.ALREADY_CHECKED_IN:
        return _("You are here already")
    if code is Code.TOO_EARLY:
        return _("You are too early")
    if code in (Code.WRONG_DAY_EARLY, Code.WRONG_DAY_PAST):
        return _("Not today")
    if code is Code.UNKNOWN_CODE:
        return _("Code not found")
    if code is Code.VISIT_CANCELLED:
        return _("Visit cancelled")
    if code is Code.VISIT_ENDED:
        return _("Visit finished")
    if code is Code.NO_WALK_IN_NOW:
        return _("No number for this now")
    return _("That did not work")


def feedback_refused(code: Code) -> str:
    """Where the sentence of the refusal itself speaks of a number; empty where it does not."""
    if code is Code.UNKNOWN_CODE:
        return _("We do not know this code. Check it and try again.")
    return ""


def punctuality_text(punctuality: str | None, minutes: int) -> str:
    """What early or late arrival means; empty when on time or without a booking."""
    if punctuality == Punctuality.EARLY:
        return ngettext(
            "You are %(num)d minute early. Your booked time stands.",
            "You are %(num)d minutes early. Your booked time stands.",
            minutes,
        )
    if punctuality == Punctuality.LATE:
        return ngettext(
            "You are %(num)d minute late. You will be served, but you may wait longer.",
            "You are %(num)d minutes late. You will be served, but you may wait longer.",
            minutes,
        )
    return ""


def script_sentences() -> dict[str, str]:
    """For the scripts; braces are filled in there."""
    return {
        "idle_left": _("This screen closes in %(seconds)s seconds", seconds="{seconds}"),
        "checking": _("One moment"),
        "checking_more": _("We are checking your code."),
        "number_more": _("We are getting your number."),
        "offline": _("No connection right now"),
        "offline_scan": _(
            "Your scan is kept, and you are checked in as soon as the connection is back. "
            "If you cannot wait, go to the information desk."
        ),
        "offline_number": _(
            "We keep trying to get your number. If you cannot wait, go to the information desk."
        ),
        "failed": _("That did not work"),
        "failed_more": _("Something went wrong on our side. Try again, or go to the information desk."),
        "code_length": _(
            "A booking code has %(length)s letters and numbers. Yours has %(typed)s so far.",
            length="{length}",
            typed="{typed}",
        ),
        "code_left": _("%(typed)s of %(length)s", typed="{typed}", length="{length}"),
        "line_length": _("%(typed)s of %(length)s", typed="{typed}", length="{length}"),
        "choose_service": _("Choose at least one service."),
        "camera_starting": _("The camera is starting."),
        "camera_ready": _("Hold the code in the middle of the picture."),
        "camera_unsupported": _("This kiosk has no camera. Use the scanner, or type your booking code."),
        "camera_missing": _("This kiosk has no camera. Use the scanner, or type your booking code."),
        "camera_denied": _("The camera is switched off. Use the scanner, or type your booking code."),
        "camera_busy": _("The camera is in use. Use the scanner, or type your booking code."),
        "camera_lost": _("The camera has stopped. Use the scanner, or type your booking code."),
        "camera_reader_failed": _(
            "The camera cannot read codes now. Use the scanner, or type your booking code."
        ),
    }
