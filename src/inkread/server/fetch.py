"""``image_url``: fetch an image for a client without becoming his way into our own network."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from inkread import __version__
from inkread.server.addresses import Address, Guard
from inkread.server.gate import Deadline
from inkread.server.problems import Problem
from inkread.server.wire import Connection, Connector, system_connector

MAX_URL = 4096
MAX_REDIRECTS = 4

_REDIRECTS = (301, 302, 303, 307, 308)
_CHUNK = 64 * 1024
_HEAD = 1024
_MAGIC = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"RIFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    *(b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51", b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"),
)
_HEADERS = {
    "User-Agent": f"inkread/{__version__}",
    "Accept": "image/*, application/pdf",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Fetches images over http and https from public addresses.

    Args:
        guard: says which addresses may be connected to.
        max_bytes: more is refused.
        seconds: for name, connection, redirects and content together.
        connect: opens sockets; tests put their own here.
    """

    guard: Guard
    max_bytes: int
    seconds: float
    connect: Connector = system_connector

    def fetch(self, url: str) -> bytes:
        """Return the content behind ``url``, sniffed to be a picture or a PDF.

        Raises:
            Problem: ``address-refused`` or ``fetch-failed``.
        """
        deadline = Deadline(self.seconds)
        for _ in range(MAX_REDIRECTS + 1):
            target = _Target.parse(url)
            try:
                addresses = self._look_up(target, deadline)
                content, onward = self._exchange(target, [str(address) for address in addresses], deadline)
            except TimeoutError:
                raise Problem("fetch-failed", "The other server is too slow; send the image.") from None
            except ssl.SSLError:
                raise Problem("fetch-failed", "The other server's certificate does not hold.") from None
            except (OSError, http.client.HTTPException, ValueError):
                raise Problem(
                    "fetch-failed", "The other server cannot be reached; check the address."
                ) from None
            if onward is None:
                return _sniffed(content)
            try:
                url = urljoin(url, onward)
            except ValueError:
                raise Problem(
                    "fetch-failed", "The other server sends us on to no address; give the image's own."
                ) from None
        raise Problem("fetch-failed", "The address redirects too often; give the image's own address.")

    def _look_up(self, target: _Target, deadline: Deadline) -> list[Address]:
        """Ask the guard; the system's resolver knows no deadline of its own, so it is asked in a thread."""
        pool = ThreadPoolExecutor(1, "resolve")
        try:
            return pool.submit(self.guard.addresses, target.host, target.port).result(deadline.left())
        finally:
            pool.shutdown(wait=False)

    def _exchange(
        self, target: _Target, addresses: Sequence[str], deadline: Deadline
    ) -> tuple[bytes, str | None]:
        """Return the content, or where to go on."""
        connection = Connection(target.secure, target.host, target.port, addresses, deadline, self.connect)
        try:
            connection.request("GET", target.path, headers=_HEADERS)
            response = connection.getresponse()
            if response.status in _REDIRECTS and response.headers.get("Location"):
                return b"", response.headers["Location"]
            if response.status != 200:
                raise Problem(
                    "fetch-failed", f"The other server answers {response.status}; check the address."
                )
            if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
                raise Problem("fetch-failed", "The other server packs the image; send it yourself.")
            return self._body(response), None
        finally:
            connection.close()

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        too_large = Problem("too-large", f"The image is larger than {self.max_bytes:,} bytes; scale it down.")
        if (response.length or 0) > self.max_bytes:
            raise too_large
        content = bytearray()
        while chunk := response.read1(_CHUNK):
            content += chunk
            if len(content) > self.max_bytes:
                raise too_large
        if response.length:
            raise http.client.IncompleteRead(bytes(content), response.length)
        return bytes(content)


class _Target(NamedTuple):
    """An address taken apart."""

    secure: bool
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, url: str) -> _Target:
        """Take ``url`` apart; ``Problem`` where it is none of http or https."""
        if len(url) > MAX_URL or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
            raise Problem("address-refused", "This is no address; it is too long or holds blanks.")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
            host = host if ":" in host else host.encode("idna").decode("ascii")
        except ValueError:  # UnicodeError is one
            raise Problem("address-refused", "This is no address; check it.") from None
        if parts.scheme not in ("http", "https"):
            raise Problem("address-refused", "Only http and https addresses are fetched.")
        if not host or "%" in host:
            raise Problem("address-refused", "The address names no host; check it.")
        if parts.username is not None or parts.password is not None:
            raise Problem("address-refused", "The address holds a user's name; send the image itself.")
        secure = parts.scheme == "https"
        return cls(secure, host, port or (443 if secure else 80), _path(parts))


def _path(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    return path + ("?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]") if parts.query else "")


def _sniffed(content: bytes) -> bytes:
    """Return ``content`` if it begins as a picture or a PDF does, whatever its server calls it."""
    head = content[:_HEAD]
    if not (head.startswith(_MAGIC) or head[4:8] == b"ftyp" or b"%PDF-" in head):
        raise Problem("unreadable", "What lies at this address is no image; give the image's own address.")
    return content
