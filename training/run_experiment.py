#!/usr/bin/env python
"""Train and test as a configuration says: ``inkread experiment``, on this repository's data and runs.

training/run_experiment.py '{"dataset": "EmnistDataset", "model": "CharacterModel", "network": "mlp"}' --gpu=1
"""

import os
import sys
from pathlib import Path

from inkread.cli import main

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    os.environ.setdefault("INKREAD_DATA_DIR", str(ROOT / "data"))
    os.environ.setdefault("INKREAD_RUNS_DIR", str(ROOT / "runs"))
    main(["experiment", *sys.argv[1:]])
