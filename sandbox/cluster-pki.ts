import * as fs from "node:fs";
import * as path from "node:path";
import { DEFAULT_AUTHORITY, type Certificate, createAuthority, runOpenssl, createCertificate } from "./openssl";
import { FIRST_NODE, type SandboxNode } from "./nodes";
import { CONFIG, KUBECONFIG, PKI } from "./directories";

/** Address of the first node on the link to this machine. */
export const NODE_IP = FIRST_NODE.address;
export const API_SERVER = `https://${NODE_IP}:6443`;

/** Authority of the client certificate with which the API server calls aggregated API servers. */
const FRONT_PROXY = "front-proxy-ca";

const CLIENTS: readonly Certificate[] = [
    { name: "admin", subject: "/O=system:masters/CN=sandbox-admin", usage: "clientAuth" },
    { name: "kube-controller-manager", subject: "/CN=system:kube-controller-manager", usage: "clientAuth" },
    { name: "kube-scheduler", subject: "/CN=system:kube-scheduler", usage: "clientAuth" },
    { name: "kube-proxy", subject: "/CN=system:kube-proxy", usage: "clientAuth" },
    { name: "network-policies", subject: "/CN=sandbox:network-policies", usage: "clientAuth" },
];

/** Clients with the same kubeconfig on every node. */
const NODE_CLIENTS = ["kube-proxy", "network-policies"];

const OTHER_CERTIFICATES: readonly Certificate[] = [
    { name: "apiserver-kubelet-client", subject: "/O=system:masters/CN=sandbox-apiserver", usage: "clientAuth" },
    {
        name: "apiserver",
        subject: "/CN=kube-apiserver",
        usage: "serverAuth",
        addresses: [
            `IP:${NODE_IP}`,
            "IP:127.0.0.1",
            "IP:198.19.0.1",
            "DNS:kubernetes",
            "DNS:kubernetes.default",
            "DNS:kubernetes.default.svc",
            "DNS:kubernetes.default.svc.cluster.local",
        ],
    },
    {
        name: "front-proxy-client",
        authority: FRONT_PROXY,
        subject: "/CN=front-proxy-client",
        usage: "clientAuth",
    },
    {
        name: "metrics-server",
        subject: "/CN=metrics-server",
        usage: "serverAuth",
        addresses: ["DNS:metrics-server.kube-system.svc"],
    },
];

/** Creates the certificates of a new cluster and a kubeconfig for each client. They are deleted with the sandbox. */
export async function createPki(): Promise<void> {
    fs.mkdirSync(PKI, { recursive: true, mode: 0o700 });
    fs.mkdirSync(CONFIG, { recursive: true });
    await Promise.all(
        [DEFAULT_AUTHORITY, FRONT_PROXY].map((name) => createAuthority(PKI, name, `/CN=otel-stack-sandbox-${name}`)),
    );
    await Promise.all([...CLIENTS, ...OTHER_CERTIFICATES].map((certificate) => createCertificate(PKI, certificate)));
    await runOpenssl(PKI, [
        "genpkey",
        "-algorithm",
        "RSA",
        "-pkeyopt",
        "rsa_keygen_bits:2048",
        "-out",
        "service-account.key",
    ]);
    await runOpenssl(PKI, ["pkey", "-in", "service-account.key", "-pubout", "-out", "service-account.pub"]);
    for (const { name } of CLIENTS) {
        const file = name === "admin" ? KUBECONFIG : path.join(CONFIG, `${name}.kubeconfig`);
        fs.writeFileSync(file, JSON.stringify(renderKubeconfig(name)), { mode: 0o600 });
    }
}

/** Creates the kubelet certificate of a node, and writes the keys and kubeconfigs of the node to its folder. */
export async function createNodePki({ address, folder, name }: SandboxNode): Promise<void> {
    const kubelet = `kubelet-${name}`;
    await createCertificate(PKI, {
        name: kubelet,
        subject: `/O=system:nodes/CN=system:node:${name}`,
        usage: "clientAuth,serverAuth",
        addresses: [`IP:${address}`, `DNS:${name}`],
    });
    const [pki, config] = [path.join(folder, "pki"), path.join(folder, "config")];
    fs.mkdirSync(pki, { recursive: true, mode: 0o700 });
    fs.mkdirSync(config, { recursive: true });
    const files = { "kubelet.crt": `${kubelet}.crt`, "kubelet.key": `${kubelet}.key`, "ca.crt": "ca.crt" };
    for (const [file, from] of Object.entries(files)) {
        const to = path.join(pki, file);
        if (to !== path.join(PKI, from)) {
            fs.copyFileSync(path.join(PKI, from), to);
        }
    }
    for (const client of NODE_CLIENTS) {
        const file = path.join(config, `${client}.kubeconfig`);
        fs.writeFileSync(file, JSON.stringify(renderKubeconfig(client)), { mode: 0o600 });
    }
    fs.writeFileSync(path.join(config, "kubelet.kubeconfig"), JSON.stringify(renderKubeconfig(kubelet)), {
        mode: 0o600,
    });
}

/** Reads a certificate or key of the cluster as base64. */
export function readPki(file: string): string {
    return fs.readFileSync(path.join(PKI, file)).toString("base64");
}

function renderKubeconfig(client: string): object {
    return {
        apiVersion: "v1",
        kind: "Config",
        "current-context": "otel-stack-sandbox",
        clusters: [
            {
                name: "otel-stack-sandbox",
                cluster: { server: API_SERVER, "certificate-authority-data": readPki("ca.crt") },
            },
        ],
        users: [
            {
                name: client,
                user: {
                    "client-certificate-data": readPki(`${client}.crt`),
                    "client-key-data": readPki(`${client}.key`),
                },
            },
        ],
        contexts: [{ name: "otel-stack-sandbox", context: { cluster: "otel-stack-sandbox", user: client } }],
    };
}
