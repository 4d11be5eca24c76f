"""How to reach someone who booked: an e-mail address or a phone number, checked and made uniform."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ihh.domain.errors import Code, Refusal
from ihh.domain.identity_code import contains_identity_code

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")


@dataclass(frozen=True)
class Reachable:
    """E-mail in lower case, phone as E.164; at least one of them."""

    email: str | None
    phone: str | None


def read_contact(email: str | None, phone: str | None, *, country_code: str = "358") -> Reachable | None:
    """The contact as typed, or None when both fields are empty.

    Numbers without a country code are taken as Finnish. Refuses `contact_invalid` with the field,
    and `identity_code_given` when someone types an identity code.
    """
    typed_email, typed_phone = (email or "").strip(), (phone or "").strip()
    for typed in (typed_email, typed_phone):
        if contains_identity_code(typed):
            raise Refusal(Code.IDENTITY_CODE_GIVEN)
    if not typed_email and not typed_phone:
        return None
    return Reachable(_email(typed_email), _phone(typed_phone, country_code))


def _email(typed: str) -> str | None:
    if not typed:
        return None
    address = typed.lower()  # which may be longer than what was typed
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Refusal(Code.CONTACT_INVALID, field="email")
    return address


def _phone(typed: str, country_code: str) -> str | None:
    if not typed:
        return None
    number = re.sub(r"[\s().\-/]", "", typed)
    if number.startswith("00"):
        number = "+" + number[2:]
    elif number.startswith("0"):
        number = f"+{country_code}{number[1:]}"
    if not _PHONE.fullmatch(number):
        raise Refusal(Code.CONTACT_INVALID, field="phone")
    return number
