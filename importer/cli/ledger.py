"""`importer ledger`: a ledger checked, dumped, or merged from several."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click

from importer.cli.options import LEDGER
from importer.cli.telling import tell
from importer.errors import UsageError
from importer.ledger import open_ledger, read_ledger, shown
from importer.ledger.dump import Row, is_dump, lines_of, read_dump, rows_of, store_of
from importer.ledger.integrity import faults
from importer.ledger.merging import Merged, merge

_SHOWN = 20


@click.command("ledger")
@click.argument("action", type=click.Choice(["check", "export", "merge"]))
@click.argument("shards", nargs=-1, metavar="[SHARD]...")
@LEDGER
@click.pass_context
def command(context: click.Context, action: str, shards: tuple[str, ...], ledger: str) -> None:
    """Look after a ledger: check it, export it, or merge the ledgers of shards into it.

    `check` reads every row: exit code 1 where a row cannot be, 2 where the file is too damaged to be read. `export`
    writes JSON Lines on stdout, the store first, a row a line (ids, hashes, states and times), their number last.
    `merge` brings the rows of every SHARD (a ledger, or a whole export of one) into --ledger, which is made if need be;
    run it while nothing sends. Orders that two shards sent become conflicts, and what may have been sent twice is
    looked up by the next run; exit code 3 then.
    """
    if bool(shards) != (action == "merge"):
        raise UsageError("merge takes the ledgers of shards, as in: importer ledger merge a.db b.db --ledger all.db")
    context.exit({"check": _check, "export": _export}[action](ledger) if action != "merge" else _merge(shards, ledger))


def _check(ledger: str) -> int:
    with closing(read_ledger(ledger)) as opened:
        wrong = 0
        for wrong, fault in enumerate(faults(opened), 1):
            if wrong <= _SHOWN:
                tell(fault)
        rows = sum(opened.counts().values())
    more = f", of which {_SHOWN} are shown" if wrong > _SHOWN else ""
    tell(f"{rows:,} orders, {wrong:,} faults{more}" if wrong else f"{rows:,} orders, no fault")
    return 1 if wrong else 0


def _export(ledger: str) -> int:
    with closing(read_ledger(ledger)) as opened:
        sys.stdout.buffer.writelines(lines_of(opened))
    sys.stdout.buffer.flush()
    return 0


def _merge(shards: tuple[str, ...], ledger: str) -> int:
    stores = {shard: _store(shard) for shard in shards}
    if len(set(stores.values())) > 1:
        listed = ", ".join(f"{shown(shard)} of {store}" for shard, store in stores.items())
        raise UsageError(f"these are ledgers of several stores, which stay apart: {listed}")
    merged = Merged()
    with closing(open_ledger(ledger, stores[shards[0]])) as target:
        for shard in shards:
            merge(_rows(shard), target, merged)
    tell(f"{merged.rows:,} orders and {merged.attachments:,} attachments of {len(shards):,} ledgers merged")
    for order in merged.twice[:_SHOWN]:
        tell(f"  conflict {order}")
    if len(merged.twice) > _SHOWN:
        tell(f"  and {len(merged.twice) - _SHOWN:,} more; importer status lists conflicts")
    if merged.doubtful:
        tell(f"  in doubt {merged.doubtful:,}: two ledgers know of them; the next run looks them up")
    return 3 if merged.twice or merged.doubtful else 0


def _store(shard: str) -> str:
    if is_dump(shard):
        return store_of(Path(shard))
    with closing(read_ledger(shard)) as opened:
        return opened.store


def _rows(shard: str) -> Iterator[Row]:
    if is_dump(shard):
        yield from read_dump(Path(shard))
        return
    with closing(read_ledger(shard)) as opened:
        yield from rows_of(opened)
