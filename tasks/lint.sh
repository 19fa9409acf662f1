#!/usr/bin/env bash
# Check style (ruff), types (mypy), layers (import-linter) and shell scripts (shellcheck); say all that fails.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

failed=0
check() {
    "$@" || {
        echo "lint: $1 found the above" >&2
        failed=1
    }
}

check ruff check --quiet .
check ruff format --check --quiet .
check mypy --no-error-summary
layers=$(lint-imports --no-cache 2>&1) || {
    echo "$layers"
    echo "lint: import-linter found the above" >&2
    failed=1
}
check shellcheck tasks/*.sh .ci/run
exit "$failed"
