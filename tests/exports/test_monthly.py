"""Files the house writes by itself: every released month once, whole or not at all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ihh.domain.house import Exports
from ihh.domain.house_file import parse_house
from ihh.presentation.exports import FileFormat, chunks, monthly, write_whole
from ihh.presentation.exports.figures import figures_book
from ihh.services.house import current_house, in_force
from tests.exports.conftest import NOW, Months
from tests.exports.test_figure_files import SPAN
from tests.servers.site import house_document

WriteMonthly = Callable[[Exports], list[Path]]


@pytest.fixture
def write(months: Months) -> WriteMonthly:
    """`write(Exports(…))` is a night in a house with those settings."""

    def night(exports: Exports) -> list[Path]:
        with in_force(replace(current_house(), exports=exports)):
            return monthly.write_monthly(now=NOW)

    return night


def test_every_released_month_is_written_once(write: WriteMonthly, tmp_path: Path) -> None:
    exports = Exports(str(tmp_path), ("csv", "xlsx"), ("total",))
    names = [path.name for path in write(exports)]
    assert names == [
        "figures-2026-09.csv",
        "figures-2026-09.xlsx",
        "figures-2026-10.csv",
        "figures-2026-10.xlsx",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    expected = b"".join(chunks(figures_book(SPAN, ["total"]), FileFormat.CSV))
    assert (tmp_path / "figures-2026-10.csv").read_bytes() == expected

    (tmp_path / "figures-2026-09.csv").unlink()
    before = (tmp_path / "figures-2026-10.xlsx").stat().st_mtime_ns
    assert [path.name for path in write(exports)] == ["figures-2026-09.csv"]
    assert (tmp_path / "figures-2026-10.xlsx").stat().st_mtime_ns == before


def test_without_a_folder_nothing_is_written(write: WriteMonthly) -> None:
    assert write(Exports()) == []


def test_what_cannot_be_written_is_logged_and_tried_again(
    write: WriteMonthly, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "share"
    exports = Exports(str(folder), ("csv",), ("total",))
    with caplog.at_level(logging.ERROR):
        assert write(exports) == []
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "2026-09" in caplog.text
    folder.mkdir()
    assert len(write(exports)) == 2


def test_a_file_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def pieces():
        yield b"half"
        raise OSError("disk full")

    kept = tmp_path / "kept.csv"
    kept.write_bytes(b"old")
    with pytest.raises(OSError, match="disk full"):
        write_whole(pieces(), kept)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.csv"]
    assert kept.read_bytes() == b"old"


def test_the_house_file_names_the_folder() -> None:
    document = house_document() | {
        "exports": {"folder": "/srv/figures", "formats": ["xlsx"], "tables": ["total"]}
    }
    assert parse_house(document).exports == Exports("/srv/figures", ("xlsx",), ("total",))
    assert parse_house(house_document()).exports == Exports("", ("csv",), ())
