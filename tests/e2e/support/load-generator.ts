import { setTimeout as sleep } from "node:timers/promises";
import { SIGNALS, type Signal } from "../../../config/types/signal";
import type { Connection } from "../../../tools/verify/connection";
import { type Batch, renderRequest } from "./otlp-requests";

const ITEMS_PER_REQUEST = 10;
/** A client without a response retries after this time. */
const RESPONSE_TIMEOUT_MS = 5_000;
const MIN_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2_000;
const PATHS: Readonly<Record<Signal, string>> = { traces: "v1/traces", metrics: "v1/metrics", logs: "v1/logs" };

export interface LoadGeneratorArgs {
    /** The Collector's OTLP/HTTP receiver. */
    readonly collector: Connection;
    /** At most 16 hexadecimal digits, different in each run. */
    readonly run: string;
    /** Items of each signal per second. */
    readonly perSecond: number;
}

/** Result of sending the items of one signal. */
interface SentItems {
    /** Ids that the Collector has acknowledged. */
    readonly accepted: ReadonlySet<number>;
    /** Requests that were rejected or got no response in time, and were retried. */
    readonly sentAgain: number;
}

export type LoadResult = Readonly<Record<Signal, SentItems>>;

/**
 * Sends items of all signals at a constant rate, and retries each until it is acknowledged, as a client that must not
 * lose data does.
 *
 * Unacknowledged items are retried, so that only items that the Collector lost are missing at the end.
 */
export class LoadGenerator {
    private readonly accepted: Record<Signal, Set<number>> = { traces: new Set(), metrics: new Set(), logs: new Set() };
    private readonly retries: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
    private readonly inFlight = new Set<Promise<void>>();
    private readonly timer: NodeJS.Timeout;
    private readonly abandoned = new AbortController();
    private next = 0;
    private lastTimestamp = 0;

    constructor(private readonly args: LoadGeneratorArgs) {
        this.timer = setInterval(
            () => {
                this.sendNext();
            },
            (1000 * ITEMS_PER_REQUEST) / args.perSecond,
        );
    }

    /** Number of items of each signal created so far. */
    get made(): number {
        return this.next;
    }

    /** Number of acknowledged items of the signal so far. */
    countAccepted(signal: Signal): number {
        return this.accepted[signal].size;
    }

    /** Number of rejected or timed-out requests of the signal so far. */
    countRetries(signal: Signal): number {
        return this.retries[signal];
    }

    /**
     * Creates no more items, and waits until all are acknowledged or the time is over. The remaining ones are not
     * accepted.
     */
    async stop(withinMs: number): Promise<LoadResult> {
        clearInterval(this.timer);
        const late = setTimeout(() => {
            this.abandoned.abort();
        }, withinMs);
        await Promise.all(this.inFlight);
        clearTimeout(late);
        const sent = (signal: Signal): SentItems => ({
            accepted: this.accepted[signal],
            sentAgain: this.retries[signal],
        });
        return { traces: sent("traces"), metrics: sent("metrics"), logs: sent("logs") };
    }

    private sendNext(): void {
        // Each point has a different millisecond, even if a timer is late and the next one is not.
        const at = Math.max(Date.now(), this.lastTimestamp + ITEMS_PER_REQUEST);
        this.lastTimestamp = at;
        const batch: Batch = { run: this.args.run, first: this.next, count: ITEMS_PER_REQUEST, at };
        this.next += ITEMS_PER_REQUEST;
        for (const signal of SIGNALS) {
            const sending = this.send(signal, batch).finally(() => this.inFlight.delete(sending));
            this.inFlight.add(sending);
        }
    }

    private async send(signal: Signal, batch: Batch): Promise<void> {
        const body = JSON.stringify(renderRequest(signal, batch));
        for (let wait = MIN_BACKOFF_MS; !this.abandoned.signal.aborted; wait = Math.min(2 * wait, MAX_BACKOFF_MS)) {
            if (await this.isAcknowledged(signal, body)) {
                for (let id = batch.first; id < batch.first + batch.count; id++) {
                    this.accepted[signal].add(id);
                }
                return;
            }
            this.retries[signal] += 1;
            await sleep(wait);
        }
    }

    /** Whether the Collector has acknowledged the request. A rejection, a broken connection and a timeout have not. */
    private async isAcknowledged(signal: Signal, body: string): Promise<boolean> {
        const { collector } = this.args;
        let url: string | undefined;
        try {
            url = await collector.url();
            const response = await fetch(`${url}/${PATHS[signal]}`, {
                method: "POST",
                headers: { "content-type": "application/json" },
                body,
                signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
            });
            await response.text();
            return response.ok;
        } catch {
            // The port-forward may lead to a deleted pod.
            if (url !== undefined) {
                await collector.renew(url);
            }
            return false;
        }
    }
}
