import { setTimeout as sleep } from "node:timers/promises";
import { VERIFY_SERVICE } from "../../config/types/signal";
import { type Probe, type Protocol } from "./types";
import {
    describeExportError,
    type Exporter,
    exportOnce,
    isRetryable,
    createLogExporter,
    createMetricExporter,
    createTraceExporter,
} from "./otlp-exporters";
import type { Connection } from "./connection";
import { createLogRecords, createMetrics, createRootSpan } from "./probe-telemetry";
import { type Deadline, awaitWithTimeout } from "./deadline";

const ATTEMPT_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 250;
/** Minimum time for an attempt. A shorter attempt would time out and hide the error of the previous attempt. */
const MIN_ATTEMPT_MS = 500;

export type SendResult =
    | { readonly state: "accepted" }
    /** The receiver rejected the data or did not respond in time. `unreachable`: no connection was established. */
    | { readonly state: "failed"; readonly why: string; readonly unreachable: boolean };

/** Sends one probe. Retries retryable errors until the deadline. A rejected export is always reported as a failure. */
export async function sendProbe(probe: Probe, connection: Connection, deadline: Deadline): Promise<SendResult> {
    const send = await prepareSend(probe);
    for (;;) {
        const outcome = await attemptSend(probe.protocol, connection, send, deadline);
        if (outcome === "accepted") {
            return { state: "accepted" };
        }
        if (!outcome.retryable || deadline.remaining() < RETRY_AFTER_MS + MIN_ATTEMPT_MS) {
            return { state: "failed", why: outcome.why, unreachable: outcome.unreachable };
        }
        await sleep(RETRY_AFTER_MS);
    }
}

/** Sends a probe to the Collector once. */
type Send = (url: string, timeoutMs: number) => Promise<void>;

interface Failure {
    readonly why: string;
    readonly unreachable: boolean;
    readonly retryable: boolean;
}

async function attemptSend(
    protocol: Protocol,
    connection: Connection,
    send: Send,
    deadline: Deadline,
): Promise<"accepted" | Failure> {
    let url: string;
    try {
        url = await awaitWithTimeout(deadline.remaining(), connection.url(), "reaching the collector");
    } catch (error) {
        return { why: error instanceof Error ? error.message : String(error), unreachable: true, retryable: true };
    }
    try {
        await send(url, Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, deadline.remaining())));
        return "accepted";
    } catch (error) {
        const again = isRetryable(error, protocol);
        if (again) {
            await connection.renew(url);
        }
        return { why: describeExportError(error, protocol), unreachable: false, retryable: again };
    }
}

/** Creates the telemetry once, so that a retry sends the same ids. */
async function prepareSend({ signal, protocol, id, traceId }: Probe): Promise<Send> {
    switch (signal) {
        case "traces": {
            // Separate operation names: Prometheus may store only one of two exemplars of a series with the same time.
            const span = createRootSpan({ id, traceId, name: `${VERIFY_SERVICE} ${protocol}` });
            return (url, timeoutMs) => sendAndClose(createTraceExporter(protocol, url, timeoutMs), [span]);
        }
        case "metrics": {
            const metrics = await createMetrics(id);
            return (url, timeoutMs) => sendAndClose(createMetricExporter(protocol, url, timeoutMs), metrics);
        }
        case "logs": {
            const records = createLogRecords(id, traceId);
            return (url, timeoutMs) => sendAndClose(createLogExporter(protocol, url, timeoutMs), [...records]);
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
