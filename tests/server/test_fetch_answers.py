"""``image_url`` against answers that are slow, endless, packed or no picture: each ends in a problem."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest

from inkread.server import gate
from inkread.server.addresses import Guard
from inkread.server.fetch import Fetcher
from inkread.server.problems import Problem
from tests.server.net import PUBLIC, Clock, Net, Wire, answer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gate, "time", clock)
    return clock


def drips(head: bytes) -> Iterator[bytes]:
    yield head
    while True:
        yield b"x"


@pytest.mark.parametrize(
    "head",
    [b"HTTP", b"HTTP/1.1 200 OK\r\nX: ", answer(b"\x89PNG\r\n", Content_Length="500000")],
    ids=["status", "header", "body"],
)
def test_a_slow_drip_ends_at_the_deadline(head: bytes, clock: Clock) -> None:
    slow = Wire(drips(head), clock, pause=0.7)
    with pytest.raises(Problem, match="too slow"):
        Net(slow).fetch("http://images.example/")
    assert clock.now < 112 and slow.closed
    assert slow.timeouts == sorted(slow.timeouts, reverse=True) and slow.timeouts[0] <= 10


def test_a_connection_that_takes_too_long() -> None:
    def connect(address: str, port: int, seconds: float) -> Wire:
        raise TimeoutError("timed out")

    guard = Guard(resolve=lambda host, port: [PUBLIC])
    with pytest.raises(Problem, match="too slow"):
        Fetcher(guard, 1_000_000, 10.0, connect).fetch("http://images.example/")


def test_a_resolver_that_takes_too_long() -> None:
    answered = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        answered.wait(20)
        return [PUBLIC]

    with pytest.raises(Problem, match="too slow"):
        Fetcher(Guard(resolve=resolve), 1_000_000, 0.05, Net().connect).fetch("http://images.example/")
    answered.set()


def test_an_endless_body_is_cut() -> None:
    endless = Wire(itertools.chain([answer(b"\xff\xd8\xff")], itertools.repeat(b"x" * 4096)))
    with pytest.raises(Problem, match="larger than 50,000 bytes"):
        Net(endless).fetch("http://images.example/", max_bytes=50_000)
    assert endless.closed


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    with pytest.raises(Problem) as caught:
        Net(Wire([answer(b"", Content_Length="999999999")])).fetch("http://images.example/")
    assert caught.value.kind.status == 413


@pytest.mark.parametrize("packing", ["gzip", "br", "deflate", "gzip, identity"])
def test_packed_bodies_are_refused(packing: str) -> None:
    with pytest.raises(Problem, match="packs"):
        Net(Wire([answer(b"\x1f\x8b", Content_Encoding=packing)])).fetch("http://images.example/")


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"root:x:0:0:root", b"{}", b"<svg xmlns=", b"\x00\x01\x02", b"PK\x03\x04"]
)
def test_what_is_no_picture_is_not_passed_on(content: bytes) -> None:
    sent = answer(content, Content_Type="image/png", Content_Length=str(len(content)))
    with pytest.raises(Problem) as caught:
        Net(Wire([sent])).fetch("http://images.example/")
    assert caught.value.kind.slug == "unreadable" and "root" not in str(caught.value)


@pytest.mark.parametrize(
    "piece",
    [
        answer(status="404 Not Found"),
        answer(status="500 Oh"),
        answer(status="304 Not Modified"),
        b"nonsense\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000,
        answer(b"", "302 Found"),
        answer(b"zz\r\n", Transfer_Encoding="chunked"),
        answer(b"\x89PNG\r\n", Content_Length="50"),
    ],
)
def test_answers_that_are_none(piece: bytes) -> None:
    with pytest.raises(Problem) as caught:
        Net(Wire([piece])).fetch("http://images.example/")
    assert caught.value.kind.slug == "fetch-failed"
