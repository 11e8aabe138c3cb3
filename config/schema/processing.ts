import * as z from "zod";
import { integer, duration, booleanType, numberBetween } from "../types/values";
import { patterns } from "../types/re2";
import { setting } from "./setting";

/** Which traces are kept. */
export const tailSampling = z.strictObject({
    enabled: setting(
        booleanType.default(false),
        "Whether each trace is held until it is likely to be whole, and then kept or dropped. Those with an error and slow ones are kept, and a share of the rest. Metrics from spans and the Collector's log see all of them. It needs collector.replicas 1 and no collector.autoscaling, or topology two-tier.",
        "A playground shows every trace.",
    ),
    samplingRatio: setting(
        numberBetween(0, 1).default(0.1),
        "Share of the traces without an error that are not slow either, which is kept.",
        "Enough to see what is usual.",
    ),
    latencyThreshold: setting(
        duration("1ms", "1h").default("1s"),
        "How long a trace takes, from its first start to its last end, that is kept for being slow.",
        "Longer than people like to wait.",
    ),
    decisionWait: setting(
        duration("1s", "10m").default("10s"),
        "How long a trace is held after its first span. Spans that come later go the way of the others.",
        "SDKs send every 5 s.",
    ),
    maxTraces: setting(
        integer(10, 1_000_000).default(2000),
        "Traces that each pod holds at once; with more, the oldest are dropped undecided, and an alert says so.",
        "200 a second for the 10 s of `decisionWait`, some 40 MiB.",
    ),
});

const REDACTED_PLACES = "of spans, span events, records, points, scopes and resources";

/** What is masked before anybody sees it. */
export const redaction = z.strictObject({
    blockedKeyPatterns: setting(
        patterns.default([]),
        `Patterns of attributes' names, ${REDACTED_PLACES}, whose values become \`****\`. A pattern is found anywhere in a name, unless \`^\` and \`$\` say otherwise.`,
        "Nobody else knows what is sensitive; on with the first pattern.",
    ),
    blockedValuePatterns: setting(
        patterns.default([]),
        `Patterns of attributes' values, ${REDACTED_PLACES}, and of the text of records: what matches becomes \`****\`. Names of spans and the messages of their status stay as they are.`,
        "Nobody else knows what is sensitive; on with the first pattern.",
    ),
});

/** Metrics of what the spans say. */
export const spanMetrics = z.strictObject({
    enabled: setting(
        booleanType.optional(),
        "Whether the Collector counts requests, errors and durations from the spans, with the edges between services, and pushes them to Prometheus. Each pod counts what it sees, so that several would write the same series: it needs collector.replicas 1 and no collector.autoscaling, or topology two-tier.",
        "Request rates need no work in the applications, and lead from a metric to a trace.",
        "on while Prometheus and a destination for traces are, with one replica or two tiers",
    ),
    maxSeries: setting(
        integer(10, 100_000).default(1000),
        "Combinations of operation, kind and status that each service may have; the rest is counted together as one.",
        "A span name that holds an id would fill Prometheus. Of each combination come about 20 series.",
    ),
    maxPendingEdges: setting(
        integer(100, 1_000_000).default(5000),
        "Requests that wait for the span of their other side; more of them are left out of the service graph.",
        "2 s of 2,500 requests a second, some MiB.",
    ),
    flushInterval: setting(
        duration("1s", "5m").default("15s"),
        "Time between two pushes of what was counted. A Collector that is killed loses as much.",
        "Longer than the last seconds of a pod that is replaced, so that it and its successor do not write the same series by turns.",
    ),
});
