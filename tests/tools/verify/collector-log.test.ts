import assert from "node:assert/strict";
import { CollectorLog } from "../../../tools/verify/collector-log";

const COMPONENT = '"otelcol.component.kind": "exporter", "otelcol.signal": "traces"';
const SUMMARY = `2026-11-23T00:45:32Z\tinfo\tTraces\t{"otelcol.component.id": "debug", ${COMPONENT}, "spans": 1}`;
const RECORDS = "2026-11-23T00:45:32Z\tinfo\tResourceSpans #0";

function parseLog(...lines: string[]): CollectorLog {
    const log = new CollectorLog(["id-1", "id-2"]);
    lines.forEach((line) => {
        log.add(line);
    });
    return log;
}

describe("CollectorLog", () => {
    it("finds an id in detailed output", () => {
        const log = parseLog(SUMMARY, RECORDS, "     -> verify_id: Str(id-1)");
        assert.equal(log.find("id-1", "traces").state, "found");
        assert.equal(log.find("id-2", "traces").state, "absent");
    });

    it("reports counts without ids as inconclusive, for that signal only", () => {
        const log = parseLog(SUMMARY);
        assert.equal(log.find("id-1", "traces").state, "unprovable");
        assert.equal(log.find("id-1", "logs").state, "absent");
    });

    it("reads the JSON encoding", () => {
        assert.equal(parseLog(`{"level":"info","msg":"Traces","spans":1}`).find("id-1", "traces").state, "unprovable");
    });

    it("treats a retried export logged at info as an error", () => {
        const line =
            "2026-11-23T00:52:21Z\tinfo\tinternal/retry_sender.go:136\tExporting failed. Will retry.\t" +
            `{"otelcol.component.id": "otlp_grpc/jaeger", ${COMPONENT}, "error": "desc = \\"refused\\"", "interval": "9s"}`;
        assert.deepEqual(
            parseLog(line, line)
                .exporterErrors()
                .map(({ component, signal, text }) => ({ component, signal, text })),
            [
                {
                    component: "otlp_grpc/jaeger",
                    signal: "traces",
                    text: 'Exporting failed. Will retry. (desc = "refused")',
                },
            ],
        );
    });

    it("keeps the backend's error next to the queue's", () => {
        const complaint = (message: string, error: string): string =>
            `t\terror\tfile.go:1\t${message}\t{"otelcol.component.id": "rw", ${COMPONENT}, "error": "${error}"}`;
        const log = parseLog(
            complaint("old", "gone"),
            complaint("failed", "404"),
            complaint("Dropping data.", "permanent"),
        );
        assert.equal(log.exporterErrors()[0]?.text, "failed (404); Dropping data. (permanent)");
    });

    it("ignores a receiver's errors and log bodies", () => {
        const log = parseLog(
            't\terror\tf\tm\t{"otelcol.component.kind": "receiver", "error": "x"}',
            'Body: {"error": "\\d"}',
        );
        assert.deepEqual(log.exporterErrors(), []);
    });
});
