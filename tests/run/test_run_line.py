"""The line from file to checked body, and `importer map` and `validate`, which stop it at different places."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from line_files import importer, shop

from importer.errors import MappingError, SourceError
from importer.mapping import load_mapping
from importer.model import MappedOrder
from importer.run.jsonl import as_json_line
from importer.run.line import find_mapping, open_line

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def mapped(folder: Path, *rows: dict[str, str], namespace: str = "", now: datetime = NOW) -> list[MappedOrder]:
    export, mapping = shop(folder, *rows)
    with open_line(export, load_mapping(mapping), namespace) as line:
        return list(line.orders(now))


def lines_of(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


# The line


def test_every_order_comes_out_in_the_files_order(tmp_path: Path) -> None:
    """Mapped, refused and skipped ones alike: none is lost on the way."""
    found = mapped(tmp_path, {"Id": "3"}, {"Id": "1", "Total": "x"}, {"Id": "2", "Status": "draft"})
    assert [order.source.source_id for order in found] == ["3", "1", "2"]
    assert [order.body is not None for order in found] == [True, False, False]
    assert found[2].skipped == "never became an order"


def test_bodies_are_checked(tmp_path: Path) -> None:
    """What a schema or the sums say of a body is among its problems; the body stays, to be looked at."""
    (order,) = mapped(tmp_path, {"Id": "1", "Date": "2021-04-08", "Item": ""})
    assert order.body is not None
    assert [problem.path for problem in order.problems] == ["products[0].name"]


def test_no_order_is_younger_than_now(tmp_path: Path) -> None:
    """The present instant is handed in."""
    (order,) = mapped(tmp_path, {"Id": "1"}, now=datetime(2021, 4, 7, tzinfo=UTC))
    assert [problem.code for problem in order.problems] == ["future-date"]


def test_orders_are_read_one_by_one(tmp_path: Path) -> None:
    """The line is a generator: the first order comes before a broken end of the file is met."""
    export, mapping = shop(tmp_path, *({"Id": str(number)} for number in range(50_000)))
    with export.open("ab") as file:
        file.write(b'50000,"never closed')
    with open_line(export, load_mapping(mapping)) as line:
        orders = line.orders(NOW)
        assert len(list(islice(orders, 3))) == 3
        with pytest.raises(SourceError, match="never closed"):
            list(orders)


def test_the_namespace_is_the_mappings_unless_told(tmp_path: Path) -> None:
    """Order 1 of two shops is two orders."""
    (order,), (other,) = mapped(tmp_path, {"Id": "1"}), mapped(tmp_path, {"Id": "1"}, namespace="second-shop")
    assert order.body is not None
    assert other.body is not None
    ids = [body["external_merchant_id"] for body in (order.body, other.body)]
    assert ids == ["small-shop:1", "second-shop:1"]


def test_a_column_that_the_mapping_reads_must_be_there(tmp_path: Path) -> None:
    """Told before the first row, with the closest column."""
    export, mapping = shop(tmp_path, {"Id": "1"})
    export.write_text(export.read_text(encoding="utf-8").replace("Status", "Sttus", 1), encoding="utf-8")
    with (
        pytest.raises(MappingError, match=r"unknown column 'Status'; did you mean 'Sttus'\?"),
        open_line(export, load_mapping(mapping)),
    ):
        pass


def test_the_same_line_twice_is_the_same_bytes(tmp_path: Path) -> None:
    """Mapping is pure."""
    rows = [{"Id": str(number), "City": "" if number % 3 else "Ghent"} for number in range(20)]
    one, other = mapped(tmp_path, *rows), mapped(tmp_path, *rows)
    assert [as_json_line(order) for order in one] == [as_json_line(order) for order in other]


def test_an_export_shows_its_platform_by_itself() -> None:
    """Without a name, the shipped mapping whose columns the file has."""
    sample = Path(__file__).parent.parent.parent / "samples" / "shopify-csv" / "orders.csv"
    assert find_mapping(sample).name == "shopify-csv"


def test_an_export_that_nobody_knows_asks_for_a_mapping(tmp_path: Path) -> None:
    """The message says how to name one."""
    export, _ = shop(tmp_path, {"Id": "1"})
    with pytest.raises(SourceError, match="-m"):
        find_mapping(export)


# importer map


def test_a_mapped_order_is_one_line_of_json(tmp_path: Path) -> None:
    """source_id, source with file and lines, order, problems, substitutions: these keys, in this order."""
    export, mapping = shop(tmp_path, {"Id": "1", "Total": "20.00"}, {"Id": "1", "Total": ""})
    done = importer("map", export, "-m", mapping)
    assert (done.returncode, done.stderr) == (0, "")
    (line,) = lines_of(done.stdout)
    assert list(line) == ["source_id", "source", "order", "problems", "substitutions"]
    assert (line["source_id"], line["source"]) == ("1", {"file": "orders.csv", "lines": [2, 3]})
    assert (line["order"]["external_source"], line["problems"], line["substitutions"]) == ("M-MIG", [], [])


def test_a_skipped_order_has_its_reason_and_no_order(tmp_path: Path) -> None:
    """Being left out as the mapping says is no problem: exit code 0."""
    export, mapping = shop(tmp_path, {"Id": "1", "Status": "draft"})
    done = importer("map", export, "-m", mapping)
    (line,) = lines_of(done.stdout)
    assert list(line) == ["source_id", "source", "skipped", "problems", "substitutions"]
    assert (line["skipped"], line["problems"], done.returncode) == ("never became an order", [], 0)


def test_an_order_that_cannot_be_mapped_has_problems_and_no_order(tmp_path: Path) -> None:
    """Each problem has code, path, message and the mapping's place; exit code 1, the count on stderr."""
    export, mapping = shop(tmp_path, {"Id": "1", "Total": "11.00"}, {"Id": "2"})
    done = importer("map", export, "-m", mapping)
    bad, good = lines_of(done.stdout)
    assert list(bad) == ["source_id", "source", "problems", "substitutions"]
    (problem,) = bad["problems"]
    assert list(problem) == ["code", "path", "message", "origin"]
    assert (problem["code"], problem["path"]) == ("unbalanced", "total_inc_tax")
    assert "order" in good
    assert done.returncode == 1
    assert "1 orders have problems" in done.stderr


def test_a_substitution_says_what_stands_in_place_of_what(tmp_path: Path) -> None:
    """code, path, from, to, origin."""
    export, mapping = shop(tmp_path, {"Id": "1", "City": ""})
    (line,) = lines_of(importer("map", export, "-m", mapping).stdout)
    (one,) = line["substitutions"]
    assert list(one) == ["code", "path", "from", "to", "origin"]
    assert [one[key] for key in ("code", "path", "from", "to")] == [
        "city-placeholder",
        "billing_address.city",
        "",
        "Austin",
    ]
    assert one["origin"] == f"{mapping}:17:11"


def test_text_beyond_ascii_is_utf_8(tmp_path: Path) -> None:
    """Names keep their letters."""
    export, mapping = shop(tmp_path, {"Id": "1", "City": "Łódź 🏠"})
    (line,) = lines_of(importer("map", export, "-m", mapping).stdout)
    assert line["order"]["billing_address"]["city"] == "Łódź 🏠"


def test_output_goes_to_a_file_whole(tmp_path: Path) -> None:
    """The same lines as on stdout, which stays empty."""
    export, mapping = shop(tmp_path, {"Id": "1"}, {"Id": "2"})
    out = tmp_path / "bodies.jsonl"
    done = importer("map", export, "-m", mapping, "-o", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert out.read_text(encoding="utf-8") == importer("map", export, "-m", mapping).stdout


def test_output_that_was_begun_leaves_nothing_behind(tmp_path: Path) -> None:
    """A file that cannot be read to its end: the former output stays, no half of a new one."""
    export, mapping = shop(tmp_path, {"Id": "1"})
    with export.open("ab") as file:
        file.write(b'2,"never closed')
    out = tmp_path / "bodies.jsonl"
    out.write_text("former", encoding="utf-8")
    assert importer("map", export, "-m", mapping, "-o", out).returncode == 2
    assert out.read_text(encoding="utf-8") == "former"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bodies.jsonl", "orders.csv", "small-shop.yml"]


@pytest.mark.parametrize("verb", ["map", "validate"])
def test_a_mistake_of_the_mapping_is_exit_code_2(tmp_path: Path, verb: str) -> None:
    """One message at file:line:column, no traceback, nothing on stdout."""
    export, mapping = shop(tmp_path, {"Id": "1"})
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("| date", "| dat"), encoding="utf-8")
    done = importer(verb, export, "-m", mapping)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{mapping}:11:17 date_created: unknown filter 'dat'; did you mean 'date'?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("verb", ["map", "validate"])
def test_an_export_that_is_not_there_is_exit_code_2(tmp_path: Path, verb: str) -> None:
    """The path, and what to check."""
    _, mapping = shop(tmp_path)
    done = importer(verb, tmp_path / "nothing.csv", "-m", mapping)
    assert (done.returncode, "nothing.csv" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


# importer validate


def test_a_dry_run_without_a_fault_is_exit_code_0(tmp_path: Path) -> None:
    """Go."""
    export, mapping = shop(tmp_path, {"Id": "1"}, {"Id": "2", "Status": "draft"})
    done = importer("validate", export, "-m", mapping)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verdict: GO" in done.stdout


def test_refused_orders_within_the_limit_are_go_with_exit_code_1(tmp_path: Path) -> None:
    """One of forty stays behind."""
    export, mapping = shop(tmp_path, *({"Id": str(number)} for number in range(39)), {"Id": "x", "Total": "1"})
    done = importer("validate", export, "-m", mapping)
    assert done.returncode == 1
    assert "Verdict: GO" in done.stdout


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"Status": "odd"}, "undecided values: "),
        ({"City": ""}, "'city-placeholder' in"),
        ({"Total": "11.00"}, "are refused, at most"),
    ],
)
def test_a_no_go_is_exit_code_1_with_its_reason(tmp_path: Path, row: dict[str, str], reason: str) -> None:
    """Undecided values, a budget exceeded, too many refused."""
    rows = [{"Id": str(number), **(row if number < 3 else {})} for number in range(4)]
    export, mapping = shop(tmp_path, *rows)
    done = importer("validate", export, "-m", mapping)
    assert done.returncode == 1
    assert "Verdict: NO-GO" in done.stdout
    assert reason in done.stdout


def test_a_no_go_stops_a_run_before_anything_is_sent(tmp_path: Path) -> None:
    """Exit code 1, the reason, and no order in the ledger; the sandbox was never started."""
    export, mapping = shop(tmp_path, {"Id": "1"}, {"Id": "2", "Status": "odd"})
    ledger = tmp_path / "ledger.db"
    done = importer("run", export, "-m", mapping, "--ledger", ledger, "--store", "sandbox", "--yes")
    assert done.returncode == 1
    assert "nothing was sent" in done.stderr
    assert not Path(f"{ledger}.sandbox").exists()


def test_half_a_character_in_json_is_its_orders_problem(tmp_path: Path) -> None:
    """JSON can hold half of a surrogate pair, UTF-8 cannot: that order is refused, the others go through."""
    mapping = tmp_path / "small.yml"
    mapping.write_text(
        "source: {format: json, order: number, lines: items}\n"
        "money:\n  currency: USD\n"
        '  lines: {unit: "{{ line.price }}", quantity: 1}\n  total: "{{ order.total }}"\n'
        'body:\n  customer_message: "{{ order.note }}"\n  products: {each: line, name: "{{ line.name }}"}\n',
        encoding="utf-8",
    )
    export = tmp_path / "orders.json"
    item = '{"name": "Mug", "price": "1.00"}'
    orders = [f'{{"number": "{n}", "total": "1.00", "note": "{n}\\ud83d", "items": [{item}]}}' for n in (1, 2)]
    export.write_text(f"[{orders[0]},{orders[1]}]".replace("2\\ud83d", "fine"), encoding="utf-8")
    done = importer("map", export, "-m", mapping)
    bad, good = lines_of(done.stdout)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert bad["order"]["customer_message"] == "1\ud83d"
    assert "not-unicode" in {problem["code"] for problem in bad["problems"]}
    assert good["order"]["customer_message"] == "fine"
    assert "Traceback" not in importer("validate", export, "-m", mapping).stderr
