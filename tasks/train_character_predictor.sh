#!/usr/bin/env bash
# Train the MLP on EMNIST's characters. Further arguments go to run_experiment.py; without EMNIST's files:
#   tasks/train_character_predictor.sh dataset=UnipenCharactersDataset
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec training/run_experiment.py --save \
    '{"dataset": "EmnistDataset", "model": "CharacterModel", "network": "mlp", "train_args": {"batch_size": 256}}' \
    "$@"
