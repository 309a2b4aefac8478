#!/usr/bin/env bash
# Types, lint, format and the unit tests: what can be known in seconds, with no server and no engine.
set -euo pipefail
tsc --noEmit
oxlint --type-aware --quiet
oxfmt --check .
# In one process: most of a file's time would go into loading Temporal and the AWS SDK once more.
node --test --test-isolation=none --test-reporter=dot '{test,local/test,simulator/test}/unit/**/*.test.ts'
