import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { TRUNCATED_ATTRIBUTE } from "../../../components/collector/config/jaeger-limits";
import { TRUNCATION_MARKER } from "../../../components/telemetry/names";
import { findTraces, type LogRecord } from "../../../tools/verify/store-api";
import { NEIGHBOUR, type OddItem, type OddSignal, renderAttribute, renderNanoseconds } from "./odd-items";

/** Of each span, because a span without the name of a service is found among those of others. */
const SENDER_ATTRIBUTE = "e2e.sender";
const DURATION_MS = 5;
const LONG_BYTES = 70_000;
/** Of the stored span, in microseconds. */
const DURATION_FIELD = "duration";

function renderSpan(name: string, fields: Readonly<Record<string, unknown>> = {}): object {
    const now = Date.now();
    return {
        traceId: randomBytes(16).toString("hex"),
        spanId: randomBytes(8).toString("hex"),
        name,
        kind: 1,
        startTimeUnixNano: renderNanoseconds(now),
        endTimeUnixNano: renderNanoseconds(now + DURATION_MS),
        ...fields,
    };
}

function createOddSpans(): readonly OddItem[] {
    const now = Date.now();
    return [
        {
            about: "attribute NaN",
            reason: "number",
            item: renderSpan("odd", { attributes: [{ key: "ratio", value: { doubleValue: "NaN" } }] }),
            assertStored: ({ fields }) => {
                assert.equal(fields.ratio, "NaN");
            },
        },
        {
            about: "start 0",
            reason: "start_time",
            item: renderSpan("odd", { startTimeUnixNano: "0" }),
            assertStored: ({ fields }) => {
                assert.equal(fields["otel_stack.start_time_unix_nano"], "0");
                assert.equal(fields[DURATION_FIELD], "0");
            },
        },
        {
            about: "milliseconds instead of nanoseconds",
            reason: "time_unit",
            item: renderSpan("odd", { startTimeUnixNano: String(now), endTimeUnixNano: String(now + DURATION_MS) }),
            assertStored: ({ fields }) => {
                assert.equal(fields["otel_stack.start_time_unix_nano"], String(now));
                assert.equal(fields[DURATION_FIELD], String(DURATION_MS * 1000));
            },
        },
        {
            about: "no service name",
            reason: "service_name",
            service: "unknown_service",
            item: renderSpan("odd"),
            assertStored: ({ fields }) => {
                assert.equal(fields[DURATION_FIELD], String(DURATION_MS * 1000));
            },
        },
        {
            about: "attribute of 70 kB",
            item: renderSpan("odd", { attributes: [renderAttribute("text", "x".repeat(LONG_BYTES))] }),
            assertStored: ({ fields }) => {
                const { text = "" } = fields;
                assert.ok(text.endsWith(TRUNCATION_MARKER) && text.length < LONG_BYTES);
                assert.equal(fields[TRUNCATED_ATTRIBUTE], "true");
            },
        },
        {
            about: "end before start",
            reason: "end_before_start",
            item: renderSpan("odd", { endTimeUnixNano: renderNanoseconds(now - 60_000) }),
            assertStored: ({ fields }) => {
                assert.equal(fields[DURATION_FIELD], "0");
            },
        },
    ];
}

export const ODD_SPANS: OddSignal = {
    signal: "traces",
    createItems: createOddSpans,
    createNeighbour: () => renderSpan(NEIGHBOUR),
    renderPart: (service, item, odd) => {
        const hasName = odd?.service === undefined;
        const own = "attributes" in item && Array.isArray(item.attributes) ? (item.attributes as object[]) : [];
        const attributes = [...own, renderAttribute(SENDER_ATTRIBUTE, service)];
        return {
            resource: { attributes: hasName ? [renderAttribute("service.name", service)] : [] },
            scopeSpans: [{ spans: [{ ...item, attributes }] }],
        };
    },
    renderRequest: (resourceSpans) => ({ resourceSpans }),
    findStored: async ({ jaeger }, service, odd) => {
        const found = await findTraces(await jaeger.url(), odd?.service ?? service);
        return found
            .flatMap(({ spans }) => spans)
            .map(({ duration, operationName, tags }): LogRecord => ({
                line: operationName,
                fields: {
                    ...Object.fromEntries(tags.map(({ key, value }) => [key, String(value)])),
                    [DURATION_FIELD]: String(duration),
                },
            }))
            .filter(({ fields }) => fields[SENDER_ATTRIBUTE] === service);
    },
};
