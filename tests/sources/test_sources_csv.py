"""CSV exports: cells as they stand, the lines they begin on, and files that cannot be trusted."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.errors import SourceError
from importer.model import SourceRow, SourceSpec
from importer.sources import open_export
from importer.sources.text import CHUNK, HEAD

SPEC = SourceSpec(format="csv", order="Name")


def write(folder: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def read(path: Path, spec: SourceSpec = SPEC) -> list[SourceRow]:
    with open_export(path, spec) as export:
        return list(export.rows())


def refusal(path: Path, spec: SourceSpec = SPEC) -> str:
    with pytest.raises(SourceError) as caught:
        read(path, spec)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_row_has_its_file_its_line_and_its_cells(tmp_path: Path) -> None:
    """A record comes with the physical line where it begins, also after newlines inside cells."""
    path = write(tmp_path, 'Name,Note\r\n#1,"a\r\nb\r\nc"\r\n#2,d\r\n')
    assert read(path) == [
        SourceRow("orders.csv", 2, ["#1", "a\r\nb\r\nc"]),
        SourceRow("orders.csv", 5, ["#2", "d"]),
    ]


def test_an_export_knows_its_columns_its_size_and_how_far_it_is(tmp_path: Path) -> None:
    """`columns`, `size` and `position` are what progress and mapping need."""
    path = write(tmp_path, "Name,Total\n#1,2\n")
    with open_export(path, SPEC) as export:
        assert export.columns == ("Name", "Total")
        assert len(list(export.rows())) == 1
        assert export.position() == export.size == path.stat().st_size


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header(tmp_path: Path, delimiter: str) -> None:
    """Comma, semicolon, tab and bar are recognised, with the others inside quoted names."""
    path = write(tmp_path, delimiter.join(["Name", '"a,b;c"', "Total"]) + "\n" + delimiter.join("123") + "\n")
    with open_export(path, SPEC) as export:
        assert export.columns == ("Name", "a,b;c", "Total")
        assert [row.cells for row in export.rows()] == [["1", "2", "3"]]


def test_a_declared_delimiter_is_not_guessed(tmp_path: Path) -> None:
    """A mapping's delimiter wins over what the header looks like."""
    path = write(tmp_path, "Name;a,b,c\n1;2\n")
    with open_export(path, SourceSpec("csv", "Name", delimiter=";")) as export:
        assert export.columns == ("Name", "a,b,c")


def test_quotes_are_text_where_the_platform_never_quotes(tmp_path: Path) -> None:
    """With `quoting: false` a quotation mark is a character like any other."""
    path = write(tmp_path, 'Name\tItem\n1\t"12 inch\n2\t5" pipe\n')
    rows = read(path, SourceSpec("csv", "Name", quoting=False))
    assert [row.cells for row in rows] == [["1", '"12 inch'], ["2", '5" pipe']]


def test_blank_rows_are_passed_over(tmp_path: Path) -> None:
    """Blank rows before the header, after it and at the end are no records; lines still count them."""
    path = write(tmp_path, '\n"",\nName,Total\n"",""\n\n#1,2\n , \n,\n')
    assert read(path) == [SourceRow("orders.csv", 6, ["#1", "2"])]


def test_blank_surplus_cells_are_cut_off(tmp_path: Path) -> None:
    """A writer's delimiter at the end of a row makes no column."""
    path = write(tmp_path, "Name,Total,\n#1,2,\n#2,3\n")
    assert [row.cells for row in read(path)] == [["#1", "2"], ["#2", "3"]]


def test_a_header_alone_is_no_order(tmp_path: Path) -> None:
    """An export without orders is read as zero orders."""
    assert read(write(tmp_path, "Name,Total\n")) == []


def test_columns_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The second column of a name is numbered, so that none hides another; a rename may use that name."""
    spec = SourceSpec("csv", "Name", rename=(("Country (2)", "Billing country"), ("Nr", "Name")))
    with open_export(write(tmp_path, "Nr,Country,Country,Country\n"), spec) as export:
        assert export.columns == ("Name", "Country", "Billing country", "Country (3)")


def test_a_rename_hides_no_column(tmp_path: Path) -> None:
    """Where the mapping's name is there already, the other column keeps its own."""
    spec = SourceSpec("csv", "Name", rename=(("Number", "Name"),))
    with open_export(write(tmp_path, "Number,Name\n"), spec) as export:
        assert export.columns == ("Number", "Name")


def test_long_cells_are_read(tmp_path: Path) -> None:
    """A note of half a megabyte is no damage."""
    assert len(read(write(tmp_path, "Name,Note\n#1," + "x" * 500_000 + "\n"))[0].cells[1]) == 500_000


def test_the_head_may_end_inside_a_character(tmp_path: Path) -> None:
    """The first 64 KiB, from which the delimiter is told, need not end between two characters."""
    for shift in range(2):
        assert len(read(write(tmp_path, "Name\n" + "x" * shift + "é" * HEAD + "\n"))) == 1


def test_gzip_is_told_by_its_bytes(tmp_path: Path) -> None:
    """A gzip file is read whatever its name is; its position counts zipped bytes."""
    path = write(tmp_path, gzip.compress(b"Name\n#1\n"))
    with open_export(path, SPEC) as export:
        assert [row.cells for row in export.rows()] == [["#1"]]
        assert export.position() == export.size


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_tried_by_decoding(tmp_path: Path, encoding: str) -> None:
    """A byte order mark decides; without one, the first declared encoding in which the whole file decodes."""
    path = write(tmp_path, ("Name,Note\n" + "#1,x\n" * 100_000 + "#2,Köln\n").encode(encoding))
    rows = read(path, SourceSpec("csv", "Name", encoding=("utf-8", "cp1252")))
    assert rows[-1].cells == ["#2", "Köln"]


def test_a_byte_that_does_not_decode_is_named(tmp_path: Path) -> None:
    """Nothing is replaced in silence: the offset and the line of the byte are told."""
    path = write(tmp_path, "Name,Note\r\n#1,é\r\n#2,".encode() + b"K\xf6ln\r\n")
    assert "orders.csv:3: byte 0xf6 at offset 22 is not utf-8" in refusal(path)
    assert "orders.csv:2: byte 0xc3 at offset 5 is not utf-8" in refusal(write(tmp_path, b"Name\n\xc3"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('Name,Note\n#1,x\n#2,"never\n#3,y\n', "orders.csv:3: a quoted cell that begins on this line is never closed"),
        (
            'Name,Note,B\n#1,"a\nb",x"\n#2,"c,\n#3,"d",\n',
            "orders.csv:4: a quoted cell that begins on this line is not closed",
        ),
        ('Name,Note\n#1,"5" pipe"\n', "orders.csv:2: a quoted cell that begins on this line is not closed"),
        ("Name,Note\n#1,\0\n", "orders.csv:2: a NUL character"),
        ('Name,Note\n#1,"x\n' + "y\n" * 600_000, "orders.csv:2: a cell that begins on this line is longer than 1 MiB"),
        ('"Name,Note\n#1,x\n', "orders.csv:1: a quoted cell that begins on this line is never closed"),
        ("", "orders.csv is empty"),
        ("\n,\n", "orders.csv is empty"),
        ('{"orders": []}', "orders.csv is JSON, and this mapping reads CSV"),
        ("x" * (1 << 24), "orders.csv:1: a line of more than 16 MiB"),
        ("#1,ann@example.com\n", "orders.csv begins with a row of data"),
    ],
)
def test_a_damaged_file_is_refused_where_it_is_damaged(tmp_path: Path, content: str, said: str) -> None:
    """Each damage is one line that names the place and says what to do."""
    assert said in refusal(write(tmp_path, content))


def test_a_wrong_platform_is_refused_at_the_header(tmp_path: Path) -> None:
    """What is missing, what is there and what was probably meant are named before the first row."""
    path = write(tmp_path, "name,Total\n#1,2\n")
    spec = SourceSpec("csv", "Name", detect=("Name", "Lineitem name"))
    with pytest.raises(SourceError) as caught:
        open_export(path, spec)
    assert "lacks the columns 'Name' (is it 'name'?), 'Lineitem name'" in str(caught.value)
    assert "it has 'name', 'Total'" in str(caught.value)


def test_a_long_header_is_not_repeated_in_full(tmp_path: Path) -> None:
    """A message stays one line to read, whatever the file holds."""
    said = refusal(write(tmp_path, ",".join(f"{'x' * 500} {number}" for number in range(500)) + "\n"))
    assert len(said) < 1_000
    assert "and 488 more" in said


def test_a_bad_byte_of_utf_16_has_its_line(tmp_path: Path) -> None:
    """Lines are counted in characters of the file's encoding, for any byte order."""
    path = write(tmp_path, codecs.BOM_UTF16_BE + "Name\r\n#1\r\n".encode("utf-16-be") * 50_000 + b"\xd8\x00\x00\x41")
    assert "orders.csv:100001: byte 0xd8 at offset 1000002 is not utf-16" in refusal(path)


def test_a_long_cell_without_quoting_has_its_line(tmp_path: Path) -> None:
    """Where quotes are text, they do not move the line of a cell that is too long."""
    path = write(tmp_path, 'Name\tNote\n1\t"a\n2\t' + "x" * 1_100_000 + "\n")
    assert "orders.csv:3: a cell" in refusal(path, SourceSpec("csv", "Name", quoting=False))


def test_a_character_cut_by_the_buffer_is_whole(tmp_path: Path) -> None:
    """Offsets and lines of a bad byte are right beyond the first piece that is read, wherever that was cut."""
    for shift in range(4):
        content = b"Name\r\n" + b"x" * shift + "é\r\n".encode() * (CHUNK // 4) + b"\xff\n"
        offset = content.index(b"\xff")
        said = refusal(write(tmp_path, content))
        assert f"orders.csv:{CHUNK // 4 + 2}: byte 0xff at offset {offset} is" in said


def test_a_path_that_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    """A missing file and an empty folder are told apart."""
    assert "no such file" in refusal(tmp_path / "none.csv")
    assert "holds no export" in refusal(tmp_path)


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    """A download that broke off is not taken for the whole."""
    path = write(tmp_path, gzip.compress(b"Name\n" + bytes(range(48, 58)) * 5000)[:-20])
    assert "gzip file is broken" in refusal(path)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
rows = st.lists(st.lists(cells, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))), max_size=6)


@settings(max_examples=60, deadline=None)
@given(rows, st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_a_csv_writer_wrote_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, end: str
) -> None:
    """Any cells, delimiter and line end: the same cells, and for each record the line where it was begun."""
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_MINIMAL if end == "\r\n" else csv.QUOTE_ALL  # 3.11 leaves other line ends inside cells bare
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(["Name", "b", "c"])
    begun = []
    for row in rows:
        begun.append(len(list(io.StringIO(text.getvalue(), newline=""))) + 1)
        writer.writerow(row)
    path = write(tmp_path_factory.mktemp("csv"), text.getvalue())
    assert [(row.line, row.cells) for row in read(path)] == list(zip(begun, rows, strict=True))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "is a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8), "is a spreadsheet"),
        (b"PK\x03\x04\x14\x00orders.csv", "unpack it"),
    ],
)
def test_what_is_no_text_says_what_to_do(tmp_path: Path, content: bytes, said: str) -> None:
    """A spreadsheet's own format and packed files are told by how they begin, whatever they are called."""
    assert said in refusal(write(tmp_path, content))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_letters_need_no_mark(tmp_path: Path, encoding: str) -> None:
    """UTF-16 without its mark is told by the zero beside each letter."""
    path = write(tmp_path, "Name,Item\n#1,crème 漢\n".encode(encoding))
    assert [row.cells for row in read(path)] == [["#1", "crème 漢"]]


def test_a_header_that_stands_again_is_no_row(tmp_path: Path) -> None:
    """Files of two months joined into one have the header twice, under its old names as well."""
    path = write(tmp_path, "Order,Item\n#1,a\nOrder,Item\n#2,b\nOrder,Cup\n")
    found = read(path, SourceSpec("csv", "Name", rename=(("Order", "Name"),)))
    assert [row.cells[1] for row in found] == ["a", "b", "Cup"]


def test_utf_8_with_one_bad_byte_is_not_read_as_another_encoding(tmp_path: Path) -> None:
    """One cell that an app pasted wrongly must not garble every other name of the export in silence."""
    path = write(tmp_path, "Name\nSchößler\nMontréal\n".encode() + b"caf\xe9\n")
    with pytest.raises(SourceError, match=r"orders\.csv:4: byte 0xe9 at offset \d+ is not utf-8, though the rest"):
        list(read(path, SourceSpec("csv", "Name", encoding=("utf-8", "cp1252"))))


def test_letters_that_happen_to_be_utf_8_do_not_hide_a_spreadsheets_encoding(tmp_path: Path) -> None:
    """In cp1252 two letters can be one character of UTF-8 by chance; most are not."""
    path = write(tmp_path, "Name\nCAFÉ»\ncrème\nbrûlée\n".encode("cp1252"))
    rows = read(path, SourceSpec("csv", "Name", encoding=("utf-8", "cp1252")))
    assert [row.cells[0] for row in rows] == ["CAFÉ»", "crème", "brûlée"]
