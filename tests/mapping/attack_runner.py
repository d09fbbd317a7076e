"""A process of its own that maps one order by each folder it is told of, forking for every one, and says what it took.

Reads folders from stdin, one a line, each with shop.yml and order.json; answers a JSON line for each: how it ended
(refused, contained, mapped, or the name of an error), the message or body, CPU seconds, peak MiB.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from importer.errors import MappingError
from importer.mapping import load_mapping
from importer.model import SourceOrder, SourceRow

MOST_SECONDS = 10
MOST_BYTES = 2 << 30


def outcome(folder: Path) -> tuple[str, Any]:
    """What became of the mapping, or of the order."""
    try:
        mapping = load_mapping(folder / "shop.yml")
        order = json.loads((folder / "order.json").read_text(encoding="utf-8"))
        mapped = mapping.bind(None).map(SourceOrder("1001", (SourceRow("orders.json", 1, order),)))
    except MappingError as error:
        return "refused", str(error)
    except Exception as error:  # noqa: BLE001 - an attack that ends in any other error has found something
        return type(error).__name__, str(error)[:300]
    if mapped.body is None:
        return "contained", [problem.message[:200] for problem in mapped.problems]
    return "mapped", {name: str(value)[:200] for name, value in mapped.body.items()}


def answer(folder: Path, pipe: int) -> None:
    """The child: within limits, so that an attack that succeeds ends here."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    with os.fdopen(pipe, "w", encoding="utf-8") as out:
        json.dump(outcome(folder), out)


def measured(folder: Path) -> dict[str, Any]:
    """One attack in a process of its own."""
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(receiving)
        try:
            answer(folder, sending)
        finally:
            os._exit(0)
    os.close(sending)
    with os.fdopen(receiving, encoding="utf-8") as pipe:
        said = pipe.read()
    _, _, used = os.wait4(child, 0)
    how, what = json.loads(said) if said else ("killed", "")
    return {"how": how, "what": what, "seconds": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024}


def main() -> None:
    """Warm up with what every mapping needs, then answer until stdin ends."""
    load_mapping("shopify-json")
    for line in sys.stdin:
        sys.stdout.write(json.dumps(measured(Path(line.rstrip("\n")))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
