"""One order as one line of JSON: what `importer map` writes, and what golden files hold."""

from __future__ import annotations

import json
from typing import Any

import orjson

from importer.model import MappedOrder, Problem, SourceOrder, Substitution


def as_json_line(mapped: MappedOrder) -> bytes:
    """The line, its newline included.

    `{"source_id", "source": {"file", "lines"}, "order", "problems", "substitutions"}`; a skipped order has `skipped`,
    the reason, and no `order`; neither has an order that could not be mapped. `after` is there where something is sent
    after the order. `source` has `further`, a list of the
    same, where some rows of the order lie in other files.
    """
    line: dict[str, Any] = {"source_id": mapped.source.source_id, "source": _places(mapped.source)}
    if mapped.skipped:
        line["skipped"] = mapped.skipped
    elif mapped.body is not None:
        line["order"] = mapped.body
        if mapped.after:
            line["after"] = mapped.after
    line["problems"] = [_problem(problem) for problem in mapped.problems]
    line["substitutions"] = [_substitution(substitution) for substitution in mapped.substitutions]
    try:
        return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
    except orjson.JSONEncodeError:  # half a surrogate pair, which the order's problems tell: written as its escape
        return json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _places(source: SourceOrder) -> dict[str, Any]:
    rows = source.rows
    if not source.lines and rows[0].file == rows[-1].file:
        return {"file": rows[0].file, "lines": [row.line for row in rows]}
    files: dict[str, list[int]] = {}
    for row in (*rows, *source.lines):
        files.setdefault(row.file, []).append(row.line)
    first, *further = [{"file": file, "lines": lines} for file, lines in files.items()]
    return {**first, "further": further} if further else first


def _problem(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "path": problem.path, "message": problem.message, "origin": problem.origin}


def _substitution(one: Substitution) -> dict[str, str]:
    return {"code": one.code, "path": one.path, "from": one.from_, "to": one.to, "origin": one.origin}
