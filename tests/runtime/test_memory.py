"""Freed memory goes back to the system."""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
import pytest

from inkread.runtime.memory import give_back


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_what_lies_between_small_pieces_goes_back() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("this C library is not glibc")
    large, small = [], []
    for _ in range(4_000):  # too small to be mapped each by itself
        large.append(np.ones(20_000, dtype=np.uint8))
        small.append(np.ones(600, dtype=np.uint8))
    before = resident()
    del large
    give_back()
    assert before - resident() > 40_000_000 and len(small) == 4_000


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    give_back()
