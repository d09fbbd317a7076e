"""An export mapped in parts, on any engine: the bytes that one process gives, in the export's order.

What comes back from a worker is a file and counts. Two things can only be told where the parts meet, and are told here:
an order that was met in an earlier part, and a part that does not end with an order. Such a part is read again, in this
process, with what is known by now. Both are rare, so nothing else has to be exact about where an export is cut.
"""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import dropwhile
from pathlib import Path
from typing import BinaryIO

from importer.engine import Engine
from importer.errors import EngineError, SourceError
from importer.mapping import Program, load_mapping
from importer.run.jsonl import as_json_line
from importer.run.line import Line, checked
from importer.sources import ORDERS_EACH, ExportFiles, Part, PartKeys, SeenKeys, joined, orders_of, parts_of


@dataclass(frozen=True, slots=True)
class Job:
    """One mapping of one export, as a worker must know it: names, no values of anybody.

    `here`: the folder in which relative names are meant. `folder`: of the results, a new one for each job.
    """

    mapping: str
    namespace: str
    columns: tuple[str, ...] | None
    now: datetime
    here: str
    folder: str


@dataclass(frozen=True, slots=True)
class Task:
    """One part of a job."""

    job: Job
    number: int
    part: Part

    @property
    def lines(self) -> Path:
        """The file of the bodies."""
        return Path(self.job.folder) / f"{self.number}.jsonl"

    @property
    def keys(self) -> Path:
        """The file of the orders that were met."""
        return Path(self.job.folder) / f"{self.number}.keys"


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a part had: its orders, those with problems, the keys of its first and its last order.

    `readable` is False where the part could not be read to its end.
    """

    orders: int = 0
    refused: int = 0
    first: str | None = None
    last: str | None = None
    readable: bool = True


def map_part(task: Task) -> Mapped:
    """Map one part into its files; a worker's whole work."""
    program = program_of(task.job)
    met = PartKeys()
    with task.lines.open("wb") as out:
        try:
            mapped = _write(task.part, program, task.job.now, met, out)
        except SourceError:
            return Mapped(readable=False)
    task.keys.write_bytes(pickle.dumps(met.all()))
    return mapped


@lru_cache(2)
def program_of(job: Job) -> Program:
    """The job's program. Two jobs never share one: the mapping may have been edited between them."""
    if os.getcwd() != job.here:  # noqa: PTH109 - compared as text
        try:
            os.chdir(job.here)
        except OSError:
            raise EngineError(
                f"the folder {job.here} of this run is not there on a worker: workers on other machines need the"
                " export, the mapping and the output's folder under the same names, such as on a shared disk"
            ) from None
    return load_mapping(job.mapping).bind(job.columns, job.namespace)


def _write(part: Part, program: Program, now: datetime, seen: SeenKeys | PartKeys, out: BinaryIO) -> Mapped:
    orders = refused = 0
    first = last = None
    for source in orders_of(part, program.spec.source, seen):
        mapped = checked(program, source, now)
        out.write(as_json_line(mapped))
        orders += 1
        refused += bool(mapped.problems)
        last = source.source_id
        first = last if orders == 1 else first
    return Mapped(orders, refused, first, last)


class MappedInParts:
    """The bodies of one export, part by part. `refused` counts the orders with problems."""

    def __init__(self, line: Line, files: ExportFiles, now: datetime, orders: int = ORDERS_EACH) -> None:
        self._program, self._files, self._now, self._orders = line.program, files, now, orders
        self._columns = line.export.columns
        self._seen = SeenKeys()
        self.refused = 0

    def parts(self) -> Iterator[Part] | None:
        """The parts of the export, None where it cannot be cut."""
        return parts_of(self._files, self._program.spec.source, self._columns, self._orders)

    def write(self, engine: Engine, out: BinaryIO, beside: Path | None) -> None:
        """Write every body, in the export's order. The workers' files are made in the folder `beside`.

        Errors: SourceError, after the bodies of the orders before the mistake; EngineError.
        """
        with closing(self._seen), tempfile.TemporaryDirectory(prefix=".importer-", dir=beside) as folder:
            spec, here = self._program.spec, os.getcwd()  # noqa: PTH109 - it travels as text
            job = Job(str(spec.path), self._program.namespace, self._columns, self._now, here, folder)
            tasks = (Task(job, number, part) for number, part in enumerate(self.parts() or ()))
            with closing(engine.in_order(map_part, tasks)) as done:
                self._write_all(done, out)

    def _write_all(self, done: Iterable[tuple[Task, Mapped]], out: BinaryIO) -> None:
        """A part is written when the next one is known to begin with another order; else both are read as one."""
        held: _Held | None = None
        for task, mapped in done:
            if not mapped.readable:
                self._again(joined([*([held.part] if held else []), *self._rest(task)]), out)
                return
            if held is None or held.ends_before(mapped, self._columns):
                self._let_go(held, out)
                held = _Held(task.part, mapped, task)
            else:
                held = _Held(joined([held.part, task.part]), mapped if mapped.orders else held.mapped, None)
        self._let_go(held, out)

    def _rest(self, task: Task) -> Iterator[Part]:
        """The part of a task and all that follow."""
        ahead = dropwhile(lambda numbered: numbered[0] < task.number, enumerate(self.parts() or ()))
        return (part for _, part in ahead)

    def _let_go(self, held: _Held | None, out: BinaryIO) -> None:
        if held is None:
            return
        if held.task is None or not self._seen.add(pickle.loads(held.task.keys.read_bytes())):  # noqa: S301 - our own file
            self._again(held.part, out)
            return
        with held.task.lines.open("rb") as lines:
            shutil.copyfileobj(lines, out)
        self.refused += held.mapped.refused
        held.task.lines.unlink()
        held.task.keys.unlink()

    def _again(self, part: Part, out: BinaryIO) -> None:
        self.refused += _write(part, self._program, self._now, self._seen, out).refused


@dataclass(frozen=True, slots=True)
class _Held:
    """A part that waits for the next one's first order. `task` is None where it must be read again, by us."""

    part: Part
    mapped: Mapped
    task: Task | None

    def ends_before(self, following: Mapped, columns: tuple[str, ...] | None) -> bool:
        """Whether the next part begins with another order: of JSON, each object is one."""
        if columns is None:
            return True
        return self.mapped.orders > 0 and following.orders > 0 and self.mapped.last != following.first
