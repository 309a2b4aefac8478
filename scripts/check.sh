#!/usr/bin/env bash
# Types, lint, format and the unit tests: what can be known in seconds, with no server and no engine.
set -euo pipefail
tsc --noEmit
oxlint --type-aware --quiet
oxfmt --check .
node --test 'test/unit/**/*.test.ts'
