"""inkread reads handwriting: a photo or a scan in, the text out, on an ordinary computer, offline.

>>> import inkread
>>> page = inkread.read("page.jpg")     # doctest: +SKIP
>>> print(page.text)                    # doctest: +SKIP

Names are loaded when they are first used, so that ``import inkread`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inkread.document import Alternative, Character, Line, ModelInfo, Page, Region, Word
    from inkread.errors import (
        AlphabetError,
        BundleError,
        ConfigError,
        DataError,
        GroundTruthError,
        ImageError,
        InkreadError,
        InputError,
    )
    from inkread.images.open import Limits, PageImage, open_pages
    from inkread.reader import Reader, read

__version__ = "0.1.0"

_HOME = {
    "inkread.document": ("Alternative", "Character", "Line", "ModelInfo", "Page", "Region", "Word"),
    "inkread.errors": (
        "AlphabetError",
        "BundleError",
        "ConfigError",
        "DataError",
        "GroundTruthError",
        "ImageError",
        "InkreadError",
        "InputError",
    ),
    "inkread.images.open": ("Limits", "PageImage", "open_pages"),
    "inkread.reader": ("Reader", "read"),
}
_MODULES = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "AlphabetError",
    "Alternative",
    "BundleError",
    "Character",
    "ConfigError",
    "DataError",
    "GroundTruthError",
    "ImageError",
    "InkreadError",
    "InputError",
    "Limits",
    "Line",
    "ModelInfo",
    "Page",
    "PageImage",
    "Reader",
    "Region",
    "Word",
    "__version__",
    "open_pages",
    "read",
]


def __getattr__(name: str) -> Any:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module 'inkread' has no attribute {name!r}")
    value = getattr(import_module(module), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
