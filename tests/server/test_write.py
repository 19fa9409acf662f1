"""``/v1/write``: a corrected reading in any format, whatever a client makes of it."""

from __future__ import annotations

import gc
import io
import json
import weakref
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO

import numpy as np
import pytest
from flask.testing import FlaskClient

from inkread.errors import ConfigError
from inkread.server import answers, documents
from inkread.writers import WRITERS, PicturedPage, Writer
from tests.pictures import encoded
from tests.server.conftest import LINE_PNG, FakeReader
from tests.server.documents import PAGE, PNG, document, form
from tests.server.test_read import tiff


@pytest.fixture
def edited() -> dict[str, Any]:
    """A document whose first line a person corrected, in its text alone."""
    sent = document()
    sent["pages"][0]["regions"][0]["lines"][0]["text"] = "My dear Margaret,"
    return sent


def test_edits_reach_the_words(client: FlaskClient, edited: dict[str, Any]) -> None:
    answer = client.post("/v1/write?format=json", json=edited)
    assert answer.status_code == 200 and answer.headers["Inkread-Model"] == "fake/7"
    assert answer.headers["Content-Disposition"] == "attachment; filename=text.json"
    (page,) = answer.json["pages"]
    first, *others = page["regions"][0]["lines"]
    before, *kept = edited["pages"][0]["regions"][0]["lines"]
    assert [word["text"] for word in first["words"]] == ["My", "dear", "Margaret,"]
    assert first["words"][2] == before["words"][1] and others == kept
    assert page["text"].splitlines()[0] == "My dear Margaret," and page["model"]["name"] == "fake"


def test_every_way_to_send_it(client: FlaskClient, edited: dict[str, Any]) -> None:
    wanted = client.post("/v1/write?format=txt", json=edited).text
    assert wanted.startswith("My dear Margaret,\nthank you")
    text = json.dumps(edited)
    for sent in (
        {"data": text},
        {"data": form(edited, format="txt")},
        {"data": {"document": (io.BytesIO(text.encode()), "reading.json"), "format": "txt"}},
    ):
        answer = client.post("/v1/write?format=txt", **sent)
        assert answer.text == wanted and answer.content_type == "text/plain; charset=utf-8"
    assert client.post("/v1/write", data=form(edited, format="txt")).text == wanted
    assert client.post("/v1/write", data=form(edited, format="docx")).status_code == 400
    assert client.post("/v1/write?format=docx", json=edited).status_code == 400


@pytest.mark.parametrize("name", list(WRITERS))
def test_every_format(client: FlaskClient, edited: dict[str, Any], name: str) -> None:
    answer = client.post(f"/v1/write?format={name}", data=form(edited))
    assert answer.status_code == 200 and answer.data
    assert answer.headers["Content-Disposition"].endswith(f"text{WRITERS[name].suffix}")


def test_a_long_document_as_a_field(client: FlaskClient, edited: dict[str, Any]) -> None:
    edited["note"] = "x" * 600_000  # more than Flask lets into a field by itself
    assert client.post("/v1/write?format=txt", data=form(edited)).status_code == 200


def test_a_line_without_text_is_gone(client: FlaskClient, edited: dict[str, Any]) -> None:
    for line in edited["pages"][0]["regions"][0]["lines"][1:]:
        line["text"] = " "
    assert client.post("/v1/write?format=txt", json=edited).text == "My dear Margaret,\n"


def stamp(pages: Iterable[PicturedPage], out: BinaryIO) -> None:
    """A format that shows each page's corner."""
    alive: list[weakref.ref[Any]] = []
    for page, image in pages:
        alive.append(weakref.ref(image))
        out.write(f"{page.number} {image.shape} {image[0, 0].tolist()}\n".encode())
        del image
        gc.collect()
        assert sum(reference() is not None for reference in alive) <= 1


@pytest.fixture
def stamped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WRITERS, "txt", Writer("txt", ".txt", "text/plain", stamp, pictured=True))


@pytest.mark.usefixtures("stamped")
def test_formats_that_show_the_image(client: FlaskClient) -> None:
    other = PAGE.transpose(0)
    both = encoded(PAGE, "TIFF", save_all=True, append_images=[other])
    answer = client.post("/v1/write?format=txt", data=form(document(2, 1), both))
    assert answer.text == "2 (470, 900, 3) [235, 235, 230]\n1 (470, 900, 3) [235, 235, 230]\n"
    answer = client.post("/v1/write?format=txt", json=document())
    assert answer.status_code == 400 and answer.json["type"] == "/problems#no-image"
    answer = client.post("/v1/write?format=txt", data=form(document(), LINE_PNG))
    assert answer.status_code == 400 and "send the image that was read" in answer.json["detail"]
    answer = client.post("/v1/write?format=txt", data=form(document(3), both))
    assert answer.status_code == 422 and "page 3" in answer.json["detail"]
    answer = client.post("/v1/write?format=txt", data=form(document(), b"Dear diary"))
    assert answer.status_code == 422


@pytest.mark.usefixtures("stamped")
def test_a_reading_with_its_images(client: FlaskClient) -> None:
    rows = client.post("/v1/read?format=txt", data=tiff(3)).text.splitlines()
    assert [row.split()[0] for row in rows] == ["1", "2", "3"] and "[235, 235, 235]" in rows[0]


def test_an_answer_has_bounds(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MAX_BYTES", 20)
    answer = client.post("/v1/write?format=txt", json=document())
    assert answer.status_code == 413 and "fewer pages" in answer.json["detail"]
    assert client.application.service.gate.longest_turn() == 0


def test_a_format_whose_packages_are_missing(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(pages: Iterable[Any], out: BinaryIO) -> None:
        raise ConfigError("PDF needs reportlab; run: pip install 'inkread[pdf]'.")

    monkeypatch.setitem(WRITERS, "pdf", Writer("pdf", ".pdf", "application/pdf", missing, pictured=True))
    for answer in (
        client.post("/v1/write?format=pdf", data=form(document())),
        client.post("/v1/read?format=pdf", data=LINE_PNG),
    ):
        assert answer.status_code == 503 and "inkread[pdf]" in answer.json["detail"]


def test_formats_of_single_pages(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = WRITERS["txt"]
    single = Writer(plain.name, plain.suffix, plain.mimetype, plain.function, single=True)
    monkeypatch.setitem(WRITERS, "txt", single)
    assert client.post("/v1/write?format=txt", json=document(7)).status_code == 200
    assert client.post("/v1/read?format=txt", data=tiff(1)).status_code == 200
    for answer in (
        client.post("/v1/write?format=txt", json=document(1, 2)),
        client.post("/v1/read?format=txt", data=tiff(2)),
    ):
        assert answer.status_code == 400 and answer.json["type"] == "/problems#bad-request"
        assert "json" in answer.json["detail"] and "one by one" in answer.json["detail"]


Change = Callable[[dict[str, Any]], Any]


def of_line(name: str, value: Any) -> Change:
    return lambda sent: sent["pages"][0]["regions"][0]["lines"][0].update({name: value})


def of_page(name: str, value: Any) -> Change:
    return lambda sent: sent["pages"][0].update({name: value})


@pytest.mark.parametrize(
    "change",
    [
        lambda sent: sent.update(pages=[]),
        lambda sent: sent.update(pages={}),
        lambda sent: sent.update(pages=[7]),
        lambda sent: sent.update(pages=[{}]),
        lambda sent: sent.pop("pages"),
        lambda sent: sent.update(pages=sent["pages"] * 101),
        lambda sent: sent.update(pages=sent["pages"] * 2),
        of_page("regions", [{"lines": []}] * 2001),
        of_line("polygon", [[1, 1]] * 1001),
        of_line("baseline", [[1, 1]] * 1001),
        of_page("width", 0),
        of_page("height", -4),
        of_page("width", 10**12),
        of_page("width", "wide"),
        of_page("number", 0),
        of_page("regions", None),
        of_page("model", []),
        lambda sent: sent.update(version=99),
        of_line("text", 7),
        of_line("text", "x" * 1001),
        of_line("polygon", [[1, 2, 3]]),
        of_line("polygon", [[1, float("nan")], [2, 2], [3, 3]]),
        of_line("polygon", [[1, 1e300], [2, 2], [3, 3]]),
        of_line("polygon", [[1, 10**400], [2, 2], [3, 3]]),
        of_line("polygon", "abc"),
        of_line("baseline", [[float("inf"), 0], [1, 1]]),
        of_line("words", [{"text": "a"}]),
        of_line("confidence", None),
        of_line("confidence", float("nan")),
    ],
)
@pytest.mark.parametrize("name", ["json", "txt"])
def test_documents_that_are_none(client: FlaskClient, change: Change, name: str) -> None:
    sent = document()
    change(sent)
    answer = client.post(f"/v1/write?format={name}", data=json.dumps(sent))
    assert answer.status_code == 400, answer.text
    assert answer.json["type"] == "/problems#bad-request" and answer.json["detail"].endswith(".")


def test_a_page_comes_once(client: FlaskClient) -> None:
    assert client.post("/v1/write?format=txt", json=document(2, 1)).status_code == 200
    answer = client.post("/v1/write?format=txt", json=document(1, 2, 1))
    assert answer.status_code == 400 and "page 1 twice" in answer.json["detail"]


def test_too_much_is_refused_before_anything_is_made_of_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = sum(1 + len(word["text"]) for line in reading_lines() for word in line["words"])
    parts = 1 + len(reading_lines()) + words
    monkeypatch.setattr(documents, "MAX_PARTS", 2 * parts)
    assert client.post("/v1/write?format=txt", json=document(1, 2)).status_code == 200
    monkeypatch.setattr(documents, "MAX_PARTS", 2 * parts - 1)
    monkeypatch.setattr(documents, "page_from_dict", None)
    answer = client.post("/v1/write?format=txt", json=document(1, 2))
    assert answer.status_code == 400 and "in parts" in answer.json["detail"]


def reading_lines() -> list[dict[str, Any]]:
    (region,) = document()["pages"][0]["regions"]
    return list(region["lines"])


@pytest.mark.parametrize("name", list(WRITERS))
def test_characters_that_nobody_sees(client: FlaskClient, name: str) -> None:
    sent = document()
    of_line("text", "Dear\x07 Mar\ud800garet,")(sent)
    of_page("source", "a\0b\ud800")(sent)
    sent["pages"][0]["regions"][0]["lines"][1]["words"][0]["characters"][0]["text"] = "\x1b"
    answer = client.post(f"/v1/write?format={name}", data=form(sent))
    assert answer.status_code == 200, answer.text
    if name == "txt":
        assert answer.text.startswith("Dear Margaret,\n")


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b'"pages"', b"null"])
def test_bodies_that_are_none(client: FlaskClient, sent: bytes) -> None:
    answer = client.post("/v1/write", data=sent)
    assert answer.status_code == 400 and answer.json["type"] == "/problems#bad-request"


def test_forms_that_are_none(client: FlaskClient) -> None:
    answer = client.post("/v1/write", data={"file": (io.BytesIO(PNG), "a.png")})
    assert answer.status_code == 400 and "document" in answer.json["detail"]


@pytest.mark.parametrize("name", list(WRITERS))
def test_bent_documents(client: FlaskClient, fake: FakeReader, name: str) -> None:
    """Whatever stands in a document, no writer breaks on it."""
    chance = np.random.default_rng(7)
    text = json.dumps(document())
    odd = ['"', "{", "]", "-", "9e9", "null", "\\u0000", "true", ",", "\\ud83d", "NaN", "[]", "é"]
    for _ in range(30):
        place, length = int(chance.integers(len(text))), int(chance.integers(12))
        sent = text[:place] + str(chance.choice(odd)) + text[place + length :]
        answer = client.post(f"/v1/write?format={name}", data=form(document()) | {"document": sent})
        assert answer.status_code in (200, 400, 422), (sent[place - 40 : place + 40], answer.text)
