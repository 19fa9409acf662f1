"""Which addresses of the net an image may be fetched from: public ones, and those on the allow list.

A name is looked up once, every address it has must pass, and what is connected to is the
address that passed, so a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from inkread.errors import ConfigError
from inkread.server.problems import Problem

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver: TypeAlias = Callable[[str, int], list[str]]
"""(host, port) -> addresses as text; raises OSError where the name is not known."""

PORTS = frozenset({80, 443, 8080, 8443})

_SIX_TO_FOUR = ipaddress.ip_network("2002::/16")
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")
_NOT_PUBLIC = (
    ipaddress.ip_network("168.63.129.16/32"),  # a cloud's own service behind a public number
    ipaddress.ip_network("192.88.99.0/24"),  # relays into 6to4
    ipaddress.ip_network("fec0::/10"),
)


def system_resolver(host: str, port: int) -> list[str]:
    """Ask the system for the addresses of ``host``."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Whether an address is reachable by anyone, an IPv4 address wrapped into it included."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
    if address.is_multicast or address.is_unspecified or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that packets to ``address`` may end at, or None."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.teredo is not None:
        return ipaddress.IPv4Address(0)  # tunnels are for no one
    number = int(address)
    if address in _SIX_TO_FOUR:
        return ipaddress.IPv4Address(number >> 80 & 0xFFFFFFFF)
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        return ipaddress.IPv4Address(number & 0xFFFFFFFF)
    return None


@dataclass(frozen=True, slots=True)
class Guard:
    """Turns a host into the addresses that may be connected to.

    Args:
        allowed: hosts, addresses and networks that need not be public; see ``parse``.
        resolve: looks names up.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    resolve: Resolver = system_resolver

    @classmethod
    def parse(cls, allowed: Iterable[str], resolve: Resolver = system_resolver) -> Guard:
        """Make a guard of an allow list such as ``("files.example", "10.1.0.0/16")``.

        Raises:
            ConfigError: an entry that is neither a host's name nor an address or network.
        """
        hosts, networks = set(), []
        for entry in allowed:
            try:
                networks.append(ipaddress.ip_network(entry))
            except ValueError:
                if "/" in entry or ":" in entry or not entry.strip("."):
                    raise ConfigError(
                        f"{entry!r} is no host or network; write files.example or 10.1.0.0/16."
                    ) from None
                hosts.add(entry.lower().rstrip("."))
        return cls(frozenset(hosts), tuple(networks), resolve)

    def addresses(self, host: str, port: int) -> list[Address]:
        """Return the addresses of ``host``, all of them checked.

        Raises:
            Problem: ``address-refused``, one of them is not public, or the port is none of the web's;
                ``fetch-failed``, there is no such host.
        """
        listed = host.lower().rstrip(".") in self.hosts
        found = self._look_up(host, port)
        for address in found:
            if not (listed or self._in_networks(address)):
                if not is_public(address):
                    raise Problem("address-refused", "This address is not public; send the image itself.")
                if port not in PORTS:
                    raise Problem("address-refused", f"Images are not fetched from port {port}; use 443.")
        return found

    def _in_networks(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def _look_up(self, host: str, port: int) -> list[Address]:
        number = as_number(host)
        if number is not None:
            return [number]
        try:
            texts = self.resolve(host, port)
        except (OSError, UnicodeError):
            texts = []
        if not texts:
            raise Problem("fetch-failed", "There is no host of this name; check the address.")
        try:
            return [ipaddress.ip_address(text) for text in texts]
        except ValueError:
            raise Problem("address-refused") from None


def as_number(host: str) -> Address | None:
    """Read a host written as an address, decimal, octal, hexadecimal and shortened forms included."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host)) if host[:1].isdigit() else None
    except (OSError, ValueError):
        return None
