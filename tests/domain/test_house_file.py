"""The house file: the default house as the domain describes it, and every fault of a broken one."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import ihh
from ihh.domain.house import (
    Channel,
    Figures,
    House,
    Limits,
    LinePolicy,
    ListedNetwork,
    Policy,
    Span,
    WalkMin,
    Who,
)
from ihh.domain.house_file import (
    HouseFileError,
    LanguageGap,
    check_house,
    language_gaps,
    parse_house,
    read_data,
    read_house,
)
from ihh.domain.house_file.sections import BOUNDS

HELSINKI = Path(ihh.__file__).parent / "houses" / "helsinki.toml"
MORNING = Span(9 * 60, 12 * 60)


def text(word: str) -> dict[str, str]:
    return {"en": word, "fi": f"{word} fi", "sv": f"{word} sv"}


def small_house() -> dict[str, Any]:
    """The least house that has something of everything."""
    return {
        "format": "ihh-house/1",
        "id": "small",
        "name": text("Small house"),
        "address": text("Street 1"),
        "timezone": "Europe/Helsinki",
        "country": "FI",
        "languages": ["en", "fi", "sv"],
        "grid_min": 5,
        "hours": {"mon-fri": [["09:00", "16:00"]]},
        "holiday_categories": ["public"],
        "walk_min": {"same_zone": 5, "other_zone": 10},
        "listed_network": [
            {"network": "192.0.2.0/24", "holds_per_hour": 200},
            {"network": "2001:db8::/32", "holds_per_hour": 21},
        ],
        "zone": [{"id": "A", "name": text("Area"), "directions": text("Ahead"), "walk_min": 1}],
        "agency": [
            {"id": "reg", "prefix": "R", "zone": "A", "name": text("Registry"), "short_name": text("Reg")},
            {"id": "tax", "prefix": "T", "zone": "A", "name": text("Taxes"), "short_name": text("Tax")},
        ],
        "question": [
            {
                "id": "code",
                "title": text("Code?"),
                "option": [{"value": "yes", "label": text("Yes")}, {"value": "no", "label": text("No")}],
            },
            {
                "id": "permit",
                "title": text("Permit?"),
                "asked_when": [{"code": ["no"]}],
                "option": [{"value": "yes", "label": text("Yes")}, {"value": "no", "label": text("No")}],
            },
        ],
        "document": [{"id": "passport", "name": text("Passport")}],
        "service": [
            {
                "id": "reg.new",
                "agency": "reg",
                "name": text("Register"),
                "about": text("Get registered"),
                "channels": ["desk"],
                "base_min": 25,
                "per_extra_person_min": 10,
                "who": "everyone",
                "kept_pct": 10,
                "documents": [{"document": "passport", "when": [{"party": ["one"]}]}],
            },
            {
                "id": "tax.card",
                "agency": "tax",
                "name": text("Card"),
                "about": text("Get a card"),
                "channels": ["walk_in"],
                "base_min": 15,
                "per_extra_person_min": 0,
                "wait_min": 20,
                "who": "one",
                "after": ["reg.new"],
                "applies": [{}],
                "blocked": [
                    {"when": [{"code": ["no"]}], "wait_days": 21, "reason": text("No"), "instead": text("Do")}
                ],
                "note": [{"reason": text("Note")}],
            },
            {
                "id": "tax.call",
                "agency": "tax",
                "name": text("Call"),
                "about": text("Call them"),
                "channels": ["remote_phone"],
                "phone": "+358 29 411 2110",
            },
        ],
        "desk": [
            {
                "id": "reg-1",
                "label": "1",
                "agency": "reg",
                "services": ["reg.new"],
                "languages": ["fi", "sv", "en"],
                "hours": {"mon-fri": [["09:00", "11:30"], ["12:00", "16:00"]]},
            },
            {
                "id": "tax-1",
                "label": "2",
                "agency": "tax",
                "services": ["tax.card"],
                "languages": ["fi", "sv", "en"],
                "hours": {"mon-fri": [["09:00", "16:00"]]},
            },
        ],
    }


def faults_of(data: Any) -> list[tuple[str, str]]:
    return [(fault.path, fault.message) for fault in check_house(data)]


@pytest.fixture(scope="module")
def house() -> House:
    return read_house(HELSINKI)


class TestDefaultHouse:
    def test_every_agency_has_its_channels(self, house: House) -> None:
        channels: dict[str, set[str]] = {}
        for service in house.services:
            channels.setdefault(service.agency, set()).update(service.channels)
        assert channels == {
            "dvv": {"desk"},
            "migri": {"desk", "referral"},
            "vero": {"walk_in", "referral"},
            "kela": {"desk", "walk_in"},
            "employment": {"desk", "walk_in"},
            "city": {"walk_in"},
            "chamber": {"desk"},
            "business": {"desk"},
            "etk": {"remote_phone", "remote_online"},
            "sak": {"remote_phone"},
            "espoo": {"referral"},
            "vantaa": {"referral"},
        }
        assert set(house.agency) == set(channels)

    @pytest.mark.parametrize(
        ("service", "minutes"),
        [
            ("dvv.register", (25, 35, 65)),
            ("migri.eu_registration", (20, 35, 80)),
            ("vero.tax_card", (15, 25, 55)),
            ("kela.social_security", (20, 35, 80)),
            ("employment.jobseeker", (30, 50, 110)),
            ("city.guidance", (15, 15, 15)),
            ("chamber.employer", (45, 45, 45)),
            ("business.softlanding", (45, 45, 45)),
        ],
    )
    def test_services_take_their_minutes_for_one_two_and_five_people(
        self, house: House, service: str, minutes: tuple[int, int, int]
    ) -> None:
        planned = house.service[service].planned_min
        assert (planned(1), planned(2), planned(5)) == minutes

    def test_labels_count_up_from_one(self, house: House) -> None:
        assert [desk.label for desk in house.desks] == [str(n) for n in range(1, 19)]
        desks = Counter(desk.agency for desk in house.desks)
        assert desks == {"dvv": 4, "migri": 2, "kela": 3, "vero": 3, "employment": 2, "city": 2,
                         "chamber": 1, "business": 1}  # fmt: skip

    def test_hours_are_those_published(self, house: House) -> None:
        day, sak = Span(540, 960), house.service["sak.rights"].hours
        assert house.hours == ((day,),) * 5 + ((), ())
        assert house.service["vero.tax_card"].hours == ((MORNING,),) * 5 + ((), ())
        assert house.service["kela.advice"].hours == house.hours
        assert house.service["city.guidance"].hours == ((day,),) * 4 + ((Span(600, 900),), (), ())
        two = (Span(540, 660), Span(720, 900))
        assert sak == ((Span(840, 1020),), two, two, (), (), (), ())

    def test_walks_limits_and_policy(self, house: House) -> None:
        assert house.walk == WalkMin(5, 10)
        assert house.policy == Policy(45, 10, 10, 60, 15, 1, 3, 10, 2, LinePolicy.ALL)
        assert house.limits == Limits(
            party_max=6, legs_max=8, horizon_days=60, hold_min=10, hold_extension_min=5, holds_per_hour=20,
            open_visits_per_contact=3, book_ahead_min=30, release_hours=48, waitlist_offer_min=240,
            measured_from=50,
        )  # fmt: skip
        assert house.figures.small_cell == 5
        assert {zone.id for zone in house.zones} == {"A", "B", "C"}

    def test_a_tenth_of_the_scarce_appointments_is_kept_for_the_desks(self, house: House) -> None:
        kept = {service.id: service.kept_pct for service in house.services if service.kept_pct}
        assert kept == {
            "migri.eu_registration": 10,
            "dvv.register": 10,
            "dvv.changes": 10,
            "kela.social_security": 10,
        }

    def test_only_what_waits_for_the_identity_code_has_days(self, house: House) -> None:
        """It comes in two to four weeks; of a residence permit nobody can say when."""
        days = [
            (service.id, block.when, block.wait_days)
            for service in house.services
            for block in service.blocked
        ]
        permit = ({"permit": ("no",)},)
        assert days == [
            ("dvv.register", ({"citizenship": ("eu",), "identity_code": ("no",)},), 21),
            ("dvv.register", permit, 0),
            ("vero.tax_card", ({"identity_code": ("no",)},), 21),
            ("employment.jobseeker", permit, 0),
            ("employment.espoo", permit, 0),
            ("employment.vantaa", permit, 0),
        ]

    def test_no_network_may_hold_more_until_the_house_lists_one(self, house: House) -> None:
        assert house.listed_networks == ()

    def test_the_network_in_the_comment_is_one_that_could_be_listed(self) -> None:
        raw = HELSINKI.read_text(encoding="utf-8")
        commented = re.findall(
            r"^# (\[\[listed_network\]\]|network = .*|holds_per_hour = .*)$", raw, re.MULTILINE
        )
        data = read_data(HELSINKI) | tomllib.loads("\n".join(commented))
        assert parse_house(data).listed_networks == (ListedNetwork("192.0.2.0/24", 200),)

    def test_who_must_attend(self, house: House) -> None:
        assert house.service["dvv.register"].who is Who.EVERYONE
        assert house.service["migri.eu_registration"].who is Who.EVERYONE
        assert house.service["vero.tax_card"].who is Who.ONE

    def test_remote_services_say_how_to_reach_them(self, house: House) -> None:
        assert house.agency["etk"].phone == "+358 29 411 2110"
        assert house.agency["sak"].phone == "0800 414 004"
        assert house.agency["etk"].zone is None

    def test_finnish_swedish_and_english_are_served_all_the_time(self, house: House) -> None:
        assert language_gaps(house, ("fi", "sv", "en")) == []
        spoken = {language for desk in house.desks for language in desk.languages}
        assert {"ru", "et", "so", "ar"} <= spoken

    def test_no_text_is_left_untranslated(self) -> None:
        def texts(value: Any) -> list[dict[str, str]]:
            if isinstance(value, list):
                return [found for item in value for found in texts(item)]
            if not isinstance(value, dict):
                return []
            if set(value) >= {"en", "fi", "sv"}:
                return [value]
            return [found for item in value.values() for found in texts(item)]

        found = texts(read_data(HELSINKI))
        assert len(found) > 120
        long = [item for item in found if len(item["en"].split()) > 4]
        assert all(len({item["en"], item["fi"], item["sv"]}) == 3 for item in long)
        assert not [item for item in found if "counter" in item["en"].lower()]

    def test_unsourced_values_are_listed_as_assumed(self, house: House) -> None:
        assert {"service *: wait_min", "desk *: languages", "desk *: hours"} <= set(house.assumed)
        assert {"service *: kept_pct", "service *: blocked.wait_days", "limits"} <= set(house.assumed)
        assert {f"policy.{key}_min" for key in ("recall", "park", "return", "last_call")} <= set(
            house.assumed
        )
        assert not [path for path in house.assumed if "phone" in path]

    def test_no_text_holds_an_identity_code(self) -> None:
        raw = HELSINKI.read_text(encoding="utf-8")
        assert not re.search(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", raw)

    def test_it_survives_being_kept_as_json(self, house: House) -> None:
        assert parse_house(json.loads(json.dumps(read_data(HELSINKI)))) == house


class TestReading:
    def test_the_small_house_has_no_fault_and_gets_the_usual_settings(self) -> None:
        house = parse_house(small_house())
        assert house.policy == Policy()
        assert house.hours[0] == (Span(540, 960),)
        assert house.hours[6] == ()
        assert house.desk["reg-1"].zone == "A"
        assert house.service["tax.call"].channels == (Channel.REMOTE_PHONE,)
        assert house.service["tax.card"].notes[0].when == ({},)
        assert house.service["tax.card"].notes[0].instead == {}
        assert house.prerequisites["tax.card"] == frozenset({"reg.new"})
        assert [service.kept_pct for service in house.services] == [10, 0, 0]
        assert [block.wait_days for block in house.service["tax.card"].blocked] == [21]
        assert house.listed_networks == (
            ListedNetwork("192.0.2.0/24", 200),
            ListedNetwork("2001:db8::/32", 21),
        )

    def test_what_is_left_out_has_its_usual_value(self) -> None:
        data = small_house()
        del data["listed_network"], data["service"][0]["kept_pct"]
        del data["service"][1]["blocked"][0]["wait_days"]
        house = parse_house(data)
        assert house.listed_networks == ()
        assert house.service["reg.new"].kept_pct == 0
        assert house.service["tax.card"].blocked[0].wait_days == 0
        usual = (house.policy.recall_min, house.policy.park_min, house.policy.return_min)
        assert (*usual, house.policy.last_call_min, house.policy.lines) == (1, 3, 10, 2, "all")
        limits = house.limits
        assert (limits.hold_extension_min, limits.release_hours) == (5, 48)
        assert (limits.waitlist_offer_min, limits.measured_from) == (240, 50)

    def test_settings_of_the_day_and_of_booking_are_read(self) -> None:
        data = small_house()
        data["policy"] = {"recall_min": 2, "park_min": 6, "return_min": 20, "last_call_min": 3,
                          "lines": "one_at_a_time"}  # fmt: skip
        data["limits"] = {"hold_extension_min": 7, "release_hours": 0, "waitlist_offer_min": 60,
                          "measured_from": 200}  # fmt: skip
        house = parse_house(data)
        assert house.policy == Policy(
            recall_min=2, park_min=6, return_min=20, last_call_min=3, lines=LinePolicy.ONE_AT_A_TIME
        )
        assert house.limits == Limits(
            hold_extension_min=7, release_hours=0, waitlist_offer_min=60, measured_from=200
        )

    def test_a_single_address_is_a_network(self) -> None:
        data = small_house()
        data["listed_network"] = [{"network": "198.51.100.7", "holds_per_hour": 100}]
        assert parse_house(data).listed_networks == (ListedNetwork("198.51.100.7", 100),)

    def test_spans_are_put_in_order(self) -> None:
        data = small_house()
        data["desk"][0]["hours"] = {"mon": [["12:00", "16:00"], ["09:00", "12:00"]]}
        assert parse_house(data).desk["reg-1"].hours[0] == (Span(540, 720), Span(720, 960))

    def test_more_languages_than_required_are_welcome(self) -> None:
        data = small_house()
        data["name"]["ar"] = "بيت"
        assert parse_house(data).name["ar"] == "بيت"

    def test_a_missing_file_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(HouseFileError, match="cannot be read: No such file") as caught:
            read_house(tmp_path / "none.toml")
        assert len(caught.value.faults) == 1
        assert "none.toml" in str(caught.value)

    def test_broken_toml_names_the_line(self, tmp_path: Path) -> None:
        path = tmp_path / "broken.toml"
        path.write_text('format = "ihh-house/1"\nid = "x"\ngrid_min = = 5\n', encoding="utf-8")
        with pytest.raises(HouseFileError) as caught:
            read_house(path)
        assert [fault.path for fault in caught.value.faults] == ["line 3, column 12"]

    def test_text_that_is_not_utf8_is_a_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "latin.toml"
        path.write_bytes('id = "väärä"'.encode("latin-1"))
        with pytest.raises(HouseFileError, match="is not UTF-8 text: byte 7"):
            read_house(path)

    def test_a_broken_house_raises_all_its_faults(self) -> None:
        data = small_house()
        data["country"] = "XX"
        del data["desk"][1]["label"]
        with pytest.raises(HouseFileError) as caught:
            parse_house(data, source="here")
        assert [str(fault) for fault in caught.value.faults] == [
            "desk[2] tax-1: label: missing",
            'country: "XX" has no known public holidays',
        ]
        assert str(caught.value).startswith("here: desk[2]")


Break = Callable[[dict[str, Any]], object]

BROKEN: list[tuple[str, Break, list[tuple[str, str]]]] = [
    # the top of the file
    ("another format", lambda d: d.update(format="ihh-house/2"),
     [("format", '"ihh-house/2" must be "ihh-house/1"')]),
    ("no format", lambda d: d.pop("format"), [("format", "missing")]),
    ("unknown key", lambda d: d.update(colour="blue"), [("colour", "unknown key")]),
    ("wrong type", lambda d: d.update(grid_min="5"),
     [("grid_min", "must be a whole number, not a string")]),
    ("a boolean is no number", lambda d: d.update(grid_min=True),
     [("grid_min", "must be a whole number, not a boolean")]),
    ("a number is no boolean", lambda d: d.update(figures={"asks_nps": 1}),
     [("figures.asks_nps", "must be true or false, not a whole number")]),
    ("an export folder that is not absolute", lambda d: d.update(exports={"folder": "exports"}),
     [("exports.folder", '"exports" must be an absolute path')]),
    ("an unknown export format", lambda d: d.update(exports={"formats": ["csv", "pdf"]}),
     [("exports.formats[2]", '"pdf" must be one of csv, csv-excel-fi, xlsx, json, parquet')]),
    ("an unknown export table", lambda d: d.update(exports={"tables": ["agency", "desk"]}),
     [("exports.tables[2]", '"desk" must be a table of the figures such as agency.hour')]),
    ("days of feedback", lambda d: d.update(limits={"feedback_days": 31}),
     [("limits.feedback_days", "31 must be from 0 to 30")]),
    ("grid", lambda d: d.update(grid_min=7), [("grid_min", "7 must divide an hour")]),
    ("time zone", lambda d: d.update(timezone="Europe/Nowhere"),
     [("timezone", '"Europe/Nowhere" is no time zone such as Europe/Helsinki')]),
    ("category", lambda d: d.update(holiday_categories=["public", "bank"]),
     [("holiday_categories[2]", '"bank" must be one of public, unofficial, workday')]),
    ("no such date", lambda d: d.update(extra_closed=["2026-02-30", "2026-12-31", "31.12.2026"]),
     [("extra_closed[1]", '"2026-02-30" must be a date such as 2026-12-31'),
      ("extra_closed[3]", '"31.12.2026" must be a date such as 2026-12-31')]),
    ("a TOML date", lambda d: d.update(extra_closed=[date(2026, 12, 31)]),
     [("extra_closed[1]", "must be a string, not a date or time; write it as a string")]),
    ("assumed", lambda d: d.update(assumed=["desk *: hours", "desk reg-9: hours", "walk_min.far", "?"]),
     [(f"assumed[{n}]", f'"{path}" leads to no value of this file')
      for n, path in ((2, "desk reg-9: hours"), (3, "walk_min.far"), (4, "?"))]),
    ("assumed in arrays",
     lambda d: d.update(assumed=["service *: blocked.wait_days", "service tax.card: blocked.wait_days",
                                 "service reg.new: blocked.wait_days", "service *: blocked.wait_days.x",
                                 "listed_network *: holds_per_hour", "listed_network *: name"]),
     [(f"assumed[{n}]", f'"{path}" leads to no value of this file')
      for n, path in ((3, "service reg.new: blocked.wait_days"), (4, "service *: blocked.wait_days.x"),
                      (6, "listed_network *: name"))]),
    ("a table is needed", lambda d: d.update(policy=[]), [("policy", "must be a table, not an array")]),
    ("settings out of bounds", lambda d: d.update(limits={"party_max": 9, "legs": 3}),
     [("limits.party_max", "9 must be from 1 to 6"), ("limits.legs", "unknown key")]),
    ("settings of the day out of bounds",
     lambda d: d.update(policy={"recall_min": 0, "park_min": 61, "return_min": 0, "last_call_min": 61}),
     [("policy.recall_min", "0 must be from 1 to 60"), ("policy.park_min", "61 must be from 1 to 60"),
      ("policy.return_min", "0 must be from 1 to 480"), ("policy.last_call_min", "61 must be from 1 to 60")]),
    ("settings of booking out of bounds",
     lambda d: d.update(limits={"hold_extension_min": 0, "release_hours": 721, "waitlist_offer_min": 9,
                                "measured_from": 0}),
     [("limits.hold_extension_min", "0 must be from 1 to 60"), ("limits.release_hours", "721 must be from 0 to 720"),
      ("limits.waitlist_offer_min", "9 must be from 10 to 2880"), ("limits.measured_from", "0 must be from 1 to 10000")]),
    ("a policy of lines that nobody knows", lambda d: d.update(policy={"lines": "some"}),
     [("policy.lines", '"some" must be one of all, one_at_a_time')]),
    ("a policy of lines that is no string", lambda d: d.update(policy={"lines": True}),
     [("policy.lines", "must be a string, not a boolean")]),
    ("freed before it is recalled", lambda d: d.update(policy={"recall_min": 3}),
     [("policy.park_min", "3 must be more than recall_min, 3")]),
    ("freed at the recall", lambda d: d.update(policy={"recall_min": 4, "park_min": 4}),
     [("policy.park_min", "4 must be more than recall_min, 4")]),
    # networks
    ("no network", lambda d: d["listed_network"][0].update(network="embassy"),
     [("listed_network[1]: network", '"embassy" must be a network such as 192.0.2.0/24')]),
    ("a network with bits behind its prefix", lambda d: d["listed_network"][0].update(network="192.0.2.7/24"),
     [("listed_network[1]: network", '"192.0.2.7/24" must be a network such as 192.0.2.0/24')]),
    ("a network without its keys", lambda d: d.update(listed_network=[{"name": "x"}]),
     [("listed_network[1]: network", "missing"), ("listed_network[1]: holds_per_hour", "missing"),
      ("listed_network[1]: name", "unknown key")]),
    ("a network that is no table", lambda d: d.update(listed_network=["192.0.2.0/24"]),
     [("listed_network[1]", "must be a table, not a string")]),
    ("networks that overlap",
     lambda d: d["listed_network"].extend([{"network": "192.0.2.128/25", "holds_per_hour": 50},
                                           {"network": "192.0.3.0/24", "holds_per_hour": 50},
                                           {"network": "2001:db8:1::/48", "holds_per_hour": 50}]),
     [("listed_network[3]: network", '"192.0.2.128/25" overlaps listed_network[1], "192.0.2.0/24"'),
      ("listed_network[5]: network", '"2001:db8:1::/48" overlaps listed_network[2], "2001:db8::/32"')]),
    ("a network that may hold no more than anyone",
     lambda d: d["listed_network"][0].update(holds_per_hour=20),
     [("listed_network[1]: holds_per_hour", "20 must be more than everyone may hold, 20")]),
    ("a network that may hold too many", lambda d: d["listed_network"][0].update(holds_per_hour=1001),
     [("listed_network[1]: holds_per_hour", "1001 must be from 1 to 1000")]),
    ("walk", lambda d: d["walk_min"].pop("other_zone"), [("walk_min.other_zone", "missing")]),
    ("a section that is a table", lambda d: d.update(document={}),
     [("document", "must be an array, not a table"),
      ("service[1] reg.new: documents[1].document", 'unknown document "passport"')]),
    # texts
    ("missing languages", lambda d: d.update(name={"en": "House"}),
     [("name", "missing languages: fi, sv")]),
    ("empty text", lambda d: d["zone"][0]["name"].update(sv="  "),
     [("zone[1] A: name.sv", "must not be empty")]),
    ("text in no language", lambda d: d["zone"][0]["name"].update(Svenska="x"),
     [("zone[1] A: name.Svenska", "is no language code such as en")]),
    ("text that is a string", lambda d: d["agency"][0].update(name="Registry"),
     [("agency[1] reg: name", "must be a table, not a string")]),
    # hours
    ("overlapping spans",
     lambda d: d["desk"][0].update(hours={"mon": [["09:00", "12:00"], ["11:00", "13:00"]]}),
     [("desk[1] reg-1: hours.mon", "09:00–12:00 and 11:00–13:00 overlap")]),
    ("reversed span", lambda d: d["desk"][0].update(hours={"mon": [["12:00", "09:00"]]}),
     [("desk[1] reg-1: hours.mon[1]", "12:00 must be before 09:00")]),
    ("bad clocks", lambda d: d["desk"][0].update(hours={"mon": [["9:00", "25:00"], ["10:00"], "x"]}),
     [("desk[1] reg-1: hours.mon[1]", '"9:00" is no time from "00:00" to "24:00"'),
      ("desk[1] reg-1: hours.mon[1]", '"25:00" is no time from "00:00" to "24:00"'),
      ("desk[1] reg-1: hours.mon[2]", 'must be two times such as ["09:00", "16:00"]'),
      ("desk[1] reg-1: hours.mon[3]", 'must be two times such as ["09:00", "16:00"]')]),
    ("a day twice", lambda d: d["desk"][0].update(hours={"mon-wed": [["09:00", "12:00"]], "tue": []}),
     [("desk[1] reg-1: hours.tue", "tue stands twice")]),
    ("no day", lambda d: d["desk"][0].update(hours={"mon": [["09:00", "12:00"]], "fri-mon": [], "day": []}),
     [("desk[1] reg-1: hours.fri-mon", "is no day or range of days such as mon or mon-fri"),
      ("desk[1] reg-1: hours.day", "is no day or range of days such as mon or mon-fri")]),
    ("outside the house", lambda d: d["desk"][0].update(hours={"fri-sat": [["08:00", "10:00"]]}),
     [("desk[1] reg-1: hours", "fri 08:00–09:00 is outside the house's hours"),
      ("desk[1] reg-1: hours", "sat 08:00–10:00 is outside the house's hours")]),
    ("never open", lambda d: d["desk"][0].update(hours={}),
     [("desk[1] reg-1: hours", "the desk must be open on some day")]),
    ("broken house hours make one fault", lambda d: d.update(hours={"mon-fri": "9-16"}),
     [("hours.mon-fri", "must be an array of [start, end], not a string")]),
    # ids and references
    ("duplicates", lambda d: (d["desk"][1].update(id="reg-1", label="1"), d["agency"][1].update(prefix="R")),
     [("desk[2] reg-1: id", '"reg-1" is already used by desk[1] reg-1'),
      ("agency[2] tax: prefix", '"R" is already used by agency[1] reg'),
      ("desk[2] reg-1: label", '"1" is already used by desk[1] reg-1')]),
    ("badly written", lambda d: (d["desk"][1].update(label="B2"), d["zone"][0].update(id="F", walk_min=-1)),
     [("zone[1] F: id", '"F" must be a letter from A to E'),
      ("zone[1] F: walk_min", "-1 must be from 0 to 60"),
      ("desk[2] tax-1: label", '"B2" must be a number from "1" to "999"'),
      ("agency[1] reg: zone", 'unknown zone "A"'),
      ("agency[2] tax: zone", 'unknown zone "A"'),
      ("desk[1] reg-1: zone", 'unknown zone "A"'),
      ("desk[2] tax-1: zone", 'unknown zone "A"')]),
    ("unknown names",
     lambda d: (d["service"][0].update(agency="nobody"), d["desk"][1]["services"].append("x.y")),
     [("service[1] reg.new: agency", 'unknown agency "nobody"'),
      ("desk[2] tax-1: services[2]", 'unknown service "x.y"')]),
    ("another agency's service", lambda d: d["desk"][0]["services"].append("tax.card"),
     [("desk[1] reg-1: services[2]", '"tax.card" belongs to tax, the desk to reg')]),
    ("a desk for a remote service", lambda d: d["desk"][1]["services"].append("tax.call"),
     [("desk[2] tax-1: services[2]", '"tax.call" is not served in the house')]),
    ("an agency without a place", lambda d: d["agency"][1].pop("zone"),
     [("desk[2] tax-1: agency", '"tax" has desks and so needs a zone')]),
    ("an entry without an id", lambda d: d["document"].append({"name": text("Card")}),
     [("document[2]: id", "missing")]),
    ("an entry that is no table", lambda d: d["document"].append("passport"),
     [("document[2]", "must be a table, not a string")]),
    # questions and conditions
    ("unknown question and answer",
     lambda d: d["service"][1]["blocked"][0].update(when=[{"code": ["maybe"], "age": ["9"]}]),
     [("service[2] tax.card: blocked[1].when[1].code", 'unknown answer "maybe"'),
      ("service[2] tax.card: blocked[1].when[1].age", "unknown question")]),
    ("unknown party", lambda d: d["service"][0]["documents"][0].update(when=[{"party": ["crowd"]}]),
     [("service[1] reg.new: documents[1].when[1].party", 'unknown answer "crowd"')]),
    ("a block that never holds", lambda d: d["service"][1]["blocked"][0].update(when=[]),
     [("service[2] tax.card: blocked[1].when", "must hold at least one condition")]),
    ("a condition without answers", lambda d: d["service"][1].update(applies=[{"code": []}, "code"]),
     [("service[2] tax.card: applies[1].code", "must name at least one"),
      ("service[2] tax.card: applies[2]", "must be a table of question = [answers], not a string")]),
    ("a question about a later one", lambda d: d["question"].reverse(),
     [("question[1] permit: asked_when[1].code", "must be asked before this question")]),
    ("one option", lambda d: (d["question"][0]["option"].pop(), d["question"][1].update(asked_when=[])),
     [("question[1] code: option", "a question needs at least two options"),
      ("service[2] tax.card: blocked[1].when[1].code", 'unknown answer "no"')]),
    ("an option twice", lambda d: d["question"][1]["option"].append({"value": "no", "label": text("No!")}),
     [("question[2] permit: option", 'value "no" stands twice')]),
    ("a question kept for the party", lambda d: d["question"][1].update(id="party"),
     [("question[2] party: id", '"party" is kept for the size of the party')]),
    # services
    ("enumerations", lambda d: d["service"][0].update(who="all", channels=["desk", "fax"]),
     [("service[1] reg.new: channels",
       '"fax" must be one of desk, walk_in, remote_phone, remote_online, referral'),
      ("service[1] reg.new: who", '"all" must be one of everyone, adults, one')]),
    ("a misspelt key", lambda d: d["service"][1].update(basemin=15),
     [("service[2] tax.card: basemin", "unknown key")]),
    ("a duration missing", lambda d: d["service"][1].pop("base_min"),
     [("service[2] tax.card: base_min", "missing")]),
    ("too long for any desk", lambda d: d["service"][0].update(base_min=245),
     [("service[1] reg.new: base_min", "no desk is open for 245 minutes on end")]),
    ("a wait without a line", lambda d: d["service"][0].update(wait_min=5),
     [("service[1] reg.new: wait_min", "only for a service with a walk-in line")]),
    ("kept time without appointments", lambda d: d["service"][1].update(kept_pct=10),
     [("service[2] tax.card: kept_pct", "only for a service by appointment")]),
    ("kept time of a phone line", lambda d: d["service"][2].update(kept_pct=1),
     [("service[3] tax.call: kept_pct", "only for a service by appointment")]),
    ("more kept than there is", lambda d: d["service"][0].update(kept_pct=101),
     [("service[1] reg.new: kept_pct", "101 must be from 0 to 100")]),
    ("days that are no number", lambda d: d["service"][1]["blocked"][0].update(wait_days="three weeks"),
     [("service[2] tax.card: blocked[1].wait_days", "must be a whole number, not a string")]),
    ("days out of bounds", lambda d: d["service"][1]["blocked"][0].update(wait_days=-1),
     [("service[2] tax.card: blocked[1].wait_days", "-1 must be from 0 to 366")]),
    ("days of an advice", lambda d: d["service"][1]["note"][0].update(wait_days=3),
     [("service[2] tax.card: note[1].wait_days", "unknown key")]),
    ("hours of appointments", lambda d: d["service"][0].update(hours={"mon": [["09:00", "10:00"]]}),
     [("service[1] reg.new: hours",
       "only for a walk-in line or a remote service; appointments follow the desks")]),
    ("a line that nobody serves", lambda d: (d["desk"][1].update(hours={"mon-thu": [["09:00", "16:00"]]})),
     [("service[2] tax.card: hours", "fri 09:00–16:00: the line is open but no desk is")]),
    ("no desk", lambda d: d["desk"].pop(),
     [("service[2] tax.card", "is served in the house but at no desk")]),
    ("nobody speaks it", lambda d: d["desk"][1].update(languages=["fi", "en", "ar"]),
     [("service[2] tax.card", "no desk serves it in sv")]),
    ("no number to call", lambda d: d["service"][2].pop("phone"),
     [("service[3] tax.call: phone", "missing here and at the agency, though the channel is remote_phone")]),
    ("a plain address", lambda d: d["service"][2].update(url="http://example.org"),
     [("service[3] tax.call: url", '"http://example.org" must be an address that starts with https://')]),
    ("after itself, nothing, and a phone call",
     lambda d: d["service"][1].update(after=["tax.card", "no.such", "tax.call"]),
     [("service[2] tax.card: after[1]", "a service cannot come after itself"),
      ("service[2] tax.card: after[2]", 'unknown service "no.such"'),
      ("service[2] tax.card: after[3]", '"tax.call" is not served in the house')]),
    ("a circle", lambda d: d["service"][0].update(after=["tax.card"]),
     [("service[1] reg.new: after", "goes in a circle: reg.new after tax.card after reg.new"),
      ("service[2] tax.card: after", "goes in a circle: tax.card after reg.new after tax.card")]),
]  # fmt: skip


class TestBrokenHouses:
    @pytest.mark.parametrize(
        ("break_it", "expected"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
    )
    def test_each_mistake_gives_its_fault_and_no_other(
        self, break_it: Break, expected: list[tuple[str, str]]
    ) -> None:
        data = small_house()
        break_it(data)
        found = faults_of(data)
        assert sorted(found) == sorted(expected)

    def test_a_language_of_the_house_is_needed_in_every_text_and_at_some_desk(self) -> None:
        data = small_house()
        data["languages"].append("et")
        found = faults_of(data)
        assert ("name", "missing languages: et") in found
        assert ("question[1] code: option[2].label", "missing languages: et") in found
        assert ("service[1] reg.new", "no desk serves it in et") in found
        assert len(found) == 2 + 2 + 4 + 6 + 1 + 9 + 2

    def test_many_mistakes_are_reported_together(self) -> None:
        """Mistakes that do not touch each other add up: none hides another."""
        data, expected = small_house(), set()
        chosen = ["wrong type", "time zone", "no such date", "walk", "empty text", "overlapping spans",
                  "an entry without an id", "unknown question and answer", "a misspelt key",
                  "a wait without a line", "no number to call", "an option twice"]  # fmt: skip
        for name, break_it, faults in BROKEN:
            if name in chosen:
                break_it(data)
                expected |= set(faults)
        assert set(faults_of(data)) == expected
        assert len(expected) == 14

    @pytest.mark.parametrize("data", [[], "house", None, 7])
    def test_data_that_is_no_table_is_one_fault(self, data: object) -> None:
        [(path, message)] = faults_of(data)
        assert path == ""
        assert message.startswith("must be a table, not ")

    def test_an_empty_file_names_all_that_is_needed(self) -> None:
        missing = {path for path, message in faults_of({}) if message == "missing"}
        assert missing == {
            "format", "id", "name", "address", "timezone", "country", "languages", "grid_min", "hours",
            "holiday_categories", "walk_min",
        }  # fmt: skip
        assert ("agency", "the house needs at least one agency") in faults_of({})
        assert ("service", "the house needs at least one service") in faults_of({})

    def test_checking_leaves_the_data_alone(self) -> None:
        data = small_house()
        before = copy.deepcopy(data)
        check_house(data)
        assert data == before

    @pytest.mark.parametrize("replacement", [None, 3, "x", [], {}, [[]], [{}], {"x": 1}, 1.5, True])
    def test_any_value_anywhere_gives_faults_and_never_a_crash(self, replacement: object) -> None:
        """Put a stray value in every place of the file in turn."""

        def places(value: Any) -> list[tuple[Any, Any]]:
            keys = value.keys() if isinstance(value, dict) else range(len(value))
            found = []
            for key in keys:
                found.append((value, key))
                if isinstance(value[key], dict | list):
                    found += places(value[key])
            return found

        data = small_house()
        for holder, key in places(data):
            kept = holder[key]
            holder[key] = replacement
            for fault in check_house(data):
                assert fault.message
            holder[key] = kept
        assert check_house(data) == []


class TestLanguageGaps:
    def test_a_break_without_a_swedish_speaker_is_a_gap(self) -> None:
        data = small_house()
        data["desk"].append({**data["desk"][0], "id": "reg-2", "label": "3", "languages": ["fi", "en"],
                             "hours": {"mon-thu": [["09:00", "16:00"]]}})  # fmt: skip
        gaps = language_gaps(parse_house(data))
        noon = Span(11 * 60 + 30, 12 * 60)
        assert gaps == [LanguageGap("reg.new", "sv", day, noon) for day in range(4)]

    def test_a_walk_in_line_is_open_while_its_desk_is_not(self) -> None:
        data = small_house()
        data["desk"][1]["hours"] = {"mon-fri": [["10:00", "16:00"]]}
        gaps = language_gaps(parse_house(data), ("fi",))
        assert gaps == [LanguageGap("tax.card", "fi", day, Span(540, 600)) for day in range(5)]
        data["service"][1]["hours"] = {"mon-fri": [["10:00", "15:00"]]}
        assert language_gaps(parse_house(data), ("fi",)) == []


class TestReference:
    REFERENCE = (Path(ihh.__file__).parents[1] / "docs" / "house-file.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize("kind", [Policy, Limits, Figures])
    def test_every_setting_is_told_with_its_usual_value_and_bounds(self, kind: type) -> None:
        for item in fields(kind):
            usual = getattr(kind(), item.name)
            if isinstance(usual, bool):
                row = f"| `{item.name}` | `{str(usual).lower()}` | `true`, `false` |"
                assert row in self.REFERENCE, row
            elif isinstance(usual, int):
                low, high = BOUNDS[item.name]
                row = f"| `{item.name}` | {usual} | {low}–{high}"
                assert row in self.REFERENCE, row

    def test_the_example_in_the_reference_is_a_house(self, tmp_path: Path) -> None:
        [example] = re.findall(r"```toml\n(.*?)```", self.REFERENCE, flags=re.DOTALL)
        path = tmp_path / "example.toml"
        path.write_text(example, encoding="utf-8")
        house = read_house(path)
        assert house.service["reg.new"].planned_min(2) == 35
        assert house.service["reg.new"].kept_pct == 10
        assert house.service["reg.new"].blocked[0].wait_days == 28
