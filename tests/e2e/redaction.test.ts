import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { DATA_OWNERS } from "../../config/schema/durability";
import { SIGNALS } from "../../config/types/signal";
import { VERSIONS } from "../../sandbox/go-modules";
import { Canaries, CANARY_EXPRESSION, CANARY_RULES } from "./support/canaries";
import { apply, kubectl, KUBECTL_TIMEOUT, listObjects, type NamedObject, NAMESPACE } from "./support/cluster";
import { scaleBackends, STATEFUL_BACKENDS } from "./support/data-loss";
import { postOtlp } from "./support/otlp-requests";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";
import { VolumePod } from "./support/volume-pod";

needsSandbox("it reads the volumes of the sandbox");

const SERVICE = "e2e-redaction";
const ARRIVAL_TIMEOUT_SECONDS = 120;
const QUEUE_CLAIM = "queues-otel-collector-0";
/** An external destination, which prints what it receives. */
const DESTINATION = "redaction-destination";
const COLLECTOR_IMAGE = `localhost/otel-sandbox/otelcol-contrib:${VERSIONS.collector}`;

const SETTINGS = {
    redaction: CANARY_RULES,
    destinations: { copy: { endpoint: `http://${DESTINATION}.${NAMESPACE}:4318`, protocol: "http" } },
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};

const PERSISTENT = {
    "durability.mode": "disk",
    "durability.maxOutage": "5m",
    "durability.itemsPerSecond": 200,
    // Sizes of the volumes of the sandbox, and what fits on them.
    "jaeger.retention": "1h",
    "jaeger.volumeSize": "4Gi",
    "victoriaLogs.volumeSize": "8Gi",
    "prometheus.volumeSize": "1Gi",
};

/** How to read everything that a store returns. */
const STORES = {
    "jaeger traces": `jaeger:16686/proxy/api/traces?service=${SERVICE}&limit=100&lookback=1h`,
    "jaeger operations": `jaeger:16686/proxy/api/operations?service=${SERVICE}`,
    "jaeger services": "jaeger:16686/proxy/api/services",
    "prometheus series": 'prometheus:9090/proxy/api/v1/series?match[]={__name__!=""}',
    "prometheus metadata": "prometheus:9090/proxy/api/v1/metadata",
    "prometheus exemplars": 'prometheus:9090/proxy/api/v1/query_exemplars?query={__name__!=""}',
    "victorialogs records": "victorialogs:9428/proxy/select/logsql/query?query=*&limit=10000",
    "port 8889": "otel-collector:8889/proxy/metrics",
} as const;
type Store = keyof typeof STORES;

async function read(store: Store): Promise<string> {
    const [service = "", ...path] = STORES[store].split("/proxy/");
    const [route = "", query = ""] = path.join("/proxy/").split("?");
    const escaped = query === "" ? "" : `?${encodeURI(query).replaceAll("[", "%5B").replaceAll("]", "%5D")}`;
    const range = store === "prometheus exemplars" ? exemplarRange() : "";
    return kubectl(
        "get",
        "--raw",
        `/api/v1/namespaces/${NAMESPACE}/services/${service}/proxy/${route}${escaped}${range}`,
    );
}

function exemplarRange(): string {
    const now = Math.floor(Date.now() / 1000);
    return `&start=${now - 3600}&end=${now + 60}`;
}

interface StackPod extends NamedObject {
    readonly spec: {
        readonly securityContext?: { readonly runAsUser?: number };
        readonly volumes?: readonly { readonly persistentVolumeClaim?: { readonly claimName: string } }[];
    };
}

/** The claims of the stack's pods, each with the user who can read its files. */
async function listClaims(): Promise<readonly { readonly claim: string; readonly user: number }[]> {
    const pods = await listObjects<StackPod>("pods", "-l", "app.kubernetes.io/part-of=otel-stack");
    return pods.flatMap(({ metadata, spec }) =>
        (spec.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
            persistentVolumeClaim === undefined
                ? []
                : [
                      {
                          claim: persistentVolumeClaim.claimName,
                          user: spec.securityContext?.runAsUser ?? assert.fail(`${metadata.name} has no runAsUser`),
                      },
                  ],
        ),
    );
}

/** Files of a volume in which an extended regular expression matches. */
async function grepVolume(claim: string, user: number, expression: string): Promise<readonly string[]> {
    const pod = await VolumePod.start(claim, user);
    try {
        // A store preallocates files: busybox's grep takes minutes for a gibibyte of zeros. A store also deletes files.
        const output = await pod.run(
            `find /data -type f | while read -r file; do
                [ -e "$file" ] || continue
                [ -r "$file" ] || exit 2
                if tr -s '\\000' '\\n' <"$file" | grep -qaE '${expression}'; then echo "$file"; fi
            done`,
        );
        return output.split("\n").filter((line) => line !== "");
    } finally {
        await pod.stop();
    }
}

/** The logs of all pods in the stack's Namespace, the destination's included. */
async function readPodLogs(): Promise<Readonly<Record<string, string>>> {
    const pods = await listObjects<NamedObject>("pods");
    const logs = pods.map(async ({ metadata: { name } }) => [
        name,
        await kubectl("logs", "-n", NAMESPACE, name, "--all-containers", "--tail=-1"),
    ]);
    return Object.fromEntries(await Promise.all(logs)) as Record<string, string>;
}

async function startDestination(): Promise<void> {
    const config = {
        receivers: { otlp: { protocols: { http: { endpoint: "0.0.0.0:4318" } } } },
        exporters: { debug: { verbosity: "detailed" } },
        service: {
            pipelines: Object.fromEntries(
                SIGNALS.map((signal) => [signal, { receivers: ["otlp"], exporters: ["debug"] }]),
            ),
        },
    };
    const metadata = { name: DESTINATION, namespace: NAMESPACE, labels: { app: DESTINATION } };
    await apply(
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "config.yaml": JSON.stringify(config) } },
        {
            apiVersion: "v1",
            kind: "Service",
            metadata,
            spec: { selector: { app: DESTINATION }, ports: [{ name: "http", port: 4318 }] },
        },
        {
            apiVersion: "v1",
            kind: "Pod",
            metadata,
            spec: {
                terminationGracePeriodSeconds: 1,
                securityContext: {
                    runAsUser: 10001,
                    runAsNonRoot: true,
                    seccompProfile: { type: "RuntimeDefault" },
                },
                containers: [
                    {
                        name: DESTINATION,
                        image: COLLECTOR_IMAGE,
                        args: ["--config=/etc/destination/config.yaml"],
                        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                        volumeMounts: [{ name: "config", mountPath: "/etc/destination" }],
                    },
                ],
                volumes: [{ name: "config", configMap: { name: DESTINATION } }],
            },
        },
    );
    await kubectl("wait", "-n", NAMESPACE, `pod/${DESTINATION}`, "--for=condition=Ready", KUBECTL_TIMEOUT);
}

async function stopDestination(): Promise<void> {
    await kubectl("delete", "-n", NAMESPACE, `pod,service,configmap`, "-l", `app=${DESTINATION}`, "--grace-period=1");
}

for (const mode of ["memory", "disk"] as const) {
    describe(`redaction with durability.mode ${mode}`, () => {
        const visible = `shown${randomBytes(6).toString("hex")}`;
        const canaries = new Canaries(SERVICE, visible);
        let forwards: PortForwards | undefined;

        before(async () => {
            await startDestination();
            await pulumiUp(configureStack("sandbox", { ...SETTINGS, ...(mode === "disk" ? PERSISTENT : {}) }));
            forwards = await PortForwards.open(configureStack("sandbox", SETTINGS));
        });

        after(async () => {
            await forwards?.close();
            await pulumiUp(configureStack("sandbox", { allowDataLoss: [...DATA_OWNERS] }));
            await kubectl("delete", "persistentvolumeclaims", "-n", NAMESPACE, "--all");
            await stopDestination();
        });

        async function send(): Promise<void> {
            const { collector } = forwards ?? assert.fail();
            const requests = canaries.renderRequests();
            assert.equal(canaries.find(JSON.stringify(requests)).length, canaries.count);
            for (const signal of SIGNALS) {
                await postOtlp(collector, signal, requests[signal]);
            }
        }

        if (mode === "disk") {
            it("writes no masked text to the volume of the queues", async () => {
                await scaleBackends(STATEFUL_BACKENDS, 0);
                try {
                    await send();
                    const user = (await listClaims()).find(({ claim }) => claim === QUEUE_CLAIM)?.user ?? assert.fail();
                    await eventually(async () => {
                        assert.notDeepEqual(await grepVolume(QUEUE_CLAIM, user, visible), [], "no queued telemetry");
                    });
                    assert.deepEqual(await grepVolume(QUEUE_CLAIM, user, CANARY_EXPRESSION), []);
                } finally {
                    await scaleBackends(STATEFUL_BACKENDS, 1);
                }
            });
        } else {
            it("accepts telemetry with canaries in each place", async () => {
                await send();
                assert.ok(canaries.count > 500, String(canaries.count));
            });
        }

        for (const store of Object.keys(STORES) as Store[]) {
            it(`shows no masked text in ${store}`, async () => {
                // Jaeger's services and the descriptions of metrics hold nothing but masked texts and names.
                const marker = store.includes("services")
                    ? SERVICE
                    : /metadata|operations/.test(store)
                      ? "****"
                      : store.includes("exemplars")
                        ? "redacted_histogram"
                        : visible;
                await eventually(async () => {
                    assert.ok((await read(store)).includes(marker), `${store} has no ${marker}`);
                }, ARRIVAL_TIMEOUT_SECONDS);
                assert.deepEqual(canaries.find(await read(store)), []);
            });
        }

        it("shows no masked text in span metrics and the service graph", async () => {
            await eventually(async () => {
                const series = await read("prometheus series");
                for (const name of ["traces_span_metrics_calls_total", "traces_service_graph_request_total"]) {
                    assert.ok(
                        series.split("},{").some((one) => one.includes(name) && one.includes('"****"')),
                        name,
                    );
                }
            }, ARRIVAL_TIMEOUT_SECONDS);
            assert.deepEqual(canaries.find(await read("prometheus series")), []);
        });

        it("shows no masked text in the log of any pod, an external destination included", async () => {
            await eventually(async () => {
                const logs = await readPodLogs();
                const printing = Object.keys(logs).filter((name) => logs[name]?.includes(visible));
                assert.ok(printing.includes(DESTINATION), "the destination got nothing");
                assert.ok(
                    printing.some((name) => name.startsWith("otel-collector")),
                    "the debug exporter got nothing",
                );
            }, ARRIVAL_TIMEOUT_SECONDS);
            for (const [pod, log] of Object.entries(await readPodLogs())) {
                assert.deepEqual(canaries.find(log), [], pod);
            }
        });

        if (mode === "disk") {
            it("leaves no masked text on any volume", async () => {
                const claims = await listClaims();
                assert.ok(claims.length >= 4, JSON.stringify(claims));
                for (const { claim, user } of claims) {
                    assert.deepEqual(await grepVolume(claim, user, CANARY_EXPRESSION), [], claim);
                }
            });
        }
    });
}
