"""What is kept about a visit, in words: the documents of `ihh.services.my_data` as parts of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel import Locale
from flask_babel import gettext as _

from ihh.domain.daytime import local_day
from ihh.domain.house import text
from ihh.domain.waitlist import WaitlistState
from ihh.presentation.event_words import action_text, by_text, letter_text
from ihh.presentation.formats import clock_time, duration, long_date, minute_time, short_date
from ihh.presentation.languages import text_language
from ihh.presentation.sentences import people_text, ticket_state_text
from ihh.services.house import current_house

Document = Mapping[str, Any]

A_DAY_MIN = 24 * 60


@dataclass(frozen=True)
class Facts:
    """One thing and what is known of it; label and value, in order."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Part:
    title: str
    things: tuple[Facts, ...] = ()
    none: str = ""
    """Said where there are none."""


def visit_parts(document: Document) -> list[Part]:
    """A visit's document, part by part."""
    visit = document["visit"]
    parts = [
        Part(_("Visit"), (Facts("", _filled(_visit_lines(visit))),)),
        Part(_("Services"), tuple(_leg(leg, visit) for leg in document["services"])),
        Part(_("In the lines"), tuple(map(_line, document["lines"])), _("You have not checked in.")),
        Part(_("What happened"), tuple(map(_event, document["events"])), _("Nothing yet.")),
        _contact_part(document),
        _letters_part(document),
        Part(_("Your feedback"), tuple(map(_answer, document["feedback"])), _("You have given none.")),
    ]
    if document["waitlist"] is not None:
        parts.append(_waitlist_part(document["waitlist"]))
    return parts


def entry_parts(document: Document) -> list[Part]:
    """A waitlist entry's document, part by part."""
    return [_waitlist_part(document["waitlist"]), _contact_part(document), _letters_part(document)]


def _visit_lines(visit: Document) -> Iterable[tuple[str, str]]:
    yield _("Day"), long_date(visit["date"])
    yield _("How it stands"), _visit_state(visit["state"])
    yield _("How it came about"), _origin(visit["origin"])
    yield from _party_lines(visit)
    yield _("Queue number"), visit["number"] or ""
    for label, name in (
        (_("Chosen"), "created_at"),
        (_("Booked"), "confirmed_at"),
        (_("Checked in"), "checked_in_at"),
        (_("Ended"), "ended_at"),
        (_("Link deleted"), "link_deleted_at"),
    ):
        yield label, _moment(visit[name])
    if visit["together_with_date"] is not None:
        yield _("Booked together with a visit on"), long_date(visit["together_with_date"])
    yield _("Where you were told to wait"), _agency(visit["guided_to"])
    yield from _network(visit)


def _party_lines(of: Document) -> Iterable[tuple[str, str]]:
    yield _("Adults"), str(of["adults"])
    yield _("Children"), str(of["minors"])
    yield _("Language"), _language(of["language"])
    yield _("Purpose of the stay"), _answer_text("purpose", of["purpose"])
    yield _("Municipality"), _answer_text("municipality", of["municipality"])


def _network(of: Document) -> Iterable[tuple[str, str]]:
    if of["network_digest_kept"]:
        yield _("Digest of your network address"), _("kept for about an hour")


def _leg(leg: Document, visit: Document) -> Facts:
    lines = [
        (_("For"), people_text(tuple(leg["people"]), visit["adults"], visit["minors"])),
        (
            _("Booked for") if leg["by_appointment"] else _("Planned for"),
            _span(leg["starts_at"], leg["ends_at"]),
        ),
        (_("Desk"), leg["desk"] or ""),
        (_("Papers to bring"), _documents(leg["documents"])),
        (_("Why the staff set the order aside"), leg["order_set_aside_because"] or ""),
    ]
    return Facts(_service(leg["service"]), _filled(lines))


def _line(line: Document) -> Facts:
    lines = [
        (_("How it stands"), ticket_state_text(line["state"])),
        (_("Booked for"), _moment(line["booked_at"])),
        (_("Ticket made"), _moment(line["issued_at"])),
        (_("Waiting since"), _moment(line["joined_at"])),
        (_("First called"), _moment(line["called_at"])),
        (_("Calls"), str(line["calls"]) if line["calls"] else ""),
        (_("Service began"), _moment(line["started_at"])),
        (_("Minutes served"), duration(round(line["served_s"] / 60)) if line["served_s"] else ""),
        (_("Ended"), _moment(line["ended_at"])),
        (_("Desk"), line["desk"] or ""),
        (_("Result"), _outcome(line["outcome"])),
        (_("Marked as in need"), _moment(line["marked_in_need_at"])),
        (_("Waits again from"), _moment(line["returns_at"])),
        (_("Waits reckoned for you"), str(len(line["estimates"])) if line["estimates"] else ""),
    ]
    return Facts(_service(line["service"]), _filled(lines))


def _event(event: Document) -> Facts:
    lines = [
        (_("By"), by_text(event["by"])),
        (_("Service"), _service(event["service"]) if event["service"] else ""),
        (_("Desk"), event["desk"] or ""),
    ]
    return Facts(f"{_moment(event['at'])} {action_text(event['action'])}", _filled(lines))


def _answer(answer: Document) -> Facts:
    lines = [
        (_("Given"), _moment(answer["at"])),
        (_("Satisfied, 1 to 5"), _score(answer["csat"])),
        (_("Easy, 1 to 7"), _score(answer["effort"])),
        (_("Would recommend, 0 to 10"), _score(answer["nps"])),
        (_("Comment"), answer["line"] or ""),
    ]
    return Facts(
        _service(answer["service"]) if answer["service"] else _("The visit as a whole"), _filled(lines)
    )


def _contact_part(document: Document) -> Part:
    contact, none = document["contact"], _("None. If you gave one, it has been deleted.")
    if contact is None:
        return Part(_("Contact"), none=none)
    lines = [
        (_("E-mail"), contact["email"] or ""),
        (_("Phone"), contact["phone"] or ""),
        (_("Kept until"), long_date(contact["kept_until"])),
    ]
    return Part(_("Contact"), (Facts("", _filled(lines)),))


def _letters_part(document: Document) -> Part:
    letters = tuple(
        Facts(
            letter_text(letter["kind"]),
            _filled([(_("Written"), _moment(letter["created_at"])), (_("Sent"), _moment(letter["sent_at"]))]),
        )
        for letter in document["letters"]
    )
    return Part(_("Letters to you"), letters, _("None."))


def _waitlist_part(entry: Document) -> Part:
    declined = ", ".join(short_date(date.fromisoformat(name[:10])) for name in entry["declined"])
    lines = [
        (_("How it stands"), _waitlist_state(entry["state"])),
        (_("Joined"), _moment(entry["joined_at"])),
        (_("Ended"), _moment(entry["ended_at"])),
        (_("First day"), long_date(entry["first_date"])),
        (_("Last day"), long_date(entry["last_date"])),
        (_("Not before"), minute_time(entry["not_before_min"]) if entry["not_before_min"] else ""),
        (_("Not after"), minute_time(entry["not_after_min"]) if entry["not_after_min"] < A_DAY_MIN else ""),
        *_party_lines(entry),
        (_("Services"), ", ".join(_service(leg["service"]) for leg in entry["services"])),
        (_("Declined"), declined),
        (_("Visit offered or taken"), long_date(entry["offered_date"]) if entry["offered_date"] else ""),
        *_network(entry),
    ]
    return Part(_("Waitlist"), (Facts("", _filled(lines)),))


def _filled(lines: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((label, value) for label, value in lines if value)


def _moment(at: datetime | None) -> str:
    if at is None:
        return ""
    day = local_day(at, timezone=current_house().timezone)
    return _("%(day)s at %(time)s", day=short_date(day), time=clock_time(at))


def _span(start: datetime | None, end: datetime | None) -> str:
    if start is None:
        return ""
    return clock_time(start) if end is None else f"{clock_time(start)}–{clock_time(end)}"


def _score(score: int | None) -> str:
    return "" if score is None else str(score)


def _service(service_id: str) -> str:
    """Its name; the id of one that the house no longer has."""
    service = current_house().service.get(service_id)
    return text(service.name, text_language()) if service else service_id


def _agency(agency_id: str | None) -> str:
    agency = current_house().agency.get(agency_id or "")
    return text(agency.name, text_language()) if agency else agency_id or ""


def _documents(ids: Iterable[str]) -> str:
    known = current_house().document
    return ", ".join(text(known[name].name, text_language()) if name in known else name for name in ids)


def _answer_text(question_id: str, value: str | None) -> str:
    question = current_house().question.get(question_id)
    options = question.options if question else ()
    labels = {option.value: option.label for option in options}
    return text(labels[value], text_language()) if value in labels else value or ""


def _language(code: str) -> str:
    name = str(Locale.parse(text_language()).languages.get(code.split("-")[0], code))
    return name[:1].upper() + name[1:]


def _visit_state(state: str) -> str:
    return {
        "held": _("Times kept, not booked yet"),
        "booked": _("Booked"),
        "in_house": _("In the house"),
        "ended": _("Over"),
        "cancelled": _("Cancelled"),
        "expired": _("Not booked in time"),
        "no_show": _("Not checked in"),
    }[state]


def _origin(origin: str) -> str:
    return {
        "online": _("Booked online"),
        "walk_in": _("Walk-in"),
        "staff": _("Booked by the staff"),
    }[origin]


def _waitlist_state(state: str) -> str:
    return {
        WaitlistState.WAITING: _("Waiting"),
        WaitlistState.OFFERED: _("A visit is offered"),
        WaitlistState.TAKEN: _("A visit was taken"),
        WaitlistState.LEFT: _("Left"),
        WaitlistState.EXPIRED: _("Over without a visit"),
    }[WaitlistState(state)]


def _outcome(outcome: str | None) -> str:
    return {
        None: "",
        "done": _("Done"),
        "more_later": _("Done, more to be sent later"),
        "must_return": _("Another visit is needed"),
        "transferred": _("Sent to another service"),
    }.get(outcome, _("Not known"))
