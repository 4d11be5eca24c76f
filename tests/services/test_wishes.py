"""Wishes: what a party may want, what only a clerk may grant, and what is refused at which place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ihh.domain.errors import Code, Refusal
from ihh.domain.party import Party
from ihh.domain.route import LegChoice
from ihh.domain.wish import LegWish
from ihh.models import Leg
from ihh.services import booking, new_visits, proposals
from ihh.services.wishes import find_route, wish_for
from tests.situations import at, visit

NOW = at("09:00")
GERMAN = {"purpose": "work", "citizenship": "eu", "identity_code": "no"}
NO_PERMIT = {"purpose": "work", "citizenship": "other", "identity_code": "no", "permit": "no"}

MIGRI, DVV, TAX = (
    LegChoice(service, ("p1",)) for service in ("migri.eu_registration", "dvv.register", "vero.tax_card")
)

MIGRI_PAPERS = ("passport_or_id", "means")
DVV_PAPERS = ("passport_or_id", "eu_registration", "employment_contract", "address")
TAX_PAPERS = ("passport_or_id", "employment_contract", "income_estimate")


def refused(act: Callable[..., object], *args: object, **named: object) -> tuple[Code, object]:
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value.code, caught.value.facts.get("faults")


class TestPublic:
    def test_what_the_answers_block_is_refused_at_its_leg(self, app):
        assert refused(wish_for, Party(1), [MIGRI, TAX], "en", answers=GERMAN) == (
            Code.LEGS_INVALID,
            {"/legs/1": "blocked"},
        )
        assert refused(wish_for, Party(1), [DVV, TAX], "en", answers=NO_PERMIT) == (
            Code.LEGS_INVALID,
            {"/legs/0": "blocked", "/legs/1": "blocked"},
        )

    def test_without_answers_nobody_knows_of_a_block(self, app):
        wish = wish_for(Party(1), [TAX, DVV], "en")
        assert [(leg.service, leg.documents) for leg in wish.legs] == [
            ("dvv.register", ()),
            ("vero.tax_card", ()),
        ]
        assert (wish.customer_type, wish.municipality, wish.later, wish.later_after_days) == (
            "other", None, (), 0,
        )  # fmt: skip

    def test_each_place_has_its_first_fault(self, app):
        legs = [LegChoice("moon.landing", ()), LegChoice("vero.tax_card", ("p2",)), MIGRI]
        later = [LegChoice("dvv.register", ("p3",))]
        assert refused(wish_for, Party(1, 1), legs, "en", answers=GERMAN, later=later) == (
            Code.LEGS_INVALID,
            {"/legs/0": "unknown_service", "/legs/1": "minor_alone", "/later/0": "unknown_person"},
        )

    def test_answers_are_checked_where_the_legs_are_sound(self, app):
        code, faults = refused(wish_for, Party(1), [MIGRI], "en", answers={"purpose": "work"})
        assert code == Code.ANSWERS_INCOMPLETE
        assert faults == {"/answers/citizenship": "missing", "/answers/identity_code": "missing"}

    def test_papers_are_told_for_every_leg_suggested_or_not(self, app):
        wish = wish_for(Party(1), [MIGRI, LegChoice("dvv.changes", ("p1",))], "en", answers=GERMAN)
        assert [(leg.service, leg.documents) for leg in wish.legs] == [
            ("migri.eu_registration", MIGRI_PAPERS),
            ("dvv.changes", ("passport_or_id", "address", "family_certificates")),
        ]

    def test_a_spouse_is_counted_as_one(self, app):
        answers = {"purpose": "spouse", "citizenship": "other", "identity_code": "yes"}
        route = find_route(answers, Party(1))
        legs = [LegChoice(leg.service.id, leg.people) for leg in route.now]
        assert "city.spouse" in {leg.service for leg in legs}
        assert wish_for(Party(1), legs, "en", answers=answers).customer_type == "spouse"


class TestSecondVisit:
    def test_the_follow_up_goes_with_the_wish_in_order_with_its_days_and_papers(self, app):
        wish = wish_for(Party(1), [MIGRI], "en", answers=GERMAN, later=[TAX, DVV])
        assert wish.legs == (LegWish("migri.eu_registration", ("p1",), MIGRI_PAPERS),)
        assert wish.later == (
            LegWish("dvv.register", ("p1",), DVV_PAPERS),
            LegWish("vero.tax_card", ("p1",), TAX_PAPERS),
        )
        assert wish.later_after_days == 21

    def test_a_part_of_it_will_do(self, app):
        wish = wish_for(Party(1), [MIGRI], "en", answers=GERMAN, later=[TAX])
        assert ([leg.service for leg in wish.later], wish.later_after_days) == (["vero.tax_card"], 21)

    def test_what_nobody_can_date_is_refused_there_too(self, app):
        guidance = LegChoice("city.guidance", ("p1",))
        assert refused(wish_for, Party(1), [guidance], "en", answers=NO_PERMIT, later=[DVV]) == (
            Code.LEGS_INVALID,
            {"/later/0": "blocked"},
        )

    def test_what_the_first_visit_needs_cannot_wait_for_the_second(self, app):
        assert refused(wish_for, Party(1), [DVV], "en", later=[MIGRI]) == (
            Code.LEGS_INVALID,
            {"/later/0": "needed_first"},
        )


class TestOverrides:
    REASON = "DVV has agreed to give the code on the contract"

    def test_a_clerk_frees_a_service_for_a_reason_that_goes_with_its_leg(self, app):
        wish = wish_for(
            Party(1), [DVV, MIGRI], "en", answers=GERMAN, overrides={"dvv.register": f"  {self.REASON}\n"}
        )
        assert wish.legs == (
            LegWish("dvv.register", ("p1",), DVV_PAPERS, self.REASON),
            LegWish("migri.eu_registration", ("p1",), MIGRI_PAPERS),
        ), "in the clerk's order, though EU registration usually comes first"
        assert wish.waived == {"dvv.register"}

    def test_another_service_stays_blocked(self, app):
        overrides = {"dvv.register": self.REASON}
        assert refused(wish_for, Party(1), [DVV, TAX], "en", answers=GERMAN, overrides=overrides) == (
            Code.LEGS_INVALID,
            {"/legs/1": "blocked"},
        )

    def test_reasons_and_legs_are_refused_together(self, app):
        legs = [TAX, LegChoice("dvv.register", ())]
        overrides = {"dvv.register": " ", "kela.advice": "seen", "vero.tax_card": "x" * 201}
        assert refused(wish_for, Party(1), legs, "en", answers=GERMAN, overrides=overrides) == (
            Code.LEGS_INVALID,
            {
                "/legs/1": "empty_leg",
                "/overrides/dvv.register": "reason_too_short",
                "/overrides/kela.advice": "not_chosen",
                "/overrides/vero.tax_card": "reason_too_long",
            },
        )

    def test_a_reason_with_an_identity_code_is_refused_as_that(self, app):
        overrides = {"vero.tax_card": "has 131052-308T already"}
        assert refused(wish_for, Party(1), [TAX], "en", answers=GERMAN, overrides=overrides) == (
            Code.IDENTITY_CODE_GIVEN,
            {"/overrides/vero.tax_card": "identity_code_given"},
        )

    def test_a_child_does_not_come_alone_for_any_reason(self, app):
        legs = [LegChoice("dvv.register", ("p2",))]
        assert refused(wish_for, Party(1, 1), legs, "en", overrides={"dvv.register": "asked for"}) == (
            Code.LEGS_INVALID,
            {"/legs/0": "minor_alone"},
        )

    def test_a_second_visit_can_be_overruled_as_well(self, app):
        guidance = LegChoice("city.guidance", ("p1",))
        wish = wish_for(
            Party(1), [guidance], "en", answers=NO_PERMIT, later=[DVV],
            overrides={"dvv.register": "permit promised for next week"},
        )  # fmt: skip
        assert [(leg.service, leg.override_reason) for leg in wish.later] == [
            ("dvv.register", "permit promised for next week")
        ]
        assert wish.later_after_days == 0

    def test_the_reason_is_kept_with_the_booked_leg_and_when_it_moves(self, app):
        wish = wish_for(Party(1), [DVV, MIGRI], "en", answers=GERMAN, overrides={"dvv.register": self.REASON})
        option = proposals.propose(wish, now=NOW).earliest
        assert option is not None
        held = booking.hold(wish, option, source=None, now=NOW, by="clerk:1")
        legs: list[Leg] = visit(held.id).legs
        assert {leg.service_id: leg.override_reason for leg in legs} == {
            "dvv.register": self.REASON,
            "migri.eu_registration": None,
        }
        assert new_visits.wish_of(visit(held.id)).legs == wish.legs
