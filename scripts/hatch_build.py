"""Build hook of the wheel: the browser files and the compiled message catalogues travel inside it.

Editable installs and source distributions are left alone: there `make assets` does the same work.
Needs Babel among the build requirements, and Node only when static/vendor is not there yet.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ARTIFACTS = ["/static/vendor/**", "/ihh/translations/**/*.mo"]


class AssetsBuildHook(BuildHookInterface):
    """Fills static/vendor and writes the .mo files before a wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before the files are collected; `version` is "standard" or "editable"."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        ensure_vendor(root)
        compile_catalogues(root / "ihh" / "translations")
        build_data.setdefault("artifacts", []).extend(ARTIFACTS)


def ensure_vendor(root: Path) -> None:
    """Copies the pinned front-end files unless they are there; RuntimeError tells what is lacking."""
    if (root / "static" / "vendor" / "VERSIONS.txt").is_file():
        return
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        raise RuntimeError("static/vendor is missing and there is no Node (20 or newer) to fill it")
    for command in ([npm, "ci", "--no-fund", "--no-audit"], [node, "scripts/assets.mjs"]):
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command[1:])} failed: {done.stderr.strip()}")


def compile_catalogues(folder: Path) -> None:
    """Compiles every <locale>/LC_MESSAGES/*.po, leaving fuzzy entries out as pybabel does."""
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        compile_catalogue(source, locale=source.parent.parent.name)


def compile_catalogue(source: Path, *, locale: str) -> None:
    """Writes the .mo beside the .po; a translation that lost a placeholder stops the build."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=locale)
    faults = [f"{source}:{message.lineno}: {errors[0]}" for message, errors in catalogue.check()]
    if faults:
        raise RuntimeError("broken translations: " + "; ".join(faults))
    with source.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue, use_fuzzy=False)
