"""What the tests of sending share: a stub store, a client for it and a ledger."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from stub_store import StubStore, stub_store

from importer.ledger import Ledger, open_ledger
from importer.store import OrdersClient, store_address


@pytest.fixture
def quick_disk() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of durable commits that no test cuts the power of."""
    memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a folder of our own in it
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def store() -> Iterator[StubStore]:
    """A stub store, running."""
    with stub_store() as running:
        yield running


@pytest.fixture
def client(store: StubStore) -> OrdersClient:
    """A client for the stub."""
    return OrdersClient(store_address({"BIGCOMMERCE_ACCESS_TOKEN": "t"}, "stub", store.url))


@pytest.fixture
def ledger(tmp_path: Path, client: OrdersClient) -> Iterator[Ledger]:
    """A new ledger bound to the stub."""
    opened = open_ledger(str(tmp_path / "ledger.db"), client.address.name)
    yield opened
    opened.close()
