"""Routes of the default house: who needs what, in which order, and what is refused."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ihh
from ihh.domain.follow_up import check_later, days_until
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
EMPLOYER = {"purpose": "employer"}


def ids(route: Route) -> dict[str, list[str]]:
    return {
        "now": [leg.service.id for leg in route.now],
        "later": [entry.service.id for entry in route.later],
        "elsewhere": [entry.service.id for entry in route.elsewhere],
    }


def documents(route: Route, service: str) -> set[str]:
    return {item.id for leg in route.now if leg.service.id == service for item in leg.documents}


def choose(service: str, *, answers: dict[str, str], after_days: int = 0) -> list[str]:
    """The faults of a visit with that service for one person."""
    leg = LegChoice(service, ("p1",))
    return [
        fault.code for fault in check_legs(HOUSE, Party(1), [leg], answers=answers, after_days=after_days)
    ]


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


class TestPeople:
    """Whole routes stand in `test_personas`."""

    @pytest.mark.parametrize("code", ["yes", "no"])
    @pytest.mark.parametrize("citizenship", ["nordic", "eu", "other"])
    def test_a_construction_worker_is_shown_to_the_tax_office(self, citizenship: str, code: str) -> None:
        answers = {"purpose": "construction", "citizenship": citizenship, "identity_code": code}
        if (citizenship, code) == ("other", "no"):
            answers["permit"] = "yes"
        route = route_for(HOUSE, answers, Party(1))
        assert ids(route) == {"now": [], "later": [], "elsewhere": ["vero.tax_number"]}
        assert route.follow_up is None

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
        # Seven purposes have these 7, jobseekers 7 for each of 4 municipalities, the employer none.
        assert len(EVERY_ANSWER) == 7 * 7 + 4 * 7 + 1

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

    def test_what_is_possible_now_may_be_chosen_and_what_must_wait_may_not(self) -> None:
        for answers in EVERY_ANSWER:
            route = route_for(HOUSE, answers, Party(1))
            for leg in (*route.now, *route.optional):
                assert choose(leg.service.id, answers=answers) == [], (answers, leg.service.id)
            for entry in route.later:
                if entry.service.is_in_house:
                    assert choose(entry.service.id, answers=answers) == ["blocked"], answers

    def test_only_the_wait_for_an_identity_code_has_an_end_that_can_be_told(self) -> None:
        """It ends for those who have, or need, no residence permit to wait for."""
        for answers in EVERY_ANSWER:
            route = route_for(HOUSE, answers, Party(1))
            days = 0 if answers.get("permit") == "no" else 21
            assert {entry.after_days for entry in route.later} <= {days}, answers
            told = route.follow_up
            assert (told is not None) == bool(days and route.later), answers
            if told is not None:
                assert {leg.service.id for leg in told.legs} == set(ids(route)["later"]), answers

    @pytest.mark.parametrize("party", PARTIES, ids=str)
    def test_a_second_visit_may_have_what_it_was_told(self, party: Party) -> None:
        for answers in EVERY_ANSWER:
            follow_up = route_for(HOUSE, answers, party).follow_up
            if follow_up is None:
                continue
            legs = [LegChoice(leg.service.id, leg.people) for leg in follow_up.legs]
            for days, code in ((0, ["blocked"]), (20, ["blocked"]), (21, []), (60, [])):
                faults = check_legs(HOUSE, party, legs, answers=answers, after_days=days)
                assert [fault.code for fault in faults] == code * len(legs), (answers, days)
            ordered = [leg.service.id for leg in follow_up.legs]
            assert ordered == [service.id for service in HOUSE.services if service.id in ordered]

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


class TestWaiting:
    """For how long, where obstacles meet."""

    @staticmethod
    def block(days: int) -> Block:
        return Block(({},), {"en": f"wait {days}"}, {"en": "do this"}, days)

    def route(
        self, *services: tuple[str, tuple[str, ...], tuple[int, ...]], has_first_visit: bool = True
    ) -> Route:
        """A house with these services: id, what they come after, days of their blocks; all are needed."""
        house = TestOrder.chain(*((name, after) for name, after, _ in services), ("free", ()))
        wanted = [
            replace(house.service[name], applies=({},), blocked=tuple(self.block(days) for days in waits))
            for name, _, waits in services
        ]
        free = [replace(house.service["free"], applies=({},))] if has_first_visit else []
        return route_for(replace(house, services=(*wanted, *free)), {}, Party(1))

    @pytest.mark.parametrize(
        ("own", "earlier", "days"),
        [
            ((5,), (), 5),
            ((5,), (9,), 9),
            ((9,), (5,), 9),
            ((), (9,), 9),
            ((5,), (0,), 0),
            ((0,), (5,), 0),
            ((), (0,), 0),
            ((5, 30), (), 30),
            ((30, 5), (), 30),
            ((5, 0), (), 0),
        ],
    )
    def test_the_last_obstacle_counts_and_one_without_an_end_has_none(
        self, own: tuple[int, ...], earlier: tuple[int, ...], days: int
    ) -> None:
        route = self.route(("a", (), earlier), ("b", ("a",), own))
        entry = route.later[-1]
        assert (entry.service.id, entry.after_days) == ("b", days)
        assert entry.reason == {"en": f"wait {own[0] if own else earlier[0]}"}, "the first is shown"
        assert entry.can_follow == (days > 0)

    def test_a_second_visit_takes_all_that_has_an_end_in_order_after_the_longest_wait(self) -> None:
        route = self.route(("c", ("b",), ()), ("x", (), (0,)), ("b", ("a",), (14,)), ("a", (), (21,)))
        assert ids(route)["later"] == ["c", "x", "b", "a"]
        assert [entry.after_days for entry in route.later] == [21, 0, 21, 21]
        assert route.follow_up is not None
        assert [leg.service.id for leg in route.follow_up.legs] == ["a", "b", "c"]
        assert route.follow_up.after_days == 21

    def test_a_second_visit_is_so_many_days_after_the_first_whatever_the_month(self) -> None:
        follow_up = self.route(("a", (), (21,))).follow_up
        assert follow_up is not None
        assert follow_up.first_day(date(2026, 12, 18)) == date(2027, 1, 8)
        assert follow_up.first_day(date(2028, 2, 10)) == date(2028, 3, 2)

    def test_without_a_first_visit_there_is_no_second(self) -> None:
        route = self.route(("a", (), (21,)), has_first_visit=False)
        assert ids(route) == {"now": [], "later": ["a"], "elsewhere": []}
        assert route.follow_up is None

    def test_what_another_office_does_is_not_in_a_second_visit(self) -> None:
        house = TestOrder.chain(("a", ()), ("b", ()))
        away = replace(
            house.service["a"], applies=({},), blocked=(self.block(21),), channels=(Channel.REFERRAL,)
        )
        here = replace(house.service["b"], applies=({},))
        route = route_for(replace(house, services=(away, here)), {}, Party(1))
        assert [entry.after_days for entry in route.later] == [21]
        assert route.follow_up is None


class TestBlockedLegs:
    def test_a_service_that_the_answers_block_is_a_fault_of_its_leg_alone(self) -> None:
        legs = [LegChoice("migri.eu_registration", ("p1",)), LegChoice("vero.tax_card", ("p1",))]
        assert check_legs(HOUSE, Party(1), legs, answers=GERMAN) == [LegFault(LegFaultCode.BLOCKED, 1)]

    def test_what_hangs_on_a_blocked_service_is_blocked_with_it(self) -> None:
        """Social security comes after the registration at DVV, which the German must do first."""
        assert choose("kela.social_security", answers=GERMAN) == ["blocked"]
        assert choose("kela.social_security", answers=GERMAN, after_days=21) == []
        assert choose("kela.advice", answers=GERMAN) == []

    def test_without_answers_nothing_is_known_to_be_blocked(self) -> None:
        legs = [LegChoice("vero.tax_card", ("p1",))]
        assert check_legs(HOUSE, Party(1), legs) == []
        assert check_legs(HOUSE, Party(1), legs, answers={}) == []

    def test_no_wait_is_long_enough_for_what_nobody_can_say_the_end_of(self) -> None:
        answers = {"purpose": "work", "citizenship": "other", "identity_code": "no", "permit": "no"}
        assert choose("dvv.register", answers=answers, after_days=366) == ["blocked"]
        assert choose("vero.tax_card", answers=answers, after_days=366) == ["blocked"], "it comes after DVV"

    def test_other_faults_of_the_leg_come_before(self) -> None:
        legs = [LegChoice("vero.tax_card", ("p2",))]
        faults = check_legs(HOUSE, Party(1, 1), legs, answers=GERMAN)
        assert [fault.code for fault in faults] == ["minor_alone", "blocked"]


class TestLaterLegs:
    REGISTER, TAX = LegChoice("dvv.register", ("p1",)), LegChoice("vero.tax_card", ("p1",))
    MIGRI, KELA = LegChoice("migri.eu_registration", ("p1",)), LegChoice("kela.social_security", ("p1",))

    def test_the_follow_up_of_the_route_is_a_second_visit(self) -> None:
        faults = check_later(HOUSE, Party(1), [self.MIGRI], [self.REGISTER, self.TAX], answers=GERMAN)
        assert faults == []
        assert days_until(HOUSE, GERMAN, Party(1), ["dvv.register", "vero.tax_card"]) == 21

    def test_what_is_possible_now_may_wait_for_the_second_visit(self) -> None:
        later = [LegChoice("kela.advice", ("p1",))]
        assert check_later(HOUSE, Party(1), [self.MIGRI], later, answers=GERMAN) == []
        assert days_until(HOUSE, GERMAN, Party(1), ["kela.advice"]) == 0
        assert days_until(HOUSE, None, Party(1), ["vero.tax_card"]) == 0

    def test_what_has_no_end_cannot_be_booked_at_all(self) -> None:
        answers = {"purpose": "work", "citizenship": "other", "identity_code": "no", "permit": "no"}
        later = [self.REGISTER, LegChoice("kela.advice", ("p1",)), self.TAX]
        first = [LegChoice("city.guidance", ("p1",))]
        assert check_later(HOUSE, Party(1), first, later, answers=answers) == [
            LegFault(LegFaultCode.BLOCKED, 0),
            LegFault(LegFaultCode.BLOCKED, 2),
        ]

    def test_a_second_visit_has_nothing_that_the_first_one_needs(self) -> None:
        needed = [LegFault(LegFaultCode.NEEDED_FIRST, 0)]
        assert check_later(HOUSE, Party(1), [self.KELA], [self.REGISTER]) == needed
        assert check_later(HOUSE, Party(1), [self.KELA], [self.MIGRI]) == needed, "through the chain"
        assert check_later(HOUSE, Party(1), [self.REGISTER], [self.KELA]) == []

    def test_unless_they_are_for_different_people(self) -> None:
        later = [LegChoice("dvv.register", ("p2",))]
        assert check_later(HOUSE, Party(2), [self.KELA], later) == []

    def test_its_legs_are_checked_like_any_others(self) -> None:
        later = [LegChoice("dvv.nothing", ("p1",)), LegChoice("kela.advice", ("p2",))]
        assert check_later(HOUSE, Party(1, 1), [LegChoice("no.such", ("p1",))], later) == [
            LegFault(LegFaultCode.UNKNOWN_SERVICE, 0),
            LegFault(LegFaultCode.MINOR_ALONE, 1),
        ]


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
            ([("dvv.register", "p3 p4")], [("minor_alone", 0)]),
            ([("dvv.register", "p3 p4 p1"), ("kela.advice", "p4 p2")], []),
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

    @settings(max_examples=100, deadline=None)
    @given(st.integers(1, 3), st.integers(0, 3), st.data())
    def test_however_many_children_there_is_an_adult_with_them(
        self, adults: int, minors: int, data: st.DataObject
    ) -> None:
        party = Party(adults, minors)
        people = data.draw(st.lists(st.sampled_from(party.people), min_size=1, unique=True))
        faults = check_legs(HOUSE, party, [LegChoice("dvv.register", tuple(people))])
        alone = all(int(person[1:]) > adults for person in people)
        assert faults == ([LegFault(LegFaultCode.MINOR_ALONE, 0)] if alone else [])

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
