/** What one run of verify talks about. */

import type { LogRoute } from "../../config/model/log-stores";
import type { Signal } from "../../config/types/signal";

export type Protocol = "grpc" | "http";
/**
 * Where telemetry is read back. `scrape` and `remote_write` or `otlp` are the two copies of a series in Prometheus; `exemplar` is
 * what leads to a trace from the metrics made of its spans.
 */
export type ReadHop = "jaeger" | "exemplar" | "scrape" | "remote_write" | "otlp" | LogRoute | "debug";
export type Hop = "sent" | ReadHop;

export const PROTOCOLS: readonly Protocol[] = ["grpc", "http"];

/** The attribute that carries a probe's id; spelt so that it is the same word as a Prometheus label. */
export const ID_ATTRIBUTE = "verify_id";
/** One series for each signal sent (two a run, each in two copies), so the cardinality stays tiny. */
export const METRIC_NAME = "otel_stack_verify";

/** One piece of telemetry on its way: one signal by one protocol. */
export interface Probe {
    readonly signal: Signal;
    readonly protocol: Protocol;
    /** Fresh for each run, and different for each signal and protocol. */
    readonly id: string;
    /**
     * Fresh for each run and protocol: of the trace, and of the record that is written during it. Found in Jaeger and in
     * a log store, it leads from either to the other.
     */
    readonly traceId: string;
}

/** What a reader saw: one look at one place. */
export type ReadResult =
    | { readonly state: "found" }
    | { readonly state: "absent"; readonly why: string }
    | { readonly state: "unreachable"; readonly why: string }
    /** The place shows that something passed, but not what: nothing to wait for. */
    | { readonly state: "unprovable"; readonly why: string };

export type HopStatus = "ok" | "failed" | "unproven" | "skipped";

/** A row of the report. */
export interface HopResult {
    readonly signal: Signal;
    readonly protocol: Protocol;
    readonly hop: Hop;
    readonly status: HopStatus;
    /** Seconds since the sending of this signal began. */
    readonly seconds: number;
    /** Why it is not ok; empty when it is. */
    readonly detail: string;
    /** For a failed hop: nothing answered there (as opposed to: it answered, without the id). */
    readonly unreachable: boolean;
}
