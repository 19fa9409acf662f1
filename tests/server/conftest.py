"""A server whose reader knows the answer at once, and a client that lets go of every answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from inkread.document import Character, Line, ModelInfo, Page, Region, Word
from inkread.images.open import PageImage
from inkread.server.addresses import Guard
from inkread.server.app import Application, create_app
from inkread.server.fetch import Fetcher
from inkread.server.metrics import Metrics
from inkread.server.service import Service
from inkread.server.settings import Settings
from tests.pictures import encoded, line_picture

LINE_PNG = encoded(line_picture("Hello World"))
CORNERS = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


class FakeReader:
    """Opens its images in earnest and reads ``text`` in each; waits where it is told to."""

    def __init__(self, text: str = "Hello World") -> None:
        self.model = ModelInfo("fake", "7")
        self.text = text
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun = threading.Semaphore(0)
        self.as_line: list[bool] = []

    def read(self, source: PageImage, *, as_line: bool = False, timing: bool = False) -> Page:
        self.begun.release()
        assert self.go_on.wait(timeout=20)
        self.as_line.append(as_line)
        if isinstance(self.text, Exception):
            raise self.text
        height, width = source.image.shape[:2]
        word = Word(self.text, 0.91234, CORNERS, (Character(self.text[:1], 0.9, CORNERS),))
        line = Line(self.text, 0.91234, CORNERS, (), (word,))
        regions = (Region((line,)),) if self.text else ()
        stages = (("open", 0.1), ("recognise", 0.2)) if timing else ()
        return Page(source.number, width, height, self.model, regions, "en", source.source, stages)


def make_app(reader: Any, settings: Settings | None = None, fetcher: Fetcher | None = None) -> Application:
    """An application that reads with ``reader``; no name is ever looked up, nothing connected to."""
    settings = settings or Settings()
    service = Service(settings, Metrics(), lambda: reader)
    if fetcher is None and settings.image_url:
        fetcher = Fetcher(Guard(resolve=_no_names), settings.max_bytes, 1.0, _no_connections)
    return create_app(settings, service=service, fetcher=fetcher)


def client_of(app: Application) -> FlaskClient:
    """A client that takes every answer in whole and closes it, as a server does."""
    client = app.test_client()
    open_ = client.open
    client.open = lambda *given, **more: open_(*given, **{"buffered": True, **more})  # type: ignore[method-assign]
    return client


@pytest.fixture
def fake() -> FakeReader:
    return FakeReader()


@pytest.fixture
def app(fake: FakeReader) -> Application:
    return make_app(fake)


@pytest.fixture
def client(app: Application) -> Iterator[FlaskClient]:
    yield client_of(app)


def settings(**changes: Any) -> Settings:
    """Settings with changes."""
    return replace(Settings(), **changes)


def _no_names(host: str, port: int) -> list[str]:
    raise OSError(f"a test looked up {host}")


def _no_connections(address: str, port: int, seconds: float) -> Any:
    raise AssertionError(f"a test connected to {address}")
