"""The reader's own networks by size, and the way back from weights to settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inkread.errors import ConfigError
from inkread.training.networks.line_reader import LineReader
from inkread.training.networks.small_reader import SmallReader

ReaderNetwork = LineReader | SmallReader
"""Float32 (N, 1, 48, W) in -1 to 1 -> log-probabilities (N, W / 4, classes)."""

SIZES: Mapping[str, type[ReaderNetwork]] = {"base": LineReader, "small": SmallReader}


def reader_network(classes: int, size: str = "base", **settings: Any) -> ReaderNetwork:
    """Return a fresh network of ``classes`` classes, the blank included.

    Args:
        classes: of the alphabet.
        size: ``base`` or ``small``.
        settings: of the network; see ``LineReader`` and ``SmallReader``.

    Raises:
        ConfigError: there is no such size, or it has no such setting.
    """
    if size not in SIZES:
        raise ConfigError(f"There is no network of size {size!r}; take {' or '.join(SIZES)}.")
    try:
        return SIZES[size](classes, **settings)
    except TypeError as error:
        raise ConfigError(f"The network {size} cannot be built so ({error}); correct its settings.") from None


def network_settings(weights: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``reader_network`` needs to be told to hold ``weights``, arrays or tensors by name.

    Raises:
        KeyError: they are not of a network of the reader's.
    """
    layers = sum(name.endswith("norm_attention.weight") for name in weights)
    if "mix.weight" in weights:
        return {"size": "small", "layers": layers}
    hidden, channels = weights["blocks.0.widen.weight"].shape[:2]
    settings = {"width": weights["head.weight"].shape[1], "layers": layers, "expansion": hidden / channels}
    convolutions = sum(name.endswith("along.weight") for name in weights)
    return {**settings, "convolutions": convolutions} if convolutions else settings
