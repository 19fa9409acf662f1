"""One HTTP exchange with one checked address, within a deadline that no slow drip can stretch.

The connection goes to the address given; the name is only what the request and the
certificate speak of.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from inkread.server.gate import Deadline

Connector: TypeAlias = Callable[[str, int, float], Any]
"""(address, port, seconds) -> a connected socket, or what behaves like one."""


def system_connector(address: str, port: int, seconds: float) -> socket.socket:
    """Connect to an address given as a number; no name is looked up."""
    return socket.create_connection((address, port), timeout=seconds)


class Connection(http.client.HTTPConnection):
    """An HTTP(S) connection to one of ``addresses`` on behalf of ``host``.

    Args:
        secure: speak TLS, with a certificate for ``host``.
        addresses: the numbers to connect to, the next one where one does not answer.
        deadline: for everything together.
        connect: opens the socket.
    """

    def __init__(
        self,
        secure: bool,
        host: str,
        port: int,
        addresses: Sequence[str],
        deadline: Deadline,
        connect: Connector,
    ) -> None:
        super().__init__(host, port)
        self.default_port = 443 if secure else 80  # what the Host header may leave out
        self._secure = secure
        self._addresses = addresses
        self._deadline = deadline
        self._connect = connect

    def connect(self) -> None:
        """Open the connection; ``OSError`` where that fails or takes too long."""
        raw = self._first_that_answers()
        if self._secure:
            raw.settimeout(self._time())
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=self.host)
        self.sock = _TimedSocket(raw, self._time)

    def _first_that_answers(self) -> Any:
        for address in self._addresses[:-1]:
            with contextlib.suppress(OSError):
                return self._connect(address, self.port, self._time() / 2)
        return self._connect(self._addresses[-1], self.port, self._time())

    def _time(self) -> float:
        left = self._deadline.left()
        if not left:
            raise TimeoutError("the deadline has passed")
        return left


class _TimedSocket:
    """What ``http.client`` needs of a socket; every call gets only the time that is left in all."""

    def __init__(self, raw: Any, time: Callable[[], float]) -> None:
        self._raw = raw
        self._time = time

    def sendall(self, content: bytes) -> None:
        self._raw.settimeout(self._time())
        self._raw.sendall(content)

    def makefile(self, mode: str, *_: object) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._raw, self._time))

    def close(self) -> None:
        self._raw.close()


class _TimedReader(io.RawIOBase):
    def __init__(self, raw: Any, time: Callable[[], float]) -> None:
        self._raw = raw
        self._time = time

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._raw.settimeout(self._time())
        return int(self._raw.recv_into(buffer))
