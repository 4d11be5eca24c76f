"""The form of the booking's first step: what was sent, what is wrong with it, nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from ihh.domain.house import Condition, House, Question
from ihh.domain.party import Party
from ihh.domain.route import questions_to_ask, relevant_answers
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


def conditions_json(conditions: tuple[Condition, ...]) -> list[dict[str, list[str]]]:
    """When a question is asked, for the script that shows it at once."""
    return [{name: list(values) for name, values in condition.items()} for condition in conditions]


def people_names(party: Party, *, first: str = "") -> dict[str, str]:
    return {person: person_text(person, party.adults, first=first) for person in party.people}


def _whole(given: str | None, default: int) -> int:
    if given is None or not given.isascii() or not given.isdigit():
        return default
    return int(given[:3])
