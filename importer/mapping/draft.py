"""A guess about an unknown export as the text of a mapping: what was found is mapped, the rest is TODO."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from importer.files import data_folder
from importer.mapping.infer import Guess
from importer.mapping.rewrite import flow
from importer.mapping.roles import STATUSES, words

TODO = "TODO"
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the export is read: what the sample told. `name` is the file's."""

    name: str
    format: str
    columns: Sequence[str] = ()
    delimiter: str = ""
    encoding: str = ""
    quoting: bool = True
    records: str = "$"
    parent: str = ""


def draft(guess: Guess, layout: Layout) -> str:
    """The mapping as YAML; it passes `importer check`, also with the export that it was made from."""
    sections = (_head, _source, _money, _tables, _parts, _body)
    return "\n".join(line for section in sections for line in (*section(guess, layout), "")).rstrip() + "\n"


def _head(_: Guess, layout: Layout) -> Iterator[str]:
    stem = re.sub(r"[^a-z0-9]+", "-", layout.name.partition(".")[0].lower()).strip("-") or "mine"
    yield f"# yaml-language-server: $schema={data_folder('schemas') / 'mapping.schema.json'}"
    yield f"# A first draft, inferred from {layout.name} by `importer init`. Read each line, settle each {TODO};"
    yield "# then `importer check` it with the export, `importer explain` an order, `importer validate` all of it."
    yield f"mapping: {stem}"


def _source(guess: Guess, layout: Layout) -> Iterator[str]:
    yield "source:"
    yield f"  format: {layout.format}"
    if layout.records != "$":
        yield f"  records: [{flow(layout.records)}]"
    order = guess.order.get("order", "")
    key = order or (layout.columns[0] if layout.columns else "id")
    note = "rows with the same text are one order" if layout.format == "csv" else "what identifies an order"
    yield f"  order: {flow(key)}" + _comment(note if order else f"{TODO}: the column that identifies an order")
    if detect := _telling(guess, layout):
        yield f"  detect: [{', '.join(map(flow, detect))}]" + _comment("what only this export has")
    if guess.lines:
        yield f"  lines: {flow(guess.lines)}"
    elif layout.format == "json":
        yield f"  # {TODO}: `lines: PATH` where an order's lines are; without it the order is its one line"
    yield from _reading(layout)
    yield from _dates(guess)


def _reading(layout: Layout) -> Iterator[str]:
    if layout.parent:
        yield f"  parent: {layout.parent}"
    if layout.encoding:
        yield f"  encoding: [utf-8, {layout.encoding}]"
    if layout.delimiter and layout.delimiter not in ",\t":
        yield f"  delimiter: {json.dumps(layout.delimiter)}"
    if not layout.quoting:
        yield "  quoting: false"
    yield "  clean: [trim]"


def _telling(guess: Guess, layout: Layout) -> list[str]:
    """A few names of the export itself, for it to be known again."""
    names = [guess.order[role] for role in ("date", "total", "status", "email") if role in guess.order]
    own = [name for name in names if layout.format == "csv" or "." not in name]
    return [*own, *([guess.line["name"]] if layout.format == "csv" and "name" in guess.line else [])]


def _dates(guess: Guess) -> Iterator[str]:
    if not guess.date_format:
        yield f'  # {TODO}: `dates: FORM`, such as "%d.%m.%Y %H:%M"; ISO 8601 is read without it'
        yield "  dates: {format: iso, zone: UTC}"
        return
    form = flow(guess.date_format)
    if guess.other_format:
        yield f"  # {TODO}: {flow(guess.other_format)} fits as well, and gives other days"
    if guess.naive:
        zone = f"{TODO}: these times name no zone; set the shop's own"
        yield f"  dates: {{format: {form}, zone: UTC}}" + _comment(zone)
    else:
        yield f"  dates: {form}"


def _money(guess: Guess, layout: Layout) -> Iterator[str]:
    yield "money:"
    if "currency" in guess.order:
        yield f"  currency: {_of_order(guess, layout, 'currency')}" + _by_value(guess, "currency")
    else:
        yield "  currency: USD" + _comment(f"{TODO}: no column names it")
    yield from _lines(guess, layout)
    for role in ("discount", "shipping", "tax", "total", "refunded"):
        if role in guess.order:
            yield f"  {role}: {_of_order(guess, layout, role)}"
        elif role == "total":
            yield f"  # {TODO}: `total:`; without it the total is computed, and proves nothing"
    yield "  tax_mode: by-arithmetic" + _comment("whichever of exclusive, inclusive, none makes the order add up")


def _lines(guess: Guess, layout: Layout) -> Iterator[str]:
    if guess.packed:
        keys = guess.packed.keys
        price = "unit" if "unit" in keys else "amount"
        unsure = "" if price in keys else _comment(f"{TODO}: the key of a line's amount, or `unit:` its price")
        yield "  lines:"
        yield f'    {price}: "{{{{ line.{keys.get(price, "total")} }}}}"' + unsure
        yield f'    quantity: "{{{{ line.{keys.get("quantity", "quantity")} }}}}"'
        return
    price = "unit" if "unit" in guess.line else "amount"
    stated = _of_line(guess, layout, price) if price in guess.line else "0"
    yield "  lines:"
    yield f"    {price}: {stated}" + ("" if price in guess.line else _comment(f"{TODO}: what a line costs"))
    quantity = _of_line(guess, layout, "quantity") if "quantity" in guess.line else "1"
    yield f"    quantity: {quantity}" + ("" if "quantity" in guess.line else _comment(f"{TODO}: how many"))


def _tables(guess: Guess, _: Layout) -> Iterator[str]:
    if not guess.statuses:
        return
    yield "tables:"
    yield "  status:" + _comment(
        f"each word found, and in how many rows; {TODO}: check each, and fill in the blank ones"
    )
    width = max(len(flow(word)) for word in guess.statuses)
    for word, count in guess.statuses.items():
        known = STATUSES.get(words(word))
        value = f" {known}" if known is not None else ""
        yield f"    {flow(word)}:{value}".ljust(width + 9) + f"# {count} x" + ("" if value else f", {TODO}")


def _parts(guess: Guess, layout: Layout) -> Iterator[str]:
    if shipping := guess.addresses.get("shipping", {}):
        yield "parts:"
        yield "  shipping:" + _comment("left out where all of it is blank: the store then takes the billing address")
        yield from _address(shipping, layout, "    ", "row")


def _body(guess: Guess, layout: Layout) -> Iterator[str]:
    yield "body:"
    if "order" in guess.order:
        yield f"  external_order_id: {_of_order(guess, layout, 'order')}"
    if "date" in guess.order:
        yield f"  date_created: {_of_order(guess, layout, 'date')}" + _by_value(guess, "date")
    else:
        yield f"  # {TODO}: date_created: when the order was placed"
    yield from _status(guess, layout)
    yield "  customer_id: 0" + _comment("a guest; a table from e-mail to id links customers")
    yield from _addresses(guess, layout)
    yield from _products(guess, layout)
    for role in ("payment_method", "customer_message"):
        if role in guess.order:
            yield f"  {role}: {_of_order(guess, layout, role)}"


def _status(guess: Guess, layout: Layout) -> Iterator[str]:
    if guess.statuses:
        yield f"  status_id: {_of_order(guess, layout, 'status')}"
    else:
        yield "  status_id: 10" + _comment(f"{TODO}: every order is Completed; no column names a status")


def _addresses(guess: Guess, layout: Layout) -> Iterator[str]:
    billing, shipping = (guess.addresses.get(side, {}) for side in ("billing", "shipping"))
    note = ""
    if "street_1" not in billing:
        note = _comment("completed from shipping" if shipping else f"{TODO}: no column is of its street")
        billing = shipping | billing
    yield "  billing_address:" + note
    yield from _address(billing, layout, "    ")
    yield from _email(guess, layout, "    ")
    if shipping:
        yield "  shipping_addresses:"
        yield "    - part: shipping"
        yield '      row: "{{ order }}"'
        yield from _email(guess, layout, "      ")
        if "shipping_method" in guess.order:
            yield f"      shipping_method: {_of_order(guess, layout, 'shipping_method')}"


def _email(guess: Guess, layout: Layout, indent: str) -> Iterator[str]:
    if "email" in guess.order:
        yield f"{indent}email: {_of_order(guess, layout, 'email')}" + _by_value(guess, "email")


def _address(fields: Mapping[str, str], layout: Layout, indent: str, row: str = "order") -> Iterator[str]:
    whole = fields.get("name")
    for part, pipe in _PIPES.items():
        if part == "state" and "state" in fields and "country_iso2" in fields:
            country = _looked(row, fields["country_iso2"], layout)
            yield f"{indent}state: {_expression(row, fields[part], layout, f'| state({country})')}"
        elif part in fields:
            yield f"{indent}{part}: {_expression(row, fields[part], layout, pipe)}"
        elif part in ("first_name", "last_name") and whole:
            yield f"{indent}{part}: {_expression(row, whole, layout, f'| {part}')}"
        elif part == "country_iso2":
            yield f"{indent}country_iso2: US" + _comment(f"{TODO}: no column names the country")


_PIPES = {
    "first_name": "",
    "last_name": "",
    "company": "",
    "street_1": "",
    "street_2": "",
    "city": "",
    "state": "",
    "zip": "| zip",
    "country_iso2": "| country",
    "phone": "| phone",
}


def _products(guess: Guess, layout: Layout) -> Iterator[str]:
    yield "  products:"
    if guess.packed:
        column, apart, keys = guess.packed
        cells = f"order[{_quoted(column)}] | split({apart!r})" if apart else f"order | cells({_quoted(column)})"
        packed = f"{{{{ {cells} | unpack('|') }}}}"
        yield f"    each: {{line: {json.dumps(packed, ensure_ascii=False)}}}"
        yield f'    name: "{{{{ line.{keys.get("name", "name")} | shorten(250) }}}}"'
        yield f'    sku: "{{{{ line.{keys.get("sku", "sku")} }}}}"'
        return
    yield "    each: line"
    if "name" in guess.line:
        yield f"    name: {_of_line(guess, layout, 'name')}"
    else:
        yield "    name: Order line" + _comment(f"{TODO}: no column names the product")
    if "sku" in guess.line:
        yield f"    sku: {_of_line(guess, layout, 'sku')}"


_ORDER_PIPES = {
    "order": "| text",
    "date": "| date",
    "status": "| table('status')",
    "email": "| email",
    "customer_message": "| text",
    "discount": "| abs",
    "refunded": "| abs",
}
_LINE_PIPES = {"name": "| shorten(250)", "sku": "| text"}


def _of_order(guess: Guess, layout: Layout, role: str) -> str:
    pipes = " ".join(pipe for pipe in (_read(guess, role), _ORDER_PIPES.get(role, "")) if pipe)
    return _expression("order", guess.order[role], layout, pipes)


def _of_line(guess: Guess, layout: Layout, role: str) -> str:
    pipes = " ".join(pipe for pipe in (_read(guess, f"line {role}"), _LINE_PIPES.get(role, "")) if pipe)
    return _expression("line", guess.line[role], layout, pipes)


def _read(guess: Guess, role: str) -> str:
    return f"| {guess.money[role]}" if role in guess.money else ""


def _expression(row: str, name: str, layout: Layout, pipe: str = "") -> str:
    """The look-up of a name as a quoted YAML text: `"{{ order['Total'] }}"`."""
    looked = _looked(row, name, layout)
    return json.dumps(f"{{{{ {looked}{f' {pipe}' if pipe else ''} }}}}", ensure_ascii=False)


def _looked(row: str, name: str, layout: Layout) -> str:
    for key in [name] if layout.format == "csv" else name.split("."):
        row += f".{key}" if layout.format == "json" and _KEY.match(key) else f"[{_quoted(key)}]"
    return row


def _quoted(text: str) -> str:
    """A text inside an expression, in single quotes."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _by_value(guess: Guess, role: str) -> str:
    return _comment(f"{TODO}: told by what stands there, not by its name") if role in guess.by_value else ""


def _comment(text: str) -> str:
    return f"   # {text}"
