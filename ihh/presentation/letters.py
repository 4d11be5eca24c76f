"""Letters in words: plain text, and the same as simple HTML. No names, nothing about why someone comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext as _

from ihh.config import Mail
from ihh.domain.daytime import local_day
from ihh.domain.house import House, text
from ihh.models import Visit, WaitlistEntry
from ihh.presentation.calendar_file import calendar_file
from ihh.presentation.formats import EN_DASH, clock_time, long_date
from ihh.presentation.languages import text_language, written_in
from ihh.services import letters
from ihh.services.house import current_house
from ihh.services.letters import Due, LetterKind
from ihh.services.my_visit import view_visit
from ihh.services.waitlist_entries import has_days_over


@dataclass(frozen=True)
class Paragraph:
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    heading: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Link:
    label: str
    address: str


Block = Paragraph | Listed | Link


@dataclass(frozen=True)
class Words:
    subject: str
    blocks: tuple[Block, ...]


def send_due(*, now: datetime) -> int:
    """Send the letters that are due; returns how many went out."""
    return letters.send_due(lambda due: compose(due, now=now), now=now)


def compose(due: Due, *, now: datetime) -> EmailMessage:
    """The letter as a message, in the language the party is served in."""
    house = current_house()
    with written_in(_language(due)):
        words = _WORDS[due.kind](house, due)
        message = _message(house, due, now=now)
        message["Subject"] = words.subject
        message.set_content(_plain(words.blocks), cte="quoted-printable")
        message.add_alternative(_html(words), subtype="html", cte="quoted-printable")
        if due.visit is not None and due.kind in (LetterKind.BOOKED, LetterKind.MOVED):
            _attach_calendar(message, due.visit, now=now)
        message["Content-Language"] = text_language()  # last: what makes parts moves such headers into them
    return message


def _language(due: Due) -> str:
    about = due.entry or due.visit
    assert about is not None  # a letter is about one of them
    return about.language


def _message(house: House, due: Due, *, now: datetime) -> EmailMessage:
    """A repeated try carries the same identifier, so that a reader shows the letter once."""
    settings = current_app.config["IHH"]
    mail: Mail = settings.mail
    host = urlsplit(settings.public_url).hostname
    message = EmailMessage()
    message["From"] = mail.sender
    message["To"] = due.address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{house.id}.{due.letter_id}.{due.written_at.timestamp():.0f}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _attach_calendar(message: EmailMessage, visit: Visit, *, now: datetime) -> None:
    link = _address_of("visit.show", visit.link_token)
    content = calendar_file(view_visit(visit, now=now), link=link, now=now)
    message.add_attachment(content, maintype="text", subtype="calendar", filename="visit.ics")


def _booked(house: House, due: Due) -> Words:
    assert due.visit is not None
    day = long_date(due.visit.service_date)
    return Words(
        _("Your visit is booked: %(day)s", day=day),
        (Paragraph((_("Your visit is booked."),)), *_about_visit(house, due.visit)),
    )


def _moved(house: House, due: Due) -> Words:
    assert due.visit is not None
    day = long_date(due.visit.service_date)
    told = _("Your visit is moved. These are the new times; the booking code and the link stay the same.")
    return Words(
        _("Your visit is moved: %(day)s", day=day), (Paragraph((told,)), *_about_visit(house, due.visit))
    )


def _cancelled(house: House, due: Due) -> Words:
    assert due.visit is not None
    day = long_date(due.visit.service_date)
    return Words(
        _("Your visit is cancelled: %(day)s", day=day),
        (
            Paragraph((_("Your visit on %(day)s is cancelled. Its booking code no longer works.", day=day),)),
            Link(_("Book a new visit:"), _address_of("booking.questions")),
            Paragraph((_mistyped(),)),
        ),
    )


def _offered(house: House, due: Due) -> Words:
    assert due.visit is not None
    assert due.entry is not None
    until = due.visit.hold_expires_at
    assert until is not None
    told = _(
        "A visit came free, and it is your turn. It is kept for you until %(time)s on %(day)s.",
        time=clock_time(until),
        day=long_date(local_day(until, timezone=house.timezone)),
    )
    answers = (
        _("Take it, or say that it does not suit you: then you keep your place."),
        _("Without an answer it goes to others, and you leave the waitlist."),
    )
    return Words(
        _("A visit came free for you: %(day)s", day=long_date(due.visit.service_date)),
        (
            Paragraph((told,)),
            _when(due.visit),
            _where(house),
            Paragraph(answers),
            Link(_("See the visit and answer:"), _address_of("waitlist.show", due.entry.link_token)),
            _secret(),
        ),
    )


def _ended(house: House, due: Due) -> Words:
    assert due.entry is not None
    return Words(
        _("You are no longer on the waitlist"),
        (
            Paragraph((_why_ended(due.entry),)),
            Link(_("Look for a visit:"), _address_of("booking.questions")),
            Paragraph((_mistyped(),)),
        ),
    )


_WORDS: dict[LetterKind, Callable[[House, Due], Words]] = {
    LetterKind.BOOKED: _booked,
    LetterKind.MOVED: _moved,
    LetterKind.CANCELLED: _cancelled,
    LetterKind.OFFER: _offered,
    LetterKind.ENDED: _ended,
}


def _why_ended(entry: WaitlistEntry) -> str:
    if has_days_over(entry):
        return _("The days you waited for are over, and no visit came free for you. We are sorry.")
    return _("We kept a visit for you and had no answer in time. It is yours no longer, nor is your place.")


def _about_visit(house: House, visit: Visit) -> tuple[Block, ...]:
    language = text_language()
    papers = dict.fromkeys(name for leg in visit.legs for name in leg.documents if name in house.document)
    listed = tuple(text(house.document[name].name, language) for name in papers)
    return (
        _when(visit),
        _where(house),
        *((Listed(_("Bring with you:"), listed),) if listed else ()),
        Link(_("See, move or cancel your visit:"), _address_of("visit.show", visit.link_token)),
        _secret(),
    )


def _when(visit: Visit) -> Paragraph:
    starts = min(leg.starts_at for leg in visit.legs if leg.starts_at)
    ends = max(leg.ends_at for leg in visit.legs if leg.ends_at)
    return Paragraph((long_date(visit.service_date), f"{clock_time(starts)}{EN_DASH}{clock_time(ends)}"))


def _where(house: House) -> Paragraph:
    language = text_language()
    return Paragraph((text(house.name, language), text(house.address, language)))


def _secret() -> Paragraph:
    private = _("Keep the link to yourself: whoever has it can change what you booked.")
    return Paragraph((private, _mistyped()))


def _mistyped() -> str:
    return _("If you did not ask for this, someone mistyped an address. You need do nothing.")


def _address_of(endpoint: str, token: str | None = None) -> str:
    """As the world sees it; outside a request only the settings know that."""
    values = {"token": token} if token is not None else {}
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return f"{current_app.config['IHH'].public_url}{path}"


def _plain(blocks: tuple[Block, ...]) -> str:
    return "\n\n".join(_plain_block(block) for block in blocks) + "\n"


def _plain_block(block: Block) -> str:
    match block:
        case Paragraph(lines):
            return "\n".join(lines)
        case Listed(heading, items):
            return "\n".join((heading, *(f"- {item}" for item in items)))
        case Link(label, address):
            return f"{label}\n{address}"


def _html(words: Words) -> str:
    body = "\n".join(_html_block(block) for block in words.blocks)
    return (
        f'<!doctype html>\n<html lang="{text_language()}">\n<head><meta charset="utf-8">'
        f"<title>{escape(words.subject)}</title></head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _html_block(block: Block) -> str:
    match block:
        case Paragraph(lines):
            return f"<p>{'<br>'.join(map(escape, lines))}</p>"
        case Listed(heading, items):
            listed = "".join(f"<li>{escape(item)}</li>" for item in items)
            return f"<p>{escape(heading)}</p>\n<ul>{listed}</ul>"
        case Link(label, address):
            return f'<p>{escape(label)}<br><a href="{escape(address)}">{escape(address)}</a></p>'
