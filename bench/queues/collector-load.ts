import * as fs from "node:fs";
import * as http from "node:http";
import type { Signal } from "../../config/types/signal";
import { BenchCollector, RECEIVER_URL } from "./collector";

const SENDERS = 4;

export interface Measurement {
    /** CPU seconds per million items. */
    readonly cpuSeconds: number;
    readonly itemsPerSecond: number;
    readonly peakMemory: number;
}

interface CollectorLoad {
    readonly signal: Signal;
    readonly body: Uint8Array;
    readonly itemsPerRequest: number;
    readonly requests: number;
    /** Memory limit of the Collector. 256Mi by default. */
    readonly memory?: string;
}

/** Sends requests to a Collector with this configuration, and measures it until its queues are empty. */
export async function measureCollector(
    program: string,
    config: object,
    folder: string,
    { body, itemsPerRequest, memory, requests, signal }: CollectorLoad,
    featureGates: readonly string[] = [],
): Promise<Measurement> {
    fs.rmSync(folder, { recursive: true, force: true });
    const collector = await BenchCollector.start(program, config, folder, { featureGates, memory });
    try {
        const agent = new http.Agent({ keepAlive: true, maxSockets: SENDERS });
        const url = `${RECEIVER_URL}/v1/${signal}`;
        const started = { cpu: collector.cpuSeconds, at: performance.now() };
        let left = requests;
        const sender = async (): Promise<void> => {
            while (left-- > 0) {
                await send(url, body, agent);
            }
        };
        await Promise.all(Array.from({ length: SENDERS }, sender));
        await collector.waitUntilDrained();
        const seconds = (performance.now() - started.at) / 1000;
        const items = requests * itemsPerRequest;
        agent.destroy();
        return {
            cpuSeconds: ((collector.cpuSeconds - started.cpu) / items) * 1e6,
            itemsPerSecond: items / seconds,
            peakMemory: collector.peakMemory,
        };
    } finally {
        await collector.stop();
    }
}

/** Sends a request until the Collector accepts it. Retries while the queue is full. */
async function send(url: string, body: Uint8Array, agent: http.Agent): Promise<void> {
    for (;;) {
        const status = await post(url, body, agent);
        if (status === 200) {
            return;
        }
        if (status !== 429 && status !== 503) {
            throw new Error(`the Collector responds with HTTP ${status}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

function post(url: string, body: Uint8Array, agent: http.Agent): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
        const headers = { "content-type": "application/x-protobuf", "content-length": body.length };
        const request = http.request(url, { method: "POST", headers, agent }, (response) => {
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
