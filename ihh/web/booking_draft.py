"""What a booker has chosen so far, in the signed session cookie: nothing personal, nothing stored.

Each way to book keeps its draft and its hold under a key of its own, so that a clerk who books for a
customer and for themselves mixes nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flask import session

from ihh.domain.errors import Refusal
from ihh.domain.house import Answers, House
from ihh.domain.party import Party
from ihh.domain.route import LegChoice, Route, check_answers, route_for
from ihh.domain.visit import VisitState
from ihh.domain.wish import Wish
from ihh.models import Visit
from ihh.services.booking import find_by_link
from ihh.services.wishes import wish_for

KEY = "booking"
"""Of the public's own booking."""


@dataclass(frozen=True)
class Draft:
    answers: Answers = field(default_factory=dict)
    adults: int = 1
    minors: int = 0
    language: str = ""
    legs: tuple[LegChoice, ...] = ()
    later: tuple[LegChoice, ...] = ()
    """For a second visit."""
    overrides: Mapping[str, str] = field(default_factory=dict)
    """Service → why a clerk sets its rules aside."""

    @property
    def party(self) -> Party:
        return Party(self.adults, self.minors)

    def is_answered(self, house: House) -> bool:
        return bool(self.language) and not check_answers(house, self.answers)

    def is_ready(self, house: House) -> bool:
        """Whether visits can be looked for."""
        if not (self.is_answered(house) and self.legs):
            return False
        try:
            self.wish()
        except Refusal:
            return False
        return True

    def route(self, house: House) -> Route:
        return route_for(house, self.answers, self.party)

    def wish(self) -> Wish:
        """Refuses what `wish_for` refuses."""
        return wish_for(
            self.party,
            self.legs,
            self.language,
            answers=self.answers,
            overrides=self.overrides,
            later=self.later,
        )


def load(key: str = KEY) -> Draft:
    kept = session.get(key)
    if not isinstance(kept, Mapping):
        return Draft()
    return Draft(
        answers=dict(kept["answers"]),
        adults=kept["party"][0],
        minors=kept["party"][1],
        language=kept["language"],
        legs=_choices(kept["legs"]),
        later=_choices(kept.get("later", ())),
        overrides=dict(kept.get("overrides", {})),
    )


def save_answers(draft: Draft, key: str = KEY) -> None:
    """Keep step 1; what was chosen for the same answers and party stays."""
    before = load(key)
    is_same = (before.answers, before.adults, before.minors) == (draft.answers, draft.adults, draft.minors)
    chosen = before if is_same else Draft()
    save(replace(draft, legs=chosen.legs, later=chosen.later, overrides=chosen.overrides), key)


def save(draft: Draft, key: str = KEY) -> None:
    session[key] = {
        "answers": dict(draft.answers),
        "party": [draft.adults, draft.minors],
        "language": draft.language,
        "legs": [[leg.service, list(leg.people)] for leg in draft.legs],
        "later": [[leg.service, list(leg.people)] for leg in draft.later],
        "overrides": dict(draft.overrides),
    }


def clear(key: str = KEY) -> None:
    session.pop(key, None)
    forget_hold(key)


def keep_hold(visit: Visit, key: str = KEY) -> None:
    """Of two visits held together the first stands for both."""
    session[_hold_key(key)] = visit.link_token


def forget_hold(key: str = KEY) -> None:
    session.pop(_hold_key(key), None)


def kept_visit(key: str = KEY) -> Visit | None:
    """The visit this browser held last, whatever became of it."""
    token = session.get(_hold_key(key))
    if token is None:
        return None
    try:
        return find_by_link(str(token))
    except Refusal:
        return None


def held_visit(key: str = KEY) -> Visit | None:
    """The visit this browser holds or held; None where it is confirmed, cancelled or unknown."""
    visit = kept_visit(key)
    return visit if visit is not None and visit.state in (VisitState.HELD, VisitState.EXPIRED) else None


def _hold_key(key: str) -> str:
    return f"{key} hold"


def _choices(kept: Iterable[tuple[str, list[str]]]) -> tuple[LegChoice, ...]:
    return tuple(LegChoice(service, tuple(people)) for service, people in kept)
