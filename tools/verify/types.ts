/** Types of the verification. */

import type { LogRoute } from "../../config/model/log-stores";
import type { Signal } from "../../config/types/signal";

export type Protocol = "grpc" | "http";
/**
 * Where telemetry is read back. `scrape` and `remote_write` or `otlp` are the two copies of a series in Prometheus.
 * `exemplar` is the reference from the span metrics to a trace.
 */
export type ReadHop = "jaeger" | "exemplar" | "scrape" | "remote_write" | "otlp" | LogRoute | "debug";
export type Hop = "sent" | ReadHop;

export const PROTOCOLS: readonly Protocol[] = ["grpc", "http"];

/**
 * Attribute with the id of a probe. The name is valid as a Prometheus label, so that it is the same in all backends.
 */
export const ID_ATTRIBUTE = "verify_id";
/** Name of the test metric. A run creates two series, in up to two copies each. */
export const METRIC_NAME = "otel_stack_verify";
/**
 * The series of a probe in Prometheus if they are pushed: the test metric, a counter of two scopes, a delta counter, and
 * an exponential histogram. A scrape returns no native histogram.
 */
export const PUSHED_SERIES: Readonly<Record<string, number>> = {
    [METRIC_NAME]: 1,
    [`${METRIC_NAME}_scopes_total`]: 2,
    [`${METRIC_NAME}_delta_total`]: 1,
    [`${METRIC_NAME}_exponential`]: 1,
};

/** What clients may send, and backends have limits for. */
export const UNUSUAL_ATTRIBUTES: Readonly<Record<string, string>> = {
    // Loki has no label name for it.
    温度: "21",
    // Jaeger on a volume stores at most 65,000 bytes.
    "verify.long": "x".repeat(70_000),
};
/** Name of an event without a body. A log store shows it as the text of the record. */
export const EVENT_NAME = "otel_stack.verify";

/** Test telemetry: one signal over one protocol. */
export interface Probe {
    readonly signal: Signal;
    readonly protocol: Protocol;
    /** Unique for each run, signal and protocol. */
    readonly id: string;
    /**
     * Trace id of the span and of the log record. Unique for each run and protocol. Links the trace in Jaeger and the
     * record in the log backend.
     */
    readonly traceId: string;
}

/** The result of one read from one backend. */
export type ReadResult =
    | { readonly state: "found" }
    | { readonly state: "absent"; readonly why: string }
    | { readonly state: "unreachable"; readonly why: string }
    /** The output shows that data passed, but not which. More reads cannot change that. */
    | { readonly state: "unprovable"; readonly why: string };

type HopStatus = "ok" | "failed" | "unproven" | "skipped";

/** A row of the report. */
export interface HopResult {
    readonly signal: Signal;
    readonly protocol: Protocol;
    readonly hop: Hop;
    readonly status: HopStatus;
    /** Seconds since sending of this probe started. */
    readonly seconds: number;
    /** Reason when the status is not ok, otherwise empty. */
    readonly detail: string;
    /** For a failed hop: whether the backend did not respond. False if it responded without the id. */
    readonly unreachable: boolean;
}
