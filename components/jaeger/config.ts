import { jaegerMemoryLimits } from "../../config/model/memory";
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

export interface JaegerConfigArgs extends Pick<JaegerSettings, "resources" | "retention"> {
    /** A trace with more spans within the time of a decision is dropped. Undefined stores all traces. */
    readonly maxSpansPerTrace?: number | undefined;
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
        processors: renderProcessors(args),
        exporters: { jaeger_storage_exporter: { trace_storage: TRACE_STORAGE } },
        service: {
            extensions: ["healthcheckv2", "jaeger_storage", "jaeger_query"],
            telemetry: { metrics: { readers: [renderMetricsReader(JAEGER_PORTS.telemetry)] } },
            pipelines: {
                traces: {
                    receivers: ["otlp"],
                    processors: Object.keys(renderProcessors(args)),
                    exporters: ["jaeger_storage_exporter"],
                },
            },
        },
    };
}

/**
 * Renders the processors, in their order. Jaeger's stores have no limits of their own, so its pipeline rejects spans
 * while memory is short, and the Collector sends them again.
 */
function renderProcessors({ maxSpansPerTrace, resources }: JaegerConfigArgs): Readonly<Record<string, object>> {
    const { limitMiB, spikeLimitMiB } = jaegerMemoryLimits(resources.limits.memory);
    return {
        memory_limiter: { check_interval: "100ms", limit_mib: limitMiB, spike_limit_mib: spikeLimitMiB },
        ...(maxSpansPerTrace === undefined ? {} : { tail_sampling: renderSpanLimit(maxSpansPerTrace) }),
    };
}

/** Longer than most traces take, and soon enough for a user who waits for a trace. */
const DECISION_WAIT_SECONDS = 10;
/** Traces that wait for a decision. Jaeger does not store as many within that time, so more of them wait at the door. */
const MAX_PENDING_TRACES = 50_000;

/**
 * A search loads complete traces into memory, so a trace of very many spans must not be stored. Late spans of a trace are
 * counted anew, because only the last sampled trace is remembered; those of a dropped trace are dropped too.
 */
function renderSpanLimit(maxSpans: number): object {
    return {
        decision_wait: `${DECISION_WAIT_SECONDS}s`,
        num_traces: MAX_PENDING_TRACES,
        block_on_overflow: true,
        decision_cache: { sampled_cache_size: 1, non_sampled_cache_size: MAX_PENDING_TRACES },
        policies: [{ name: SPAN_LIMIT_POLICY, type: "span_count", span_count: { min_spans: 1, max_spans: maxSpans } }],
    };
}

/** The label `policy` of the number of dropped traces. */
export const SPAN_LIMIT_POLICY = "max-spans";

function renderTraceBackend({ retention }: JaegerConfigArgs): object {
    return {
        badger: {
            directories: { keys: `${JAEGER_DATA_DIR}/keys`, values: `${JAEGER_DATA_DIR}/values` },
            ephemeral: false,
            ttl: { spans: goDuration(retention) },
        },
    };
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
