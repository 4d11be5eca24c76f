"""The file's sections, each read into the house's frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from typing import Any, TypeVar

from ihh.domain.house import (
    IN_HOUSE,
    Agency,
    Block,
    Channel,
    Desk,
    Document,
    Exports,
    Figures,
    House,
    Limits,
    LinePolicy,
    ListedNetwork,
    Option,
    Policy,
    Question,
    Retention,
    Service,
    ServiceDocument,
    WalkMin,
    Who,
    Zone,
)
from ihh.domain.house_file.faults import Faults, Place
from ihh.domain.house_file.table import Table
from ihh.domain.house_file.values import (
    CLOSED_WEEK,
    LANGUAGE,
    REQUIRED_LANGUAGES,
    TextReader,
    read_conditions,
    read_week,
)
from ihh.domain.statistics.tables import BY_CODE

FORMAT = "ihh-house/1"
MAX_MIN = 480
"""Longest duration or wait in minutes that the file accepts: a working day."""

ID = re.compile(r"[a-z][a-z0-9_]*([.-][a-z0-9_]+)*")
ID_LIKE = "lower-case letters, digits and _ in parts joined by . or -"
WORD = re.compile(r"[a-z][a-z0-9_]*")
WORD_LIKE = "lower-case letters, digits and _"
ZONE = re.compile(r"[A-E]")
PREFIX = re.compile(r"[A-Z]")
LABEL = re.compile(r"[1-9]\d{0,2}")
COUNTRY = re.compile(r"[A-Z]{2}")
PHONE = re.compile(r"\+?\d[\d ]{4,19}")
URL = re.compile(r"https://[^\s/]+\S*")
FOLDER = re.compile(r"/[^\x00-\x1f]{0,400}")
EXPORT_FORMATS = ("csv", "csv-excel-fi", "xlsx", "json", "parquet")
EXPORT_FORMAT = re.compile("|".join(EXPORT_FORMATS))
EXPORT_TABLE = re.compile("|".join(re.escape(code) for code in BY_CODE))
LANGUAGE_LIKE = "a language code such as en"

Settings = TypeVar("Settings", Policy, Limits, Figures, Retention)

BOUNDS: Mapping[str, tuple[int, int]] = {
    "overdue_min": (1, MAX_MIN),
    "early_min": (0, MAX_MIN),
    "late_min": (0, MAX_MIN),
    "check_in_early_min": (0, MAX_MIN),
    "no_show_grace_min": (0, MAX_MIN),
    "recall_min": (1, 60),
    "park_min": (1, 60),
    "return_min": (1, MAX_MIN),
    "last_call_min": (1, 60),
    "party_max": (1, 6),
    "legs_max": (1, 8),
    "horizon_days": (1, 366),
    "hold_min": (1, 60),
    "hold_extension_min": (1, 60),
    "holds_per_hour": (1, 1000),
    "open_visits_per_contact": (1, 100),
    "book_ahead_min": (0, 10080),
    "release_hours": (0, 720),
    "waitlist_offer_min": (10, 2880),
    "measured_from": (1, 10_000),
    "feedback_days": (0, 30),
    "small_cell": (2, 100),
    "service_level_min": (1, MAX_MIN),
    "service_level_target_pct": (0, 100),
    "median_wait_target_min": (0, MAX_MIN),
    "one_visit_target_pct": (0, 100),
    "way_target_min": (0, MAX_MIN),
    "satisfied_target_pct": (0, 100),
    "response_target_pct": (0, 100),
    "no_show_target_pct": (0, 100),
    "softlanding_target_pct": (0, 100),
    "contact_days": (0, 30),
    "events_months": (3, 25),
    "log_months": (24, 120),
}
"""Smallest and largest value of each setting; the planner takes at most 6 people and 8 legs."""


@dataclass(frozen=True)
class Draft:
    """A house as far as it could be read, with the place of every entry by section and order."""

    house: House
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)


def read_sections(data: object, faults: Faults) -> Draft:
    top = Table(data, Place(), faults)
    found = top.string("format")
    if found and found != FORMAT:
        top.fault("format", f'"{found}" must be "{FORMAT}"')
    languages = top.strings("languages", LANGUAGE, like=LANGUAGE_LIKE, required=True)
    texts = TextReader(languages)
    entries = {
        name: top.entries(name)
        for name in ("zone", "agency", "question", "document", "service", "desk", "listed_network")
    }
    agencies = tuple(read_agency(table, texts) for table in entries["agency"])
    zone_of = {agency.id: agency.zone or "" for agency in agencies}
    house = House(
        id=top.string("id", ID, like=ID_LIKE),
        name=texts.text(top, "name"),
        address=texts.text(top, "address"),
        timezone=top.string("timezone"),
        country=top.string("country", COUNTRY, like="an ISO 3166 code such as FI"),
        languages=languages or REQUIRED_LANGUAGES,
        grid_min=top.whole("grid_min", 1, 60),
        hours=read_week(top, "hours") or CLOSED_WEEK,
        extra_closed=top.strings("extra_closed"),
        holiday_categories=top.strings("holiday_categories", required=True),
        walk=read_walk(top.table("walk_min")),
        policy=read_settings(top, "policy", Policy),
        limits=read_settings(top, "limits", Limits),
        figures=read_settings(top, "figures", Figures),
        retention=read_settings(top, "retention", Retention),
        zones=tuple(read_zone(table, texts) for table in entries["zone"]),
        agencies=agencies,
        questions=tuple(read_question(table, texts) for table in entries["question"]),
        documents=tuple(read_document(table, texts) for table in entries["document"]),
        services=tuple(read_service(table, texts) for table in entries["service"]),
        desks=tuple(read_desk(table, zone_of) for table in entries["desk"]),
        listed_networks=tuple(read_listed_network(table) for table in entries["listed_network"]),
        assumed=top.strings("assumed"),
        exports=read_exports(top.table("exports", required=False)),
    )
    for tables in (*entries.values(), [top]):
        for table in tables:
            table.finish()
    return Draft(house, {name: tuple(table.place for table in tables) for name, tables in entries.items()})


def read_walk(table: Table) -> WalkMin:
    walk = WalkMin(table.whole("same_zone", 0, 120), table.whole("other_zone", 0, 120))
    table.finish()
    return walk


def read_settings(top: Table, key: str, kind: type[Settings]) -> Settings:
    """A table of settings in which every key may be left out for its default."""
    table = top.table(key, required=False)
    usual = kind()
    values: dict[str, Any] = {
        item.name: table.whole(item.name, *BOUNDS[item.name], default=getattr(usual, item.name))
        for item in fields(kind)
        if item.name in BOUNDS
    }
    if kind is Policy and table.has("lines"):
        values["lines"] = table.choice("lines", LinePolicy, LinePolicy.ALL)
    if kind is Figures:
        values["asks_nps"] = table.truth("asks_nps", default=False)
    table.finish()
    return kind(**values)


def read_exports(table: Table) -> Exports:
    exports = Exports(
        folder=table.optional_string("folder", FOLDER, like="an absolute path") or "",
        formats=table.strings("formats", EXPORT_FORMAT, like=f"one of {', '.join(EXPORT_FORMATS)}")
        or Exports.formats,
        tables=table.strings("tables", EXPORT_TABLE, like="a table of the figures such as agency.hour"),
    )
    table.finish()
    return exports


def read_zone(table: Table, texts: TextReader) -> Zone:
    return Zone(
        id=table.string("id", ZONE, like="a letter from A to E"),
        name=texts.text(table, "name"),
        directions=texts.text(table, "directions"),
        walk_min=table.whole("walk_min", 0, 60),
    )


def read_agency(table: Table, texts: TextReader) -> Agency:
    return Agency(
        id=table.string("id", ID, like=ID_LIKE),
        prefix=table.string("prefix", PREFIX, like="one capital letter"),
        name=texts.text(table, "name"),
        short_name=texts.text(table, "short_name"),
        zone=table.optional_string("zone"),
        phone=read_phone(table),
        url=read_url(table),
    )


def read_question(table: Table, texts: TextReader) -> Question:
    return Question(
        id=table.string("id", WORD, like=WORD_LIKE),
        title=texts.text(table, "title"),
        options=tuple(read_option(inner, texts) for inner in table.tables("option")),
        help=texts.optional(table, "help"),
        asked_when=read_conditions(table, "asked_when"),
    )


def read_option(table: Table, texts: TextReader) -> Option:
    option = Option(
        value=table.string("value", WORD, like=WORD_LIKE),
        label=texts.text(table, "label"),
        help=texts.optional(table, "help"),
    )
    table.finish()
    return option


def read_document(table: Table, texts: TextReader) -> Document:
    return Document(id=table.string("id", WORD, like=WORD_LIKE), name=texts.text(table, "name"))


def read_service(table: Table, texts: TextReader) -> Service:
    channels = table.choices("channels", Channel)
    in_house = bool(IN_HOUSE & set(channels))
    optional = None if in_house else 0
    return Service(
        id=table.string("id", ID, like=ID_LIKE),
        agency=table.string("agency"),
        name=texts.text(table, "name"),
        about=texts.text(table, "about"),
        channels=channels,
        base_min=table.whole("base_min", 1, MAX_MIN, default=optional),
        per_extra_person_min=table.whole("per_extra_person_min", 0, MAX_MIN, default=optional),
        who=table.choice("who", Who, Who.ONE) if in_house or table.has("who") else Who.ONE,
        wait_min=table.whole("wait_min", 0, MAX_MIN, default=0),
        after=table.strings("after"),
        applies=read_conditions(table, "applies"),
        offered=read_conditions(table, "offered"),
        blocked=tuple(read_block(inner, texts) for inner in table.tables("blocked")),
        notes=tuple(read_note(inner, texts) for inner in table.tables("note")),
        documents=tuple(read_service_document(inner) for inner in table.tables("documents")),
        hours=read_week(table, "hours", required=False),
        kept_pct=table.whole("kept_pct", 0, 100, default=0),
        phone=read_phone(table),
        url=read_url(table),
    )


def read_block(table: Table, texts: TextReader) -> Block:
    block = Block(
        read_conditions(table, "when", required=True),
        texts.text(table, "reason"),
        texts.text(table, "instead"),
        table.whole("wait_days", 0, 366, default=0),
    )
    table.finish()
    return block


def read_note(table: Table, texts: TextReader) -> Block:
    """As a block, but always shown where no condition stands, and `instead` may be left out."""
    when = read_conditions(table, "when") if table.has("when") else ({},)
    note = Block(when, texts.text(table, "reason"), texts.text(table, "instead", required=False))
    table.finish()
    return note


def read_service_document(table: Table) -> ServiceDocument:
    entry = ServiceDocument(table.string("document"), read_conditions(table, "when"))
    table.finish()
    return entry


def read_desk(table: Table, zone_of: Mapping[str, str]) -> Desk:
    """`zone_of` gives each agency's zone, which a desk has unless it names one."""
    agency = table.string("agency")
    return Desk(
        id=table.string("id", ID, like=ID_LIKE),
        label=table.string("label", LABEL, like='a number from "1" to "999"'),
        agency=agency,
        zone=table.optional_string("zone") or zone_of.get(agency, ""),
        services=table.strings("services", required=True),
        languages=table.strings("languages", LANGUAGE, like=LANGUAGE_LIKE, required=True),
        hours=read_week(table, "hours") or CLOSED_WEEK,
    )


def read_listed_network(table: Table) -> ListedNetwork:
    network = table.string("network")
    try:
        ip_network(network or "0.0.0.0/32")
    except ValueError:
        table.fault("network", f'"{network}" must be a network such as 192.0.2.0/24')
        network = ""
    return ListedNetwork(network, table.whole("holds_per_hour", *BOUNDS["holds_per_hour"]))


def read_phone(table: Table) -> str | None:
    return table.optional_string("phone", PHONE, like="digits and spaces such as +358 29 411 2110")


def read_url(table: Table) -> str | None:
    return table.optional_string("url", URL, like="an address that starts with https://")
