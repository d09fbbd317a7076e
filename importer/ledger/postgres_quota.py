"""One account of a store's quota for all workers, wherever they run: what they take, and what the store says of it."""

from __future__ import annotations

import threading
from typing import Any

from importer.ledger.postgres_database import PostgresUrl, connect, own_words

_FULL = "resets_at <= clock_timestamp()"
_TAKE = f"""
UPDATE quota SET
  remaining = CASE WHEN {_FULL} THEN total ELSE remaining END - 1,
  resets_at = CASE WHEN {_FULL} THEN clock_timestamp() + make_interval(secs => seconds) ELSE resets_at END
WHERE store = %(store)s AND ({_FULL} OR remaining > total * (1 - %(share)s)) RETURNING 1"""  # noqa: S608 - own text
_LEFT = "SELECT extract(epoch FROM resets_at - clock_timestamp())::float FROM quota WHERE store = %(store)s"
_TOLD = """
INSERT INTO quota VALUES (%(store)s, %(total)s, %(remaining)s, %(seconds)s,
  clock_timestamp() + make_interval(secs => %(reset)s))
ON CONFLICT (store) DO UPDATE SET total = excluded.total, remaining = excluded.remaining, seconds = excluded.seconds,
  resets_at = excluded.resets_at"""


class SharedQuota:
    """The row of one store, over a connection of its own; threads may share it. The store's own word overwrites it."""

    def __init__(self, url: str, store: str) -> None:
        self._url, self._store = PostgresUrl(url), store
        self._connection: Any = connect(self._url)
        self._lock = threading.Lock()

    def take(self, share: float) -> float:
        """0.0: one request is granted, of this share of the window at most; else the seconds until it ends."""
        with self._lock, own_words(self._url):
            wanted = {"store": self._store, "share": share}
            if self._connection.execute(_TAKE, wanted).fetchone():
                return 0.0
            left = self._connection.execute(_LEFT, wanted).fetchone()
        return max(float(left[0]), 0.01) if left else 0.0

    def told(self, total: int, remaining: int, seconds: float, reset: float) -> None:
        """What the store said last: requests in a window of so many seconds, those left of it, seconds to its end."""
        said = {"total": total, "remaining": remaining, "seconds": seconds, "reset": reset, "store": self._store}
        with self._lock, own_words(self._url):
            self._connection.execute(_TOLD, said)

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()
