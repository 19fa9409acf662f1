#!/usr/bin/env bash
# Rehearse the Dockerfile without a container engine: the files that .dockerignore lets through, the
# build's own script, the image's variables, its command and its health check; then read the sample.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
place=$(mktemp -d)
server=
clean() {
    if [ -n "$server" ]; then kill "$server" 2> /dev/null && wait "$server" || true; fi
    rm -rf "$place"
}
trap clean EXIT

mkdir "$place/source" "$place/home"
tar -c --exclude=__pycache__ pyproject.toml constraints.txt README.md LICENSE NOTICE src docker/build.sh |
    tar -x -C "$place/source"
sh "$place/source/docker/build.sh" "$place/inkread"
rm -rf "$place/source"
du -sh "$place/inkread" | sed "s|$place/inkread|installed|"

PORT=${PORT:-$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
export PORT
cd "$place/home"
env -i PATH="$place/inkread/bin:/usr/bin:/bin" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    INKREAD_HOST=127.0.0.1 INKREAD_PORT="$PORT" inkread serve --workers 1 &
server=$!
check='import os, urllib.request as r; r.urlopen(f"http://127.0.0.1:{os.environ[\"PORT\"]}/healthz", timeout=4)'
for _ in $(seq 60); do
    "$place/inkread/bin/python" -c "$check" 2> /dev/null && break
    sleep 1
done
"$place/inkread/bin/python" - "$root/samples/phone-photo.jpg" << 'PYTHON'
import os, sys, urllib.request
with open(sys.argv[1], "rb") as file:
    asked = urllib.request.Request(f"http://127.0.0.1:{os.environ['PORT']}/v1/read?format=txt", file.read())
with urllib.request.urlopen(asked, timeout=300) as answer:
    print(answer.headers["Inkread-Model"], "reads:", answer.read().decode().split("\n"))
with open(sys.argv[1], "rb") as file:
    asked = urllib.request.Request(f"http://127.0.0.1:{os.environ['PORT']}/v1/read?format=pdf", file.read())
with urllib.request.urlopen(asked, timeout=300) as answer:
    print("and makes a PDF of", len(answer.read()) // 1000, "kB")
PYTHON
kill "$server"
wait "$server" && echo "stopped in order"
server=
