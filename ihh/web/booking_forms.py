"""Forms of the booking's first steps: what was sent, what is wrong with it, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from ihh.domain.house import Condition, House, Question, Service, text
from ihh.domain.party import Party
from ihh.domain.route import (
    LegChoice,
    LegFault,
    LegFaultCode,
    Route,
    check_legs,
    questions_to_ask,
    relevant_answers,
)
from ihh.presentation.languages import text_language
from ihh.presentation.sentences import person_text
from ihh.web.booking_draft import Draft

Form = MultiDict[str, str]

Errors = list[tuple[str, str]]
"""Id of the control and the sentence about it."""


@dataclass(frozen=True)
class QuestionField:
    question: Question
    given: str | None
    is_asked: bool
    error: str | None


@dataclass(frozen=True)
class QuestionsForm:
    """Step 1 as it stands: the draft it makes, what is wrong, and questions the answers have brought up."""

    draft: Draft
    errors: Errors
    fields: list[QuestionField]
    more: int = 0
    """Questions that were not on the page that was sent."""

    @property
    def is_complete(self) -> bool:
        return not self.errors and not self.more


def questions_form(
    house: House, draft: Draft, *, errors: Errors | None = None, more: int = 0
) -> QuestionsForm:
    found = dict(errors or [])
    asked = {question.id for question in questions_to_ask(house, draft.answers)}
    fields = [
        QuestionField(
            question,
            draft.answers.get(question.id),
            question.id in asked,
            found.get(f"q-{question.id}"),
        )
        for question in house.questions
    ]
    return QuestionsForm(draft, errors or [], fields, more)


def read_questions(house: House, form: Form, languages: list[str]) -> QuestionsForm:
    """What was sent in step 1; a question that the page did not show yet is no fault of the sender."""
    given = {question.id: form.get(f"q-{question.id}", "") for question in house.questions}
    known = {
        question.id: given[question.id]
        for question in house.questions
        if given[question.id] in {option.value for option in question.options}
    }
    answers = relevant_answers(house, known)
    missing = [question.id for question in questions_to_ask(house, answers) if question.id not in answers]
    shown = {name.removeprefix("q-") for name in form.getlist("shown")}
    errors: Errors = [(f"q-{name}", _("Choose one answer.")) for name in missing if name in shown]
    adults, minors = _whole(form.get("adults"), 1), _whole(form.get("minors"), 0)
    most = house.limits.party_max
    if not (1 <= adults <= most and minors >= 0 and adults + minors <= most):
        errors.append(
            ("adults", _("One visit is for at most %(most)d people, one of them an adult.", most=most))
        )
        adults, minors = max(1, min(adults, most)), max(0, min(minors, most - 1))
    language = form.get("language", "")
    if language not in languages:
        errors.append(("language", _("Choose the language in which you want to be served.")))
    draft = Draft(answers=answers, adults=adults, minors=minors, language=language)
    return questions_form(
        house, draft, errors=errors, more=len([name for name in missing if name not in shown])
    )


def served_languages(house: House) -> dict[str, str]:
    """Code → own name of each language some desk speaks, those of the screens first."""
    spoken = {language for desk in house.desks for language in desk.languages}
    first = [language for language in house.languages if language in spoken]
    return {code: own_name(code) for code in (*first, *sorted(spoken - set(first)))}


def own_name(code: str) -> str:
    return language_name(code, code)


def language_name(code: str, language: str) -> str:
    try:
        name = Locale.parse(code).get_language_name(language)
    except (UnknownLocaleError, ValueError):
        name = None
    return (name or code)[:1].upper() + (name or code)[1:] if language == code else (name or code)


@dataclass(frozen=True)
class ServiceField:
    """A service that can be chosen, with who of the party comes."""

    leg: Any
    is_chosen: bool
    people: tuple[str, ...]
    error: str | None
    language_note: str


@dataclass(frozen=True)
class ServicesForm:
    route: Route
    needed: list[ServiceField]
    optional: list[ServiceField]
    errors: Errors
    legs: tuple[LegChoice, ...]


def services_form(house: House, draft: Draft) -> ServicesForm:
    """Step 2 before anything was sent: what was chosen last time, else what applies."""
    route = draft.route(house)
    chosen = draft.legs or tuple(LegChoice(leg.service.id, leg.people) for leg in route.now)
    return _services_form(house, draft, chosen, [])


def read_services(house: House, draft: Draft, form: Form) -> ServicesForm:
    party = draft.party
    legs = tuple(
        LegChoice(service, tuple(form.getlist(f"people:{service}")) if party.size > 1 else party.people)
        for service in dict.fromkeys(form.getlist("service"))
    )
    faults = check_legs(house, party, legs)
    errors = [(_control(fault, legs), fault_text(house, fault, legs)) for fault in faults]
    if not legs:
        errors.append(("services", _("Choose at least one service.")))
    return _services_form(house, draft, legs, errors)


def fault_text(house: House, fault: LegFault, legs: tuple[LegChoice, ...]) -> str:
    """A fault of the chosen legs as a sentence that says how to mend it."""
    service = house.service.get(legs[fault.leg].service) if fault.leg is not None else None
    name = text(service.name, text_language()) if service else ""
    return {
        LegFaultCode.UNKNOWN_SERVICE: _("One of the services is not on offer any more. Choose again."),
        LegFaultCode.SERVICE_NOT_IN_HOUSE: _("%(service)s is not served in the house.", service=name),
        LegFaultCode.EMPTY_LEG: _("Choose who comes to %(service)s.", service=name),
        LegFaultCode.UNKNOWN_PERSON: _(
            "Choose who comes to %(service)s again: your party has changed.", service=name
        ),
        LegFaultCode.DUPLICATE_SERVICE: _("%(service)s is chosen twice for the same person.", service=name),
        LegFaultCode.MINOR_ALONE: _(
            "A child comes with an adult. Choose an adult for %(service)s.", service=name
        ),
        LegFaultCode.TOO_MANY_PEOPLE: ngettext(
            "One visit is for at most %(num)d person.",
            "One visit is for at most %(num)d people.",
            house.limits.party_max,
        ),
        LegFaultCode.TOO_MANY_LEGS: ngettext(
            "One visit has at most %(num)d service. Take some away and book them for another day.",
            "One visit has at most %(num)d services. Take some away and book them for another day.",
            house.limits.legs_max,
        ),
    }[fault.code]


def _services_form(house: House, draft: Draft, legs: tuple[LegChoice, ...], errors: Errors) -> ServicesForm:
    route = draft.route(house)
    chosen = {leg.service: leg.people for leg in legs}
    by_control: Mapping[str, str] = dict(reversed(errors))

    def field(leg: Any) -> ServiceField:
        name = leg.service.id
        people = tuple(person for person in chosen.get(name, leg.people) if person in draft.party.people)
        error = by_control.get(f"people-{name}")
        return ServiceField(
            leg, name in chosen, people, error, _language_note(house, leg.service, draft.language)
        )

    return ServicesForm(
        route=route,
        needed=[field(leg) for leg in route.now],
        optional=[field(leg) for leg in route.optional],
        errors=errors,
        legs=legs,
    )


def _control(fault: LegFault, legs: tuple[LegChoice, ...]) -> str:
    return f"people-{legs[fault.leg].service}" if fault.leg is not None else "services"


def _language_note(house: House, service: Service, language: str) -> str:
    """Tells that nobody at the service speaks the wished language; empty where someone does."""
    spoken = dict.fromkeys(
        code for desk in house.desks if service.id in desk.services for code in desk.languages
    )
    if not spoken or language in spoken:
        return ""
    shown = text_language()
    return _(
        "No one at this service speaks %(wished)s. Served here: %(spoken)s.",
        wished=language_name(language, shown),
        spoken=", ".join(language_name(code, shown) for code in spoken),
    )


def conditions_json(conditions: tuple[Condition, ...]) -> list[dict[str, list[str]]]:
    """When a question is asked, for the script that shows it at once."""
    return [{name: list(values) for name, values in condition.items()} for condition in conditions]


def people_names(party: Party) -> dict[str, str]:
    return {person: person_text(person, party.adults) for person in party.people}


def _whole(given: str | None, default: int) -> int:
    if given is None or not given.isascii() or not given.isdigit():
        return default
    return int(given[:3])
