import { randomBytes } from "node:crypto";
import { SIGNALS } from "../../config/signals";
import { type Diagnosis, diagnose } from "./diagnosis";
import { gatherEvidence } from "./evidence";
import { lookThrough } from "./http";
import { type HopResult, type Look, type Probe, PROTOCOLS, type ReadHop } from "./model";
import type { StackOutputs } from "./outputs";
import { PortForward } from "./port-forward";
import { DebugReader } from "./read-debug";
import { lookInJaeger } from "./read-jaeger";
import { lookInLoki } from "./read-loki";
import { lookForExemplar, lookInPrometheus } from "./read-prometheus";
import { lookInVictoriaLogs } from "./read-victoria-logs";
import { sendProbe } from "./send";
import type { Target } from "./target";
import { newTraceId } from "./telemetry";
import { type Deadline, deadlineIn, lookUntil, startClock, within } from "./timing";

export interface VerifyOptions {
    readonly outputs: StackOutputs;
    /** What kubectl needs beside this process's environment: KUBECONFIG, PATH. */
    readonly env?: NodeJS.ProcessEnv;
    /** Seconds until every hop must be proven. By default what `secondsAllowed` says. A failed run takes up to 10 more to say why. */
    readonly timeoutSeconds?: number;
}

export interface Report {
    /** Part of every id that was sent. */
    readonly run: string;
    /** No hop failed. A hop that cannot be proven (see its row) is no failure. */
    readonly ok: boolean;
    readonly seconds: number;
    readonly rows: readonly HopResult[];
    /** One for each cause of failure; empty when all is well. */
    readonly diagnoses: readonly Diagnosis[];
}

/** How verify reaches the stack. */
export interface Targets {
    readonly grpc: Target;
    readonly http: Target;
    readonly jaeger: Target | undefined;
    readonly loki: Target | undefined;
    readonly prometheus: Target | undefined;
    readonly victoriaLogs: Target | undefined;
}

const LOOK_EVERY_MS = 500;
/** kubectl is a process each time, and the cluster has other work. */
const LOOK_AT_LOG_EVERY_MS = 1_000;
const EVIDENCE_TIMEOUT_MS = 10_000;

/** Four scrapes. */
const SECONDS_TO_ARRIVE = 60;

/** How long a stack of those outputs may take until every hop is proven: with tail sampling, traces set out later. */
export function secondsAllowed({ expectations }: Pick<StackOutputs, "expectations">): number {
    return SECONDS_TO_ARRIVE + (expectations.tracesHeldSeconds ?? 0);
}

/**
 * Sends one trace, metric and log by each protocol through port-forwards and reads each back from every place where
 * the stack's outputs expect it. Never throws for a broken stack: the report says what broke.
 */
export async function verify({
    outputs,
    env = {},
    timeoutSeconds = secondsAllowed(outputs),
}: VerifyOptions): Promise<Report> {
    const { otelCollectorGrpc, otelCollectorHttp, jaeger, loki, prometheus, victoriaLogs } = outputs.portForwards;
    const forward = ({ command }: { readonly command: string }): PortForward => new PortForward(command, env);
    const targets = {
        grpc: forward(otelCollectorGrpc),
        http: forward(otelCollectorHttp),
        jaeger: jaeger && forward(jaeger),
        loki: loki && forward(loki),
        prometheus: prometheus && forward(prometheus),
        victoriaLogs: victoriaLogs && forward(victoriaLogs),
    };
    try {
        return await verifyThrough(targets, outputs, env, timeoutSeconds);
    } finally {
        const forwards = Object.values(targets).filter((target) => target !== undefined);
        await Promise.all(forwards.map((target) => target.close()));
    }
}

async function verifyThrough(
    targets: Targets,
    outputs: StackOutputs,
    env: NodeJS.ProcessEnv,
    timeoutSeconds: number,
): Promise<Report> {
    const elapsed = startClock();
    const deadline = deadlineIn(timeoutSeconds);
    const run = randomBytes(6).toString("hex");
    const probes = probesOf(run);
    const { namespace, expectations } = outputs;
    const debug = new DebugReader({ namespace, env, ids: probes.map(({ id }) => id) });

    const followed = probes.map((probe) => follow(probe, expectations[probe.signal], targets, debug, deadline));
    const rows = (await Promise.all(followed)).flat();
    const ok = rows.every(({ status }) => status === "ok" || status === "unproven");
    const evidence = ok ? undefined : await gatherEvidence(targets.prometheus, debug, EVIDENCE_TIMEOUT_MS);
    const diagnoses = evidence === undefined ? [] : diagnose(rows, evidence, namespace);
    return { run, ok, seconds: elapsed(), rows, diagnoses };
}

function probesOf(run: string): Probe[] {
    return PROTOCOLS.flatMap((protocol) => {
        const traceId = newTraceId();
        return SIGNALS.map((signal) => ({ signal, protocol, traceId, id: `${run}-${signal}-${protocol}` }));
    });
}

/** Sends a probe and, when it was accepted, looks for it in all places at once. */
async function follow(
    probe: Probe,
    hops: readonly ReadHop[],
    targets: Targets,
    debug: DebugReader,
    deadline: Deadline,
): Promise<HopResult[]> {
    const elapsed = startClock();
    const { signal, protocol } = probe;
    const row = { signal, protocol, unreachable: false };
    const sent = await sendProbe(probe, targets[protocol], deadline);
    if (sent.state === "failed") {
        const { why: detail, unreachable } = sent;
        const failed: HopResult = { ...row, hop: "sent", status: "failed", seconds: elapsed(), detail, unreachable };
        return [failed, ...hops.map((hop): HopResult => skipped(probe, hop))];
    }
    const first: HopResult = { ...row, hop: "sent", status: "ok", seconds: elapsed(), detail: "" };
    const rest = hops.map(async (hop): Promise<HopResult> => {
        const interval = hop === "debug" ? LOOK_AT_LOG_EVERY_MS : LOOK_EVERY_MS;
        const look = (): Promise<Look> => lookAt(hop, probe, targets, debug);
        const seen = await bounded(deadline, lookUntil(deadline, interval, look));
        return resultOf(probe, hop, seen, elapsed());
    });
    return [first, ...(await Promise.all(rest))];
}

/** The last look may hang a little past the deadline, and no longer. */
async function bounded(deadline: Deadline, looking: Promise<Look>): Promise<Look> {
    try {
        return await within(deadline.remaining() + 2_000, looking, "the last look");
    } catch (error) {
        return { state: "unreachable", why: error instanceof Error ? error.message : String(error) };
    }
}

async function lookAt(
    hop: ReadHop,
    probe: Probe,
    { jaeger, loki, prometheus, victoriaLogs }: Targets,
    debug: DebugReader,
): Promise<Look> {
    switch (hop) {
        case "debug":
            return debug.look(probe);
        case "jaeger":
            return jaeger === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to jaeger" }
                : lookThrough(jaeger, (url) => lookInJaeger(url, probe.traceId, probe.id));
        case "loki":
            return loki === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to loki" }
                : lookThrough(loki, (url) => lookInLoki(url, probe.traceId, probe.id));
        case "victorialogs":
            return victoriaLogs === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to victorialogs" }
                : lookThrough(victoriaLogs, (url) => lookInVictoriaLogs(url, probe.traceId, probe.id));
        case "exemplar":
            return prometheus === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to prometheus" }
                : lookThrough(prometheus, (url) => lookForExemplar(url, probe.traceId));
        case "scrape":
        case "remote_write":
        case "otlp":
            return prometheus === undefined
                ? { state: "unreachable", why: "the stack's outputs have no port-forward to prometheus" }
                : lookThrough(prometheus, (url) => lookInPrometheus(url, hop, probe.id));
    }
}

const STATUS = { found: "ok", unprovable: "unproven", absent: "failed", unreachable: "failed" } as const;

function resultOf({ signal, protocol }: Probe, hop: ReadHop, seen: Look, seconds: number): HopResult {
    const detail = seen.state === "found" ? "" : seen.why;
    return {
        signal,
        protocol,
        hop,
        status: STATUS[seen.state],
        seconds,
        detail,
        unreachable: seen.state === "unreachable",
    };
}

function skipped({ signal, protocol }: Probe, hop: ReadHop): HopResult {
    return { signal, protocol, hop, status: "skipped", seconds: 0, detail: "nothing was sent", unreachable: false };
}
