#!/usr/bin/env bash
# Empties a released volume and makes it available again. Kubernetes does not reclaim local volumes.
# Arguments: the folder of the mounts, each named after its PersistentVolume, and a kubeconfig.
set -euo pipefail

readonly volumes=$1
export KUBECONFIG=$2

readonly claim_of='{.metadata.name} {.status.phase} {.spec.claimRef.uid}{"\n"}'

# has_lost NAME CLAIM: whether the volume is released and still refers to the claim.
has_lost() {
    [ "$(kubectl get persistentvolume "$1" --output=jsonpath="$claim_of")" = "$1 Released $2" ]
}

# empty FOLDER: deletes the files. Fails while a container uses the folder, for example after a forced pod deletion.
empty() {
    ! grep --quiet "/kubernetes.io~local-volume/${1##*/} " /proc/self/mounts &&
        find "$1" -mindepth 1 -delete && chown 0:0 "$1" && chmod 0755 "$1"
}

# make_available NAME CLAIM: removes the claim reference from the volume if it still refers to this claim.
make_available() {
    kubectl patch persistentvolume "$1" --type=json --patch='[
        { "op": "test", "path": "/spec/claimRef/uid", "value": "'"$2"'" },
        { "op": "remove", "path": "/spec/claimRef" }
    ]'
}

# reclaim NAME CLAIM: uses a lock for each volume, because several events may report the same release.
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
    # The API server ends watches after some time and when it restarts.
    sleep 1
done
