"""Where a verb may write: never over what it reads, never over a database, and a log only after a log."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import click

from importer.errors import UsageError
from importer.mapping import Mapping
from importer.sources import ExportFiles

_DATABASE = b"SQLite format 3\0"
"""How a file of SQLite begins: a ledger, a snapshot, a sandbox. Source: sqlite.org/fileformat2.html, section 1.3."""

_BESIDE = ("", "-wal", "-shm", "-journal", ".sandbox")
"""What a ledger in a file is made of, with the store of a rehearsal."""

_LONGEST = 65_536
"""Bytes of a log's first line at most."""


def inputs_of(export: ExportFiles | None = None, mapping: Mapping | None = None, ledger: str = "") -> Iterator[Path]:
    """The files that a verb reads; the ledger it writes as well, but nobody else may."""
    if export:
        yield from (*export.orders, *export.items)
    if mapping:
        yield from mapping.spec.all_files()
    if not ledger:
        return
    from importer.ledger import POSTGRES  # verbs without a ledger start without its room

    if not ledger.startswith(POSTGRES):
        yield from (Path(ledger.removeprefix("sqlite:///") + suffix) for suffix in _BESIDE)


def must_spare(inputs: Iterable[Path], option: str, output: Path | None) -> None:
    """Raises UsageError where the option's file is one of the inputs, or a database; None is no file."""
    if output is None:
        return
    if any(_same(output, file) for file in inputs):
        raise UsageError(f"{option} would write over {output}, which this command reads; choose another {option}")
    if _begins(output, len(_DATABASE)) == _DATABASE:
        raise UsageError(f"{option} would write over {output}, a database such as a ledger; choose another {option}")


def must_spare_by_report(inputs: Iterable[Path], folder: Path | None, option: str = "--report") -> None:
    """The same for every file of a report, such as rejects that were mended in place and are the export now."""
    if folder is None:
        return
    from importer.report.folder import FILES  # a tenth of the start, as below, for verbs with a report only

    read = list(inputs)
    for name in FILES:
        must_spare(read, option, folder / name)


def must_append(inputs: Iterable[Path], option: str, log: Path | None) -> None:
    """Raises UsageError where the option's file is there already and is no log of calls, one JSON object a line."""
    must_spare(inputs, option, log)
    first = _begins(log, _LONGEST).partition(b"\n")[0] if log else b""
    if first.strip() and not _is_log_line(first):
        raise UsageError(f"{option} would append to {log}, which is not a log of calls; choose another {option}")


@contextmanager
def drafted(folder: Path | None, option: str = "--report") -> Iterator[Path | None]:
    """Where a report is written until it is whole: inside `folder`, into which it comes when the block ends well.

    Otherwise nothing of it is left, and an earlier report is as it was. Errors: UsageError where it cannot be written.
    """
    if folder is None:
        yield None
        return
    from importer.report.folder import make_folder

    known, draft = folder.exists(), _hidden(folder / "draft")
    try:  # the name is known before anything is made: a signal may come at any step
        try:
            make_folder(folder)
            draft.mkdir()
        except OSError as error:
            raise UsageError(f"{folder}: cannot be written: {error.strerror}; choose another {option}") from error
        yield draft
        _publish(draft, folder)
    except click.exceptions.Exit:  # how a verb ends that is done
        _publish(draft, folder)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if not known:
            _drop_empty(folder)


@contextmanager
def written_whole(output: Path, option: str) -> Iterator[BinaryIO]:
    """A file that appears under its name only when all of it is written; else nothing of it is left.

    A pipe or a terminal, such as /dev/stdout, is written to as it is. Errors: UsageError where it cannot be written.
    """
    if output.exists() and not output.is_file():
        with output.open("wb") as out:
            yield out
        return
    draft = _hidden(output)
    try:
        try:
            out = draft.open("xb")
        except OSError as error:
            raise UsageError(f"{output}: cannot be written: {error.strerror}; choose another {option}") from error
        with out:
            yield out
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _hidden(path: Path) -> Path:
    """A name beside `path` that nobody else uses, for what is not whole yet."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}")


def _drop_empty(folder: Path) -> None:
    with suppress(OSError):  # it has something by now, or was never made
        folder.rmdir()


def _publish(draft: Path, folder: Path) -> None:
    """A report that tells of refused orders replaces all that an earlier one told of them."""
    from importer.report.rejects import NAMES

    if (draft / "problems.csv").exists():
        for name in NAMES:
            (folder / name).unlink(missing_ok=True)
    for file in draft.iterdir():
        file.replace(folder / file.name)


def _same(one: Path, other: Path) -> bool:
    """Whether two names lead to one file, by links too, be it there or not."""
    try:
        return one.samefile(other)
    except OSError:
        return one.resolve() == other.resolve()


def _begins(file: Path, length: int) -> bytes:
    if not file.is_file():  # a pipe or a terminal is not looked into
        return b""
    with file.open("rb") as opened:
        return opened.read(length)


def _is_log_line(line: bytes) -> bool:
    try:
        call = json.loads(line)
    except ValueError:
        return False
    return isinstance(call, dict) and {"at", "thread"} <= call.keys()
