from __future__ import annotations

import pytest

from ihh.domain.contact import Reachable, read_contact
from ihh.domain.errors import Code, Refusal
from ihh.domain.identity_code import contains_identity_code


@pytest.mark.parametrize(
    "text",
    [
        "010594Y9032",
        "010516B903X",
        "131052-308T",
        "my code is 131052-308t, thanks",
        "010594 Y 9032",
        "(131052-308T)",
    ],
)
def test_identity_codes_are_found(text):
    assert contains_identity_code(text)


@pytest.mark.parametrize(
    "text", ["131052-308U", "010594Z9032", "991352-308T", "+358 40 123 4567", "a@b.fi", "K 042", ""]
)
def test_other_texts_are_not(text):
    assert not contains_identity_code(text)


@pytest.mark.parametrize(
    ("email", "phone", "read"),
    [
        (" Ann@Example.COM ", "", Reachable("ann@example.com", None)),
        ("", "040 123 4567", Reachable(None, "+358401234567")),
        (None, "0046 70-123 45 67", Reachable(None, "+46701234567")),
        ("a@b.fi", "+91 98765 43210", Reachable("a@b.fi", "+919876543210")),
        ("", " ", None),
    ],
)
def test_contacts_are_made_uniform(email, phone, read):
    assert read_contact(email, phone) == read


@pytest.mark.parametrize(
    ("email", "phone", "code", "field"),
    [
        ("ann@example", "", Code.CONTACT_INVALID, "email"),
        ("ann", "", Code.CONTACT_INVALID, "email"),
        ("", "12", Code.CONTACT_INVALID, "phone"),
        ("", "call me", Code.CONTACT_INVALID, "phone"),
        ("131052-308T", "", Code.IDENTITY_CODE_GIVEN, None),
        ("", "131052-308T", Code.IDENTITY_CODE_GIVEN, None),
    ],
)
def test_bad_contacts_are_refused_by_field(email, phone, code, field):
    with pytest.raises(Refusal) as caught:
        read_contact(email, phone)
    assert (caught.value.code, caught.value.facts.get("field")) == (code, field)
