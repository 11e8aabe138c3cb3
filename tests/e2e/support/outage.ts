import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Signal } from "../../../config/signals";
import type { Target } from "../../../tools/verify/target";
import { type Deadline, deadlineIn, pause } from "../../../tools/verify/timing";
import { get, kubectl, NAMESPACE, PATIENCE } from "./cluster";
import { killCollector } from "./kill";
import { Load, type Outcome } from "./load";
import type { Backends } from "./questions";
import { signalsStored, type Stored, storedOf } from "./stored";

/** The stores that a stack on disk keeps its data in, by their StatefulSets. */
export const STORES = ["jaeger", "victorialogs", "prometheus"] as const;
export type Store = (typeof STORES)[number];

export interface RunArgs {
    readonly collector: Target;
    readonly backends: Backends;
    /** Items of each signal a second. */
    readonly perSecond: number;
}

export interface OutageArgs extends RunArgs {
    /** How long all backends are away. */
    readonly outageMs: number;
    /** How often the Collector is killed meanwhile. */
    readonly kills: number;
}

/** A row of the table in docs/reliability.md. */
export interface Balance {
    readonly signal: Signal;
    readonly made: number;
    readonly accepted: number;
    /** Accepted and not stored. */
    readonly missing: readonly number[];
    /** Stored more than once. */
    readonly duplicates: number;
    /** Requests that the client had to send again. */
    readonly sentAgain: number;
}

/** Traffic on a stack that is well, before and after. */
const CALM_MS = 10_000;
const ACKNOWLEDGED_WITHIN_MS = 60_000;
const STORED_WITHIN_SECONDS = 120;
const LOOK_EVERY_MS = 10_000;

/**
 * Takes all backends away while clients send, kills the Collector meanwhile, gives the backends back, and compares
 * what was accepted with what is stored.
 */
export async function rideOut({ outageMs, kills, ...args }: OutageArgs): Promise<Balance[]> {
    // What has gathered is sent at some times the rate at which it came.
    const storedWithinSeconds = STORED_WITHIN_SECONDS + outageMs / 1000;
    return balanceOf(args, storedWithinSeconds, async () => {
        await sleep(CALM_MS);
        await scale(STORES, 0);
        for (let killed = 0; killed <= kills; killed++) {
            await sleep(outageMs / (kills + 1));
            if (killed < kills) {
                await killCollector();
            }
        }
        await scale(STORES, 1);
        await sleep(CALM_MS);
    });
}

/** Has clients send while something happens to the stack, and compares what was accepted with what is stored. */
export async function balanceOf(
    { backends, ...args }: RunArgs,
    storedWithinSeconds: number,
    happens: (load: Load) => Promise<void>,
): Promise<Balance[]> {
    const run = randomBytes(8).toString("hex");
    const fromMs = Date.now();
    const load = new Load({ ...args, run });
    let outcome: Outcome | undefined;
    try {
        await happens(load);
    } finally {
        outcome = await load.stop(ACKNOWLEDGED_WITHIN_MS);
    }

    const during = { fromMs, toMs: Date.now() };
    const balances: Balance[] = [];
    for (const signal of signalsStored(backends)) {
        const { accepted, sentAgain } = outcome[signal];
        const deadline = deadlineIn(storedWithinSeconds);
        const { ids, duplicates } = await untilStored(accepted, deadline, () =>
            storedOf(signal, run, during, backends),
        );
        const missing = [...accepted].filter((id) => !ids.has(id));
        balances.push({ signal, made: load.made, accepted: accepted.size, missing, duplicates, sentAgain });
    }
    return balances;
}

/** Looks again while something is missing and time is left. */
async function untilStored(
    accepted: ReadonlySet<number>,
    deadline: Deadline,
    look: () => Promise<Stored>,
): Promise<Stored> {
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
        await pause(LOOK_EVERY_MS, deadline);
    }
}

/** Takes backends away, or gives them back, and waits until that is so. */
export async function scale(stores: readonly Store[], replicas: 0 | 1): Promise<void> {
    const sets = stores.map((name) => `statefulset/${name}`);
    await kubectl("scale", "-n", NAMESPACE, `--replicas=${replicas}`, ...sets);
    if (replicas === 1) {
        for (const set of sets) {
            await kubectl("rollout", "status", "-n", NAMESPACE, set, PATIENCE);
        }
        return;
    }
    const selector = `app.kubernetes.io/name in (${stores.join(",")})`;
    while ((await get("pods", "--selector", selector)).length > 0) {
        await sleep(500);
    }
}
