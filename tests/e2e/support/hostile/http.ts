import { connect, type Hostile, inTime, type Listener } from "./listener";
import * as payloads from "./payloads";

const TRACES = "/v1/traces";
const JSON_TYPE = { "Content-Type": "application/json" };
const PROTOBUF_TYPE = { "Content-Type": "application/x-protobuf" };
const IDLE_CONNECTIONS = 200;

type Headers = Readonly<Record<string, string>>;

/** Whatever part of a request one likes, as bytes. */
interface Raw {
    readonly head: string;
    readonly body?: Buffer;
    /** Says after the body that nothing follows. */
    readonly ends?: boolean;
    /** Sent again and again while the connection lasts. */
    readonly drips?: string;
}

function head(method: string, path: string, headers: Headers, { authorization }: Listener): string {
    const all = { Host: "e2e", ...(authorization === undefined ? {} : { Authorization: authorization }), ...headers };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** The status of the first answer, or that the connection was closed. */
async function raw(to: Listener, { head: start, body, ends = false, drips }: Raw): Promise<string> {
    const socket = await connect(to, ["http/1.1"]);
    const answer = new Promise<string>((resolve) => {
        socket.once("data", (data: Buffer) => {
            resolve(`HTTP ${/^HTTP\/1\.[01] (\d{3})/.exec(data.toString("latin1"))?.[1] ?? "?"}`);
        });
        // The other side may close while more is written.
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
        return await inTime(answer);
    } finally {
        clearInterval(timer);
        socket.destroy();
    }
}

/** A whole request with that body. */
async function post(to: Listener, body: Buffer, headers: Headers = JSON_TYPE, path = TRACES): Promise<string> {
    const length = { "Content-Length": `${body.length}` };
    return raw(to, { head: head("POST", path, { ...headers, ...length }, to), body });
}

function posting(name: string, body: Buffer, headers: Headers, answer: RegExp): Hostile {
    return { name, send: (to) => post(to, body, headers), answer };
}

function sending(name: string, request: (to: Listener) => Raw, answer: RegExp): Hostile {
    return { name, send: (to) => raw(to, request(to)), answer };
}

const packed = (encoding: string) => ({ ...JSON_TYPE, "Content-Encoding": encoding });

/** What can be done to a listener of OTLP over HTTP by who is let in. */
export const HOSTILE_HTTP: readonly Hostile[] = [
    posting("a body over the limit", payloads.OVERSIZED, JSON_TYPE, /^HTTP 4/),
    posting("a bomb of gzip", payloads.GZIP_BOMB, packed("gzip"), /^HTTP 4/),
    posting("a bomb of zstd", payloads.ZSTD_BOMB, packed("zstd"), /^HTTP 400/),
    posting("a body that is no gzip", payloads.GARBAGE, packed("gzip"), /^HTTP 400/),
    posting("an encoding that nobody knows", payloads.SPAN, packed("br"), /^HTTP 400/),
    posting("a type that is none of OTLP's", payloads.SPAN, { "Content-Type": "text/html" }, /^HTTP 415/),
    posting("no type", payloads.SPAN, {}, /^HTTP 415/),
    posting("JSON 10,000 levels deep", payloads.DEEP_JSON, JSON_TYPE, /^HTTP (200|400)/),
    posting("JSON of another shape", payloads.WRONG_SHAPE, JSON_TYPE, /^HTTP 400/),
    posting("JSON that is no UTF-8", payloads.BAD_UTF8_JSON, JSON_TYPE, /^HTTP (200|400)/),
    posting("10,000 attributes", payloads.MANY_ATTRIBUTES, JSON_TYPE, /^HTTP 200/),
    posting("protobuf 10,000 levels deep", payloads.DEEP_PROTOBUF, PROTOBUF_TYPE, /^HTTP (200|400)/),
    posting("protobuf that is no UTF-8", payloads.BAD_UTF8, PROTOBUF_TYPE, /^HTTP (200|400)/),
    posting("protobuf that ends too soon", payloads.BROKEN_PROTOBUF, PROTOBUF_TYPE, /^HTTP 400/),
    posting("a header of 2 MiB", payloads.SPAN, { ...JSON_TYPE, "X-Large": "x".repeat(2 ** 21) }, /^HTTP 431|closed/),
    posting(
        "10,000 headers",
        payloads.SPAN,
        { ...JSON_TYPE, ...Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`X-${index}`, "y"])) },
        /^HTTP (200|431)/,
    ),
    {
        name: "a path that is not there",
        send: (to) => post(to, payloads.SPAN, JSON_TYPE, "/v1/x"),
        answer: /^HTTP 404/,
    },
    sending("another method", (to) => ({ head: head("DELETE", TRACES, {}, to) }), /^HTTP 4/),
    sending("no HTTP", () => ({ head: "", body: payloads.GARBAGE, ends: true }), /^HTTP 400|closed/),
    sending(
        "two lengths that differ",
        (to) => ({ head: head("POST", TRACES, { ...JSON_TYPE, "Content-Length": "5\r\nContent-Length: 6" }, to) }),
        /^HTTP 400/,
    ),
    sending(
        "a chunk of no length",
        (to) => ({ head: head("POST", TRACES, { ...JSON_TYPE, "Transfer-Encoding": "chunked" }, to) + "-1\r\nx\r\n" }),
        /^HTTP 400/,
    ),
    sending(
        "a body that is cut off",
        (to) => ({
            head: head("POST", TRACES, { ...JSON_TYPE, "Content-Length": "1000" }, to),
            body: payloads.SPAN.subarray(0, 100),
            ends: true,
        }),
        /^HTTP 400|closed/,
    ),
    sending(
        "a body that comes drop by drop",
        (to) => ({ head: head("POST", TRACES, { ...JSON_TYPE, "Content-Length": "100000" }, to), drips: " " }),
        /^HTTP 4|closed/,
    ),
    sending(
        "headers that come drop by drop",
        () => ({ head: `POST ${TRACES} HTTP/1.1\r\n`, drips: "X: y\r\n" }),
        /^HTTP 4|closed/,
    ),
    { name: `${IDLE_CONNECTIONS} connections on which nothing comes`, send: idle, answer: /^closed/ },
];

async function idle(to: Listener): Promise<string> {
    const answers = await Promise.all(Array.from({ length: IDLE_CONNECTIONS }, () => raw(to, { head: "" })));
    return [...new Set(answers)].join();
}
