#!/usr/bin/env bash
# Evaluation tests: the figures of the shipped models against evaluation/thresholds.toml; what has no data
# here is passed over, --data names the folder that benchmarks/prepare.py made. Further arguments go to
# evaluation/run.py.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec python evaluation/run.py "$@"
