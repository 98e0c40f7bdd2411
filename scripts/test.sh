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

# Side by side: federated learning (which has its own environment), what learns, and everything else. Each of them waits
# for processes, sockets and timers for a part of its time. The summary of everything else comes last.
logs=$(mktemp -d)
"$1" -m pytest --ignore=tests/training >"$logs/others" 2>&1 &
others=$!
"$1" -m pytest tests/training >"$logs/training" 2>&1 &
training=$!
trap 'kill "$others" "$training" 2>/dev/null || true; rm -rf "$logs"' EXIT
REQUIRE_FEDERATED=1 "$(dirname "$2")/bin/python" -m pytest tests/federated || status=$?
for lane in "$training $logs/training" "$others $logs/others"; do
    read -r running log <<<"$lane"
    [ "$status" = 0 ] || echo "Tests failed above, before those that follow."
    tail -n +1 -f "$log" &
    shown=$!
    wait "$running" || status=$?
    sleep 2 # until the last lines are shown
    kill "$shown"
done
exit "$status"
