"""Where a training begins: from nothing, from the published recogniser, or from any bundle of ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from inkread.alphabet import Alphabet
from inkread.datasets.paths import located
from inkread.errors import BundleError, ConfigError
from inkread.runtime.session import LineSession
from inkread.runtime.store import RECOGNISERS, packaged
from inkread.training.networks.readers import ReaderNetwork, network_settings, reader_network
from inkread.training.networks.small_reader import SmallReader
from inkread.training.stored import load_weights
from inkread.training.transfer import transfer
from inkread.training.transfer_small import transfer_small

STARTS = ("published", "bundle")
SHIPPED = "shipped"
"""Names the packaged weights where a bundle's path may stand."""

_UNKNOWN_BIAS = -10.0


def start_network(network: ReaderNetwork, alphabet: Alphabet, start: Mapping[str, str], data: Path) -> None:
    """Give ``network`` its first weights, in place.

    Args:
        network: a fresh network of ``len(alphabet)`` classes.
        alphabet: what the network is to write.
        start: ``{"published": path}``, ``{"bundle": path}``, ``{"bundle": "shipped"}``, or ``{}`` for
            random weights.
        data: the folder that paths are relative to.

    Raises:
        ConfigError: a start that there is not.
        BundleError: a file that is missing or does not fit the network.
    """
    if len(start) > 1 or set(start) - set(STARTS):
        raise ConfigError(f"A start is one of {', '.join(STARTS)}, or nothing; correct it.")
    if "published" in start:
        path = located(data, start["published"])
        if isinstance(network, SmallReader):
            transfer_small(path, network, alphabet)
        else:
            transfer(path, network, alphabet)
    if "bundle" in start:
        load_bundle(start_bundle(start, data), network, alphabet)


def start_bundle(start: Mapping[str, str], data: Path) -> Path:
    """Return the bundle that ``start`` names."""
    name = start["bundle"]
    if name in RECOGNISERS:
        return packaged(name)
    return packaged("line") if name == SHIPPED else located(data, name)


def load_bundle(path: str | Path, network: ReaderNetwork, alphabet: Alphabet) -> None:
    """Load a bundle's weights; characters it lacks begin as unlikely, layers it lacks as identities.

    Raises:
        BundleError: the bundle is missing or of another network.
    """
    weights = load_weights(path)
    known = {character: number for number, character in enumerate(LineSession(path).alphabet, start=1)}
    for name, unknown in (("head.weight", 0.0), ("head.bias", _UNKNOWN_BIAS)):
        theirs = weights[name]
        ours = np.full((len(alphabet), *theirs.shape[1:]), unknown, dtype=np.float32)
        ours[0] = theirs[0]
        for number, character in enumerate(alphabet, start=1):
            if character in known:
                ours[number] = theirs[known[character]]
        weights[name] = ours
    given = 1 + max((int(name.split(".")[1]) for name in weights if name.startswith("layers.")), default=-1)
    deeper = {
        name: tensor.numpy()
        for name, tensor in network.state_dict().items()
        if name.startswith("layers.") and name not in weights and int(name.split(".")[1]) >= given
    }
    weights = {**deeper, **weights}
    try:
        network.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    except RuntimeError as error:
        raise BundleError(
            f"{path} is of another network than this training's; give both the same settings ({error})."
        ) from None


def bundle_network(path: str | Path) -> tuple[ReaderNetwork, Alphabet]:
    """Return the network of a line bundle with its weights, its settings read off the shapes.

    Raises:
        BundleError: the bundle is missing or not of a network of the reader's.
    """
    alphabet = LineSession(path).alphabet
    try:
        network = reader_network(len(alphabet), **network_settings(load_weights(path)))
    except KeyError:
        raise BundleError(f"{path} is not of the reader's own network; give a line bundle of ours.") from None
    load_bundle(path, network, alphabet)
    return network, alphabet
