"""A real server on a loopback port, Debian's Chromium, and pages that are watched for every fault.

Without playwright or Chromium the tests are skipped, with INKREAD_REQUIRE_BROWSER=1 they fail.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from api_server import Served

from tests.browser.desk import SAMPLE, Desk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("INKREAD_CHROMIUM") or shutil.which("chromium") or ""
ARGUMENTS = ("--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
             "--disable-component-update --disable-sync --force-color-profile=srgb").split()  # fmt: skip
PATIENCE = 30_000  # milliseconds, for a computer that does other work too


@dataclass(frozen=True)
class View:
    """What a page is looked at with."""

    width: str
    theme: str

    @property
    def options(self) -> dict[str, Any]:
        """For a browser's context."""
        phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        desktop = {"viewport": {"width": 1280, "height": 800}}
        return {"color_scheme": self.theme} | (phone if self.width == "phone" else desktop)

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}"


DESKTOP, PHONE = View("desktop", "light"), View("phone", "dark")
VIEWS = (DESKTOP, View("desktop", "dark"), View("phone", "light"), PHONE)


@dataclass(frozen=True)
class Site:
    """The server: where it is, and where it keeps what people correct."""

    url: str
    collected: Path
    sample: bytes  # its answer to the sample photo, as a stream of events

    @property
    def page(self) -> dict[str, Any]:
        """The page in that answer."""
        events = map(json.loads, self.sample.splitlines())
        return next(event["page"] for event in events if event["event"] == "page")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    collected = tmp_path_factory.mktemp("collected")
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(Served("--workers", "1", "--collect", str(collected)))
        except SystemExit as reason:
            pytest.fail(str(reason))
        asked = urllib.request.Request(f"{server.url}/v1/read?stream=ndjson", SAMPLE.read_bytes())
        with urllib.request.urlopen(asked, timeout=PATIENCE / 1000) as answer:
            sample = answer.read()
        yield Site(server.url, collected, sample)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed; the extra dev has it")
    if not CHROMIUM:
        missing("there is no chromium here; install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def missing(reason: str) -> NoReturn:
    """Skip for want of something, or fail where all of it is required."""
    if os.environ.get("INKREAD_REQUIRE_BROWSER") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(params=[DESKTOP, PHONE], ids=str)
def view(request: pytest.FixtureRequest) -> View:
    """Desktop and phone, each in one theme; tests of looks ask for all four."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def desk(chromium: Browser, site: Site, view: View) -> Iterator[Desk]:
    """The page, opened; at the end nothing may have gone wrong that the test did not ask for."""
    with chromium.new_context(base_url=site.url, accept_downloads=True, **view.options) as context:
        context.set_default_timeout(PATIENCE)
        desk = Desk(context.new_page(), site.url, site.sample)
        desk.page.goto("/")
        yield desk
        assert desk.faults() == []
