#!/bin/sh
# Looks for known holes in the packages of the image: audit.sh PYTHON. Exit code 1: there is one, or it cannot be known.
set -eu
cd "$(dirname "$0")/.."
if "$1" -m pip_audit --strict --disable-pip --progress-spinner off -r deploy/requirements.txt; then
    exit 0
fi
echo "audit: a hole is listed above, or the advisories could not be read. They are part of pypi.org's JSON interface," >&2
echo "which a mirror of packages or a machine without network does not have: run make audit where pypi.org answers." >&2
exit 1
