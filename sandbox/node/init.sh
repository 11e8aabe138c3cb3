#!/usr/bin/env bash
# Process 1 of a node of the sandbox, in mount, network and pid namespaces of its own: it prepares them, starts the
# node's programs and reaps what ends. When one of the programs ends, the node ends, so that a broken node is never taken
# for a working one. Its arguments: what it is (control-plane or worker), its name, its address, and the folder of this
# machine that holds everything of it.
set -euo pipefail

readonly role=$1 node_name=$2 node_ip=$3 folder=$4
readonly files=${BASH_SOURCE[0]%/*}
# Where every node sees its folder.
readonly state=/var/lib/otel-stack-sandbox
# shellcheck disable=SC2034 # control-plane.sh uses them too.
readonly pki=$state/pki config=$state/config logs=$state/logs volumes=$state/volumes
readonly policy_queue=100
readonly service_range=198.19.0.0/16 pod_range=198.18.128.0/17
# The first node's end of the link to this one.
readonly link_ip=198.18.0.5
export PATH=$state/bin:$PATH

# shellcheck source=control-plane.sh
. "$files/control-plane.sh"

# The kubelet's mounts have to reach the containers that containerd starts.
mount --make-rshared /

# Kubernetes and containerd write below /run, /var/log and /var/lib whatever their options say. Here these are the
# node's own, so that nothing is left on the machine; the sandbox's folder, which is below /var/lib, stays in its place.
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
# Programs on the node reach Services too: kube-proxy rewrites the address before a packet would leave, but only where
# some route leads.
if [ "$role" = control-plane ]; then
    ip route add "$service_range" dev eth0
else
    ip route add default via "$link_ip"
fi
echo 1 >/proc/sys/net/ipv4/ip_forward
# The policy engine decides about the first packet of each connection. Without an engine the kernel drops it. The table
# `mangle` comes before kube-proxy's rules, which let packets pass that they have marked.
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

# The kubelet gives up when containerd does not answer yet.
until ctr --address="$state/containerd/containerd.sock" version >/dev/null 2>&1; do sleep 0.05; done

start kubelet kubelet \
    --config="$config/kubelet.yaml" \
    --kubeconfig="$config/kubelet.kubeconfig" \
    --hostname-override="$node_name" \
    --node-ip="$node_ip" \
    --root-dir="$state/kubelet"

# Every pod has a link of its own to the node, which forwards what pods send to each other. So kube-proxy's rules turn a
# Service's address back on every machine, and policies see the address of the pod that sends.
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

# It gives up when it may not read NetworkPolicies yet: network-policies.yaml gives the right.
until kubectl --kubeconfig="$config/network-policies.kubeconfig" auth can-i list networkpolicies --all-namespaces \
    >/dev/null 2>&1; do sleep 0.1; done

start network-policies network-policies \
    --kubeconfig="$config/network-policies.kubeconfig" \
    --node="$node_name" \
    --queue="$policy_queue"

wait -n -p ended || true
echo "$(date --iso-8601=seconds) process ${ended:-?} of the node ended, and the node with it" >>"$logs/node.log"
exit 1
