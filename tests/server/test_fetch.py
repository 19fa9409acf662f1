"""``image_url`` against a net made of strings: where it goes, and where no trick makes it go."""

from __future__ import annotations

import ssl

import pytest

from inkread.server import wire
from inkread.server.addresses import Guard
from inkread.server.fetch import MAX_REDIRECTS, Fetcher
from inkread.server.problems import Problem
from tests.server.conftest import LINE_PNG
from tests.server.net import PUBLIC, Net, Wire, answer, onward


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


def test_a_redirect_to_no_address() -> None:
    net = Net(onward("http://[x"))
    with pytest.raises(Problem) as caught:
        net.fetch("http://images.example/a.png")
    assert caught.value.kind.slug == "fetch-failed"


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


def test_the_allow_list_opens_a_private_host() -> None:
    net = Net(Wire([answer()]))
    assert net.fetch("http://loop.example:9000/x.png", allow=("loop.example",)) == LINE_PNG
    assert net.connected == [("127.0.0.1", 9000)]
