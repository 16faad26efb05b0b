"""Headless Chromium for the report: found on the machine, opened without a network of its own.

Belongs here: starting the browser. Does not belong here: what is looked at or measured.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser to open pages in.

    Raises:
        FileNotFoundError: No Chromium is installed.
    """
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise FileNotFoundError("no Chromium on PATH; on Debian: apt-get install chromium")
    with sync_playwright() as driver:
        # Its sandbox needs a kernel setting that build machines lack; what it opens here is ours.
        opened = driver.chromium.launch(
            executable_path=found, args=list(_QUIET), chromium_sandbox=False
        )
        yield opened
        opened.close()
