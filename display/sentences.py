"""What a display says. A shared screen says it in Finnish, Swedish and English at once."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _

from ihh.domain.house import House, text

LANGUAGES = ("fi", "sv", "en")
"""Finnish and Swedish first and in one size."""

Trio = tuple[tuple[str, str], ...]
"""(language, text) in the order of LANGUAGES; a text that reads the same in another language is said once."""


def sentences() -> dict[str, Trio]:
    """Every sentence of the display. Braces are filled in by the page's script."""
    said = {language: _sentences_in(language) for language in LANGUAGES}
    return {key: trio({language: said[language][key] for language in LANGUAGES}) for key in said["en"]}


def trio(texts: Mapping[str, str]) -> Trio:
    """The text in each language of a display, repetitions left out."""
    said: dict[str, str] = {}
    for language in LANGUAGES:
        said.setdefault(text(texts, language), language)
    return tuple((language, words) for words, language in said.items())


def agency_names(house: House) -> dict[str, Trio]:
    return {agency.id: trio(agency.short_name) for agency in house.agencies}


def zone_name(house: House, area: str) -> Trio:
    return trio(house.zone[area].name)


def _sentences_in(language: str) -> dict[str, str]:
    with force_locale(language):
        return _sentences()


def _sentences() -> dict[str, str]:
    return {
        "number": _("Number"),
        "desk": _("Desk"),
        "area": _("Area"),
        "waiting": _("Waiting now"),
        "keep": _("Keep the same number all day."),
        "go": _("Go to desk %(desk)s", desk="{desk}"),
        "just_called": _("Just called"),
        "nobody": _("No one is called yet"),
        "closed": _("The house is closed"),
        "opens": _("We open %(day)s at %(time)s", day="{day}", time="{time}"),
        "book": _("Book your visit"),
        "line_closed": _("No desk open"),
        "by_appointment": _("By appointment"),
        "stopped": _("This board has stopped. Listen for your number."),
        "last_calls": _("Last known calls"),
        "kept": _("A clerk calls you. Your place is kept."),
        "age_now": _("Less than a minute old"),
        "age_minute": ngettext("%(minutes)s minute old", "%(minutes)s minutes old", 1, minutes="{minutes}"),
        "age_minutes": ngettext("%(minutes)s minute old", "%(minutes)s minutes old", 2, minutes="{minutes}"),
        "age_hours": _("More than %(hours)s h old", hours="{hours}"),
        "sound_on": _("Turn sound on"),
    }
