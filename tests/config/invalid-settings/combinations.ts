import type { InvalidSettings } from "./types";
import type { Raw } from "../../../config/types/raw";
import { nestValue } from "../../support/setting-values";
import { nestSetting } from "../../support/settings-path";

const SHOP_ON: Raw = { shop: { enabled: true }, images: { shop: "registry.example/shop:1.0.0" } };
const VICTORIA_LOGS_ON: Raw = { victoriaLogs: { enabled: true } };

/** Settings that enable a workload that is off by default. */
const ENABLED: Readonly<Record<string, Raw>> = { shop: SHOP_ON, victoriaLogs: VICTORIA_LOGS_ON };

function createRequestOverLimit(workload: string): InvalidSettings[] {
    return [
        {
            about: `${workload} with a CPU request above the limit`,
            raw: nestValue(ENABLED[workload] ?? {}, `${workload}.resources.requests.cpu`, "1500m"),
            key: `${workload}.resources.requests.cpu`,
        },
        {
            about: `${workload} with a memory request above the limit`,
            raw: nestValue(ENABLED[workload] ?? {}, `${workload}.resources.requests.memory`, "2Gi"),
            key: `${workload}.resources.requests.memory`,
        },
    ];
}

/** Settings that are valid alone and violate a rule together. */
export const invalidCombinations: readonly InvalidSettings[] = [
    ...["shop", "collector", "grafana", "jaeger", "loki", "victoriaLogs", "prometheus", "telemetrygen"].flatMap(
        createRequestOverLimit,
    ),
    {
        about: "the stack's own Namespace among those of the application environment",
        raw: nestSetting("applicationEnv.namespaces", ["shop", "playground-otel"]),
        key: "applicationEnv.namespaces",
    },
    {
        about: "a Namespace of the application environment twice",
        raw: nestSetting("applicationEnv.namespaces", ["shop", "shop"]),
        key: "applicationEnv.namespaces",
    },
    {
        about: "a Namespace of the application environment that NetworkPolicies deny",
        raw: { applicationEnv: { namespaces: ["shop"] }, networkPolicies: { enabled: true } },
        key: "applicationEnv.namespaces",
    },
    {
        about: "a Namespace of the application environment that may only use the secure OTLP listener",
        raw: {
            applicationEnv: { namespaces: ["shop"] },
            networkPolicies: { enabled: true, allowOtlpFrom: [{ "kubernetes.io/metadata.name": "shop" }] },
            secureOtlp: { enabled: true },
        },
        key: "applicationEnv.namespaces",
    },
    {
        about: "the shop without an image",
        raw: nestSetting("shop.enabled", true),
        key: "images.shop",
    },
    {
        about: "the shop without memory for Node.js",
        raw: nestValue(SHOP_ON, "shop.resources.limits.memory", "100Mi"),
        key: "shop.resources.limits.memory",
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
        key: "collector.resources.limits.memory",
    },
    {
        about: "a Grafana without memory for its processes",
        raw: nestSetting("grafana.resources.limits.memory", "200Mi"),
        key: "grafana.resources.limits.memory",
    },
    {
        about: "a Jaeger without memory for traces",
        raw: {
            jaeger: { resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } },
        },
        key: "jaeger.resources.limits.memory",
    },
    {
        about: "a Loki below the minimum memory",
        raw: nestSetting("loki.resources.limits.memory", "150Mi"),
        key: "loki.resources.limits.memory",
    },
    {
        about: "a Loki volume without room for the write-ahead log",
        raw: nestSetting("loki.volumeSize", "100Mi"),
        key: "loki.volumeSize",
    },
    {
        about: "a Loki burst limit below one batch",
        raw: nestSetting("loki.ingestion.burstMB", 1),
        key: "loki.ingestion.burstMB",
    },
    {
        about: "a VictoriaLogs without memory for queries",
        raw: nestValue(VICTORIA_LOGS_ON, "victoriaLogs.resources.limits.memory", "100Mi"),
        key: "victoriaLogs.resources.limits.memory",
    },
    {
        about: "a VictoriaLogs volume below the minimum",
        raw: nestValue(VICTORIA_LOGS_ON, "victoriaLogs.volumeSize", "100Mi"),
        key: "victoriaLogs.volumeSize",
    },
    {
        about: "a VictoriaLogs request limit below one batch",
        raw: nestValue(VICTORIA_LOGS_ON, "victoriaLogs.ingestion.maxRequestSize", "1Mi"),
        key: "victoriaLogs.ingestion.maxRequestSize",
    },
    {
        about: "a VictoriaLogs flushInterval with a fraction of a second",
        raw: nestValue(VICTORIA_LOGS_ON, "victoriaLogs.flushInterval", "1500ms"),
        key: "victoriaLogs.flushInterval",
    },
    {
        about: "span metrics without Prometheus",
        raw: { spanMetrics: { enabled: true }, prometheus: { enabled: false } },
        key: "spanMetrics.enabled",
    },
    {
        about: "span metrics with several replicas",
        raw: { spanMetrics: { enabled: true }, collector: { replicas: 2 } },
        key: "spanMetrics.enabled",
    },
    {
        about: "span metrics without a destination of traces",
        raw: {
            spanMetrics: { enabled: true },
            jaeger: { enabled: false },
            collector: { debugExporter: { enabled: false } },
        },
        key: "spanMetrics.enabled",
    },
    {
        about: "a Prometheus below the minimum memory",
        raw: { prometheus: { resources: { requests: { memory: "64Mi" }, limits: { memory: "100Mi" } } } },
        key: "prometheus.resources.limits.memory",
    },
    {
        about: "a Prometheus volume without room for the write-ahead log",
        raw: nestSetting("prometheus.volumeSize", "100Mi"),
        key: "prometheus.volumeSize",
    },
    {
        about: "more series of a service than the memory of Prometheus holds",
        raw: nestSetting("collector.maxSeriesPerService", 40_000),
        key: "collector.maxSeriesPerService",
    },
    {
        about: "a batch minSize above maxSize",
        raw: nestSetting("collector.batch.minSize", "3Mi"),
        key: "collector.batch.minSize",
    },
    {
        about: "a batch above Jaeger's limit",
        raw: nestSetting("collector.batch.maxSize", "5Mi"),
        key: "collector.batch.maxSize",
    },
    {
        about: "a queue below the largest request",
        raw: nestSetting("collector.queue.size", "1Mi"),
        key: "collector.queue.size",
    },
    {
        about: "a queue above half of the memory limit",
        raw: nestSetting("collector.queue.size", "400Mi"),
        key: `collector.queue.size`,
    },
    {
        about: "a maxRequestSize with a fraction of a MiB",
        raw: nestSetting("collector.receiver.maxRequestSize", "1500Ki"),
        key: "collector.receiver.maxRequestSize",
    },
    {
        about: "a maxRequestSize above a quarter of the memory limit",
        raw: nestSetting("collector.receiver.maxRequestSize", "256Mi"),
        key: `collector.receiver.maxRequestSize`,
    },
    ...(["applicationEnv.metricExportInterval", "clusterTelemetry.kubeletMetrics.interval"] as const).map((key) => ({
        about: `${key} above the time that Prometheus looks back`,
        raw: nestValue({ clusterTelemetry: { kubeletMetrics: { enabled: true } } }, key, "5m"),
        key,
    })),
    {
        about: "a batch that waits too long for Prometheus in the agents",
        raw: {
            clusterTelemetry: { kubeletMetrics: { enabled: true } },
            collector: { batch: { flushTimeout: "241s" } },
        },
        key: "collector.batch.flushTimeout",
    },
    {
        about: "a batch that waits too long for Prometheus in the Collector",
        raw: { durability: { mode: "disk" }, collector: { batch: { flushTimeout: "271s" } } },
        key: "collector.batch.flushTimeout",
    },
    {
        about: "a metricExpiration below two export intervals",
        raw: {
            applicationEnv: { metricExportInterval: "1m" },
            collector: { prometheusExporter: { metricExpiration: "90s" } },
        },
        key: "collector.prometheusExporter.metricExpiration",
    },
    {
        about: "a metricExpiration below the scrape interval",
        raw: { collector: { prometheusExporter: { metricExpiration: "30s" } }, prometheus: { scrapeInterval: "1m" } },
        key: "collector.prometheusExporter.metricExpiration",
    },
    {
        about: "remote write without Prometheus",
        raw: { collector: { remoteWrite: { enabled: true } }, prometheus: { enabled: false } },
        key: "collector.remoteWrite.enabled",
    },
    {
        about: "a Collector without exporters",
        raw: {
            collector: { debugExporter: { enabled: false } },
            jaeger: { enabled: false },
            loki: { enabled: false },
            prometheus: { enabled: false },
        },
        key: "collector.debugExporter.enabled",
    },
    {
        about: "sample traces without a destination",
        raw: {
            collector: { debugExporter: { enabled: false } },
            jaeger: { enabled: false },
            telemetrygen: { traces: { enabled: true } },
        },
        key: "telemetrygen.traces.enabled",
    },
    {
        about: "sample metrics without a destination",
        raw: {
            collector: { debugExporter: { enabled: false } },
            prometheus: { enabled: false },
            telemetrygen: { metrics: { enabled: true } },
        },
        key: "telemetrygen.metrics.enabled",
    },
    {
        about: "sample logs without a destination",
        raw: {
            collector: { debugExporter: { enabled: false } },
            loki: { enabled: false },
            telemetrygen: { logs: { enabled: true } },
        },
        key: "telemetrygen.logs.enabled",
    },
    {
        about: "a Service without an IP family",
        raw: { services: { ipFamilies: [] } },
        key: "services.ipFamilies",
    },
    {
        about: "a Service with one stack and two IP families",
        raw: { services: { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4", "IPv6"] } },
        key: "services.ipFamilyPolicy",
    },
    {
        about: "a label of Services by which the stack selects",
        raw: { services: { labels: { "app.kubernetes.io/name": "a" } } },
        key: "services.labels",
    },
    {
        about: "an address family of nodes without metrics of the kubelet",
        raw: { clusterTelemetry: { kubeletMetrics: { ipFamily: "IPv6" } } },
        key: "clusterTelemetry.kubeletMetrics.ipFamily",
    },
    {
        about: "a client CA when auth is token",
        raw: { secureOtlp: { enabled: true, tls: { clientCaSecretName: "senders-ca" } } },
        key: "secureOtlp.tls.clientCaSecretName",
    },
    {
        about: "a token version when auth is mtls",
        raw: { secureOtlp: { enabled: true, auth: "mtls", token: { version: 2 } } },
        key: "secureOtlp.token.version",
    },
    {
        about: "a token version with an existing Secret",
        raw: { secureOtlp: { enabled: true, token: { secretName: "tokens", version: 2 } } },
        key: "secureOtlp.token.version",
    },
    {
        about: "a token of the previous version with an existing Secret",
        raw: { secureOtlp: { enabled: true, token: { secretName: "tokens", acceptPrevious: false } } },
        key: "secureOtlp.token.acceptPrevious",
    },
    {
        about: "a version of Grafana's password with an existing Secret",
        raw: { grafana: { secretName: "grafana-admin", adminPasswordVersion: 2 } },
        key: "grafana.adminPasswordVersion",
    },
    {
        about: "a password for Grafana",
        raw: { grafana: { adminPassword: "text" } },
        key: "grafana.adminPassword",
    },
    {
        about: "acceptPrevious with the first token version",
        raw: { secureOtlp: { enabled: true, token: { acceptPrevious: true } } },
        key: "secureOtlp.token.acceptPrevious",
    },
    {
        about: "a Namespace of the cluster that destroy would delete",
        raw: nestSetting("namespace.name", "default"),
        key: "namespace.create",
    },
    {
        about: "Pod Security labels for a Namespace that the stack does not create",
        raw: { namespace: { create: false, podSecurity: { enforce: "restricted" } } },
        key: "namespace.podSecurity.enforce",
    },
    ...["allowOtlpFrom", "allowUiFrom", "allowScrapeFrom"].map((list) => ({
        about: `networkPolicies.${list} without NetworkPolicies`,
        raw: nestSetting(`networkPolicies.${list}`, [{ team: "shop" }]),
        key: `networkPolicies.${list}`,
    })),
    {
        about: "allowUiFrom without Grafana",
        raw: { networkPolicies: { enabled: true, allowUiFrom: [{ team: "shop" }] }, grafana: { enabled: false } },
        key: "networkPolicies.allowUiFrom",
    },
    {
        about: "two port-forwards on one local port",
        raw: { localPorts: { jaeger: 9090 } },
        key: "localPorts",
    },
];
