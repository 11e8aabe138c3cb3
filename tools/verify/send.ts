import { setTimeout as sleep } from "node:timers/promises";
import type { Probe, Protocol } from "./model";
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
import { logRecord, metric, SpanMaker } from "./telemetry";
import type { Deadline } from "./timing";

const ATTEMPT_TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 500;

export type SendResult =
    | { readonly state: "accepted"; readonly traceId: string | undefined }
    /** The receiver answered no, or nothing answered until the deadline (`unreachable`: no way there at all). */
    | { readonly state: "failed"; readonly why: string; readonly unreachable: boolean };

/** Sends one probe, again while that can help and time is left. A refused export is a failure, never silence. */
export async function sendProbe(probe: Probe, target: Target, deadline: Deadline): Promise<SendResult> {
    const { traceId, send } = await prepare(probe);
    let last: SendResult = { state: "failed", why: "no time left to send", unreachable: true };
    while (deadline.remaining() > 0) {
        const outcome = await attempt(probe.protocol, target, send, deadline);
        if (outcome === "accepted") {
            return { state: "accepted", traceId };
        }
        last = { state: "failed", why: outcome.why, unreachable: outcome.unreachable };
        if (!outcome.again) {
            break;
        }
        await sleep(Math.min(RETRY_AFTER_MS, deadline.remaining()));
    }
    return last;
}

interface Failure {
    readonly why: string;
    readonly unreachable: boolean;
    readonly again: boolean;
}

async function attempt(
    protocol: Protocol,
    target: Target,
    send: (url: string, timeoutMs: number) => Promise<void>,
    deadline: Deadline,
): Promise<"accepted" | Failure> {
    let url: string;
    try {
        url = await target.url();
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

interface Prepared {
    /** Of a trace: what Jaeger finds it by. */
    readonly traceId: string | undefined;
    readonly send: (url: string, timeoutMs: number) => Promise<void>;
}

/** Made once, so that a second attempt sends the same ids. */
async function prepare({ signal, protocol, id }: Probe): Promise<Prepared> {
    switch (signal) {
        case "traces": {
            const span = new SpanMaker().make(id);
            const send = (url: string, timeoutMs: number): Promise<void> =>
                sendAndClose(traceExporter(protocol, url, timeoutMs), [span]);
            return { traceId: span.spanContext().traceId, send };
        }
        case "metrics": {
            const metrics = await metric(id);
            const send = (url: string, timeoutMs: number): Promise<void> =>
                sendAndClose(metricExporter(protocol, url, timeoutMs), metrics);
            return { traceId: undefined, send };
        }
        case "logs": {
            const record = logRecord(id);
            const send = (url: string, timeoutMs: number): Promise<void> =>
                sendAndClose(logExporter(protocol, url, timeoutMs), [record]);
            return { traceId: undefined, send };
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
