#!/bin/sh
# Installs Debian packages when that is possible, else prints the command that does. Usage: system_packages.sh PACKAGE...
set -eu

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $* with apt-get ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -o Acquire::Retries=3 update -qq || true # an old package list may still do
    exec apt-get -o Acquire::Retries=3 install -y -qq --no-install-recommends "$@" >/dev/null
fi
echo "The system lacks $*. On Debian or Ubuntu run: sudo apt-get install $*; then run make again." >&2
exit 1
