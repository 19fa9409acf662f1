"""The shapes of requests and answers, for checking and for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import Schema
from apiflask.fields import Boolean, Dict, Float, Integer, List, Nested, String
from apiflask.validators import Length, OneOf, Range
from marshmallow import EXCLUDE, ValidationError

from inkread.server.fetch import MAX_URL
from inkread.server.problems import Problem, faults
from inkread.server.service import MODEL_KINDS, MODES
from inkread.server.streams import MIMETYPES
from inkread.writers import WRITERS
from inkread.writers.json import VERSION

MAX_PAGE = 100_000  # that can be asked for


def _text(description: str, **more: object) -> dict[str, object]:
    return {"description": description, **more}


class ReadOptions(Schema):
    """How to read and what to answer; in the query or, in a form, as fields."""

    mode = String(
        validate=OneOf(MODES),
        metadata=_text("What the image shows: a page, one line, or a lone character.", default="page"),
    )
    format = String(validate=OneOf(tuple(WRITERS)), metadata=_text("Form of the answer.", default="json"))
    stream = String(
        validate=OneOf(tuple(MIMETYPES)),
        metadata=_text("Send each page as soon as it is read; the format is then JSON."),
    )
    timing = Boolean(metadata=_text("Tell the seconds of each stage in the JSON.", default=False))
    reject = Float(
        validate=Range(0.0, 1.0),
        metadata=_text(
            "Lines less sure than this have no text, only alternatives; in texts, `[?]` stands for them.",
            minimum=0,
            maximum=1,
        ),
    )


class WriteOptions(Schema):
    """What to answer; in the query or, in a form, as a field."""

    format = String(validate=OneOf(tuple(WRITERS)), metadata=_text("Form of the answer.", default="json"))


class PictureQuery(Schema):
    """Which page to show."""

    page = Integer(
        validate=Range(1, MAX_PAGE),
        metadata=_text("Page of a TIFF or a PDF, counted from 1.", default=1, minimum=1, maximum=MAX_PAGE),
    )


def of_form(options: type[Schema], fields: Mapping[str, str]) -> dict[str, Any]:
    """Return those of a form's fields that are ``options``; empty ones count as not given.

    Raises:
        Problem: a value that is not allowed.
    """
    given = {name: value for name, value in fields.items() if value}
    try:
        return dict(options().load(given, unknown=EXCLUDE))
    except ValidationError as error:
        raise Problem("bad-request", faults(error.messages_dict)) from None


class PredictQuery(Schema):
    """Where the image of one line lies."""

    image_url = String(
        required=True,
        validate=Length(1, MAX_URL),
        metadata=_text(
            "A public http or https address.", format="uri", example="https://example.com/line.png"
        ),
    )


class Prediction(Schema):
    """One line's text."""

    pred = String(required=True, metadata=_text("What the line says.", example="Hello World"))
    conf = Float(required=True, metadata=_text("How sure that is, 0 to 1.", minimum=0, maximum=1))


class Model(Schema):
    """A model's name and version."""

    name = String(required=True)
    version = String(required=True)


class PackagedModel(Model):
    """A model that is there."""

    kind = String(required=True, metadata={"enum": list(MODEL_KINDS)})
    bytes = Integer(required=True)


class Models(Schema):
    """Every model that is there, and what can be asked for."""

    models = List(Nested(PackagedModel), required=True)
    modes = List(String(), required=True)
    formats = List(String(), required=True)
    collect = Boolean(required=True, metadata=_text("Whether `/v1/corrections` keeps corrected readings."))


def _confidence() -> Float:
    return Float(required=True, metadata={"minimum": 0, "maximum": 1})


def _points() -> List[Any]:
    described = _text("Points (x, y) in pixels of the image as it is seen, origin top left.")
    return List(List(Float()), required=True, metadata=described)


class Character(Schema):
    """One character."""

    text = String(required=True)
    confidence = _confidence()
    polygon = _points()


class Word(Character):
    """A run of characters between spaces."""

    characters = List(Nested(Character), required=True)


class Alternative(Schema):
    """Another reading of the same line."""

    text = String(required=True)
    confidence = _confidence()


class Line(Character):
    """One line of writing."""

    baseline = _points()
    words = List(Nested(Word), required=True)
    alternatives = List(Nested(Alternative))


class Region(Schema):
    """Lines that belong together, such as a column."""

    type = String(required=True)
    polygon = _points()
    lines = List(Nested(Line), required=True)


class Page(Schema):
    """One page in reading order."""

    source = String(required=True)
    number = Integer(required=True, metadata=_text("Counted from 1."))
    width = Integer(required=True)
    height = Integer(required=True)
    model = Nested(Model, required=True)
    language = String(required=True)
    text = String(required=True)
    regions = List(Nested(Region), required=True)
    timing = Dict(keys=String(), values=Float(), metadata=_text("Seconds of each stage."))


class Document(Schema):
    """All pages of a file."""

    version = Integer(required=True, metadata=_text("Of this form.", enum=[VERSION]))
    pages = List(Nested(Page), required=True)


class Saved(Schema):
    """Corrected pages that are kept."""

    saved = String(required=True, metadata=_text("Name of the (first) page's image and PAGE-XML."))
    pages = List(String(), required=True, metadata=_text("Names of all of them."))
    left_out = Integer(
        required=True,
        metadata=_text("Lines that were not kept: no outline, or characters that the reader cannot write."),
    )


class ProblemDocument(Schema):
    """RFC 9457: what went wrong, and what to do about it."""

    type = String(required=True)
    title = String(required=True)
    status = Integer(required=True)
    detail = String(required=True)
    request_id = String(required=True)


class State(Schema):
    """A yes to a probe."""

    status = String(required=True, metadata={"enum": ["ok", "ready"]})
