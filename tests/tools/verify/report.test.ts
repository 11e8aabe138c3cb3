import assert from "node:assert/strict";
import type { HopResult } from "../../../tools/verify/types";
import { formatReport } from "../../../tools/verify/report";

const OK: HopResult = {
    signal: "traces",
    protocol: "grpc",
    hop: "sent",
    status: "ok",
    seconds: 0.123,
    detail: "",
    unreachable: false,
};

describe("formatReport", () => {
    it("prints a table and the total", () => {
        const rows: HopResult[] = [OK, { ...OK, signal: "metrics", hop: "remote_write", seconds: 12.5 }];
        assert.equal(
            formatReport({ run: "r1", ok: true, seconds: 12.61, rows, diagnoses: [] }),
            [
                "SIGNAL   PROTOCOL  HOP           SECONDS  RESULT",
                "traces   grpc      sent             0.12  ok",
                "metrics  grpc      remote_write    12.50  ok",
                "",
                "Verified 2 hops in 12.6 s (run r1)",
            ].join("\n"),
        );
    });

    it("prints the failure with the command to run, and no seconds for skipped hops", () => {
        const rows: HopResult[] = [
            { ...OK, status: "failed" },
            { ...OK, hop: "jaeger", status: "skipped" },
        ];
        const diagnoses = [{ signal: "traces", hop: "sent", message: "refused", look: "kubectl x" }] as const;
        const text = formatReport({ run: "r1", ok: false, seconds: 60, rows, diagnoses });
        assert.match(text, /traces {2}grpc {6}sent {7}0\.12 {2}FAILED\n/);
        assert.match(text, /traces {2}grpc {6}jaeger {8}- {2}-\n/);
        assert.match(text, /traces -> sent: refused\n {4}look: kubectl x\n/);
        assert.match(text, /Not verified: 1 of 2 hops failed in 60\.0 s/);
    });

    it("explains an inconclusive hop once, not as a failure", () => {
        const unproven: HopResult = { ...OK, hop: "debug", status: "unproven", detail: "counts only" };
        const rows: HopResult[] = [OK, unproven, { ...unproven, protocol: "http" }];
        const text = formatReport({ run: "r1", ok: true, seconds: 1, rows, diagnoses: [] });
        assert.equal(text.match(/traces -> debug: counts only/g)?.length, 1);
        assert.match(text, /Verified 1 hops/);
    });
});
