#!/usr/bin/env bash
# Every test. Usage: test.sh PYTHON FEDERATED/.installed (a target of the Makefile)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

make --no-print-directory "$2" & # while the browser's tests begin
installing=$!
status=0
scripts/web.sh install # also for Python's tests of the server's pages
scripts/web.sh test || status=$? # without other tests: the camera in them keeps its frame rate
wait "$installing"

# On two cores: what learns (federated learning has its own environment), and everything else, whose summary comes last.
log=$(mktemp)
"$1" -m pytest --ignore=tests/training >"$log" 2>&1 &
others=$!
trap 'kill "$others" 2>/dev/null || true; rm -f "$log"' EXIT
REQUIRE_FEDERATED=1 "$(dirname "$2")/bin/python" -m pytest tests/federated || status=$?
"$1" -m pytest tests/training || status=$?
[ "$status" = 0 ] || echo "Tests failed above, before those that follow."
tail -n +1 -f "$log" &
shown=$!
wait "$others" || status=$?
sleep 2 # until the last lines are shown
kill "$shown"
exit "$status"
