"""The walk-in's form: lines chosen, people counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from ihh.domain.errors import Code, Refusal
from ihh.domain.house import Service
from ihh.domain.party import Party
from ihh.domain.route import LegFaultCode
from ihh.presentation.sentences import refusal
from ihh.services.house import current_house
from ihh.services.walk_ins import WalkInLine


@dataclass(frozen=True)
class Chosen:
    line: WalkInLine
    service: Service


def chosen_lines(lines: Iterable[WalkInLine], services: Iterable[str]) -> list[Chosen]:
    """The services named, each with its line; unknown ones are left out."""
    wanted = set(services)
    return [
        Chosen(line, item.service) for line in lines for item in line.services if item.service.id in wanted
    ]


def party_asked(form: Mapping[str, str]) -> Party:
    """The party counted on the form. Refuses `invalid`."""
    adults, minors = form.get("adults", "1"), form.get("minors", "0")
    if not (adults + minors).isascii() or not (adults.isdigit() and minors.isdigit()):
        raise Refusal(Code.INVALID)
    if not 1 <= int(adults) <= 99 or int(minors) > 99:
        raise Refusal(Code.INVALID)
    return Party(int(adults), int(minors))


def fault_text(refused: Refusal) -> str:
    """Why a party or its services cannot have a number."""
    if refused.facts.get("fault") == LegFaultCode.TOO_MANY_PEOPLE:
        most = current_house().limits.party_max
        return ngettext(
            "One number is for %(num)d person at most.",
            "One number is for %(num)d people at most. If you are more, take two numbers.",
            most,
        )
    if refused.facts.get("fault") == LegFaultCode.TOO_MANY_LEGS:
        return _("One number is for %(most)d services at most.", most=current_house().limits.legs_max)
    return refusal(refused)
