"""What a verb tells people: one way out, where no text of an export or a store can command the terminal."""

from __future__ import annotations

import click

_CONTROLS = {number: f"\\x{number:02x}" for number in (*range(0x20), *range(0x7F, 0xA0)) if chr(number) not in "\n\t"}
"""C0 and C1: what a terminal obeys instead of showing it."""


def tell(text: object, *, err: bool = False) -> None:
    """Prints a text for people, its control characters escaped. What is data, such as JSON, goes out another way."""
    click.echo(harmless(str(text)), err=err)


def harmless(text: str) -> str:
    """The text with control characters as escapes; newlines and tabs stay.

    >>> harmless("order 7\\x1b[2J")
    'order 7\\\\x1b[2J'
    """
    return text.translate(_CONTROLS)
