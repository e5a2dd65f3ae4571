"""A headless Chromium for tests: Debian's, so that no browser has to be downloaded."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect, sync_playwright

PACKAGES = "chromium fonts-noto-cjk"
"""What ``apt-get install`` needs; the fonts show Hangul."""

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


_PATIENCE = 20_000
"""Milliseconds until something that does not appear is missed: machines of tests are busy."""


@contextmanager
def open_browser(url: str, *, width: int = 1280, height: int = 1000) -> Iterator[Page]:
    """A Korean reader's browser with ``url`` open; skips the test where there is no browser or no font."""
    path = _chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        try:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="ko-KR")
            page.set_default_timeout(_PATIENCE)
            expect.set_options(timeout=_PATIENCE)
            page.goto(url)
            yield page
        finally:
            browser.close()


def _chromium() -> str:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip(f"no Chromium here: apt-get install {PACKAGES}")
    fonts = shutil.which("fc-list")
    if fonts is not None and not _output(fonts, ":lang=ko", "family"):
        pytest.skip(f"no font with Hangul here: apt-get install {PACKAGES}")
    return path


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed words
