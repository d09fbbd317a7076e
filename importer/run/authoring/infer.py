"""A first mapping for an export that no mapping knows."""

from __future__ import annotations

from pathlib import Path

from importer.mapping.draft import Layout, draft
from importer.mapping.infer import infer
from importer.sources.sample import take_sample


def first_mapping(path: Path) -> str:
    """The text of a mapping for that export. Errors: SourceError where the export cannot be read."""
    sample = take_sample(path)
    layout = Layout(
        name=path.name,
        format=sample.format,
        columns=sample.columns,
        delimiter=sample.delimiter,
        encoding=sample.encoding,
        quoting=sample.quoting,
        records=sample.records,
        parent=sample.parent,
    )
    return draft(infer(sample.rows, sample.format == "json"), layout)
