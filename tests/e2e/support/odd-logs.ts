import assert from "node:assert/strict";
import { TRUNCATION_MARKER } from "../../../components/telemetry/names";
import { findLogRecords } from "./log-records";
import { NEIGHBOUR, type OddItem, type OddSignal, renderAttribute, renderNanoseconds } from "./odd-items";

const DAY_MS = 24 * 60 * 60_000;
/** With the neighbours, below the receiver's limit for a request. */
const LONG_BYTES = 2.5 * 2 ** 20;
const MAX_BODY_BYTES = 500_000;
const MANY = 1100;

function renderRecord(fields: Readonly<Record<string, unknown>> = {}): object {
    return { timeUnixNano: renderNanoseconds(Date.now()), body: { stringValue: "odd" }, ...fields };
}

/** Queries name the fields of a record without dots. */
function createOddRecords(): readonly OddItem[] {
    return [
        {
            about: "key 温度",
            item: renderRecord({ attributes: [renderAttribute("温度", "x")] }),
            assertStored: ({ fields, line }) => {
                assert.equal(fields["温度"], "x");
                assert.equal(line, "odd");
            },
        },
        {
            about: "a body that is a map with the key of an attribute",
            reason: "body_field",
            item: renderRecord({
                body: { kvlistValue: { values: [renderAttribute("user", "body"), renderAttribute("step", "pay")] } },
                attributes: [renderAttribute("user", "attribute")],
            }),
            assertStored: ({ fields }) => {
                assert.deepEqual([fields.user, fields.body_user, fields.body_step], ["attribute", "body", "pay"]);
            },
        },
        {
            about: "event without a body",
            item: renderRecord({ body: undefined, eventName: "odd.event" }),
            assertStored: ({ line }) => {
                assert.equal(line, "odd.event");
            },
        },
        {
            about: "a clock that is a month ahead",
            reason: "time_ahead",
            item: renderRecord({ timeUnixNano: renderNanoseconds(Date.now() + 30 * DAY_MS) }),
            assertStored: ({ fields, line }) => {
                assert.ok(Number(fields.otel_stack_time_unix_nano) > (Date.now() + 29 * DAY_MS) * 1e6);
                assert.equal(line, "odd");
            },
        },
        {
            about: "body of 2.5 MiB",
            reason: "body_too_long",
            item: renderRecord({ body: { stringValue: "x".repeat(LONG_BYTES) } }),
            assertStored: ({ line }) => {
                assert.ok(line.endsWith(TRUNCATION_MARKER));
                assert.equal(line.length, MAX_BODY_BYTES);
            },
        },
        {
            about: "1,100 attributes",
            reason: "too_many_attributes",
            item: renderRecord({
                attributes: Array.from({ length: MANY }, (_, index) => renderAttribute(`key${index}`, "x")),
            }),
            assertStored: ({ fields, line }) => {
                const stored = Object.keys(fields).filter((name) => name.startsWith("key")).length;
                assert.ok(stored > MANY / 2 && stored < MANY, String(stored));
                assert.equal(line, "odd");
            },
        },
    ];
}

export const ODD_RECORDS: OddSignal = {
    signal: "logs",
    createItems: createOddRecords,
    createNeighbour: () => renderRecord({ body: { stringValue: NEIGHBOUR } }),
    renderPart: (service, item) => ({
        resource: { attributes: [renderAttribute("service.name", service)] },
        scopeLogs: [{ logRecords: [item] }],
    }),
    renderRequest: (resourceLogs) => ({ resourceLogs }),
    findStored: (backends, service) => findLogRecords(backends, { "service.name": service }),
};
