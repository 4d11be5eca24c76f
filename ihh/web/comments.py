"""Comments: what visitors wrote about an agency in a month that is over, without number, time or visit."""

from __future__ import annotations

from datetime import date

from babel.dates import format_skeleton
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.house import text
from ihh.models.account import Role
from ihh.presentation import languages
from ihh.presentation.access import access, staff
from ihh.presentation.languages import text_language
from ihh.services.feedback import comments_of, months_with_answers
from ihh.services.house import current_house
from ihh.web.staff import user_menu

blueprint = Blueprint("comments", __name__)


@blueprint.get("/statistics/comments")
@access(staff(Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR))
def show() -> ResponseReturnValue:
    now = clock.now()
    months = months_with_answers(now=now)
    month = _month(request.args.get("month", "")) or (months[0] if months else None)
    found = comments_of(month, now=now) if month is not None else None
    return render_template(
        "comments/comments.html",
        user=user_menu(),
        nav=[
            {"label": _("Statistics"), "href": url_for("statistics.show")},
            {"label": _("Comments"), "href": url_for("comments.show"), "is_current": True},
        ],
        languages=[{**entry, "href": _link(month, lang=entry["code"])} for entry in languages.menu()],
        months=[(month_name(one), _link(one), one == month) for one in months],
        month=month_name(month) if month else "",
        found=found,
        groups=[(_about(one.agency_id), one.lines) for one in found.comments] if found else [],
        small_cell=current_house().figures.small_cell,
        feedback_days=current_house().limits.feedback_days,
    )


def month_name(month: date) -> str:
    """ "November 2026"."""
    name = format_skeleton("yMMMM", month, locale=text_language())
    return name[:1].upper() + name[1:]


def _month(asked: str) -> date | None:
    """Refuses `not_found` for what is no month."""
    if not asked:
        return None
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Refusal(Code.NOT_FOUND) from None


def _link(month: date | None, *, lang: str | None = None) -> str:
    return url_for("comments.show", month=f"{month:%Y-%m}" if month else None, lang=lang)


def _about(agency_id: str | None) -> str:
    if agency_id is None:
        return _("The visit as a whole")
    return text(current_house().agency[agency_id].name, text_language())
