import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Probe } from "../../../tools/verify/types";
import { DebugLogReader, logsArgs } from "../../../tools/verify/debug-log-reader";
import { createFakeKubectl, type FakeKubectl } from "../support/fake-kubectl";

const PROBE: Probe = {
    signal: "logs",
    protocol: "grpc",
    id: "r1-logs-grpc",
    traceId: "0af7651916cd43dd8448eb211c80319c",
};
const COUNTS = '2026-11-23T00:45:32Z\tinfo\tLogs\t{"otelcol.component.id": "debug", "log records": 1}\n';

describe("DebugLogReader", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "verify-log-"));
    const logFile = path.join(folder, "log");
    let kubectl: FakeKubectl;
    let reader: DebugLogReader;

    beforeEach(() => {
        kubectl = createFakeKubectl({}, logFile);
        reader = new DebugLogReader({ namespace: "ns", env: kubectl.env, ids: [PROBE.id] });
    });

    afterEach(() => {
        kubectl.remove();
        fs.rmSync(logFile, { force: true });
    });

    after(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("reads the whole log of every Collector pod", () => {
        assert.equal(
            logsArgs("ns", 7).join(" "),
            "logs -n ns -l app.kubernetes.io/name=otel-collector --tail=-1 --ignore-errors --since=7s",
        );
    });

    it("finds the id once it is printed", async () => {
        fs.writeFileSync(logFile, "");
        assert.equal((await reader.find(PROBE)).state, "absent");
        fs.writeFileSync(logFile, `     -> verify_id: Str(${PROBE.id})\n`);
        assert.equal((await reader.find(PROBE)).state, "found");
    });

    it("reports counts without ids as inconclusive when it sees them twice", async () => {
        fs.writeFileSync(logFile, COUNTS);
        assert.equal((await reader.find(PROBE)).state, "absent");
        assert.equal((await reader.find(PROBE)).state, "unprovable");
    });

    it("reports kubectl's error when there is no log", async () => {
        const look = await reader.find(PROBE);
        assert.equal(look.state, "unreachable");
        assert.match(look.why, /No such file/);
    });
});
