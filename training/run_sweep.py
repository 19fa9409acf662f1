#!/usr/bin/env python
"""One trial of a Weights & Biases sweep: an agent of ``wandb sweep training/sweep_emnist.yaml`` runs this.

training/run_sweep.py --dataset=EmnistDataset --model=CharacterModel --network_args.layer_size=128 --gpu=-1
"""

import os
import sys
from pathlib import Path

from inkread.cli import main
from inkread.errors import ConfigError
from inkread.training.sweep_agent import experiment_command, read_chosen

ROOT = Path(__file__).resolve().parents[1]

if __name__ == "__main__":
    os.environ.setdefault("INKREAD_DATA_DIR", str(ROOT / "data"))
    os.environ.setdefault("INKREAD_RUNS_DIR", str(ROOT / "runs"))
    try:
        command = experiment_command(sys.argv[1:], read_chosen(os.environ.get("WANDB_SWEEP_PARAM_PATH")))
    except ConfigError as error:
        sys.exit(f"inkread: {error}")
    main(command)
