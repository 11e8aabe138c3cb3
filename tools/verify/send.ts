import { setTimeout as sleep } from "node:timers/promises";
import { VERIFY_SERVICE } from "../../config/signals";
import { type Probe, type Protocol } from "./model";
import {
    describeExportError,
    type Exporter,
    exportOnce,
    isRetryable,
    logExporter,
    metricExporter,
    traceExporter,
} from "./otlp";
import type { Target } from "./target";
import { logRecord, metric, rootSpan } from "./telemetry";
import { type Deadline, within } from "./timing";

const ATTEMPT_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 250;
/** An attempt in less time would end for want of it, and hide what the attempt before it ended for. */
const LEAST_ATTEMPT_MS = 500;

export type SendResult =
    | { readonly state: "accepted" }
    /** The receiver answered no, or nothing answered until the deadline (`unreachable`: no way there at all). */
    | { readonly state: "failed"; readonly why: string; readonly unreachable: boolean };

/** Sends one probe, again while that can help and time is left. A refused export is a failure, never silence. */
export async function sendProbe(probe: Probe, target: Target, deadline: Deadline): Promise<SendResult> {
    const send = await prepare(probe);
    for (;;) {
        const outcome = await attempt(probe.protocol, target, send, deadline);
        if (outcome === "accepted") {
            return { state: "accepted" };
        }
        if (!outcome.again || deadline.remaining() < RETRY_AFTER_MS + LEAST_ATTEMPT_MS) {
            return { state: "failed", why: outcome.why, unreachable: outcome.unreachable };
        }
        await sleep(RETRY_AFTER_MS);
    }
}

/** One attempt to hand a probe to the collector. */
type Send = (url: string, timeoutMs: number) => Promise<void>;

interface Failure {
    readonly why: string;
    readonly unreachable: boolean;
    readonly again: boolean;
}

async function attempt(
    protocol: Protocol,
    target: Target,
    send: Send,
    deadline: Deadline,
): Promise<"accepted" | Failure> {
    let url: string;
    try {
        url = await within(deadline.remaining(), target.url(), "reaching the collector");
    } catch (error) {
        return { why: error instanceof Error ? error.message : String(error), unreachable: true, again: true };
    }
    try {
        await send(url, Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, deadline.remaining())));
        return "accepted";
    } catch (error) {
        const again = isRetryable(error, protocol);
        if (again) {
            await target.renew(url);
        }
        return { why: describeExportError(error, protocol), unreachable: false, again };
    }
}

/** Made once, so that a second attempt sends the same ids. */
async function prepare({ signal, protocol, id, traceId }: Probe): Promise<Send> {
    switch (signal) {
        case "traces": {
            // An operation for each protocol: of two exemplars of one time in one series, Prometheus may keep just one.
            const span = rootSpan({ id, traceId, name: `${VERIFY_SERVICE} ${protocol}` });
            return (url, timeoutMs) => sendAndClose(traceExporter(protocol, url, timeoutMs), [span]);
        }
        case "metrics": {
            const metrics = await metric(id);
            return (url, timeoutMs) => sendAndClose(metricExporter(protocol, url, timeoutMs), metrics);
        }
        case "logs": {
            const record = logRecord(id, traceId);
            return (url, timeoutMs) => sendAndClose(logExporter(protocol, url, timeoutMs), [record]);
        }
    }
}

async function sendAndClose<T>(exporter: Exporter<T>, items: T): Promise<void> {
    try {
        await exportOnce(exporter, items);
    } finally {
        await exporter.shutdown();
    }
}
