#!/bin/sh
# Checks the requirements of the sandbox. Prints the first unmet requirement and its fix.
# Plain shell, because Node.js may be missing.
set -u

fail() {
    printf 'Cannot run the sandbox on this machine: %s\n' "$*" >&2
    exit 1
}

# at_least FOUND WANTED: compares versions such as 1.26.8.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

[ "$(uname -s)" = Linux ] ||
    fail "it requires Linux, this is $(uname -s). Use a Linux machine, or deploy to another cluster with 'make up STACK=dev'."
[ "$(id -u)" = 0 ] ||
    fail "it creates namespaces, mounts and cgroups, which requires root. Use 'sudo make up', or deploy to another cluster with 'make up STACK=dev'."

for tool in node:nodejs npm:npm go:golang gcc:gcc ip:iproute2 unshare:util-linux losetup:mount flock:util-linux openssl:openssl tar:tar; do
    command -v "${tool%%:*}" >/dev/null 2>&1 ||
        fail "the command '${tool%%:*}' is missing. Install it (Debian package: ${tool#*:}) in a folder on root's PATH."
done

unshare --mount --net --pid --fork --mount-proc --propagation=private true 2>/dev/null ||
    fail "cannot create namespaces or mounts. Run on the host, or in a privileged container."

losetup --find >/dev/null 2>&1 ||
    fail "it has no loop devices, which volumes require. Load the kernel module 'loop', or add /dev/loop-control to the container."

[ -n "${HOME:-}" ] || fail "HOME is not set, which Go requires for its build cache. Set HOME to a folder with free space."

node_problem=$(sh "$(dirname "$0")/../tools/node/node.sh" check 2>&1) || fail "$node_problem"
go_version=$(go env GOVERSION | tr -d go)
at_least "$go_version" 1.26.8 || fail "Go is $go_version. Install 1.26.8 or later."
openssl_version=$(openssl version | cut -d ' ' -f 2)
at_least "$openssl_version" 3.0 || fail "OpenSSL is $openssl_version. Install 3.0 or later."

# The largest link step of the build, or Kubernetes with the stack, uses 2.5 GiB. A running sandbox has allocated its
# memory already.
memory_mib=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' "${PROC_MEMINFO:-/proc/meminfo}")
[ "$memory_mib" -ge 2560 ] || ip link show otel-sandbox0 >/dev/null 2>&1 ||
    fail "$memory_mib MiB of memory are available, 2560 MiB are required. Free some memory."

# Measured: sources, compiled packages and programs use 17 GiB. After a complete build, less space is required.
cache=${OTEL_STACK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otel-stack}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
set -- "$cache"/programs/victoria-logs-* # the last program of the build
if [ -d "$1" ]; then wanted_gib=3; else wanted_gib=20; fi

# room FOLDER GIB: checks the free space. If the folder does not exist, checks its nearest existing parent.
room() {
    folder=$1
    until [ -d "$folder" ]; do
        folder=${folder%/*}
        folder=${folder:-/}
    done
    gib=$(df --output=avail -BG "$folder" | tail -n 1 | tr -dc 0-9)
    [ "$gib" -ge "$2" ] || fail "$gib GiB are free on the disk of $1, $2 GiB are required. Free some space."
}
[ -d "$HOME" ] || fail "HOME is $HOME, which does not exist. Set HOME to a folder with free space."
room "$HOME" "$wanted_gib"
room "$cache" 3
room /var/lib 3

# Ignores the unreachable route, which the sandbox itself adds so that packets to its addresses do not leave the
# machine.
taken=$({ ip -4 route show to match 198.18.0.2; ip -4 route show to root 198.18.0.0/15; } | sort -u |
    grep -v -e '^default' -e 'dev otel-sandbox0' -e '^unreachable 198.18.0.0/15' || true)
[ -z "$taken" ] ||
    fail "its address range 198.18.0.0/15 has a route on this machine ($taken). Remove the route."
exit 0
