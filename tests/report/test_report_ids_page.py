"""The crosswalk page: support staff find the new order by the old number, without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from test_report_browser import SERIOUS, Opened, bring_axe
from test_report_stages import STORE, importer

from importer.report.ids_page import Numbered, ids_page

ROOT = Path(__file__).parent.parent.parent
REAL = "api.bigcommerce.com/stores/abc123"
HOSTILE = "</script><img src=x onerror=\"document.title='owned'\">"
ORDERS = [
    Numbered("#1001", "#1001", "shop-a", "created", 107),
    Numbered("#1002", "5000000001", "shop-a", "created", 108),
    Numbered("#1003", "#1003", "shop-a", "rejected", None),
    Numbered("#1001", "#1001", "shop-b", "created", 250),
    Numbered(HOSTILE, HOSTILE, "shop-b", "created", 251),
]


@pytest.fixture(params=["light", "dark"])
def opened(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """The page of two shops in a real store, opened without a network."""
    file = tmp_path / "ids.html"
    file.write_text(ids_page(REAL, "2026-01-02T03:04+00:00", ORDERS), encoding="utf-8")
    context = browser.new_context(color_scheme=request.param, offline=True)
    yield Opened(context.new_page(), file)
    context.close()


def rows(opened: Opened, wanted: str) -> list[list[str]]:
    opened.page.fill("#search", wanted)
    lines = opened.page.locator("#found tbody tr").all()
    return [cell.split("\t") for cell in (line.inner_text() for line in lines)]


@pytest.mark.parametrize("wanted", ["#1002", "1002", " 1002 ", "5000000001", "108"])
def test_order_is_found_by_each_of_its_numbers(opened: Opened, wanted: str) -> None:
    """By the old number with and without its #, by the platform's id, and by the new number."""
    assert rows(opened, wanted)[0] == ["#1002 (5000000001)", "108", "shop-a"]


def test_one_number_of_two_shops_is_two_orders(opened: Opened) -> None:
    """Both are shown, each with its shop, before orders that only contain the number."""
    assert rows(opened, "1001") == [["#1001", "107", "shop-a"], ["#1001", "250", "shop-b"]]


def test_new_order_leads_to_the_control_panel(opened: Opened) -> None:
    """The number is a link to the order in the store's control panel."""
    rows(opened, "108")
    target = "https://store-abc123.mybigcommerce.com/manage/orders/108"
    assert opened.page.get_attribute("#found a", "href") == target


def test_order_that_is_not_in_the_store_says_why(opened: Opened) -> None:
    """A rejected order is found, with its state in place of a number; an unknown one is told as such."""
    assert rows(opened, "1003") == [["#1003", "not in the store: rejected", "shop-a"]]
    assert rows(opened, "no such order") == []
    assert "No such order" in opened.page.inner_text("#told")


def test_number_can_stand_in_the_address(opened: Opened) -> None:
    """A link to ids.html#1003, in a ticket, opens with that order."""
    opened.page.goto(f"{opened.page.url}#1003")
    opened.page.reload()
    assert "rejected" in opened.page.inner_text("#found")


def test_page_asks_nobody_and_has_no_barrier(opened: Opened) -> None:
    """It loads nothing but itself, complains of nothing, and axe-core finds nothing serious with results shown."""
    assert len(opened.requests) == 1
    bring_axe(opened.page)
    assert rows(opened, "100")
    assert opened.page.evaluate(SERIOUS) == []
    assert opened.complaints == []


def test_hostile_number_is_text(opened: Opened) -> None:
    """A number that is HTML runs nothing and is shown as it is."""
    assert rows(opened, "img")[0][0] == HOSTILE
    assert opened.page.title() == "Old order, new order"


def test_a_hundred_thousand_orders_are_less_than_a_megabyte(browser: Browser, tmp_path: Path) -> None:
    """So many orders, every hundredth new number left to the store's own, and the last one is found."""
    many = (Numbered(f"#{n}", f"#{n}", "shop", "created", n + n // 100) for n in range(1, 100_001))
    file = tmp_path / "ids.html"
    file.write_text(ids_page("127.0.0.1/stores/sandbox", "2026-01-02T03:04+00:00", many), encoding="utf-8")
    assert file.stat().st_size < 1_000_000
    context = browser.new_context(offline=True)
    assert rows(Opened(context.new_page(), file), "#100000")[0] == ["#100000", "101000"]
    context.close()


def test_page_of_a_run_is_written_by_the_verb(tmp_path: Path) -> None:
    """`importer ids --html` after a rehearsal has all its orders; a folder that is not there is told in one line."""
    importer("run", ROOT / "samples" / "shopify-csv" / "orders.csv", *STORE, cwd=tmp_path)
    assert importer("ids", "--ledger", "shop.db", "--html", "ids.html", cwd=tmp_path) == 0
    assert "50 orders were brought into" in (tmp_path / "ids.html").read_text(encoding="utf-8")
    assert importer("ids", "--ledger", "shop.db", "--html", "missing/ids.html", cwd=tmp_path) == 2
