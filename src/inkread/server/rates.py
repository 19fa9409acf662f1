"""How often one client may ask: counted by each worker for itself, forgotten at a restart."""

from __future__ import annotations

import time
from collections.abc import Iterable

from flask import Blueprint, Flask
from flask_limiter import Limiter, RequestLimit
from flask_limiter.util import get_remote_address

from inkread.server.problems import Problem


def register(app: Flask, blueprints: Iterable[Blueprint], rate: str) -> None:
    """Allow each client ``rate``, such as ``"600/minute"``, of these routes together; empty: any number."""
    if not rate:
        return
    limiter = Limiter(
        get_remote_address, app=app, storage_uri="memory://", strategy="moving-window", on_breach=_refuse
    )
    shared = limiter.shared_limit(rate, scope="reading", methods=["GET", "HEAD", "POST"])
    for blueprint in blueprints:
        shared(blueprint)


def _refuse(limit: RequestLimit) -> None:
    wait = max(1, round(limit.reset_at - time.time()))
    raise Problem(
        "too-many-requests",
        f"One client may ask {limit.limit}; wait {wait} seconds.",
        {"Retry-After": str(wait)},
    )
