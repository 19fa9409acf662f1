"""What a recipe's training begins from, as a bundle: its start, deeper where the recipe says so.

A share of it can be averaged with what the training made (``average.py``).

    python -m inkread.training.begin RECIPE.yaml OUT [DATA]
"""

from __future__ import annotations

import sys
from pathlib import Path

from inkread.training.reader_experiment import export_start, load_experiment


def main(recipe: str, out: str, data: str = "data") -> None:
    """Write the network of a recipe before its first step; see ``reader_experiment.export_start``."""
    export_start(load_experiment(recipe), Path(data), out)


if __name__ == "__main__":
    main(*sys.argv[1:])
