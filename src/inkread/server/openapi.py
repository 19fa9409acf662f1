"""What the OpenAPI document says beyond the routes' own words: bodies, other formats, problems."""

from __future__ import annotations

from typing import Any, TypeAlias

from apiflask import APIFlask

from inkread.server.problems import KINDS, MIMETYPE
from inkread.server.routes.read import content_type
from inkread.server.schemas import ProblemDocument, ReadOptions
from inkread.server.streams import MIMETYPES
from inkread.writers import WRITERS

Json: TypeAlias = dict[str, Any]

DESCRIPTION = """Reads handwriting: an image or a PDF in, the text out, on this computer.

Every answer names the model that read in the header `Inkread-Model` and carries an `X-Request-Id`.
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
_ORDER = ("/v1/read", "/v1/predict", "/v1/models", "/healthz", "/readyz", "/metrics")
_BODIES = {"/v1/read": True, "/v1/predict": False}


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
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if method == "post":
                operation["requestBody"] = _body(with_options=_BODIES[path])
            operation["responses"].update(_problems(reading=path in _BODIES, sent=method == "post"))
    read = spec["paths"]["/v1/read"]["post"]["responses"]["200"]["content"]
    for name in WRITERS:
        read.setdefault(content_type(name).partition(";")[0], {"schema": {"type": "string"}})
    for mimetype in MIMETYPES.values():
        read[mimetype] = {"schema": {}}  # events, one after the other: no schema fits all
    spec["paths"]["/metrics"]["get"]["responses"]["200"] = {
        "description": "The figures.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    spec["tags"] = [{"name": "Reading"}, {"name": "State"}]
    spec["paths"] = dict(sorted(spec["paths"].items(), key=lambda entry: _ORDER.index(entry[0])))
    return spec


def _body(*, with_options: bool) -> Json:
    form: Json = {"type": "object", "required": ["file"], "properties": {"file": _FILE}}
    if with_options:
        for name, field in ReadOptions().fields.items():
            choices = getattr(field.validate, "choices", None)
            form["properties"][name] = {"type": "string", "enum": list(choices or ("true", "false"))}
    return {
        "required": True,
        "content": {
            "multipart/form-data": {"schema": form},
            "application/json": {"schema": _DATA_URL},
            "image/*": {"schema": _FILE},
            "application/pdf": {"schema": _FILE},
            "application/octet-stream": {"schema": _FILE},
        },
    }


def _problems(*, reading: bool, sent: bool) -> Json:
    """Return the responses other than 200 that an operation may give."""
    wanted = {400, 413, 422, 429, 503} if reading else {503}
    wanted -= set() if sent or not reading else {413}
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
