import { once } from "node:events";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import * as z from "zod";
import { exportOnce } from "../../../tools/verify/otlp-exporters";
import type { Protocol } from "../../../tools/verify/types";
import type { OtlpEndpoint } from "./malformed/endpoint";
import { createExporter, createSpans } from "./otlp-client";

/** Connections are made meanwhile, and code is compiled. */
const WARM_UP_MS = 3_000;

/** Honest clients that send at the same time. */
export interface BackgroundLoad {
    /** One client each. */
    readonly to: readonly { readonly protocol: Protocol; readonly listener: OtlpEndpoint }[];
    readonly service: string;
    /** In each request. */
    readonly spans: number;
    /** Between an answer and the next request of the same client. */
    readonly pauseMs: number;
}

const samplesSchema = z.array(z.object({ at: z.number(), ms: z.number(), taken: z.boolean() }));
/** One request: when it was sent, how long its answer took, and whether that was a good one. */
export type Sample = z.infer<typeof samplesSchema>[number];

/** Honest clients at work, in a process of their own: what else goes on in this one does not slow them down. */
export class BackgroundClients {
    private constructor(private readonly child: ReturnType<typeof spawnClients>) {}

    /** Returns when they have got into their stride. */
    static async start(pace: BackgroundLoad): Promise<BackgroundClients> {
        const clients = new BackgroundClients(spawnClients(pace));
        await once(clients.child.stderr, "data");
        return clients;
    }

    /** Stops them; returns all that they have sent. */
    async stop(): Promise<readonly Sample[]> {
        this.child.stdin.end();
        const { stdout } = await this.child;
        return samplesSchema.parse(JSON.parse(stdout));
    }
}

function spawnClients(pace: BackgroundLoad) {
    const script = path.join(__dirname, "background-clients.ts");
    return execa("node", ["--require", "ts-node/register/transpile-only", script, JSON.stringify(pace)], {
        stdin: "pipe",
    });
}

/** What so many of a hundred do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN;
}

/** The process itself: sends until its input ends, then prints the samples. */
async function runClients({ to, service, spans, pauseMs }: BackgroundLoad): Promise<void> {
    const all: Sample[] = [];
    let stopped = false;
    process.stdin.once("end", () => {
        stopped = true;
    });
    process.stdin.resume();
    const clients = to.map(async ({ protocol, listener }) => {
        const exporter = createExporter(protocol, listener);
        while (!stopped) {
            const request = createSpans(service, spans);
            const at = Date.now();
            const before = performance.now();
            const taken = await exportOnce(exporter, request).then(
                () => true,
                () => false,
            );
            all.push({ at, ms: performance.now() - before, taken });
            await sleep(pauseMs);
        }
        await exporter.shutdown();
    });
    await sleep(WARM_UP_MS);
    process.stderr.write("ready\n");
    await Promise.all(clients);
    console.log(JSON.stringify(all));
}

if (require.main === module) {
    void runClients(JSON.parse(process.argv[2] ?? "") as BackgroundLoad);
}
