"""JSON: as the schema describes it, and back to the same page."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from inkread.document import Page
from inkread.errors import InputError
from inkread.writers import WRITERS, PicturedPage
from inkread.writers.json import page_from_dict, page_to_dict, read
from tests.writers.pages import BLANK, MODEL, PAGE, random_page, written
from tests.writers.schema import SCHEMAS

SCHEMA: dict[str, Any] = json.loads((SCHEMAS / "page.schema.json").read_text("utf-8"))


def check(value: Any, schema: dict[str, Any]) -> None:
    """Assert that a value is as the schema says, and holds nothing that it does not describe."""
    if "$ref" in schema:
        return check(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "number": int | float}
    assert isinstance(value, kinds[schema["type"]]) and not isinstance(value, bool), (value, schema)
    assert value == schema.get("const", value)
    if schema["type"] in ("integer", "number"):
        assert schema.get("minimum", value) <= value <= schema.get("maximum", value)
    if schema["type"] == "array":
        assert schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
        for entry in value:
            check(entry, schema["items"])
    if schema["type"] == "object":
        assert set(schema.get("required", ())) <= set(value)
        for name, entry in value.items():
            check(entry, schema.get("properties", {}).get(name) or schema["additionalProperties"])
    return None


def test_what_it_says() -> None:
    content = written("json", PAGE, BLANK)
    document = json.loads(content)
    assert list(document) == ["version", "pages"] and document["version"] == 1
    first, second = document["pages"]
    assert "été".encode() in content and content.endswith(b"\n]}\n")
    assert list(first) == ["source", "number", "width", "height", "model", "language", "text", "regions"]
    line = first["regions"][0]["lines"][0]
    assert line["confidence"] == 0.8765 and line["polygon"][0] == [10.0, 10.0]
    assert line["words"][0]["characters"] == [
        {
            "text": "é",
            "confidence": 0.1235,
            "polygon": [[10.0, 10.0], [90.0, 10.0], [90.0, 30.0], [10.0, 30.0]],
        }
    ]
    assert line["alternatives"] == [{"text": "ete", "confidence": 0.25}]
    assert second["regions"] == [] and second["text"] == ""
    assert json.loads(written("json")) == {"version": 1, "pages": []}


def test_the_schema_describes_it() -> None:
    timed = Page(1, 1, 1, MODEL, timing=(("open", 0.12345678),))
    document = json.loads(written("json", PAGE, BLANK, timed))
    check(document, SCHEMA)
    with pytest.raises(AssertionError):
        check(document | {"version": 2}, SCHEMA)
    document["pages"][0]["regions"][0]["lines"][0]["confidence"] = 1.2
    with pytest.raises(AssertionError):
        check(document, SCHEMA)


def test_another_validator_agrees() -> None:
    validator = pytest.importorskip("jsonschema_rs").validator_for(SCHEMA)
    document = json.loads(written("json", PAGE, BLANK))
    assert validator.is_valid(document)
    del document["pages"][0]["regions"][0]["lines"][0]["baseline"]
    assert not validator.is_valid(document)


def test_the_way_back() -> None:
    timed = Page(3, 40, 30, MODEL, timing=(("open", 0.1234),))
    content = written("json", PAGE, BLANK, timed)
    pages = read(content)
    assert pages[1:] == [BLANK, timed] and written("json", *pages) == content
    assert pages[0].text == PAGE.text and pages[0].lines[0].alternatives == PAGE.lines[0].alternatives
    assert page_from_dict(page_to_dict(PAGE)) == pages[0]


@pytest.mark.parametrize("seed", range(20))
def test_odd_pages_are_as_described_and_come_back(seed: int) -> None:
    content = written("json", random_page(seed))
    check(json.loads(content.decode()), SCHEMA)
    assert b"NaN" not in content and written("json", *read(content)) == content


def test_it_stays_whole_when_reading_breaks_off() -> None:
    def pages():
        yield PicturedPage(PAGE)
        raise RuntimeError

    out = io.BytesIO()
    with pytest.raises(RuntimeError):
        WRITERS["json"].write(pages(), out)
    assert len(json.loads(out.getvalue())["pages"]) == 1


def test_times_stand_only_where_they_were_asked_for() -> None:
    timed = Page(1, 1, 1, MODEL, timing=(("open", 0.12345678),))
    assert json.loads(written("json", timed))["pages"][0]["timing"] == {"open": 0.1235}


def test_members_may_be_missing_or_unknown() -> None:
    record = page_to_dict(BLANK) | {"regions": [{"lines": [{"text": "a", "confidence": 1}]}], "more": 1}
    (line,) = page_from_dict(record).lines
    assert (line.text, line.confidence, line.words, line.polygon) == ("a", 1.0, (), ())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": "100"}, "'width' is missing or no number"),
        ({"model": 1}, "'model' is missing or no object"),
        ({"language": 1}, "'language' is missing or no text"),
        ({"regions": 1}, "'regions' is missing or no list"),
        ({"width": True}, "'width'"),
        ({"height": 0}, "at least 1 pixel"),
        ({"model": None}, "'model'"),
        ({"regions": [1]}, "where an object"),
        ({"regions": [{"lines": [{"text": "a", "confidence": 2}]}]}, "from 0 to 1"),
        ({"regions": [{"lines": [{"text": "a", "confidence": "1"}]}]}, "where a number belongs"),
        ({"regions": [{"lines": [], "polygon": [[1, 2, 3]]}]}, "list of x and y"),
        ({"regions": [{"lines": [], "polygon": [[1, float("nan")]]}]}, "where a number belongs"),
    ],
)
def test_records_at_fault(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        page_from_dict(page_to_dict(PAGE) | change)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"Dear diary", "not JSON"),
        (b"\xff", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "where an object"),
        (b'{"pages": []}', "'version'"),
        (b'{"version": 2, "pages": []}', "reads version 1"),
    ],
)
def test_documents_at_fault(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read(content)
