import { setTimeout as sleep } from "node:timers/promises";
import type { Hostile, Listener } from "./listener";

export interface Target {
    readonly to: Listener;
    readonly requests: readonly Hostile[];
}

/** What became of an attack. */
export interface Outcome {
    readonly sent: number;
    /** Answers that were not expected. */
    readonly surprises: readonly string[];
}

/** Sends hostile requests to each target, one after the other; what is slow goes on meanwhile. */
export class Attack {
    private readonly answers: Promise<string | undefined>[] = [];
    private turn = 0;

    constructor(private readonly targets: readonly Target[]) {}

    /** How many requests each target gets at least until all of its kinds were sent. */
    get turns(): number {
        return Math.max(...this.targets.map(({ requests }) => requests.length));
    }

    /** Sends so many to each target. */
    async send(turns: number, everyMs: number): Promise<void> {
        for (const last = this.turn + turns; this.turn < last; this.turn++) {
            for (const { to, requests } of this.targets) {
                const request = requests[this.turn % requests.length];
                if (request !== undefined) {
                    this.answers.push(surpriseOf(request, to));
                }
            }
            await sleep(everyMs);
        }
    }

    /** Waits for what is under way. */
    async outcome(): Promise<Outcome> {
        const surprises = (await Promise.all(this.answers)).filter((surprise) => surprise !== undefined);
        return { sent: this.answers.length, surprises };
    }
}

async function surpriseOf({ name, send, answer }: Hostile, to: Listener): Promise<string | undefined> {
    const got = await send(to).catch((error: unknown) => String(error));
    return answer.test(got) ? undefined : `${name} to ${to.port}: ${got}`;
}
