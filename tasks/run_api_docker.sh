#!/usr/bin/env bash
# Run the image "api" as the container "api" on port 8000: tasks/run_api_docker.sh [OPTION OF inkread serve...]
# Look around in it with: docker exec -it api bash
set -euo pipefail
terminal=()
if [ -t 0 ] && [ -t 1 ]; then terminal=(-it); fi
if [ "$#" -gt 0 ]; then set -- inkread serve "$@"; fi
exec "${DOCKER:-docker}" run "${terminal[@]}" --rm --name api -p 8000:8000 \
    --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges api "$@"
