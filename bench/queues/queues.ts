import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import { CACHE } from "../../sandbox/directories";
import { type Figure, median } from "../figures";
import { BenchCollector, type BenchPipeline, RECEIVER_URL, type Variant, VARIANTS } from "./collector";
import { renderTraceRequest } from "./trace-request";

const ROUNDS = 3;
const SENDERS = 4;
export const SMALL_REQUESTS = { spansPerRequest: 10, requests: 10_000 } as const;
export const LARGE_REQUESTS = { spansPerRequest: 500, requests: 1_000 } as const;
const MIB = 2 ** 20;
const QUEUE_TYPE = { memory: "in-memory", disk: "persistent" } as const;

export interface Measurement {
    /** CPU seconds per million spans. */
    readonly cpuSeconds: number;
    readonly spansPerSecond: number;
    readonly peakMemory: number;
}

/**
 * Measures the cost of queues, relative to a Collector without an exporter and relative to each other. The variants
 * alternate, so that changes in machine speed affect all of them.
 *
 * @param program Path of the Collector.
 */
export async function measureQueues(program: string): Promise<Figure[]> {
    const sink = await startSink();
    const folder = fs.mkdtempSync(path.join(CACHE, "bench-"));
    try {
        const measure = (variant: Variant, load: Load) =>
            measurePipeline(program, { variant }, load, sink.url, path.join(folder, variant));
        const small = await measureInterleaved((variant) => measure(variant, SMALL_REQUESTS));
        const large = await measureInterleaved((variant) => measure(variant, LARGE_REQUESTS));
        return renderFigures(small, large);
    } finally {
        fs.rmSync(folder, { recursive: true });
        sink.close();
    }
}

type Rounds = Readonly<Record<Variant, readonly Measurement[]>>;

async function measureInterleaved(measure: (variant: Variant) => Promise<Measurement>): Promise<Rounds> {
    const rounds: Record<Variant, Measurement[]> = { bare: [], memory: [], disk: [] };
    for (let round = 0; round < ROUNDS; round++) {
        for (const variant of VARIANTS) {
            rounds[variant].push(await measure(variant));
        }
    }
    return rounds;
}

function renderFigures(small: Rounds, large: Rounds): Figure[] {
    const cpu = (rounds: Rounds, variant: Variant) =>
        renderRatio(rounds, variant, "bare", ({ cpuSeconds }) => cpuSeconds);
    const memory = (rounds: Rounds, variant: Variant) =>
        `${(median(rounds[variant].map(({ peakMemory }) => peakMemory)) / MIB).toFixed(0)} MiB`;
    const figure = (what: string, value: string, aim?: string): Figure => ({ what, value, ...(aim ? { aim } : {}) });
    return [
        figure("CPU per span, in-memory queue relative to none (requests of 10)", cpu(small, "memory"), "at most 1.5"),
        figure("CPU per span, persistent queue relative to none (requests of 10)", cpu(small, "disk"), "at most 2.5"),
        figure("CPU per span, in-memory queue relative to none (requests of 500)", cpu(large, "memory")),
        figure("CPU per span, persistent queue relative to none (requests of 500)", cpu(large, "disk")),
        figure(
            "maximum spans per second, persistent queue relative to in-memory queue (requests of 500)",
            renderRatio(large, "disk", "memory", ({ spansPerSecond }) => spansPerSecond),
            "at least 0.70",
        ),
        ...(["memory", "disk"] as const).flatMap((variant) => [
            figure(
                `peak memory, ${QUEUE_TYPE[variant]} queue (requests of 10)`,
                memory(small, variant),
                "at most 100 MiB",
            ),
            figure(`peak memory, ${QUEUE_TYPE[variant]} queue (requests of 500, full queue)`, memory(large, variant)),
        ]),
    ];
}

/** Returns the median ratio over the rounds, with the medians of both values. */
function renderRatio(rounds: Rounds, of: Variant, to: Variant, pick: (measured: Measurement) => number): string {
    const values = rounds[of].map(pick);
    const base = rounds[to].map(pick);
    const ratios = values.map((value, round) => value / (base[round] ?? value));
    return `${median(ratios).toFixed(2)} (${formatShort(median(values))} / ${formatShort(median(base))})`;
}

function formatShort(value: number): string {
    return value >= 1000 ? `${(value / 1000).toFixed(0)}k` : value.toFixed(1);
}

export interface Load {
    readonly spansPerRequest: number;
    readonly requests: number;
}

export async function measurePipeline(
    program: string,
    pipeline: BenchPipeline,
    { spansPerRequest, requests }: Load,
    sink: string,
    folder: string,
): Promise<Measurement> {
    fs.rmSync(folder, { recursive: true, force: true });
    const collector = await BenchCollector.start(program, pipeline, sink, folder);
    try {
        const agent = new http.Agent({ keepAlive: true, maxSockets: SENDERS });
        const body = renderTraceRequest(spansPerRequest);
        const started = { cpu: collector.cpuSeconds, at: performance.now() };
        let left = requests;
        const sender = async (): Promise<void> => {
            while (left-- > 0) {
                await send(body, agent);
            }
        };
        await Promise.all(Array.from({ length: SENDERS }, sender));
        await collector.waitUntilDrained();
        const seconds = (performance.now() - started.at) / 1000;
        const spans = requests * spansPerRequest;
        agent.destroy();
        return {
            cpuSeconds: ((collector.cpuSeconds - started.cpu) / spans) * 1e6,
            spansPerSecond: spans / seconds,
            peakMemory: collector.peakMemory,
        };
    } finally {
        await collector.stop();
    }
}

/** Sends a request until the Collector accepts it. Retries while the queue is full. */
async function send(body: Uint8Array, agent: http.Agent): Promise<void> {
    for (;;) {
        const status = await post(body, agent);
        if (status === 200) {
            return;
        }
        if (status !== 429 && status !== 503) {
            throw new Error(`the Collector responds with HTTP ${status}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

function post(body: Uint8Array, agent: http.Agent): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
        const request = http.request(RECEIVER_URL, { method: "POST", headers, agent }, (response) => {
            response.resume().once("end", () => {
                resolve(response.statusCode);
            });
        });
        request.once("error", reject).end(body);
    });
}

/** Starts a server that accepts every request immediately. */
export async function startSink(): Promise<{ readonly url: string; close(): void }> {
    const server = http.createServer((request, response) => {
        request.resume().once("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    return {
        url: `http://127.0.0.1:${port}`,
        close() {
            server.close();
            server.closeAllConnections();
        },
    };
}
