"""A PostgreSQL of our own: a new cluster in a temporary folder, for one run of the tests."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.ports import free_port

OWNER = "ihh"
"""Role of the product: owns its databases and is no superuser, as in a real deployment."""

SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    # Not UTC, so that a timestamp stored without its zone shows up as a wrong hour.
    "timezone": "Europe/Helsinki",
}


class PostgresError(RuntimeError):
    """PostgreSQL isn't installed or didn't start; the text holds the end of its log."""


@dataclass(frozen=True)
class PostgresServer:
    port: int
    password: str

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect_as_superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=SUPERUSER,
            password=self.password,
            dbname=database,
            autocommit=True,
        )

    def create_database(self, name: str) -> str:
        """Create an empty database owned by the product's role and return its SQLAlchemy URL."""
        with self.connect_as_superuser() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database even if a forgotten connection still holds it."""
        with self.connect_as_superuser() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """Start a cluster, yield it, stop and remove it.

    Raises PostgresError when the programs are missing or no port could be had.
    """
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="ihh-postgres-"))
    password = secrets.token_urlsafe(16)
    try:
        _create_cluster(programs, folder, password)
        port = _start(programs, folder)
        try:
            server = PostgresServer(port, password)
            with server.connect_as_superuser() as connection:
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                        sql.Identifier(OWNER), sql.Literal(password)
                    )
                )
            yield server
        finally:
            _run([programs / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate", "-w"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path:
    """Folder of the newest installed server. Debian keeps it off the PATH."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: [int(part) for part in path.parts[-3].split(".")],
    )
    if versions:
        return versions[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresError("PostgreSQL is not installed: run scripts/install-test-packages.sh")
    return Path(on_path).resolve().parent


def _create_cluster(programs: Path, folder: Path, password: str) -> None:
    password_file = folder / "password"
    password_file.write_text(password)
    if os.geteuid() == 0:
        shutil.chown(folder, SUPERUSER)
        shutil.chown(password_file, SUPERUSER)
    command: list[str | Path] = [programs / "initdb", "-D", folder / "data", "-U", SUPERUSER, "--no-sync"]
    command += ["--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", f"--pwfile={password_file}"]
    done = _run(command)
    password_file.unlink()
    if done.returncode != 0:
        raise PostgresError(f"initdb failed: {done.stderr.strip()}")


def _start(programs: Path, folder: Path, attempts: int = 5) -> int:
    """Start on a port and return it. pg_ctl's exit status says that the server is ours.

    A successful connection alone would not: it may reach a stranger who took the port first.
    """
    log = folder / "log"
    settings = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    for _ in range(attempts):
        port = free_port()
        options = f"-p {port} -k {folder} {settings}"
        done = _run(
            [programs / "pg_ctl", "start", "-D", folder / "data", "-l", log, "-w", "-t", "60", "-o", options]
        )
        if done.returncode == 0:
            return port
    end_of_log = log.read_text(errors="replace")[-2000:] if log.exists() else ""
    raise PostgresError(f"PostgreSQL did not start in {attempts} attempts:\n{end_of_log}")


def _run(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL, which refuses to be root: then as the user Debian made for it."""
    words = [str(word) for word in command]
    if os.geteuid() == 0:
        words = ["runuser", "-u", SUPERUSER, "--", *words]
    with tempfile.TemporaryFile("w+") as output:
        # A file, not a pipe: the server inherits it from pg_ctl and would keep a pipe open.
        status = subprocess.run(words, cwd="/", stdout=output, stderr=output, check=False).returncode
        output.seek(0)
        return subprocess.CompletedProcess(words, status, stderr=output.read())
