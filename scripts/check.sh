#!/usr/bin/env bash
# Types, format, unused exports, lint and the unit tests: what can be known in seconds, with no
# server and no engine.
set -euo pipefail
tsc --noEmit
oxfmt --check .
knip --no-progress
# Beside the tests, since each uses one core for most of its time; it prints only what is wrong.
oxlint --type-aware --quiet &
lint=$!
# In one process: most of a file's time would go into loading Temporal and the AWS SDK once more.
node --test --test-isolation=none --test-reporter=dot '{test,local/test,simulator/test}/unit/**/*.test.ts'
wait "$lint"
