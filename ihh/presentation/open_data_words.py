"""What the open data says of itself, in every language of the screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from ihh.domain.house import text
from ihh.domain.statistics.periods import Period
from ihh.presentation.languages import NAMES, text_language, written_in
from ihh.services.house import current_house


def titled(period: Period) -> dict[str, str]:
    """ "International House Helsinki: figures 2026-11"."""
    return _each(
        lambda language: _(
            "%(house)s: figures %(period)s", house=text(current_house().name, language), period=period.code
        )
    )


def described(*, is_synthetic: bool) -> dict[str, str]:
    def words(language: str) -> str:
        about = _sentences()["about"]
        return f"{_('SYNTHETIC DATA, made by a demonstration.')} {about}" if is_synthetic else about

    return _each(words)


def in_all_languages(name: str) -> dict[str, str]:
    """One of the texts below."""
    return _each(lambda language: _sentences()[name])


def _sentences() -> Mapping[str, str]:
    house = current_house()
    name, k = text(house.name, text_language()), house.figures.small_cell
    return {
        "catalogue": _("Open data of %(house)s", house=name),
        "about": _(
            "Visits, customers, waiting times and satisfaction by agency, service, hour, weekday, language,"
            " channel, purpose, party and municipality. Figures about fewer than %(few)s people are hidden.",
            few=k,
        ),
        "month": _("%(house)s: figures by month", house=name),
        "year": _("%(house)s: figures by year", house=name),
        "keyword": _("queue times"),
    }


def _each(words: Callable[[str], str]) -> dict[str, str]:
    found = {}
    for language in NAMES:
        with written_in(language):
            found[language] = words(language)
    return found
