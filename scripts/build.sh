#!/usr/bin/env bash
# Makes dist/, which is what the package holds: JavaScript, types, and the workflows as one script.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf dist
tsc -p tsconfig.build.json
node scripts/bundle-workflows.ts
chmod +x dist/cli/main.js
