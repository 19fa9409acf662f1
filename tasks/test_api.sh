#!/usr/bin/env bash
# API tests, a real gunicorn on a loopback port included. Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec python -m pytest tests/server tests/cli/test_serve.py tests/test_edits.py "$@"
