#!/usr/bin/env bash
# Browser tests: the page in Debian's Chromium, served by a real server on a loopback port. INKREAD_SHOTS=FOLDER keeps pictures of
# what is tested; INKREAD_REQUIRE_BROWSER=1 fails where no browser is here. Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -n "${VIRTUAL_ENV:-}" ] || PATH="$PWD/.venv-test/bin:$PATH" # the one that make test sets up

exec python -m pytest tests/browser "$@"
