"""Settings: read once from the environment, checked at the start, frozen afterwards.

| variable | meaning | default |
|---|---|---|
| `PORT`, `HOST` | where to listen | 8000, 127.0.0.1 |
| `DATABASE_URL` | SQLite or PostgreSQL | SQLite file `ihh.db` in `IHH_VAR` |
| `REDIS_URL` | message queue and rate limits of several workers | none: one worker |
| `IHH_VAR` | folder of what this installation owns: database, secrets | `var` |
| `DEMO` | 1: a synthetic day on a shifted clock; 0: the real house | 1 |
| `DEMO_HISTORY` | months of synthetic past that a demonstration begins with | 14 |
| `PUBLIC_URL` | how visitors reach the house, for links in QR codes and calendars | the address asked |
| `THREADS` | threads of a worker; each open socket holds one | 300 |
| `TRUSTED_PROXIES` | how many proxies set X-Forwarded-For and -Proto | 0 |
| `SECURE_COOKIES` | 1: cookies only over HTTPS | 1 when PUBLIC_URL is https |
| `SMTP_URL` | mail server, `smtp://user:password@host:587` or `smtps://…` | none: no letters |
| `MAIL_FROM` | sender of the letters; needed with `SMTP_URL`, as is `PUBLIC_URL` | none |
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit


class SettingError(Exception):
    """A setting is missing or wrong; the message says which and how to mend it."""


@dataclass(frozen=True)
class Mail:
    """Who takes the house's letters, and from whom they come."""

    host: str
    port: int
    is_encrypted: bool
    """From the first byte on; else as soon as the server offers it."""
    user: str | None
    password: str | None = field(repr=False)
    sender: str


@dataclass(frozen=True)
class Settings:
    database_url: str
    instance_dir: Path
    secret_key: str
    redis_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 300
    public_url: str | None = None
    mail: Mail | None = None
    trusted_proxies: int = 0
    secure_cookies: bool = False
    is_demo: bool = False
    demo_history: int = 0
    """Months."""
    is_testing: bool = False


def settings_from(environ: Mapping[str, str]) -> Settings:
    """The settings of this process. Makes the instance folder and its secret on the first run."""
    instance = Path(environ.get("IHH_VAR", "var")).resolve()
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"IHH_VAR: cannot make the folder {instance} ({error.strerror}); name one you may write to"
        ) from None
    public_url = environ.get("PUBLIC_URL", "").rstrip("/") or None
    return Settings(
        database_url=_database_url(environ.get("DATABASE_URL"), instance),
        instance_dir=instance,
        secret_key=environ.get("SECRET_KEY") or _own_secret(instance),
        redis_url=environ.get("REDIS_URL") or None,
        host=environ.get("HOST", "127.0.0.1"),
        port=_whole(environ, "PORT", 8000, 1, 65535),
        threads=_whole(environ, "THREADS", 300, 4, 10_000),
        public_url=public_url,
        mail=_mail(environ, public_url),
        trusted_proxies=_whole(environ, "TRUSTED_PROXIES", 0, 0, 5),
        secure_cookies=_flag(environ, "SECURE_COOKIES", bool(public_url and public_url.startswith("https"))),
        is_demo=_flag(environ, "DEMO", True),
        demo_history=_whole(environ, "DEMO_HISTORY", 14, 0, 60),
    )


def testing_settings(database_url: str, instance_dir: Path, **changes: object) -> Settings:
    """Settings for tests: a fixed secret, no demonstration, no rate limits."""
    base = Settings(
        database_url=database_url, instance_dir=instance_dir, secret_key="test-" + "0" * 32, is_testing=True
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def _database_url(given: str | None, instance: Path) -> str:
    if not given:
        return f"sqlite:///{instance / 'ihh.db'}"
    if given.startswith(("postgres://", "postgresql://")):
        return "postgresql+psycopg://" + given.split("://", 1)[1]
    if given.startswith(("sqlite:///", "postgresql+psycopg://")):
        return given
    raise SettingError("DATABASE_URL: begin it with sqlite:/// or postgresql://")


def _mail(environ: Mapping[str, str], public_url: str | None) -> Mail | None:
    """What is wrong with the server's address is told without it: it holds a password."""
    if not environ.get("SMTP_URL"):
        return None
    try:
        parts = urlsplit(environ["SMTP_URL"])
        host, port = parts.hostname, parts.port or (465 if parts.scheme == "smtps" else 25)
    except ValueError:
        host = None
    if host is None or parts.scheme not in ("smtp", "smtps") or any(parts[2:]):
        raise SettingError("SMTP_URL: write smtp://user:password@host:587, with %40 for an @ in the password")
    sender = environ.get("MAIL_FROM", "").strip()
    if not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", sender):
        raise SettingError("MAIL_FROM: give the address the letters come from, such as visits@example.org")
    if public_url is None:
        raise SettingError("PUBLIC_URL: letters carry links, so SMTP_URL needs it")
    return Mail(
        host=host,
        port=port,
        is_encrypted=parts.scheme == "smtps",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        sender=sender,
    )


def _own_secret(instance: Path) -> str:
    """A secret made on the first run and kept beside the database, readable by its owner only."""
    path = instance / "secret-key"
    try:
        with open(path, "x", encoding="ascii", opener=_private) as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    secret = path.read_text(encoding="ascii").strip()
    if len(secret) < 32:
        raise SettingError(f"{path}: the secret is too short; delete the file to have a new one made")
    return secret


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _whole(environ: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    given = environ.get(name, "") or str(default)
    if not given.isascii() or not given.isdigit() or not low <= int(given) <= high:
        raise SettingError(f"{name}: give a whole number from {low} to {high}, not {given!r}")
    return int(given)


def _flag(environ: Mapping[str, str], name: str, default: bool) -> bool:
    given = environ.get(name, "")
    if given not in ("", "0", "1"):
        raise SettingError(f"{name}: give 0 or 1, not {given!r}")
    return given == "1" if given else default
