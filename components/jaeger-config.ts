import type { JaegerSettings } from "../config/schema";
import { SPAN_METRICS_PREFIX } from "./shared/correlation";
import { goDuration } from "./shared/duration";
import { everywhere } from "./shared/endpoint";
import { ownMetrics } from "./shared/own-metrics";

/** Ports of Jaeger; the Service shows the first three, and OTLP over HTTP where it is taken. */
export const JAEGER_PORTS = {
    otlpGrpc: 4317,
    ui: 16686,
    telemetry: 8888,
    otlpHttp: 4318,
    grpcQuery: 16685,
    health: 13133,
} as const;
/** Of its volume, where it has one. */
export const JAEGER_FOLDER = "/badger";

/** Names of the storages, inside the file alone. */
const STORAGE = "traces";
const METRIC_STORAGE = "metrics";

export interface JaegerConfigArgs extends Pick<JaegerSettings, "maxTraces" | "persistence" | "retention"> {
    /** Whether traces come by HTTP as well as by gRPC. */
    readonly otlpHttp: boolean;
    /** URL of the Prometheus that has the span metrics, for the Monitor tab; without it there is none. */
    readonly spanMetricsUrl?: string;
}

/**
 * Jaeger's configuration file. Its keys have the same meaning from 2.13, which the sandbox builds, to the official image.
 *
 * https://www.jaegertracing.io/docs/latest/deployment/configuration/
 */
export function jaegerConfig(args: JaegerConfigArgs): object {
    const { otlpHttp, spanMetricsUrl } = args;
    const monitored = spanMetricsUrl !== undefined;
    return {
        extensions: {
            healthcheckv2: { use_v2: true, http: { endpoint: everywhere(JAEGER_PORTS.health) } },
            jaeger_query: {
                storage: { traces: STORAGE, ...(monitored ? { metrics: METRIC_STORAGE } : {}) },
                http: { endpoint: everywhere(JAEGER_PORTS.ui) },
                grpc: { endpoint: everywhere(JAEGER_PORTS.grpcQuery) },
            },
            jaeger_storage: {
                backends: { [STORAGE]: storage(args) },
                ...(monitored ? { metric_backends: { [METRIC_STORAGE]: prometheusAt(spanMetricsUrl) } } : {}),
            },
        },
        receivers: {
            otlp: {
                protocols: {
                    grpc: { endpoint: everywhere(JAEGER_PORTS.otlpGrpc) },
                    ...(otlpHttp ? { http: { endpoint: everywhere(JAEGER_PORTS.otlpHttp) } } : {}),
                },
            },
        },
        exporters: { jaeger_storage_exporter: { trace_storage: STORAGE } },
        service: {
            extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
            telemetry: { metrics: { readers: [ownMetrics(JAEGER_PORTS.telemetry)] } },
            pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
        },
    };
}

function storage({ maxTraces, persistence, retention }: JaegerConfigArgs): object {
    return persistence.enabled
        ? {
              badger: {
                  directories: { keys: `${JAEGER_FOLDER}/keys`, values: `${JAEGER_FOLDER}/values` },
                  ephemeral: false,
                  ttl: { spans: goDuration(retention) },
              },
          }
        : { memory: { max_traces: maxTraces } };
}

/** Says how the span metrics are called there: with their unit and `_total`. */
function prometheusAt(endpoint: string): object {
    return {
        prometheus: {
            endpoint,
            latency_unit: "s",
            metric_namespace: SPAN_METRICS_PREFIX,
            normalize_calls: true,
            normalize_duration: true,
        },
    };
}
