"""Why tries at a kiosk fail, in a few groups that stay the same from year to year."""

from __future__ import annotations

from collections.abc import Mapping

from ihh.domain.errors import Code

GROUPS: Mapping[str, frozenset[Code]] = {
    "kiosk_unknown_code": frozenset({Code.UNKNOWN_CODE}),
    "kiosk_wrong_time": frozenset({Code.TOO_EARLY, Code.TOO_LATE, Code.WRONG_DAY_EARLY, Code.WRONG_DAY_PAST}),
    "kiosk_checked_in_before": frozenset({Code.ALREADY_CHECKED_IN, Code.VISIT_ENDED}),
    "kiosk_no_numbers": frozenset({Code.NO_WALK_IN_NOW, Code.HOUSE_CLOSED, Code.NUMBERS_USED_UP}),
}
"""By the source's name: the refusals of a group."""

OTHER = "kiosk_other_failures"
"""Every other refusal, and the house's own faults."""


def group_of(failure: str) -> str:
    """The group of a failed try, by what was written down of it."""
    return next((name for name, codes in GROUPS.items() if failure in codes), OTHER)
