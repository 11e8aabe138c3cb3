import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Signal } from "../../../config/types/signal";
import type { Connection } from "../../../tools/verify/connection";

/** Items of one request. Their ids are consecutive numbers from `first`, unique in a run and signal. */
export interface Batch {
    readonly run: string;
    readonly first: number;
    readonly count: number;
    /** Creation time in milliseconds since 1970. */
    readonly at: number;
}

/** Name of the gauge. Its values are the ids. */
export const LOAD_METRIC = "e2e_load";
/** Attribute with a span's id. A record has it as body. */
export const LOAD_ID_ATTRIBUTE = "e2e.id";

/** Interval between points of a series. Prometheus stores one for each millisecond. */
const POINT_INTERVAL_MS = 1;

/** The service name of a run's items. */
export function loadServiceName(run: string): string {
    return `e2e-load-${run}`;
}

/** A request in OTLP/JSON. Each item has ten attributes. */
export function renderRequest(signal: Signal, batch: Batch): object {
    const resource = { attributes: [renderStringAttribute("service.name", loadServiceName(batch.run))] };
    const ids = Array.from({ length: batch.count }, (_, index) => batch.first + index);
    switch (signal) {
        case "traces":
            return {
                resourceSpans: [{ resource, scopeSpans: [{ spans: ids.map((id) => renderSpan(id, batch)) }] }],
            };
        case "logs":
            return {
                resourceLogs: [{ resource, scopeLogs: [{ logRecords: ids.map((id) => renderLogRecord(id, batch)) }] }],
            };
        case "metrics": {
            const dataPoints = ids.map((id, index) => renderDataPoint(id, index, batch));
            return {
                resourceMetrics: [
                    { resource, scopeMetrics: [{ metrics: [{ name: LOAD_METRIC, gauge: { dataPoints } }] }] },
                ],
            };
        }
    }
}

/** All spans of a request are in one trace. */
function renderSpan(id: number, { run, first, at }: Batch): object {
    return {
        traceId: padHex(run, 16) + padHex(first.toString(16), 16),
        spanId: padHex((id + 1).toString(16), 16),
        name: "work",
        kind: 1,
        startTimeUnixNano: toNanoseconds(at),
        endTimeUnixNano: toNanoseconds(at + 1),
        attributes: [intAttribute(LOAD_ID_ATTRIBUTE, id), ...renderAttributes(id)],
    };
}

/** A request with one span. It has a text of that many bytes as attribute, and again in a map. */
export function renderLongAttributeTrace(
    service: string,
    bytes: number,
): { readonly traceId: string; readonly request: object } {
    const traceId = randomBytes(16).toString("hex");
    const now = Date.now();
    const text = renderStringAttribute("text", "x".repeat(bytes));
    const span = {
        traceId,
        spanId: randomBytes(8).toString("hex"),
        name: "work",
        kind: 1,
        startTimeUnixNano: toNanoseconds(now),
        endTimeUnixNano: toNanoseconds(now + 1),
        attributes: [text, { key: "nested", value: { kvlistValue: { values: [text] } } }],
    };
    const resource = { attributes: [renderStringAttribute("service.name", service)] };
    return { traceId, request: { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] } };
}

function renderLogRecord(id: number, { at }: Batch): object {
    return {
        timeUnixNano: toNanoseconds(at),
        severityNumber: 9,
        severityText: "INFO",
        body: { stringValue: String(id) },
        attributes: renderAttributes(id),
    };
}

/** All points are in one series, so that late points are out of order. */
function renderDataPoint(id: number, index: number, { at }: Batch): object {
    return {
        timeUnixNano: toNanoseconds(at + index * POINT_INTERVAL_MS),
        asDouble: id,
        attributes: renderAttributes(0),
    };
}

/** Attributes similar in size to those of an HTTP server. */
function renderAttributes(id: number): object[] {
    return [
        renderStringAttribute("http.request.method", "GET"),
        renderStringAttribute("http.route", "/api/orders/{order}"),
        renderStringAttribute("url.path", `/api/orders/${id}`),
        renderStringAttribute("server.address", "shop.example.internal"),
        renderStringAttribute("client.address", `10.0.${id % 200}.${id % 250}`),
        renderStringAttribute("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"),
        intAttribute("http.response.status_code", 200),
        intAttribute("http.response.body.size", 1000 + (id % 1000)),
        renderStringAttribute("network.protocol.version", "1.1"),
    ];
}

export function renderStringAttribute(key: string, value: string): object {
    return { key, value: { stringValue: value } };
}

function intAttribute(key: string, value: number): object {
    return { key, value: { intValue: String(value) } };
}

function padHex(digits: string, length: number): string {
    return digits.padStart(length, "0");
}

function toNanoseconds(milliseconds: number): string {
    return `${milliseconds}000000`;
}

/** Sends a request over OTLP/HTTP. Fails if it is not accepted. */
export async function postOtlp(collector: Connection, signal: Signal, request: object): Promise<void> {
    const response = await fetch(`${await collector.url()}/v1/${signal}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
    });
    assert.equal(response.status, 200, await response.text());
}
