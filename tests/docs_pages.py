"""What each page of the documentation needs to be run as it is written, and the few lines that cannot run."""

from __future__ import annotations

from dataclasses import dataclass, field

SHOPIFY = "samples/shopify-csv/orders.csv"
CLEAN = f"grep -v -e '^#1030' -e '^#1045' {SHOPIFY}"
"""The sample without the two orders that are refused."""

CLEAN_JSON = """
import json
told = json.load(open("samples/shopify-json/orders.json"))
told["orders"] = [order for order in told["orders"] if order["name"] not in ("#2037", "#2038")]
print(json.dumps(told))
"""


@dataclass(frozen=True)
class Setting:
    """One page's shell.

    first: what a reader has before the page's first line, as shell. before: line -> what the reader does by hand before
    it. codes: line -> exit code that this sample gives, where the page does not state it.
    """

    first: str
    before: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


PAGES = {
    "README.md": Setting(f"{CLEAN} > orders_export.csv"),
    "docs/tutorial.md": Setting(":"),
    "docs/howto/write-a-mapping.md": Setting(
        f"{CLEAN} > orders.csv; cp mappings/shopify-csv.yml edited.yml",
        before={
            "importer check shop.yml orders.csv": "cp mappings/shopify-csv.yml mappings/*.j2 ."
            " && mv shopify-csv.yml shop.yml"
        },
    ),
    "docs/howto/overlay.md": Setting(
        "cp samples/woocommerce-json/orders.json orders.json",
        before={"importer validate orders.json -m shop.yml --namespace my-shop": "cp block-1.yml shop.yml"},
        codes={
            "importer validate orders.json -m woocommerce-json --overlay shop.yml": 1,
            "importer validate orders.json -m shop.yml --namespace my-shop": 1,
            "importer run orders.json -m shop.yml --namespace my-shop --ledger orders.db --store sandbox": 1,
        },
    ),
    "docs/howto/rehearse.md": Setting(f"{CLEAN} > orders.csv"),
    "docs/howto/cut-over.md": Setting(f"{CLEAN} > newer.csv; sed '/^#1018/,$d' newer.csv > orders.csv"),
    "docs/howto/pseudonymise.md": Setting(f"{CLEAN} > orders.csv"),
    "docs/explanation/privacy.md": Setting(
        f"{CLEAN} | sed 's/^#1001,[^,]*/#1001,ada@example.com/' > orders.csv; rm samples mappings; "
        "importer map orders.csv > bodies.jsonl",
        codes={
            "importer forget ada@example.com . --export orders.csv": 1,
            "importer forget ada@example.com . --export orders.csv --yes": 1,  # the export itself is the reader's
        },
    ),
    "docs/howto/undo.md": Setting(
        f"{CLEAN} > orders.csv; importer run orders.csv --ledger rehearsal.db --store sandbox >/dev/null 2>&1"
    ),
    "docs/howto/scale.md": Setting(
        f"{CLEAN} > orders.csv; sed '/^#1018/,$d' orders.csv > first.csv; "
        "(head -1 orders.csv; sed -n '/^#1018/,$p' orders.csv) > rest.csv; "
        "importer run first.csv --ledger shard-1.db --yes >/dev/null 2>&1; "
        "importer run rest.csv --ledger shard-2.db --yes >/dev/null 2>&1"
    ),
    "docs/howto/after.md": Setting(f"python3 -c '{CLEAN_JSON}' > orders.json; cp block-1.yml our-shop.yml"),
}
"""Page -> its setting. A page's YAML blocks lie in its folder as block-1.yml and so on."""

NOT_RUN = {
    "importer run orders.csv --ledger postgresql://": "tests/run/test_run_postgres.py runs it on a real database",
    "importer status --ledger 'postgresql://": "tests/run/test_run_postgres.py runs it on a real database",
    "make demo": "tests/test_wheel.py runs the demo",
    "make test": "it is what runs this",
    "make check": ".ci/run runs it before the tests",
    "make format": "it writes: tests/test_documented_writers.py runs it in a copy",
    "pip install .": "tests/test_wheel.py installs the wheel",
    "export BIGCOMMERCE_STORE_HASH=": "the test's sandbox takes the place of a store; its credentials are exported",
    "export IMPORTER_PSEUDONYM_KEY=": "the test exports a key",
    "python docs/generate.py": "it writes: tests/test_documented_writers.py runs it in a copy",
    ".venv/bin/python docs/picture.py": "it writes: tests/test_documented_writers.py runs it in a copy",
    "make bench": "it takes minutes; tests/benchmarks runs a quick look",
    ".venv/bin/python docs/generate.py": "it writes: tests/test_documented_writers.py runs it in a copy",
}
"""How a line begins that is not run -> why."""
