import { randomBytes } from "node:crypto";
import { BinaryWriter } from "google-protobuf";

/** Field numbers of ExportTraceServiceRequest and its nested messages, from trace.proto of opentelemetry-proto. */
const FIELD = {
    resourceSpans: 1,
    resource: 1,
    scopeSpans: 2,
    resourceAttributes: 1,
    spans: 2,
    traceId: 1,
    spanId: 2,
    name: 5,
    kind: 6,
    start: 7,
    end: 8,
    attributes: 9,
    key: 1,
    value: 2,
    stringValue: 1,
} as const;

const ATTRIBUTES = {
    "http.request.method": "GET",
    "http.response.status_code": "200",
    "http.route": "/api/orders/{order}",
    "network.protocol.version": "1.1",
    "server.address": "shop.example.internal",
    "url.path": "/api/orders/4711",
} as const;

/** Renders an OTLP request with a number of spans as protobuf. */
export function renderTraceRequest(spans: number): Uint8Array {
    const request = new BinaryWriter();
    writeMessage(request, FIELD.resourceSpans, (resourceSpans) => {
        writeMessage(resourceSpans, FIELD.resource, (resource) => {
            writeAttribute(resource, FIELD.resourceAttributes, "service.name", "bench");
        });
        writeMessage(resourceSpans, FIELD.scopeSpans, (scopeSpans) => {
            for (let index = 0; index < spans; index++) {
                writeMessage(scopeSpans, FIELD.spans, writeSpan);
            }
        });
    });
    return request.getResultBuffer();
}

function writeSpan(span: BinaryWriter): void {
    const now = String(BigInt(Date.now()) * 1_000_000n);
    span.writeBytes(FIELD.traceId, randomBytes(16));
    span.writeBytes(FIELD.spanId, randomBytes(8));
    span.writeString(FIELD.name, "GET /api/orders/{order}");
    span.writeEnum(FIELD.kind, 2);
    span.writeFixed64String(FIELD.start, now);
    span.writeFixed64String(FIELD.end, now);
    for (const [key, value] of Object.entries(ATTRIBUTES)) {
        writeAttribute(span, FIELD.attributes, key, value);
    }
}

export function writeAttribute(writer: BinaryWriter, field: number, key: string, value: string): void {
    writeMessage(writer, field, (pair) => {
        pair.writeString(FIELD.key, key);
        writeMessage(pair, FIELD.value, (any) => {
            any.writeString(FIELD.stringValue, value);
        });
    });
}

export function writeMessage(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => void): void {
    const inner = new BinaryWriter();
    write(inner);
    writer.writeBytes(field, inner.getResultBuffer());
}
