"""A net made of strings: sockets that say what they are told to, names that resolve as they are told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from inkread.server.addresses import Guard
from inkread.server.fetch import Fetcher
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
