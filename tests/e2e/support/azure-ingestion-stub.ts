/**
 * A minimal ingestion endpoint for the Track API of Azure Monitor. It records accepted items, and rejects items as
 * configured. It runs bundled in a separate pod.
 *
 * https://learn.microsoft.com/en-us/azure/azure-monitor/app/api-custom-events-metrics
 */
import * as http from "node:http";
import { gunzipSync } from "node:zlib";

const PORT = 8080;
/** Items with another key are rejected. */
const INSTRUMENTATION_KEY = process.env.INSTRUMENTATION_KEY;
const PARTIAL_SUCCESS = 206;

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

/** Ids of the accepted items, by service and kind. */
const acceptedIds = new Map<string, number[]>();
/** The statuses of the first, second, third... attempt to send a service's items. Later attempts get 200. */
const plannedStatuses = new Map<string, readonly number[]>();
const attempts = new Map<string, number>();
/** Number of responses by status. */
const statusCounts = new Map<number, number>();

function getService({ tags }: Envelope): string {
    return tags?.["ai.cloud.role"] ?? "";
}

function storeItem(envelope: Envelope): void {
    const { message, metrics, properties } = envelope.data.baseData;
    const kind = envelope.name.split(".").at(-1) ?? "";
    const key = `${getService(envelope)} ${kind}`;
    const id = Number(properties?.["e2e.id"] ?? message ?? metrics?.[0]?.value);
    acceptedIds.set(key, [...(acceptedIds.get(key) ?? []), id]);
}

interface HttpResponse {
    readonly status: number;
    readonly body: object;
}

function handleTrack(lines: readonly string[]): HttpResponse {
    const envelopes = lines.map((line) => JSON.parse(line) as Envelope);
    if (envelopes.some(({ iKey }) => iKey !== INSTRUMENTATION_KEY)) {
        return { status: 400, body: { itemsReceived: lines.length, itemsAccepted: 0, errors: [] } };
    }
    const before = Math.max(...lines.map((line) => attempts.get(line) ?? 0));
    lines.forEach((line) => attempts.set(line, (attempts.get(line) ?? 0) + 1));
    const plan = envelopes.map(getService).flatMap((service) => [plannedStatuses.get(service) ?? []]);
    const status = plan.map((answers) => answers[before]).find((answer) => answer !== undefined) ?? 200;
    const isAccepted = (index: number): boolean => status === 200 || (status === PARTIAL_SUCCESS && index % 2 === 0);
    const accepted = envelopes.filter((_, index) => isAccepted(index));
    accepted.forEach(storeItem);
    const errors = envelopes.flatMap((_, index) =>
        isAccepted(index)
            ? []
            : [{ index, statusCode: status === PARTIAL_SUCCESS ? 503 : status, message: "as the test says" }],
    );
    return { status, body: { itemsReceived: lines.length, itemsAccepted: accepted.length, errors } };
}

function handleRequest({ pathname, searchParams }: URL, body: Buffer): HttpResponse {
    switch (pathname) {
        case "/v2.1/track":
            return handleTrack(body.toString().split("\n").filter(Boolean));
        case "/plan":
            plannedStatuses.set(
                searchParams.get("service") ?? "",
                (searchParams.get("answers") ?? "").split(",").map(Number),
            );
            return { status: 200, body: {} };
        case "/accepted":
            return { status: 200, body: Object.fromEntries(acceptedIds) };
        case "/answered":
            return { status: 200, body: Object.fromEntries(statusCounts) };
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
        const { status, body } = handleRequest(url, unpacked);
        if (url.pathname === "/v2.1/track") {
            statusCounts.set(status, (statusCounts.get(status) ?? 0) + 1);
        }
        response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
}).listen(PORT);
