import { randomBytes } from "node:crypto";
import { SIGNALS, type Signal } from "../../../config/types/signal";

/** Redaction rules that match every canary. */
export const CANARY_RULES = {
    blockedKeyPatterns: ["(?i)password$"],
    blockedValuePatterns: ["token-[0-9]{4}"],
} as const;
/** Masked by its key. */
const HIDDEN = "hidden-";
/** Masked by its value. */
const TOKEN = "token-";
/** Also the forms of backends: names of series, and bytes in base64. */
const CANARY = /(hidden|token)[^a-zA-Z0-9]?(\d{4})|(aGlkZGVu\w{7}|dG9rZW4\w{7})/g;
/** The same for grep -E. */
export const CANARY_EXPRESSION = "(hidden|token)[^a-zA-Z0-9]?[0-9]{4}|aGlkZGVu|dG9rZW4";
/** Levels of maps and lists, more than the Collector looks at. */
const DEPTHS = [1, 2, 5, 20] as const;

type AnyValue = Readonly<Record<string, unknown>>;
interface KeyValue {
    readonly key: string;
    readonly value: AnyValue;
}

/** Telemetry with a canary in every place that OTLP has for text. */
export class Canaries {
    private readonly places: string[] = [];

    /**
     * @param service The service name.
     * @param visible Text that no rule matches, to see that the telemetry arrives.
     */
    constructor(
        private readonly service: string,
        private readonly visible: string,
    ) {}

    get count(): number {
        return this.places.length;
    }

    /** The places whose canary is in a text. */
    find(text: string): readonly string[] {
        const found = [...text.matchAll(CANARY)].map(([match, , number]) =>
            number === undefined
                ? `${Buffer.from(match, "base64").toString()} in base64`
                : `${match}: ${this.places[Number(number)] ?? "unknown place"}`,
        );
        return [...new Set(found)].sort();
    }

    /** One request for each signal. */
    renderRequests(): Readonly<Record<Signal, object>> {
        const { traces, metrics, logs } = {
            traces: { resourceSpans: [this.renderResource("scopeSpans", { spans: this.renderSpans() })] },
            metrics: { resourceMetrics: [this.renderResource("scopeMetrics", { metrics: this.renderMetrics() })] },
            logs: { resourceLogs: [this.renderResource("scopeLogs", { logRecords: this.renderRecords() })] },
        };
        return { [SIGNALS[0]]: traces, [SIGNALS[1]]: metrics, [SIGNALS[2]]: logs };
    }

    private renderResource(scopes: string, items: object): object {
        return {
            resource: {
                attributes: [text("service.name", this.service), ...this.renderAttributes(`${scopes}: resource`)],
            },
            schemaUrl: this.token(`${scopes}: resource schema`),
            [scopes]: [
                {
                    scope: {
                        name: this.token(`${scopes}: scope name`),
                        version: this.token(`${scopes}: scope version`),
                        attributes: this.renderAttributes(`${scopes}: scope`),
                    },
                    schemaUrl: this.token(`${scopes}: scope schema`),
                    ...items,
                },
            ],
        };
    }

    private renderSpans(): object[] {
        const traceId = randomBytes(16).toString("hex");
        const parentId = randomBytes(8).toString("hex");
        const span = (kind: number, spanId: string, more: object) => ({
            traceId,
            spanId,
            traceState: `a=${this.token("trace state")}`,
            name: this.token("span name"),
            kind,
            ...times(),
            status: { code: 2, message: this.token("status message") },
            // Becomes a label of the service graph.
            attributes: [
                text("peer.service", this.token("peer.service")),
                text("db.name", this.token("db.name")),
                ...this.renderAttributes("span"),
            ],
            events: [
                {
                    timeUnixNano: times().startTimeUnixNano,
                    name: this.token("event name"),
                    attributes: this.renderAttributes("event"),
                },
            ],
            links: [
                {
                    traceId,
                    spanId: randomBytes(8).toString("hex"),
                    traceState: `a=${this.token("link trace state")}`,
                    attributes: this.renderAttributes("link"),
                },
            ],
            ...more,
        });
        return [span(2, parentId, {}), span(3, randomBytes(8).toString("hex"), { parentSpanId: parentId })];
    }

    private renderMetrics(): object[] {
        const exemplars = () => [
            {
                timeUnixNano: times().startTimeUnixNano,
                asDouble: 1,
                traceId: randomBytes(16).toString("hex"),
                spanId: randomBytes(8).toString("hex"),
                filteredAttributes: this.renderAttributes("exemplar"),
            },
        ];
        const metric = (type: string, point: object, more: object = {}) => ({
            name: `redacted ${type} ${this.token("metric name")}`,
            description: this.token("metric description"),
            unit: this.token("metric unit"),
            metadata: this.renderAttributes("metric metadata"),
            [type]: {
                ...more,
                dataPoints: [
                    {
                        timeUnixNano: times().startTimeUnixNano,
                        startTimeUnixNano: times().startTimeUnixNano,
                        attributes: this.renderAttributes(`point of ${type}`),
                        ...point,
                    },
                ],
            },
        });
        const buckets = { explicitBounds: [5], bucketCounts: ["1", "0"] };
        const cumulative = { aggregationTemporality: 2 };
        const counted = { count: "1", sum: 1 };
        return [
            metric("gauge", { asInt: "5", exemplars: exemplars() }),
            metric("sum", { asDouble: 5, exemplars: exemplars() }, { ...cumulative, isMonotonic: true }),
            metric("histogram", { ...counted, ...buckets, exemplars: exemplars() }, cumulative),
            metric(
                "exponentialHistogram",
                {
                    ...counted,
                    scale: 0,
                    zeroCount: "0",
                    positive: { offset: 0, bucketCounts: ["1"] },
                    exemplars: exemplars(),
                },
                cumulative,
            ),
            metric("summary", { ...counted, quantileValues: [{ quantile: 0.5, value: 1 }] }),
        ];
    }

    private renderRecords(): object[] {
        const record = (body: AnyValue) => ({
            timeUnixNano: times().startTimeUnixNano,
            severityText: this.token("severity text"),
            eventName: this.token("event name of a record"),
            attributes: this.renderAttributes("record"),
            body,
        });
        return [
            record({ stringValue: `${this.visible} ${this.token("text body")}` }),
            record({ bytesValue: this.bytes("bytes body") }),
            record({ kvlistValue: { values: this.renderAttributes("map body") } }),
            record({ arrayValue: { values: [{ kvlistValue: { values: this.renderAttributes("list body") } }] } }),
        ];
    }

    private renderAttributes(place: string): KeyValue[] {
        const nested = DEPTHS.flatMap((depth) => [
            map(`map${depth}`, nest(text("password", this.hidden(`${place}, key at depth ${depth}`)), depth)),
            map(`maps${depth}`, nest(text("note", this.token(`${place}, value at depth ${depth}`)), depth)),
        ]);
        return [
            text("visible", this.visible),
            text("user.Password", this.hidden(`${place}, key`)),
            text("note", `see ${this.token(`${place}, value`)} there`),
            { key: "bytes", value: { bytesValue: this.bytes(`${place}, bytes`) } },
            { key: "list", value: { arrayValue: { values: [{ stringValue: this.token(`${place}, list`) }] } } },
            map("password", text("any", this.hidden(`${place}, map with a matching key`))),
            {
                key: "passwords",
                value: {
                    arrayValue: {
                        values: [map("", text("password", this.hidden(`${place}, map in a list`))).value],
                    },
                },
            },
            map("inner", { key: "bytes", value: { bytesValue: this.bytes(`${place}, bytes in a map`) } }),
            map("keys", text(this.token(`${place}, key of a map`), "value")),
            text(this.token(`${place}, key that matches a value pattern`), "value"),
            { key: "nothing", value: {} },
            ...nested,
        ];
    }

    private hidden(place: string): string {
        return HIDDEN + this.number(place);
    }

    private token(place: string): string {
        return TOKEN + this.number(place);
    }

    private bytes(place: string): string {
        return Buffer.from(this.token(place)).toString("base64");
    }

    private number(place: string): string {
        this.places.push(place);
        return String(this.places.length - 1).padStart(4, "0");
    }
}

function times() {
    const now = Date.now();
    return { startTimeUnixNano: `${now}000000`, endTimeUnixNano: `${now + 5}000000` };
}

function text(key: string, value: string): KeyValue {
    return { key, value: { stringValue: value } };
}

function map(key: string, ...values: readonly KeyValue[]): KeyValue {
    return { key, value: { kvlistValue: { values } } };
}

/** Puts an entry into maps and lists in turn. */
function nest(entry: KeyValue, depth: number): KeyValue {
    return Array.from({ length: depth - 1 }).reduce<KeyValue>(
        (inner) => ({
            key: "inner",
            value: { arrayValue: { values: [{ kvlistValue: { values: [inner] } }] } },
        }),
        entry,
    );
}
