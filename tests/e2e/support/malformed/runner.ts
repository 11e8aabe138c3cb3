import { setTimeout as sleep } from "node:timers/promises";
import type { MalformedRequest, OtlpEndpoint } from "./endpoint";

export interface RunnerTarget {
    readonly to: OtlpEndpoint;
    readonly requests: readonly MalformedRequest[];
}

/** What became of an attack. */
export interface RunnerResult {
    readonly sent: number;
    /** Answers that were not expected. */
    readonly surprises: readonly string[];
}

/** Sends hostile requests to each target, one after the other; what is slow goes on meanwhile. */
export class MalformedRequestRunner {
    private readonly answers: Promise<string | undefined>[] = [];
    private turn = 0;

    constructor(private readonly targets: readonly RunnerTarget[]) {}

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
                    this.answers.push(findUnexpectedResponse(request, to));
                }
            }
            await sleep(everyMs);
        }
    }

    /** Waits for what is under way. */
    async finish(): Promise<RunnerResult> {
        const surprises = (await Promise.all(this.answers)).filter((surprise) => surprise !== undefined);
        return { sent: this.answers.length, surprises };
    }
}

async function findUnexpectedResponse(
    { name, send, answer }: MalformedRequest,
    to: OtlpEndpoint,
): Promise<string | undefined> {
    const got = await send(to).catch((error: unknown) => String(error));
    return answer.test(got) ? undefined : `${name} to ${to.port}: ${got}`;
}
