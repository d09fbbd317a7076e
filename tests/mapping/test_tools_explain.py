"""Explain's reading of a mapping gives what the compiled function gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.mapping import expressions, trace
from importer.run.line import find_mapping, open_line
from importer.sources import ExportFiles

ROOT = Path(__file__).parent.parent.parent
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("*/expected.jsonl"))
ENGINE = ("external_merchant_id", "external_source")


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda folder: folder.name)
def test_explained_body_is_the_mapped_body(folder: Path) -> None:
    """For every order of every sample, the values followed step by step are the body that the fast function makes."""
    export = ExportFiles(tuple(sorted(folder.glob("orders.*"))[:1]), tuple(sorted(folder.glob("items.*"))))
    with open_line(export, find_mapping(export, folder.name)) as line:
        for source in line.export.orders():
            mapped, explained = line.program.map(source), line.program.explain(source)
            if mapped.body is not None:
                body = {key: value for key, value in mapped.body.items() if key not in ENGINE}
                explained.body.setdefault("external_order_id", source.source_id)
                assert explained.body == body, source.source_id
            assert explained.skipped == mapped.skipped
            for problem in mapped.problems:
                if problem.origin.count(":") > 1 and not source.problems:
                    assert any(problem.message.endswith(one.error) for one in explained.traced if one.error), problem


def test_explain_reads_the_same_nodes() -> None:
    """Every node that the compiler lets through can be followed, and no other but plain text."""
    assert set(trace.NODES) - set(expressions._NODES) == {expressions.nodes.TemplateData}
    assert set(expressions._NODES) <= set(trace.NODES)
