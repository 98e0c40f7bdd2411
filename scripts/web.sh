#!/bin/sh
# Checks, tests or builds the browser app where Node is; elsewhere prints what is skipped.
# Usage: web.sh check|install|test|build, or web.sh ready, which succeeds where there is a Node that will do.
set -eu
cd "$(dirname "$0")/../web"

skip() {
    echo "skipped: $1" >&2
    [ -z "${REQUIRE_BROWSER:-}" ] || exit 1
    exit 0
}

ready() {
    command -v npm >/dev/null && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
}
[ "$1" != ready ] || { ready && exit; exit 1; }
ready || skip "the browser app's $1, which needs Node 20.19 or newer (nodejs.org)"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    echo "Installing what the browser app is built with (npm ci) ..."
    npm ci --silent
fi

case "$1" in
check)
    npm run --silent check
    ;;
install) # what the tests need
    if [ ! -e "${CHROMIUM:-/usr/bin/chromium}" ]; then
        ../scripts/system_packages.sh chromium || true
    fi
    if [ ! -e "${WEBKIT_DRIVER:-/usr/bin/WebKitWebDriver}" ]; then # the engine of iPhones
        ../scripts/system_packages.sh webkit2gtk-driver xvfb || true
    fi
    ;;
test)
    npm test --silent
    node e2e/run.mjs --untimed # npm run e2e has them all
    ;;
build) # into the package, where `emoar serve` finds it
    newest=$(find . -name node_modules -prune -o -name dist -prune -o -path ./public -prune -o -path ./e2e -prune \
        -o -type f -newer ../src/emoar/web_app/index.html -print 2>/dev/null | head -1)
    if [ ! -e ../src/emoar/web_app/index.html ] || [ -n "$newest" ]; then
        ../.venv/bin/emoar web build
    fi
    ;;
*)
    echo "usage: $0 check|install|test|build|ready" >&2
    exit 2
    ;;
esac
