"""What happens around a run (snapshot, shipments, metafields, update, undo), killed and faulted, then judged.

Real processes of the command line, killed by SIGKILL at random instants, against the sandbox in its own process.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from kill_campaign import Lives

from benchmarks.export import write_export
from importer.crosswalk import read_crosswalk
from importer.ledger import State, read_ledger
from importer.sandbox.process import Process, start
from importer.store import OrdersClient, StoreAddress

ORDERS, CUSTOMERS, PRODUCTS = 30, 600, 300
SETTLE = 4.0
"""Seconds; the store commits late for a quarter of it at most."""

BEFORE = ["429-bare", "500", "502", "503", "close", "reset"]
AFTER = ["500", "502", "504", "close", "reset", "truncate", "html", "gzip"]
WRITES = ["POST /v2/orders/{}/shipments", "POST /v3/orders/{}/metafields", "PUT /v2/orders/{}", "DELETE /v2/orders/{}"]
READS = ["GET /v3/customers", "GET /v3/catalog/products", "GET /v3/catalog/variants", "GET /v2/orders"]

MAPPING = """\
mapping: around
extends: shopify-csv
{edit}after:
  shipments: [{{shipped: "{{{{ order['Created at'] | date }}}}", tracking_number: "T-{{{{ order['Name'] }}}}"}}]
  metafields: [{{key: old-number, value: "{{{{ order['Name'] }}}}"}}]
"""


@dataclass
class Told:
    """What a campaign did. Every count but the first two should be 0."""

    kills: int = 0
    stories: int = 0
    snapshot_rows_off: int = 0
    shipments_off: int = 0
    metafields_off: int = 0
    statuses_off: int = 0
    updates_off: int = 0
    archived_off: int = 0
    proofs_off: int = 0
    exits: Counter[int] = field(default_factory=Counter)

    @property
    def wrong(self) -> dict[str, int]:
        """The counts that are not 0."""
        return {name: count for name, count in vars(self).items() if name.endswith("_off") and count}


def rules(share: float, seed: int) -> list[dict[str, Any]]:
    """Faults of every write, before and after the store acts, and of every list: about `share` of the requests."""
    made = []
    for request in WRITES:
        acts = [{"do": do, "when": "before"} for do in BEFORE] + [{"do": do, "when": "after"} for do in AFTER]
        made += [{**act, "request": request, "probability": share / len(acts)} for act in acts]
    for request in READS:
        made += [{"do": do, "when": "before", "request": request, "probability": share / len(BEFORE)} for do in BEFORE]
    late = {"do": "close", "when": "late", "seconds": SETTLE / 4, "request": WRITES[0], "probability": share / 8}
    return [{**rule, "seed": seed + number} for number, rule in enumerate([*made, late])]


@contextmanager
def faulty_store(share: float, seed: int) -> Iterator[Process]:
    """A sandbox with customers and a catalogue, whose answers go wrong now and then."""
    switches = {"latency": 0.01, "list_lag": 0.2}
    with start(
        plan="unlimited", window=1.0, dice=seed, customers=CUSTOMERS, products=PRODUCTS, switches=switches
    ) as store:
        requests.post(f"{store.url}/_admin/faults", json=rules(share, seed), timeout=10).raise_for_status()
        yield store


class Story:
    """One migration with everything around it, in a folder of its own."""

    def __init__(self, store: Process, folder: Path, dice: random.Random, told: Told) -> None:
        self.store, self.folder, self.told = store, folder, told
        self._dice = dice
        self._log = folder / "stderr.log"
        self._lives = Lives({**os.environ, "BIGCOMMERCE_ACCESS_TOKEN": store.token}, self._log)
        self._wire = ["--api-url", store.url, "--store", store.store, "--timeout", "1"]
        self._ledger = ["--ledger", str(folder / "ledger.db")]
        self.client = OrdersClient(StoreAddress(store.store, store.token, store.url))

    def killed(self, kills: int, *arguments: str, done: tuple[int, ...] = (0,)) -> int:
        """Runs the command again and again, killed so often at most, until it ends well; gives its exit code."""
        code: int | None = None
        for number in range(kills + 60):
            code = self._lives.live(
                [*arguments, *self._wire], self._dice.uniform(0.05, 1.2) if number < kills else 120.0
            )
            self.told.kills += code is None
            self.told.exits[-9 if code is None else code] += 1
            if code in done:
                return int(code or 0)
        raise AssertionError(self._log.read_text()[-800:])

    def tell(self, kills: int) -> None:
        """Snapshot, run, update, undo; each judged by what the store holds then."""
        export = self.folder / "orders.csv"
        write_export(export, ORDERS, self._dice.randrange(10**6))
        for name, edit in (("first.yml", ""), ("second.yml", "body: {payment_method: Edited}\n")):
            (self.folder / name).write_text(MAPPING.format(edit=edit), encoding="utf-8")
        first, second = (
            [str(export), "-m", str(self.folder / name), *self._ledger] for name in ("first.yml", "second.yml")
        )
        settle = ["--settle", str(SETTLE), "--max-refused", "100"]

        self.killed(kills, "snapshot", "--into", str(self.folder / "shop.snapshot"))
        self._judge_snapshot()
        self.killed(kills, "run", *first, *settle, done=(0, 1))
        self.killed(0, "run", *first, *settle, done=(0, 1))
        self._judge_attachments()
        self.told.proofs_off += self.killed(0, "verify", *first, done=(0, 1))
        self.killed(kills, "run", *second, *settle, "--update", done=(0, 1))
        self._judge_updates()
        self.told.proofs_off += self.killed(0, "verify", *second, done=(0, 1))
        for run in self._runs():
            self.killed(kills, "undo", *self._ledger, "--run", run, "--yes", "--settle", str(SETTLE), done=(0, 1))
        self._judge_undo()
        self._lives.close()
        self.told.stories += 1

    def _runs(self) -> list[str]:
        ledger = read_ledger(str(self.folder / "ledger.db"))
        runs = [str(run.number) for run in ledger.runs() if run.counts.get(State.CREATED)]
        ledger.close()
        return runs

    def _orders(self) -> dict[str, int]:
        """Source id -> order id, of all that were created."""
        ledger = read_ledger(str(self.folder / "ledger.db"))
        found = {row.source_id: row.order_id or 0 for row in ledger.in_state(State.CREATED, State.ARCHIVED)}
        ledger.close()
        return found

    def _judge_snapshot(self) -> None:
        with read_crosswalk(self.folder / "shop.snapshot") as snapshot:
            counts = snapshot.counts()
        self.told.snapshot_rows_off += abs(counts["customers"] - CUSTOMERS) + abs(counts["variants"] - PRODUCTS)

    def _judge_attachments(self) -> None:
        requests.delete(f"{self.store.url}/_admin/faults", timeout=10).raise_for_status()
        time.sleep(SETTLE / 4 + 0.5)  # what may still be committed late is
        for order_id in self._orders().values():
            shipments = self.client.read(f"/v2/orders/{order_id}/shipments") or []
            metafields = self.client.read(f"/v3/orders/{order_id}/metafields")["data"]
            self.told.shipments_off += abs(len(shipments) - 1)
            self.told.metafields_off += abs(len(metafields) - 1)
            order = self.client.get(order_id) or {}
            self.told.statuses_off += order.get("status_id") in (2, 3)  # the export has no order that is shipped only
        again = rules(0.25, self._dice.randrange(10**6))
        requests.post(f"{self.store.url}/_admin/faults", json=again, timeout=10).raise_for_status()

    def _judge_updates(self) -> None:
        for order_id in self._orders().values():
            shown = self.client.read(f"/v2/orders/{order_id}")
            self.told.updates_off += shown.get("payment_method") != "Edited"

    def _judge_undo(self) -> None:
        held = requests.get(f"{self.store.url}/_admin/orders", timeout=60).json()
        self.told.archived_off += sum(not order["archived"] for order in held)
        self.told.archived_off += abs(len(held) - ORDERS)


def campaign(folder: Path, kills: int, *, share: float = 0.25, seed: int, each: int = 6) -> Told:
    """Stories until there were so many kills; each step of a story is killed `each` times at most."""
    told, number = Told(), 0
    while told.kills < kills:
        here = folder / f"story-{number}"
        here.mkdir()
        dice = random.Random(seed + number)
        with faulty_store(share, seed + number) as store:
            Story(store, here, dice, told).tell(each)
        number += 1
    return told
