import { randomBytes } from "node:crypto";
import { SIGNALS } from "../../config/types/signal";
import { type Diagnosis, diagnose } from "./diagnosis";
import { collectFailureContext } from "./failure-context";
import { readVia } from "./json-client";
import { type HopResult, type ReadResult, type Probe, PROTOCOLS, type ReadHop } from "./types";
import type { StackOutputs } from "./outputs";
import { PortForward } from "./port-forward";
import { DebugLogReader } from "./debug-log-reader";
import { queryJaeger } from "./jaeger-reader";
import { queryLoki } from "./loki-reader";
import { queryExemplar, queryPrometheus } from "./prometheus-reader";
import { queryVictoriaLogs } from "./victoria-logs-reader";
import { sendProbe } from "./send";
import type { Connection } from "./connection";
import { generateTraceId } from "./probe-telemetry";
import { type Deadline, createDeadline, pollUntil, startClock, awaitWithTimeout } from "./deadline";

export interface VerifyOptions {
    readonly outputs: StackOutputs;
    /** Environment of kubectl, in addition to that of this process: KUBECONFIG, PATH. */
    readonly env?: NodeJS.ProcessEnv;
    /**
     * Seconds until every hop must be verified. A failed run takes up to 10 more to find the causes.
     *
     * @default verifyTimeoutSeconds(outputs)
     */
    readonly timeoutSeconds?: number;
}

export interface Report {
    /** Id of the run, which is part of every probe id. */
    readonly run: string;
    /** Whether no hop failed. A hop with status `unproven` is not a failure. */
    readonly ok: boolean;
    readonly seconds: number;
    readonly rows: readonly HopResult[];
    /** Causes of the failures. Empty when no hop failed. */
    readonly diagnoses: readonly Diagnosis[];
}

/** Connections to the Collector and the backends. */
interface Connections {
    readonly grpc: Connection;
    readonly http: Connection;
    readonly jaeger: Connection | undefined;
    readonly loki: Connection | undefined;
    readonly prometheus: Connection | undefined;
    readonly victoriaLogs: Connection | undefined;
}

const POLL_INTERVAL_MS = 500;
/** Longer than POLL_INTERVAL_MS, because each read starts a kubectl process. */
const LOG_POLL_INTERVAL_MS = 1_000;
const FAILURE_CONTEXT_TIMEOUT_MS = 10_000;

/** Four scrapes with the default interval of 15 s. */
const ARRIVAL_SECONDS = 60;

type ForwardOutput = StackOutputs["portForwards"]["otelCollectorHttp"];

/** Returns the default timeout. Tail sampling delays traces, so its wait is added. */
export function verifyTimeoutSeconds({ verification }: Pick<StackOutputs, "verification">): number {
    return ARRIVAL_SECONDS + (verification.tailSamplingWaitSeconds ?? 0);
}

/**
 * Sends one trace, metric and log over each protocol through port-forwards, and reads each back from every backend that
 * the stack outputs list. Does not throw when the stack fails: the report contains the failures.
 */
export async function verify({
    outputs,
    env = {},
    timeoutSeconds = verifyTimeoutSeconds(outputs),
}: VerifyOptions): Promise<Report> {
    const { otelCollectorGrpc, otelCollectorHttp, jaeger, loki, prometheus, victoriaLogs } = outputs.portForwards;
    const forward = ({ basePath, command }: ForwardOutput): PortForward => new PortForward(command, env, basePath);
    const connections = {
        grpc: forward(otelCollectorGrpc),
        http: forward(otelCollectorHttp),
        jaeger: jaeger && forward(jaeger),
        loki: loki && forward(loki),
        prometheus: prometheus && forward(prometheus),
        victoriaLogs: victoriaLogs && forward(victoriaLogs),
    };
    try {
        return await runVerification(connections, outputs, env, timeoutSeconds);
    } finally {
        const forwards = Object.values(connections).filter((target) => target !== undefined);
        await Promise.all(forwards.map((target) => target.close()));
    }
}

async function runVerification(
    connections: Connections,
    outputs: StackOutputs,
    env: NodeJS.ProcessEnv,
    timeoutSeconds: number,
): Promise<Report> {
    const elapsed = startClock();
    const deadline = createDeadline(timeoutSeconds);
    const run = randomBytes(6).toString("hex");
    const probes = createProbes(run);
    const { namespace, verification } = outputs;
    const debug = new DebugLogReader({ namespace, env, ids: probes.map(({ id }) => id) });

    const verified = probes.map((probe) =>
        verifyProbe(probe, verification[probe.signal], connections, debug, deadline),
    );
    const rows = (await Promise.all(verified)).flat();
    const ok = rows.every(({ status }) => status === "ok" || status === "unproven");
    const context = ok
        ? undefined
        : await collectFailureContext(connections.prometheus, debug, FAILURE_CONTEXT_TIMEOUT_MS);
    const diagnoses = context === undefined ? [] : diagnose(rows, context, namespace);
    return { run, ok, seconds: elapsed(), rows, diagnoses };
}

function createProbes(run: string): Probe[] {
    return PROTOCOLS.flatMap((protocol) => {
        const traceId = generateTraceId();
        return SIGNALS.map((signal) => ({ signal, protocol, traceId, id: `${run}-${signal}-${protocol}` }));
    });
}

/** Sends a probe. If the Collector accepts it, reads it from all hops concurrently. */
async function verifyProbe(
    probe: Probe,
    hops: readonly ReadHop[],
    connections: Connections,
    debug: DebugLogReader,
    deadline: Deadline,
): Promise<HopResult[]> {
    const elapsed = startClock();
    const { signal, protocol } = probe;
    const row = { signal, protocol, unreachable: false };
    const sent = await sendProbe(probe, connections[protocol], deadline);
    if (sent.state === "failed") {
        const { why: detail, unreachable } = sent;
        const failed: HopResult = { ...row, hop: "sent", status: "failed", seconds: elapsed(), detail, unreachable };
        return [failed, ...hops.map((hop): HopResult => createSkippedResult(probe, hop))];
    }
    const first: HopResult = { ...row, hop: "sent", status: "ok", seconds: elapsed(), detail: "" };
    const rest = hops.map(async (hop): Promise<HopResult> => {
        const interval = hop === "debug" ? LOG_POLL_INTERVAL_MS : POLL_INTERVAL_MS;
        const read = (): Promise<ReadResult> => readHop(hop, probe, connections, debug);
        const result = await withDeadline(deadline, pollUntil(deadline, interval, read));
        return createHopResult(probe, hop, result, elapsed());
    });
    return [first, ...(await Promise.all(rest))];
}

/** Allows the last read to end up to 2 s after the deadline. */
async function withDeadline(deadline: Deadline, reading: Promise<ReadResult>): Promise<ReadResult> {
    try {
        return await awaitWithTimeout(deadline.remaining() + 2_000, reading, "the last read");
    } catch (error) {
        return { state: "unreachable", why: error instanceof Error ? error.message : String(error) };
    }
}

async function readHop(
    hop: ReadHop,
    probe: Probe,
    { jaeger, loki, prometheus, victoriaLogs }: Connections,
    debug: DebugLogReader,
): Promise<ReadResult> {
    switch (hop) {
        case "debug":
            return debug.find(probe);
        case "jaeger":
            return jaeger === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to jaeger" }
                : readVia(jaeger, (url) => queryJaeger(url, probe.traceId, probe.id));
        case "loki":
            return loki === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to loki" }
                : readVia(loki, (url) => queryLoki(url, probe.traceId, probe.id));
        case "victorialogs":
            return victoriaLogs === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to victorialogs" }
                : readVia(victoriaLogs, (url) => queryVictoriaLogs(url, probe.traceId, probe.id));
        case "exemplar":
            return prometheus === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to prometheus" }
                : readVia(prometheus, (url) => queryExemplar(url, probe.traceId));
        case "scrape":
        case "remote_write":
        case "otlp":
            return prometheus === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to prometheus" }
                : readVia(prometheus, (url) => queryPrometheus(url, hop, probe.id));
    }
}

const STATUS = { found: "ok", unprovable: "unproven", absent: "failed", unreachable: "failed" } as const;

function createHopResult({ signal, protocol }: Probe, hop: ReadHop, result: ReadResult, seconds: number): HopResult {
    const detail = result.state === "found" ? "" : result.why;
    return {
        signal,
        protocol,
        hop,
        status: STATUS[result.state],
        seconds,
        detail,
        unreachable: result.state === "unreachable",
    };
}

function createSkippedResult({ signal, protocol }: Probe, hop: ReadHop): HopResult {
    return { signal, protocol, hop, status: "skipped", seconds: 0, detail: "nothing was sent", unreachable: false };
}
