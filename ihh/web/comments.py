"""Comments: what visitors wrote about an agency in a month that is over, without number, time or visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.domain.feedback import AGENCY_READS_SINCE
from ihh.domain.house import text
from ihh.presentation import languages
from ihh.presentation.access import access, staff
from ihh.presentation.languages import text_language
from ihh.services.feedback import (
    MonthOfComments,
    comments_about,
    comments_of,
    months_for_agency,
    months_with_answers,
)
from ihh.services.house import current_house
from ihh.web.staff import READ_STATISTICS, user_menu
from ihh.web.statistics.frame import READERS_AND_CLERKS, agency_name, check_own_agency, is_clerk

blueprint = Blueprint("comments", __name__)


@blueprint.get("/statistics/comments")
@access(staff(*READ_STATISTICS))
def show() -> ResponseReturnValue:
    now = clock.now()
    months = months_with_answers(now=now)
    month = _month(request.args.get("month", "")) or (months[0] if months else None)
    found = comments_of(month, now=now) if month is not None else None
    nav = [
        {"label": _("Statistics"), "href": url_for("statistics.show")},
        {"label": _("Comments"), "href": url_for("comments.show"), "is_current": True},
    ]
    return _page(months, month, found, nav)


@blueprint.get("/statistics/agency/<agency_id>/comments")
@access(READERS_AND_CLERKS)
def show_of_agency(agency_id: str) -> ResponseReturnValue:
    """Refuses `not_your_agency` to clerks of another, `not_found` for no agency and a month not for it."""
    check_own_agency(agency_id)
    if agency_id not in current_house().agency:
        raise Refusal(Code.NOT_FOUND)
    now = clock.now()
    months = months_for_agency(now=now)
    month = _month(request.args.get("month", "")) or (months[0] if months else None)
    found = comments_about(agency_id, month, now=now) if month is not None else None
    nav = [
        {
            "label": _("Our figures") if is_clerk() else agency_name(agency_id),
            "href": url_for("statistics.agency_view", agency_id=agency_id),
        },
        {"label": _("Comments"), "href": _link(None), "is_current": True},
    ]
    return _page(months, month, found, nav, name=agency_name(agency_id))


def _page(
    months: Sequence[date],
    month: date | None,
    found: MonthOfComments | None,
    nav: Sequence[Mapping[str, Any]],
    *,
    name: str | None = None,
) -> str:
    """`name` is that of the agency whose page it is; without it the page is of the whole house."""
    return render_template(
        "comments/comments.html",
        user=user_menu(),
        nav=nav,
        languages=[{**entry, "href": _link(month, lang=entry["code"])} for entry in languages.menu()],
        months=[(month_name(one), _link(one), one == month) for one in months],
        month=month_name(month) if month else "",
        found=found,
        groups=[(_about(one.agency_id), one.lines) for one in found.comments] if found else [],
        small_cell=current_house().figures.small_cell,
        feedback_days=current_house().limits.feedback_days,
        name=name,
        since=_month_text(AGENCY_READS_SINCE),
    )


def month_name(month: date) -> str:
    """ "November 2026"."""
    name = _month_text(month)
    return name[:1].upper() + name[1:]


def _month_text(month: date) -> str:
    """Inside a sentence: "November 2026", "marraskuu 2026"."""
    return format_skeleton("yMMMM", month, locale=text_language())


def _month(asked: str) -> date | None:
    """Refuses `not_found` for what is no month."""
    if not asked:
        return None
    try:
        return date.fromisoformat(f"{asked}-01")
    except ValueError:
        raise Refusal(Code.NOT_FOUND) from None


def _link(month: date | None, *, lang: str | None = None) -> str:
    """This page of another month or in another language."""
    of = request.view_args or {}
    return url_for(str(request.endpoint), month=f"{month:%Y-%m}" if month else None, lang=lang, **of)


def _about(agency_id: str | None) -> str:
    if agency_id is None:
        return _("The visit as a whole")
    return text(current_house().agency[agency_id].name, text_language())
