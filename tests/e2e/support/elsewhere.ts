import * as path from "node:path";
import { build } from "esbuild";
import { asLiteral } from "../../../components/collector/literal";
import { SHOP_IMAGE } from "../../../sandbox/images";
import { VERSIONS } from "../../../sandbox/programs";
import { NODE_IN_IMAGE } from "../../../sandbox/shop";
import { apply, kubectl, NAMESPACE, PATIENCE } from "./cluster";
import type { Pem } from "./guard";

/** Another Namespace of the sandbox, for the backends that a stack does not have itself. */
export const ELSEWHERE = `${NAMESPACE}-elsewhere`;
/** An OTLP backend: a Collector that counts, and asks for a token. */
export const VENDOR = `vendor.${ELSEWHERE}`;
/** What speaks the Track API. */
export const INGESTION = `ingestion.${ELSEWHERE}`;
export const INGESTION_PORT = 8080;
export const CA_SECRET = "vendor-ca";

const COLLECTOR_IMAGE = `localhost/otel-sandbox/otelcol-contrib:${VERSIONS.collector}`;
const BACKENDS = ["vendor", "ingestion"] as const;
type Backend = (typeof BACKENDS)[number];

export interface ElsewhereArgs {
    /** Of the vendor's gRPC listener. */
    readonly certificate: Pem;
    /** That the vendor asks for. */
    readonly token: string;
    /** That the ingestion endpoint takes. */
    readonly instrumentationKey: string;
}

/** Starts the backends, and puts the authority where the stack's Collector finds it. */
export async function startElsewhere({ certificate, token, instrumentationKey }: ElsewhereArgs): Promise<void> {
    const vendorConfig = {
        extensions: { bearertokenauth: { token: asLiteral(token) }, health_check: { endpoint: "0.0.0.0:13133" } },
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
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: ELSEWHERE } });
    await apply(
        {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: CA_SECRET, namespace: NAMESPACE },
            stringData: { "ca.crt": certificate.ca },
        },
        ...backend("vendor", {
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
        ...backend("ingestion", {
            image: SHOP_IMAGE.name,
            command: [NODE_IN_IMAGE, "/etc/ingestion/main.js"],
            env: { INSTRUMENTATION_KEY: instrumentationKey },
            files: { "main.js": await bundled("ingestion.ts") },
            ports: [INGESTION_PORT],
            ready: INGESTION_PORT,
        }),
    );
    await areThere(BACKENDS);
}

export async function stopElsewhere(): Promise<void> {
    await kubectl("delete", "namespace", ELSEWHERE, "--ignore-not-found", "--wait=true", PATIENCE);
    await kubectl("delete", "secret", "-n", NAMESPACE, CA_SECRET, "--ignore-not-found");
}

/** Takes the backends away, or gives them back, and waits until that is so. */
export async function scaleElsewhere(replicas: 0 | 1): Promise<void> {
    const deployments = BACKENDS.map((name) => `deployment/${name}`);
    await kubectl("scale", "-n", ELSEWHERE, `--replicas=${replicas}`, ...deployments);
    if (replicas === 1) {
        await areThere(BACKENDS);
    } else {
        await kubectl("wait", "-n", ELSEWHERE, "pods", "--all", "--for=delete", PATIENCE);
    }
}

async function areThere(backends: readonly Backend[]): Promise<void> {
    for (const name of backends) {
        await kubectl("rollout", "status", "-n", ELSEWHERE, `deployment/${name}`, PATIENCE);
    }
}

/** How many items the vendor has taken of that kind, such as `spans`, by that transport, since it started. */
export async function takenByVendor(items: string, transport: "grpc" | "http"): Promise<number> {
    const metrics = await ask("vendor:8888", "metrics");
    const line = metrics
        .split("\n")
        .find((text) => text.startsWith(`otelcol_receiver_accepted_${items}`) && text.includes(`"${transport}"`));
    return Number(line?.split(" ").at(-1) ?? 0);
}

/** The ids that the ingestion endpoint has accepted, by service and kind, such as `shop Message`. */
export async function ingested(): Promise<Readonly<Record<string, readonly number[]>>> {
    return JSON.parse(await ask(`ingestion:${INGESTION_PORT}`, "accepted")) as Record<string, number[]>;
}

/** How often the ingestion endpoint has answered with each status. */
export async function answeredByIngestion(): Promise<Readonly<Record<string, number>>> {
    return JSON.parse(await ask(`ingestion:${INGESTION_PORT}`, "answered")) as Record<string, number>;
}

/** Has the ingestion endpoint refuse what a service sends, as often as there are answers. */
export async function planRefusals(service: string, answers: readonly number[]): Promise<void> {
    await ask(`ingestion:${INGESTION_PORT}`, `plan?service=${service}&answers=${answers.join(",")}`);
}

async function ask(service: string, path: string): Promise<string> {
    return kubectl("get", "--raw", `/api/v1/namespaces/${ELSEWHERE}/services/${service}/proxy/${path}`);
}

async function bundled(file: string): Promise<string> {
    const { outputFiles } = await build({
        entryPoints: [path.join(__dirname, file)],
        bundle: true,
        platform: "node",
        target: "node22",
        format: "cjs",
        write: false,
    });
    return outputFiles.map(({ text }) => text).join("");
}

interface BackendArgs {
    readonly image: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** In the folder of the backend's name under /etc. */
    readonly files: Readonly<Record<string, string>>;
    readonly ports: readonly number[];
    /** Port that answers once it takes requests. */
    readonly ready: number;
}

function backend(name: Backend, { files, ports, ready, env = {}, ...program }: BackendArgs): object[] {
    const metadata = { name, namespace: ELSEWHERE, labels: { app: name } };
    const container = {
        name,
        ...program,
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        readinessProbe: { httpGet: { path: "/", port: ready }, periodSeconds: 1 },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        volumeMounts: [{ name: "files", mountPath: `/etc/${name}` }],
    };
    const template = {
        metadata: { labels: { app: name } },
        spec: {
            terminationGracePeriodSeconds: 1,
            securityContext: { runAsUser: 10001, runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
            containers: [container],
            volumes: [{ name: "files", configMap: { name } }],
        },
    };
    return [
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: files },
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata,
            spec: { selector: { matchLabels: { app: name } }, template },
        },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata,
            spec: {
                selector: { app: name },
                ports: ports.map((port) => ({ name: `port-${port}`, port, targetPort: port })),
            },
        },
    ];
}
