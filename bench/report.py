"""How long Chromium takes to open the report of a night, beside a page with one line.

Run as `python -m bench.report [HOME]`; without a home it makes one with `budaya demo`, whose report
has five hundred checks. It needs Chromium on PATH, and ends with 1 if the report takes longer than
`MAX_SECONDS` to be drawn.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser

from bench.browser import chromium

MAX_SECONDS = 2.0
TIMES = 5

_BUDAYA = Path(sys.executable).with_name("budaya")


def seconds(browser: Browser, document: Path) -> float:
    """From asking for a page to two frames drawn, in the middle of some tries."""
    taken = []
    for _ in range(TIMES):
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.perf_counter()
        page.goto(document.as_uri())
        page.evaluate("() => new Promise(done => requestAnimationFrame("
                      "() => requestAnimationFrame(done)))")  # fmt: skip
        taken.append(time.perf_counter() - began)
        page.close()
    return statistics.median(taken)


def main(arguments: list[str]) -> int:
    """Open the report with the most checks of a home, and the plain page."""
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(arguments[0] if arguments else f"{folder}/home").resolve()
        if not arguments:
            subprocess.run([_BUDAYA, "demo", "--home", home], check=True, capture_output=True)
        checks, report = max(
            (len(json.loads(path.read_bytes())["checks"]), path.with_name("index.html"))
            for path in home.glob("reports/*/report.json")
        )
        plain = Path(folder) / "plain.html"
        plain.write_text("<!doctype html><title>floor</title><p>One line.")
        floor = seconds(browser, plain)
        taken = seconds(browser, report)
    print(f"a page with one line:        {floor:.2f} s")
    print(f"a report with {checks} checks:    {taken:.2f} s, {taken / floor:.1f} times as long")
    return int(taken > MAX_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
