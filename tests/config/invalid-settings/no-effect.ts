import type { Raw } from "../../../config/types/raw";
import type { InvalidSettings } from "./types";
import { nestSetting } from "../../support/settings-path";

const ON = { enabled: true };
const OFF = { enabled: false };
const DISK = { durability: { mode: "disk" } };
const PLAIN_VENDOR = { endpoint: "http://vendor.example:4317" };
const GRAFANA_GATEWAY = { api: "gateway", className: "a", grafana: { host: "grafana.example.com" } };
const GATEWAY = { ...GRAFANA_GATEWAY, tls: { secretName: "names-tls" } };

/** Settings without effect in an otherwise empty stack file. */
const alone: Readonly<Record<string, unknown>> = {
    "secureOtlp.auth": "mtls",
    "secureOtlp.tls.secretName": "tls",
    "tailSampling.samplingRatio": 0.5,
    "durability.maxOutage": "1h",
    "durability.itemsPerSecond": 500,
    "collector.autoscaling.maxReplicas": 3,
    "shop.errorRate": 0.5,
    "clusterTelemetry.hostMetrics.interval": "1m",
    "clusterTelemetry.namespace": "agents",
    "azureMonitor.signals": ["logs"],
    "expose.annotations": { "example.com/note": "text" },
    "localPorts.victoriaLogs": 9429,
    "grafana.victoriaLogsPlugin.version": "0.30.2",
};

const combined: readonly (readonly [about: string, raw: Raw, key: string])[] = [
    ["a setting of a disabled backend", { loki: { ...OFF, retention: "2d" } }, "loki.retention"],
    [
        "maxSpansPerTrace of a Jaeger with a volume",
        { ...DISK, jaeger: { maxSpansPerTrace: 200 } },
        "jaeger.maxSpansPerTrace",
    ],
    [
        "retainOnDelete without a volume in an existing Namespace",
        { namespace: { create: false }, loki: { persistence: { retainOnDelete: true } } },
        "loki.persistence.retainOnDelete",
    ],
    [
        "remoteWrite false with persistent queues",
        { ...DISK, collector: { remoteWrite: OFF } },
        "collector.remoteWrite.enabled",
    ],
    [
        "a remote write queue without remote write",
        { collector: { remoteWrite: { ...OFF, queueSize: 10 } }, spanMetrics: OFF },
        "collector.remoteWrite.queueSize",
    ],
    [
        "scaleDownWindow with persistent queues",
        { ...DISK, collector: { autoscaling: { ...ON, scaleDownWindow: "5m" } } },
        "collector.autoscaling.scaleDownWindow",
    ],
    [
        "metricExpiration without the Prometheus exporter",
        { collector: { prometheusExporter: { ...OFF, metricExpiration: "10m" } } },
        "collector.prometheusExporter.metricExpiration",
    ],
    [
        "a queue size without a queue",
        { collector: { queue: { size: "8Mi" } }, ...Object.fromEntries(["jaeger", "loki"].map((key) => [key, OFF])) },
        "collector.queue.size",
    ],
    [
        "a batch size without a backend",
        {
            collector: { batch: { maxSize: "1Mi" } },
            ...Object.fromEntries(["jaeger", "loki", "prometheus"].map((key) => [key, OFF])),
        },
        "collector.batch.maxSize",
    ],
    [
        "a series limit without Prometheus",
        { collector: { maxSeriesPerService: 500 }, prometheus: OFF },
        "collector.maxSeriesPerService",
    ],
    ["a setting of disabled span metrics", { spanMetrics: { ...OFF, maxSeries: 500 } }, "spanMetrics.maxSeries"],
    [
        "telemetrygen settings without a signal",
        {
            telemetrygen: { rate: 5, ...Object.fromEntries(["traces", "metrics", "logs"].map((key) => [key, OFF])) },
        },
        "telemetrygen.rate",
    ],
    [
        "a plugin version with a URL of the plugin",
        {
            loki: OFF,
            victoriaLogs: ON,
            grafana: { victoriaLogsPlugin: { version: "0.30.2", url: "https://mirror.example.com/plugin.zip" } },
        },
        "grafana.victoriaLogsPlugin.version",
    ],
    [
        "a plugin URL for a Grafana that does not install the plugin",
        { victoriaLogs: ON, grafana: { victoriaLogsPlugin: { url: "https://mirror.example.com/plugin.zip" } } },
        "grafana.victoriaLogsPlugin.url",
    ],
    [
        "egress of a destination without NetworkPolicies",
        { destinations: { vendor: { endpoint: "https://vendor.example", egress: { port: 443 } } } },
        "destinations.vendor.egress.port",
    ],
    [
        "allowSecretsOverHttp with an https:// endpoint",
        {
            destinations: {
                vendor: {
                    endpoint: "https://vendor.example",
                    secretHeaders: { authorization: "text" },
                    allowSecretsOverHttp: true,
                },
            },
        },
        "destinations.vendor.allowSecretsOverHttp",
    ],
    [
        "allowSecretsOverHttp with an http:// endpoint without secret headers",
        { destinations: { vendor: { ...PLAIN_VENDOR, allowSecretsOverHttp: true } } },
        "destinations.vendor.allowSecretsOverHttp",
    ],
    [
        "onQueueFull for sampled traces",
        {
            tailSampling: ON,
            destinations: { vendor: { ...PLAIN_VENDOR, signals: ["traces"], onQueueFull: "reject" } },
        },
        "destinations.vendor.onQueueFull",
    ],
    [
        "annotations of an OTLP route without a host",
        { secureOtlp: ON, expose: { ...GATEWAY, otlp: { annotations: { a: "b" } } } },
        "expose.otlp.annotations",
    ],
    [
        "httpPort of a Gateway with TLS",
        { expose: { ...GATEWAY, gateway: { httpPort: 8000 } } },
        "expose.gateway.httpPort",
    ],
    [
        "httpsPort of a Gateway without TLS",
        { expose: { ...GRAFANA_GATEWAY, tls: { mode: "disabled" }, gateway: { httpsPort: 8443 } } },
        "expose.gateway.httpsPort",
    ],
    [
        "a passthroughListener without an OTLP host",
        {
            expose: {
                api: "gateway",
                grafana: { host: "grafana.example.com" },
                gateway: { name: "a", passthroughListener: "tls" },
            },
        },
        "expose.gateway.passthroughListener",
    ],
    [
        "a listener for UIs with an OTLP host only",
        {
            secureOtlp: ON,
            expose: { api: "gateway", otlp: { httpHost: "otlp.example.com" }, gateway: { name: "a", listener: "b" } },
        },
        "expose.gateway.listener",
    ],
    [
        "a TLS mode of a Gateway that terminates no TLS",
        {
            secureOtlp: ON,
            expose: { api: "gateway", className: "a", otlp: { httpHost: "a.example.com" }, tls: { mode: "disabled" } },
        },
        "expose.tls.mode",
    ],
];

/** Settings that would change nothing. */
export const noEffectSettings: readonly InvalidSettings[] = [
    ...Object.entries(alone).map(([key, value]) => ({ about: `only ${key}`, raw: nestSetting(key, value), key })),
    ...combined.map(([about, raw, key]) => ({ about, raw, key })),
];
