"""What a recipe's training begins from, as a bundle: its start, deeper where the recipe says so.

A share of it can be averaged with what the training made (``average.py``).

    python -m inkread.training.begin RECIPE.yaml OUT [DATA]
"""

from __future__ import annotations

import sys
from pathlib import Path

from inkread.alphabet import READER_ALPHABET
from inkread.runtime.bundle import Contract
from inkread.training.export import export_bundle
from inkread.training.reader_experiment import load_experiment, make_model


def main(recipe: str, out: str, data: str = "data") -> None:
    """Write the network of a recipe before its first step.

    Raises:
        ConfigError: the recipe cannot be read.
        BundleError: its start does not fit.
    """
    experiment = load_experiment(recipe)
    network = make_model(experiment, Path(data)).network.eval()
    contract = Contract("line", experiment.name, experiment.version, alphabet=READER_ALPHABET.characters)
    export_bundle(network, contract, Path(out))


if __name__ == "__main__":
    main(*sys.argv[1:])
