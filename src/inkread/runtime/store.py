"""The weights that come with inkread lie inside the package: nothing is fetched at first use."""

from __future__ import annotations

from pathlib import Path

from inkread.errors import BundleError

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
_STEMS = {
    "line": "lines",
    "lines": "lines",
    "layout": "layout",
    "detector": "detector",
    "character": "characters",
    "characters": "characters",
    "language": "language",
}


def packaged(kind: str) -> Path:
    """Return the path of a shipped file of weights.

    Args:
        kind: ``"line"`` (or ``"lines"``), ``"layout"``, ``"character"`` (or ``"characters"``) or
            ``"language"``; ``"detector"`` where somebody laid one there.

    Raises:
        BundleError: an unknown kind, or the installation lacks the file.
    """
    if kind not in _STEMS:
        raise BundleError(
            f"There are no shipped weights called {kind!r}; ask for one of {', '.join(_STEMS)}."
        )
    pattern = f"{_STEMS[kind]}.*" if kind == "language" else f"{_STEMS[kind]}.onnx"
    found = sorted(WEIGHTS.glob(pattern))
    if not found:
        raise BundleError(
            f"The shipped weights {pattern} are missing from {WEIGHTS}; install inkread again, "
            "or name a model file yourself."
        )
    return found[0]
