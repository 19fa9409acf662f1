"""What a request's body holds, in any of the ways that clients send it; it never touches a disk."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import json
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import IO, Any, NamedTuple

from flask import Request, request
from werkzeug.datastructures import FileStorage

from inkread.server.problems import Problem

_DATA_URL = re.compile(r"data:(image/[\w.+-]+|application/pdf|application/octet-stream)?(;[\w=.-]+)*;base64,")
_CHUNK = 1 << 16
_FIELDS = ("file", "image")


class Upload(NamedTuple):
    """What was sent: the file, its name if it has one, and the other fields of a form."""

    content: bytes
    name: str
    fields: Mapping[str, str]


class Correction(NamedTuple):
    """What was sent back: the corrected JSON, the file it was read from or nothing, a form's other fields."""

    document: bytes
    file: bytes
    fields: Mapping[str, str]


class InMemoryRequest(Request):
    """A request whose uploaded files stay in memory; the limit on the body bounds them."""

    def _get_file_stream(self, *_: object, **__: object) -> IO[bytes]:
        return io.BytesIO()


def received(seconds: float) -> Upload:
    """Take in the current request's body: a form's file, JSON with a data URL, or the bare bytes.

    Args:
        seconds: for the body to arrive; after them the connection is cut.

    Raises:
        Problem: there is no image in it.
        HTTPException: the body is too large, or cut short.
    """
    kind = request.mimetype
    with _cut_off(request.environ.get("gunicorn.socket"), seconds):
        if kind == "multipart/form-data":
            upload = _of_form()
        elif kind == "application/json" or kind.endswith("+json"):
            upload = Upload(of_data_url(_json_member("image")), "", {})
        else:  # bare bytes, whatever they are called: curl calls them a form
            upload = Upload(_body(), "", {})
    if not upload.content:
        raise Problem("no-image")
    return upload


def received_correction(seconds: float) -> Correction:
    """Take in the current request's body: a form with the field or file ``document``, or the bare JSON.

    Arguments and errors as in ``received``; it is a ``Problem`` too where there is no document.
    """
    with _cut_off(request.environ.get("gunicorn.socket"), seconds):
        if request.mimetype != "multipart/form-data":
            return Correction(_body(), b"", {})
        fields = dict(request.form)
        sent = request.files.get("document")
        document = sent.stream.read() if sent else fields.pop("document", "").encode()
        file = _form_file()
    if not document:
        raise Problem("bad-request", 'The form has no document; name the field with the JSON "document".')
    return Correction(document, file.stream.read() if file else b"", fields)


def of_data_url(text: str) -> bytes:
    """Return the bytes of ``data:image/png;base64,...``.

    Raises:
        Problem: it is none.
    """
    head = _DATA_URL.match(text[:256])
    if not head:
        raise Problem("no-image", 'The member "image" is no data URL; begin it with data:image/png;base64,')
    try:
        return base64.b64decode("".join(text[head.end() :].split()), validate=True)
    except (binascii.Error, ValueError):
        raise Problem("no-image", "The data URL is no base64; encode the image again.") from None


def _of_form() -> Upload:
    file = _form_file()
    if file is None:
        raise Problem("no-image", 'The form has no file; name its field "file".')
    return Upload(file.stream.read(), file.filename or "", dict(request.form))


def _form_file() -> FileStorage | None:
    return next((request.files[name] for name in _FIELDS if name in request.files), None)


def _body() -> bytes:
    """Return the body; read to its very end, or one without a length would be cut at the limit in silence."""
    body = b"".join(iter(lambda: request.stream.read(_CHUNK), b""))
    if len(body) < (request.content_length or 0):  # where the server ends the stream, nobody else notices
        raise Problem("bad-request", "The body broke off or came too slowly; send it again.")
    return body


def _json_member(name: str) -> str:
    try:
        document: Any = json.loads(_body())
    except (ValueError, RecursionError):  # bytes that are no UTF-8 are a ValueError too
        raise Problem("bad-request", "The body is no JSON; check it.") from None
    value = document.get(name) if isinstance(document, dict) else None
    if not isinstance(value, str):
        raise Problem("no-image", f'The JSON is no object with a text called "{name}"; see /docs.')
    return value


@contextlib.contextmanager
def _cut_off(connection: socket.socket | None, seconds: float) -> Iterator[None]:
    """Close the incoming side of a connection unless the block is done in time."""
    if connection is None:
        yield
        return
    timer = threading.Timer(seconds, _shut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RD)
