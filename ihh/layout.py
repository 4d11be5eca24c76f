"""Where the parts lie: beside `ihh/` in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

PACKAGE = Path(__file__).resolve().parent
IS_CHECKOUT = not (PACKAGE / "static").is_dir()
ROOT = PACKAGE.parent if IS_CHECKOUT else PACKAGE

STATIC = ROOT / "static"
MIGRATIONS = ROOT / "migrations"
HOUSES = PACKAGE / "houses"
TRANSLATIONS = PACKAGE / "translations"


def screen_package(name: str) -> ModuleType:
    """The `kiosk` or `display` package, wherever it lies."""
    return import_module(name if IS_CHECKOUT else f"ihh.{name}")
