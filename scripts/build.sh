#!/usr/bin/env bash
# Makes what the packages hold: compiles everything into build/, then fills each package's own dist/.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf build
tsc -p tsconfig.build.json
node scripts/bundle-workflows.ts
node scripts/fill-packages.ts
