import { escapeDollar } from "../../../components/collector/config/escape";
import { SHOP_IMAGE } from "../../../sandbox/images";
import { VERSIONS } from "../../../sandbox/go-modules";
import { NODE_IN_IMAGE } from "../../../sandbox/shop-image";
import { apply, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { bundleScript, renderExternalProgram } from "./external-program";
import type { Pem } from "./secure-otlp";

/** Another Namespace of the sandbox, for backends that are not part of the stack. */
export const EXTERNAL_NAMESPACE = `${NAMESPACE}-elsewhere`;
/** An OTLP backend: a Collector that counts items and requires a token. */
export const VENDOR_HOST = `vendor.${EXTERNAL_NAMESPACE}`;
/** A stub of the Track API. */
export const INGESTION_HOST = `ingestion.${EXTERNAL_NAMESPACE}`;
export const INGESTION_PORT = 8080;
export const CA_SECRET = "vendor-ca";

const COLLECTOR_IMAGE = `localhost/otel-sandbox/otelcol-contrib:${VERSIONS.collector}`;
const BACKENDS = ["vendor", "ingestion"] as const;
type Backend = (typeof BACKENDS)[number];

export interface ExternalBackendArgs {
    /** Certificate of the vendor's gRPC listener. */
    readonly certificate: Pem;
    /** The token that the vendor requires. */
    readonly token: string;
    /** The key that the ingestion endpoint accepts. */
    readonly instrumentationKey: string;
}

/** Starts the backends, and creates the Secret with the authority's certificate for the stack's Collector. */
export async function startExternalBackends({
    certificate,
    token,
    instrumentationKey,
}: ExternalBackendArgs): Promise<void> {
    const vendorConfig = {
        extensions: { bearertokenauth: { token: escapeDollar(token) }, health_check: { endpoint: "0.0.0.0:13133" } },
        receivers: {
            otlp: {
                protocols: {
                    grpc: {
                        endpoint: "0.0.0.0:4317",
                        tls: { cert_file: "/etc/vendor/tls.crt", key_file: "/etc/vendor/tls.key" },
                        auth: { authenticator: "bearertokenauth" },
                    },
                    http: { endpoint: "0.0.0.0:4318", auth: { authenticator: "bearertokenauth" } },
                },
            },
        },
        exporters: { nop: {} },
        service: {
            extensions: ["bearertokenauth", "health_check"],
            telemetry: {
                metrics: { readers: [{ pull: { exporter: { prometheus: { host: "0.0.0.0", port: 8888 } } } }] },
            },
            pipelines: Object.fromEntries(
                ["traces", "metrics", "logs"].map((signal) => [signal, { receivers: ["otlp"], exporters: ["nop"] }]),
            ),
        },
    };
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: EXTERNAL_NAMESPACE } });
    await apply(
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: CA_SECRET, namespace: NAMESPACE },
            stringData: { "ca.crt": certificate.ca },
        },
        ...renderExternalProgram("vendor", EXTERNAL_NAMESPACE, {
            image: COLLECTOR_IMAGE,
            args: ["--config=/etc/vendor/config.yaml"],
            // YAML is a superset of JSON.
            files: {
                "config.yaml": JSON.stringify(vendorConfig),
                "tls.crt": certificate.cert,
                "tls.key": certificate.key,
            },
            ports: [4317, 4318, 8888],
            ready: 13133,
        }),
        ...renderExternalProgram("ingestion", EXTERNAL_NAMESPACE, {
            image: SHOP_IMAGE.name,
            command: [NODE_IN_IMAGE, "/etc/ingestion/main.js"],
            env: { INSTRUMENTATION_KEY: instrumentationKey },
            files: { "main.js": await bundleScript("azure-ingestion-stub.ts") },
            ports: [INGESTION_PORT],
            ready: INGESTION_PORT,
        }),
    );
    await waitForBackends(BACKENDS);
}

export async function stopExternalBackends(): Promise<void> {
    await kubectl("delete", "namespace", EXTERNAL_NAMESPACE, "--ignore-not-found", "--wait=true", KUBECTL_TIMEOUT);
    await kubectl("delete", "secret", "-n", NAMESPACE, CA_SECRET, "--ignore-not-found");
}

/** Scales the backends to 0 or 1, and waits until they have stopped or are ready. */
export async function scaleExternalBackends(replicas: 0 | 1): Promise<void> {
    const deployments = BACKENDS.map((name) => `deployment/${name}`);
    await kubectl("scale", "-n", EXTERNAL_NAMESPACE, `--replicas=${replicas}`, ...deployments);
    if (replicas === 1) {
        await waitForBackends(BACKENDS);
    } else {
        await kubectl("wait", "-n", EXTERNAL_NAMESPACE, "pods", "--all", "--for=delete", KUBECTL_TIMEOUT);
    }
}

async function waitForBackends(backends: readonly Backend[]): Promise<void> {
    for (const name of backends) {
        await kubectl("rollout", "status", "-n", EXTERNAL_NAMESPACE, `deployment/${name}`, KUBECTL_TIMEOUT);
    }
}

/** Number of items, such as `spans`, that the vendor accepted over the transport since it started. */
export async function countAcceptedByVendor(items: string, transport: "grpc" | "http"): Promise<number> {
    const metrics = await getThroughProxy("vendor:8888", "metrics");
    const line = metrics
        .split("\n")
        .find((text) => text.startsWith(`otelcol_receiver_accepted_${items}`) && text.includes(`"${transport}"`));
    return Number(line?.split(" ").at(-1) ?? 0);
}

/** The ids that the ingestion endpoint accepted, by service and kind, such as `shop Message`. */
export async function listIngestedIds(): Promise<Readonly<Record<string, readonly number[]>>> {
    return JSON.parse(await getThroughProxy(`ingestion:${INGESTION_PORT}`, "accepted")) as Record<string, number[]>;
}

/** Number of responses of the ingestion endpoint by status. */
export async function countIngestionResponses(): Promise<Readonly<Record<string, number>>> {
    return JSON.parse(await getThroughProxy(`ingestion:${INGESTION_PORT}`, "answered")) as Record<string, number>;
}

/** Makes the ingestion endpoint reject a service's items once with each of the given statuses. */
export async function planIngestionErrors(service: string, answers: readonly number[]): Promise<void> {
    await getThroughProxy(`ingestion:${INGESTION_PORT}`, `plan?service=${service}&answers=${answers.join(",")}`);
}

async function getThroughProxy(service: string, path: string): Promise<string> {
    return kubectl("get", "--raw", `/api/v1/namespaces/${EXTERNAL_NAMESPACE}/services/${service}/proxy/${path}`);
}
