#!/usr/bin/env bash
# Build the image "api": tasks/build_api_docker.sh [OPTION...]
set -euo pipefail
cd "$(dirname "$0")/.."
exec "${DOCKER:-docker}" build -t api -f docker/Dockerfile "$@" .
