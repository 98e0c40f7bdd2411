#!/usr/bin/env bash
# Every test: those of the browser app and of federated learning beside Python's others, whose summary comes last.
# Usage: test.sh PYTHON FEDERATED_PYTHON
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/web.sh install # before both: pages that the server serves are tested by Python in the same browser
log=$(mktemp)
"$1" -m pytest >"$log" 2>&1 &
python=$!
trap 'kill "$python" 2>/dev/null || true; rm -f "$log"' EXIT

beside=0
scripts/web.sh test || beside=$?
REQUIRE_FEDERATED=1 "$2" -m pytest tests/federated || beside=$?
[ "$beside" = 0 ] || echo "Tests failed above, before those that follow."
tail -n +1 -f "$log" &
shown=$!
status=0
wait "$python" || status=$?
sleep 2 # until the last lines are shown
kill "$shown"
exit $((status ? status : beside))
