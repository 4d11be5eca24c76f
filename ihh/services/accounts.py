"""Accounts of the staff: passwords by argon2, sign-in that tells nothing about who exists."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.models import User
from ihh.models.account import Role

SHORTEST_PASSWORD = 12

_hasher = PasswordHasher()


def add_user(
    username: str,
    password: str,
    role: Role,
    *,
    agency_id: str | None,
    now: datetime,
    is_demo: bool = False,
    may_export_events: bool = False,
) -> User:
    """A new account. Refuses `name_taken`, and `invalid` for a short password or an agency missing.

    Single events are an analyst's to export, and of nobody else.
    """
    name = username.strip().lower()
    if not name or len(name) > 60:
        raise Refusal(Code.INVALID, field="username")
    if len(password) < SHORTEST_PASSWORD and not is_demo:
        raise Refusal(Code.INVALID, field="password")
    if role is Role.CLERK and agency_id is None:
        raise Refusal(Code.INVALID, field="agency")
    if may_export_events and role is not Role.ANALYST:
        raise Refusal(Code.INVALID, field="may_export_events")
    try:
        with transaction():
            user = User(
                username=name,
                password_hash=_hasher.hash(password),
                role=role,
                agency_id=agency_id,
                is_active=True,
                is_demo=is_demo,
                may_export_events=may_export_events,
                session_salt=secrets.token_hex(8),
                created_at=now,
            )
            db.session.add(user)
            db.session.flush()
    except IntegrityError:
        raise Refusal(Code.NAME_TAKEN) from None
    return user


def sign_in(username: str, password: str, *, allow_demo: bool) -> User:
    """The account, or `sign_in_failed`, whatever of name, password or account is wrong."""
    query = select(User).where(User.username == username.strip().lower())
    user = db.session.scalars(query).first()
    try:
        _hasher.verify(user.password_hash if user else _nobody(), password)
    except (Argon2Error, InvalidHashError):
        raise Refusal(Code.SIGN_IN_FAILED) from None
    if user is None or not user.is_active or (user.is_demo and not allow_demo):
        raise Refusal(Code.SIGN_IN_FAILED)
    return user


def user_by_session(session_id: str, *, allow_demo: bool) -> User | None:
    """The account a signed-in session belongs to, unless it ended or the password changed."""
    user_id, _, salt = session_id.partition(":")
    user = db.session.get(User, int(user_id)) if user_id.isdigit() else None
    if user is None or not user.is_active or not secrets.compare_digest(user.session_salt, salt):
        return None
    return None if user.is_demo and not allow_demo else user


def set_password(username: str, password: str) -> None:
    """A new password; every earlier sign-in ends."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(Code.INVALID, field="password")
    with transaction():
        user = _by_name(username)
        user.password_hash, user.session_salt = _hasher.hash(password), secrets.token_hex(8)


def deactivate(username: str) -> None:
    with transaction():
        user = _by_name(username)
        user.is_active, user.session_salt = False, secrets.token_hex(8)


def all_users() -> list[User]:
    return list(db.session.scalars(select(User).order_by(User.username)))


def names(ids: Collection[int]) -> dict[int | None, str]:
    """User names by the account's id, of accounts that are there."""
    query = select(User.id, User.username).where(User.id.in_(ids))
    return {row[0]: row[1] for row in db.session.execute(query)}


def _by_name(username: str) -> User:
    user = db.session.scalars(select(User).where(User.username == username.strip().lower())).first()
    if user is None:
        raise Refusal(Code.NOT_FOUND)
    return user


@lru_cache(maxsize=1)
def _nobody() -> str:
    """A hash nobody knows the password of, so that an unknown name takes as long as a wrong password."""
    return _hasher.hash(secrets.token_hex(16))
