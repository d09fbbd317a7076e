"""`importer ids`: the id map."""

from __future__ import annotations

import csv
import sys

import click

from importer.cli.options import LEDGER
from importer.ledger import State, read_ledger

COLUMNS = ("source_id", "order_id", "external_order_id", "namespace")


@click.command("ids")
@LEDGER
def command(ledger: str) -> None:
    """The id map as CSV on stdout, one line an order created: source_id, order_id, external_order_id, namespace."""
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(COLUMNS)
    for entry in read_ledger(ledger).in_state(State.CREATED):
        lines.writerow((entry.source_id, entry.order_id, entry.external_order_id, entry.namespace))
