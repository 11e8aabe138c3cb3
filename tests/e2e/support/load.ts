import { setTimeout as sleep } from "node:timers/promises";
import { SIGNALS, type Signal } from "../../../config/signals";
import type { Target } from "../../../tools/verify/target";
import { type Batch, requestOf } from "./requests";

const ITEMS_A_REQUEST = 10;
/** A client that hears nothing for so long sends again. */
const ANSWER_WITHIN_MS = 5_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
const PATHS: Readonly<Record<Signal, string>> = { traces: "v1/traces", metrics: "v1/metrics", logs: "v1/logs" };

export interface LoadArgs {
    /** The Collector's OTLP/HTTP receiver. */
    readonly collector: Target;
    /** At most 16 hexadecimal digits, new for each run. */
    readonly run: string;
    /** Items of each signal a second. */
    readonly perSecond: number;
}

/** What became of the items of one signal. */
export interface Sent {
    /** Ids that the Collector has answered with success. */
    readonly accepted: ReadonlySet<number>;
    /** Requests that were refused, or not answered in time, and sent again. */
    readonly sentAgain: number;
}

export type Outcome = Readonly<Record<Signal, Sent>>;

/**
 * Sends items of all signals evenly, each until it is acknowledged, as a client does that must not lose any.
 *
 * What is not acknowledged is kept and sent again, so that nothing is missing at the end but what the Collector has lost.
 */
export class Load {
    private readonly accepted: Record<Signal, Set<number>> = { traces: new Set(), metrics: new Set(), logs: new Set() };
    private readonly again: Record<Signal, number> = { traces: 0, metrics: 0, logs: 0 };
    private readonly underWay = new Set<Promise<void>>();
    private readonly timer: NodeJS.Timeout;
    private readonly abandoned = new AbortController();
    private next = 0;
    private lastAt = 0;

    constructor(private readonly args: LoadArgs) {
        this.timer = setInterval(
            () => {
                this.sendNext();
            },
            (1000 * ITEMS_A_REQUEST) / args.perSecond,
        );
    }

    /** How many items of each signal have been made so far. */
    get made(): number {
        return this.next;
    }

    /** Items of that signal that the Collector has acknowledged so far. */
    acceptedOf(signal: Signal): number {
        return this.accepted[signal].size;
    }

    /** How often that signal was refused or not answered so far. */
    sentAgain(signal: Signal): number {
        return this.again[signal];
    }

    /** Makes no more, and waits until all are acknowledged or time is over; what is not by then was not accepted. */
    async stop(withinMs: number): Promise<Outcome> {
        clearInterval(this.timer);
        const late = setTimeout(() => {
            this.abandoned.abort();
        }, withinMs);
        await Promise.all(this.underWay);
        clearTimeout(late);
        const sent = (signal: Signal): Sent => ({ accepted: this.accepted[signal], sentAgain: this.again[signal] });
        return { traces: sent("traces"), metrics: sent("metrics"), logs: sent("logs") };
    }

    private sendNext(): void {
        // Each point has a millisecond of its own, also where a timer is late and the next is not.
        const at = Math.max(Date.now(), this.lastAt + ITEMS_A_REQUEST);
        this.lastAt = at;
        const batch: Batch = { run: this.args.run, first: this.next, count: ITEMS_A_REQUEST, at };
        this.next += ITEMS_A_REQUEST;
        for (const signal of SIGNALS) {
            const sending = this.send(signal, batch).finally(() => this.underWay.delete(sending));
            this.underWay.add(sending);
        }
    }

    private async send(signal: Signal, batch: Batch): Promise<void> {
        const body = JSON.stringify(requestOf(signal, batch));
        for (let wait = FIRST_WAIT_MS; !this.abandoned.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
            if (await this.isTaken(signal, body)) {
                for (let id = batch.first; id < batch.first + batch.count; id++) {
                    this.accepted[signal].add(id);
                }
                return;
            }
            this.again[signal] += 1;
            await sleep(wait);
        }
    }

    /** Whether the Collector has acknowledged the request: a refusal, a broken line and silence are all none. */
    private async isTaken(signal: Signal, body: string): Promise<boolean> {
        const { collector } = this.args;
        let url: string | undefined;
        try {
            url = await collector.url();
            const response = await fetch(`${url}/${PATHS[signal]}`, {
                method: "POST",
                headers: { "content-type": "application/json" },
                body,
                signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
            });
            await response.text();
            return response.ok;
        } catch {
            // The line may lead to a pod that is gone.
            if (url !== undefined) {
                await collector.renew(url);
            }
            return false;
        }
    }
}
