"""The page in a real browser: it works offline, by keyboard, in light and dark, and on paper."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

ROOT = Path(__file__).parent.parent.parent
SAMPLE = "woocommerce-json"


class Opened:
    """A page in the browser, what it asked for, and what it complained of."""

    def __init__(self, page: Page, file: Path) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(file.as_uri())


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a sample with refused, undecided and substituted orders."""
    folder = tmp_path_factory.mktemp("report")
    export = ROOT / "samples" / SAMPLE / "orders.json"
    command = [sys.executable, "-m", "importer", "validate", str(export), "-m", SAMPLE, "--report", str(folder)]
    subprocess.run(command, cwd=ROOT, check=False, timeout=60, capture_output=True)
    return folder / "report.html"


@pytest.fixture(params=["light", "dark"])
def opened(request: pytest.FixtureRequest, browser: Browser, report: Path) -> Iterator[Opened]:
    """The report, opened by somebody whose system is light, and by somebody whose system is dark."""
    context = browser.new_context(color_scheme=request.param)
    yield Opened(context.new_page(), report)
    context.close()


SERIOUS = """async () => (await axe.run()).violations
    .filter((one) => ['serious', 'critical'].includes(one.impact))
    .map((one) => [one.id, one.nodes.map((node) => node.target)])"""


def bring_axe(page: Page) -> None:
    """Puts axe-core into the page, past the page's own policy."""
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.reload()
    page.evaluate((files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8"))


def test_page_asks_nobody_for_anything(opened: Opened, report: Path) -> None:
    """Loading asks for the file itself and nothing else, and no line appears on the console."""
    opened.page.fill("#search", "WW")
    assert opened.requests == [report.as_uri()]
    assert opened.complaints == []


def test_order_is_found_by_its_number(opened: Opened) -> None:
    """Typing an order's number shows its source beside its body, and why it is refused."""
    opened.page.fill("#search", "WW-2023-0042")
    shown = opened.page.inner_text("#found")
    assert "Source, orders.json:2836" in shown
    assert "unbalanced total_inc_tax" in shown
    assert opened.complaints == []


def test_order_that_is_not_kept_says_where_to_look(opened: Opened) -> None:
    """A number that the page does not have points to problems.csv."""
    opened.page.fill("#search", "no such order")
    assert "problems.csv" in opened.page.inner_text("#found")


def test_theme_follows_the_system_and_can_be_switched(opened: Opened) -> None:
    """The button turns light into dark and back, and says so to a screen reader."""
    page = opened.page

    def seen() -> tuple[Any, ...]:
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return ground, page.get_attribute("#theme", "aria-pressed")

    first = seen()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    second = seen()
    themes = {("rgb(255, 255, 255)", "false"), ("rgb(20, 23, 26)", "true")}
    assert {first, second} == themes
    page.click("#theme")
    assert seen() == first


def printed(opened: Opened) -> str:
    return "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(opened.page.pdf())).pages)


def test_paper_has_every_cause_and_what_was_opened(opened: Opened) -> None:
    """On paper every cause is unfolded, and of the long tables those that the reader opened; the screen stays."""
    folded = opened.page.locator("details:not([open])").count()
    text = printed(opened)
    assert "Verdict: NO-GO" in text
    assert text.count("What to do:") > 1
    assert "Columns of the source" not in text
    assert opened.page.locator("details:not([open])").count() == folded > 0
    opened.page.click("text=Where the source's data goes")
    assert "Columns of the source" in printed(opened)


def test_paper_ends_with_a_line_to_sign(opened: Opened) -> None:
    """The merchant signs below the last section; on the screen there is no such line."""
    assert not opened.page.is_visible("text=Read, and agreed to")
    assert printed(opened).rstrip().endswith(("Date", "Name"))


def test_page_has_no_serious_barrier(opened: Opened) -> None:
    """axe-core finds nothing serious or critical, as the page opens and with all of it unfolded and an order shown."""
    bring_axe(opened.page)
    assert opened.page.evaluate(SERIOUS) == []
    opened.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    opened.page.fill("#search", "WW-2023-0042")
    assert opened.page.evaluate(SERIOUS) == []


def test_hostile_cells_do_nothing(browser: Browser, tmp_path: Path) -> None:
    """An export whose cells are script runs nothing, asks for nothing, and is shown as text."""
    hostile = "</script><img src=//evil.example/x onerror=document.title='owned'>"
    header, *rows = (ROOT / "samples" / "shopify-csv" / "orders.csv").read_text(encoding="utf-8").splitlines()
    bad = [row.replace("#1030", f"#1030{hostile}") for row in rows]
    export = tmp_path / "orders.csv"
    export.write_text("\n".join([header, *bad]) + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "importer", "validate", str(export), "--report", str(tmp_path / "report")]
    subprocess.run(command, cwd=ROOT, check=False, timeout=60, capture_output=True)
    context = browser.new_context()
    opened = Opened(context.new_page(), tmp_path / "report" / "report.html")
    opened.page.fill("#search", "#1030")
    assert hostile in opened.page.inner_text("#found")
    assert (opened.page.title(), len(opened.requests), opened.complaints) == ("orders.csv: go", 1, [])
    context.close()
