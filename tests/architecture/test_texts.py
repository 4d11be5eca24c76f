"""Every text on a screen has its Finnish and Swedish, with the same placeholders."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "ihh" / "translations"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Catalog:
    """All texts in the code as it stands."""
    file = tmp_path_factory.mktemp("texts") / "messages.pot"
    command = [
        "-m",
        "babel.messages.frontend",
        "-q",
        "extract",
        "-F",
        "ihh/translations/babel.cfg",
        "-o",
        str(file),
        ".",
    ]
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True)
    with file.open("rb") as source:
        return read_po(source)


def catalogue(language: str) -> Catalog:
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language)


def forms(string: object) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (str(string or ""),)


def test_texts_are_found(template):
    assert len(template) > 500


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_text_is_translated_and_none_is_doubtful(template, language):
    known = catalogue(language)
    missing = []
    for message in template:
        if not message.id:
            continue
        translated = known.get(forms(message.id)[0])
        if translated is None or translated.fuzzy or not all(forms(translated.string)):
            missing.append(forms(message.id)[0])
    assert missing == [], "run scripts/texts.sh and translate what is empty"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_no_placeholder_is_lost_or_invented(language):
    for message in catalogue(language):
        if not message.id or not message.python_format:
            continue
        wanted = {frozenset(PLACEHOLDER.findall(form)) for form in forms(message.id)}
        allowed = frozenset().union(*wanted)
        for form in forms(message.string):
            found = frozenset(PLACEHOLDER.findall(form))
            assert found <= allowed, message.id
            assert found in wanted or len(wanted) > 1, message.id


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_no_translation_is_left_that_no_screen_shows(template, language):
    used = {forms(message.id)[0] for message in template}
    assert [m.id for m in catalogue(language) if m.id and forms(m.id)[0] not in used] == []
