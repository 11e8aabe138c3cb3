import { VERSIONS } from "../../../sandbox/go-modules";
import type { Protocol } from "../../../tools/verify/types";
import { apply, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { TRAEFIK, TRAEFIK_NAMESPACE } from "./traefik";

export interface SenderPod {
    /** Name of the pod, and of the service of its span. */
    readonly name: string;
    readonly protocol: Protocol;
    /** The hostname to send to. It resolves to the controller. */
    readonly host: string;
    /** Value of the `Authorization` header. */
    readonly authorization: string;
}

const LABELS = { "e2e-role": "sender" };

/** The policies of a stack deny egress of other pods in its Namespace. A user allows it for their own pods. */
const EGRESS_POLICY = {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "e2e-sender", namespace: NAMESPACE },
    spec: { podSelector: { matchLabels: LABELS }, policyTypes: ["Egress"], egress: [{}] },
};

/** Runs a pod that sends a span over TLS to port 443 of the hostname, and waits until it exits. */
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
