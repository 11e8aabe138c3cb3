import { VERSIONS } from "../../../sandbox/go-modules";
import type { Protocol } from "../../../tools/verify/types";
import { apply, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { TRAEFIK, TRAEFIK_NAMESPACE } from "./traefik";

export interface SenderPod {
    /** Of its pod, and of the service whose span it sends. */
    readonly name: string;
    readonly protocol: Protocol;
    /** The name that it sends to, which leads to the controller as if by DNS. */
    readonly host: string;
    /** The value of the header that lets it in. */
    readonly authorization: string;
}

const LABELS = { "e2e-role": "sender" };

/** The policies of a stack deny every pod beside it the way out; a person allows it to one's own. */
const EGRESS_POLICY = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "e2e-sender", namespace: NAMESPACE },
    spec: { podSelector: { matchLabels: LABELS }, policyTypes: ["Egress"], egress: [{}] },
};

/** Has a pod send a span by TLS to port 443 of that name, and waits for its end. */
export async function runSenderPod({ authorization, host, name, protocol }: SenderPod): Promise<void> {
    const ip = await kubectl("get", "service", "-n", TRAEFIK_NAMESPACE, TRAEFIK, "-o", "jsonpath={.spec.clusterIP}");
    await apply(EGRESS_POLICY, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: NAMESPACE, labels: LABELS },
        spec: {
            restartPolicy: "Never",
            hostAliases: [{ ip, hostnames: [host] }],
            containers: [
                {
                    name: "sender",
                    image: `localhost/otel-sandbox/telemetrygen:${VERSIONS.telemetrygen}`,
                    args: [
                        "traces",
                        `--otlp-endpoint=${host}:443`,
                        ...(protocol === "http" ? ["--otlp-http"] : []),
                        `--otlp-header=authorization="${authorization}"`,
                        "--ca-cert=/authority/ca.crt",
                        `--service=${name}`,
                        "--traces=1",
                    ],
                    volumeMounts: [{ name: "authority", mountPath: "/authority" }],
                },
            ],
            volumes: [
                {
                    name: "authority",
                    secret: {
                        secretName: "otel-collector-secure-tls",
                        items: [{ key: "ca.crt", path: "ca.crt" }],
                    },
                },
            ],
        },
    });
    const succeeded = "--for=jsonpath={.status.phase}=Succeeded";
    await kubectl("wait", "-n", NAMESPACE, `pod/${name}`, succeeded, KUBECTL_TIMEOUT);
    await kubectl("delete", "pod", "-n", NAMESPACE, name);
}
