"""Pages sent as they are read: one JSON object an event, as lines (NDJSON) or as server-sent events.

``start`` tells how many pages there are, ``page`` carries each with how many are done, and the
last event is ``end``, or ``problem`` where the reading broke off.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from inkread.document import ModelInfo, Page
from inkread.server.problems import Problem
from inkread.writers.json import page_to_dict

MIMETYPES = {"ndjson": "application/x-ndjson", "sse": "text/event-stream"}


def encode(kind: str, events: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """Turn events into the bytes of a stream of ``kind``, one of ``MIMETYPES``."""
    for event in events:
        line = json.dumps(event, ensure_ascii=False)
        if kind == "sse":
            line = f"event: {event['event']}\ndata: {line}\n"
        yield f"{line}\n".encode()


def events(
    pages: Iterable[Page], of: int, model: ModelInfo, failed: Callable[[Exception], Problem]
) -> Iterator[dict[str, Any]]:
    """Yield the events of reading ``pages``, ``of`` in number.

    Args:
        failed: called with what broke the reading off, to log it and to say it in a problem.
    """
    named = {"name": model.name, "version": model.version}
    yield {"event": "start", "pages": of, "model": named}
    done = 0
    try:
        for page in pages:
            done += 1
            yield {"event": "page", "done": done, "pages": of, "page": page_to_dict(page)}
    except Exception as error:  # the status has gone out: say it in the stream
        yield {"event": "problem", "done": done, "pages": of, "problem": failed(error).as_dict()}
        return
    yield {"event": "end", "done": done, "pages": of, "model": named}
