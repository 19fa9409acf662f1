import functools
import hashlib
import http.server
import io
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from inkread.datasets import download
from inkread.datasets.download import checksum, fetch
from inkread.datasets.metadata import Metadata, RawFile
from inkread.errors import DataError
from tests.datasets.raw_set import CONTENT, DIGEST, EITHER, URL, about, archive


def test_what_fails_its_checksum_is_not_kept(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"other")
    with pytest.raises(DataError, match="was expected"):
        fetch(about(), tmp_path / "out", tmp_path / "model.onnx")
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_there_and_right_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(CONTENT)
    said: list[str] = []
    fetch(about(url="https://example.org/model.onnx"), tmp_path, report=said.append)
    assert said == ["model.onnx: already there"]


@pytest.mark.parametrize(("registry", "kind"), [("pip", "wheel"), ("npm", "npm")])
def test_packages_come_through_their_own_client_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: str, kind: str
) -> None:
    commands: list[list[str]] = []

    def run(command: list[str], **settings: Any) -> None:
        commands.append(command)
        option = "--dest" if registry == "pip" else "--pack-destination"
        archive(Path(command[command.index(option) + 1]), kind)

    monkeypatch.setattr(subprocess, "run", run)
    metadata = about(package="pack", registry=registry, version="1.0", member="pack/model.onnx")
    (path,) = fetch(metadata, tmp_path / "out")
    assert path.read_bytes() == CONTENT
    assert commands[0][-1] == ("pack==1.0" if registry == "pip" else "pack@1.0")


def test_a_client_that_fails_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **settings: Any) -> None:
        raise subprocess.CalledProcessError(1, command, stderr="noise\nno such version")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(DataError, match="no such version"):
        fetch(about(package="pack", registry="pip", version="9"), tmp_path)


class Site(http.server.BaseHTTPRequestHandler):
    """Serves ``content``; ``cuts`` lists after how many bytes each answer breaks off."""

    content = CONTENT
    cuts: list[int]
    ranges: bool
    asked: list[str | None]

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        if start >= len(self.content):
            self.send_error(416)
            return
        body = self.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.cuts.pop(0)] if self.cuts else body)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def site() -> Iterator[tuple[type[Site], download.Opener]]:
    """A server on this machine, and an opener that takes https://files.example to it."""
    made = type("Made", (Site,), {"cuts": [], "ranges": True, "asked": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), made)
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.01))
    thread.start()

    def opener(request: urllib.request.Request) -> Any:
        url = request.full_url.replace("https://files.example", f"http://127.0.0.1:{server.server_port}")
        return urllib.request.urlopen(urllib.request.Request(url, headers=dict(request.header_items())))

    yield made, opener
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_download_tells_how_far_it_is(tmp_path: Path, site: tuple[type[Site], download.Opener]) -> None:
    told: list[tuple[str, int, int | None]] = []
    (path,) = fetch(about(url=URL), tmp_path, advance=lambda *how: told.append(how), opener=site[1])
    assert path.read_bytes() == CONTENT
    assert told[0] == ("model.onnx", 0, 700)
    assert told[-1] == ("model.onnx", 700, 700)
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.onnx"]


def test_a_download_that_breaks_off_goes_on_at_once(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    site[0].cuts = [100, 250]
    (path,) = fetch(about(url=URL), tmp_path, opener=site[1])
    assert path.read_bytes() == CONTENT
    assert site[0].asked == [None, "bytes=100-", "bytes=350-"]


def test_a_killed_download_keeps_its_part_and_the_next_run_resumes_it(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    site[0].cuts = [300, 0]  # then nothing more comes
    with pytest.raises(DataError, match=r"cut off after 300 bytes .* run it again to go on"):
        fetch(about(url=URL), tmp_path, opener=site[1])
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.onnx.part"]
    site[0].asked.clear()
    (path,) = fetch(about(url=URL), tmp_path, opener=site[1])
    assert path.read_bytes() == CONTENT
    assert site[0].asked == ["bytes=300-"]


def test_a_part_that_is_whole_already_needs_nothing_more(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    (tmp_path / "model.onnx.part").write_bytes(CONTENT)
    (path,) = fetch(about(url=URL), tmp_path, opener=site[1])
    assert path.read_bytes() == CONTENT


def test_a_server_that_knows_no_ranges_is_read_from_the_start(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    site[0].ranges = False
    (tmp_path / "model.onnx.part").write_bytes(b"x" * 50)
    (path,) = fetch(about(url=URL), tmp_path, opener=site[1])
    assert path.read_bytes() == CONTENT


def test_a_download_with_a_wrong_checksum_leaves_nothing(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    site[0].content = CONTENT[:-1] + b"?"
    with pytest.raises(DataError, match=r"SHA-256 .* was deleted"):
        fetch(about(url=URL), tmp_path, opener=site[1])
    assert list(tmp_path.iterdir()) == []


def test_a_file_may_be_known_by_its_md5(tmp_path: Path, site: tuple[type[Site], download.Opener]) -> None:
    file = RawFile("model.onnx", md5=hashlib.md5(CONTENT).hexdigest(), url=URL)
    (path,) = fetch(replace(about(), files=(file,)), tmp_path, opener=site[1])
    assert checksum(path, "md5") == file.md5
    path.unlink()
    site[0].content = b"other"
    with pytest.raises(DataError, match=r"MD5 .* was deleted"):
        fetch(replace(about(), files=(file,)), tmp_path, opener=site[1])


def test_of_files_of_which_one_suffices_the_first_that_is_right_is_had(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    said: list[str] = []
    (path,) = fetch(EITHER, tmp_path, opener=site[1])
    assert path.name == "model.onnx"
    assert fetch(EITHER, tmp_path, report=said.append) == [path]
    assert said == ["model.onnx: already there"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.onnx"]


def test_no_redirection_leaves_https() -> None:
    handler = download._HttpsOnly()
    request = urllib.request.Request(URL)
    follow = functools.partial(handler.redirect_request, request, io.BytesIO(), 302, "Found", Message())
    assert follow("https://elsewhere.example/a") is not None
    with pytest.raises(urllib.error.URLError, match="not https"):
        follow("http://elsewhere.example/a")


def test_a_network_that_is_not_there_is_told(tmp_path: Path) -> None:
    def opener(request: urllib.request.Request) -> Any:
        raise urllib.error.URLError("no route")

    with pytest.raises(DataError, match=r"no route.*check the network, or use --from"):
        fetch(about(url=URL), tmp_path, opener=opener)


def test_only_https_is_fetched_and_the_rest_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not https"):
        fetch(about(url="file:///etc/passwd"), tmp_path)
    with pytest.raises(DataError, match="--from"):
        fetch(about(), tmp_path)
    with pytest.raises(DataError, match="ask them"):
        fetch(Metadata("set", "A set", "MIT", by_hand="ask them."), tmp_path)


KILLED = """
import sys, urllib.request
from inkread.datasets.download import fetch
from inkread.datasets.metadata import Metadata, RawFile

folder, url, digest = sys.argv[1:]
file = RawFile("model.onnx", sha256=digest, url="https://files.example/model.onnx")
about = Metadata("set", "A set", "MIT", files=(file,))
fetch(about, folder, opener=lambda request: urllib.request.urlopen(url))
"""


def test_a_download_that_is_killed_leaves_no_file_under_its_name(
    tmp_path: Path, site: tuple[type[Site], download.Opener]
) -> None:
    class Slow(site[0]):  # type: ignore[misc, name-defined]
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[:300])
            started.set()
            killed.wait(10)

    started, killed = threading.Event(), threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.01))
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path), url, DIGEST])
        assert started.wait(10)
        process.kill()
        process.wait()
        killed.set()
        server.shutdown()
        thread.join()
    assert not (tmp_path / "model.onnx").exists()
    (path,) = fetch(about(url=URL), tmp_path, opener=site[1])
    assert path.read_bytes() == CONTENT
    assert [entry.name for entry in tmp_path.iterdir()] == ["model.onnx"]
