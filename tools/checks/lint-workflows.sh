#!/bin/sh
# Checks the workflows of .github and Renovate's configuration with their own linters, where this machine has them.
# Prints which of them did not run.
set -eu
cd "$(dirname "$0")/../.."

# check PROGRAM ARGUMENTS...
check() {
    if command -v "$1" >/dev/null 2>&1; then
        "$@"
    else
        echo "not checked: '$1' is not installed" >&2
    fi
}

check actionlint
check zizmor --quiet --offline .github
check renovate-config-validator --strict renovate.json
