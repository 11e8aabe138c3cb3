import { setTimeout as sleep } from "node:timers/promises";
import { type JsonObject, objectsAt, textAt } from "../shared/json";
import type { Cluster, Location } from "./cluster";
import { describe, namespaceOf } from "./object";
import { crashedContainers } from "./ready/pods";
import type { Readiness, Related, Rule } from "./ready/readiness";

const POLL_MS = 250;
const SLOW_POLL_MS = 1500;
/** Controllers may show the failure of the roll-out before for a moment: only one that stays counts. */
const CONFIRM_FAILURE_MS = 3000;
const LOG_LINES = 5;

/** How long a wait may take and who hears of it. */
export interface Patience {
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
    readonly onStatus: (message: string) => void;
    /** @default 3 s */
    readonly confirmFailureMs?: number;
}

/** The object stands, but not ready. */
export class NotReadyError extends Error {
    constructor(
        readonly live: JsonObject,
        readonly reasons: readonly [string, ...string[]],
    ) {
        super(reasons.join("; "));
        this.name = "NotReadyError";
    }
}

/** Returns the object as it is once its rule says ready. Throws NotReadyError when it fails or time is up. */
export async function waitUntilReady(
    cluster: Cluster,
    location: Location,
    rule: Rule,
    applied: JsonObject,
    patience: Patience,
): Promise<JsonObject> {
    const started = Date.now();
    let live = applied;
    let failedSince: number | undefined;
    for (;;) {
        const readiness = await judge(cluster, rule, live, patience.signal);
        const now = Date.now();
        if (readiness.state === "ready") {
            return live;
        }
        failedSince = readiness.state === "failed" ? (failedSince ?? now) : undefined;
        if (failedSince !== undefined && now - failedSince >= (patience.confirmFailureMs ?? CONFIRM_FAILURE_MS)) {
            return await giveUp(cluster, rule, live, `${describe(live)} failed`, readiness.reasons);
        }
        if (now - started >= patience.timeoutMs) {
            const headline = `${describe(live)} was not ready within ${patience.timeoutMs / 1000} s`;
            return await giveUp(cluster, rule, live, headline, readiness.reasons);
        }
        patience.onStatus(`waiting: ${readiness.reasons.slice(0, 2).join("; ")}`);
        if (!(await pause(now - started < 10_000 ? POLL_MS : SLOW_POLL_MS, patience.signal))) {
            throw new NotReadyError(live, [`the wait for ${describe(live)} was cancelled`, ...readiness.reasons]);
        }
        const found = await cluster.get(location);
        if (found === undefined) {
            throw new NotReadyError(live, [
                `${describe(live)} was deleted by somebody else while Pulumi waited for it`,
            ]);
        }
        live = found;
    }
}

/** One look, without waiting. */
export async function judge(
    cluster: Cluster,
    rule: Rule,
    object: JsonObject,
    signal?: AbortSignal,
): Promise<Readiness> {
    return rule.evaluate(object, await relatedOf(cluster, rule, object, signal));
}

async function relatedOf(cluster: Cluster, rule: Rule, object: JsonObject, signal?: AbortSignal): Promise<Related> {
    const entries = await Promise.all(
        rule.needs(object).map(async ({ as, path, labelSelector }) => {
            const query = labelSelector === undefined ? undefined : { labelSelector };
            const found = await cluster.client.get(path, query, signal?.aborted ? undefined : signal).catch(() => ({}));
            return [as, query === undefined ? [found] : objectsAt(found, "items")] as const;
        }),
    );
    return Object.fromEntries(entries);
}

async function giveUp(
    cluster: Cluster,
    rule: Rule,
    live: JsonObject,
    headline: string,
    reasons: readonly string[],
): Promise<never> {
    const { pods = [] } = await relatedOf(cluster, rule, live);
    const [crashed] = pods.flatMap(crashedContainers);
    const words = crashed === undefined ? [] : await lastWords(cluster, namespaceOf(live) ?? "", crashed);
    throw new NotReadyError(live, [headline, ...reasons, ...words]);
}

/** The end of a crashed container's log: mostly the only place that says why. */
async function lastWords(
    cluster: Cluster,
    namespace: string,
    { pod, container }: { readonly pod: string; readonly container: string },
): Promise<readonly string[]> {
    const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`;
    for (const previous of ["true", "false"]) {
        const query = { container, previous, tailLines: String(LOG_LINES) };
        const text = await cluster.client.text({ method: "GET", path, query }).catch(() => "");
        if (text.trim() !== "") {
            return [`last lines of the log of pod ${pod}, container ${container}:\n${text.trimEnd()}`];
        }
    }
    return [];
}

/** Returns the moment the object is gone, or another of its name has taken its place. */
export async function waitUntilGone(
    cluster: Cluster,
    location: Location,
    old: JsonObject,
    patience: Patience,
    reasonsOf: (live: JsonObject) => readonly string[],
): Promise<void> {
    const started = Date.now();
    const uid = textAt(old, "metadata", "uid");
    for (;;) {
        const live = await cluster.get(location);
        if (live === undefined || textAt(live, "metadata", "uid") !== uid) {
            return;
        }
        const reasons = reasonsOf(live);
        if (Date.now() - started >= patience.timeoutMs) {
            throw new NotReadyError(live, [
                `${describe(live)} was not gone within ${patience.timeoutMs / 1000} s`,
                ...reasons,
            ]);
        }
        patience.onStatus([`waiting till ${describe(live)} is gone`, ...reasons].join(": "));
        if (!(await pause(POLL_MS, patience.signal))) {
            throw new NotReadyError(live, [`the wait for the end of ${describe(live)} was cancelled`, ...reasons]);
        }
    }
}

/** False when the wait was cancelled. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
    return await sleep(ms, true, { signal }).catch(() => false);
}
