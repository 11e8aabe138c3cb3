import type { JaegerSettings } from "../../config/schema/schema";
import { SPAN_METRICS_PREFIX } from "../telemetry/names";
import { goDuration } from "../telemetry/go-duration";
import { bindAll } from "../kubernetes/endpoint";
import { renderMetricsReader } from "../telemetry/metrics-reader";

/** Ports of Jaeger. The Service has the first three, and OTLP/HTTP if it is enabled. */
export const JAEGER_PORTS = {
    otlpGrpc: 4317,
    ui: 16686,
    telemetry: 8888,
    otlpHttp: 4318,
    grpcQuery: 16685,
    health: 13133,
} as const;
/** Mount path of the volume. */
export const JAEGER_DATA_DIR = "/badger";

/** Name of the storage backend, used only inside this file. */
const TRACE_STORAGE = "traces";
const METRIC_STORAGE = "metrics";

export interface JaegerConfigArgs extends Pick<JaegerSettings, "maxTraces" | "persistence" | "retention"> {
    /** Whether Jaeger accepts traces over HTTP in addition to gRPC. */
    readonly acceptsOtlpHttp: boolean;
    /** URL of the Prometheus with the span metrics, for the Monitor tab. Undefined disables the tab. */
    readonly spanMetricsUrl?: string;
    /** Path below which Jaeger has its pages and its API. Empty for the root. */
    readonly basePath: string;
}

/**
 * Renders Jaeger's configuration file. Its keys mean the same in 2.13, which the sandbox builds, and in the official
 * image.
 *
 * https://www.jaegertracing.io/docs/latest/deployment/configuration/
 */
export function renderJaegerConfig(args: JaegerConfigArgs): object {
    const { acceptsOtlpHttp, basePath, spanMetricsUrl } = args;
    const hasMonitorTab = spanMetricsUrl !== undefined;
    return {
        extensions: {
            healthcheckv2: { use_v2: true, http: { endpoint: bindAll(JAEGER_PORTS.health) } },
            jaeger_query: {
                storage: { traces: TRACE_STORAGE, ...(hasMonitorTab ? { metrics: METRIC_STORAGE } : {}) },
                ...(basePath === "" ? {} : { base_path: basePath }),
                http: { endpoint: bindAll(JAEGER_PORTS.ui) },
                grpc: { endpoint: bindAll(JAEGER_PORTS.grpcQuery) },
            },
            jaeger_storage: {
                backends: { [TRACE_STORAGE]: renderTraceBackend(args) },
                ...(hasMonitorTab
                    ? { metric_backends: { [METRIC_STORAGE]: renderMetricsBackend(spanMetricsUrl) } }
                    : {}),
            },
        },
        receivers: {
            otlp: {
                protocols: {
                    grpc: { endpoint: bindAll(JAEGER_PORTS.otlpGrpc) },
                    ...(acceptsOtlpHttp ? { http: { endpoint: bindAll(JAEGER_PORTS.otlpHttp) } } : {}),
                },
            },
        },
        exporters: { jaeger_storage_exporter: { trace_storage: TRACE_STORAGE } },
        service: {
            extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
            telemetry: { metrics: { readers: [renderMetricsReader(JAEGER_PORTS.telemetry)] } },
            pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
        },
    };
}

function renderTraceBackend({ maxTraces, persistence, retention }: JaegerConfigArgs): object {
    return persistence.enabled
        ? {
              badger: {
                  directories: { keys: `${JAEGER_DATA_DIR}/keys`, values: `${JAEGER_DATA_DIR}/values` },
                  ephemeral: false,
                  ttl: { spans: goDuration(retention) },
              },
          }
        : { memory: { max_traces: maxTraces } };
}

/** The span metrics have the unit and `_total` in their names. */
function renderMetricsBackend(endpoint: string): object {
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
