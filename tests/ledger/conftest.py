"""Each claim about ledgers holds for both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from postgres_server import database

from importer.ledger import Ledger, open_ledger

STORE = "api.example/stores/abc"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A database for all the tests."""
    with database() as url:
        yield url


@pytest.fixture
def fresh(postgres: str) -> str:
    """The same, without any table."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS importer CASCADE")
    return postgres


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger will be."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    found: str = request.getfixturevalue("fresh")
    return found


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    """A new ledger."""
    with closing(open_ledger(url, STORE)) as opened:
        yield opened
