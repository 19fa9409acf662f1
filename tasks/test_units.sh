#!/usr/bin/env bash
# The tests that no other task runs: all but prediction (test_functionality.sh), API (test_api.sh) and
# browser (test_browser.sh). Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

others=(tests/test_prediction.py tests/test_reader.py tests/cli/test_read.py tests/server tests/cli/test_serve.py
    tests/test_edits.py tests/browser)
exec python -m pytest tests "${others[@]/#/--ignore=}" "$@"
