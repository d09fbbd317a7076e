"""Order keys that were seen: exact, and on disk."""

from __future__ import annotations

from importer.sources.keys import SeenKeys


def test_every_key_is_remembered_beyond_the_cache() -> None:
    """No key is forgotten or taken for another when there are more than memory keeps."""
    seen = SeenKeys()
    keys = [f"order number {number} of a shop" for number in range(30_000)]
    assert all(seen.before(key, f"o.csv:{line}", -line) is None for line, key in enumerate(keys))
    assert all(seen.before(key, "here", 1) == (f"o.csv:{line}", -line) for line, key in enumerate(keys))
    seen.close()
