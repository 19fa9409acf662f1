"""Only public addresses pass, however they are written and whatever they are wrapped in."""

from __future__ import annotations

import ipaddress

import pytest

from inkread.errors import ConfigError
from inkread.server.addresses import Guard, as_number, is_public
from inkread.server.problems import Problem

PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.170",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PRIVATE)
def test_addresses_that_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "017700000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.1", "0"],
)
def test_numbers_are_addresses_and_are_not_looked_up(host: str) -> None:
    number = as_number(host)
    assert number is not None and not is_public(number)
    with pytest.raises(Problem, match="not public"):
        Guard(resolve=never).addresses(host, 80)


def test_names_are_no_numbers() -> None:
    assert as_number("example.com") is None and as_number("dead.beef") is None and as_number("1a") is None


def test_every_address_of_a_name_must_be_public() -> None:
    guard = Guard(resolve=lambda host, port: ["93.184.216.34", "127.0.0.1"])
    with pytest.raises(Problem, match="not public"):
        guard.addresses("two-faced.example", 443)
    guard = Guard(resolve=lambda host, port: ["93.184.216.34", "2606:2800:220:1::1"])
    assert [str(address) for address in guard.addresses("fine.example", 443)] == [
        "93.184.216.34",
        "2606:2800:220:1::1",
    ]


@pytest.mark.parametrize("answer", [OSError("no such host"), UnicodeError("label too long"), []])
def test_a_name_that_nobody_knows(answer: object) -> None:
    def resolve(host: str, port: int) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        return []

    with pytest.raises(Problem, match="no host of this name"):
        Guard(resolve=resolve).addresses("nowhere.example", 80)


def test_a_resolver_that_answers_nonsense() -> None:
    with pytest.raises(Problem) as caught:
        Guard(resolve=lambda host, port: ["localhost"]).addresses("odd.example", 80)
    assert caught.value.kind.slug == "address-refused"


def test_only_the_ports_of_the_web() -> None:
    guard = Guard(resolve=lambda host, port: ["8.8.8.8"])
    for port in (22, 25, 6379):
        with pytest.raises(Problem, match=f"port {port}"):
            guard.addresses("public.example", port)
    assert guard.addresses("public.example", 8443)


def test_the_allow_list_names_hosts_and_networks() -> None:
    names = {"files.example": ["10.9.9.9"], "other.example": ["10.9.9.9"], "in.example": ["10.1.2.3"]}
    guard = Guard.parse(
        ["Files.example.", "10.1.0.0/16", "::1"], lambda host, port: names[host.rstrip(".").lower()]
    )
    assert guard.addresses("files.example", 9000) and guard.addresses("FILES.EXAMPLE.", 80)
    assert guard.addresses("in.example", 5000) and guard.addresses("::1", 80)
    for host in ("other.example", "10.2.0.1", "127.0.0.1"):
        with pytest.raises(Problem, match="not public"):
            guard.addresses(host, 80)


@pytest.mark.parametrize("entry", ["10.1.0.0/99", "http://files.example", "", "10.0.0.1/8"])
def test_an_allow_list_that_is_not_understood(entry: str) -> None:
    with pytest.raises(ConfigError, match="no host or network"):
        Guard.parse([entry])


def never(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")
