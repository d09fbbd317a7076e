"""The page: whole in one file, asks nobody for anything, and shows what is hostile as text."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from report_orders import HEADING, NO_FIELDS, refused, replaced, summary_of, told_of, undecided, valid

from importer.model import MappedOrder, Problem
from importer.report.examples import Examples
from importer.report.figures import figures
from importer.report.page import page

HOSTILE = "</script><img src=x onerror=\"document.title='owned'\"><!-- &lt; {{ 7 * 7 }}"


class Elements(HTMLParser):
    """Every element of a page with its attributes, as a browser reads them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


def page_of(*orders: MappedOrder, fields: dict[str, Any] = NO_FIELDS, **more: Any) -> str:
    examples = Examples(None)
    for order in orders:
        examples.add(order)
    return page(told_of(*orders, **more), examples.kept, fields)


def test_policy_lets_only_its_own_style_and_script_through() -> None:
    """The Content-Security-Policy forbids everything but the two texts in the page, by their hashes."""
    text = page_of(valid(1), refused(2))
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy.startswith("default-src 'none'; ")
    for element in ("style", "script"):
        (content,) = re.findall(rf"<{element}>(.*?)</{element}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in policy


def test_page_refers_to_nothing() -> None:
    """No element loads or leads anywhere: no source, no link, no address of a server."""
    text = page_of(valid(1), refused(2), undecided(3, "odd"))
    assert not re.findall(r"https?:|url\(|@import|//[a-z]", text)
    assert not [tag for tag, names in Elements(text).found if {"src", "href", "srcset", "action"} & set(names)]


@pytest.mark.parametrize("where", ["order", "cell", "message", "key", "heading", "field"])
def test_hostile_text_is_inert(where: str) -> None:
    """Text of an export that is HTML, script or template stays text, wherever the page shows it."""
    orders = {
        "order": refused(HOSTILE),
        "cell": refused(1, note=HOSTILE),
        "message": refused(1, Problem("x", HOSTILE, HOSTILE, HOSTILE)),
        "key": undecided(1, HOSTILE),
    }
    row = {"name": HOSTILE, "orders": 1, "examples": [HOSTILE], "read_by": {}, "ignored": HOSTILE, "nowhere": True}
    fields = {**NO_FIELDS, "source": [row], "body": [{"field": HOSTILE, "origin": HOSTILE, "orders": 1}]}
    reasons = [HOSTILE] if where == "heading" else None
    shown = page_of(orders.get(where, refused(1)), fields=fields if where == "field" else NO_FIELDS, reasons=reasons)
    elements = Elements(shown).found
    assert "img" not in {tag for tag, _ in elements}
    assert not [name for _, names in elements for name in names if name.startswith("on")]
    assert shown.count("<script") == shown.count("</script>") == 2
    assert "{{ 7 * 7 }}" in shown  # a template inside the text is not evaluated


def test_half_a_character_does_not_stop_the_page(tmp_path: Path) -> None:
    """An export with half of an emoji in a note gives a page that can be written as UTF-8."""
    shown = page_of(refused(1, note="\ud83d"))
    assert "\\\\ud83d" in shown or "\\ud83d" in shown
    (tmp_path / "report.html").write_text(shown, encoding="utf-8")


def test_verdict_and_its_reasons_come_first() -> None:
    """The page says NO-GO and why before anything else."""
    text = page_of(valid(1), reasons=["2 values are undecided"])
    main = text.partition("<main>")[2]
    assert main.index("Verdict: NO-GO") < main.index("2 values are undecided") < main.index("<h2", main.index("</h2>"))


def test_page_of_a_great_export_stays_below_a_megabyte() -> None:
    """100,000 orders with 2,000 causes, 30 years, 400 columns: below 1 MB, and it says what it leaves out."""
    summary, examples = summary_of(), Examples(None)
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    for number in range(96_000):
        one = valid(
            number,
            status_id=number % 15,
            date_created=f"Wed, 06 {months[number % 12]} {1996 + number % 30} 10:00:00 +0000",
        )
        summary.add(one)
    for number in range(4_000):
        message = f"'{HOSTILE}' is what order {number} says, and the rule does not take it " * 5
        one = refused(
            number,
            Problem(f"code-{number % 2_000}", "products[0].name", message, f"m.yml:{number % 2_000}:1"),
            note=HOSTILE * 9,
        )
        summary.add(one)
        examples.add(one)
        summary.add(undecided(number, f"{HOSTILE} {number}"))
        summary.add(replaced(number, f"code-{number % 40}"))
    row = {
        "orders": 9,
        "examples": ["an example of the data"] * 3,
        "read_by": {"billing_address.first_name": "m.yml:3:4"},
    }
    source = [{**row, "name": f"Column {number}", "ignored": "", "nowhere": number % 2 == 0} for number in range(400)]
    body = [{"field": f"field_{number}", "orders": 9, "origin": "m.yml:4:5"} for number in range(300)]
    fields = {**NO_FIELDS, "orders": 104_000, "source": source, "body": body}
    text = page(figures("validate", summary, HEADING, ["why"], {}), examples.kept, fields)
    assert len(text.encode()) < 1_000_000
    assert "causes more; report.json has them" in text
