"""The reading behind the routes: lone characters, one reader for all threads, the warm start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from inkread.characters import Candidate, CharacterReading
from inkread.document import ModelInfo
from inkread.server.metrics import Metrics
from inkread.server.service import Service
from inkread.server.settings import Settings
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app


class FakeCharacters:
    model = ModelInfo("fake-characters", "3")

    def __init__(self, *found: Candidate) -> None:
        self.found = found

    def read(self, image: np.ndarray) -> CharacterReading:
        assert image.dtype == np.uint8 and image.shape[2] == 3
        return CharacterReading(self.found)


def test_a_lone_character(fake: FakeReader) -> None:
    app = make_app(fake)
    app.service._characters = FakeCharacters(Candidate("g", 0.75), Candidate("9", 0.2))
    response = client_of(app).post("/v1/read?mode=character", data=LINE_PNG)
    assert response.headers["Inkread-Model"] == "fake-characters/3"
    (page,) = response.json["pages"]
    assert page["text"] == "g" and page["model"] == {"name": "fake-characters", "version": "3"}
    (line,) = page["regions"][0]["lines"]
    assert line["confidence"] == 0.75 and line["alternatives"] == [{"text": "9", "confidence": 0.2}]
    assert line["words"][0]["characters"][0]["text"] == "g"
    assert client_of(app).post("/v1/read?mode=character&format=txt", data=LINE_PNG).text == "g\n"


def test_a_blank_square_has_no_character(fake: FakeReader) -> None:
    app = make_app(fake)
    app.service._characters = FakeCharacters()
    (page,) = client_of(app).post("/v1/read?mode=character", data=LINE_PNG).json["pages"]
    assert page["text"] == "" and page["regions"] == []


def test_the_reader_is_made_once_for_all_threads(fake: FakeReader) -> None:
    made: list[FakeReader] = []
    service = Service(Settings(), Metrics(), lambda: made.append(fake) or fake)
    with ThreadPoolExecutor(8) as pool:
        readers = list(pool.map(lambda _: service.reader, range(32)))
    assert len(made) == 1 and set(map(id, readers)) == {id(fake)}


def test_a_warm_start_reads_something(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[int, ...]] = []

    class Warm:
        def read(self, image: np.ndarray) -> None:
            read.append(image.shape)

        def read_line(self, image: np.ndarray) -> None:
            read.append(image.shape)

    Service(Settings(), Metrics(), Warm).warm_up()
    assert len(read) == 2
