import { setTimeout as sleep } from "node:timers/promises";
import { spansOfTrace } from "./read-jaeger";
import { deadlineIn } from "./timing";

const PARALLEL = 8;
const LOOK_AGAIN_AFTER_MS = 250;

export interface CountOptions {
    /** URL of Jaeger's UI and API. */
    readonly jaegerUrl: string;
    /** What a SentSpans calls accepted. */
    readonly traceIds: readonly string[];
    /** Seconds to wait for those that are missing. Default 30. */
    readonly timeoutSeconds?: number;
}

export interface SpanCount {
    readonly found: readonly string[];
    readonly missing: readonly string[];
    /** Copies beyond the first: a retried span may be stored twice. */
    readonly duplicates: number;
}

/** Counts which of the traces Jaeger has, waiting for the missing ones until time is over. Fails when it gives no answer. */
export async function countSpansInJaeger(options: CountOptions): Promise<SpanCount> {
    const { jaegerUrl, traceIds, timeoutSeconds = 30 } = options;
    const deadline = deadlineIn(timeoutSeconds);
    const copies = new Map<string, number>();
    for (;;) {
        const missing = traceIds.filter((traceId) => !copies.has(traceId));
        for (const [traceId, spans] of await lookUp(jaegerUrl, missing)) {
            copies.set(traceId, spans);
        }
        if (copies.size === new Set(traceIds).size || deadline.remaining() === 0) {
            return count(traceIds, copies);
        }
        await sleep(LOOK_AGAIN_AFTER_MS);
    }
}

async function lookUp(jaegerUrl: string, traceIds: readonly string[]): Promise<[string, number][]> {
    const found: [string, number][] = [];
    const queue = traceIds.values();
    const work = async (): Promise<void> => {
        for (const traceId of queue) {
            const { length } = await spansOfTrace(jaegerUrl, traceId);
            if (length > 0) {
                found.push([traceId, length]);
            }
        }
    };
    await Promise.all(Array.from({ length: PARALLEL }, work));
    return found;
}

function count(traceIds: readonly string[], copies: ReadonlyMap<string, number>): SpanCount {
    return {
        found: traceIds.filter((traceId) => copies.has(traceId)),
        missing: traceIds.filter((traceId) => !copies.has(traceId)),
        duplicates: [...copies.values()].reduce((sum, spans) => sum + spans - 1, 0),
    };
}
