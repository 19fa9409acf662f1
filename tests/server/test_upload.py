"""Bodies: what arrives too slowly is cut off, what arrives stays in memory."""

from __future__ import annotations

import base64
import io
import socket

import pytest
from flask.testing import FlaskClient

from inkread.server.problems import Problem
from inkread.server.upload import InMemoryRequest, _cut_off, of_data_url
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings


def test_a_body_that_drips_is_cut_off() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with _cut_off(ours, 0.01):
            ours.settimeout(20)
            assert ours.recv(1) == b""  # as if the client had gone
        theirs.settimeout(20)
        ours.sendall(b"408")  # there is still a way to answer
        assert theirs.recv(3) == b"408"


def test_a_body_in_time_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with _cut_off(ours, 30):
            theirs.sendall(b"x")
        assert ours.recv(1) == b"x"


@pytest.mark.parametrize("ended", [False, True], ids=["by the client", "by the server"])
@pytest.mark.parametrize("kind", ["image/png", "application/json", "multipart/form-data; boundary=x"])
def test_a_body_cut_short_is_no_server_error(client: FlaskClient, kind: str, ended: bool) -> None:
    environ = {"wsgi.input": io.BytesIO(b"--x\r\n"), "CONTENT_LENGTH": "9999", "CONTENT_TYPE": kind}
    environ |= {"wsgi.input_terminated": True} if ended else {}
    response = client.post("/v1/read", environ_overrides=environ)
    assert response.status_code == 400 and response.json["type"].startswith("/problems#")


def test_a_body_without_a_length_is_limited_too(fake: FakeReader) -> None:
    client = client_of(make_app(fake, settings(max_bytes=1000)))
    environ = {
        "wsgi.input_terminated": True,
        "wsgi.input": io.BytesIO(b"x" * 5000),
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_TYPE": "image/png",
    }
    assert client.post("/v1/read", environ_overrides=environ).status_code == 413


def test_uploads_do_not_touch_the_disk() -> None:
    stream = InMemoryRequest({})._get_file_stream(10**9, "image/png", "a.png", None)
    assert isinstance(stream, io.BytesIO)


def test_data_urls() -> None:
    text = base64.b64encode(LINE_PNG).decode()
    wrapped = "\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    for head in ("data:image/png;base64,", "data:;base64,", "data:image/svg+xml;charset=utf-8;base64,"):
        assert of_data_url(head + text) == of_data_url(head + wrapped) == LINE_PNG
    for wrong in (
        "",
        text,
        "data:image/png," + text,
        "data:text/html;base64," + text,
        "data:image/png;base64,=A",
    ):
        with pytest.raises(Problem):
            of_data_url(wrong)
