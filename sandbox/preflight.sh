#!/bin/sh
# Says in one line why a sandbox can't run on this machine, and what to do about it, before anything is started.
# Plain shell, since it also says that Node.js is missing.
set -u

fail() {
    printf 'No sandbox on this machine: %s\n' "$*" >&2
    exit 1
}

# at_least FOUND WANTED: compares versions such as 1.26.8.
at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

[ "$(uname -s)" = Linux ] ||
    fail "it needs Linux, this is $(uname -s). Use a Linux machine, or 'make up STACK=dev' with a cluster of your own."
[ "$(id -u)" = 0 ] ||
    fail "it makes namespaces, mounts and cgroups, so it runs as root. Use 'sudo make up', or 'make up STACK=dev' with a cluster of your own."

for tool in node:nodejs npm:npm go:golang gcc:gcc ip:iproute2 unshare:util-linux losetup:mount flock:util-linux openssl:openssl tar:tar; do
    command -v "${tool%%:*}" >/dev/null 2>&1 ||
        fail "the command '${tool%%:*}' is missing. Install it (Debian's package: ${tool#*:}) and make sure root's PATH has it."
done

unshare --mount --net --pid --fork --mount-proc --propagation=private true 2>/dev/null ||
    fail "it may make no namespaces and mounts here, as in most containers. Use the machine itself, or a container with all privileges."

losetup --find >/dev/null 2>&1 ||
    fail "it has no loop devices, of which it makes volumes. Load the kernel's module 'loop', or give the container /dev/loop-control."

[ -n "${HOME:-}" ] || fail "HOME is not set, and Go keeps what it compiles there. Set it to a folder with room."

node_problem=$(sh "$(dirname "$0")/../tools/node/node.sh" check 2>&1) || fail "$node_problem"
go_version=$(go env GOVERSION | tr -d go)
at_least "$go_version" 1.26.8 || fail "Go is $go_version. Install 1.26.8 or later."
openssl_version=$(openssl version | cut -d ' ' -f 2)
at_least "$openssl_version" 3.0 || fail "OpenSSL is $openssl_version. Install 3.0 or later."

# 2.5 GiB for the largest link step of the build, and for Kubernetes and the stack while they run. A sandbox that runs
# has its share already.
memory_mib=$(awk '/^MemAvailable:/ { print int($2 / 1024) }' "${PROC_MEMINFO:-/proc/meminfo}")
[ "$memory_mib" -ge 2560 ] || ip link show otel-sandbox0 >/dev/null 2>&1 ||
    fail "$memory_mib MiB of memory are free. Make room for 2560 MiB."

# Sources, compiled packages and programs came to 17 GiB; what is there already need not find room again.
cache=${OTEL_STACK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/otel-stack}
case $cache in /*) ;; *) cache=$PWD/$cache ;; esac
set -- "$cache"/programs/victoria-logs-* # the last one to be built
if [ -d "$1" ]; then wanted_gib=3; else wanted_gib=20; fi

# room FOLDER GIB: a folder that is not there yet stands on the disk of the nearest one that is.
room() {
    folder=$1
    until [ -d "$folder" ]; do
        folder=${folder%/*}
        folder=${folder:-/}
    done
    gib=$(df --output=avail -BG "$folder" | tail -n 1 | tr -dc 0-9)
    [ "$gib" -ge "$2" ] || fail "$gib GiB are free on the disk of $1. Make room for $2 GiB."
}
[ -d "$HOME" ] || fail "HOME is $HOME, which is not there. Set it to a folder with room."
room "$HOME" "$wanted_gib"
room "$cache" 3
room /var/lib 3

# The route that is not refused is the one by which a sandbox keeps packets to its addresses on this machine.
taken=$({ ip -4 route show to match 198.18.0.2; ip -4 route show to root 198.18.0.0/15; } | sort -u |
    grep -v -e '^default' -e 'dev otel-sandbox0' -e '^unreachable 198.18.0.0/15' || true)
[ -z "$taken" ] ||
    fail "the addresses 198.18.0.0/15, which it uses inside, have a route here already ($taken). Remove that route."
exit 0
