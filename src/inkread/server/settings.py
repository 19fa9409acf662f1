"""Everything a server can be told, in one frozen record."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path

from inkread.errors import ConfigError
from inkread.images.open import Limits

_RATE = re.compile(r"[1-9]\d*/(second|minute|hour|day)")


@dataclass(frozen=True, slots=True)
class Settings:
    """What one worker reads with, and what it refuses.

    Args:
        language: as in ``Reader``.
        model: a line recogniser's bundle; None for the one that comes along.
        cores: processor threads of one reading; None for all cores this process may use.
        at_once: pages that one worker reads at the same time.
        held: requests that one worker has in hand, reading or waiting; more are told to come back.
        seconds: for one request, its upload and its waiting included.
        patience: seconds that a page waits for its turn.
        upload_seconds: for the body of a request to arrive.
        max_bytes: size of a request's body, and of an image fetched by ``image_url``.
        max_pixels: of one page.
        max_pages: of one file.
        rate: requests that one client may make of one worker, such as ``"600/minute"``; empty for any
            number.
        proxies: number of proxies in front whose ``X-Forwarded-*`` headers are to be believed.
        cors: origins whose pages may use this server, or ``("*",)``.
        image_url: whether images are fetched for clients at all.
        image_url_allow: hosts, addresses and networks that may be fetched from although they are not
            public.
        fetch_seconds: for such an image, redirects included.
        collect: folder where corrected pages are kept as training data; None keeps nothing.
        collect_hosts: names in addresses, besides this computer's own, by which corrections are taken.
        collect_bytes: size that this folder may reach.

    Raises:
        ConfigError: a value that makes no sense.
    """

    language: str = "auto"
    model: Path | None = None
    cores: int | None = None
    at_once: int = 1
    held: int = 32
    seconds: float = 300.0
    patience: float = 30.0
    upload_seconds: float = 60.0
    max_bytes: int = 32 * 2**20
    max_pixels: int = 64_000_000
    max_pages: int = 100
    rate: str = "600/minute"
    proxies: int = 0
    cors: tuple[str, ...] = ()
    image_url: bool = True
    image_url_allow: tuple[str, ...] = ()
    fetch_seconds: float = 10.0
    collect: Path | None = None
    collect_hosts: tuple[str, ...] = ()
    collect_bytes: int = 2**30

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                least = 0 if field.name == "proxies" else 1 if isinstance(value, int) else 0.001
                if value < least:
                    raise ConfigError(f"The setting {field.name} is {value}; give {least} or more.")
        if self.held < self.at_once:
            raise ConfigError(f"A worker that reads {self.at_once} at once holds that many; raise held.")
        if self.rate and not _RATE.fullmatch(self.rate):
            raise ConfigError(f"The rate {self.rate!r} is not understood; write it like 600/minute.")
        if self.model is not None and not self.model.is_file():
            raise ConfigError(f"There is no model file {self.model}; check the path.")
        if self.collect is not None and not (self.collect.is_dir() and os.access(self.collect, os.W_OK)):
            raise ConfigError(f"{self.collect} is no folder that can be written to; make it first.")

    @property
    def limits(self) -> Limits:
        """What is refused before it is decoded."""
        return Limits(max_pixels=self.max_pixels, max_pages=self.max_pages)
