"""Loading a house: idempotent, and never under the feet of people who have booked."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from ihh.db import db
from ihh.domain.house_file import HouseFileError
from ihh.models import DeskRow, HouseVersion
from ihh.services import booking
from ihh.services.house import HouseInUse, current_house, load_house
from tests.servers.site import house_document
from tests.situations import TUESDAY, at, booked, opened, walked_in, wish

NOW = at("12:00", TUESDAY - timedelta(days=10))


def without(document, desk_id):
    smaller = copy.deepcopy(document)
    smaller["desk"] = [desk for desk in smaller["desk"] if desk["id"] != desk_id]
    return smaller


def test_loading_the_same_file_again_changes_nothing(app):
    assert load_house(house_document(), now=NOW) is False
    assert db.session.query(HouseVersion).count() == 1


def test_a_new_text_comes_into_force_at_once(app):
    document = house_document()
    document["name"]["en"] = "Another house"
    assert load_house(document, now=NOW) is True
    assert current_house().name["en"] == "Another house"


def test_an_unused_desk_can_go(app):
    assert load_house(without(house_document(), "kela-3"), now=NOW) is True
    assert "kela-3" not in current_house().desk
    assert db.session.get(DeskRow, "kela-3").is_retired


def test_a_booked_desk_cannot(app):
    visit = booked(wish("dvv.register"))
    with pytest.raises(HouseInUse, match=visit.legs[0].desk_id):
        load_house(without(house_document(), visit.legs[0].desk_id), now=NOW)
    assert visit.legs[0].desk_id in current_house().desk


def test_a_desk_whose_booking_was_cancelled_can(app):
    visit = booked(wish("dvv.register"))
    booking.cancel(visit.id, now=NOW)
    assert load_house(without(house_document(), visit.legs[0].desk_id), now=NOW) is True


def test_an_open_desk_and_a_service_waited_for_cannot(app):
    opened("city-1", now=at("09:00"))
    with pytest.raises(HouseInUse, match="city-1"):
        load_house(without(house_document(), "city-1"), now=at("09:00"))
    walked_in("city.spouse", now=at("09:30"))
    document = house_document()
    document["service"] = [service for service in document["service"] if service["id"] != "city.spouse"]
    document["assumed"] = [path for path in document["assumed"] if "city.spouse" not in path]
    for desk in document["desk"]:
        desk["services"] = [service for service in desk["services"] if service != "city.spouse"]
    with pytest.raises(HouseInUse, match=r"city\.spouse"):
        load_house(document, now=at("09:31"))


def test_a_faulty_document_is_refused_whole(app):
    document = house_document()
    document["desk"][0]["services"] = ["no.such"]
    with pytest.raises(HouseFileError):
        load_house(document, now=NOW)
    assert db.session.query(HouseVersion).count() == 1
