import { once } from "node:events";
import * as http from "node:http";
import * as http2 from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import * as z from "zod";
import { renderTraceRequest } from "../../../bench/queues/trace-request";
import { COLLECTOR_PORTS } from "../../../components/collector/config/ports";

type CrowdProtocol = "grpc" | "http/protobuf" | "http/json";

/** Many clients that do not follow OTLP: they send again at once, whatever the Collector answers. */
export interface Crowd {
    readonly protocol: CrowdProtocol;
    /** Network of the pod, as an option of nsenter. The clients connect to its loopback address. */
    readonly network: string;
    /** Number of connections. Each has one request in flight. */
    readonly connections: number;
    readonly spansPerRequest: number;
    /** Sends one byte a second of each request. @default false */
    readonly slow?: boolean;
}

const answersSchema = z.record(z.string(), z.number());
/** Number of requests by result: `200`, `grpc-status 14`, or the code of a broken connection. */
export type Answers = z.infer<typeof answersSchema>;

const HOST = "127.0.0.1";
const PORTS: Readonly<Record<CrowdProtocol, number>> = {
    grpc: COLLECTOR_PORTS.otlpGrpc,
    "http/protobuf": COLLECTOR_PORTS.otlpHttp,
    "http/json": COLLECTOR_PORTS.otlpHttp,
};
/** Time between two attempts of a client whose connection was closed. */
const RECONNECT_MS = 200;
const SLOW_INTERVAL_MS = 1_000;
const TRACES_PATH = "/v1/traces";
const TRACES_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
/** A flag for compression and four bytes for the length precede each gRPC message. */
const GRPC_PREFIX_BYTES = 5;

/** A crowd in a separate process, so that well-behaved clients are not slowed down. */
export class ClientCrowd {
    private constructor(private readonly child: ReturnType<typeof spawnCrowd>) {}

    /** Resolves when the first requests are sent. */
    static async start(crowd: Crowd): Promise<ClientCrowd> {
        const started = new ClientCrowd(spawnCrowd(crowd));
        await once(started.child.stderr, "data");
        return started;
    }

    /** Closes all connections and returns the answers. */
    async stop(): Promise<Answers> {
        this.child.stdin.end();
        const { stdout } = await this.child;
        return answersSchema.parse(JSON.parse(stdout));
    }
}

function spawnCrowd(crowd: Crowd) {
    const node = [process.execPath, "--require", "ts-node/register/transpile-only", __filename, JSON.stringify(crowd)];
    return execa("nsenter", [crowd.network, ...node], { stdin: "pipe" });
}

/** Sends a request and returns the result. Never rejects. */
type Send = () => Promise<string>;

function createHttpClient({ protocol, slow = false }: Crowd, body: Uint8Array): Send {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const headers = {
        "content-type": protocol === "http/json" ? "application/json" : "application/x-protobuf",
        "content-length": body.length,
    };
    return () =>
        new Promise((resolve) => {
            const request = http.request({
                host: HOST,
                port: PORTS[protocol],
                path: TRACES_PATH,
                method: "POST",
                headers,
                agent,
            });
            request.once("response", (response) => {
                response.resume().once("close", () => {
                    resolve(String(response.statusCode));
                });
            });
            request.once("error", (error: NodeJS.ErrnoException) => {
                resolve(error.code ?? error.message);
            });
            sendBody(request, body, slow);
        });
}

function createGrpcClient({ protocol, slow = false }: Crowd, message: Uint8Array): Send {
    const prefix = Buffer.alloc(GRPC_PREFIX_BYTES);
    prefix.writeUInt32BE(message.length, 1);
    const body = Buffer.concat([prefix, message]);
    let session: http2.ClientHttp2Session | undefined;
    return async () => {
        if (session === undefined || session.closed || session.destroyed) {
            session = http2.connect(`http://${HOST}:${PORTS[protocol]}`);
            // The error of a session reaches its streams as well.
            session.on("error", () => undefined);
        }
        const headers = {
            ":method": "POST",
            ":path": TRACES_METHOD,
            "content-type": "application/grpc",
            te: "trailers",
        };
        return sendStream(session, headers, body, slow);
    };
}

function sendStream(
    session: http2.ClientHttp2Session,
    headers: http2.OutgoingHttpHeaders,
    body: Uint8Array,
    slow: boolean,
): Promise<string> {
    return new Promise((resolve) => {
        const stream = session.request(headers);
        const readStatus = (received: http2.IncomingHttpHeaders): void => {
            const status = received["grpc-status"];
            if (status !== undefined) {
                resolve(`grpc-status ${[status].flat().join()}`);
            }
        };
        stream.on("response", readStatus).on("trailers", readStatus).resume();
        stream.once("error", (error: NodeJS.ErrnoException) => {
            resolve(error.code ?? error.message);
        });
        stream.once("close", () => {
            resolve("closed");
        });
        sendBody(stream, body, slow);
    });
}

function sendBody(request: NodeJS.WritableStream, body: Uint8Array, slow: boolean): void {
    if (!slow) {
        request.end(body);
        return;
    }
    let sent = 0;
    const timer = setInterval(() => {
        request.write(body.subarray(sent, ++sent));
    }, SLOW_INTERVAL_MS);
    request.once("close", () => {
        clearInterval(timer);
    });
}

/** Protobuf in the form that OTLP/HTTP calls JSON. Each span has its own trace, as in {@link renderTraceRequest}. */
function renderJsonRequest(spans: number): Uint8Array {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
    const now = `${Date.now()}000000`;
    const renderSpan = (_: unknown, index: number) => ({
        traceId: (index + 1).toString(16).padStart(32, "0"),
        spanId: (index + 1).toString(16).padStart(16, "0"),
        name: "GET /api/orders/{order}",
        kind: 2,
        startTimeUnixNano: now,
        endTimeUnixNano: now,
        attributes: [
            attribute("http.request.method", "GET"),
            attribute("http.response.status_code", "200"),
            attribute("http.route", "/api/orders/{order}"),
            attribute("network.protocol.version", "1.1"),
            attribute("server.address", "shop.example.internal"),
            attribute("url.path", `/api/orders/${index}`),
        ],
    });
    const resource = { attributes: [attribute("service.name", "crowd")] };
    const scopeSpans = [{ spans: Array.from({ length: spans }, renderSpan) }];
    return Buffer.from(JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] }));
}

/** The body of the process: sends until its input ends, then prints the answers. */
async function runCrowd(crowd: Crowd): Promise<void> {
    const { connections, protocol, spansPerRequest } = crowd;
    const body = protocol === "http/json" ? renderJsonRequest(spansPerRequest) : renderTraceRequest(spansPerRequest);
    const answers: Record<string, number> = {};
    const runClient = async (): Promise<never> => {
        const send = protocol === "grpc" ? createGrpcClient(crowd, body) : createHttpClient(crowd, body);
        for (;;) {
            const answer = await send();
            answers[answer] = (answers[answer] ?? 0) + 1;
            if (!/\d$/.test(answer)) {
                await sleep(RECONNECT_MS);
            }
        }
    };
    process.stdin.resume().once("end", () => {
        console.log(JSON.stringify(answers));
        process.exit(0);
    });
    const clients = Array.from({ length: connections }, runClient);
    process.stderr.write("started\n");
    await Promise.all(clients);
}

if (require.main === module) {
    void runCrowd(JSON.parse(process.argv[2] ?? "") as Crowd);
}
