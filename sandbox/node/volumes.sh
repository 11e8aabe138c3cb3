#!/usr/bin/env bash
# Makes a volume of the node's pool empty and available again when its claim has gone: for local volumes nothing else
# does. Its arguments are the folder of the volumes' mounts, each named after its PersistentVolume, and a kubeconfig.
set -euo pipefail

readonly volumes=$1
export KUBECONFIG=$2

readonly claim_of='{.metadata.name} {.status.phase} {.spec.claimRef.uid}{"\n"}'

# has_lost NAME CLAIM: whether the volume still stands there for that claim, which has gone.
has_lost() {
    [ "$(kubectl get persistentvolume "$1" --output=jsonpath="$claim_of")" = "$1 Released $2" ]
}

# empty FOLDER: fails while a container is in it, as that of a pod that was deleted by force.
empty() {
    ! grep --quiet "/kubernetes.io~local-volume/${1##*/} " /proc/self/mounts &&
        find "$1" -mindepth 1 -delete && chown 0:0 "$1" && chmod 0755 "$1"
}

# make_available NAME CLAIM: takes the claim off the volume, and no other one.
make_available() {
    kubectl patch persistentvolume "$1" --type=json --patch='[
        { "op": "test", "path": "/spec/claimRef/uid", "value": "'"$2"'" },
        { "op": "remove", "path": "/spec/claimRef" }
    ]'
}

# reclaim NAME CLAIM: one at a time for each volume, as several events may tell of it.
reclaim() {
    exec 9>"$volumes/$1.lock"
    flock 9
    while has_lost "$1" "$2"; do
        if empty "$volumes/$1" && make_available "$1" "$2"; then
            return
        fi
        sleep 0.5
    done
}

while true; do
    kubectl get persistentvolumes --watch --output=jsonpath="$claim_of" | while read -r name phase claim; do
        if [ "$phase" = Released ] && [ -d "$volumes/$name" ]; then
            reclaim "$name" "$claim" &
        fi
    done || true
    # The API server ends a watch from time to time, and a restart of it ends all.
    sleep 1
done
