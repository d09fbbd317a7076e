"""What earlier importers kept in a row's `message`, read once into fields of its own: in a table, and in a dump."""

from __future__ import annotations

import re

from importer.ledger.entry import Doing

_STATUS = "replace(replace(message, 'attaching; its status was ', ''), '; touched', '')"

IN_TABLE = (
    "UPDATE entries SET doing = 'updating', message = '' WHERE message = 'update begun'",
    "UPDATE entries SET doing = 'undoing', message = '' WHERE message = 'undo begun'",
    f"UPDATE entries SET status_before = CAST({_STATUS} AS integer), touched = message LIKE '%; touched', message = '' "  # noqa: S608 - own words
    f"WHERE message LIKE 'attaching; its status was %' AND {_STATUS} <> '' AND trim({_STATUS}, '0123456789') = ''",
)
"""The statements that read a table's messages; SQLite and PostgreSQL mean the same by them."""

_DOING = {"update begun": Doing.UPDATING, "undo begun": Doing.UNDOING}
_ATTACHING = re.compile(r"attaching; its status was (\d+)(; touched)?")


def read(message: str) -> dict[str, object]:
    """The fields of an order's row that its message stood for, itself among them; none where it is for people."""
    if message in _DOING:
        return {"doing": _DOING[message], "message": ""}
    if begun := _ATTACHING.fullmatch(message):
        return {"status_before": int(begun[1]), "touched": begun[2] is not None, "message": ""}
    return {}
