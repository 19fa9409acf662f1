#!/usr/bin/env bash
# Train the network that finds lines on IAM's paragraphs (data/raw/iam/readme.md says how to get them).
# Further arguments go to run_experiment.py.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec training/run_experiment.py --save \
    '{"dataset": "IamParagraphsDataset", "model": "LineDetectorModel", "network": "fcn", "train_args": {"epochs": 16, "batch_size": 4, "learning_rate": 0.004, "ema": 0.99}}' \
    "$@"
