"""Memory that has been freed goes back to the system.

glibc keeps what large arrays leave behind between smaller ones; after a page of twelve megapixels
that is some 150 MB.
"""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """Hand freed memory back, in a few milliseconds; nothing happens where the C library is not glibc."""
    with contextlib.suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
