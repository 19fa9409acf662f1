#!/bin/sh
# Install inkread with its server into a virtual environment: sh docker/build.sh PREFIX
# The Dockerfile runs this in its first stage, docker/rehearse.sh where there is no container engine.
set -eu
prefix=$1
cd "$(dirname "$0")/.."
python3 -m venv "$prefix"
"$prefix/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check --no-input \
    --root-user-action=ignore -c constraints.txt '.[server,pdf]'
"$prefix/bin/python" -m pip uninstall --quiet --yes --root-user-action=ignore pip # nothing is installed later
"$prefix/bin/python" -c 'import importlib.util as u, inkread.server.app; assert not u.find_spec("torch")'
