import { setTimeout as sleep } from "node:timers/promises";
import { type BackgroundClients, percentile, type Sample } from "../background-clients";
import type { MalformedRequestRunner } from "./runner";

/** Number of attack intervals, each after a pause of the same length. */
const ROUNDS = 4;
const REQUEST_INTERVAL_MS = 800;

/** Effect of an attack on well-behaved clients. */
export interface LatencyComparison {
    readonly requests: { readonly calm: number; readonly attacked: number };
    /** 99th percentile in milliseconds. */
    readonly p99: { readonly calm: number; readonly attacked: number };
    /** Requests that were not accepted, during the attack or before. */
    readonly failed: readonly Sample[];
}

/**
 * Alternates between attack and pause while well-behaved clients send, so that other load on the machine affects both
 * alike.
 */
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
        failed: samples.filter(({ accepted }) => !accepted),
    };
}
