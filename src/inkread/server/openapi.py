"""What the OpenAPI document says beyond the routes' own words: bodies, other formats, problems."""

from __future__ import annotations

from typing import Any, TypeAlias

from apiflask import APIFlask, Schema

from inkread.server.problems import KINDS, MIMETYPE
from inkread.server.schemas import ProblemDocument, ReadOptions, WriteOptions
from inkread.server.streams import MIMETYPES
from inkread.writers import WRITERS, available

Json: TypeAlias = dict[str, Any]

DESCRIPTION = """Reads handwriting: an image or a PDF in, the text out, on this computer.

Every answer names the model that read in the header `Inkread-Model` (percent-encoded)
and carries an `X-Request-Id`.
Errors are problem documents (RFC 9457); [/problems](/problems) lists them."""

_FILE = {"type": "string", "format": "binary"}
_DATA_URL = {
    "type": "object",
    "required": ["image"],
    "properties": {
        "image": {
            "type": "string",
            "pattern": "^data:[a-z]+/[a-z0-9.+-]+;base64,",
            "description": "The file as a data URL.",
            "example": "data:image/png;base64,iVBORw0KGgo...",
        }
    },
}
_DOCUMENT = {"$ref": "#/components/schemas/Document"}
_ORDER = (
    *("/v1/read", "/v1/predict", "/v1/picture", "/v1/write", "/v1/corrections"),
    *("/v1/models", "/healthz", "/readyz", "/metrics"),
)
_READING = frozenset(_ORDER[:5])


def register(app: APIFlask) -> None:
    """Complete the document of ``app``."""
    app.config.update(
        OPENAPI_VERSION="3.0.3",
        DESCRIPTION=DESCRIPTION,
        LICENSE={"name": "Apache-2.0"},
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        VALIDATION_ERROR_STATUS_CODE=400,
    )
    app.spec_processor(_complete)


def _complete(spec: Json | str) -> Json | str:
    assert isinstance(spec, dict)  # it is a text only where YAML was asked for
    spec.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _problem_schema()
    bodies = {
        "/v1/read": _file_body(_options(ReadOptions())),
        "/v1/predict": _file_body({}),
        "/v1/picture": _file_body({}),
        "/v1/write": _document_body(_options(WriteOptions())),
        "/v1/corrections": _document_body(),
    }
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", ()):
                if parameter["name"] == "format":
                    parameter["schema"]["enum"] = list(available())
            if method == "post":
                operation["requestBody"] = bodies[path]
            operation["responses"].update(_problems(path, sent=method == "post"))
    answers = {
        path: methods["post"]["responses"] for path, methods in spec["paths"].items() if "post" in methods
    }
    formats: Json = {
        writer.mimetype: {"schema": {"type": "string"}} for writer in map(WRITERS.__getitem__, available())
    }
    formats["application/json"] = {"schema": _DOCUMENT}
    events: Json = {mimetype: {"schema": {}} for mimetype in MIMETYPES.values()}  # no schema fits them all
    answers["/v1/read"]["200"]["content"] = formats | events
    answers["/v1/write"]["200"] = {"description": "The reading, in the format.", "content": formats}
    answers["/v1/picture"]["200"] = {
        "description": "The page as a picture of at most 2,000 pixels a side.",
        "content": {"image/jpeg": {"schema": _FILE}},
        "headers": {
            name: {"description": f"Pixels of the page, {side}.", "schema": {"type": "integer"}}
            for name, side in (("Inkread-Width", "across"), ("Inkread-Height", "down"))
        },
    }
    spec["paths"]["/metrics"]["get"]["responses"]["200"] = {
        "description": "The figures.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    spec["tags"] = [{"name": "Reading"}, {"name": "State"}]
    spec["paths"] = dict(sorted(spec["paths"].items(), key=lambda entry: _ORDER.index(entry[0])))
    return spec


def _options(schema: Schema) -> Json:
    """Return the fields of a form that say what is wanted."""
    choices = {name: getattr(field.validate, "choices", None) for name, field in schema.fields.items()}
    choices["format"] = available()
    return {
        name: {"type": "string", "enum": list(found or ("true", "false"))} for name, found in choices.items()
    }


def _file_body(options: Json) -> Json:
    return {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": _form({"file": _FILE, **options}, ["file"])},
            "application/json": {"schema": _DATA_URL},
            "image/*": {"schema": _FILE},
            "application/pdf": {"schema": _FILE},
            "application/octet-stream": {"schema": _FILE},
        },
    }


def _document_body(options: Json | None = None) -> Json:
    """Return the body of what takes a corrected reading, which is JSON alone where ``options`` are given."""
    both: Json = {"document": _DOCUMENT, "file": _FILE}
    if options is None:
        return {"required": True, "content": {"multipart/form-data": {"schema": _form(both, list(both))}}}
    form = _form({**both, **options}, ["document"])
    return {
        "required": True,
        "content": {"application/json": {"schema": _DOCUMENT}, "multipart/form-data": {"schema": form}},
    }


def _form(properties: Json, required: list[str]) -> Json:
    return {"type": "object", "required": required, "properties": properties}


def _problems(path: str, *, sent: bool) -> Json:
    """Return the responses other than 200 that an operation may give."""
    reading = path in _READING
    wanted = {400, 413, 422, 429, 503} if reading else {503}
    wanted -= set() if sent or not reading else {413}
    wanted |= {403, 404, 507} if path == "/v1/corrections" else set()
    answers: Json = {}
    for status in sorted(wanted | {500}):
        titles = "; ".join(kind.title for kind in KINDS.values() if kind.status == status)
        schema = {"$ref": "#/components/schemas/Problem"}
        answers[str(status)] = {
            "description": f"{titles}.",
            "content": {MIMETYPE: {"schema": schema}},
        }
    if reading:
        answers["414"] = {
            "description": "The request's own address is too long; it never gets as far as the API.",
            "content": {"text/html": {"schema": {"type": "string"}}},
        }
    return answers


def _problem_schema() -> Json:
    properties: Json = {
        name: {"type": "integer" if name == "status" else "string"} for name in ProblemDocument().fields
    }
    properties["type"]["enum"] = [f"/problems#{slug}" for slug in KINDS]
    return {"type": "object", "required": list(properties), "properties": properties}
