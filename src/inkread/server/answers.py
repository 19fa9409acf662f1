"""Pages as the body of an answer, in any format; written in memory, and not without bounds."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Generator
from typing import TypeAlias
from urllib.parse import quote

from flask import Response

from inkread.document import ModelInfo
from inkread.errors import ConfigError
from inkread.server.problems import Problem
from inkread.writers import WRITERS, PicturedPage, Writer, available

Pictured: TypeAlias = Generator[PicturedPage, None, None]
_PLAIN = " ()+,:;=@"  # besides letters, digits and -._~
MAX_BYTES = 64 * 2**20  # of one answer, which is made in memory


class _Bounded(io.BytesIO):
    """Memory that refuses to hold more than ``MAX_BYTES``."""

    def write(self, content: bytes | bytearray | memoryview, /) -> int:  # type: ignore[override]
        if self.tell() + len(content) > MAX_BYTES:
            raise Problem(
                "too-large", f"The answer would have more than {MAX_BYTES >> 20} MB; send fewer pages."
            )
        return super().write(content)


def model_header(model: ModelInfo) -> str:
    """Return a model as a header names it: what is not ASCII, which headers have no room for, in percents."""
    return "/".join(quote(part, _PLAIN, errors="replace") for part in (model.name, model.version))


def content_type(writer: Writer) -> str:
    """Return what a writer's output is called on the wire."""
    kind = writer.mimetype
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def refuse_several(writer: Writer, count: int) -> None:
    """Raise ``Problem`` where a format of single pages would have to hold ``count``."""
    if count > 1 and writer.single:
        others = ", ".join(name for name in available() if not WRITERS[name].single)
        raise Problem(
            "bad-request",
            f"A file in the format {writer.name} holds one page, and there are {count}; ask for one of "
            f"{others}, or send the pages one by one.",
        )


def written(writer: Writer, pages: Pictured) -> Response:
    """Return pages, taken one at a time, as an answer in the writer's format.

    Raises:
        Problem: it would be larger than ``MAX_BYTES``, or the format needs what is not installed.
    """
    out = _Bounded()
    with contextlib.closing(pages):
        try:
            writer.write(pages, out)
        except ConfigError as error:  # an extra that is not installed
            raise Problem("unavailable", str(error)) from None
    return Response(out.getvalue(), content_type=content_type(writer))
