import { setTimeout as sleep } from "node:timers/promises";
import type { MalformedRequest, OtlpEndpoint } from "./endpoint";

export interface RunnerTarget {
    readonly to: OtlpEndpoint;
    readonly requests: readonly MalformedRequest[];
}

/** Result of an attack. */
export interface RunnerResult {
    readonly sent: number;
    /** Unexpected results. */
    readonly surprises: readonly string[];
}

/** Sends malformed requests to each target in sequence. Slow requests continue in the background. */
export class MalformedRequestRunner {
    private readonly answers: Promise<string | undefined>[] = [];
    private turn = 0;

    constructor(private readonly targets: readonly RunnerTarget[]) {}

    /** Minimum number of requests to each target for sending each kind once. */
    get turns(): number {
        return Math.max(...this.targets.map(({ requests }) => requests.length));
    }

    /** Sends the given number of requests to each target. */
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

    /** Waits for pending requests. */
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
