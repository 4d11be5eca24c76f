"""Saved views: a reader's own choices under names, to come back to next month."""

from __future__ import annotations

from dataclasses import dataclass

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ihh import clock
from ihh.domain.errors import Refusal
from ihh.presentation.access import access
from ihh.presentation.sentences import refusal
from ihh.services.statistics import views
from ihh.web.statistics.frame import READERS_AND_CLERKS, blueprint
from ihh.web.statistics.kept import href, sane


@dataclass(frozen=True)
class Saved:
    id: int
    name: str
    href: str


def saved_views() -> list[Saved]:
    return [Saved(view.id, view.name, href(view.query)) for view in views.of_user(current_user.id)]


@blueprint.post("/statistics/views")
@access(READERS_AND_CLERKS)
def save() -> ResponseReturnValue:
    query = sane(request.form.get("query", ""), is_newest=request.form.get("is_newest") == "1")
    try:
        views.save(current_user.id, request.form.get("name", ""), query, now=clock.now())
    except Refusal as refused:
        flash(_refused(refused), "refused")
    else:
        flash(_("The view is saved."), "done")
    return redirect(href(query), 303)


@blueprint.post("/statistics/views/<int:view_id>/delete")
@access(READERS_AND_CLERKS)
def delete(view_id: int) -> ResponseReturnValue:
    """Refuses `not_found` for what is not the reader's own."""
    query = views.delete(current_user.id, view_id)
    flash(_("The view is deleted."), "done")
    return redirect(href(query), 303)


def _refused(refused: Refusal) -> str:
    return {
        "name": _("Give the view a name of at most %(most)d signs.", most=views.LONGEST),
        "count": _("You have %(most)d views already. Delete one first.", most=views.MOST),
    }.get(str(refused.facts.get("field")), refusal(refused))
