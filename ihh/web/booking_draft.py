"""What a booker has chosen so far, in the signed session cookie: nothing personal, nothing stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import session

from ihh.domain.errors import Refusal
from ihh.domain.house import Answers, House
from ihh.domain.party import Party
from ihh.domain.route import (
    LegChoice,
    Route,
    check_answers,
    check_legs,
    route_for,
)
from ihh.domain.visit import VisitState
from ihh.models import Visit
from ihh.services.booking import Wish, find_by_link
from ihh.services.wishes import wish_for

KEY = "booking"
HOLD_KEY = "hold"


@dataclass(frozen=True)
class Draft:
    answers: Answers = field(default_factory=dict)
    adults: int = 1
    minors: int = 0
    language: str = ""
    legs: tuple[LegChoice, ...] = ()

    @property
    def party(self) -> Party:
        return Party(self.adults, self.minors)

    def is_answered(self, house: House) -> bool:
        return bool(self.language) and not check_answers(house, self.answers)

    def is_ready(self, house: House) -> bool:
        """Whether visits can be looked for."""
        return self.is_answered(house) and bool(self.legs) and not check_legs(house, self.party, self.legs)

    def route(self, house: House) -> Route:
        return route_for(house, self.answers, self.party)

    def wish(self) -> Wish:
        return wish_for(self.party, self.legs, self.language, answers=self.answers)


def load() -> Draft:
    kept = session.get(KEY)
    if not isinstance(kept, Mapping):
        return Draft()
    return Draft(
        answers=dict(kept["answers"]),
        adults=kept["party"][0],
        minors=kept["party"][1],
        language=kept["language"],
        legs=tuple(LegChoice(service, tuple(people)) for service, people in kept["legs"]),
    )


def save_answers(draft: Draft) -> None:
    """Keep step 1; legs chosen for the same answers and party stay."""
    before = load()
    is_same = (before.answers, before.adults, before.minors) == (draft.answers, draft.adults, draft.minors)
    _save(replace(draft, legs=before.legs if is_same else ()))


def save_legs(draft: Draft, legs: tuple[LegChoice, ...]) -> None:
    _save(replace(draft, legs=legs))


def clear() -> None:
    session.pop(KEY, None)
    session.pop(HOLD_KEY, None)


def keep_hold(visit: Visit) -> None:
    session[HOLD_KEY] = visit.link_token


def forget_hold() -> None:
    session.pop(HOLD_KEY, None)


def kept_visit() -> Visit | None:
    """The visit this browser held last, whatever became of it."""
    token = session.get(HOLD_KEY)
    if token is None:
        return None
    try:
        return find_by_link(str(token))
    except Refusal:
        return None


def held_visit() -> Visit | None:
    """The visit this browser holds or held; None where it is confirmed, cancelled or unknown."""
    visit = kept_visit()
    return visit if visit is not None and visit.state in (VisitState.HELD, VisitState.EXPIRED) else None


def _save(draft: Draft) -> None:
    session[KEY] = {
        "answers": dict(draft.answers),
        "party": [draft.adults, draft.minors],
        "language": draft.language,
        "legs": [[leg.service, list(leg.people)] for leg in draft.legs],
    }
