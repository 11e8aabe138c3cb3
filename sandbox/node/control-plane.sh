# shellcheck shell=bash disable=SC2154
# Functions that start the programs of the first node. init.sh sources this file and sets the variables that they use.

start_api() {
    start etcd etcd \
        --data-dir="$state/etcd" \
        --listen-client-urls=http://127.0.0.1:2379 \
        --advertise-client-urls=http://127.0.0.1:2379 \
        --listen-peer-urls=http://127.0.0.1:2380 \
        --initial-advertise-peer-urls=http://127.0.0.1:2380 \
        --initial-cluster=default=http://127.0.0.1:2380 \
        --unsafe-no-fsync

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
}

# Creates a file system for each volume, so that each volume has a size limit. The mount ends with the namespace of the
# node, and the loop device ends with the mount. The data is deleted with the node, so the file systems have no journal. The
# features are explicit, because the defaults differ between releases of mkfs and may include a journal.
mount_volumes() {
    local features=none,extent,filetype,sparse_super,large_file,dir_index image volume
    for image in "$volumes"/*.img; do
        volume=${image%.img}
        mkfs.ext4 -q -m 0 -O "$features" "$image"
        mkdir "$volume"
        mount -o loop,discard "$image" "$volume"
        rmdir "$volume/lost+found"
    done
}

start_controllers() {
    # Both programs exit if they start before the API server has created its initial RBAC rules.
    until kubectl --kubeconfig="$state/kubeconfig" get --raw /readyz >/dev/null 2>&1; do sleep 0.1; done

    # The autoscaler period is close to the resolution of the metrics server.
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

    start volumes "$files/volumes.sh" "$volumes" "$state/kubeconfig"
}
