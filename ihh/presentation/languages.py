"""The language of a screen: asked for by `?lang=`, remembered in a cookie, else what the browser prefers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, current_app, g, has_app_context, has_request_context, request
from flask_babel import Babel, force_locale

from ihh.layout import TRANSLATIONS

NAMES = {"en": "English", "fi": "Suomi", "sv": "Svenska"}
"""Languages of the screens, in their own names."""

PSEUDO_RTL = "ar-XB"
"""English set from right to left, to look at layouts; in demonstrations and tests only."""

COOKIE = "ihh_lang"

babel = Babel()


def init_app(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    app.config["BABEL_DEFAULT_LOCALE"] = "en"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Helsinki"
    babel.init_app(app, locale_selector=text_language)
    app.after_request(_remember)


def screen_language() -> str:
    """The language code of this screen, the pseudo language included."""
    if has_app_context() and "screen_language" in g:
        return str(g.screen_language)
    if not has_request_context():
        return "en"
    g.screen_language = _choose()
    return str(g.screen_language)


def text_language() -> str:
    """The language its texts are in."""
    language = screen_language()
    return "en" if language == PSEUDO_RTL else language


def speak(language: str) -> None:
    """Answer this request in `language`, whatever the browser prefers."""
    g.screen_language = language if language in _known() else "en"


@contextmanager
def written_in(language: str) -> Iterator[None]:
    """What is written meanwhile is in `language`, or in English where it is none of the screens'."""
    before = g.pop("screen_language", None)
    g.screen_language = language if language in NAMES else "en"
    try:
        with force_locale(g.screen_language):
            yield
    finally:
        g.pop("screen_language", None)
        if before is not None:
            g.screen_language = before


def direction() -> str:
    return "rtl" if screen_language() == PSEUDO_RTL else "ltr"


def menu() -> list[dict[str, Any]]:
    """The language menu: code, own name, link to this page in it, whether it is the current one."""
    names = NAMES | (
        {PSEUDO_RTL: "RTL"} if PSEUDO_RTL in _known() and screen_language() == PSEUDO_RTL else {}
    )
    return [
        {"code": code, "label": label, "href": f"?lang={code}", "is_current": code == screen_language()}
        for code, label in names.items()
    ]


def _known() -> set[str]:
    settings = current_app.config["IHH"]
    return set(NAMES) | ({PSEUDO_RTL} if settings.is_demo or settings.is_testing else set())


def _choose() -> str:
    for wanted in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if wanted in _known():
            return str(wanted)
    return request.accept_languages.best_match(list(NAMES), "en") or "en"


def _remember(response: Response) -> Response:
    wanted = request.args.get("lang")
    if wanted in _known():
        response.set_cookie(
            COOKIE,
            str(wanted),
            max_age=365 * 86400,
            samesite="Lax",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    response.headers.setdefault("Content-Language", text_language())
    return response
