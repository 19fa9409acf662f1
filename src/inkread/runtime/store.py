"""The weights that come with inkread lie inside the package: nothing is fetched at first use."""

from __future__ import annotations

from pathlib import Path

from inkread.errors import BundleError

WEIGHTS = Path(__file__).resolve().parent.parent / "weights"
_STEMS = {
    "line": "lines",
    "lines": "lines",
    "base": "lines",
    "small": "lines_small",
    "layout": "layout",
    "character": "characters",
    "characters": "characters",
    "language": "language",
    "sentences": "sentences",
}

RECOGNISERS = ("base", "small")
"""Names of the line recognisers that come along: the default, and a faster one."""


def packaged(kind: str) -> Path:
    """Return the path of a shipped file of weights.

    Args:
        kind: ``"line"`` (or ``"lines"``, ``"base"``), ``"small"``, ``"layout"``, ``"character"`` (or
            ``"characters"``), ``"language"`` (n-grams) or ``"sentences"`` (the neural language model).

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


def recogniser(model: str | Path | bytes | None) -> str | Path | bytes:
    """Return the line recogniser that ``model`` stands for.

    Args:
        model: None for the default, a string of ``RECOGNISERS`` for one that comes along; any other
            string, a ``Path`` or a bundle's content is itself. A file of your own that is called
            ``small`` is ``"./small"`` or ``Path("small")``.

    Raises:
        BundleError: the installation lacks the file.
    """
    if model is None:
        return packaged("line")
    return packaged(model) if isinstance(model, str) and model in RECOGNISERS else model
