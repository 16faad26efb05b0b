"""The pages of the demo's night, with all its checks, as Chromium shows and prints them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bench.browser import chromium

# What `@page` leaves of an A4 sheet: 210 mm less two margins of 12 mm, at 96 dots an inch.
SHEET = {"width": 703, "height": 1017}

# Elements with words of their own that end beyond the sheet or can't be seen once all is unfolded.
CUT = """width => {
document.querySelectorAll('details').forEach(folded => folded.open = true)
return [...document.querySelectorAll('body *')]
    .filter(element => [...element.childNodes].some(
        node => node.nodeType === Node.TEXT_NODE && node.textContent.trim()))
    .filter(element => !element.closest('.crumbs, title'))
    .filter(element => {
        const box = element.getBoundingClientRect()
        return box.right > width + 1 || box.width === 0 || box.height === 0
            || !element.checkVisibility({contentVisibilityAuto: true})
    })
    .map(element => element.tagName + ' ' + element.textContent.trim().slice(0, 60))
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=["report", "index"])
def document(request: pytest.FixtureRequest, demo_home: Path) -> Path:
    if request.param == "index":
        return demo_home / "reports" / "index.html"
    report = max(demo_home.glob("reports/*/report.json"), key=lambda path: path.stat().st_size)
    # The report of a night that read every source: it is the longest page that there is.
    stages = Counter(check["stage"] for check in json.loads(report.read_bytes())["checks"])
    assert min(stages[stage] for stage in ("batch", "model", "mart")) > 100, stages
    return report.with_name("index.html")


def test_a_page_asks_nothing_of_the_network_and_reports_no_error(
    page: Page, document: Path
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(document.as_uri())
    page.wait_for_load_state("networkidle")
    assert asked == [document.as_uri()]
    assert complaints == []


def test_a_page_prints_on_a4_with_nothing_cut(page: Page, document: Path) -> None:
    page.set_viewport_size(SHEET)
    page.emulate_media(media="print")
    page.goto(document.as_uri())
    cut = page.evaluate(CUT, SHEET["width"])
    assert cut == [], f"{len(cut)} cut"
