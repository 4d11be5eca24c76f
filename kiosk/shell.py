"""What stands around the kiosk's steps: pairing, aids, reset, and the shell that survives the network."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ihh import clock
from ihh.domain.daytime import local_day, local_minute
from ihh.domain.errors import Code, Refusal
from ihh.models.account import DeviceKind
from ihh.presentation import limits, pairing
from ihh.presentation.access import KIOSK, PUBLIC, access, same_query
from ihh.presentation.security import static_url
from ihh.presentation.sentences import refusal
from ihh.services.house import current_house

from . import blueprint, visitor
from .words import in_every_language, languages_side_by_side, script_sentences

SHELL_FILES = ("kiosk.css", "reach.css", "offline.css", "offline.js", "outbox.js")
"""Of the kiosk's own, what the page without a connection needs."""

BACK_TO = {
    "start",
    "qr",
    "code",
    "walk_in",
    "party",
    "done",
    "help_page",
    "feedback",
    "feedback_code",
    "feedback_face",
    "feedback_effort",
    "feedback_line",
    "feedback_services",
    "feedback_thanks",
}
"""Pages that an aid's button may lead back to without a script."""


@blueprint.before_request
def take_language() -> None:
    visitor.take_language()


@blueprint.after_request
def keep_visitor(response: Response) -> Response:
    if request.endpoint not in ("kiosk.static", "kiosk.worker", "kiosk.offline"):
        visitor.keep(response)
    return response


@blueprint.context_processor
def frame() -> dict[str, Any]:
    """What every kiosk page needs beside the shared values."""
    house, now = current_house(), clock.now()

    def day_of(at: datetime) -> date:
        return local_day(at, timezone=house.timezone)

    return {
        "aids": visitor.aids(),
        "day_of": day_of,
        "today": day_of(now),
        "seconds": local_minute(now, timezone=house.timezone) * 60 + now.second,
        "is_touched": bool(visitor.remembered() or visitor.aids()),
        "said_in": languages_side_by_side(),
        "script_words": script_sentences(),
    }


@blueprint.get("/pair")
@access(PUBLIC)
def pair() -> ResponseReturnValue:
    """The form for the code of `ihh device add kiosk`; a demonstration pairs by itself."""
    if current_app.config["IHH"].is_demo:
        return _paired(pairing.pair_demo_device(DeviceKind.KIOSK, now=clock.real_now()))
    return render_template("kiosk/pair.html", code="", error="")


@blueprint.post("/pair")
@access(PUBLIC)
@limits.limiter.limit(limits.GUESSING)
def pair_by_code() -> ResponseReturnValue:
    code = request.form.get("code", "")
    try:
        token = pairing.pair_by_code(DeviceKind.KIOSK, code, now=clock.real_now())
    except Refusal as refused:
        if refused.code is not Code.PAIRING_FAILED:
            raise
        return render_template("kiosk/pair.html", code=code, error=refusal(refused)), 403
    return _paired(token)


@blueprint.get("/reset")
@access(PUBLIC)
def reset() -> ResponseReturnValue:
    """Forget the visitor and begin anew."""
    visitor.forget()
    return redirect(url_for("kiosk.start"))


@blueprint.post("/aids")
@access(KIOSK)
def aids() -> ResponseReturnValue:
    """Switch an aid on or off without a script."""
    visitor.toggle(request.form.get("aid", ""))
    page = request.form.get("page", "")
    return redirect(url_for(f"kiosk.{page}" if page in BACK_TO else "kiosk.start"))


@blueprint.get("/help")
@access(KIOSK)
def help_page() -> ResponseReturnValue:
    return render_template("kiosk/help.html")


@blueprint.get("/alive")
@access(KIOSK)
def alive() -> ResponseReturnValue:
    """What a kiosk that nobody touches asks every minute, so that the house knows it is there."""
    answer = make_response("", 204)
    answer.cache_control.no_store = True
    return answer


@blueprint.get("/offline")
@access(PUBLIC)
def offline() -> ResponseReturnValue:
    """The page the browser keeps and shows when the house cannot be reached; it names nobody."""
    return render_template("kiosk/offline.html", everywhere=in_every_language())


@blueprint.get("/worker.js")
@access(PUBLIC)
def worker() -> ResponseReturnValue:
    """The service worker, served from here so that it may keep /kiosk/ itself."""
    shell = [url_for("kiosk.offline"), *_own_files(), *_shared_files()]
    content = (
        render_template("kiosk/offline.html", everywhere=in_every_language())
        + repr(shell)
        + "".join(_own_contents())
    )
    version = hashlib.sha256(content.encode()).hexdigest()[:12]
    response = make_response(render_template("kiosk/worker.js", shell=shell, version=version))
    response.mimetype = "text/javascript"
    response.cache_control.no_cache = True
    return response


def _own_files() -> list[str]:
    return [url_for("kiosk.static", filename=name) for name in SHELL_FILES]


def _own_contents() -> list[str]:
    folder = Path(str(blueprint.static_folder))
    return [(folder / name).read_text("utf-8") for name in SHELL_FILES]


def _shared_files() -> list[str]:
    sheets = ("tokens", "base", "buttons", "parts", "timeline", "forms", "blocks", "page")
    modules = ("wedge", "freshness")
    return [
        static_url("vendor/hds-core/base.min.css"),
        static_url("img/favicon.svg"),
        url_for("static", filename="img/koros.svg"),
        *(static_url(f"css/{name}.css") for name in sheets),
        *(url_for("static", filename=f"js/{name}.js") for name in modules),
    ]


def _paired(token: str) -> Response:
    response = make_response(redirect(same_query(url_for("kiosk.start"))))
    pairing.set_device_cookie(response, DeviceKind.KIOSK, token)
    return response
