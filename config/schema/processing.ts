import * as z from "zod";
import { duration } from "../types/quantities";
import { MAX_SAMPLE_INTERVAL, MAX_SAMPLE_INTERVAL_REASON } from "../types/sample-interval";
import { integer, booleanType, numberBetween } from "../types/values";
import { patterns } from "../types/re2";
import { setting } from "./setting";

/** Settings of tail sampling. */
export const tailSampling = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Sample complete traces: keep traces with an error, slow traces, and a ratio of the others. Metrics from spans and the debug exporter still see all spans. Requires `collector.replicas: 1` without `collector.autoscaling`, or `topology: two-tier`.",
    ),
    samplingRatio: setting(
        numberBetween(0, 1).default(0.1),
        "Ratio of traces to keep among those that have no error and are not slow.",
    ),
    latencyThreshold: setting(
        duration("1ms", "1h").default("1s"),
        "Duration of a trace, from its first start to its last end, above which it is kept as slow.",
    ),
    decisionWait: setting(
        duration("1s", "10m").default("10s"),
        "Time from the first span of a trace to the sampling decision. Spans that arrive later follow the decision.",
        { rationale: "SDKs export spans every 5 s." },
    ),
    maxTraces: setting(
        integer(10, 1_000_000).default(2000),
        "Maximum number of traces that each pod keeps until the decision. When exceeded, the oldest traces are dropped without a decision and an alert fires.",
        { rationale: "200 traces per second during `decisionWait`, about 40 MiB." },
    ),
});

/** Settings of redaction. */
export const redaction = z.strictObject({
    blockedKeyPatterns: setting(
        patterns.default([]),
        "Regular expressions for keys of attributes and of maps in attributes and log bodies. The values of matching keys become `****`. A pattern matches any part of a key unless it has `^` and `$`.",
    ),
    blockedValuePatterns: setting(
        patterns.default([]),
        "Regular expressions for attribute values, log bodies, names, status messages and other texts. Matching text becomes `****`. In maps and lists, the whole value does, and bytes always do. An attribute whose key matches is dropped.",
    ),
});

/** Settings of metrics that are generated from spans. */
export const spanMetrics = z.strictObject({
    enabled: setting(
        booleanType.optional(),
        "Generate request, error and duration metrics and the service graph from spans, and push them to Prometheus. Each pod counts only the spans that it receives, so several pods would write the same series: requires `collector.replicas: 1` without `collector.autoscaling`, or `topology: two-tier`.",
        {
            whenUnset: "true with `prometheus.enabled` and a destination for traces, and with one replica or two tiers",
        },
    ),
    maxSeries: setting(
        integer(10, 100_000).default(1000),
        "Maximum number of combinations of span name, kind and status for each service. Other combinations are counted together as one. Each combination has about 20 series.",
        { rationale: "Limits the series of span names that contain an id." },
    ),
    pendingEdgeTimeout: setting(
        duration("1s", "1h").default("15s"),
        "Time that a client or server span waits for the span of the other side of its call. After it, a client span is an edge to `server.address` or to `unknown`. Increase it if consumers process messages of a queue later than this.",
        { rationale: "SDKs export spans every 5 s, and a failed export is retried." },
    ),
    maxPendingEdges: setting(
        integer(100, 1_000_000).default(10_000),
        "Maximum number of calls of which only one side has arrived. When exceeded, other calls are missing in the service graph.",
        { rationale: "650 calls without another side each second during `pendingEdgeTimeout`, about 12 MiB." },
    ),
    flushInterval: setting(
        duration("1s", MAX_SAMPLE_INTERVAL, MAX_SAMPLE_INTERVAL_REASON).default("15s"),
        "Interval between two pushes of these metrics. A Collector that is killed loses the counts since the last push.",
        {
            rationale:
                "Longer than a terminating pod runs, so that the pod and its replacement do not write the same series.",
        },
    ),
});
