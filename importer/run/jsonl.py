"""One order as one line of JSON: what `importer map` writes, and what golden files hold."""

from __future__ import annotations

from typing import Any

import orjson

from importer.model import MappedOrder, Problem, Substitution


def as_json_line(mapped: MappedOrder) -> bytes:
    """The line, its newline included.

    `{"source_id", "source": {"file", "lines"}, "order", "problems", "substitutions"}`; a skipped order has `skipped`,
    the reason, and no `order`; neither has an order that could not be mapped.
    """
    rows = mapped.source.rows
    line: dict[str, Any] = {
        "source_id": mapped.source.source_id,
        "source": {"file": rows[0].file, "lines": [row.line for row in rows]},
    }
    if mapped.skipped:
        line["skipped"] = mapped.skipped
    elif mapped.body is not None:
        line["order"] = mapped.body
    line["problems"] = [_problem(problem) for problem in mapped.problems]
    line["substitutions"] = [_substitution(substitution) for substitution in mapped.substitutions]
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)


def _problem(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "path": problem.path, "message": problem.message, "origin": problem.origin}


def _substitution(one: Substitution) -> dict[str, str]:
    return {"code": one.code, "path": one.path, "from": one.from_, "to": one.to, "origin": one.origin}
