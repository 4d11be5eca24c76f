"""What the code may not do: read the clock, commit, emit, sprawl, or know this machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("ihh", "kiosk", "display")
LARGEST_FILE = 400
LARGEST_FUNCTION = 60
BUILT = {"vendor", "node_modules", "__pycache__"}

CLOCK = "ihh/clock.py"
COMMITTER = "ihh/db.py"
EMITTER = "ihh/realtime.py"

CLOCK_READS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "time.ctime",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.current_date",
}
"""time.monotonic and time.perf_counter are free: they measure how long, not when."""

TRANSACTION_OWNERS = {"session", "engine", "connection"}

MACHINE_PATH = re.compile(r"(?<![\w./:}-])/(?:home|Users|root|work|tmp)/[\w.-]|\b[A-Z]:\\\\?Users\b")
CODE_SUFFIXES = {".py", ".js", ".mjs"}
TEXT_SUFFIXES = CODE_SUFFIXES | {".css", ".html", ".toml", ".ini", ".json", ".md", ".sh", ".po", ".txt"}
TEXT_SUFFIXES |= {".yml", ".yaml", ".conf", ".service", ".mako", ".sql"}
TEXT_FOLDERS = (*CODE, "static", "migrations", "scripts", "bench", "deploy", "docs", "tests", ".ci")

Check = Callable[[ast.Module], Iterator[str]]


def imported_names(tree: ast.Module) -> dict[str, str]:
    """Local name → what it stands for: `from datetime import date as d` gives d → datetime.date."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(node: ast.AST) -> str:
    """`a.b.c` as text; a part that is no plain name becomes `()`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "()"


def clock_reads(tree: ast.Module) -> Iterator[str]:
    """Uses, not only calls: `default=datetime.now` reads the clock later."""
    names = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            first, dot, rest = dotted(node).partition(".")
            if names.get(first, first) + dot + rest in CLOCK_READS:
                yield f"line {node.lineno} reads the clock by {dotted(node)}"


def commits(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = dotted(node.value).rpartition(".")[2].strip("_")
        if node.attr == "commit" or (node.attr == "begin" and owner in TRANSACTION_OWNERS):
            yield f"line {node.lineno} ends a transaction by {dotted(node)}"


def emits(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = dotted(node.func)
            if called.rpartition(".")[2] == "emit" or called.endswith("socketio.send"):
                yield f"line {node.lineno} emits by {called}"
        elif isinstance(node, ast.ImportFrom) and node.module == "flask_socketio":
            for alias in node.names:
                if alias.name in {"emit", "send"}:
                    yield f"line {node.lineno} imports {alias.name}"


def long_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length >= LARGEST_FUNCTION:
                yield f"line {node.lineno}: {node.name} has {length} lines"


def files(folders: tuple[str, ...], suffixes: set[str]) -> Iterator[tuple[str, Path]]:
    """(path from the root, file), without what is built or downloaded."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*")):
            relative = file.relative_to(ROOT)
            if file.is_file() and file.suffix in suffixes and not BUILT.intersection(relative.parts):
                yield relative.as_posix(), file


def breaches(check: Check, allowed_in: str | None = None) -> list[str]:
    return [
        f"{name} {breach}"
        for name, file in files(CODE, {".py"})
        if name != allowed_in
        for breach in check(ast.parse(file.read_text("utf-8"), name))
    ]


def machine_paths(text: str) -> list[str]:
    return [
        f"line {number}: {line.strip()[:100]}"
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]


def test_only_the_clock_reads_the_time() -> None:
    assert breaches(clock_reads, CLOCK) == []


def test_only_the_transaction_commits() -> None:
    assert breaches(commits, COMMITTER) == []


def test_only_realtime_emits() -> None:
    assert breaches(emits, EMITTER) == []


def test_functions_are_short() -> None:
    assert breaches(long_functions) == []


def test_files_are_short() -> None:
    lengths = {name: len(file.read_text("utf-8").splitlines()) for name, file in files(CODE, CODE_SUFFIXES)}
    assert {name: length for name, length in lengths.items() if length >= LARGEST_FILE} == {}


def test_nothing_knows_this_machine() -> None:
    at_root = [(file.name, file) for file in sorted(ROOT.iterdir()) if file.is_file()]
    texts = [
        (name, file)
        for name, file in [*at_root, *files(TEXT_FOLDERS, TEXT_SUFFIXES)]
        if file != Path(__file__) and file.suffix in TEXT_SUFFIXES | {""}
    ]
    found = [
        f"{name} {breach}"
        for name, file in texts
        for breach in machine_paths(file.read_text("utf-8", errors="replace"))
    ]
    assert found == []


def test_the_code_is_found() -> None:
    """The checks above would pass on an empty list of files."""
    assert {CLOCK, COMMITTER, EMITTER} <= {name for name, _ in files(CODE, {".py"})}


@pytest.mark.parametrize(
    ("check", "source", "is_breach"),
    [
        (clock_reads, "import datetime\ndatetime.datetime.now()", True),
        (clock_reads, "from datetime import datetime as dt\ndt.now(tz)", True),
        (clock_reads, "from datetime import datetime\nColumn(default=datetime.utcnow)", True),
        (clock_reads, "import datetime as d\nd.date.today()", True),
        (clock_reads, "from time import time\ntime()", True),
        (clock_reads, "from sqlalchemy import func\nColumn(server_default=func.now())", True),
        (clock_reads, "import sqlalchemy as sa\nsa.func.now()", True),
        (clock_reads, "import time\ntime.monotonic()", False),
        (clock_reads, "from ihh import clock\nclock.now()", False),
        (clock_reads, "def f(*, now): return now.date()", False),
        (commits, "db.session.commit()", True),
        (commits, "connection.commit()", True),
        (commits, "with db.engine.begin() as c: pass", True),
        (commits, "with Session() as s: s.commit()", True),
        (commits, "with transaction() as tx: tx.record(x)", False),
        (commits, "span.begin", False),
        (emits, "socketio.emit('board', {})", True),
        (emits, "from flask_socketio import emit", True),
        (emits, "from flask_socketio import send as say", True),
        (emits, "realtime.socketio.send({})", True),
        (emits, "from flask_socketio import join_room\nrealtime.announce(x)", False),
        (long_functions, "def f():\n" + "    x()\n" * 59, True),
        (long_functions, "def f():\n" + "    x()\n" * 58, False),
    ],
)
def test_the_checks_can_fail(check: Check, source: str, is_breach: bool) -> None:
    assert bool(list(check(ast.parse(source)))) is is_breach


@pytest.mark.parametrize(
    ("text", "is_breach"),
    [
        ("folder = '/home/anna/ihh'", True),
        ("cd /root/ihh", True),
        ("see /tmp/x.log", True),
        (r"C:\Users\anna", True),
        ("https://example.fi/work/permit", False),
        ("/var/lib/ihh", False),
        ("{{ base }}/home/start", False),
        ("static/tmp/x", False),
    ],
)
def test_machine_paths_are_recognised(text: str, is_breach: bool) -> None:
    assert bool(machine_paths(text)) is is_breach
