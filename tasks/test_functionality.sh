#!/usr/bin/env bash
# Prediction tests: the shipped models read pinned pictures. Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec python -m pytest tests/test_prediction.py tests/test_reader.py tests/cli/test_read.py "$@"
