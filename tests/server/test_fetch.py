"""``image_url`` against a net made of strings: every trick ends in a problem, nothing leaves the process."""

from __future__ import annotations

import itertools
import ssl
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from inkread.server import gate, wire
from inkread.server.addresses import Guard
from inkread.server.fetch import MAX_REDIRECTS, Fetcher
from inkread.server.problems import Problem
from tests.server.conftest import LINE_PNG

PUBLIC = "93.184.216.34"
NAMES = {
    "images.example": [PUBLIC],
    "other.example": ["151.101.1.69"],
    "loop.example": ["127.0.0.1"],
    "six.example": ["::1"],
    "meta.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "both.example": [PUBLIC, "10.0.0.1"],
    "xn--bcher-kva.example": [PUBLIC],
}


class Wire:
    """A socket that says what it was told to, piece by piece."""

    def __init__(self, pieces: Iterable[bytes], clock: Clock | None = None, pause: float = 0.0) -> None:
        self._pieces = iter(pieces)
        self._rest = b""
        self._clock, self._pause = clock, pause
        self.sent = b""
        self.timeouts: list[float] = []
        self.closed = False

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0
        self.timeouts.append(seconds)

    def sendall(self, content: bytes) -> None:
        self.sent += content

    def recv_into(self, buffer: Any) -> int:
        if self._clock:
            self._clock.now += self._pause
        self._rest = self._rest or next(self._pieces, b"")
        piece, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self.closed = True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(gate, "time", clock)
    return clock


class Net:
    """A net of wires: one for each connection, and where each went."""

    def __init__(self, *wires: Wire) -> None:
        self.wires = iter(wires)
        self.connected: list[tuple[str, int]] = []
        self.asked: list[str] = []

    def connect(self, address: str, port: int, seconds: float) -> Wire:
        self.connected.append((address, port))
        return next(self.wires)

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        if host not in NAMES:
            raise OSError("no such host")
        return NAMES[host]

    def fetch(self, url: str, max_bytes: int = 1_000_000, allow: tuple[str, ...] = ()) -> bytes:
        return Fetcher(Guard.parse(allow, self.resolve), max_bytes, 10.0, self.connect).fetch(url)


def answer(body: bytes = LINE_PNG, status: str = "200 OK", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def onward(where: str, status: str = "302 Found") -> Wire:
    return Wire([answer(b"", status, Location=where, Content_Length="0")])


def test_an_image_is_fetched_from_the_checked_address() -> None:
    sent = Wire([answer(Content_Length=str(len(LINE_PNG)), Content_Type="text/plain")])
    net = Net(sent)
    assert net.fetch("http://images.example/a b.png?x=1&y=é".replace(" ", "%20")) == LINE_PNG
    assert net.connected == [(PUBLIC, 80)] and net.asked == ["images.example"]
    request = sent.sent.decode()
    assert request.startswith("GET /a%20b.png?x=1&y=%C3%A9 HTTP/1.1\r\n")
    assert "Host: images.example\r\n" in request and "Accept-Encoding: identity" in request
    assert "Cookie" not in request and "Authorization" not in request and sent.closed


def test_international_names_and_bodies_in_chunks() -> None:
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(LINE_PNG), LINE_PNG)
    net = Net(Wire([answer(chunked, Transfer_Encoding="chunked")]))
    assert net.fetch("http://Bücher.example:8080/") == LINE_PNG
    assert net.connected == [(PUBLIC, 8080)]


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "169.254.169.254",
        "10.0.0.1",
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:a00:1]",
        "loop.example",
        "six.example",
        "meta.example",
        "mapped.example",
        "both.example",
        "①②⑦.⓪.⓪.①",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_own_and_private_addresses_are_refused(host: str, scheme: str) -> None:
    net = Net()
    with pytest.raises(Problem) as caught:
        net.fetch(f"{scheme}://{host}/x.png")
    assert caught.value.kind.slug == "address-refused" and net.connected == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://images.example/1",
        "ftp://images.example/x.png",
        "data:image/png;base64,AAAA",
        "//images.example/x.png",
        "/etc/passwd",
        "images.example",
        "http://",
        "http:///x.png",
        "http://user@images.example/x.png",
        "http://user:word@images.example/x.png",
        "http://images.example:99999/x.png",
        "http://images.example:port/x.png",
        "http://images.example:22/x.png",
        "http://[fe80::1%25eth0]/x.png",
        "http://[broken/x.png",
        "http://images.example/a b.png",
        "http://images.example/\r\nX: y",
        "http://" + "a" * 70 + ".example/",
        "http://images.example/" + "a" * 5000,
        "",
    ],
)
def test_what_is_no_public_address_is_refused(url: str) -> None:
    net = Net()
    with pytest.raises(Problem) as caught:
        net.fetch(url)
    assert caught.value.kind.slug == "address-refused" and net.connected == []


def test_redirects_are_followed_and_each_is_checked() -> None:
    net = Net(onward("http://other.example/b.png"), onward("/c.png", "308 Permanent"), Wire([answer()]))
    assert net.fetch("http://images.example/a.png") == LINE_PNG
    assert net.connected == [(PUBLIC, 80), ("151.101.1.69", 80), ("151.101.1.69", 80)]


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1/",
        "//loop.example/x",
        "http://2130706433/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "gopher://images.example/",
        "http://[::1]/",
        "http://user@other.example/",
    ],
)
def test_redirects_to_forbidden_places(where: str) -> None:
    net = Net(onward(where))
    with pytest.raises(Problem) as caught:
        net.fetch("http://images.example/a.png")
    assert caught.value.kind.slug == "address-refused" and len(net.connected) == 1


def test_redirects_without_end() -> None:
    net = Net(*(onward("/again") for _ in range(20)))
    with pytest.raises(Problem, match="too often"):
        net.fetch("http://images.example/")
    assert len(net.connected) == MAX_REDIRECTS + 1


def test_a_name_that_changes_its_answer_gains_nothing() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    net = Net(Wire([answer()]))
    guard = Guard(resolve=lambda host, port: next(answers))
    assert Fetcher(guard, 1_000_000, 10.0, net.connect).fetch("http://images.example/") == LINE_PNG
    assert net.connected == [(PUBLIC, 80)] and next(answers) == ["127.0.0.1"]


def test_the_second_address_is_tried_where_the_first_is_silent() -> None:
    tried: list[str] = []

    def connect(address: str, port: int, seconds: float) -> Wire:
        tried.append(address)
        if ":" in address:
            raise OSError("no route")
        return Wire([answer()])

    guard = Guard(resolve=lambda host, port: ["2606:2800:220:1::1", PUBLIC])
    assert Fetcher(guard, 1_000_000, 10.0, connect).fetch("http://images.example/") == LINE_PNG
    assert tried == ["2606:2800:220:1::1", PUBLIC]


def test_https_speaks_of_the_name_to_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    named: list[str] = []

    class Context:
        def wrap_socket(self, raw: Wire, server_hostname: str) -> Wire:
            named.append(server_hostname)
            return raw

    monkeypatch.setattr(wire.ssl, "create_default_context", Context)
    net = Net(Wire([answer()]))
    assert net.fetch("https://images.example/") == LINE_PNG
    assert net.connected == [(PUBLIC, 443)] and named == ["images.example"]


def test_a_certificate_for_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    class Context:
        def wrap_socket(self, raw: Wire, server_hostname: str) -> Wire:
            raise ssl.SSLCertVerificationError("hostname mismatch")

    monkeypatch.setattr(wire.ssl, "create_default_context", Context)
    with pytest.raises(Problem, match="certificate"):
        Net(Wire([])).fetch("https://images.example/")


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


def test_the_allow_list_opens_a_private_host() -> None:
    net = Net(Wire([answer()]))
    assert net.fetch("http://loop.example:9000/x.png", allow=("loop.example",)) == LINE_PNG
    assert net.connected == [("127.0.0.1", 9000)]
