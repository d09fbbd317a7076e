"""An export's bytes and characters: gzip, encodings, and exact places for what cannot be decoded."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Self, cast

from importer.errors import SourceError
from importer.sources.span import Section, Span

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 18
HEAD = 1 << 16
LINE_LIMIT = 1 << 24
NUL_ADVICE = "the file is damaged, or it is UTF-16: declare `encoding: utf-16-le` in the mapping"
GZIP = b"\x1f\x8b"
PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How a zip file begins, which .xlsx and .ods are as well; and .xls."""
HEAD_OF_PACKED = 4_096
# The longer mark first: UTF-32 little-endian begins like UTF-16 little-endian.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class ExportFile:
    """The bytes of an export, unzipped when they begin as gzip does; knows how far it has come on disk.

    `span`: only these bytes of it.
    """

    def __init__(self, path: Path, name: str = "", span: Span | None = None) -> None:
        self.path = path
        self.span = span
        self.name = name or path.name
        self._disk = _opened(path)
        self.size = path.stat().st_size
        try:
            _must_be_text(self.name, self._disk.peek(HEAD_OF_PACKED))
        except SourceError:
            self._disk.close()
            raise
        self._keep: io.TextIOWrapper | None = None
        self.packed = self._disk.peek(2)[:2] == GZIP
        self.stream: BinaryIO = self._disk
        if span:
            self.stream = io.BufferedReader(Section(self._disk, span.start, span.end), CHUNK)
        elif self.packed:
            self.stream = cast("BinaryIO", gzip.GzipFile(fileobj=self._disk))

    def text(self, encoding: str) -> io.TextIOWrapper:
        """The characters, with line ends as they are."""
        text = io.TextIOWrapper(self.stream, encoding=encoding, newline="")
        self._keep = text  # a wrapper that nobody keeps closes the file below it
        return text

    def position(self) -> int:
        """Bytes of the file on disk that were consumed so far; of a gzip file, the zipped ones."""
        return self._disk.tell()

    def close(self) -> None:
        """Let go of the file."""
        self.stream.close()
        self._disk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _must_be_text(name: str, begins: bytes) -> None:
    """Raises SourceError for a spreadsheet's own format, or for packed files."""
    if not begins.startswith(PACKED):
        return
    if begins.startswith(PACKED[0]) and b"[Content_Types].xml" not in begins and b"xl/" not in begins:
        raise SourceError(f"{name} is packed: unpack it, and pass the export that lies inside")
    raise SourceError(
        f"{name} is a spreadsheet, not text: export it as CSV from the old platform again. A spreadsheet saved as CSV"
        " will do only where its order numbers, dates and zips are still as the platform wrote them"
    )


def _opened(path: Path) -> io.BufferedReader:
    if path.is_dir():
        raise SourceError(f"{path} is a folder; name the export file inside it")
    if path.exists() and not path.is_file():
        raise SourceError(f"{path} is not a regular file; save the export to disk first, it is read more than once")
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise SourceError(f"{path}: no such file; check the path of the export") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}; check its permissions") from None


@contextmanager
def whole(file: ExportFile) -> Iterator[None]:
    """Say what is wrong with a file whose bytes cannot be read or unzipped to the end."""
    try:
        yield
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise SourceError(f"{file.name}: the gzip file is broken or cut off; download the export again") from None
    except OSError as error:
        raise SourceError(f"{file.name} cannot be read: {error.strerror}; copy it to a local disk") from None


def chunks(file: ExportFile, size: int = CHUNK) -> Iterator[bytes]:
    """The export's bytes, at most `size` at a time."""
    with whole(file):
        while chunk := file.stream.read(size):
            yield chunk


def head_of(path: Path, encoding: str) -> str:
    """The first characters of the export, about 64 KiB; raises SourceError when they cannot be decoded."""
    with ExportFile(path) as file, whole(file):
        data = file.stream.read(HEAD)
    try:
        return codecs.getincrementaldecoder(encoding)().decode(data, final=len(data) < HEAD)
    except UnicodeDecodeError:
        raise undecodable(path, encoding) from None


def encoding_of(path: Path, candidates: tuple[str, ...], within: int | None = None) -> str:
    """The encoding to read the export with: what its byte order mark says, or else the first candidate that fits.

    A candidate fits when the whole file decodes (or its first `within` bytes), so that no character is ever replaced.
    The last one is not tried here: reading with it names the byte that does not fit. So does reading UTF-8 that is
    damaged in a few places: read as another encoding, all its other names would come out wrong.
    """
    marked = byte_order_mark(path)[1] or _wide(path)
    if marked:
        return marked
    known = [_known(path, name) for name in candidates or ("utf-8",)]
    for name in known[:-1]:
        if misfit(path, name, within) is None or (_plain(name) == "utf-8" and _is_damaged_utf_8(path)):
            return name
    return known[-1]


_BEYOND_ASCII = re.compile(rb"([\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})|[\x80-\xff]")
"""A character of UTF-8 in group 1, or a byte that is none."""


def _is_damaged_utf_8(path: Path) -> bool:
    """Whether more of what is not ASCII is UTF-8 than is not. In cp1252, two letters make one by chance at most."""
    fit = unfit = 0
    with ExportFile(path) as file:
        for chunk in chunks(file):
            for found in _BEYOND_ASCII.finditer(chunk):
                fit, unfit = (fit + 1, unfit) if found[1] else (fit, unfit + 1)
    return fit > unfit


def _wide(path: Path) -> str:
    """UTF-16 that no mark tells: the text begins with letters of which each has a zero byte beside it; "" else."""
    with ExportFile(path) as file, whole(file):
        start = file.stream.read(16)
    if len(start) == 16 and not any(start[1::2]) and all(start[::2]):
        return "utf-16-le"
    return "utf-16-be" if len(start) == 16 and not any(start[::2]) and all(start[1::2]) else ""


def byte_order_mark(path: Path) -> tuple[int, str]:
    """The length in bytes of the mark the export begins with and the encoding it states; 0 and "" without one."""
    with ExportFile(path) as file, whole(file):
        start = file.stream.read(4)
    return next(((len(mark), name) for mark, name in BYTE_ORDER_MARKS if start.startswith(mark)), (0, ""))


def _known(path: Path, encoding: str) -> str:
    try:
        b"x".decode(encoding, "ignore")  # refuses codecs that give no text as well
    except (LookupError, UnicodeError):
        raise SourceError(f"{path.name}: there is no encoding '{encoding}'; use utf-8, cp1252 or another") from None
    return encoding


def misfit(path: Path, encoding: str, within: int | None = None) -> tuple[int, int] | None:
    """The first byte that does not decode: its offset from 0, and its value. None when all decode.

    `within`: look at no more than about so many bytes.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    fed = 0
    with ExportFile(path) as file:
        for chunk in chain(chunks(file), [b""]):
            fed += len(chunk)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # The decoder's bytes are the last of those fed so far, with a character that the chunk before cut.
                return fed - len(error.object) + error.start, error.object[error.start]
            if within and fed >= within:
                return None
    return None


def undecodable(path: Path, encoding: str) -> SourceError:
    """The error for a file that does not decode, with the place of the first such byte."""
    found = misfit(path, encoding)
    if found is None:
        return SourceError(f"{path.name}: the file changed while it was read; run again")
    offset, value = found
    said = f"{path.name}:{_line_at(path, encoding, offset)}: byte 0x{value:02x} at offset {offset} is not"
    if _plain(encoding) == "utf-8" and _is_damaged_utf_8(path):
        return SourceError(f"{said} utf-8, though the rest of the file is: mend that character, or export again")
    return SourceError(
        f"{said} {_plain(encoding)}; declare the file's `encoding` in the mapping"
        " (a spreadsheet on Windows writes cp1252)"
    )


def _line_at(path: Path, encoding: str, offset: int) -> int:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    line = 1
    with ExportFile(path) as file:
        while chunk := file.stream.read(min(CHUNK, offset)):
            offset -= len(chunk)
            line += decoder.decode(chunk, final=not offset).count("\n")
    return line


def line_ends(text: str) -> int:
    """How many lines end in a text, by LF, CR LF or CR."""
    return io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True).count("\n")


def _plain(encoding: str) -> str:
    return "utf-8" if encoding == "utf-8-sig" else encoding


def lines_of(file: ExportFile, encoding: str) -> Iterator[str]:
    """The export's lines with their ends as they stand; no character replaced, no NUL let through."""
    first = file.span.line if file.span else 1
    try:
        with whole(file):
            for number, line in enumerate(iter(partial(file.text(encoding).readline, LINE_LIMIT), ""), first):
                if "\0" in line:
                    raise SourceError(f"{file.name}:{number}: a NUL character; {NUL_ADVICE}")
                if len(line) == LINE_LIMIT:
                    raise SourceError(f"{file.name}:{number}: a line of more than 16 MiB; this is no CSV export")
                yield line
    except UnicodeDecodeError:
        raise undecodable(file.path, encoding) from None
