import type { InvalidSettings } from "./invalid-settings";
import { nestSetting } from "../../support/settings-path";

function createRequestOverLimit(
    workload: string,
    limits: { readonly cpu: string; readonly memory: string },
): InvalidSettings[] {
    return [
        {
            about: `${workload} with a CPU request above the limit`,
            raw: nestSetting(`${workload}.resources.requests.cpu`, "1500m"),
            problem: `${workload}.resources.requests.cpu: expected at most the limit, ${limits.cpu} (${workload}.resources.limits.cpu)`,
        },
        {
            about: `${workload} with a memory request above the limit`,
            raw: nestSetting(`${workload}.resources.requests.memory`, "1Gi"),
            problem: `${workload}.resources.requests.memory: expected at most the limit, ${limits.memory} (${workload}.resources.limits.memory)`,
        },
    ];
}

const HALF = "a half of what the memory limiter allows with 256Mi (collector.resources.limits.memory)";
const QUARTER = "a quarter of what the memory limiter allows with 256Mi (collector.resources.limits.memory)";

/** Settings that are valid alone and violate a rule together. */
export const invalidCombinations: readonly InvalidSettings[] = [
    ...createRequestOverLimit("shop", { cpu: "1", memory: "192Mi" }),
    ...createRequestOverLimit("collector", { cpu: "1", memory: "256Mi" }),
    ...createRequestOverLimit("grafana", { cpu: "1", memory: "512Mi" }),
    ...createRequestOverLimit("jaeger", { cpu: "1", memory: "256Mi" }),
    ...createRequestOverLimit("loki", { cpu: "1", memory: "384Mi" }),
    ...createRequestOverLimit("victoriaLogs", { cpu: "1", memory: "384Mi" }),
    ...createRequestOverLimit("prometheus", { cpu: "1", memory: "512Mi" }),
    ...createRequestOverLimit("telemetrygen", { cpu: "250m", memory: "64Mi" }),
    {
        about: "the shop without an image",
        raw: nestSetting("shop.enabled", true),
        problem:
            "images.shop: expected the image of the shop with shop.enabled true: build and push one, `docker build -t REGISTRY/shop:1.0.0 shop`, and name it here",
    },
    {
        about: "the shop without memory for Node.js",
        raw: nestSetting("shop.resources.limits.memory", "100Mi"),
        problem: "shop.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Collector without memory next to the memory limiter",
        raw: {
            collector: {
                resources: { requests: { memory: "64Mi" }, limits: { memory: "127Mi" } },
                receiver: { maxRequestSize: "1Mi" },
                queue: { size: "4Mi" },
            },
        },
        problem: "collector.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Grafana without memory for its processes",
        raw: nestSetting("grafana.resources.limits.memory", "200Mi"),
        problem: "grafana.resources.limits.memory: expected at least 256Mi",
    },
    {
        about: "a Jaeger without memory for traces",
        raw: {
            jaeger: { maxTraces: 10, resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } },
        },
        problem: "jaeger.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Loki below the minimum memory",
        raw: nestSetting("loki.resources.limits.memory", "150Mi"),
        problem: "loki.resources.limits.memory: expected at least 192Mi",
    },
    {
        about: "a Loki volume without room for the write-ahead log",
        raw: nestSetting("loki.volumeSize", "100Mi"),
        problem: "loki.volumeSize: expected at least 512Mi",
    },
    {
        about: "a Loki burst limit below one batch",
        raw: nestSetting("loki.ingestion.burstMB", 1),
        problem:
            "loki.ingestion.burstMB: expected at least one batch, 2Mi (collector.batch.maxSize): it would be refused again and again",
    },
    {
        about: "a VictoriaLogs without memory for queries",
        raw: nestSetting("victoriaLogs.resources.limits.memory", "100Mi"),
        problem: "victoriaLogs.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a VictoriaLogs volume below the minimum",
        raw: nestSetting("victoriaLogs.volumeSize", "100Mi"),
        problem: "victoriaLogs.volumeSize: expected at least 512Mi",
    },
    {
        about: "a VictoriaLogs request limit below one batch",
        raw: nestSetting("victoriaLogs.ingestion.maxRequestSize", "1Mi"),
        problem:
            "victoriaLogs.ingestion.maxRequestSize: expected at least one batch, 2Mi (collector.batch.maxSize): VictoriaLogs refuses a larger one for good",
    },
    {
        about: "a VictoriaLogs flushInterval with a fraction of a second",
        raw: nestSetting("victoriaLogs.flushInterval", "1500ms"),
        problem: "victoriaLogs.flushInterval: expected whole seconds, such as 5s",
    },
    {
        about: "span metrics without Prometheus",
        raw: { spanMetrics: { enabled: true }, prometheus: { enabled: false } },
        problem: "spanMetrics.enabled: expected false, or true for prometheus.enabled: nothing takes them",
    },
    {
        about: "span metrics with several replicas",
        raw: { spanMetrics: { enabled: true }, collector: { replicas: 2 } },
        problem:
            "spanMetrics.enabled: expected false, or 1 for collector.replicas, or two-tier for topology: several pods would write the same series, each with a part of the count",
    },
    {
        about: "span metrics without a destination of traces",
        raw: {
            spanMetrics: { enabled: true },
            jaeger: { enabled: false },
            collector: { debugExporter: { enabled: false } },
        },
        problem:
            "spanMetrics.enabled: expected false, or true for jaeger.enabled or collector.debugExporter.enabled: no spans are taken",
    },
    {
        about: "a Prometheus below the minimum memory",
        raw: { prometheus: { resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } } },
        problem: "prometheus.resources.limits.memory: expected at least 128Mi",
    },
    {
        about: "a Prometheus volume without room for the write-ahead log",
        raw: nestSetting("prometheus.volumeSize", "100Mi"),
        problem: "prometheus.volumeSize: expected at least 512Mi",
    },
    {
        about: "more traces than Jaeger's memory holds",
        raw: nestSetting("jaeger.maxTraces", 10_000),
        problem: "jaeger.maxTraces: expected at most 9099, what 256Mi holds (jaeger.resources.limits.memory)",
    },
    {
        about: "a batch minSize above maxSize",
        raw: nestSetting("collector.batch.minSize", "3Mi"),
        problem: "collector.batch.minSize: expected at most 2Mi (collector.batch.maxSize)",
    },
    {
        about: "a batch above Jaeger's limit",
        raw: nestSetting("collector.batch.maxSize", "5Mi"),
        problem: "collector.batch.maxSize: expected at most 4Mi: Jaeger refuses a larger batch for good",
    },
    {
        about: "a queue below the largest request",
        raw: nestSetting("collector.queue.size", "1Mi"),
        problem:
            "collector.queue.size: expected at least 4Mi, the largest request or batch (collector.receiver.maxRequestSize, collector.batch.maxSize): what a queue can never hold is sent again without an end",
    },
    {
        about: "a queue above half of the memory limit",
        raw: nestSetting("collector.queue.size", "100Mi"),
        problem: `collector.queue.size: expected at most 96Mi, ${HALF}`,
    },
    {
        about: "a maxRequestSize with a fraction of a MiB",
        raw: nestSetting("collector.receiver.maxRequestSize", "1500Ki"),
        problem: "collector.receiver.maxRequestSize: expected a whole number of MiB, such as 4Mi",
    },
    {
        about: "a maxRequestSize above a quarter of the memory limit",
        raw: nestSetting("collector.receiver.maxRequestSize", "64Mi"),
        problem: `collector.receiver.maxRequestSize: expected at most 48Mi, ${QUARTER}`,
    },
    {
        about: "a metricExpiration below the scrape interval",
        raw: { collector: { prometheusExporter: { metricExpiration: "30s" } }, prometheus: { scrapeInterval: "1m" } },
        problem:
            "collector.prometheusExporter.metricExpiration: expected at least 1m (prometheus.scrapeInterval), or series end between two scrapes",
    },
    {
        about: "remote write without Prometheus",
        raw: { collector: { remoteWrite: { enabled: true } }, prometheus: { enabled: false } },
        problem:
            "collector.remoteWrite.enabled: expected false, or true for prometheus.enabled: nothing takes the remote write",
    },
    {
        about: "a Collector without exporters",
        raw: {
            collector: { debugExporter: { enabled: false } },
            jaeger: { enabled: false },
            loki: { enabled: false },
            prometheus: { enabled: false },
        },
        problem:
            "collector.debugExporter.enabled: expected true, or a backend that is on: the Collector has nowhere to send anything",
    },
    {
        about: "sample traces without a destination",
        raw: {
            collector: { debugExporter: { enabled: false } },
            jaeger: { enabled: false },
            telemetrygen: { traces: { enabled: true } },
        },
        problem:
            "telemetrygen.traces.enabled: expected false, or true for jaeger.enabled or collector.debugExporter.enabled: traces have no destination",
    },
    {
        about: "sample metrics without a destination",
        raw: {
            collector: { debugExporter: { enabled: false } },
            prometheus: { enabled: false },
            telemetrygen: { metrics: { enabled: true } },
        },
        problem:
            "telemetrygen.metrics.enabled: expected false, or true for prometheus.enabled, collector.prometheusExporter.enabled or collector.debugExporter.enabled: metrics have no destination",
    },
    {
        about: "sample logs without a destination",
        raw: {
            collector: { debugExporter: { enabled: false } },
            loki: { enabled: false },
            telemetrygen: { logs: { enabled: true } },
        },
        problem:
            "telemetrygen.logs.enabled: expected false, or true for loki.enabled, victoriaLogs.enabled or collector.debugExporter.enabled: logs have no destination",
    },
    {
        about: "a client CA when auth is token",
        raw: nestSetting("secureOtlp.tls.clientCaSecretName", "senders-ca"),
        problem:
            "secureOtlp.tls.clientCaSecretName: expected mtls for secureOtlp.auth: nobody is asked for a certificate",
    },
    {
        about: "a token version when auth is mtls",
        raw: { secureOtlp: { auth: "mtls", token: { version: 2 } } },
        problem: "secureOtlp.token: expected token for secureOtlp.auth: nobody is asked for a token",
    },
    {
        about: "acceptPrevious with the first token version",
        raw: nestSetting("secureOtlp.token.acceptPrevious", true),
        problem:
            "secureOtlp.token.acceptPrevious: expected false with version 1 (secureOtlp.token.version): there is none before it",
    },
    {
        about: "a Namespace of the cluster that destroy would delete",
        raw: nestSetting("namespace.name", "default"),
        problem: "namespace.create: expected false with the cluster's own Namespace default: destroy would delete it",
    },
    {
        about: "Pod Security labels for a Namespace that the stack does not create",
        raw: { namespace: { create: false, podSecurity: { enforce: "restricted" } } },
        problem:
            "namespace.podSecurity: expected to be left out with namespace.create false: a Namespace that exists keeps its labels",
    },
    ...["allowOtlpFrom", "allowUiFrom", "allowScrapeFrom"].map((list) => ({
        about: `networkPolicies.${list} without NetworkPolicies`,
        raw: nestSetting(`networkPolicies.${list}`, [{ team: "shop" }]),
        problem: `networkPolicies.${list}: expected true for networkPolicies.enabled: without policies every pod of the cluster is let in`,
    })),
    {
        about: "allowUiFrom without Grafana",
        raw: { networkPolicies: { enabled: true, allowUiFrom: [{ team: "shop" }] }, grafana: { enabled: false } },
        problem: "networkPolicies.allowUiFrom: expected true for grafana.enabled: there is nothing to open",
    },
    {
        about: "two port-forwards on one local port",
        raw: { localPorts: { jaeger: 9090 } },
        problem: "localPorts: expected a port of its own for each, jaeger and prometheus are both 9090",
    },
];
