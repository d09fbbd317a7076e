"""`importer snapshot`: a store's customers and variants in one local file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from importer.cli.client import address_of, client_of, store_options
from importer.cli.telling import tell
from importer.run.snapshot import snapshot


@click.command("snapshot")
@store_options
@click.option(
    "--into", required=True, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="The file."
)
def command(into: Path, **options: Any) -> None:
    """Fetch the store's customers and catalogue, so that a mapping can link orders with them offline.

    A mapping's table names the file: `customers: {snapshot: FILE, of: customers}`. E-mails are kept as keyed hashes.
    The same command again resumes a fetch that was stopped, or takes a new snapshot. Needs the scopes to read
    customers and products.
    """
    console = Console(stderr=True)
    fetched: dict[str, int] = {}
    address = address_of(options)
    with console.status("reading the store") as status, client_of(address, str(into), options) as client:

        def advance(kind: str, rows: int) -> None:
            fetched[kind] = fetched.get(kind, 0) + rows
            status.update(f"reading the store: {fetched[kind]:,} {kind}")

        counts = snapshot(client, into, advance)
    tell(f"{into}: " + ", ".join(f"{count:,} {kind}" for kind, count in counts.items()))
