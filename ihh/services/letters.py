"""Letters to visitors: an outbox written with the action it tells of, emptied after the commit.

A letter holds no text and no address: both are made when it is sent, from how things stand then, and a letter
whose news is no longer true is dropped. Whoever sends a letter claims it first, so that of several processes
one sends it; only a process that dies between the server's yes and its own note lets a letter go out twice.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from enum import StrEnum

from flask import current_app
from sqlalchemy import select, update

from ihh.config import Mail
from ihh.db import db, transaction
from ihh.domain.visit import VisitState
from ihh.domain.waitlist import WaitlistState
from ihh.models import Contact, Letter, Visit, WaitlistContact, WaitlistEntry

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
"""Between one try and the next; when the last one fails too, the letter is given up."""

CLAIMED_FOR = timedelta(minutes=10)
"""Longer than any try takes: only then may another process take over from one that died."""

AT_ONCE = 50
SERVER_WAIT_S = 20

ABOUT_ONE_LETTER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
"""What a server may answer to one letter and not to the next; all else is about the server itself."""


class LetterKind(StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    OFFER = "waitlist_offer"
    ENDED = "waitlist_ended"
    """The wait is over without a visit."""


@dataclass(frozen=True)
class Due:
    """A letter to send now: what it is about, and to whom."""

    letter_id: int
    kind: LetterKind
    written_at: datetime
    address: str
    visit: Visit | None
    """Of an offer the visit that is offered."""
    entry: WaitlistEntry | None


Compose = Callable[[Due], EmailMessage]


class Undeliverable(Exception):
    """No further try can help. Never with an address in its words."""


def are_sent() -> bool:
    """Whether the house sends letters at all: without a mail server no page may promise one."""
    return _mail() is not None


def write(
    kind: LetterKind, *, visit_id: str | None = None, entry_id: str | None = None, now: datetime
) -> None:
    """Put a letter about a visit or a waitlist entry into the outbox, with the transaction of what it tells.

    Nothing is written where no letters are sent, or to a party that gave no e-mail address.
    """
    with transaction():
        if not are_sent() or _address(visit_id, entry_id) is None:
            return
        same = select(Letter.id).where(
            Letter.kind == kind,
            Letter.visit_id == visit_id,
            Letter.entry_id == entry_id,
            Letter.next_try_at.is_not(None),
            Letter.tries == 0,
        )
        if db.session.scalars(same).first() is None:
            db.session.add(
                Letter(kind=kind, visit_id=visit_id, entry_id=entry_id, created_at=now, next_try_at=now)
            )


def send_due(compose: Compose, *, now: datetime) -> int:
    """Try to send the letters that are due; returns how many went out. `compose` puts one into words.

    While the server does not answer one letter is tried at a time, and the others keep their tries.
    """
    mail = _mail()
    if mail is None:
        return 0
    due = select(Letter.id, Letter.next_try_at).where(Letter.next_try_at <= now).order_by(Letter.next_try_at)
    sent = 0
    for letter_id, seen in db.session.execute(due.limit(AT_ONCE)).all():
        if not _claim(letter_id, seen, now=now):
            continue
        try:
            sent += _send(letter_id, mail, compose, now=now)
        except Exception as error:
            _try_again(letter_id, error, now=now)
            if isinstance(error, OSError) and not isinstance(error, ABOUT_ONE_LETTER):
                break
    return sent


def _send(letter_id: int, mail: Mail, compose: Compose, *, now: datetime) -> bool:
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    due = _due(letter, now=now) if letter.tries <= len(PAUSES) + 1 else None
    if due is None:
        _finish(letter_id, sent_at=None)
        return False
    message, address = compose(due), due.address
    db.session.rollback()  # no transaction stays open while the server is waited for
    try:
        _deliver(message, address, mail)
    except Undeliverable as error:
        log.warning("letter %d (%s) cannot be delivered: %s", letter_id, due.kind, error)
        _finish(letter_id, sent_at=None)
        return False
    _finish(letter_id, sent_at=now)
    return True


def _due(letter: Letter, *, now: datetime) -> Due | None:
    """None where the news is no longer true, or there is nobody to tell it to any more."""
    entry = (
        db.session.get(WaitlistEntry, letter.entry_id, populate_existing=True) if letter.entry_id else None
    )
    visit_id = letter.visit_id or (entry.offered_visit_id if entry else None)
    visit = db.session.get(Visit, visit_id, populate_existing=True) if visit_id else None
    address = _address(letter.visit_id, letter.entry_id)
    kind = LetterKind(letter.kind)
    if address is None or not _is_true(kind, visit, entry, now=now):
        return None
    return Due(letter.id, kind, letter.created_at, address, visit, entry)


def _is_true(kind: LetterKind, visit: Visit | None, entry: WaitlistEntry | None, *, now: datetime) -> bool:
    if kind is LetterKind.OFFER:
        stands = entry is not None and entry.state == WaitlistState.OFFERED
        return (
            stands and visit is not None and visit.hold_expires_at is not None and visit.hold_expires_at > now
        )
    if kind is LetterKind.ENDED:
        return entry is not None and entry.state == WaitlistState.EXPIRED
    told = VisitState.CANCELLED if kind is LetterKind.CANCELLED else VisitState.BOOKED
    return visit is not None and visit.state == told


def _address(visit_id: str | None, entry_id: str | None) -> str | None:
    if visit_id is not None:
        return db.session.scalars(select(Contact.email).where(Contact.visit_id == visit_id)).first()
    return db.session.scalars(
        select(WaitlistContact.email).where(WaitlistContact.entry_id == entry_id)
    ).first()


def _claim(letter_id: int, seen: datetime | None, *, now: datetime) -> bool:
    """Whether the letter is ours to send: false where another process was faster."""
    with transaction():
        claimed = (
            update(Letter)
            .where(Letter.id == letter_id, Letter.next_try_at == seen)
            .values(next_try_at=now + CLAIMED_FOR, tries=Letter.tries + 1)
            .returning(Letter.id)
        )
        return db.session.execute(claimed).first() is not None


def _finish(letter_id: int, *, sent_at: datetime | None) -> None:
    with transaction():
        db.session.execute(
            update(Letter).where(Letter.id == letter_id).values(next_try_at=None, sent_at=sent_at)
        )


def _try_again(letter_id: int, error: Exception, *, now: datetime) -> None:
    """After the pause that is due, or never. What the server said is not logged: it may hold the address."""
    db.session.rollback()
    with transaction():
        letter = db.session.get_one(Letter, letter_id, populate_existing=True)
        letter.next_try_at = now + PAUSES[letter.tries - 1] if letter.tries <= len(PAUSES) else None
    reason = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".rstrip()
    log.warning("letter %d (%s) was not sent at try %d: %s", letter_id, letter.kind, letter.tries, reason)


def _deliver(message: EmailMessage, address: str, mail: Mail) -> None:
    """Hand the message to the mail server. Raises Undeliverable, or what smtplib and sockets raise."""
    with _connected(mail) as server:
        if mail.user is not None:
            server.login(mail.user, mail.password or "")
        try:
            server.send_message(message, from_addr=mail.sender, to_addrs=[address])
        except smtplib.SMTPRecipientsRefused as refused:
            code = refused.recipients[address][0]
            if 500 <= code < 600:
                raise Undeliverable(f"the server refuses the address ({code})") from None
            raise
        except smtplib.SMTPNotSupportedError:
            raise Undeliverable("the server takes no address with such signs") from None


def _connected(mail: Mail) -> smtplib.SMTP:
    """Encrypted wherever the server can; without that it is not told a password."""
    context = ssl.create_default_context()
    if mail.is_encrypted:
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=SERVER_WAIT_S, context=context)
    server = smtplib.SMTP(mail.host, mail.port, timeout=SERVER_WAIT_S)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    elif mail.user is not None:
        server.close()
        raise smtplib.SMTPException("the server offers no encryption")
    return server


def _mail() -> Mail | None:
    mail: Mail | None = current_app.config["IHH"].mail
    return mail
