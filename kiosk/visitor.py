"""What the kiosk remembers of the visitor in front of it, until the screen is reset.

Two cookies of the browser session, both for /kiosk only. The signed one holds the language chosen and,
after check-in, which visit to confirm; scripts cannot read it. The plain one holds which aids are on,
and the page's script may write it, so that the next page comes with them already.
"""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

from ihh import clock
from ihh.presentation import languages

COOKIE = "ihh_kiosk_visitor"
AIDS_COOKIE = "ihh_kiosk_aids"
PATH = "/kiosk"
AIDS = ("text", "contrast", "lower")
"""Larger text, high contrast, lower buttons."""

LIVES_SECONDS = 600
"""Since the last page: what a kiosk without scripts forgets by itself."""


def remembered() -> dict[str, Any]:
    """What is known: `language`, `visit`, `punctuality`, `minutes`, `request`; each may be missing.

    While feedback is given also `feedback` (which visit), `about` (which ticket of it; None: the whole
    visit), `face`, `effort` (None: skipped), and `thanked`; never what was written.
    """
    if "kiosk_visitor" not in g:
        g.kiosk_visitor = _read()
    facts: dict[str, Any] = g.kiosk_visitor
    return facts


def aids() -> tuple[str, ...]:
    """The aids switched on."""
    if "kiosk_aids" not in g:
        on = request.cookies.get(AIDS_COOKIE, "").split(".")
        g.kiosk_aids = tuple(aid for aid in AIDS if aid in on)
    found: tuple[str, ...] = g.kiosk_aids
    return found


def toggle(aid: str) -> None:
    g.kiosk_aids = tuple(name for name in AIDS if (name in aids()) != (name == aid))


def forget() -> None:
    g.kiosk_visitor = {}
    g.kiosk_aids = ()


def take_language() -> None:
    """Speak the language chosen on this kiosk; `?language=` chooses one."""
    wanted = request.args.get("language")
    if wanted is not None:
        remembered()["language"] = wanted
    chosen = remembered().get("language")
    if chosen is not None and "lang" not in request.args:
        languages.speak(str(chosen))


def keep(response: Response) -> Response:
    """Write both cookies as they now are, or delete what is empty."""
    _write(response, COOKIE, _sealed(remembered()) if remembered() else "", httponly=True)
    _write(response, AIDS_COOKIE, ".".join(aids()), httponly=False)
    return response


def _write(response: Response, name: str, value: str, *, httponly: bool) -> None:
    options: dict[str, Any] = {
        "path": PATH,
        "samesite": "Strict",
        "secure": current_app.config["SESSION_COOKIE_SECURE"],
        "httponly": httponly,
    }
    if value:
        response.set_cookie(name, value, **options)
    elif name in request.cookies:
        response.delete_cookie(name, **options)


def _read() -> dict[str, Any]:
    try:
        data = _serializer().loads(request.cookies.get(COOKIE, ""))
    except BadData:
        return {}
    age = clock.real_now().timestamp() - data.pop("at")
    return dict(data) if age <= LIVES_SECONDS else {}


def _sealed(facts: dict[str, Any]) -> str:
    sealed = _serializer().dumps({**facts, "at": int(clock.real_now().timestamp())})
    return sealed if isinstance(sealed, str) else sealed.decode()


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="kiosk-visitor")
