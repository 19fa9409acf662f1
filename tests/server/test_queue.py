"""A full server says so at once; who left makes room, whether he was answered or not."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from inkread.server.app import Application
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings
from tests.server.test_read import tiff


def app_of_two(fake: FakeReader) -> Application:
    return make_app(fake, settings(held=2, at_once=1, rate=""))


def test_beyond_the_queue_requests_are_told_to_come_back(fake: FakeReader) -> None:
    app = app_of_two(fake)
    fake.go_on.clear()
    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(client_of(app).post, "/v1/read", data=LINE_PNG) for _ in range(2)]
        assert fake.begun.acquire(timeout=20)  # one reads
        while app.service.gate._inside < 2:  # and one waits
            threading.Event().wait(0.005)
        refused = client_of(app).post("/v1/read", data=LINE_PNG)
        assert refused.status_code == 503 and refused.json["type"] == "/problems#busy"
        assert int(refused.headers["Retry-After"]) > 0
        assert client_of(app).get("/healthz").status_code == 200
        assert "inkread_requests_held 2.0" in client_of(app).get("/metrics").text
        fake.go_on.set()
        assert [answer.result(timeout=20).status_code for answer in held] == [200, 200]
    assert client_of(app).post("/v1/read", data=LINE_PNG).status_code == 200


def test_impatience_ends_in_busy(fake: FakeReader) -> None:
    app = make_app(fake, settings(patience=0.01, rate=""))
    fake.go_on.clear()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client_of(app).post, "/v1/read", data=LINE_PNG)
        assert fake.begun.acquire(timeout=20)
        assert client_of(app).post("/v1/read", data=LINE_PNG).status_code == 503
        fake.go_on.set()
        assert first.result(timeout=20).status_code == 200


def test_who_leaves_in_the_middle_makes_room(fake: FakeReader) -> None:
    app = app_of_two(fake)
    for _ in range(5):
        response = app.test_client().post("/v1/read?stream=ndjson", data=tiff(3))
        next(iter(response.response))
        response.close()
    assert app.service.gate._inside == 0 and len(fake.as_line) < 15


def test_a_long_document_lets_letters_pass(fake: FakeReader) -> None:
    app = app_of_two(fake)
    response = app.test_client().post("/v1/read?stream=ndjson", data=tiff(3))
    lines = iter(response.response)
    next(lines), next(lines)  # its first page is read, its others wait to be asked for
    assert client_of(app).post("/v1/read", data=LINE_PNG).status_code == 200
    assert len(list(lines)) == 3
    response.close()
