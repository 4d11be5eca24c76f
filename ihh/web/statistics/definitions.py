"""The catalogue in words: how every figure is counted, where it comes from, and what it does not say."""

from __future__ import annotations

from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh.domain.statistics.catalogue import CATALOGUE
from ihh.domain.statistics.measures import Measure, Scope, Subject
from ihh.domain.statistics.tables import TABLES
from ihh.presentation.access import access
from ihh.presentation.figure_words import (
    measure_label,
    measure_limits,
    measure_source,
    measure_words,
    subject_name,
    table_name,
    unit_name,
)
from ihh.services.house import current_house
from ihh.web.statistics.frame import READERS_AND_CLERKS, blueprint, page


@dataclass(frozen=True)
class Entry:
    code: str
    label: str
    unit: str
    words: str
    source: str
    limits: str
    where: str
    """In which tables it stands; empty: in all."""


@blueprint.get("/statistics/definitions")
@access(READERS_AND_CLERKS)
def catalogue() -> ResponseReturnValue:
    chapters = [
        (subject.value, subject_name(subject), [entry(measure) for measure in of_subject(subject)])
        for subject in Subject
    ]
    figures = current_house().figures
    return page(
        "definitions.html",
        chapters=chapters,
        tables=[table_name(table) for table in TABLES],
        figures=figures,
        feedback_days=current_house().limits.feedback_days,
        grace_min=current_house().policy.no_show_grace_min,
    )


def of_subject(subject: Subject) -> list[Measure]:
    return [measure for measure, definition in CATALOGUE.items() if definition.subject is subject]


def entry(measure: Measure) -> Entry:
    definition = CATALOGUE[measure]
    return Entry(
        measure.value,
        measure_label(measure),
        unit_name(definition.unit),
        measure_words(measure),
        measure_source(measure),
        measure_limits(measure),
        _where(definition.scope),
    )


def _where(scope: Scope) -> str:
    return {
        Scope.ALL: "",
        Scope.WHOLE: _("Not by agency, service or hour."),
        Scope.HOUSE: _("For the whole house only."),
        Scope.AGENCY: _("For the whole house and by agency only."),
        Scope.SINGLE: _("For the whole house and by one thing at a time."),
    }[scope]
