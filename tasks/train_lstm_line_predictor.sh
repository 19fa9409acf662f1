#!/usr/bin/env bash
# Train the LSTM with CTC on lines made of characters. Further arguments go to run_experiment.py; without
# EMNIST's files:
#   tasks/train_lstm_line_predictor.sh dataset_args.characters=UnipenCharactersDataset
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec training/run_experiment.py --save \
    '{"dataset": "EmnistLinesDataset", "model": "LineModelCtc", "network": "line_lstm_ctc", "train_args": {"epochs": 16, "batch_size": 16, "learning_rate": 0.002, "ema": 0.99}}' \
    "$@"
