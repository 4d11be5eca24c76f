"""Open data: a page anybody may read, and files that any other site may fetch."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from ihh.domain.errors import Code, Refusal
from ihh.domain.statistics.asked import span_of
from ihh.presentation import open_data
from ihh.presentation.access import PUBLIC, access
from ihh.presentation.limits import limiter
from ihh.services.house import current_house
from ihh.services.statistics.open_periods import OpenPeriod
from ihh.web.public_nav import public_nav

blueprint = Blueprint("open_data", __name__, url_prefix="/open-data")

KEPT_S = 3600
"""A released period never changes; a house's names in it may."""

FETCHING = "120 per minute"
"""Per network address: a file is made once, and a portal fetches all of them in a row."""

JSON_LD, CSVW = "application/ld+json", "application/csvm+json"


@blueprint.get("/")
@access(PUBLIC)
def show() -> ResponseReturnValue:
    rows = [
        {
            "code": one.period.code,
            "file": open_data.file_of(one.period),
            "metadata": open_data.metadata_of(one.period),
            "is_synthetic": one.is_synthetic,
        }
        for one in open_data.periods()
    ]
    return render_template(
        "open_data/open_data.html",
        nav=public_nav(),
        rows=rows,
        catalogue=open_data.CATALOGUE,
        licence=open_data.LICENCE,
        small_cell=current_house().figures.small_cell,
        is_synthetic=any(row["is_synthetic"] for row in rows),
    )


@blueprint.get("/figures-<code>.csv")
@access(PUBLIC)
@limiter.limit(FETCHING)
def get_csv(code: str) -> ResponseReturnValue:
    one = _asked(code)
    answer = _file(open_data.csv_file(one), "text/csv; charset=utf-8")
    mark = "synthetic-" if one.is_synthetic else ""
    name = f"{mark}{open_data.file_of(one.period)}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Link"] = f'<{open_data.metadata_of(one.period)}>; rel="describedby"; type="{CSVW}"'
    return answer


@blueprint.get("/figures-<code>.csv-metadata.json")
@access(PUBLIC)
def get_metadata(code: str) -> ResponseReturnValue:
    return _file(_json(open_data.metadata(_asked(code))), CSVW)


@blueprint.get(f"/{open_data.CATALOGUE}")
@access(PUBLIC)
def get_catalogue() -> ResponseReturnValue:
    base = open_data.base_of(current_app.config["IHH"].public_url, request.url_root)
    return _file(_json(open_data.catalogue(base)), JSON_LD)


def _asked(code: str) -> OpenPeriod:
    """Refuses `not_found` for what names no single month or year."""
    try:
        span = span_of(code)
    except ValueError:
        raise Refusal(Code.NOT_FOUND) from None
    if not span.is_single or span.code != code:
        raise Refusal(Code.NOT_FOUND)
    return open_data.find(span.first)


def _file(content: bytes, content_type: str) -> Response:
    """Open to every site, kept for an hour, and 304 for who has it."""
    answer = Response(content, content_type=content_type)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer.cache_control.public = True
    answer.cache_control.max_age = KEPT_S
    answer.set_etag(hashlib.sha256(content).hexdigest()[:32])
    return answer.make_conditional(request)  # type: ignore[return-value]


def _json(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()
