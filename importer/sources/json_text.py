"""JSON read value by value from a file of any size: a window of text that slides over it."""

from __future__ import annotations

import codecs
import decimal
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from importer.errors import SourceError
from importer.sources.text import CHUNK, ExportFile, byte_order_mark, chunks, encoding_of, undecodable

VALUE_LIMIT = 1 << 24
"""Characters of one value: what lies in memory at once. An order has a few thousand."""

TOO_LONG = "a value of more than 16 MiB, too long for one order. Is this the right mapping? Pass another one with -m"

TOO_DEEP = "values are nested too deeply"

NEAR = 16
"""A complaint this close to the window's end may come from the cut: no literal, number's tail or escape is longer."""

MARKLESS = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}

_blanks = re.compile(r"[ \t\r\n]*+")


class _NotANumber(ValueError):
    pass


def _refuse_constant(word: str) -> NoReturn:
    raise _NotANumber(word)


_decode = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant).raw_decode


class JsonText:
    """A cursor over the JSON text of an export."""

    def __init__(self, file: ExportFile, encodings: tuple[str, ...], chunk: int = CHUNK) -> None:
        self.name = file.name
        self._file = file
        span = file.span
        self._encoding = span.encoding if span else encoding_of(file.path, encodings)
        self._pieces = _decoded(file, self._encoding, chunk)
        self._window = ""
        self._at = 0
        self._ended = False
        self._dropped_bytes = span.start if span else byte_order_mark(file.path)[0]
        self._line = span.line if span else 1
        self._counted = 0

    @property
    def line(self) -> int:
        """The line of the next character that is not blank, from 1."""
        self.next_char()
        self._count_lines()
        return self._line

    def _count_lines(self) -> None:
        self._line += self._window.count("\n", self._counted, self._at)
        self._counted = self._at

    @property
    def passed(self) -> int:
        """About how many bytes lie behind."""
        return self._dropped_bytes + self._at

    def next_char(self) -> str:
        """The next character that is not blank, without passing it; "" at the end."""
        if (char := self._window[self._at : self._at + 1]) > " ":
            return char  # mostly there is nothing to pass over
        while True:
            self._at = _blanks.match(self._window, self._at).end()  # type: ignore[union-attr]  # matches always
            if self._at < len(self._window):
                return self._window[self._at]
            if self._ended:
                return ""
            self._slide()

    def pass_over(self, wanted: str) -> bool:
        """Pass `wanted` if it is the next character."""
        there = self.next_char() == wanted
        self._at += there
        return there

    def expect(self, wanted: str) -> None:
        """Pass `wanted`, or raise SourceError: it must come next."""
        if not self.pass_over(wanted):
            self.fail(f"expected '{wanted}'")

    def value(self) -> Any:
        """The next value: fractions as Decimal, integers as int of any size.

        A value that the window cuts is parsed again when more has been read; the window doubles each time, so all
        parsing of one value costs at most about twice its length.
        """
        self.next_char()
        while True:
            try:
                value, end = _decode(self._window, self._at)
            except json.JSONDecodeError as error:
                if self._ended or not _may_be_cut(error, len(self._window)):
                    self.fail(_plain(error), error.pos)
            except RecursionError:
                self.fail(TOO_DEEP)
            except _NotANumber as error:
                self.fail(f"{error} is not JSON; the value that has it begins here")
            except (ValueError, decimal.InvalidOperation):
                self.fail("a number has too many digits; the value that has it begins here")
            else:
                if self._ended or end + NEAR < len(self._window):
                    self._at = end
                    return value
            self._slide()

    def fail(self, what: str, at: int | None = None) -> NoReturn:
        """Raise SourceError for the character at the window's index `at`, or the next one."""
        at = self._at if at is None else at
        self._count_lines()
        line = self._line + self._window.count("\n", self._at, at)
        if self._ended and at >= len(self._window.rstrip()):
            what = f"the file ends here ({what}); it was cut off, export again"
        byte = self._dropped_bytes + _bytes(self._window[:at], self._encoding)
        broken = "" if what == TOO_LONG else "broken JSON "
        raise SourceError(f"{self.name}: {broken}at byte {byte} (line {line}): {what}")

    def _slide(self) -> None:
        """Drop what was read and add at least as much text as is left, so that the window at least doubles."""
        self._count_lines()
        if self._at:
            self._dropped_bytes += _bytes(self._window[: self._at], self._encoding)
        left = self._window[self._at :]
        if len(left) > VALUE_LIMIT:
            self.fail(TOO_LONG)
        pieces, size = [left], 0
        while size <= min(len(left), VALUE_LIMIT - len(left)) and not self._ended:
            piece = next(self._pieces, None)
            self._ended = piece is None
            pieces.append(piece or "")
            size += len(pieces[-1])
        self._window, self._at, self._counted = "".join(pieces), 0, 0


def _decoded(file: ExportFile, encoding: str, chunk: int) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for data in chunks(file, chunk):
            yield decoder.decode(data)
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise undecodable(file.path, encoding) from None


def _bytes(text: str, encoding: str) -> int:
    """How many bytes of the file the text is; a byte order mark not counted."""
    return len(text.encode(MARKLESS.get(encoding, encoding)))


def _may_be_cut(error: json.JSONDecodeError, size: int) -> bool:
    return error.pos >= size - NEAR or error.msg.startswith("Unterminated string")


def _plain(error: json.JSONDecodeError) -> str:
    what = error.msg.removesuffix(" starting at").replace("Expecting", "expected")
    return what[0].lower() + what[1:]
