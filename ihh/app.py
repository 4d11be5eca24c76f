"""create_app(): the one place that wires the parts together."""

from __future__ import annotations

from typing import Any

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from ihh import api, clock, db, realtime, web
from ihh.config import Settings
from ihh.domain.house import text
from ihh.layout import PACKAGE, STATIC, screen_package
from ihh.models import User
from ihh.presentation import access, formats, languages, limits, problem, security
from ihh.services import accounts
from ihh.services.house import current_house

login = LoginManager()
csrf = CSRFProtect()


def create_app(settings: Settings) -> Flask:
    """The whole product over one database. Announces through Socket.IO once `realtime` is wired."""
    app = Flask(
        "ihh",
        root_path=str(PACKAGE),
        static_folder=str(STATIC),
        static_url_path="/static",
        template_folder=str(PACKAGE / "web" / "templates"),
    )
    app.config.update(_flask_settings(settings))
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    db.init_app(app)
    languages.init_app(app)
    problem.init_app(app)
    security.init_app(app)
    limits.init_app(app)
    csrf.init_app(app)
    _init_login(app)
    access.init_app(app)
    realtime.init_app(app)
    _init_templates(app)
    for blueprint in (*web.blueprints(), *(screen_package(name).blueprint for name in ("kiosk", "display"))):
        app.register_blueprint(blueprint)
    api.init_app(app, csrf)
    app.add_url_rule("/healthz", "healthz", _healthz)
    return app


def _flask_settings(settings: Settings) -> dict[str, Any]:
    return {
        "IHH": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.is_testing,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": dict(db.engine_options(settings.database_url)),
        "SESSION_COOKIE_NAME": "ihh_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,  # no-referrer is our policy, so there is no Referer to compare
        "MAX_CONTENT_LENGTH": 256 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 0,
    }


def _init_login(app: Flask) -> None:
    login.init_app(app)
    login.session_protection = None  # the session's own salt ends it, not a changed network address

    @login.user_loader
    def load(session_id: str) -> User | None:
        return accounts.user_by_session(session_id, allow_demo=app.config["IHH"].is_demo)


def _init_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=formats.number,
        spelled=formats.spelled,
        clock_time=formats.clock_time,
        minute_time=formats.minute_time,
        short_date=formats.short_date,
        long_date=formats.long_date,
        duration=formats.duration,
        wait_range=formats.wait_range,
        said=lambda texts: text(texts, languages.text_language()),
    )

    @app.context_processor
    def shared() -> dict[str, Any]:
        language = languages.text_language()
        house = current_house()
        return {
            "house": {"name": text(house.name, language), "address": text(house.address, language)},
            "lang": language,
            "dir": languages.direction(),
            "is_demo": app.config["IHH"].is_demo,
            "languages": languages.menu(),
            "static_url": security.static_url,
            "now": clock.now(),
            "footer_links": [
                (_("Privacy"), "/privacy"),
                (_("Accessibility"), "/accessibility"),
                (_("Open data"), "/open-data/"),
                (_("For the staff"), "/staff"),
            ],
        }


@access.access(access.PUBLIC)
def _healthz() -> ResponseReturnValue:
    """Whether the database answers and a house is loaded."""
    return jsonify({"status": "ok", "house": current_house().id})
