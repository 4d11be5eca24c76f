"""Overrides: which rules a clerk sets aside, which stay, and what a reason must be."""

from __future__ import annotations

from pathlib import Path

import pytest

import ihh
from ihh.domain.house_file import read_house
from ihh.domain.override import check_overrides, set_aside
from ihh.domain.party import Party
from ihh.domain.route import LegChoice, check_legs, legs_in_order, route_for

HOUSE = read_house(Path(ihh.__file__).parent / "houses" / "helsinki.toml")

GERMAN = {"purpose": "work", "citizenship": "eu", "identity_code": "no"}


def legs(*services: str) -> list[LegChoice]:
    return [LegChoice(service, ("p1",)) for service in services]


def blocked(*services: str, aside: tuple[str, ...] = ()) -> list[int | None]:
    """Which legs the German may not have."""
    faults = check_legs(set_aside(HOUSE, aside), Party(1), legs(*services), answers=GERMAN)
    assert {fault.code for fault in faults} <= {"blocked"}
    return [fault.leg for fault in faults]


def ordered(*services: str, aside: tuple[str, ...] = (), as_chosen: bool = True) -> list[str]:
    rules = set_aside(HOUSE, aside)
    return [leg.service for leg in legs_in_order(rules, legs(*services), as_chosen=as_chosen)]


class TestBlocks:
    def test_one_service_is_freed_and_no_other(self) -> None:
        both = ("dvv.register", "vero.tax_card")
        assert blocked(*both) == [0, 1]
        assert blocked(*both, aside=("dvv.register",)) == [1]
        assert blocked(*both, aside=("vero.tax_card",)) == [0]
        assert blocked(*both, aside=both) == []

    def test_what_waited_only_for_the_freed_service_is_free_with_it(self) -> None:
        assert blocked("kela.social_security") == [0]
        assert blocked("kela.social_security", aside=("dvv.register",)) == []
        assert blocked("kela.social_security", aside=("kela.social_security",)) == []

    def test_the_route_then_has_the_service_among_what_can_be_done(self) -> None:
        route = route_for(set_aside(HOUSE, ["dvv.register"]), GERMAN, Party(1))
        assert [leg.service.id for leg in route.now] == ["migri.eu_registration", "dvv.register"]
        assert [entry.service.id for entry in route.later] == ["vero.tax_card"]


class TestOrder:
    def test_a_freed_service_stands_where_the_clerk_put_it(self) -> None:
        chosen = ("dvv.register", "migri.eu_registration")
        assert ordered(*chosen) == ["migri.eu_registration", "dvv.register"]
        assert ordered(*chosen, aside=("dvv.register",)) == list(chosen)
        back = ("migri.eu_registration", "dvv.register")
        assert ordered(*back, aside=("dvv.register",)) == list(back), "it may, it need not come first"

    def test_what_comes_after_it_still_does(self) -> None:
        chosen = ("vero.tax_card", "dvv.register", "migri.eu_registration")
        freed = ordered(*chosen, aside=("dvv.register",))
        assert freed == ["dvv.register", "migri.eu_registration", "vero.tax_card"]

    def test_a_chain_through_it_still_binds_its_ends(self) -> None:
        """Tax comes after Migri through DVV; DVV alone was freed."""
        chosen = ("vero.tax_card", "migri.eu_registration")
        assert ordered(*chosen, aside=("dvv.register",)) == ["migri.eu_registration", "vero.tax_card"]
        rules = set_aside(HOUSE, ["dvv.register"])
        assert rules.prerequisites["vero.tax_card"] == HOUSE.prerequisites["vero.tax_card"]
        assert rules.prerequisites["dvv.register"] == frozenset()

    def test_services_that_no_rule_binds_stay_as_chosen_only_where_a_clerk_chose(self) -> None:
        chosen = ("city.guidance", "kela.social_security", "dvv.register")
        in_file = ["dvv.register", "kela.social_security", "city.guidance"]
        assert ordered(*chosen, as_chosen=False) == in_file
        assert ordered(*chosen) == ["city.guidance", "dvv.register", "kela.social_security"]

    def test_two_legs_of_one_service_keep_their_places(self) -> None:
        rules = set_aside(HOUSE, ["vero.tax_card"])
        chosen = [
            LegChoice("vero.tax_card", ("p1",)),
            LegChoice("dvv.register", ("p1", "p2")),
            LegChoice("vero.tax_card", ("p2",)),
        ]
        assert legs_in_order(rules, chosen, as_chosen=True) == chosen

    def test_nothing_set_aside_is_the_house_itself(self) -> None:
        assert set_aside(HOUSE, {}) is HOUSE


class TestPeople:
    def test_no_reason_sends_a_child_alone_or_more_than_the_house_takes(self) -> None:
        rules = set_aside(HOUSE, ["dvv.register"])
        faults = check_legs(rules, Party(1, 2), [LegChoice("dvv.register", ("p2", "p3"))], answers=GERMAN)
        assert [fault.code for fault in faults] == ["minor_alone"]
        many = check_legs(rules, Party(4, 3), legs("dvv.register"))
        assert [fault.code for fault in many] == ["too_many_people"]


class TestReasons:
    @pytest.mark.parametrize(
        ("reason", "fault"),
        [
            ("Contract of four years seen", None),
            ("työ", None),
            ("  abc  ", None),
            ("x" * 200, None),
            (" " + "x" * 200 + "\n", None),
            ("two\nlines", None),
            ("", "reason_too_short"),
            ("   \t\n", "reason_too_short"),
            (" ab ", "reason_too_short"),
            ("x" * 201, "reason_too_long"),
            ("it has a \x00 in it", "reason_unreadable"),
            ("half a \ud800 pair", "reason_unreadable"),
            ("is 131052-308T in the register", "identity_code_given"),
            ("born 010594y9032", "identity_code_given"),
            ("invalid 131052-308U", None),
            ("131052-308T " + "x" * 200, "identity_code_given"),
        ],
    )
    def test_a_reason_is_three_to_two_hundred_readable_signs_without_a_code(
        self, reason: str, fault: str | None
    ) -> None:
        found = check_overrides({"dvv.register": reason}, ["dvv.register"])
        assert found == ({"dvv.register": fault} if fault else {})

    def test_only_chosen_services_can_be_overruled(self) -> None:
        reasons = {"dvv.register": "seen", "vero.tax_card": "seen", "no.such": "x", "kela.advice": ""}
        assert check_overrides(reasons, ["dvv.register", "kela.advice"]) == {
            "vero.tax_card": "not_chosen",
            "no.such": "not_chosen",
            "kela.advice": "reason_too_short",
        }
