#!/usr/bin/env bash
# Print the commands of the sample experiments, one a line; "inkread sweep training/experiments/sample.json"
# runs them.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec training/prepare_experiments.py training/experiments/sample.json "$@"
