#!/bin/sh
# Checks the workflows in .github and the Renovate configuration with the installed linters.
# Prints a message for each linter that is not installed.
set -eu
cd "$(dirname "$0")/../.."

# check PROGRAM ARGUMENTS...
check() {
    if command -v "$1" >/dev/null 2>&1; then
        "$@"
    else
        echo "skipped: '$1' is not installed" >&2
    fi
}

check actionlint
check zizmor --quiet --offline .github
check renovate-config-validator --strict renovate.json
