"""The way back from JSON: the records that ``page_to_dict`` makes, as ``Page`` records."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from inkread.document import Alternative, Character, Line, ModelInfo, Page, Point, Region, Word
from inkread.errors import InputError

VERSION = 1
_KINDS: dict[type, str] = {Mapping: "object", str: "text", int: "number", list: "list", object: "number"}
_Part = TypeVar("_Part")


def read(content: bytes) -> list[Page]:
    """Return the pages of a whole document.

    Raises:
        InputError: it is not JSON, not a document of ours, or of a later version.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is not JSON ({error}); send what format json gives.") from None
    version = _take(document, "version", int)
    if version != VERSION:
        raise InputError(f"This document is of version {version}; inkread here reads version {VERSION}.")
    return _each(document, "pages", page_from_dict)


def page_from_dict(record: Mapping[str, Any]) -> Page:
    """Return the page of one record; members that are not known are passed over.

    ``text`` of a page is made of its lines' and not read; ``timing``, ``alternatives``, ``baseline``,
    ``words``, ``characters`` and ``polygon`` may be missing.

    Raises:
        InputError: a member is missing or of another kind.
    """
    model = _take(record, "model", Mapping)
    width, height = _take(record, "width", int), _take(record, "height", int)
    if width < 1 or height < 1:
        raise InputError("A page's width and height are at least 1 pixel; send what format json gives.")
    return Page(
        _take(record, "number", int),
        width,
        height,
        ModelInfo(_take(model, "name", str), _take(model, "version", str)),
        tuple(_each(record, "regions", _region)),
        _take(record, "language", str),
        _take(record, "source", str),
        tuple((str(stage), _number(value)) for stage, value in _take(record, "timing", Mapping, {}).items()),
    )


def _region(record: Any) -> Region:
    lines = tuple(_each(record, "lines", _line))
    return Region(lines, _take(record, "type", str, "text"), _points(record, "polygon"))


def _line(record: Any) -> Line:
    return Line(
        _take(record, "text", str),
        _confidence(record),
        _points(record, "polygon"),
        _points(record, "baseline"),
        tuple(_each(record, "words", _word, [])),
        tuple(_each(record, "alternatives", _alternative, [])),
    )


def _word(record: Any) -> Word:
    characters = tuple(_each(record, "characters", _character, []))
    return Word(_take(record, "text", str), _confidence(record), _points(record, "polygon"), characters)


def _character(record: Any) -> Character:
    return Character(_take(record, "text", str), _confidence(record), _points(record, "polygon"))


def _alternative(record: Any) -> Alternative:
    return Alternative(_take(record, "text", str), _confidence(record))


def _confidence(record: Any) -> float:
    value = _number(_take(record, "confidence", object))
    if not 0.0 <= value <= 1.0:
        raise InputError(f"A confidence is {value}; it must be from 0 to 1.")
    return value


def _points(record: Any, name: str) -> tuple[Point, ...]:
    return tuple(_each(record, name, _point, []))


def _point(value: Any) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise InputError("A point is not a list of x and y; send what format json gives.")
    return _number(value[0]), _number(value[1])


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e9:
        raise InputError(f"{str(value)[:40]!r} stands where a number belongs; send what format json gives.")
    return float(value)


def _each(record: Any, name: str, read_one: Callable[[Any], _Part], *otherwise: Any) -> list[_Part]:
    return [read_one(part) for part in _take(record, name, list, *otherwise)]


def _take(record: Any, name: str, kind: type, *otherwise: Any) -> Any:
    """Return a member of a record, or what stands for it where it is missing."""
    if not isinstance(record, Mapping):
        raise InputError(
            f"Something else stands where an object with {name!r} belongs; send what json gives."
        )
    if name not in record and otherwise:
        return otherwise[0]
    value = record.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int) or value is None:
        raise InputError(f"The member {name!r} is missing or no {_KINDS[kind]}; send what format json gives.")
    return value
