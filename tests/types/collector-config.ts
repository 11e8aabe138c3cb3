import type { CollectorConfig, Exporters, Pipeline } from "../../components/collector/config/types/collector-config";

/**
 * What must not compile: keys that the Collector would ignore without a word. Checked by tsc (`make lint`), which
 * fails at a `@ts-expect-error` that expects in vain; nothing here runs.
 */

const queue = { sizer: "bytes", queue_size: 1 } as const;
const retry = { enabled: true } as const;

export const misspeltExporters: Exporters[] = [
    // @ts-expect-error it is spelt sending_queue
    { "otlp_grpc/jaeger": { endpoint: "a:1", tls: { insecure: true }, retry_on_failure: retry, sendng_queue: queue } },
    // @ts-expect-error it is spelt metric_expiration
    { prometheus: { endpoint: "a:1", metrics_expiration: "5m" } },
    {
        prometheus_remote_write: {
            http: { endpoint: "http://a" },
            retry_on_failure: retry,
            remote_write_queue: { enabled: true, queue_size: 1, num_consumers: 1 },
            // @ts-expect-error it has remote_write_queue
            sending_queue: queue,
        },
    },
    // @ts-expect-error the exporter is called otlp_grpc since 0.144
    { otlp: { endpoint: "a:1" } },
    // @ts-expect-error the exporter is called prometheus_remote_write
    { prometheusremotewrite: { http: { endpoint: "http://a" } } },
    // @ts-expect-error it is spelt sending_queue
    { "otlp_http/loki": { endpoint: "http://a", retry_on_failure: retry, sending_queues: queue } },
    // @ts-expect-error the loki exporter is gone
    { loki: { endpoint: "http://a" } },
    // @ts-expect-error it is spelt detailed
    { "debug/all": { verbosity: "detail" } },
];

export const processors: CollectorConfig["processors"] = {
    // @ts-expect-error batching belongs to the exporters' queues
    batch: {},
};

export const connectors: CollectorConfig["connectors"][] = [
    // @ts-expect-error the connector is called span_metrics
    { spanmetrics: {} },
    // @ts-expect-error it is spelt max_items
    { service_graph: { store: { ttl: "2s", max_entries: 1 }, metrics_flush_interval: "15s" } },
];

export const receivers: CollectorConfig["receivers"] = {
    // @ts-expect-error it is spelt max_recv_msg_size_mib
    "otlp/inside": { protocols: { grpc: { endpoint: "a:1", max_message_size: 4 } } },
};

export const secureReceivers: CollectorConfig["receivers"][] = [
    {
        // @ts-expect-error an extension of that type is not in the file
        "otlp/outside": { protocols: { http: { endpoint: "a:1", auth: { authenticator: "basicauth" } } } },
    },
    {
        // @ts-expect-error it is spelt client_ca_file
        otlp: { protocols: { grpc: { endpoint: "a:1", tls: { cert_file: "c", key_file: "k", client_ca: "a" } } } },
    },
];

export const clusterReceivers: CollectorConfig["receivers"][] = [
    // @ts-expect-error the receiver is called kubelet_stats since 0.161
    { kubeletstats: { auth_type: "serviceAccount" } },
    {
        // @ts-expect-error it is spelt scrapers
        host_metrics: { collection_interval: "30s", scraper: { cpu: {} } },
    },
    // @ts-expect-error the receiver is called file_log
    { filelog: { include: ["a"] } },
];

export const extensions: CollectorConfig["extensions"] = {
    // @ts-expect-error tokens are read from a file only
    bearertokenauth: { filename: "f", tokens: ["t"] },
};

export const pipeline: Pipeline = {
    receivers: ["otlp"],
    processors: ["memory_limiter"],
    // @ts-expect-error there is no exporter of that type
    exporters: ["jaeger"],
};
