"""The README's table of shipped mappings, from the head of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from making.table import cell

ROOT = Path(__file__).parent.parent.parent
BEGIN, END = "<!-- mappings: made by docs/generate.py -->", "<!-- end of mappings -->"


def readme() -> str:
    """README.md with its table of shipped mappings."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{chr(10).join(mappings_table())}\n{END}{after}"


def mappings_table() -> Iterator[str]:
    """A row for each shipped mapping: its name, and the first line of its head, where to get the export."""
    yield from ("| mapping | where the export comes from |", "|---|---|")
    for path in sorted((ROOT / "mappings").glob("*.yml")):
        head = path.read_text(encoding="utf-8").splitlines()[1].removeprefix("#").strip()
        yield f"| [`{path.stem}`](mappings/{path.name}) | {cell(head)} |"
