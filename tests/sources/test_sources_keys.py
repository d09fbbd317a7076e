"""Order keys that were seen: exact, and on disk."""

from __future__ import annotations

import pytest

from importer.sources.keys import PartKeys, SeenKeys


def test_every_key_is_remembered_beyond_the_cache() -> None:
    """No key is forgotten or taken for another when there are more than memory keeps."""
    seen = SeenKeys()
    keys = [f"order number {number} of a shop" for number in range(30_000)]
    assert all(seen.before(key, f"o.csv:{line}", -line) is None for line, key in enumerate(keys))
    assert all(seen.before(key, "here", 1) == (f"o.csv:{line}", -line) for line, key in enumerate(keys))
    seen.close()


@pytest.mark.parametrize("keys", [SeenKeys, PartKeys])
def test_a_key_is_new_once(keys: type[SeenKeys | PartKeys]) -> None:
    """The keys of a part, in memory, tell what those of a whole export tell, which lie on disk."""
    seen = keys()
    assert seen.before("1", "o.csv:2", 7) is None
    assert seen.before("1", "o.csv:9", 8) == ("o.csv:2", 7)
    assert seen.before("1", "o.csv:10", 9) == ("o.csv:2", 7)
    assert seen.before("", "o.csv:11") is None


def test_a_part_with_a_known_order_is_not_remembered() -> None:
    """Of such a part, which is read again, nothing stays; what was known before does, even the very same order."""
    seen = SeenKeys()
    assert seen.add([("1", "o.json:1", 7), ("2", "o.json:1", 8)])
    assert not seen.add([("3", "o.json:1", 9), ("1", "o.json:1", 7), ("4", "o.json:1", 9)])
    assert seen.before("1", "there") == ("o.json:1", 7)
    assert [seen.before(key, "there") for key in ("3", "4")] == [None, None]
    assert seen.add([("5", "o.json:1", 9)])
    assert not seen.add([("4", "o.json:1", 9)])
    seen.close()


def test_a_part_with_an_order_that_is_not_on_disk_yet_is_not_remembered() -> None:
    """The newest orders, which wait in memory, are known to a part that was read elsewhere."""
    seen = SeenKeys()
    assert seen.before("1", "o.csv:2") is None
    assert not seen.add([("2", "o.csv:4", 0), ("1", "o.csv:5", 0)])
    assert seen.before("2", "o.csv:4") is None
    seen.close()
