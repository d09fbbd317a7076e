"""One writer among several: its lease, and the epoch that fences it off when another one has taken over."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from importer.errors import TakenOver
from importer.ledger.postgres_database import PostgresUrl, connect

_RENEW = "UPDATE sessions SET lease_until = clock_timestamp() + make_interval(secs => %s) WHERE epoch = %s"


class Session:
    """A writer's row in the database. It lives as long as its process does, and a lease longer.

    A thread with a connection of its own renews the lease, so that a long wait is no death. Whoever takes over deletes
    the row, and a writer without a row writes nothing any more.
    """

    def __init__(self, connection: Any, url: PostgresUrl, store: str, lease: float) -> None:
        self._connection, self._lease = connection, lease
        until = "clock_timestamp() + make_interval(secs => %s)"
        insert = f"INSERT INTO sessions (store, lease_until) VALUES (%s, {until}) RETURNING epoch"  # noqa: S608 - own text
        self.epoch: int = connection.execute(insert, (store, lease)).fetchone()[0]
        self._ended = threading.Event()
        self._beat = connect(url)
        self._thread = threading.Thread(target=self._renew_again_and_again, name="ledger-lease", daemon=True)
        self._thread.start()

    def hold(self) -> Any:
        """Inside a transaction: keep everybody from taking over until it ends; `must_hold` reads what it gives.

        The statements that follow must ask for the row themselves where they are sent before that is read: where
        there is none any more none will come, and where there is one it stays until the end.
        """
        return self._connection.execute("SELECT FROM sessions WHERE epoch = %s FOR KEY SHARE", (self.epoch,))

    def must_hold(self, held: Any) -> None:
        """Raises TakenOver where another writer has taken over."""
        if held.rowcount != 1:
            raise TakenOver(
                "another worker has taken over from this one, which gave no sign of life for its lease: nothing was"
                " written; run again"
            )

    def close(self) -> None:
        """Give up what is held at once."""
        self._ended.set()
        self._thread.join()
        self._beat.close()
        self._connection.execute("DELETE FROM sessions WHERE epoch = %s", (self.epoch,))

    def _renew_again_and_again(self) -> None:
        import psycopg

        with contextlib.suppress(psycopg.Error):  # without a database the lease runs out, as it should
            while not self._ended.wait(self._lease / 3):
                self._beat.execute(_RENEW, (self._lease, self.epoch))
