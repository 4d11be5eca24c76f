"""Routes of the default house: who needs what, in which order, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ihh
from ihh.domain.house import Block, Channel, House, Service, Who
from ihh.domain.house_file import read_house
from ihh.domain.party import Party
from ihh.domain.route import (
    AnswerFault,
    LegChoice,
    LegFault,
    LegFaultCode,
    Route,
    check_answers,
    check_legs,
    in_order,
    questions_to_ask,
    relevant_answers,
    route_for,
)

HOUSE = read_house(Path(ihh.__file__).parent / "houses" / "helsinki.toml")

INDIAN_SPECIALIST = {"purpose": "work", "citizenship": "other", "identity_code": "yes"}
GERMAN = {"purpose": "work", "citizenship": "eu", "identity_code": "no"}
SWEDE = {"purpose": "work", "citizenship": "nordic", "identity_code": "no"}
BUILDER = {"purpose": "construction", "citizenship": "eu", "identity_code": "no"}
EMPLOYER = {"purpose": "employer"}


def ids(route: Route) -> dict[str, list[str]]:
    return {
        "now": [leg.service.id for leg in route.now],
        "later": [entry.service.id for entry in route.later],
        "elsewhere": [entry.service.id for entry in route.elsewhere],
    }


def people(route: Route) -> dict[str, tuple[str, ...]]:
    return {leg.service.id: leg.people for leg in route.now}


def documents(route: Route, service: str) -> set[str]:
    return {item.id for leg in route.now if leg.service.id == service for item in leg.documents}


def all_answers() -> list[dict[str, str]]:
    """Every complete set of answers a visitor can give."""
    complete: list[dict[str, str]] = []
    open_ends: list[dict[str, str]] = [{}]
    while open_ends:
        given_so_far = open_ends.pop()
        unanswered = [q for q in questions_to_ask(HOUSE, given_so_far) if q.id not in given_so_far]
        if not unanswered:
            complete.append(given_so_far)
        else:
            open_ends += [
                {**given_so_far, unanswered[0].id: option.value} for option in unanswered[0].options
            ]
    return complete


EVERY_ANSWER = all_answers()


class TestPersonas:
    def test_a_family_with_codes_does_all_in_one_visit(self) -> None:
        route = route_for(HOUSE, INDIAN_SPECIALIST, Party(adults=2, minors=2))
        assert ids(route)["now"] == ["dvv.register", "vero.tax_card", "kela.social_security"]
        assert ids(route)["later"] == []
        assert people(route) == {
            "dvv.register": ("p1", "p2", "p3", "p4"),
            "vero.tax_card": ("p1",),
            "kela.social_security": ("p1", "p2"),
        }
        assert "city.guidance" in {leg.service.id for leg in route.optional}
        assert documents(route, "dvv.register") == {
            "passport",
            "permit_card",
            "employment_contract",
            "address",
            "family_certificates",
        }

    def test_a_german_without_a_code_registers_first_and_comes_again(self) -> None:
        route = route_for(HOUSE, GERMAN, Party(1))
        assert ids(route)["now"] == ["migri.eu_registration"]
        assert ids(route)["later"] == ["dvv.register", "vero.tax_card"]
        dvv, vero = route.later
        assert "EU registration comes first" in dvv.reason["en"]
        assert "second visit" in dvv.instead["en"]
        assert any("DVV may also give the code" in note.reason["en"] for note in dvv.notes)
        assert "identity code" in vero.reason["en"]
        assert vero.because is None

    def test_a_swede_skips_migri_and_waits_with_the_tax_card(self) -> None:
        route = route_for(HOUSE, SWEDE, Party(1))
        assert ids(route)["now"] == ["dvv.register", "kela.social_security"]
        assert ids(route)["later"] == ["vero.tax_card"]
        assert "Hämeentie 15" in route.later[0].instead["en"]
        assert "Come again" in route.later[0].instead["en"]
        offered = {leg.service.id for leg in route.optional}
        assert "migri.eu_registration" not in offered
        assert "vero.tax_card" not in offered

    def test_a_swedish_student_with_a_code_needs_dvv_and_kela(self) -> None:
        route = route_for(HOUSE, SWEDE | {"purpose": "study", "identity_code": "yes"}, Party(1))
        assert ids(route) == {"now": ["dvv.register", "kela.social_security"], "later": [], "elsewhere": []}

    @pytest.mark.parametrize("citizenship", ["nordic", "eu", "other"])
    def test_a_construction_worker_is_shown_to_the_tax_office(self, citizenship: str) -> None:
        answers = {"purpose": "construction", "citizenship": citizenship, "identity_code": "yes"}
        route = route_for(HOUSE, answers, Party(1))
        assert ids(route) == {"now": [], "later": [], "elsewhere": ["vero.tax_number"]}
        assert "Hämeentie 15" in route.elsewhere[0].service.about["en"]

    def test_an_employer_needs_the_chamber_only(self) -> None:
        route = route_for(HOUSE, EMPLOYER, Party(1))
        assert ids(route) == {"now": ["chamber.employer"], "later": [], "elsewhere": []}
        assert documents(route, "chamber.employer") == {"business_id"}

    @pytest.mark.parametrize("answers", [INDIAN_SPECIALIST, GERMAN, SWEDE, BUILDER, EMPLOYER])
    @pytest.mark.parametrize("language", ["en", "fi", "sv"])
    def test_every_text_they_read_exists_in_the_language(
        self, answers: dict[str, str], language: str
    ) -> None:
        route = route_for(HOUSE, answers, Party(2, 2))
        entries: list[Any] = [*route.now, *route.later, *route.elsewhere, *route.optional]
        texts = [text for entry in entries for text in (entry.service.name, entry.service.about)]
        texts += [note.reason for entry in entries for note in entry.notes]
        texts += [note.instead for entry in entries for note in entry.notes if note.instead]
        texts += [text for entry in route.later for text in (entry.reason, entry.instead)]
        texts += [
            item.name for leg in [*entries[: len(route.now)], *route.elsewhere] for item in leg.documents
        ]
        assert texts
        assert all(text[language].strip() for text in texts)
        if language != "en":
            translated = [text for text in texts if len(text["en"].split()) > 4]
            assert all(text[language] != text["en"] for text in translated)


class TestOtherPeople:
    def test_without_a_permit_the_route_is_advice_and_malmi(self) -> None:
        answers = {"purpose": "study", "citizenship": "other", "identity_code": "no", "permit": "no"}
        route = route_for(HOUSE, answers, Party(1))
        assert ids(route) == {
            "now": ["city.guidance"],
            "later": ["dvv.register"],
            "elsewhere": ["migri.permit"],
        }
        assert "Malmi" in route.elsewhere[0].service.about["en"]

    def test_with_a_permit_but_no_code_dvv_and_kela_are_possible_at_once(self) -> None:
        answers = {"purpose": "work", "citizenship": "other", "identity_code": "no", "permit": "yes"}
        route = route_for(HOUSE, answers, Party(1))
        assert ids(route)["now"] == ["dvv.register", "kela.social_security"]
        assert ids(route)["later"] == ["vero.tax_card"]

    @pytest.mark.parametrize(
        ("municipality", "place", "service"),
        [
            ("helsinki", "now", "employment.jobseeker"),
            ("espoo", "elsewhere", "employment.espoo"),
            ("vantaa", "elsewhere", "employment.vantaa"),
            ("other", "now", "city.guidance"),
        ],
    )
    def test_jobseekers_are_served_by_their_own_municipality(
        self, municipality: str, place: str, service: str
    ) -> None:
        answers = {
            "purpose": "job_search",
            "citizenship": "nordic",
            "identity_code": "yes",
            "municipality": municipality,
        }
        route = route_for(HOUSE, answers, Party(1))
        assert service in ids(route)[place]
        assert ("employment.jobseeker" in ids(route)["now"]) == (municipality == "helsinki")
        in_reach = {leg.service.id for leg in (*route.now, *route.optional)}
        assert ("employment.jobseeker" in in_reach) == (municipality == "helsinki")

    def test_an_entrepreneur_meets_business_helsinki_after_the_authorities(self) -> None:
        answers = {"purpose": "business", "citizenship": "nordic", "identity_code": "yes"}
        assert "business.softlanding" in ids(route_for(HOUSE, answers, Party(1)))["now"]

    def test_someone_alone_is_not_asked_for_family_papers(self) -> None:
        route = route_for(HOUSE, INDIAN_SPECIALIST, Party(1))
        assert "family_certificates" not in documents(route, "dvv.register")


class TestQuestions:
    @pytest.mark.parametrize(
        ("answers", "asked"),
        [
            ({}, ["purpose"]),
            (EMPLOYER, ["purpose"]),
            ({"purpose": "work"}, ["purpose", "citizenship", "identity_code"]),
            (INDIAN_SPECIALIST, ["purpose", "citizenship", "identity_code"]),
            (GERMAN, ["purpose", "citizenship", "identity_code"]),
            (
                {"purpose": "work", "citizenship": "other", "identity_code": "no"},
                ["purpose", "citizenship", "identity_code", "permit"],
            ),
            (
                {"purpose": "job_search"},
                ["purpose", "citizenship", "identity_code", "municipality"],
            ),
        ],
    )
    def test_only_what_concerns_the_visitor_is_asked(self, answers: dict[str, str], asked: list[str]) -> None:
        assert [question.id for question in questions_to_ask(HOUSE, answers)] == asked

    def test_answers_left_over_from_a_changed_mind_count_for_nothing(self) -> None:
        stale = {"purpose": "employer", "citizenship": "other", "identity_code": "no", "permit": "no"}
        assert relevant_answers(HOUSE, stale) == EMPLOYER
        assert check_answers(HOUSE, stale) == {}
        assert route_for(HOUSE, stale, Party(1)) == route_for(HOUSE, EMPLOYER, Party(1))

    def test_wrong_answers_are_named_by_question(self) -> None:
        wrong = {"purpose": "work", "citizenship": "martian", "shoe_size": "43"}
        assert check_answers(HOUSE, wrong) == {
            "citizenship": AnswerFault.UNKNOWN_OPTION,
            "identity_code": AnswerFault.MISSING,
            "shoe_size": AnswerFault.UNKNOWN_QUESTION,
        }
        assert check_answers(HOUSE, {}) == {"purpose": AnswerFault.MISSING}
        assert check_answers(HOUSE, GERMAN) == {}

    def test_no_question_asks_for_the_code_itself(self) -> None:
        question = HOUSE.question["identity_code"]
        assert [option.value for option in question.options] == ["yes", "no"]
        assert question.help is not None
        assert "never ask" in question.help["en"]


class TestEveryRoute:
    """Over all complete answers, and parties of every kind."""

    PARTIES = (Party(1), Party(2), Party(1, 1), Party(2, 4))

    def test_there_are_as_many_answers_as_the_questions_allow(self) -> None:
        # Citizenship and code: nordic 2, eu 2, other 3 (with a code, or without it and a permit or none).
        # Six purposes have these 7, jobseekers 7 for each of 4 municipalities, the employer none.
        assert len(EVERY_ANSWER) == 6 * 7 + 4 * 7 + 1

    @pytest.mark.parametrize("party", PARTIES, ids=str)
    def test_nothing_precedes_or_lacks_its_prerequisite(self, party: Party) -> None:
        for answers in EVERY_ANSWER:
            route = route_for(HOUSE, answers, party)
            now, later = ids(route)["now"], ids(route)["later"]
            for place, service in enumerate(now):
                for earlier in HOUSE.service[service].after:
                    assert earlier not in now[place:], (answers, now)
                    assert earlier not in later, (answers, now, later)

    @pytest.mark.parametrize("party", PARTIES, ids=str)
    def test_a_minor_is_never_alone_and_the_legs_can_be_planned(self, party: Party) -> None:
        for answers in EVERY_ANSWER:
            route = route_for(HOUSE, answers, party)
            for leg in (*route.now, *route.optional):
                assert "p1" in leg.people
                assert leg.service.is_in_house
            chosen = [LegChoice(leg.service.id, leg.people) for leg in route.now]
            assert check_legs(HOUSE, party, chosen) == []

    def test_nobody_leaves_without_a_next_step(self) -> None:
        for answers in EVERY_ANSWER:
            route = route_for(HOUSE, answers, Party(1))
            assert route.now or route.elsewhere, answers

    def test_a_service_stands_in_one_place_only(self) -> None:
        for answers in EVERY_ANSWER:
            route = route_for(HOUSE, answers, Party(1))
            names = [name for part in ids(route).values() for name in part]
            names += [leg.service.id for leg in route.optional]
            assert len(names) == len(set(names)), answers


class TestOrder:
    @staticmethod
    def chain(*links: tuple[str, tuple[str, ...]]) -> House:
        services = tuple(
            Service(name, "city", {}, {}, (Channel.WALK_IN,), 5, 0, Who.ONE, after=after)
            for name, after in links
        )
        return replace(HOUSE, services=services)

    def test_a_chain_binds_though_its_middle_is_not_asked_for(self) -> None:
        house = self.chain(("c", ("b",)), ("b", ("a",)), ("a", ()))
        ends = [house.service["c"], house.service["a"]]
        assert [service.id for service in in_order(house, ends)] == ["a", "c"]

    def test_free_services_keep_the_files_order(self) -> None:
        house = self.chain(("x", ()), ("c", ("a",)), ("b", ()), ("a", ()))
        assert [service.id for service in in_order(house, house.services)] == ["x", "b", "a", "c"]

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_any_catalogue_is_ordered_so_that_prerequisites_come_first(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(1, 7))
        earlier = [data.draw(st.sets(st.integers(0, n - 1))) if n else set() for n in range(count)]
        links = [(f"s{n}", tuple(f"s{other}" for other in sorted(earlier[n]))) for n in range(count)]
        house = self.chain(*data.draw(st.permutations(links)))
        chosen = data.draw(st.lists(st.sampled_from(house.services), unique_by=lambda item: item.id))
        ordered = [service.id for service in in_order(house, chosen)]
        assert sorted(ordered) == sorted(service.id for service in chosen)
        reach: set[tuple[int, int]] = {(n, other) for n in range(count) for other in earlier[n]}
        for middle, n, other in itertools.product(range(count), repeat=3):
            if (n, middle) in reach and (middle, other) in reach:
                reach.add((n, other))
        for n, other in reach:
            if f"s{n}" in ordered and f"s{other}" in ordered:
                assert ordered.index(f"s{other}") < ordered.index(f"s{n}")

    def test_what_hangs_on_a_blocked_service_waits_with_it_and_says_why(self) -> None:
        never = Block(({},), {"en": "not yet"}, {"en": "do this"})
        house = self.chain(("c", ("b",)), ("b", ("a",)), ("a", ()))
        suggested = [replace(service, applies=({},)) for service in house.services]
        suggested[2] = replace(suggested[2], blocked=(never,))
        route = route_for(replace(house, services=tuple(suggested)), {}, Party(1))
        assert ids(route)["now"] == []
        assert ids(route)["later"] == ["c", "b", "a"]
        assert [entry.because and entry.because.id for entry in route.later] == ["a", "a", None]
        assert all(entry.reason == {"en": "not yet"} for entry in route.later)

    def test_a_prerequisite_nobody_needs_counts_as_held(self) -> None:
        never = Block(({},), {"en": "not yet"}, {"en": "do this"})
        house = self.chain(("b", ("a",)), ("a", ()))
        wanted = replace(house.service["b"], applies=({},))
        blocked = replace(house.service["a"], blocked=(never,))
        route = route_for(replace(house, services=(wanted, blocked)), {}, Party(1))
        assert ids(route) == {"now": ["b"], "later": [], "elsewhere": []}


class TestLegs:
    FAMILY = Party(adults=2, minors=2)

    @pytest.mark.parametrize(
        ("legs", "faults"),
        [
            ([("kela.advice", "p1")], []),
            ([("dvv.register", "p1 p2 p3 p4"), ("vero.tax_card", "p1")], []),
            ([("dvv.register", "p1 p3"), ("dvv.register", "p2 p4")], []),
            ([("dvv.nothing", "p1")], [("unknown_service", 0)]),
            ([("sak.rights", "p1")], [("service_not_in_house", 0)]),
            ([("vero.tax_number", "p1")], [("service_not_in_house", 0)]),
            ([("kela.advice", "")], [("empty_leg", 0)]),
            ([("kela.advice", "p1 p9")], [("unknown_person", 0)]),
            ([("dvv.register", "p3")], [("minor_alone", 0)]),
            ([("kela.advice", "p1"), ("dvv.register", "p3 p4")], [("minor_alone", 1)]),
            ([("dvv.register", "p1 p3"), ("dvv.register", "p2 p3")], [("duplicate_service", 1)]),
            ([("kela.advice", "p1 p1")], [("duplicate_service", 0)]),
            ([("dvv.nothing", ""), ("sak.rights", "p4")],
             [("unknown_service", 0), ("empty_leg", 0), ("service_not_in_house", 1), ("minor_alone", 1)]),
        ],
    )  # fmt: skip
    def test_a_selection_is_refused_with_its_reasons(
        self, legs: list[tuple[str, str]], faults: list[tuple[str, int]]
    ) -> None:
        chosen = [LegChoice(service, tuple(who.split())) for service, who in legs]
        expected = [LegFault(LegFaultCode(code), leg) for code, leg in faults]
        assert check_legs(HOUSE, self.FAMILY, chosen) == expected

    def test_the_houses_limits_bind_the_whole(self) -> None:
        names = [service.id for service in HOUSE.services if service.is_in_house]
        nine = [LegChoice(name, ("p1",)) for name in names[:9]]
        assert check_legs(HOUSE, Party(6), nine[:8]) == []
        assert check_legs(HOUSE, Party(4, 3), nine) == [
            LegFault(LegFaultCode.TOO_MANY_PEOPLE, None),
            LegFault(LegFaultCode.TOO_MANY_LEGS, None),
        ]


class TestParty:
    def test_adults_are_numbered_before_minors(self) -> None:
        party = Party(2, 3)
        assert party.adult_ids == ("p1", "p2")
        assert party.minor_ids == ("p3", "p4", "p5")
        assert party.people == ("p1", "p2", "p3", "p4", "p5")
        assert [Party(1).kind, Party(2).kind, Party(1, 1).kind] == ["one", "adults", "with_minors"]

    @pytest.mark.parametrize(("adults", "minors"), [(0, 1), (0, 0), (1, -1)])
    def test_a_party_without_an_adult_is_no_party(self, adults: int, minors: int) -> None:
        with pytest.raises(ValueError, match="at least one adult"):
            Party(adults, minors)
