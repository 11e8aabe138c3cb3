import { setTimeout as sleep } from "node:timers/promises";
import { type BackgroundClients, percentile, type Sample } from "../background-clients";
import type { MalformedRequestRunner } from "./runner";

/** The attack comes in so many parts, with as long a pause before each. */
const ROUNDS = 4;
const REQUEST_INTERVAL_MS = 800;

/** What honest clients feel of an attack. */
export interface LatencyComparison {
    readonly requests: { readonly calm: number; readonly attacked: number };
    /** What 99 of 100 requests did not exceed, in milliseconds. */
    readonly p99: { readonly calm: number; readonly attacked: number };
    /** Requests that were not taken, at any time. */
    readonly failed: readonly Sample[];
}

/** Attacks by turns while honest clients send, so that whatever else the machine does falls on both times alike. */
export async function compareLatency(
    clients: BackgroundClients,
    runner: MalformedRequestRunner,
): Promise<LatencyComparison> {
    const turns = Math.ceil(runner.turns / ROUNDS);
    const start = Date.now();
    const attacks: { readonly from: number; readonly to: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
        await sleep(turns * REQUEST_INTERVAL_MS);
        const from = Date.now();
        await runner.send(turns, REQUEST_INTERVAL_MS);
        attacks.push({ from, to: Date.now() });
    }
    const samples = await clients.stop();
    const times = (meanwhile: boolean): readonly number[] =>
        samples
            .filter(({ at }) => at >= start && attacks.some(({ from, to }) => at >= from && at < to) === meanwhile)
            .map(({ ms }) => ms);
    const [calm, attacked] = [times(false), times(true)];
    return {
        requests: { calm: calm.length, attacked: attacked.length },
        p99: { calm: percentile(calm, 99), attacked: percentile(attacked, 99) },
        failed: samples.filter(({ taken }) => !taken),
    };
}
