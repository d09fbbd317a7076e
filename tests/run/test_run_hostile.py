"""A store that is not our sandbox, with every freedom that the documents leave: each order once, whatever is killed."""

from __future__ import annotations

import os
import random
import secrets
from collections import Counter
from pathlib import Path

import pytest
from hostile_store import hostile_store
from kill_campaign import DONE, Lives

from benchmarks.export import write_export
from importer.ledger import State, read_ledger

ORDERS = 60
KILLS = int(os.environ.get("IMPORTER_KILLS", "64")) // 16


@pytest.mark.parametrize("trouble", [0.0, 0.3])
def test_every_order_is_there_once(trouble: float, tmp_path: Path) -> None:
    """Killed at random instants, resumed by the same command: nothing doubled, nothing missing, the id map whole."""
    seed = secrets.randbelow(10**6)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it with a failure
    dice = random.Random(seed)
    export, ledger = tmp_path / "orders.csv", tmp_path / "shop.db"
    write_export(export, ORDERS, seed)
    with hostile_store(seed, trouble=trouble) as store:
        arguments = ["run", str(export), "-m", "shopify-csv", "--namespace", "shop", "--ledger", str(ledger), "--yes"]
        arguments += ["--api-url", store.url, "--store", "abc", "--settle", "4", "--timeout", "1"]
        lives = Lives({**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": "t"}, tmp_path / "log")
        codes = [lives.live(arguments, dice.uniform(0.1, 1.2)) for _ in range(KILLS)]
        codes += [lives.live(arguments, 120.0)]
        lives.close()
        held = store.mine("shop")
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert codes[-1] in DONE, log[-2000:]
    assert "Traceback" not in log
    assert Counter(order["external_order_id"] for order in held) == {str(10_000 + n): 1 for n in range(ORDERS)}
    opened = read_ledger(str(ledger))
    mapped = {row.external_merchant_id: row.order_id for row in opened.in_state(State.CREATED)}
    opened.close()
    assert mapped == {order["external_merchant_id"]: order["id"] for order in held}
