import { once } from "node:events";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import * as z from "zod";
import { exportOnce } from "../../../tools/verify/otlp-exporters";
import type { Protocol } from "../../../tools/verify/types";
import type { OtlpEndpoint } from "./malformed/endpoint";
import { createExporter, createSpans } from "./otlp-client";

/** Time for opening connections and compiling code. */
const WARM_UP_MS = 3_000;

/** Well-behaved clients that send at the same time. */
export interface BackgroundLoad {
    /** One client for each. */
    readonly to: readonly { readonly protocol: Protocol; readonly listener: OtlpEndpoint }[];
    readonly service: string;
    /** Number of spans in each request. */
    readonly spans: number;
    /** Pause of a client between a response and its next request. */
    readonly pauseMs: number;
}

const samplesSchema = z.array(z.object({ at: z.number(), ms: z.number(), accepted: z.boolean() }));
/** One request: when it was sent, the duration until its response, and whether it was accepted. */
export type Sample = z.infer<typeof samplesSchema>[number];

/** Well-behaved clients in a separate process, so that work in this process does not slow them down. */
export class BackgroundClients {
    private constructor(private readonly child: ReturnType<typeof spawnClients>) {}

    /** Resolves when the clients are warmed up. */
    static async start(pace: BackgroundLoad): Promise<BackgroundClients> {
        const clients = new BackgroundClients(spawnClients(pace));
        await once(clients.child.stderr, "data");
        return clients;
    }

    /** Stops the clients and returns their samples. */
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

/** The percentile of the values. */
export function percentile(values: readonly number[], percent: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN;
}

/** The body of the process: sends until its input ends, then prints the samples. */
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
            const accepted = await exportOnce(exporter, request).then(
                () => true,
                () => false,
            );
            all.push({ at, ms: performance.now() - before, accepted });
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
