#!/usr/bin/env bash
# Runs a command with this checkout's dependencies in place: installs them first when they are
# missing or older than the lock file, and puts their Node before an older one of the machine.
set -euo pipefail
# Under `npm pack --workspace …` an npm in here would work on that workspace only.
unset npm_config_workspace npm_config_workspaces npm_config_include_workspace_root
cd "$(dirname "$0")/.."
stamp=node_modules/.slipway-installed
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  echo "Installing the dependencies (npm ci)…" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2
  touch "$stamp"
fi
PATH="$PWD/node_modules/.bin:$PATH" exec "$@"
