"""What many tests share: one reader, made once."""

from __future__ import annotations

import pytest

from inkread.reader import Reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    """A reader of the shipped weights without a language model, on one thread."""
    return Reader(threads=1, language="none")
