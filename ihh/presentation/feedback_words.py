"""The scales of feedback in words; the exact questions are published in `docs/feedback.md`."""

from __future__ import annotations

from flask_babel import gettext as _

from ihh.domain.feedback import CSAT, EFFORT, NPS


def csat_words() -> list[tuple[int, str]]:
    """Each score of satisfaction with its words, the lowest first."""
    words = (
        _("Very dissatisfied"),
        _("Rather dissatisfied"),
        _("Neither satisfied nor dissatisfied"),
        _("Rather satisfied"),
        _("Very satisfied"),
    )
    return list(zip(CSAT, words, strict=True))


def effort_words() -> list[tuple[int, str]]:
    """Scores of effort; only the ends have words."""
    return _with_ends(EFFORT, _("Strongly disagree"), _("Strongly agree"))


def nps_words() -> list[tuple[int, str]]:
    return _with_ends(NPS, _("Not at all likely"), _("Extremely likely"))


def _with_ends(scale: range, low: str, high: str) -> list[tuple[int, str]]:
    return [(score, {scale[0]: low, scale[-1]: high}.get(score, "")) for score in scale]
