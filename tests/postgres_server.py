"""A PostgreSQL server for the tests: the one that is named, the one on this machine, or one started for them."""

from __future__ import annotations

import atexit
import functools
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

LOCAL = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql://127.0.0.1:5432/test")


def server() -> str:
    """A database's URL on a server where databases may be made; skips the test where none can be had, fails in CI."""
    found, reason = _server()
    if found:
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@functools.cache
def _server() -> tuple[str, str]:
    if named := os.environ.get("IMPORTER_TEST_POSTGRES"):
        return named, ""
    for url in LOCAL:
        if _answers(url):
            return url, ""
    return _private()


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def _private() -> tuple[str, str]:
    """A cluster of our own, from the binaries that a system has; gone when the tests end."""
    folders = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which("initdb") or next((str(folder / "initdb") for folder in folders), "")
    if not found:
        return "", "no PostgreSQL: set IMPORTER_TEST_POSTGRES, start one on 127.0.0.1:5432, or install postgresql"
    binaries, folder = Path(found).parent, Path(tempfile.mkdtemp(prefix="importer-postgres-"))
    folder.chmod(0o777)
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # the server refuses root
    user = "postgres" if as_user else getpass.getuser()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, options = str(folder / "data"), f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
    control = [*as_user, str(binaries / "pg_ctl"), "-D", data]
    subprocess.run([*as_user, found, "-D", data, "-A", "trust", "-U", user], check=True, capture_output=True)
    subprocess.run([*control, "-w", "-l", str(folder / "log"), "-o", options, "start"], check=True, capture_output=True)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(subprocess.run, [*control, "-m", "immediate", "stop"], check=False, capture_output=True)
    return f"postgresql://{user}@127.0.0.1:{port}/postgres", ""


@contextmanager
def database() -> Iterator[str]:
    """The URL of a new database, dropped afterwards."""
    url = server()
    name = f"importer_test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            parts = url.partition("?")
            yield parts[0].rpartition("/")[0] + f"/{name}" + parts[1] + parts[2]
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
