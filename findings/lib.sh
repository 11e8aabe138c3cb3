# shellcheck shell=bash
# What every finding needs: a temporary folder, pinned packages in it, and a comparison. A script sources this file first.
set -euo pipefail

# Packages that a pinned package asks for by a range are taken as of this day.
readonly NPM_PACKAGES_BEFORE=2026-11-27

work=$(mktemp -d)
cd "$work"
processes=()

cleanup() {
    local status=$?
    for process in "${processes[@]}"; do
        { kill "$process" && wait "$process"; } 2>/dev/null || true
    done
    cd /
    rm -rf "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Settings of the caller's shell would change what is seen.
for variable in ${!OTEL_@} ${!PULUMI_@}; do
    unset "$variable"
done
export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost

# install_npm NAME@VERSION...: into ./node_modules
install_npm() {
    [ -f package.json ] || echo '{ "private": true }' >package.json
    npm install --before="$NPM_PACKAGES_BEFORE" --save-exact --ignore-scripts --no-audit --no-fund --loglevel=error "$@" >&2
}

# install_pip NAME==VERSION...: into ./python, whose interpreter is python/bin/python
install_pip() {
    [ -d python ] || python3 -m venv python
    python/bin/pip install --quiet --disable-pip-version-check "$@" >&2
}

# build_go OUTPUT MODULE@VERSION...: builds the Go files of the current folder
build_go() {
    local output=$1
    shift
    [ -f go.mod ] || go mod init finding 2>/dev/null
    go get "$@" 2>/dev/null || go get "$@" >&2
    go build -mod=mod -o "$output" .
}

# install_go PACKAGE@VERSION: the program of that package, into the current folder
install_go() {
    GOBIN=$work CGO_ENABLED=0 go install "$1" >&2
}

# in_background COMMAND...: starts a process that ends with the script, and puts its id into $!
in_background() {
    "$@" &
    processes+=("$!")
}

# wait_until COMMAND...: until it succeeds, for 30 seconds at most
wait_until() {
    local tries=0
    until "$@" 2>/dev/null; do
        sleep 0.2
        [ $((tries += 1)) -lt 150 ] || { echo "Still not so after 30 seconds: $*" >&2; exit 1; }
    done
}

# expect FILE <<'END': fails with the difference when FILE is not what follows
expect() {
    diff -u --label "seen when this was written" --label "seen now" - "$1" || {
        echo "The behaviour has changed." >&2
        exit 1
    }
}
