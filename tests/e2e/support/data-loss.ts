import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Signal } from "../../../config/types/signal";
import type { Connection } from "../../../tools/verify/connection";
import { type Deadline, createDeadline, pause } from "../../../tools/verify/deadline";
import { listCollectorFailures, listObjects, kubectl, NAMESPACE, KUBECTL_TIMEOUT } from "./cluster";
import { killCollector } from "./pod-faults";
import { LoadGenerator, type LoadResult } from "./load-generator";
import type { BackendConnections } from "./query-assertions";
import { listStoredSignals, type StoredItems, findStoredItems } from "./stored-items";

/** The backends of a stack with `durability.mode: disk`, by StatefulSet. */
export const STATEFUL_BACKENDS = ["jaeger", "victorialogs", "prometheus"] as const;
export type StatefulBackend = (typeof STATEFUL_BACKENDS)[number];

export interface LoadRunArgs {
    readonly collector: Connection;
    readonly backends: BackendConnections;
    /** Items of each signal per second. */
    readonly perSecond: number;
}

export interface OutageArgs extends LoadRunArgs {
    /** Duration of the outage of all backends. */
    readonly outageMs: number;
    /** How often the Collector is killed during the outage. */
    readonly kills: number;
}

/** A row of the table in docs/explanation/delivery-guarantees.md. */
export interface LossReport {
    readonly signal: Signal;
    readonly made: number;
    readonly accepted: number;
    /** Accepted but not stored. */
    readonly missing: readonly number[];
    /** Stored more than once. */
    readonly duplicates: number;
    /** Requests that the client retried. */
    readonly sentAgain: number;
}

/** Traffic before and after the outage. */
const STEADY_STATE_MS = 10_000;
const ACKNOWLEDGE_TIMEOUT_MS = 60_000;
const STORE_TIMEOUT_SECONDS = 120;
const POLL_INTERVAL_MS = 10_000;
const MIN_STORED_RATIO = 0.99;

/**
 * Stops all backends while clients send, kills the Collector, starts the backends again, and compares the accepted data
 * with the stored data.
 */
export async function runOutage({ outageMs, kills, ...args }: OutageArgs): Promise<LossReport[]> {
    // The queued data is sent at a multiple of the rate at which it arrived.
    const storedWithinSeconds = STORE_TIMEOUT_SECONDS + outageMs / 1000;
    return measureLoss(args, storedWithinSeconds, async () => {
        await sleep(STEADY_STATE_MS);
        await scaleBackends(STATEFUL_BACKENDS, 0);
        for (let killed = 0; killed <= kills; killed++) {
            await sleep(outageMs / (kills + 1));
            if (killed < kills) {
                await killCollector();
            }
        }
        await scaleBackends(STATEFUL_BACKENDS, 1);
        await sleep(STEADY_STATE_MS);
    });
}

/** Runs clients during a disturbance of the stack, and compares the accepted data with the stored data. */
export async function measureLoss(
    { backends, ...args }: LoadRunArgs,
    storedWithinSeconds: number,
    disturb: (load: LoadGenerator) => Promise<void>,
): Promise<LossReport[]> {
    const run = randomBytes(8).toString("hex");
    const fromMs = Date.now();
    const load = new LoadGenerator({ ...args, run });
    let outcome: LoadResult | undefined;
    try {
        await disturb(load);
    } finally {
        outcome = await load.stop(ACKNOWLEDGE_TIMEOUT_MS);
    }

    const during = { fromMs, toMs: Date.now() };
    const balances: LossReport[] = [];
    for (const signal of listStoredSignals(backends)) {
        const { accepted, sentAgain } = outcome[signal];
        const deadline = createDeadline(storedWithinSeconds);
        const { ids, duplicates } = await waitUntilStored(accepted, deadline, () =>
            findStoredItems(signal, run, during, backends),
        );
        const missing = [...accepted].filter((id) => !ids.has(id));
        balances.push({ signal, made: load.made, accepted: accepted.size, missing, duplicates, sentAgain });
    }
    return balances;
}

/** Prints the table for docs/explanation/delivery-guarantees.md. */
export function printReports(reports: readonly LossReport[]): void {
    console.table(reports.map(({ missing, ...report }) => ({ ...report, lost: missing.length })));
}

/** Fails with what a log of the run needs to find the cause: which items, and what the Collector counted. */
export async function assertNothingLost(reports: readonly LossReport[]): Promise<void> {
    const losses = reports
        .filter(({ missing }) => missing.length > 0)
        .map(
            ({ signal, accepted, missing }) =>
                `${signal}: ${missing.length} of ${accepted} accepted items are not stored: ${formatRanges(missing)}`,
        );
    if (losses.length > 0) {
        assert.fail(
            [...losses, ...(await listCollectorFailures().catch((error: unknown) => [String(error)]))].join("\n"),
        );
    }
}

/** Fails unless a client next to a load has nearly all items of each signal accepted and stored. */
export function assertNearlyAllStored(reports: readonly LossReport[]): void {
    for (const { signal, made, accepted, missing } of reports) {
        assert.ok(
            accepted - missing.length >= MIN_STORED_RATIO * made,
            `${signal}: ${made} made, ${accepted} accepted, ${missing.length} of these not stored`,
        );
    }
}

/** Ascending numbers, such as 10-19, 40. */
function formatRanges(ids: readonly number[]): string {
    const ranges: [first: number, last: number][] = [];
    for (const id of ids) {
        const range = ranges.at(-1);
        if (range !== undefined && id === range[1] + 1) {
            range[1] = id;
        } else {
            ranges.push([id, id]);
        }
    }
    return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(", ");
}

/** Queries again until nothing is missing or the time is over. */
async function waitUntilStored(
    accepted: ReadonlySet<number>,
    deadline: Deadline,
    look: () => Promise<StoredItems>,
): Promise<StoredItems> {
    for (;;) {
        try {
            const seen = await look();
            if ([...accepted].every((id) => seen.ids.has(id)) || deadline.remaining() === 0) {
                return seen;
            }
        } catch (error) {
            if (deadline.remaining() === 0) {
                throw error;
            }
        }
        await pause(POLL_INTERVAL_MS, deadline);
    }
}

/** Scales backends to 0 or 1, and waits until they have stopped or are ready. */
export async function scaleBackends(stores: readonly StatefulBackend[], replicas: 0 | 1): Promise<void> {
    const sets = stores.map((name) => `statefulset/${name}`);
    await kubectl("scale", "-n", NAMESPACE, `--replicas=${replicas}`, ...sets);
    if (replicas === 1) {
        for (const set of sets) {
            await kubectl("rollout", "status", "-n", NAMESPACE, set, KUBECTL_TIMEOUT);
        }
        return;
    }
    const selector = `app.kubernetes.io/name in (${stores.join(",")})`;
    while ((await listObjects("pods", "--selector", selector)).length > 0) {
        await sleep(500);
    }
}
