"""Who may use a route. Every route declares it; one that does not is refused, and a test fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ihh import clock
from ihh.domain.errors import Code, Refusal
from ihh.models import Device
from ihh.models.account import DeviceKind, Role
from ihh.services import devices

View = TypeVar("View", bound=Callable[..., Any])


class Kind(StrEnum):
    PUBLIC = "public"
    """Anyone."""
    LINK = "link"
    """Whoever has the secret token in the path; the view looks it up."""
    STAFF = "staff"
    DEVICE = "device"
    DEMO = "demo"
    """Anyone, in a demonstration only."""


@dataclass(frozen=True)
class Access:
    kind: Kind
    roles: frozenset[Role] = frozenset()
    device: DeviceKind | None = None


PUBLIC = Access(Kind.PUBLIC)
LINK = Access(Kind.LINK)
DEMO = Access(Kind.DEMO)
KIOSK = Access(Kind.DEVICE, device=DeviceKind.KIOSK)
DISPLAY = Access(Kind.DEVICE, device=DeviceKind.DISPLAY)


def staff(*roles: Role) -> Access:
    """Signed-in staff of one of these roles; of any role when none is named."""
    return Access(Kind.STAFF, roles=frozenset(roles or Role))


def access(rule: Access) -> Callable[[View], View]:
    """Declare who may use the view."""

    def mark(view: View) -> View:
        view.access = rule  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask) -> None:
    @app.before_request
    def enforce() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # no such page: answered as such
        view = current_app.view_functions[request.endpoint]
        return _check(rule_of(view, request.endpoint))


def rule_of(view: Any, endpoint: str) -> Access | None:
    """The declared access of a view; Flask's own static files are public."""
    if endpoint == "static" or endpoint.endswith(".static"):
        return PUBLIC
    return getattr(view, "access", None)


def device_cookie(kind: DeviceKind) -> str:
    """Name of the cookie that holds a paired device's token."""
    return f"ihh_{kind}"


def current_device(kind: DeviceKind) -> Device | None:
    return devices.device_by_token(request.cookies.get(device_cookie(kind)), kind)


def actor() -> str:
    """Who acts, for the queue event."""
    device = g.get("device")
    if device is not None:
        return f"{device.kind}:{device.name}"
    if current_user.is_authenticated:
        return f"clerk:{current_user.id}"
    return "visitor"


def _check(rule: Access | None) -> ResponseReturnValue | None:
    if rule is None:
        abort(403)
    if rule.kind is Kind.DEMO and not current_app.config["IHH"].is_demo:
        abort(404)
    if rule.kind is Kind.STAFF:
        return _check_staff(rule)
    if rule.kind is Kind.DEVICE and rule.device is not None:
        g.device = current_device(rule.device)
        if g.device is None:
            return _refuse_device(rule.device)
        devices.note_seen(g.device, now=clock.now())
    return None


def _check_staff(rule: Access) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        if _wants_page():
            return redirect(url_for("staff.sign_in", next=request.full_path.rstrip("?")))
        abort(401)
    if current_user.role not in rule.roles:
        raise Refusal(Code.NOT_ALLOWED)
    return None


def _refuse_device(kind: DeviceKind) -> ResponseReturnValue:
    if _wants_page():
        return redirect(same_query(url_for(f"{kind}.pair")))
    abort(401)


def same_query(url: str) -> str:
    """`url` with this request's query, so that what a device was opened with outlives its pairing."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{url}?{query}" if query else url


def _wants_page() -> bool:
    return (
        request.method == "GET"
        and not request.path.startswith("/api/")
        and request.accept_mimetypes.accept_html
    )
