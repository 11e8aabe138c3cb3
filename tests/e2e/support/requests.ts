import assert from "node:assert/strict";
import type { Signal } from "../../../config/signals";
import type { Target } from "../../../tools/verify/target";

/** Items of one request. Numbers from `first` on are their ids, unique in a run and signal. */
export interface Batch {
    readonly run: string;
    readonly first: number;
    readonly count: number;
    /** When they were made, in milliseconds since 1970. */
    readonly at: number;
}

/** Name of the gauge whose values are the ids. */
export const LOAD_METRIC = "e2e_load";
/** Attribute of a span that holds its id; of a record it is the text. */
export const LOAD_ID = "e2e.id";

/** Time between two points of a series: Prometheus keeps one for each millisecond. */
const POINT_EVERY_MS = 1;

/** The service that a run's items are of. */
export function serviceOf(run: string): string {
    return `e2e-load-${run}`;
}

/** A request in OTLP's JSON, each item with ten attributes. */
export function requestOf(signal: Signal, batch: Batch): object {
    const resource = { attributes: [text("service.name", serviceOf(batch.run))] };
    const ids = Array.from({ length: batch.count }, (_, index) => batch.first + index);
    switch (signal) {
        case "traces":
            return {
                resourceSpans: [{ resource, scopeSpans: [{ spans: ids.map((id) => span(id, batch)) }] }],
            };
        case "logs":
            return {
                resourceLogs: [{ resource, scopeLogs: [{ logRecords: ids.map((id) => record(id, batch)) }] }],
            };
        case "metrics": {
            const dataPoints = ids.map((id, index) => point(id, index, batch));
            return {
                resourceMetrics: [
                    { resource, scopeMetrics: [{ metrics: [{ name: LOAD_METRIC, gauge: { dataPoints } }] }] },
                ],
            };
        }
    }
}

/** All spans of a request are one trace. */
function span(id: number, { run, first, at }: Batch): object {
    return {
        traceId: hex(run, 16) + hex(first.toString(16), 16),
        spanId: hex((id + 1).toString(16), 16),
        name: "work",
        kind: 1,
        startTimeUnixNano: nanoseconds(at),
        endTimeUnixNano: nanoseconds(at + 1),
        attributes: [number(LOAD_ID, id), ...attributes(id)],
    };
}

function record(id: number, { at }: Batch): object {
    return {
        timeUnixNano: nanoseconds(at),
        severityNumber: 9,
        severityText: "INFO",
        body: { stringValue: String(id) },
        attributes: attributes(id),
    };
}

/** All are of one series, so that late points are out of its order. */
function point(id: number, index: number, { at }: Batch): object {
    return { timeUnixNano: nanoseconds(at + index * POINT_EVERY_MS), asDouble: id, attributes: attributes(0) };
}

/** Such as those of an HTTP server, and as long. */
function attributes(id: number): object[] {
    return [
        text("http.request.method", "GET"),
        text("http.route", "/api/orders/{order}"),
        text("url.path", `/api/orders/${id}`),
        text("server.address", "shop.example.internal"),
        text("client.address", `10.0.${id % 200}.${id % 250}`),
        text("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101"),
        number("http.response.status_code", 200),
        number("http.response.body.size", 1000 + (id % 1000)),
        text("network.protocol.version", "1.1"),
    ];
}

function text(key: string, value: string): object {
    return { key, value: { stringValue: value } };
}

function number(key: string, value: number): object {
    return { key, value: { intValue: String(value) } };
}

function hex(digits: string, length: number): string {
    return digits.padStart(length, "0");
}

function nanoseconds(milliseconds: number): string {
    return `${milliseconds}000000`;
}

/** Sends a request by OTLP/HTTP, which must be taken. */
export async function post(collector: Target, signal: Signal, request: object): Promise<void> {
    const response = await fetch(`${await collector.url()}/v1/${signal}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(request),
    });
    assert.equal(response.status, 200, await response.text());
}
