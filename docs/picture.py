"""Takes the README's picture anew: `python docs/picture.py`. It is the report of the demo's export in a real browser.

Needs Debian's chromium and Playwright, as the tests of the page do.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
EXPORT = ROOT / "samples" / "shopify-csv" / "orders.csv"
PICTURE = Path(__file__).parent / "report.png"
CHROMIUM = "/usr/bin/chromium"
SIZE: ViewportSize = {"width": 1000, "height": 1350}


def main() -> None:
    """Writes docs/report.png."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        command = [sys.executable, "-m", "importer", "validate", str(EXPORT), "--report", folder]
        subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto((Path(folder) / "report.html").as_uri())
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
