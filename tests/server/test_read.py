"""``/v1/read``: every way to send a file, every form of answer, page by page where asked."""

from __future__ import annotations

import io
import json

import pytest
from flask.testing import FlaskClient
from PIL import Image

from inkread.errors import BundleError
from inkread.reader import Reader
from inkread.writers import WRITERS
from tests.pictures import encoded, line_picture, locked_pdf, page_picture
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings


def tiff(pages: int) -> bytes:
    first, *others = [line_picture(f"page {number}") for number in range(pages)]
    return encoded(first, "TIFF", save_all=True, append_images=others)


def pdf(pages: int) -> bytes:
    first, *others = [page_picture(["Hello"]).resize((90, 60)) for _ in range(pages)]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=others)
    return out.getvalue()


@pytest.mark.parametrize(
    "kind", ["image/png", "application/octet-stream", "", "application/x-www-form-urlencoded"]
)
def test_bare_bytes_whatever_they_are_called(client: FlaskClient, kind: str) -> None:
    response = client.post("/v1/read", data=LINE_PNG, content_type=kind)
    assert response.status_code == 200 and response.mimetype == "application/json"
    (page,) = response.json["pages"]
    assert page["text"] == "Hello World" and page["model"] == {"name": "fake", "version": "7"}
    assert page["number"] == 1 and page["source"] == "" and "timing" not in page


def test_a_form_with_its_options(client: FlaskClient, fake: FakeReader) -> None:
    form = {"file": (io.BytesIO(LINE_PNG), "letter.png"), "format": "json", "mode": "line", "timing": ""}
    page = client.post("/v1/read", data=form).json["pages"][0]
    assert page["source"] == "letter.png" and fake.as_line == [True]
    form = {"file": (io.BytesIO(LINE_PNG), "letter.png"), "format": "json"}
    response = client.post("/v1/read?format=txt", data=form)
    assert response.text == "Hello World\n" and response.content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize(("least", "text"), [("0.5", "Hello World\n"), ("0.95", "[?]\n")])
def test_lines_below_a_threshold_are_marked(client: FlaskClient, least: str, text: str) -> None:
    assert client.post(f"/v1/read?format=txt&reject={least}", data=LINE_PNG).text == text
    form = {"file": (io.BytesIO(LINE_PNG), "letter.png"), "reject": least}
    page = client.post("/v1/read", data=form).json["pages"][0]
    line = page["regions"][0]["lines"][0]
    assert page["text"] + "\n" == text and line["confidence"] == 0.9123
    assert ("alternatives" in line) == (line["text"] == "")
    wrong = client.post("/v1/read?reject=80", data=LINE_PNG)
    assert wrong.status_code == 400 and "reject" in wrong.json["detail"]


@pytest.mark.parametrize("name", list(WRITERS))
def test_every_format(client: FlaskClient, name: str) -> None:
    response = client.post(f"/v1/read?format={name}", data=tiff(1 if WRITERS[name].single else 2))
    assert response.status_code == 200 and response.data
    assert response.headers["Inkread-Model"] == "fake/7"
    if name == "txt":
        assert response.text == "Hello World\n\fHello World\n"


def test_timing_is_told_when_asked_for(client: FlaskClient) -> None:
    page = client.post("/v1/read?timing=true", data=LINE_PNG).json["pages"][0]
    assert page["timing"] == {"open": 0.1, "recognise": 0.2}


@pytest.mark.parametrize(
    "where", ["/v1/read?stream=ndjson", "/v1/read"], ids=["asked by query", "asked by header"]
)
@pytest.mark.parametrize("content", [tiff(3), pdf(3)], ids=["tiff", "pdf"])
def test_pages_as_they_are_read(client: FlaskClient, where: str, content: bytes) -> None:
    response = client.post(where, data=content, headers={"Accept": "application/x-ndjson"})
    assert response.mimetype == "application/x-ndjson"
    events = [json.loads(line) for line in response.text.splitlines()]
    assert [event["event"] for event in events] == ["start", "page", "page", "page", "end"]
    assert [(event["done"], event["page"]["number"]) for event in events[1:4]] == [(1, 1), (2, 2), (3, 3)]
    assert all(event["pages"] == 3 for event in events)
    assert events[0]["model"] == events[-1]["model"] == {"name": "fake", "version": "7"}


def test_server_sent_events(client: FlaskClient) -> None:
    response = client.post("/v1/read?stream=sse", data=LINE_PNG)
    assert response.mimetype == "text/event-stream" and response.headers["Cache-Control"] == "no-store"
    blocks = response.text.strip().split("\n\n")
    assert [block.splitlines()[0] for block in blocks] == ["event: start", "event: page", "event: end"]
    assert json.loads(blocks[1].splitlines()[1].removeprefix("data: "))["page"]["text"] == "Hello World"


def test_each_page_goes_out_before_the_next_is_read(fake: FakeReader) -> None:
    app = make_app(fake)
    fake.go_on.clear()
    response = app.test_client().post("/v1/read?stream=ndjson", data=tiff(2))
    lines = iter(response.response)
    assert json.loads(next(lines))["event"] == "start"
    fake.go_on.set()
    assert json.loads(next(lines))["done"] == 1
    assert len(fake.as_line) == 1
    response.close()


def test_a_stream_that_breaks_off_ends_in_a_problem(client: FlaskClient, fake: FakeReader) -> None:
    broken = bytearray(tiff(2))
    with Image.open(io.BytesIO(bytes(broken))) as image:
        image.seek(1)
        strip = image.tag_v2[273][0]
    del broken[strip + 10 : strip + 20]
    events = [
        json.loads(line)
        for line in client.post("/v1/read?stream=ndjson", data=bytes(broken)).text.splitlines()
    ]
    if events[0]["event"] == "start":
        assert events[-1]["event"] in ("problem", "end")
    fake.text = RuntimeError("secret of the image")
    response = client.post("/v1/read?stream=ndjson", data=LINE_PNG)
    *_, last = [json.loads(line) for line in response.text.splitlines()]
    assert last["event"] == "problem" and last["problem"]["status"] == 500
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "content",
    [b"Dear diary", b"\x89PNG\r\n\x1a\nx", LINE_PNG[:-40], locked_pdf(), b"%PDF-1.7 and no more"],
    ids=["text", "head only", "cut short", "locked", "broken pdf"],
)
@pytest.mark.parametrize("query", ["", "?stream=ndjson"])
def test_what_cannot_be_opened(client: FlaskClient, content: bytes, query: str) -> None:
    response = client.post(f"/v1/read{query}", data=content)
    if query and response.status_code == 200:  # the fault shows when the pixels are decoded
        last = json.loads(response.text.splitlines()[-1])
        assert last["event"] == "problem" and last["problem"]["type"] == "/problems#unreadable"
        return
    assert response.status_code == 422 and response.json["type"] == "/problems#unreadable"
    assert response.json["detail"].endswith(".")


@pytest.mark.parametrize(
    "query", ["mode=book", "format=docx", "stream=morse", "timing=perhaps", "mode=", "mode=page&format=x"]
)
def test_options_that_are_not_understood(client: FlaskClient, query: str) -> None:
    response = client.post(f"/v1/read?{query}", data=LINE_PNG)
    assert response.status_code == 400 and response.json["type"] == "/problems#bad-request"
    assert any(name in response.json["detail"] for name in ("mode", "format", "stream", "timing"))


def test_fields_that_are_not_understood(client: FlaskClient) -> None:
    form = {"file": (io.BytesIO(LINE_PNG), "a.png"), "mode": "book"}
    response = client.post("/v1/read", data=form)
    assert response.status_code == 400 and "mode" in response.json["detail"]


def test_requests_without_an_image(client: FlaskClient) -> None:
    for sent in (
        {"data": b""},
        {"data": {"mode": "page"}},
        {"data": {"file": (io.BytesIO(b""), "empty.png")}},
    ):
        response = client.post("/v1/read", **sent)
        assert response.status_code in (400, 422), sent
    response = client.post("/v1/read", data={"photo": (io.BytesIO(LINE_PNG), "a.png")})
    assert response.status_code == 400 and "file" in response.json["detail"]
    response = client.post("/v1/read", data=b"--x\r\nrubbish", content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    response = client.post("/v1/read", data=b"rubbish", content_type="multipart/form-data")
    assert response.status_code == 400


def test_limits(fake: FakeReader) -> None:
    client = client_of(make_app(fake, settings(max_bytes=len(LINE_PNG), max_pages=2, max_pixels=60_000)))
    assert client.post("/v1/read", data=LINE_PNG).status_code == 200
    large = client.post("/v1/read", data=LINE_PNG + b"x")
    assert large.status_code == 413 and large.json["type"] == "/problems#too-large"
    client = client_of(make_app(fake, settings(max_pages=2)))
    for query in ("", "?stream=sse"):
        assert client.post(f"/v1/read{query}", data=tiff(2)).status_code == 200
        assert "split it" in client.post(f"/v1/read{query}", data=tiff(3)).json["detail"]
        assert "split it" in client.post(f"/v1/read{query}", data=pdf(3)).json["detail"]
    client = client_of(make_app(fake, settings(max_pixels=100)))
    assert "scale it down" in client.post("/v1/read", data=LINE_PNG).json["detail"]


def test_a_reading_that_takes_too_long(fake: FakeReader) -> None:
    client = client_of(make_app(fake, settings(seconds=0.001)))
    response = client.post("/v1/read", data=tiff(3))
    assert response.status_code == 503 and response.json["type"] == "/problems#too-slow"


def test_a_reader_whose_model_is_missing() -> None:
    def broken() -> Reader:
        raise BundleError("The model file is missing; install inkread again.")

    app = make_app(None)
    app.service._make_reader = broken
    response = client_of(app).post("/v1/read", data=LINE_PNG)
    assert response.status_code == 503 and response.json["type"] == "/problems#unavailable"
