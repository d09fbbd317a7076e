"""Mappings travel between people: what a hostile one tries is refused, or is one order's problem, soon and small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from mapping_lab import JSON_ORDER, json_text

ROOT = Path(__file__).parent.parent.parent
SECONDS, MIB = 1.0, 100.0
Attacker = Callable[[Path], dict[str, Any]]


@dataclass(frozen=True)
class Attack:
    """A hostile mapping: its text, files beside it, and what the order holds."""

    text: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def attacked() -> Iterator[Attacker]:
    """Hands a folder to the runner and gives its answer."""
    runner = [sys.executable, str(Path(__file__).with_name("attack_runner.py"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(runner, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def ask(folder: Path) -> dict[str, Any]:
            process.stdin.write(f"{folder}\n")  # type: ignore[union-attr]  # asserted above
            process.stdin.flush()  # type: ignore[union-attr]
            answer: dict[str, Any] = json.loads(process.stdout.readline())  # type: ignore[union-attr]
            return answer

        yield ask
        process.stdin.close()


def lay_out(folder: Path, attack: Attack) -> Path:
    inside = folder / "inside"
    inside.mkdir()
    (inside / "shop.yml").write_text(attack.text, encoding="utf-8")
    (inside / "order.json").write_text(json.dumps({**JSON_ORDER, **attack.order}), encoding="utf-8")
    (folder / "secret.csv").write_text("key,value\nroot,secret\n", encoding="utf-8")
    (folder / "secret.j2").write_text("secret", encoding="utf-8")
    (folder / "secret.yml").write_text(json_text("  customer_message: secret"), encoding="utf-8")
    for name, content in attack.files.items():
        (inside / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, target in attack.links.items():
        (inside / name).symlink_to(target)
    return inside


def message(expression: str) -> str:
    return json_text(f"  consignments: {{any: {json.dumps('{{ ' + expression + ' }}')}}}")


def template(content: str, order: dict[str, Any] | None = None) -> Attack:
    return Attack(json_text("  staff_notes: {template: notes.j2}"), {"notes.j2": content}, order or {})


def table(file: str, **more: Any) -> Attack:
    return Attack(
        json_text("  customer_message: \"{{ 'root' | table('t') }}\"", tables=f"{{t: {{file: {file}}}}}"), **more
    )


def doubling(steps: int, first: str, form: str) -> str:
    lets = [f"\n  a0: {first}", *(f"\n  a{n + 1}: {form.replace('@', f'a{n}')}" for n in range(steps))]
    return json_text(f'  customer_message: "{{{{ a{steps} }}}}"', let="".join(lets))


NESTED_PARTS = (
    "".join(f"\n  p{n}: {{a: {{part: p{n + 1}}}, b: {{part: p{n + 1}}}}}" for n in range(30)) + "\n  p30: {city: x}"
)
DOUBLING_PARTS = (
    "".join(f'\n  p{n}: {{a: {{part: p{n + 1}, s: "{{{{ s ~ s ~ order.t }}}}"}}}}' for n in range(30))
    + '\n  p30: {city: "{{ s }}"}'
)
LOOPS = "{% for a in L %}{% for b in L %}{% for c in L %}{{ c }}{% endfor %}{% endfor %}{% endfor %}"
MEGABYTE = "a," * 500_000

REFUSED = {
    "a dunder attribute": Attack(message("order.__class__")),
    "a chain of dunder attributes": Attack(message("order.__class__.__mro__[1].__subclasses__")),
    "a dunder item": Attack(message("order['__class__']")),
    "a dunder of a constant": Attack(message("''.__class__")),
    "a dunder by the filter map": Attack(message("[order] | map('__class__')")),
    "a dunder by the filter map, dotted": Attack(message("[order] | map('t.__class__')")),
    "a dunder by the filter attr": Attack(message("order | attr('__class__')")),
    "a dunder by concatenation": Attack(message("order['__cla' ~ 'ss__']")),
    "a call of a method": Attack(message("order.t.upper()")),
    "a call of a subclass": Attack(message("''.__class__.__mro__[1].__subclasses__()")),
    "a format string": Attack(message("'{0.__class__}'.format(order)")),
    "a format by percent": Attack(message("'%s' % order")),
    "a format by filter": Attack(message("'%s' | format(order)")),
    "a text times a number": Attack(message("'a' * 1000000000")),
    "a power": Attack(message("9 ** 9 ** 9")),
    "a range": Attack(message("range(1000000000)")),
    "lipsum": Attack(message("lipsum(n=100000)")),
    "cycler": Attack(message("cycler.__init__.__globals__")),
    "namespace": Attack(message("namespace(a=1)")),
    "self": Attack(message("self._TemplateReference__context")),
    "the loop's object": template("{% for a in order.l %}{{ loop.__init__ }}{% endfor %}"),
    "a builtin": Attack(message("__import__('os')")),
    "a lambda of code": Attack(message("(lambda: 1)()")),
    "a name that breaks out of its quotes": Attack(json_text(let='{"x\'); import os #": 1}')),
    "a macro": template("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"),
    "an include": template("{% include 'shop.yml' %}"),
    "an include of itself": template("{% include 'notes.j2' %}"),
    "an import": template("{% import 'os' as os %}"),
    "a template that extends": template("{% extends 'shop.yml' %}"),
    "a block": template("{% block a %}{% endblock %}"),
    "a recursive loop": template("{% for a in order.l recursive %}{{ loop(a) }}{% endfor %}"),
    "an assignment": template("{% set a = order %}"),
    "a filter block": template("{% filter upper %}a{% endfilter %}"),
    "a call block": template("{% call order() %}{% endcall %}"),
    "nested loops": template("{% for a in order.l %}" * 4 + "x" + "{% endfor %}" * 4),
    "a hundred nested conditions": template("{% if order.t %}" * 150 + "x" + "{% endif %}" * 150),
    "a thousand alternatives": template("{% if order.t %}a" + "{% elif order.t %}b" * 1000 + "{% endif %}"),
    "a giant template": template("x" * 200_000),
    "a template above": Attack(json_text("  staff_notes: {template: ../secret.j2}")),
    "a template at an absolute path": Attack(json_text("  staff_notes: {template: /etc/passwd}")),
    "a template by a link": Attack(json_text("  staff_notes: {template: link.j2}"), links={"link.j2": "/etc/passwd"}),
    "a template in a folder": Attack(json_text("  staff_notes: {template: ./notes.j2}")),
    "a template with a NUL": Attack(json_text('  staff_notes: {template: "a\\0.j2"}')),
    "a table above": table("../secret.csv"),
    "a table at an absolute path": table("/etc/passwd"),
    "a table by a link": table("link.csv", links={"link.csv": "../secret.csv"}),
    "a table that is a device": table("link.csv", links={"link.csv": "/dev/zero"}),
    "a table with a NUL": table('"a\\0.csv"'),
    "a table that is a folder": table("."),
    "a hidden table": table(".env", files={".env": "key,value\nroot,secret\n"}),
    "a huge table": table("big.csv", files={"big.csv": b"key,value\n" + b"a,1\n" * 12_000_000}),
    "a table of many rows": table(
        "big.csv", files={"big.csv": b"k,v\n" + b"".join(b"%x,1\n" % n for n in range(2_000_000))}
    ),
    "a huge table in the mapping": Attack(json_text(tables="{t: {" + "a: 1, " * 300_000 + "}}")),
    "extends above": Attack("extends: ../secret.yml\n"),
    "extends at an absolute path": Attack("extends: /etc/passwd\n"),
    "extends by a link": Attack("extends: link.yml\n", links={"link.yml": "../secret.yml"}),
    "extends itself": Attack("extends: shop\n"),
    "a billion laughs": Attack(
        "a: &a [x, x]\n" + "".join(f"b{n}: &b{n} [*a, *a, *a]\n" for n in range(9)) + json_text()
    ),
    "a merge bomb": Attack("a: &a {b: 1}\nc: {<<: *a}\n" + json_text()),
    "a python tag": Attack('a: !!python/object/apply:os.system ["touch /tmp/pwned"]\n' + json_text()),
    "a python module tag": Attack("a: !!python/module:os {}\n" + json_text()),
    "a binary tag": Attack("a: !!binary aGVsbG8=\n" + json_text()),
    "deep nesting in YAML": Attack("a: " + "[" * 50_000),
    "deep nesting of groups": Attack("a: " + "{a: " * 50_000),
    "deep indentation": Attack("".join(" " * n + "a:\n" for n in range(1, 1300))),
    "a giant file": Attack("# " + "x" * 2_000_000),
    "a giant key": Attack("? " + "x" * 990_000 + "\n: 1\n"),
    "a giant expression": Attack(message("1" + " + 1" * 10_000)),
    "a deep expression": Attack(message("(" * 9_000 + "1" + ")" * 9_000)),
    "a deep expression that Jinja takes": Attack(message("not " * 300 + "1")),
    "a long sum": Attack(message("1" + " + 1" * 1_500)),
    "a long chain of look-ups": Attack(message("order" + ".a" * 1_000)),
    "a long chain of filters": Attack(message("order.t" + " | trim" * 1_000)),
    "a deep list": Attack(message("[" * 150 + "]" * 150)),
    "a number of many digits": Attack(message("9" * 10_000)),
    "an infinite number": Attack(message("1e999")),
    "a text that doubles, constant": Attack(doubling(40, "xxxxxxxxxx", '"{{ @ ~ @ }}"')),
    "parts that double": Attack(json_text("  billing_address: {part: p0}", parts=NESTED_PARTS)),
    "parts whose parameter doubles": Attack(json_text("  billing_address: {part: p0, s: x}", parts=DOUBLING_PARTS)),
    "a part of itself": Attack(json_text("  billing_address: {part: p}", parts="{p: {city: {part: p}}}")),
    "parts of one another": Attack(
        json_text("  billing_address: {part: p}", parts="{p: {city: {part: q}}, q: {city: {part: p}}}")
    ),
    "a replacement by nothing named": Attack(message("order.t | replace")),
    "a date in a form that is none": Attack(
        json_text(source="{format: json, order: number, lines: items, dates: '%Y" + " %Y" * 50 + "'}")
    ),
}

CONTAINED = {
    "a text from data times a number": Attack(message("order.t * 1000000000"), order={"t": "a"}),
    "a replacement that grows": Attack(
        message("order.t | replace('a', '" + "b" * 9_000 + "')"), order={"t": "a" * 1_000_000}
    ),
    "replacements that grow step by step": Attack(
        message("order.t" + " | replace('a', 'aaaaaaaaaa')" * 12), order={"t": "a"}
    ),
    "a join that grows": Attack(message("order.t | split(',') | join('" + "b" * 9_000 + "')"), order={"t": MEGABYTE}),
    "a text that doubles": Attack(doubling(40, '"{{ order.t }}"', '"{{ @ ~ @ }}"'), order={"t": "aaaaaaaaaa"}),
    "a text that doubles, mixed": Attack(
        doubling(40, '"{{ order.t }}"', '"{{ @ }} {{ @ }}"'), order={"t": "aaaaaaaaaa"}
    ),
    "a text that doubles by a list": Attack(
        doubling(40, '"{{ order.t }}"', "\"{{ [@, @] | join('') }}\""), order={"t": "aaaa"}
    ),
    "nested loops over a literal": template(LOOPS.replace("L", "[" + "1," * 3_000 + "1]")),
    "nested loops over a long cell": template(LOOPS.replace("L", "order.t | split(',')"), {"t": MEGABYTE}),
    "nested loops over the lines": template(LOOPS.replace("L", "lines"), {"items": [JSON_ORDER["items"][0]] * 3_000}),
    "a cell of pairs without a mark": Attack(message("(order.t | pairs).a"), order={"t": "a\n" * 500_000}),
    "packed cells without a mark": Attack(message("order.t | unpack('|') | count"), order={"t": ["x|" * 400_000]}),
    "a million different things": Attack(
        message("order.t | split(',') | unique | count"), order={"t": ",".join(map(str, range(150_000)))}
    ),
    "an address that never ends": Attack(message("order.t | email"), order={"t": "a@" + "a." * 400_000 + " x"}),
    "money that never ends": Attack(message("order.t | money"), order={"t": "1" * 1_000_000}),
    "formatted money that never ends": Attack(message("order.t | formatted_money"), order={"t": "1,1" * 300_000}),
    "a date that never ends": Attack(message("order.t | date"), order={"t": "2021-01-01" + " " * 900_000 + "x"}),
    "a country that never ends": Attack(message("order.t | country"), order={"t": "x" * 1_000_000}),
    "a separator of nothing": Attack(message("order.t | unpack('')"), order={"t": ["a:1"]}),
    "pairs between nothing": Attack(message("order.t | pairs('')"), order={"t": "a:1"}),
    "a split at nothing before": Attack(message("order.t | before('')"), order={"t": "a"}),
    "an enormous rounding": Attack(message("order.t | round(999999999)"), order={"t": "1"}),
    "an enormous shift": Attack(message("order.t | minor_units(-999999999)"), order={"t": "1"}),
    "an enormous product": Attack(message("order.t" + " * order.t" * 20), order={"t": 10**23}),
    "a number as an index": Attack(message("order.t[order.n]"), order={"t": [1], "n": 10**30}),
    "a key that is a list": Attack(message("order[order.l]"), order={"l": [1]}),
    "an order that nests": Attack(message("order.t | join"), order={"t": json.loads("[" * 400 + "]" * 400)}),
}
"""What the mapping may say, and only the order shows: it ends as that order's problem, or harmlessly."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_mapping_is_refused_soon_and_small(name: str, attacked: Attacker, tmp_path: Path) -> None:
    """Before the first row, at its place, in under a second of CPU and under 100 MiB."""
    found = attacked(lay_out(tmp_path, REFUSED[name]))
    assert found["how"] == "refused", found
    assert "secret" not in found["what"].replace("secret.", "")
    assert (found["seconds"] < SECONDS, found["mib"] < MIB) == (True, True), found


@pytest.mark.parametrize("name", CONTAINED)
def test_a_hostile_order_is_contained_soon_and_small(name: str, attacked: Attacker, tmp_path: Path) -> None:
    """The order's problem, or a value that any order may have; in under a second of CPU and under 100 MiB."""
    found = attacked(lay_out(tmp_path, CONTAINED[name]))
    assert found["how"] in ("contained", "mapped"), found
    assert "MemoryError" not in str(found["what"])
    assert (found["seconds"] < SECONDS, found["mib"] < MIB) == (True, True), found
