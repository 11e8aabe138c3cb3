/**
 * A small ingestion endpoint that speaks the Track API of Azure Monitor, for the tests: it keeps what it has accepted, and
 * refuses as it is told. It runs in a pod of its own, bundled.
 *
 * https://learn.microsoft.com/en-us/azure/azure-monitor/app/api-custom-events-metrics
 */
import * as http from "node:http";
import { gunzipSync } from "node:zlib";

const PORT = 8080;
/** One that has another key is of nobody it knows. */
const KEY = process.env.INSTRUMENTATION_KEY;
const PARTIAL = 206;

interface Envelope {
    readonly name: string;
    readonly iKey: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly data: {
        readonly baseData: {
            readonly message?: string;
            readonly properties?: Readonly<Record<string, string>>;
            readonly metrics?: readonly { readonly value: number }[];
        };
    };
}

/** Ids of the items accepted, by service and kind. */
const accepted = new Map<string, number[]>();
/** What the first, second, third... attempt of a service's items is answered with; 200 after that. */
const plans = new Map<string, readonly number[]>();
const attempts = new Map<string, number>();
/** How often each status was answered. */
const answered = new Map<number, number>();

function serviceOf({ tags }: Envelope): string {
    return tags?.["ai.cloud.role"] ?? "";
}

function keep(envelope: Envelope): void {
    const { message, metrics, properties } = envelope.data.baseData;
    const kind = envelope.name.split(".").at(-1) ?? "";
    const key = `${serviceOf(envelope)} ${kind}`;
    const id = Number(properties?.["e2e.id"] ?? message ?? metrics?.[0]?.value);
    accepted.set(key, [...(accepted.get(key) ?? []), id]);
}

interface Answer {
    readonly status: number;
    readonly body: object;
}

function track(lines: readonly string[]): Answer {
    const envelopes = lines.map((line) => JSON.parse(line) as Envelope);
    if (envelopes.some(({ iKey }) => iKey !== KEY)) {
        return { status: 400, body: { itemsReceived: lines.length, itemsAccepted: 0, errors: [] } };
    }
    const before = Math.max(...lines.map((line) => attempts.get(line) ?? 0));
    lines.forEach((line) => attempts.set(line, (attempts.get(line) ?? 0) + 1));
    const plan = envelopes.map(serviceOf).flatMap((service) => [plans.get(service) ?? []]);
    const status = plan.map((answers) => answers[before]).find((answer) => answer !== undefined) ?? 200;
    const isTaken = (index: number): boolean => status === 200 || (status === PARTIAL && index % 2 === 0);
    const taken = envelopes.filter((_, index) => isTaken(index));
    taken.forEach(keep);
    const errors = envelopes.flatMap((_, index) =>
        isTaken(index) ? [] : [{ index, statusCode: status === PARTIAL ? 503 : status, message: "as the test says" }],
    );
    return { status, body: { itemsReceived: lines.length, itemsAccepted: taken.length, errors } };
}

function answerTo({ pathname, searchParams }: URL, body: Buffer): Answer {
    switch (pathname) {
        case "/v2.1/track":
            return track(body.toString().split("\n").filter(Boolean));
        case "/plan":
            plans.set(searchParams.get("service") ?? "", (searchParams.get("answers") ?? "").split(",").map(Number));
            return { status: 200, body: {} };
        case "/accepted":
            return { status: 200, body: Object.fromEntries(accepted) };
        case "/answered":
            return { status: 200, body: Object.fromEntries(answered) };
        default:
            return { status: pathname === "/" ? 200 : 404, body: {} };
    }
}

http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
        const whole = Buffer.concat(chunks);
        const url = new URL(request.url ?? "/", "http://localhost");
        const unpacked = request.headers["content-encoding"] === "gzip" ? gunzipSync(whole) : whole;
        const { status, body } = answerTo(url, unpacked);
        if (url.pathname === "/v2.1/track") {
            answered.set(status, (answered.get(status) ?? 0) + 1);
        }
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
}).listen(PORT);
