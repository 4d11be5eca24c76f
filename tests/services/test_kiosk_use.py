"""The kiosks' use on both databases: every try counted once, refusals too; and kiosks that fall silent."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, text

from ihh.db import db, transaction
from ihh.domain.errors import Code, Refusal
from ihh.models import Device, KioskUse
from ihh.models.account import DeviceKind
from ihh.services import check_in, devices
from ihh.services.house_now import house_now
from ihh.services.kiosk_use import KioskAction, counted
from tests.services.test_feedback import KELA
from tests.situations import TUESDAY, at, wish

TEN = at("10:00")


def uses() -> list[tuple[str, str | None]]:
    query = select(KioskUse).order_by(KioskUse.id).execution_options(populate_existing=True)
    return [(use.action, use.failure) for use in db.session.scalars(query)]


def kiosk(name: str = "hall-1", *, now: datetime = TEN) -> Device:
    code = devices.add_device(DeviceKind.KIOSK, name, now=now)
    return devices.pair(code, DeviceKind.KIOSK, now=now)[0]


def device(name: str = "hall-1") -> Device:
    found = db.session.scalars(
        select(Device).where(Device.name == name).execution_options(populate_existing=True)
    ).one()
    return found


class TestCounting:
    def test_a_number_taken_and_a_code_that_is_none(self, app: Flask) -> None:
        used = kiosk()
        with counted(
            KioskAction.TAKE_NUMBER, device_id=used.id, now=TEN, request_id="one-request-of-this-kiosk"
        ):
            check_in.take_number(wish(KELA), now=TEN, by="kiosk:1", request_id="one-request-of-this-kiosk")
        with (
            pytest.raises(Refusal),
            counted(KioskAction.CHECK_IN, device_id=used.id, now=TEN, request_id="x"),
        ):
            check_in.check_in("ABCD1234", now=TEN, by="kiosk:1", request_id="x")
        assert uses() == [("take_number", None), ("check_in", Code.UNKNOWN_CODE)]
        (first, _) = db.session.scalars(select(KioskUse)).all()
        assert (first.device_id, first.at) == (used.id, TEN)

    def test_a_request_sent_again_is_no_other_try(self, app: Flask) -> None:
        for _ in range(3):
            with counted(KioskAction.TAKE_NUMBER, device_id=None, now=TEN, request_id="the-same-request"):
                check_in.take_number(wish(KELA), now=TEN, by="kiosk:1", request_id="the-same-request")
        assert uses() == [("take_number", None)]

    def test_a_fault_of_the_house_is_counted_and_still_a_fault(self, app: Flask) -> None:
        trying = counted(KioskAction.CHECK_IN, device_id=None, now=TEN)
        with pytest.raises(ZeroDivisionError), trying, transaction():
            _ = 1 / 0
        assert uses() == [("check_in", "error")]

    def test_what_cannot_be_counted_does_not_stop_anybody(
        self, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        with counted(KioskAction.TAKE_NUMBER, device_id=999_999, now=TEN):
            done = check_in.take_number(wish(KELA), now=TEN, by="kiosk:1")
        assert done.visit_id
        assert uses() == []
        assert "a kiosk's use was not counted" in caplog.text


class TestSeen:
    def test_noted_once_a_minute_at_most(self, app: Flask) -> None:
        kiosk()
        written = 0

        def count(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
            nonlocal written
            written += statement.startswith("UPDATE device")

        event.listen(db.engine, "before_cursor_execute", count)
        try:
            for second in range(0, 301, 10):
                devices.note_seen(device(), now=TEN + timedelta(seconds=second))
        finally:
            event.remove(db.engine, "before_cursor_execute", count)
        assert written == 5
        assert device().seen_at == TEN + timedelta(minutes=5)

    def test_a_clock_set_back_is_noted_too(self, app: Flask) -> None:
        kiosk()
        devices.note_seen(device(), now=TEN - timedelta(hours=2))
        assert device().seen_at == TEN - timedelta(hours=2)

    def test_of_two_at_once_one_writes_and_none_fails(self, app: Flask, threads) -> None:
        kiosk()
        later = TEN + timedelta(minutes=3)
        outcomes = threads(6, lambda index: devices.note_seen(device(), now=later + timedelta(seconds=index)))
        assert outcomes == [None] * 6
        assert later <= device().seen_at <= later + timedelta(seconds=5)


class TestSilence:
    def silent(self, clock: str) -> list[tuple[str, datetime | None]]:
        return [(found.name, found.since) for found in house_now(now=at(clock)).silent_kiosks]

    def test_after_five_minutes_within_opening_hours(self, app: Flask) -> None:
        kiosk(now=at("09:12"))
        assert self.silent("09:16") == []
        assert self.silent("09:17") == [("hall-1", at("09:12"))]
        devices.note_seen(device(), now=at("09:18"))
        assert self.silent("09:19") == []

    def test_not_before_the_house_has_been_open_for_five_minutes(self, app: Flask) -> None:
        kiosk(now=at("15:00", TUESDAY - timedelta(days=1)))
        assert self.silent("08:50") == []
        assert self.silent("09:04") == []
        assert self.silent("09:06") == [("hall-1", at("15:00", TUESDAY - timedelta(days=1)))]
        assert self.silent("20:00") == []
        saturday = TUESDAY + timedelta(days=4)
        assert house_now(now=at("12:00", saturday)).silent_kiosks == ()

    def test_only_kiosks_that_are_in_use(self, app: Flask) -> None:
        kiosk("hall-2", now=at("08:00"))
        kiosk("demo-kiosk-1", now=at("08:00"))
        kiosk("sold", now=at("08:00"))
        devices.revoke("sold", now=at("08:10"))
        devices.add_device(DeviceKind.KIOSK, "never-paired", now=at("08:00"))
        devices.pair(
            devices.add_device(DeviceKind.DISPLAY, "wall", now=at("08:00")),
            DeviceKind.DISPLAY,
            now=at("08:00"),
        )
        with transaction():
            db.session.execute(text("UPDATE device SET seen_at = NULL WHERE name = 'hall-2'"))
        assert self.silent("10:00") == [("hall-2", None)]
