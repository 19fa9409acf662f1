#!/usr/bin/env bash
# Make what is released and try it: tasks/check_wheel.sh [FOLDER [VERSION]]
# Builds the source archive, and the wheel from that; checks what the wheel holds (tasks/wheel_contents.py)
# and that it is VERSION, if given; installs it alone into a bare environment and reads the sample there. Then
# both files are in FOLDER, dist by default.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
folder=$(realpath -m "${1:-dist}")
version=${2:-}
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
unset PYTHONPATH VIRTUAL_ENV
pip=(-m pip --quiet --quiet --disable-pip-version-check --no-input)

echo "Building the source archive, and the wheel from it."
python3 -m venv "$place/build"
"$place/build/bin/python" "${pip[@]}" install -c constraints.txt hatchling
"$place/build/bin/hatchling" build -t sdist -d "$place/dist" > /dev/null
"$place/build/bin/python" "${pip[@]}" wheel --no-deps --no-build-isolation -w "$place/dist" "$place"/dist/*.tar.gz
"$place/build/bin/python" tasks/wheel_contents.py "$place"/dist/*.whl

echo "Installing the wheel into a bare environment and reading the sample."
python3 -m venv "$place/bare"
"$place/bare/bin/python" "${pip[@]}" install -c constraints.txt "$place"/dist/*.whl
cd "$place" # away from the source tree
bare/bin/python - "$version" << 'PYTHON'
import importlib.util
import sys

import inkread

assert "bare" in inkread.__file__, inkread.__file__
assert not any(importlib.util.find_spec(name) for name in ("torch", "flask", "pytest")), "not a bare environment"
assert sys.argv[1] in ("", inkread.__version__), f"{inkread.__version__}, where {sys.argv[1]} is to be released"
PYTHON
bare/bin/inkread read "$root/samples/phone-photo.jpg" > read.txt
diff <(head -n 2 "$root/samples/phone-photo.txt") <(grep -v '^$' read.txt | head -n 2)
cat read.txt

mkdir -p "$folder"
cp dist/* "$folder"
