"""Average line bundles of one network, weight by weight: a model and what it grew from.

A network fine-tuned from another often reads best a little of the way back to it, most of all what
neither was tuned on (Wortsman et al., Robust fine-tuning of zero-shot models, CVPR 2022).

    python -m inkread.training.average OUT VERSION BUNDLE:SHARE BUNDLE:SHARE ...
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import torch

from inkread.errors import BundleError, ConfigError
from inkread.runtime.session import LineSession
from inkread.training.export import export_bundle
from inkread.training.networks.readers import ReaderNetwork
from inkread.training.start import bundle_network


def average(shares: Mapping[str | Path, float]) -> ReaderNetwork:
    """Return the network whose weights are the weighted mean of those of several bundles.

    Args:
        shares: weight of each bundle, by path; above 0, and scaled to add up to 1.

    Raises:
        ConfigError: no bundles, or a share that is not above 0.
        BundleError: a bundle is missing, or of another network or alphabet than the first.
    """
    if not shares or min(shares.values()) <= 0.0:
        raise ConfigError("An average is taken of bundles with shares above 0; give BUNDLE:SHARE each.")
    total = sum(shares.values())
    networks = [(path, share / total, *bundle_network(path)) for path, share in shares.items()]
    first, _, network, alphabet = networks[0]
    shapes = {name: tensor.shape for name, tensor in network.state_dict().items()}
    mean = {name: torch.zeros(shape) for name, shape in shapes.items()}
    for path, share, other, characters in networks:
        weights = other.state_dict()
        if characters != alphabet or {n: t.shape for n, t in weights.items()} != shapes:
            raise BundleError(f"{path} is of another network than {first}; only like ones have an average.")
        for name, tensor in weights.items():
            mean[name] += share * tensor
    network.load_state_dict(mean)
    return network.eval()


def main(out: str, version: str, *given: str) -> None:
    """Write the average of bundles, with the first one's contract."""
    shares: dict[str | Path, float] = {}
    for entry in given:
        path, _, share = entry.rpartition(":")
        try:
            shares[path] = float(share)
        except ValueError:
            raise ConfigError(f"{entry} is not BUNDLE:SHARE; write the share as a number.") from None
    network = average(shares)
    contract = replace(LineSession(next(iter(shares))).contract, version=version)
    export_bundle(network, contract, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
