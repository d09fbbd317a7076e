"""Resuming: what was created from the same plan is not even mapped again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from line_files import shop
from stub_store import StubStore, mapped

from importer.ledger import Ledger, LedgerEntry, State
from importer.mapping import load_mapping
from importer.model import MappedOrder, Problem, SourceOrder
from importer.report.summary import Summary
from importer.run.resume import Unsent, digest_of, facts_of, summary_of
from importer.run.settings import RunResult, Settings
from importer.run.submit import submit
from importer.sources import ExportFiles
from importer.store import OrdersClient

SETTINGS = Settings("shop", settle=1.0, concurrency=8, plan="plan 1")


class Mapper:
    """Counts what it maps."""

    def __init__(self) -> None:
        self.mapped = 0

    def __call__(self, orders: Iterator[SourceOrder]) -> Iterator[MappedOrder]:
        """Every order, mapped."""
        for order in orders:
            self.mapped += 1
            yield mapped(int(order.source_id))


def sources(count: int) -> Iterator[SourceOrder]:
    """An export."""
    return (SourceOrder(str(number), ()) for number in range(count))


def test_a_resumed_run_maps_only_what_is_not_there(store: StubStore, client: OrdersClient, ledger: Ledger) -> None:
    """Created orders of the same plan are passed over unmapped and counted; rejected ones and new ones are mapped."""
    store.fault = lambda number: (400, [{"message": "no"}]) if number == 3 else None
    submit(Mapper()(sources(60)), client, ledger, SETTINGS)
    mapper = Mapper()
    so_far = RunResult()
    unsent = Unsent(sources(65), ledger, SETTINGS, so_far)
    submit(mapper(iter(unsent)), client, ledger, SETTINGS, so_far=so_far)
    assert (so_far.created_before, mapper.mapped, so_far.created, so_far.rejected_before) == (59, 6, 5, 1)


def test_another_plan_is_mapped_in_full(client: OrdersClient, ledger: Ledger) -> None:
    """A new export or mapping may have changed any order: each is mapped, compared and skipped."""
    submit(Mapper()(sources(10)), client, ledger, SETTINGS)
    mapper = Mapper()
    settings, so_far = replace(SETTINGS, plan="plan 2"), RunResult()
    unsent = Unsent(sources(10), ledger, settings, so_far)
    submit(mapper(iter(unsent)), client, ledger, settings, so_far=so_far)
    assert (mapper.mapped, so_far.created_before) == (10, 10)
    assert list(Unsent(sources(10), ledger, settings, RunResult())) == []  # the new plan has the same bodies


def test_an_order_that_stands_twice_in_the_export_is_not_taken_for_its_first(ledger: Ledger) -> None:
    """What the export repeats carries its problem and is refused again; it is not counted as done."""
    row = LedgerEntry("shop", "1", "#1", State.SENDING, attempt=1, plan="plan 1", sent_at=datetime.now(UTC))
    ledger.move([row])
    ledger.move([replace(row, state=State.CREATED, order_id=100)])
    again = SourceOrder("1", (), (Problem("duplicate-order", "", "twice"),))
    so_far = RunResult()
    left = list(Unsent([SourceOrder("1", ()), again], ledger, SETTINGS, so_far))
    assert (left, so_far.created_before) == ([again], 1)


def test_orders_that_were_not_asked_for_are_not_mapped(ledger: Ledger) -> None:
    """`only` names what is mapped, and what is counted."""
    settings, so_far = replace(SETTINGS, only=frozenset({"7"})), RunResult()
    assert [order.source_id for order in Unsent(sources(10), ledger, settings, so_far)] == ["7"]
    assert so_far.created_before == 0


MAPPING = """\
mapping: overlay
extends: small-shop
let: {name: {template: name.j2}}
tables: {city: {file: cities.csv}}
body: {billing_address: {last_name: "{{ name }}", city: "{{ order['City'] | table('city') }}"}}
"""


@pytest.fixture
def migration(tmp_path: Path) -> tuple[ExportFiles, Path]:
    """An export of two files, the second of lines; a mapping with all that a mapping can be made of."""
    export, _ = shop(tmp_path, {"Id": "1"})
    items, overlay = tmp_path / "items.csv", tmp_path / "overlay.yml"
    items.write_text("Id,Item\n1,Mug\n", encoding="utf-8")
    (tmp_path / "name.j2").write_text("Doe", encoding="utf-8")
    (tmp_path / "cities.csv").write_text("key,value\nGhent,Gent\n", encoding="utf-8")
    overlay.write_text(MAPPING, encoding="utf-8")
    return ExportFiles((export,), (items,)), overlay


def test_a_plan_is_known_again(migration: tuple[ExportFiles, Path]) -> None:
    """The same files have the same digest, whenever they were written."""
    export, mapping = migration
    before = digest_of(export, load_mapping(mapping), "shop")
    for file in (*export.orders, mapping):
        file.touch()
    assert digest_of(export, load_mapping(mapping), "shop") == before


@pytest.mark.parametrize("name", ["orders.csv", "items.csv", "overlay.yml", "small-shop.yml", "name.j2", "cities.csv"])
def test_whatever_a_body_follows_from_makes_another_plan(name: str, migration: tuple[ExportFiles, Path]) -> None:
    """One more byte in the export, in its second file, the mapping, the one it extends, a template or a table."""
    export, mapping = migration
    before = digest_of(export, load_mapping(mapping), "shop")
    with (mapping.parent / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert digest_of(export, load_mapping(mapping), "shop") != before


def test_namespace_options_and_importer_belong_to_a_plan(
    migration: tuple[ExportFiles, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another name of the shop, another limit of the verdict, another version of this program, another program."""
    export, mapping = migration
    found = load_mapping(mapping)
    digests = [digest_of(export, found, "shop"), digest_of(export, found, "b"), digest_of(export, found, "shop", "5")]
    monkeypatch.setattr("importer.run.resume.metadata.version", lambda _: "99")
    digests.append(digest_of(export, found, "shop"))
    monkeypatch.setattr("importer.run.resume._own_files", lambda: [mapping])
    digests.append(digest_of(export, found, "shop"))
    assert len(set(digests)) == 5


def test_whatever_a_plan_counts_is_kept_or_needs_no_keeping() -> None:
    """A new count of the plan must be decided on: a resumed run has it, or never asks for it."""
    told_by_the_pass_alone = {"groups", "at_stake", "problems", "substitutions", "undecided", "waiting"}
    assert {field.name for field in fields(Summary)} == set(json.loads(facts_of(Summary()))) | told_by_the_pass_alone


def test_a_kept_plan_has_the_counts_and_sums_of_the_first() -> None:
    """What a resumed run tells and ends with is what the plan found."""
    summary = Summary(read=9, valid=6, refused=2, parked=1, unstated=1, skipped={"a draft": 1}, split={"7"})
    summary.money, summary.stated, summary.after = (
        {"EUR": Decimal("10.05")},
        {"EUR": Decimal("10.06")},
        {"shipments": 2},
    )
    assert summary_of(facts_of(summary)) == summary
