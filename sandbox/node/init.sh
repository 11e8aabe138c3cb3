#!/usr/bin/env bash
# Process 1 of the sandbox's node, in mount, network and pid namespaces of its own: it prepares them, starts Kubernetes
# and reaps what ends. When one of the programs below ends, the node ends, so that a broken node is never taken for a
# working one. Its argument is the folder that holds everything of the sandbox.
set -euo pipefail

readonly state=$1
readonly pki=$state/pki config=$state/config logs=$state/logs volumes=$state/volumes
readonly policy_queue=100
readonly node_ip=198.18.0.2 service_range=198.19.0.0/16 pod_range=198.18.128.0/17
export PATH=$state/bin:$PATH

# The kubelet's mounts have to reach the containers that containerd starts.
mount --make-rshared /

# Kubernetes and containerd write below /run, /var/log and /var/lib whatever their options say. Here these are the
# node's own, so that nothing is left on the machine; the sandbox's folder, which is below /var/lib, stays in its place.
mount -t tmpfs -o mode=755 otel-stack-sandbox /run
mkdir /run/state
mount --bind "$state" /run/state
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
ip route add "$service_range" dev eth0
echo 1 >/proc/sys/net/ipv4/ip_forward
# The policy engine decides about the first packet of each connection. Without an engine the kernel drops it. The table
# `mangle` comes before kube-proxy's rules, which let packets pass that they have marked.
iptables --table mangle --append FORWARD --match conntrack --ctstate NEW --jump NFQUEUE --queue-num "$policy_queue"

start() {
    local name=$1
    shift
    "$@" >>"$logs/$name.log" 2>&1 &
}

start etcd etcd \
    --data-dir="$state/etcd" \
    --listen-client-urls=http://127.0.0.1:2379 \
    --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 \
    --initial-advertise-peer-urls=http://127.0.0.1:2380 \
    --initial-cluster=default=http://127.0.0.1:2380 \
    --unsafe-no-fsync

start containerd containerd --config="$config/containerd.toml"

start kube-apiserver kube-apiserver \
    --advertise-address="$node_ip" \
    --allow-privileged=true \
    --authorization-mode=Node,RBAC \
    --client-ca-file="$pki/ca.crt" \
    --enable-admission-plugins=NodeRestriction \
    --etcd-servers=http://127.0.0.1:2379 \
    --kubelet-certificate-authority="$pki/ca.crt" \
    --kubelet-client-certificate="$pki/apiserver-kubelet-client.crt" \
    --kubelet-client-key="$pki/apiserver-kubelet-client.key" \
    --kubelet-preferred-address-types=InternalIP \
    --proxy-client-cert-file="$pki/front-proxy-client.crt" \
    --proxy-client-key-file="$pki/front-proxy-client.key" \
    --requestheader-allowed-names=front-proxy-client \
    --requestheader-client-ca-file="$pki/front-proxy-ca.crt" \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --requestheader-group-headers=X-Remote-Group \
    --requestheader-username-headers=X-Remote-User \
    --secure-port=6443 \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$pki/service-account.pub" \
    --service-account-signing-key-file="$pki/service-account.key" \
    --service-cluster-ip-range="$service_range" \
    --tls-cert-file="$pki/apiserver.crt" \
    --tls-private-key-file="$pki/apiserver.key"

# A file system of its own size for each volume, so that one can be full. The mount ends with the node's namespace, and
# the loop device with its mount; nothing outlives the node, so none keeps a journal. The features are named, as each
# release of mkfs has defaults of its own, some of which ask for a journal.
readonly features=none,extent,filetype,sparse_super,large_file,dir_index
for image in "$volumes"/*.img; do
    volume=${image%.img}
    mkfs.ext4 -q -m 0 -O "$features" "$image"
    mkdir "$volume"
    mount -o loop,discard "$image" "$volume"
    rmdir "$volume/lost+found"
done

# The kubelet gives up when containerd does not answer yet.
until ctr --address="$state/containerd/containerd.sock" version >/dev/null 2>&1; do sleep 0.05; done

start kubelet kubelet \
    --config="$config/kubelet.yaml" \
    --kubeconfig="$config/kubelet.kubeconfig" \
    --hostname-override=sandbox \
    --node-ip="$node_ip" \
    --root-dir="$state/kubelet"

# Every pod has a link of its own to the node, which forwards what pods send to each other. So kube-proxy's rules turn a
# Service's address back on every machine, and policies see the address of the pod that sends.
start kube-proxy kube-proxy \
    --kubeconfig="$config/kube-proxy.kubeconfig" \
    --proxy-mode=iptables \
    --cluster-cidr="$pod_range" \
    --hostname-override=sandbox \
    --conntrack-max-per-core=0 \
    --conntrack-tcp-timeout-established=0 \
    --conntrack-tcp-timeout-close-wait=0 \
    --metrics-bind-address=127.0.0.1:10249

# Both end at once when they may not read yet what the API server sets up at its first start.
until kubectl --kubeconfig="$state/kubeconfig" get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done

# Autoscalers look about as often as the metrics server has new figures.
start kube-controller-manager kube-controller-manager \
    --kubeconfig="$config/kube-controller-manager.kubeconfig" \
    --authentication-kubeconfig="$config/kube-controller-manager.kubeconfig" \
    --authorization-kubeconfig="$config/kube-controller-manager.kubeconfig" \
    --bind-address=127.0.0.1 \
    --horizontal-pod-autoscaler-sync-period=5s \
    --leader-elect=false \
    --root-ca-file="$pki/ca.crt" \
    --service-account-private-key-file="$pki/service-account.key" \
    --use-service-account-credentials=true

start kube-scheduler kube-scheduler \
    --kubeconfig="$config/kube-scheduler.kubeconfig" \
    --authentication-kubeconfig="$config/kube-scheduler.kubeconfig" \
    --authorization-kubeconfig="$config/kube-scheduler.kubeconfig" \
    --bind-address=127.0.0.1 \
    --leader-elect=false

# It gives up when it may not read NetworkPolicies yet: network-policies.yaml gives the right.
until kubectl --kubeconfig="$config/network-policies.kubeconfig" auth can-i list networkpolicies --all-namespaces \
    >/dev/null 2>&1; do sleep 0.1; done

start network-policies network-policies \
    --kubeconfig="$config/network-policies.kubeconfig" \
    --node=sandbox \
    --queue="$policy_queue"

start volumes "${BASH_SOURCE[0]%/*}/volumes.sh" "$volumes" "$state/kubeconfig"

wait -n -p ended || true
echo "$(date --iso-8601=seconds) process ${ended:-?} of the node ended, and the node with it" >>"$logs/node.log"
exit 1
