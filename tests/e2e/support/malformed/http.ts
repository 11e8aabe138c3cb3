import { connect, type MalformedRequest, awaitResponse, type OtlpEndpoint } from "./endpoint";
import * as payloads from "./payloads";

const TRACES_PATH = "/v1/traces";
const JSON_TYPE = { "Content-Type": "application/json" };
const PROTOBUF_TYPE = { "Content-Type": "application/x-protobuf" };
const IDLE_CONNECTION_COUNT = 200;

type Headers = Readonly<Record<string, string>>;

/** Parts of a request as bytes. */
interface RawRequest {
    readonly head: string;
    readonly body?: Buffer;
    /** Ends the stream after the body. */
    readonly ends?: boolean;
    /** Sent repeatedly while the connection is open. */
    readonly drips?: string;
}

function renderHead(method: string, path: string, headers: Headers, { authorization }: OtlpEndpoint): string {
    const all = { Host: "e2e", ...(authorization === undefined ? {} : { Authorization: authorization }), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** The status of the first response, or `closed`. */
async function sendRaw(to: OtlpEndpoint, { head: start, body, ends = false, drips }: RawRequest): Promise<string> {
    const socket = await connect(to, ["http/1.1"]);
    const answer = new Promise<string>((resolve) => {
        socket.once("data", (data: Buffer) => {
            resolve(`HTTP ${/^HTTP\/1\.[01] (\d{3})/.exec(data.toString("latin1"))?.[1] ?? "?"}`);
        });
        // The server may close the connection during a write.
        socket.on("error", () => {
            resolve("closed");
        });
        socket.once("close", () => {
            resolve("closed");
        });
    });
    socket.write(start);
    if (body !== undefined) {
        socket.write(body);
    }
    if (ends) {
        socket.end();
    }
    const timer = drips === undefined ? undefined : setInterval(() => socket.write(drips), 300);
    try {
        return await awaitResponse(answer);
    } finally {
        clearInterval(timer);
        socket.destroy();
    }
}

/** Sends a complete request with the given body. */
async function postBody(
    to: OtlpEndpoint,
    body: Buffer,
    headers: Headers = JSON_TYPE,
    path = TRACES_PATH,
): Promise<string> {
    const length = { "Content-Length": `${body.length}` };
    return sendRaw(to, { head: renderHead("POST", path, { ...headers, ...length }, to), body });
}

function createPostCase(name: string, body: Buffer, headers: Headers, answer: RegExp): MalformedRequest {
    return { name, send: (to) => postBody(to, body, headers), answer };
}

function createRawCase(name: string, request: (to: OtlpEndpoint) => RawRequest, answer: RegExp): MalformedRequest {
    return { name, send: (to) => sendRaw(to, request(to)), answer };
}

const encodingHeaders = (encoding: string) => ({ ...JSON_TYPE, "Content-Encoding": encoding });

/** Malformed requests of an authenticated OTLP/HTTP client. */
export const MALFORMED_HTTP: readonly MalformedRequest[] = [
    createPostCase("a body over the limit", payloads.OVERSIZED, JSON_TYPE, /^HTTP 4/),
    createPostCase("a bomb of gzip", payloads.GZIP_BOMB, encodingHeaders("gzip"), /^HTTP 4/),
    createPostCase("a bomb of zstd", payloads.ZSTD_BOMB, encodingHeaders("zstd"), /^HTTP 400/),
    createPostCase("a body that is no gzip", payloads.GARBAGE, encodingHeaders("gzip"), /^HTTP 400/),
    createPostCase("an encoding that nobody knows", payloads.SPAN, encodingHeaders("br"), /^HTTP 400/),
    createPostCase("a type that is none of OTLP's", payloads.SPAN, { "Content-Type": "text/html" }, /^HTTP 415/),
    createPostCase("no type", payloads.SPAN, {}, /^HTTP 415/),
    createPostCase("JSON 10,000 levels deep", payloads.DEEP_JSON, JSON_TYPE, /^HTTP (200|400)/),
    createPostCase("JSON of another shape", payloads.WRONG_SHAPE, JSON_TYPE, /^HTTP 400/),
    createPostCase("JSON that is no UTF-8", payloads.BAD_UTF8_JSON, JSON_TYPE, /^HTTP (200|400)/),
    createPostCase("10,000 attributes", payloads.MANY_ATTRIBUTES, JSON_TYPE, /^HTTP 200/),
    createPostCase("protobuf 10,000 levels deep", payloads.DEEP_PROTOBUF, PROTOBUF_TYPE, /^HTTP (200|400)/),
    createPostCase("protobuf that is no UTF-8", payloads.BAD_UTF8, PROTOBUF_TYPE, /^HTTP (200|400)/),
    createPostCase("protobuf that ends too soon", payloads.BROKEN_PROTOBUF, PROTOBUF_TYPE, /^HTTP 400/),
    createPostCase(
        "a header of 2 MiB",
        payloads.SPAN,
        { ...JSON_TYPE, "X-Large": "x".repeat(2 ** 21) },
        /^HTTP 431|closed/,
    ),
    createPostCase(
        "10,000 headers",
        payloads.SPAN,
        { ...JSON_TYPE, ...Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`X-${index}`, "y"])) },
        /^HTTP (200|431)/,
    ),
    {
        name: "a path that is not there",
        send: (to) => postBody(to, payloads.SPAN, JSON_TYPE, "/v1/x"),
        answer: /^HTTP 404/,
    },
    createRawCase("another method", (to) => ({ head: renderHead("DELETE", TRACES_PATH, {}, to) }), /^HTTP 4/),
    createRawCase("no HTTP", () => ({ head: "", body: payloads.GARBAGE, ends: true }), /^HTTP 400|closed/),
    createRawCase(
        "two lengths that differ",
        (to) => ({
            head: renderHead("POST", TRACES_PATH, { ...JSON_TYPE, "Content-Length": "5\r\nContent-Length: 6" }, to),
        }),
        /^HTTP 400/,
    ),
    createRawCase(
        "a chunk of no length",
        (to) => ({
            head: renderHead("POST", TRACES_PATH, { ...JSON_TYPE, "Transfer-Encoding": "chunked" }, to) + "-1\r\nx\r\n",
        }),
        /^HTTP 400/,
    ),
    createRawCase(
        "a body that is cut off",
        (to) => ({
            head: renderHead("POST", TRACES_PATH, { ...JSON_TYPE, "Content-Length": "1000" }, to),
            body: payloads.SPAN.subarray(0, 100),
            ends: true,
        }),
        /^HTTP 400|closed/,
    ),
    createRawCase(
        "a body that comes drop by drop",
        (to) => ({
            head: renderHead("POST", TRACES_PATH, { ...JSON_TYPE, "Content-Length": "100000" }, to),
            drips: " ",
        }),
        /^HTTP 4|closed/,
    ),
    createRawCase(
        "headers that come drop by drop",
        () => ({ head: `POST ${TRACES_PATH} HTTP/1.1\r\n`, drips: "X: y\r\n" }),
        /^HTTP 4|closed/,
    ),
    {
        name: `${IDLE_CONNECTION_COUNT} connections on which nothing comes`,
        send: openIdleConnections,
        answer: /^closed/,
    },
];

async function openIdleConnections(to: OtlpEndpoint): Promise<string> {
    const answers = await Promise.all(Array.from({ length: IDLE_CONNECTION_COUNT }, () => sendRaw(to, { head: "" })));
    return [...new Set(answers)].join();
}
