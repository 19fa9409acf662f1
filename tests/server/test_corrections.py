"""``/v1/corrections``: pairs that ``inkread data check`` and ``pack`` take, and nobody else's doing."""

from __future__ import annotations

import importlib
import io
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from PIL import Image

from inkread.cli import main
from inkread.datasets.check import check_folder
from inkread.datasets.ground_truth import find_ground_truth, read_ground_truth
from inkread.datasets.ground_truth_lines import GroundTruthLines
from inkread.errors import ConfigError
from inkread.server.settings import Settings
from tests.pictures import encoded
from tests.server.conftest import LINE_PNG, FakeReader, client_of, make_app, settings
from tests.server.documents import PAGE, PNG, document, form


@pytest.fixture
def collecting(fake: FakeReader, tmp_path: Path) -> FlaskClient:
    return client_of(make_app(fake, settings(collect=tmp_path)))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def edited() -> dict[str, Any]:
    sent = document()
    sent["pages"][0]["regions"][0]["lines"][0]["text"] = "Dear Mrs Margaret,"
    return sent


def test_what_is_kept_can_be_checked_and_packed(collecting: FlaskClient, tmp_path: Path) -> None:
    answer = collecting.post("/v1/corrections", data=form(edited()))
    assert answer.status_code == 200, answer.text
    name = answer.json["saved"]
    assert answer.json == {"saved": name, "pages": [name], "left_out": 0}
    assert files(tmp_path) == [f"{name}.jpg", f"{name}.xml"]

    checked = check_folder(tmp_path)
    assert checked.examples == 3 and not checked.faults, list(map(str, checked.faults))
    (page,) = map(read_ground_truth, find_ground_truth(tmp_path))
    assert page.image == tmp_path / f"{name}.jpg" and (page.width, page.height) == PAGE.size
    lines = GroundTruthLines(tmp_path)
    assert [lines.sample(n).text for n in range(len(lines))] == [
        "Dear Mrs Margaret,",
        "thank you for the letter",
        "that came on Monday.",
    ]
    assert lines.sample(0).image.min() < 90  # there is ink


def test_the_same_page_again_takes_the_place_of_the_former(collecting: FlaskClient, tmp_path: Path) -> None:
    first = collecting.post("/v1/corrections", data=form(document())).json["saved"]
    assert collecting.post("/v1/corrections", data=form(edited())).json["saved"] == first
    assert len(files(tmp_path)) == 2
    assert "Dear Mrs Margaret," in (tmp_path / f"{first}.xml").read_text()
    other = encoded(PAGE.rotate(180))
    assert collecting.post("/v1/corrections", data=form(document(), other)).json["saved"] != first
    assert len(files(tmp_path)) == 4 and not check_folder(tmp_path).faults


def test_pages_of_a_document(collecting: FlaskClient, tmp_path: Path) -> None:
    both = encoded(PAGE, "TIFF", save_all=True, append_images=[PAGE.rotate(180)])
    names = collecting.post("/v1/corrections", data=form(document(1, 2), both)).json["pages"]
    assert len(set(names)) == 2 and len(files(tmp_path)) == 4 and not check_folder(tmp_path).faults


def test_nothing_but_pixels_and_text_is_kept(collecting: FlaskClient, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x0112] = 3
    sent = encoded(PAGE.rotate(180), "JPEG", exif=exif.tobytes(), comment=b"secret") + b"<script>"
    name = collecting.post("/v1/corrections", data=form(document(), sent)).json["saved"]
    image = (tmp_path / f"{name}.jpg").read_bytes()
    assert not any(word in image for word in (b"home", b"secret", b"script"))
    assert "letter.png" not in (tmp_path / f"{name}.xml").read_text()
    assert Image.open(io.BytesIO(image)).getpixel((5, 5)) > (200, 200, 200)
    assert not check_folder(tmp_path).faults


def test_lines_that_teach_nothing_are_left_out(collecting: FlaskClient, tmp_path: Path) -> None:
    sent = document()
    first, second, _ = sent["pages"][0]["regions"][0]["lines"]
    first["text"], second["polygon"] = "", [[5, 5], [9, 9], [7, 7]]
    assert collecting.post("/v1/corrections", data=form(sent)).status_code == 200
    assert len(GroundTruthLines(tmp_path)) == check_folder(tmp_path).examples == 1
    for line in sent["pages"][0]["regions"][0]["lines"]:
        line["text"] = ""
    refused = collecting.post("/v1/corrections", data=form(sent))
    assert refused.status_code == 400 and "nothing to keep" in refused.json["detail"]


def test_signs_that_mark_crossed_out_words_elsewhere_are_text_here(
    collecting: FlaskClient, tmp_path: Path
) -> None:
    sent = document()
    first, second, _ = sent["pages"][0]["regions"][0]["lines"]
    first["text"], second["text"] = "a > b < c", "5 >b< 4"
    assert collecting.post("/v1/corrections", data=form(sent)).json["left_out"] == 0
    lines = GroundTruthLines(tmp_path)
    assert [lines.sample(n).text for n in range(len(lines))][:2] == ["a > b < c", "5 >b< 4"]
    assert check_folder(tmp_path).left_out == 0


def test_lines_that_the_reader_cannot_write_are_left_out_and_told(
    collecting: FlaskClient, tmp_path: Path
) -> None:
    sent = document(1, 2)
    first, second, third = sent["pages"][0]["regions"][0]["lines"]
    first["text"], second["text"] = "Дорогая Маргарита", "l\u2019e\u0301te\u0301\u00a0! c\u0153ur"
    for line in sent["pages"][1]["regions"][0]["lines"]:
        line["text"] = "你好"
    both = encoded(PAGE, "TIFF", save_all=True, append_images=[PAGE.rotate(180)])
    answer = collecting.post("/v1/corrections", data=form(sent, both))
    assert answer.status_code == 200 and answer.json["left_out"] == 4 and len(answer.json["pages"]) == 1
    checked = check_folder(tmp_path)
    assert checked.examples == 2 and not checked.faults, list(map(str, checked.faults))
    third["text"] = second["text"] = "Ж"
    answer = collecting.post("/v1/corrections", data=form(sent, both))
    assert answer.status_code == 400 and "nothing to keep" in answer.json["detail"]


def test_no_page_is_kept_unless_all_can_be(collecting: FlaskClient, tmp_path: Path) -> None:
    smaller = PAGE.resize((450, 235))
    both = encoded(PAGE, "TIFF", save_all=True, append_images=[smaller])
    for sent, status in ((document(1, 2), 400), (document(1, 3), 422), (document(1, 1), 400)):
        assert collecting.post("/v1/corrections", data=form(sent, both)).status_code == status
        assert files(tmp_path) == []


def test_what_a_dead_worker_left_is_removed(collecting: FlaskClient, tmp_path: Path) -> None:
    stale = tmp_path / f".{'0a' * 12}-0001.jpg.part"
    stale.write_bytes(b"half an image")
    (tmp_path / ".mine.part").write_bytes(b"another's")
    assert collecting.post("/v1/corrections", data=form(document())).status_code == 200
    assert not stale.exists() and (tmp_path / ".mine.part").exists()


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("127.8.9.1:8000", 200),
        ("[::1]:8000", 200),
        ("10.1.2.3:8000", 200),  # where it listens
        ("Notes.example", 200),  # named
        ("evil.example:8000", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("10.1.2.4", 403),
        ("[::2]", 403),
    ],
)
def test_a_strangers_name_for_this_computer(fake: FakeReader, tmp_path: Path, host: str, status: int) -> None:
    hosts = ("10.1.2.3", "notes.example")
    client = client_of(make_app(fake, settings(collect=tmp_path, collect_hosts=hosts)))
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/v1/corrections", data=form(document()), headers=headers)
    assert answer.status_code == status, answer.text
    assert (len(files(tmp_path)) > 0) == (status == 200)
    if status == 403:
        assert answer.json["type"] == "/problems#unknown-host" and "--collect-host" in answer.json["detail"]


def test_names_are_given_by_option_and_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[Settings] = []
    monkeypatch.setattr(
        importlib.import_module("inkread.server.run"), "serve", lambda given, *_: served.append(given)
    )
    options = ["serve", "--host", "10.1.2.3", "--collect", str(tmp_path)]
    named = ["--collect-host", "a.example", "--collect-host", "b.example"]
    for more, environment in ((named, {}), ([], {"INKREAD_COLLECT_HOST": "a.example b.example"})):
        assert CliRunner().invoke(main, [*options, *more], env=environment).exit_code == 0
    assert [one.collect_hosts for one in served] == [("10.1.2.3", "a.example", "b.example")] * 2


def test_what_does_not_belong_together(collecting: FlaskClient, tmp_path: Path) -> None:
    for sent, status in (
        (form(document(), LINE_PNG), 400),  # another image
        (form(document(), b"Dear diary"), 422),
        (form(document(2)), 422),
        (form({"pages": []}), 400),
        ({"document": json.dumps(document())}, 400),
        ({"file": (io.BytesIO(PNG), "a.png")}, 400),
    ):
        answer = collecting.post("/v1/corrections", data=sent, content_type="multipart/form-data")
        assert answer.status_code == status, answer.text
        assert answer.json["detail"].endswith(".")
    assert collecting.post("/v1/corrections", json=document()).status_code == 400
    assert files(tmp_path) == []


def test_nothing_is_kept_unless_asked_for(client: FlaskClient) -> None:
    answer = client.post("/v1/corrections", data=form(document()))
    assert answer.status_code == 404 and answer.json["type"] == "/problems#not-collecting"
    assert "--collect" in answer.json["detail"] and client.get("/v1/models").json["collect"] is False


def test_a_page_is_told_that_corrections_are_kept(collecting: FlaskClient) -> None:
    assert collecting.get("/v1/models").json["collect"] is True


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),  # no browser
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://notes.example", "Sec-Fetch-Site": "cross-site"}, 200),  # named by --cors
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "*"}, 403),
    ],
)
def test_pages_of_other_sites_write_nothing(
    fake: FakeReader, tmp_path: Path, headers: dict[str, str], status: int
) -> None:
    client = client_of(make_app(fake, settings(collect=tmp_path, cors=("*", "https://notes.example"))))
    answer = client.post("/v1/corrections", data=form(document()), headers=headers)
    assert answer.status_code == status and (len(files(tmp_path)) > 0) == (status == 200)
    if status == 403:
        assert answer.json["type"] == "/problems#foreign-page"


def test_the_folder_has_a_limit(fake: FakeReader, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_bytes(b"x" * 50_000)
    client = client_of(make_app(fake, settings(collect=tmp_path, collect_bytes=200_000)))
    assert client.post("/v1/corrections", data=form(document())).status_code == 200
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    answers = [
        client.post("/v1/corrections", data=form(document(), encoded(PAGE, "BMP") + b"x" * n))
        for n in range(6)
    ]
    assert answers[-1].status_code == 507 and answers[-1].json["type"] == "/problems#full"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 200_000
    assert all(path.read_bytes() == content for path, content in before.items())
    assert client.post("/v1/corrections", data=form(edited())).status_code == 200  # in the former's place


def test_a_folder_that_cannot_be_written_to(
    fake: FakeReader, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    client = client_of(make_app(fake, settings(collect=folder)))
    folder.rmdir()
    with caplog.at_level(logging.INFO, "inkread.server"):
        answer = client.post("/v1/corrections", data=form(document()))
    assert answer.status_code == 507 and "rights" in answer.json["detail"]
    assert str(tmp_path) not in answer.text and "Margaret" not in caplog.text
    with pytest.raises(ConfigError, match="make it first"):
        Settings(collect=folder)


def test_many_at_once(collecting: FlaskClient, tmp_path: Path) -> None:
    app = collecting.application
    with ThreadPoolExecutor(4) as pool:
        sent = [form(document(), PNG + bytes(n % 2)) for n in range(8)]
        codes = list(
            pool.map(lambda data: client_of(app).post("/v1/corrections", data=data).status_code, sent)
        )
    assert codes == [200] * 8 and len(files(tmp_path)) == 4
    assert not list(tmp_path.glob(".*.part"))
