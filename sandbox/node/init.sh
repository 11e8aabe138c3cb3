#!/usr/bin/env bash
# Process 1 of a sandbox node, in new mount, network and pid namespaces. It configures the namespaces, starts the
# programs of the node and reaps child processes. When a program exits, the node exits, so that a broken node is
# detected. Arguments: role (control-plane or worker), name, address, and the folder of the node on this machine.
set -euo pipefail

readonly role=$1 node_name=$2 node_ip=$3 folder=$4
readonly files=${BASH_SOURCE[0]%/*}
# Path of the folder inside every node.
readonly state=/var/lib/otel-stack-sandbox
# shellcheck disable=SC2034 # control-plane.sh uses them too.
readonly pki=$state/pki config=$state/config logs=$state/logs volumes=$state/volumes
readonly policy_queue=100
readonly service_range=198.19.0.0/16 pod_range=198.18.128.0/17
# Address of the first node on the link to this node.
readonly link_ip=198.18.0.5
export PATH=$state/bin:$PATH

# shellcheck source=control-plane.sh
. "$files/control-plane.sh"

# Mounts of the kubelet must propagate to containers.
mount --make-rshared /

# Kubernetes and containerd write to /run, /var/log and /var/lib regardless of their options. The node mounts its own
# folders there, so that no files remain on the machine. The folder of the sandbox in /var/lib keeps its path.
mount -t tmpfs -o mode=755 otel-stack-sandbox /run
mkdir /run/state
mount --bind "$folder" /run/state
mount -t tmpfs -o mode=755 otel-stack-sandbox /var/lib
mkdir "$state"
mount --bind /run/state "$state"
mount --bind "$logs" /var/log

ip link set lo up
until ip link show eth0 >/dev/null 2>&1; do sleep 0.02; done
ip address add "$node_ip/30" dev eth0
ip link set eth0 up
# Programs on the node can reach Services: kube-proxy rewrites the address before the packet leaves, but only if a route
# exists.
if [ "$role" = control-plane ]; then
    ip route add "$service_range" dev eth0
else
    ip route add default via "$link_ip"
fi
echo 1 >/proc/sys/net/ipv4/ip_forward
# The policy engine accepts or drops the first packet of each connection. Without an engine, the kernel drops it. The
# table `mangle` is evaluated before kube-proxy's rules, which accept marked packets.
iptables --table mangle --append FORWARD --match conntrack --ctstate NEW --jump NFQUEUE --queue-num "$policy_queue"

start() {
    local name=$1
    shift
    "$@" >>"$logs/$name.log" 2>&1 &
}

start containerd containerd --config="$config/containerd.toml"

if [ "$role" = control-plane ]; then
    start_api
    mount_volumes
fi

# The kubelet exits if containerd does not respond.
until ctr --address="$state/containerd/containerd.sock" version >/dev/null 2>&1; do sleep 0.05; done

start kubelet kubelet \
    --config="$config/kubelet.yaml" \
    --kubeconfig="$config/kubelet.kubeconfig" \
    --hostname-override="$node_name" \
    --node-ip="$node_ip" \
    --root-dir="$state/kubelet"

# Every pod has its own link to the node, which forwards packets between pods. kube-proxy therefore reverses Service
# address translation on every machine, and policies see the address of the sending pod.
start kube-proxy kube-proxy \
    --kubeconfig="$config/kube-proxy.kubeconfig" \
    --proxy-mode=iptables \
    --cluster-cidr="$pod_range" \
    --hostname-override="$node_name" \
    --conntrack-max-per-core=0 \
    --conntrack-tcp-timeout-established=0 \
    --conntrack-tcp-timeout-close-wait=0 \
    --metrics-bind-address=127.0.0.1:10249

if [ "$role" = control-plane ]; then
    start_controllers
fi

# The policy engine exits if it cannot read NetworkPolicies. network-policies.yaml grants the permission.
until kubectl --kubeconfig="$config/network-policies.kubeconfig" auth can-i list networkpolicies --all-namespaces \
    >/dev/null 2>&1; do sleep 0.1; done

start network-policies network-policies \
    --kubeconfig="$config/network-policies.kubeconfig" \
    --node="$node_name" \
    --queue="$policy_queue"

wait -n -p ended || true
echo "$(date --iso-8601=seconds) process ${ended:-?} exited; stopping the node" >>"$logs/node.log"
exit 1
