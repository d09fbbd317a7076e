"""The same mapping in three languages that people use for it: JSONata, jq, and a Jinja template for each field.

Rows reach them as dicts whose cells are clean already. Jinja gives the whole body: its templates state the money, and
`settle` derives it as ours does. JSONata and jq have no exact decimals, so they are let off the money.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinja2 import Environment

from importer.files import data_folder
from importer.mapping.dates import date_reader, rfc_2822
from importer.mapping.filters import FILTERS
from importer.money import Amount, Fee, Line, Statement, settle

Order = dict[str, Any]
"""`{"order": the row with the totals, "lines": all rows}`, each row a dict of its clean cells."""

MONEY = ("discount_amount", "refunded_amount", "fees")
STATUS = {
    "paid": {"fulfilled": 10, "partial": 3, "unfulfilled": 11, "restocked": 11},
    "pending": {"fulfilled": 2, "partial": 3, "unfulfilled": 7, "restocked": 7},
    "refunded": dict.fromkeys(("fulfilled", "partial", "unfulfilled", "restocked"), 4),
}


def without_money(body: dict[str, Any]) -> dict[str, Any]:
    """Our body as the rivals make it: no totals, no prices, nothing that the engine sets."""
    kept = {
        key: value
        for key, value in body.items()
        if key not in MONEY and not key.endswith("_tax") and key not in ("external_merchant_id", "external_source")
    }
    kept["products"] = [
        {key: value for key, value in product.items() if not key.startswith("price")} for product in body["products"]
    ]
    return kept


def jsonata() -> Callable[[Order], Any]:
    """The mapping in JSONata, by jsonata-python."""
    from jsonata import Jsonata

    expression = Jsonata(_JSONATA.replace("STATUS", str(STATUS).replace("'", '"')))
    return expression.evaluate


def jq() -> Callable[[Order], Any]:
    """The mapping in jq, by its Python binding."""
    import jq

    program = jq.compile(_JQ.replace("STATUS", str(STATUS).replace("'", '"')))
    return lambda order: program.input_value(order).first()


def jinja2() -> Callable[[Order], Any]:
    """The mapping as one Jinja template for each of its values: what our language would cost without a compiler."""
    environment = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True)  # noqa: S701 - texts of JSON
    environment.filters |= {name: known.function for name, known in FILTERS.items()} | {"date": _date}
    environment.globals |= {"status": STATUS}
    notes = (data_folder("mappings") / "shopify-csv-notes.j2").read_text(encoding="utf-8")
    let, fields, address, product, line, money = (
        {name: environment.from_string(text) for name, text in texts.items()}
        for texts in (_LET, {**_FIELDS, "staff_notes": notes}, _ADDRESS, _PRODUCT, _LINE, _MONEY)
    )

    def body(order: Order) -> dict[str, Any]:
        for name, template in let.items():
            order[name] = template.render(order)
        found: dict[str, Any] = _rendered(fields, order)
        found["staff_notes"] = found["staff_notes"].strip()
        found["status_id"], found["customer_id"] = int(found["status_id"]), 0
        found["billing_address"] = _rendered(address, {**order, "side": "Billing"})
        shipping = _rendered(address, {**order, "side": "Shipping"})
        found["shipping_addresses"] = [{**shipping, "shipping_method": order["order"]["Shipping Method"]}]
        found["products"] = [_rendered(product, {"line": one}) for one in order["lines"]]
        both = zip(found["products"], order["lines"], strict=True)
        lines = [_line(item, _rendered(line, {"line": one})) for item, one in both]
        return (
            found
            | settle(_statement(lines, _rendered(money, order)), lambda *_: None)
            | {
                "external_merchant_id": f"shopify-csv:{order['order']['Name']}",
                "external_source": "M-MIG",
            }
        )

    return body


def _line(product: dict[str, Any], texts: dict[str, str]) -> Line:
    quantity = Decimal(texts["quantity"])
    return Line(product, quantity, Amount(Decimal(texts["unit"]) * quantity), texts["taxable"] == "True")


def _statement(lines: list[Line], texts: dict[str, str]) -> Statement:
    figures = {name: Decimal(text) for name, text in texts.items() if name != "currency"}
    stated = {name: Amount(figures.pop(name)) for name in ("discount", "shipping")}
    fees = [Fee("Duties", Amount(figures.pop("duties", Decimal(0))))]
    return Statement(texts["currency"], lines, fees=fees, **stated, **figures)


def _rendered(templates: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    texts = {name: template.render(names) for name, template in templates.items()}
    return {name: text for name, text in texts.items() if text}


_read = date_reader(("%Y-%m-%d %H:%M:%S %z",), None)


def _date(text: str) -> str:
    return rfc_2822(_read(text))


_LET = {
    "financial": "{{ order['Financial Status'] | lower }}",
    "fulfillment": "{{ order['Fulfillment Status'] | lower or 'unfulfilled' }}",
    "all_refunded": "{{ financial == 'partially_refunded'"
    " and order['Refunded Amount'] | money >= order['Total'] | money }}",
    "payment": "{{ 'cancelled' if order['Cancelled at'] and financial != 'refunded'"
    " else 'refunded' if all_refunded == 'True' else financial }}",
}
_FIELDS = {
    "external_order_id": "{{ order['Name'] | without_prefix('#') }}",
    "date_created": "{{ order['Created at'] | date }}",
    "status_id": "{{ status[payment][fulfillment] }}",
    "payment_method": "{{ order['Payment Method'] }}",
    "customer_message": "{{ order['Notes'] }}",
}
_ADDRESS = {
    "first_name": "{{ order[side ~ ' Name'] | first_name }}",
    "last_name": "{{ order[side ~ ' Name'] | last_name }}",
    "company": "{{ order[side ~ ' Company'] }}",
    "street_1": "{{ order[side ~ ' Address1'] or order[side ~ ' Street'] }}",
    "street_2": "{{ order[side ~ ' Address2'] }}",
    "city": "{{ order[side ~ ' City'] }}",
    "state": "{{ order[side ~ ' Province Name'] or order[side ~ ' Province'] }}",
    "zip": "{{ order[side ~ ' Zip'] | zip or '00000' }}",
    "country_iso2": "{{ order[side ~ ' Country'] | country or 'US' }}",
    "phone": "{{ order[side ~ ' Phone'] | phone or order['Phone'] | phone }}",
    "email": "{{ order['Email'] | email }}",
}
_PRODUCT = {
    "name": "{{ line['Lineitem name'] | shorten(250) }}",
    "sku": "{{ line['Lineitem sku'] }}",
}
_LINE = {
    "unit": "{{ line['Lineitem price'] }}",
    "quantity": "{{ line['Lineitem quantity'] }}",
    "taxable": "{{ line['Lineitem taxable'] != 'false' }}",
}
_MONEY = {
    "currency": "{{ order['Currency'] }}",
    "discount": "{{ order['Discount Amount'] }}",
    "subtotal": "{{ order['Subtotal'] }}",
    "shipping": "{{ order['Shipping'] }}",
    "duties": "{{ order['Duties'] }}",
    "tax": "{{ order['Taxes'] }}",
    "total": "{{ order['Total'] }}",
    "refunded": "{{ order['Refunded Amount'] }}",
}

_JQ = r"""
def filled: with_entries(select(.value != ""));
def said($before): if . == "" then "" else $before + . + "\n" end;
def utc:
  ((.[0:19] | strptime("%Y-%m-%d %H:%M:%S") | mktime)
    - ((.[20:21] + "1" | tonumber) * ((.[21:23] | tonumber) * 3600 + (.[23:25] | tonumber) * 60)))
  | strftime("%a, %d %b %Y %H:%M:%S +0000");
def address($order; $side):
  ($order[$side + " Name"] | split(" ") | map(select(. != ""))) as $words
  | {
      first_name: (if ($words | length) > 1 then $words[:-1] else $words end | join(" ")),
      last_name: (if ($words | length) > 1 then $words[-1] else "" end),
      company: $order[$side + " Company"],
      street_1: (if $order[$side + " Address1"] != "" then $order[$side + " Address1"]
                 else $order[$side + " Street"] end),
      street_2: $order[$side + " Address2"],
      city: $order[$side + " City"],
      state: (if $order[$side + " Province Name"] != "" then $order[$side + " Province Name"]
              else $order[$side + " Province"] end),
      zip: (if ($order[$side + " Zip"] | length) > 1 then $order[$side + " Zip"] else "00000" end),
      country_iso2: (if $order[$side + " Country"] != "" then $order[$side + " Country"] else "US" end),
      phone: (if $order[$side + " Phone"] != "" then $order[$side + " Phone"] else $order["Phone"] end),
      email: (if $order["Email"] | test("^[^@\\s,;<>]+@[^@\\s,;<>]+\\.[^@\\s,;<>]+$") then $order["Email"] else "" end)
    }
  | filled;
def notes($order; $lines):
  ("Imported from Shopify, order " + $order["Name"]
    + (if $order["Id"] != "" then " (id " + $order["Id"] + ")" else "" end)
    + "\nPayment: " + $order["Financial Status"] + "; fulfilment: " + $order["Fulfillment Status"] + "\n"
    + ($order["Cancelled at"] | said("Cancelled at: "))
    + ($order["Paid at"] | said("Paid at: "))
    + ($order["Fulfilled at"] | said("Fulfilled at: "))
    + (if ($order["Refunded Amount"] | tonumber? // 0) != 0
       then "Refunded: " + $order["Refunded Amount"] + "\n" else "" end)
    + (if ($order["Outstanding Balance"] | tonumber? // 0) != 0
       then "Outstanding balance: " + $order["Outstanding Balance"] + "\n" else "" end)
    + (if $order["Payment References"] != "" then $order["Payment References"] else $order["Payment Reference"] end
       | said("Payment reference: "))
    + ($order["Payment ID"] | said("Payment id: "))
    + ($order["Receipt Number"] | said("Receipt number: "))
    + (if $order["Discount Code"] != ""
       then "Discount code: " + $order["Discount Code"] + ", " + $order["Discount Amount"] + "\n" else "" end)
    + ([$lines[] | select((.["Lineitem discount"] | tonumber? // 0) != 0)
       | "Discount on " + .["Lineitem name"] + ": " + .["Lineitem discount"] + "\n"] | add // "")
    + ([range(1; 6) as $n | "Tax \($n)" | $order[. + " Name"] as $name | $order[. + " Value"] as $value
       | if $name != "" or $value != "" then "Tax: " + $name + " " + $value + "\n" else "" end] | add)
    + ($order["Tags"] | said("Tags: "))
    + ($order["Source"] | said("Source: "))
    + ($order["Location"] | said("Location: "))
    + ($order["Employee"] | said("Employee: ")))
  | rtrimstr("\n");
STATUS as $status
| .order as $order | .lines as $lines
| {
    external_order_id: ($order["Name"] | ltrimstr("#")),
    date_created: ($order["Created at"] | utc),
    status_id: $status[$order["Financial Status"]][$order["Fulfillment Status"]],
    customer_id: 0,
    billing_address: address($order; "Billing"),
    shipping_addresses: [address($order; "Shipping") + {shipping_method: $order["Shipping Method"]}],
    products: [$lines[] | {name: .["Lineitem name"][0:250], sku: .["Lineitem sku"],
                           quantity: (.["Lineitem quantity"] | tonumber)} | filled],
    payment_method: $order["Payment Method"],
    customer_message: $order["Notes"],
    staff_notes: notes($order; $lines)
  }
| filled
"""

_JSONATA = r"""
(
  $status := STATUS;
  $order := order;
  $filled := function($group) { $sift($group, function($value) { $value != "" }) };
  $said := function($before, $value) { $value = "" ? "" : $before & $value & "\n" };
  $some := function($value) { $value != "" and $number($value) != 0 };
  $utc := function($text) {
    $fromMillis($toMillis($text, "[Y0001]-[M01]-[D01] [H01]:[m01]:[s01] [Z0001]"),
                "[FNn,3-3], [D01] [MNn,3-3] [Y0001] [H01]:[m01]:[s01] +0000")
  };
  $address := function($side) { (
    $cell := function($name) { $lookup($order, $side & " " & $name) };
    $first := function($one, $other) { $one != "" ? $one : $other };
    $words := $split($cell("Name"), " ");
    $count := $count($words);
    $filled({
      "first_name": $count > 1 ? $join($words[[0..($count - 2)]], " ") : $cell("Name"),
      "last_name": $count > 1 ? $words[$count - 1] : "",
      "company": $cell("Company"),
      "street_1": $first($cell("Address1"), $cell("Street")),
      "street_2": $cell("Address2"),
      "city": $cell("City"),
      "state": $first($cell("Province Name"), $cell("Province")),
      "zip": $length($cell("Zip")) > 1 ? $cell("Zip") : "00000",
      "country_iso2": $first($cell("Country"), "US"),
      "phone": $first($cell("Phone"), $order.Phone),
      "email": $match($order.Email, /^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$/) ? $order.Email : ""
    })
  ) };
  $notes := "Imported from Shopify, order " & $order.Name & $said(" (id ", $order.Id = "" ? "" : $order.Id & ")")
    & "Payment: " & $order.`Financial Status` & "; fulfilment: " & $order.`Fulfillment Status` & "\n"
    & $said("Cancelled at: ", $order.`Cancelled at`)
    & $said("Paid at: ", $order.`Paid at`)
    & $said("Fulfilled at: ", $order.`Fulfilled at`)
    & ($some($order.`Refunded Amount`) ? $said("Refunded: ", $order.`Refunded Amount`) : "")
    & ($some($order.`Outstanding Balance`) ? $said("Outstanding balance: ", $order.`Outstanding Balance`) : "")
    & $said("Payment reference: ",
            $order.`Payment References` != "" ? $order.`Payment References` : $order.`Payment Reference`)
    & $said("Payment id: ", $order.`Payment ID`)
    & $said("Receipt number: ", $order.`Receipt Number`)
    & ($order.`Discount Code` != ""
       ? "Discount code: " & $order.`Discount Code` & ", " & $order.`Discount Amount` & "\n" : "")
    & $join($map(lines, function($line) { $some($line.`Lineitem discount`)
       ? "Discount on " & $line.`Lineitem name` & ": " & $line.`Lineitem discount` & "\n" : "" }))
    & $join($map([1..5], function($n) { (
        $name := $lookup($order, "Tax " & $n & " Name");
        $value := $lookup($order, "Tax " & $n & " Value");
        $name != "" or $value != "" ? "Tax: " & $name & " " & $value & "\n" : "") }))
    & $said("Tags: ", $order.Tags) & $said("Source: ", $order.Source)
    & $said("Location: ", $order.Location) & $said("Employee: ", $order.Employee);
  $filled({
    "external_order_id": $substringAfter($order.Name, "#"),
    "date_created": $utc($order.`Created at`),
    "status_id": $lookup($lookup($status, $order.`Financial Status`), $order.`Fulfillment Status`),
    "customer_id": 0,
    "billing_address": $address("Billing"),
    "shipping_addresses": [$merge([$address("Shipping"), {"shipping_method": $order.`Shipping Method`}])],
    "products": [$map(lines, function($line) { $filled({
      "name": $substring($line.`Lineitem name`, 0, 250),
      "sku": $line.`Lineitem sku`,
      "quantity": $number($line.`Lineitem quantity`)
    }) })],
    "payment_method": $order.`Payment Method`,
    "customer_message": $order.Notes,
    "staff_notes": $substring($notes, 0, $length($notes) - 1)
  })
)
"""
