"""Detection: which mapping an export belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.model import SourceSpec
from importer.sources import detect

SPECS = {
    "shop": SourceSpec("csv", "Name", detect=("Name", "Lineitem name")),
    "shop-plus": SourceSpec("csv", "Name", detect=("Name", "Lineitem name", "Vendor")),
    "market": SourceSpec("csv", "id", detect=("id", "sku"), rename=(("order-id", "id"),)),
    "rest": SourceSpec("json", "number", detect=("line_items", "billing.city"), records=("data", "$")),
    "other": SourceSpec("json", "number", detect=("items",), records=("items", "$")),
}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Name,Lineitem name\n", "shop"),
        ("Vendor;Lineitem name;Name\n", "shop-plus"),
        ("order-id\tsku\n", "market"),
        ('{"data": [{"number": 1, "line_items": [], "billing": {"city": null}}]}', "rest"),
        ('{"number": 1, "items": [{"sku": "a"}]}', "other"),
    ],
)
def test_the_mapping_with_most_of_its_own_columns_wins(tmp_path: Path, content: str, name: str) -> None:
    """CSV headers and the keys of the first JSON order identify the platform."""
    path = tmp_path / "export"
    path.write_text(content)
    assert detect(path, SPECS) == name


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n", "fits no mapping: its columns are 'a', 'b'. Pass a mapping with -m"),
        ('[{"x": 1}]', "fits no mapping: its keys are 'x'. Pass a mapping with -m"),
        ("Name,Lineitem name,id,sku\n", "fits the mappings shop, market equally; pass one of them with -m"),
        ("", "is empty"),
        ("[{]", "broken JSON at byte 2"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_no_mapping_or_two_are_refused(tmp_path: Path, content: str, said: str) -> None:
    """A guess is never made: what was found and what to do is told."""
    path = tmp_path / "export"
    path.write_text(content)
    with pytest.raises(SourceError) as caught:
        detect(path, SPECS)
    assert said in str(caught.value)


def test_only_the_beginning_is_looked_at(tmp_path: Path) -> None:
    """Of a long export, a megabyte is enough; what is broken behind it is found when it is read."""
    path = tmp_path / "export"
    path.write_text('{"data": [' + '{"number": 1, "line_items": [], "billing": {"city": "x"}},' * 60_000 + "broken")
    assert detect(path, SPECS) == "rest"


def test_a_mapping_without_detect_is_never_detected(tmp_path: Path) -> None:
    """A template for any CSV names no columns of its own: it is used only when it is asked for."""
    path = tmp_path / "export.csv"
    path.write_text("a,b\n")
    with pytest.raises(SourceError, match="fits no mapping"):
        detect(path, {"generic": SourceSpec("csv", "a")})


def test_an_export_in_another_encoding_is_told_for_that(tmp_path: Path) -> None:
    """Its columns are right and its letters are not: the message names the encoding, not the columns."""
    path = tmp_path / "export.csv"
    path.write_bytes("Name,Lineitem name\n#1,crème\n".encode("cp1252"))
    latin = SourceSpec("csv", "x", detect=("x", "y"), encoding=("cp1252",))
    with pytest.raises(SourceError, match="is not utf-8; declare"):
        detect(path, {**SPECS, "latin": latin})
