"""Workers on a Dask cluster that are killed while they send: no order twice, none missing."""

from __future__ import annotations

from pathlib import Path

from postgres_server import database
from worker_kills import campaign


def test_killed_workers_double_and_lose_nothing(tmp_path: Path) -> None:
    """A worker killed every second or so: every order once in the store and in the id map, and the run ends well."""
    with database() as url:
        havoc = campaign(tmp_path, url, orders=400, every=1.5)
    assert (havoc.doubled, havoc.missing, havoc.unmapped) == (0, 0, 0), havoc.output
    assert havoc.code == 0, havoc.output
    assert havoc.kills > 0
