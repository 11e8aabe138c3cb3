import { once } from "node:events";
import * as http2 from "node:http2";
import { connect, type MalformedRequest, awaitResponse, type OtlpEndpoint } from "./endpoint";
import * as payloads from "./payloads";

const EXPORT_METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const STREAM_COUNT = 1_000;
const PING_COUNT = 200;

interface Call {
    readonly path?: string;
    readonly headers?: http2.OutgoingHttpHeaders;
    /** With its five-byte prefix. */
    readonly message?: Buffer;
    /** Leaves the stream open. */
    readonly open?: boolean;
}

/** Frames a message for gRPC. */
function frameMessage(content: Buffer, { packed = false, length = content.length } = {}): Buffer {
    const start = Buffer.alloc(5);
    start.writeUInt8(packed ? 1 : 0);
    start.writeUInt32BE(length, 1);
    return Buffer.concat([start, content]);
}

/** Opens a session for a callback, and ignores errors of the session. */
async function withSession(
    to: OtlpEndpoint,
    work: (session: http2.ClientHttp2Session) => Promise<string>,
): Promise<string> {
    const scheme = to.tls ? "https" : "http";
    const session = http2.connect(`${scheme}://${to.host}:${to.port}`, to.tls);
    const gone = new Promise<string>((resolve) => {
        session.on("error", () => {
            resolve("closed");
        });
        session.once("close", () => {
            resolve("closed");
        });
        session.once("goaway", () => {
            resolve("closed");
        });
    });
    try {
        return await awaitResponse(Promise.race([work(session), gone]));
    } finally {
        session.destroy();
    }
}

/** The gRPC status, or the HTTP status if it is not 200. */
function sendCall(
    session: http2.ClientHttp2Session,
    to: OtlpEndpoint,
    { path = EXPORT_METHOD, headers, message, open }: Call,
) {
    return new Promise<string>((resolve) => {
        const stream = session.request({
            ":method": "POST",
            ":path": path,
            "content-type": "application/grpc",
            te: "trailers",
            ...(to.authorization === undefined ? {} : { authorization: to.authorization }),
            ...headers,
        });
        const answered = (fields: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader): void => {
            const grpc = fields["grpc-status"];
            if (typeof grpc === "string") {
                resolve(`gRPC ${grpc}`);
            } else if (fields[":status"] !== undefined && fields[":status"] !== 200) {
                resolve(`HTTP ${fields[":status"]}`);
            }
        };
        stream.on("response", answered);
        stream.on("trailers", answered);
        stream.on("error", () => {
            resolve("closed");
        });
        stream.on("close", () => {
            resolve("closed");
        });
        stream.resume();
        if (message !== undefined) {
            stream.write(message);
        }
        if (!open) {
            stream.end();
        }
    });
}

function createCallCase(name: string, request: Call, answer: RegExp): MalformedRequest {
    return { name, send: (to) => withSession(to, (session) => sendCall(session, to, request)), answer };
}

const encodingHeaders = (encoding: string) => ({ "grpc-encoding": encoding });

/**
 * Malformed requests of an authenticated OTLP/gRPC client. A zstd bomb is not included: the Collector cannot reject
 * that encoding for gRPC, and is killed (docs/explanation/threat-model.md).
 */
export const MALFORMED_GRPC: readonly MalformedRequest[] = [
    createCallCase("a message over the limit", { message: frameMessage(payloads.OVERSIZED) }, /^gRPC 8|closed/),
    createCallCase(
        "a length of 4 GiB",
        { message: frameMessage(payloads.GARBAGE, { length: 2 ** 32 - 1 }) },
        /^gRPC 8/,
    ),
    createCallCase(
        "a bomb of gzip",
        { message: frameMessage(payloads.GZIP_BOMB, { packed: true }), headers: encodingHeaders("gzip") },
        /^gRPC 8/,
    ),
    createCallCase(
        "a message that is no gzip",
        { message: frameMessage(payloads.GARBAGE, { packed: true }), headers: encodingHeaders("gzip") },
        /^gRPC 13/,
    ),
    createCallCase(
        "an encoding that nobody knows",
        { message: frameMessage(payloads.GARBAGE, { packed: true }), headers: encodingHeaders("lzma") },
        /^gRPC 12/,
    ),
    createCallCase(
        "a message that is cut off",
        { message: frameMessage(payloads.GARBAGE, { length: 1000 }) },
        /^gRPC (2|13)/,
    ),
    createCallCase("a broken message", { message: frameMessage(payloads.BROKEN_PROTOBUF) }, /^gRPC 13/),
    createCallCase("a message that is no UTF-8", { message: frameMessage(payloads.BAD_UTF8) }, /^gRPC (0|13)/),
    createCallCase("a message 10,000 levels deep", { message: frameMessage(payloads.DEEP_PROTOBUF) }, /^gRPC (0|13)/),
    createCallCase("no message", {}, /^gRPC (2|13)/),
    createCallCase(
        "a service that is not there",
        { path: "/e2e.Service/Call", message: frameMessage(payloads.SPAN) },
        /^gRPC 12/,
    ),
    createCallCase(
        "a type that is none of gRPC's",
        { headers: { "content-type": "text/html" }, message: frameMessage(payloads.SPAN) },
        /^gRPC 3/,
    ),
    createCallCase(
        "metadata of 512 KiB",
        { headers: { "x-large": "x".repeat(2 ** 19) }, message: frameMessage(payloads.BROKEN_PROTOBUF) },
        /^gRPC 13|closed/,
    ),
    {
        name: `${STREAM_COUNT} calls at once on one connection`,
        send: (to) =>
            withSession(to, async (session) => {
                const calls = Array.from({ length: STREAM_COUNT }, () =>
                    sendCall(session, to, { message: frameMessage(Buffer.alloc(0)) }),
                );
                return [...new Set(await Promise.all(calls))].join();
            }),
        // Streams that arrive before the client knows the limit are closed.
        answer: /^gRPC 0/,
    },
    {
        name: `${STREAM_COUNT} calls that are taken back at once`,
        send: (to) =>
            withSession(to, async (session) => {
                for (let index = 0; index < STREAM_COUNT; index++) {
                    const stream = session.request({ ":method": "POST", ":path": EXPORT_METHOD });
                    stream.on("error", () => undefined);
                    stream.close(http2.constants.NGHTTP2_CANCEL);
                }
                return sendCall(session, to, { message: frameMessage(Buffer.alloc(0)) });
            }),
        answer: /^gRPC 0|closed/,
    },
    {
        name: "a call that never ends",
        send: (to) =>
            withSession(to, (session) => sendCall(session, to, { message: frameMessage(payloads.SPAN), open: true })),
        answer: /^gRPC|closed|nothing/,
    },
    {
        name: `${PING_COUNT} pings`,
        send: (to) =>
            withSession(to, async (session) => {
                await once(session, "connect");
                for (let index = 0; index < PING_COUNT && !session.destroyed; index++) {
                    // One after the other, because concurrent ones are not sent.
                    await new Promise<void>((resolve) => {
                        session.ping(() => {
                            resolve();
                        });
                    });
                }
                return sendCall(session, to, { message: frameMessage(Buffer.alloc(0)) });
            }),
        answer: /^closed/,
    },
    { name: "no HTTP/2", send: sendWithoutPreface, answer: /^closed/ },
];

/** As long as the HTTP/2 preface. For a shorter text, the listener waits two minutes. */
async function sendWithoutPreface(to: OtlpEndpoint): Promise<string> {
    const socket = await connect(to, ["h2"]);
    const closed = new Promise<string>((resolve) => {
        for (const event of ["error", "close"] as const) {
            socket.on(event, () => {
                resolve("closed");
            });
        }
        socket.resume();
    });
    socket.write(Buffer.concat([payloads.GARBAGE, payloads.GARBAGE]));
    try {
        return await awaitResponse(closed);
    } finally {
        socket.destroy();
    }
}
