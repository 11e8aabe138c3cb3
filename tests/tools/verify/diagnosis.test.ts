import assert from "node:assert/strict";
import { type Diagnosis, diagnose } from "../../../tools/verify/diagnosis";
import type { FailureContext } from "../../../tools/verify/failure-context";
import type { HopResult } from "../../../tools/verify/types";

const QUIET: FailureContext = { exporterErrors: [], scrape: { health: "up", lastError: "", interval: "15s" } };

function createRow(changes: Partial<HopResult>): HopResult {
    return {
        signal: "traces",
        protocol: "grpc",
        hop: "jaeger",
        status: "failed",
        seconds: 60,
        detail: "no trace abc",
        unreachable: false,
        ...changes,
    };
}

function diagnoseOne(rows: readonly HopResult[], evidence: Partial<FailureContext> = {}): Diagnosis {
    const [first, ...more] = diagnose(rows, { ...QUIET, ...evidence }, "ns");
    assert.ok(first);
    assert.deepEqual(more, []);
    return first;
}

describe("diagnose", () => {
    it("returns nothing for ok, inconclusive or skipped hops", () => {
        const fine = [createRow({ status: "ok" }), createRow({ status: "unproven" }), createRow({ status: "skipped" })];
        assert.deepEqual(diagnose(fine, QUIET, "ns"), []);
    });

    it("distinguishes a closed connection from a rejecting Collector", () => {
        const closed = diagnoseOne([createRow({ hop: "sent", unreachable: true, detail: "no pod runs" })]);
        assert.match(closed.message, /the Collector is unreachable: no pod runs/);
        assert.equal(closed.look, "kubectl describe pods -n ns -l app.kubernetes.io/name=otel-collector");
        const refused = diagnoseOne([createRow({ hop: "sent", detail: "HTTP 400" })]);
        assert.match(refused.message, /Collector did not accept OTLP grpc: HTTP 400/);
        assert.match(refused.look, /^kubectl logs -n ns .*otel-collector/);
    });

    it("reports each cause once", () => {
        diagnoseOne([createRow({}), createRow({ protocol: "http" })]);
        diagnoseOne([
            createRow({ hop: "sent" }),
            createRow({ hop: "sent", signal: "metrics" }),
            createRow({ hop: "sent", signal: "logs" }),
        ]);
    });

    it("names a backend that does not respond", () => {
        const { message, look } = diagnoseOne([createRow({ unreachable: true, detail: "ECONNREFUSED" })]);
        assert.match(message, /Backend jaeger cannot be read: ECONNREFUSED/);
        assert.equal(look, "kubectl describe pods -n ns -l app.kubernetes.io/name=jaeger");
    });

    it("names the failing exporter with its error", () => {
        const exporterErrors = [
            { component: "prometheus_remote_write", signal: "metrics", text: "404" },
            { component: "otlp_grpc/jaeger", signal: "traces", text: "refused" },
        ];
        const traces = diagnoseOne([createRow({})], { exporterErrors });
        assert.match(traces.message, /its exporter otlp_grpc\/jaeger fails: refused/);
        assert.match(traces.look, /grep 'otlp_grpc\/jaeger'$/);
        const metrics = diagnoseOne([createRow({ signal: "metrics", hop: "remote_write" })], { exporterErrors });
        assert.match(metrics.message, /prometheus_remote_write fails: 404/);
        const exemplar = diagnoseOne([createRow({ hop: "exemplar" })], { exporterErrors });
        assert.match(exemplar.message, /prometheus_remote_write fails: 404/);
    });

    it("uses the debug output to distinguish pipeline from backend failures", () => {
        const debug = createRow({ hop: "debug", status: "ok" });
        assert.match(
            diagnoseOne([createRow({}), debug]).message,
            /reports no failed export, but jaeger does not have it/,
        );
        const [first] = diagnose([createRow({}), { ...debug, status: "failed" }], QUIET, "ns");
        assert.match(first?.message ?? "", /its traces pipeline did not export it/);
    });

    const scrape = createRow({ signal: "metrics", hop: "scrape" });
    const scrapes: [string, FailureContext["scrape"], RegExp][] = [
        [
            "is down",
            { health: "down", lastError: "refused", interval: "15s" },
            /cannot scrape the Collector \(down\): refused/,
        ],
        [
            "has not been scraped yet",
            { health: "unknown", lastError: "", interval: "15s" },
            /\(unknown\): not scraped yet/,
        ],
        ["is up", QUIET.scrape, /every 15s without error/],
        ["does not exist", "none", /no target of scrape job otel-collector/],
        ["is unknown", undefined, /its scrape targets cannot be read/],
    ];
    for (const [what, state, message] of scrapes) {
        it(`explains a missing scrape when the target ${what}`, () => {
            assert.match(diagnoseOne([scrape], { scrape: state }).message, message);
        });
    }

    it("distinguishes a silent debug exporter from an unreadable log", () => {
        assert.match(diagnoseOne([createRow({ hop: "debug" })]).message, /debug exporter did not print it/);
        assert.match(
            diagnoseOne([createRow({ hop: "debug", unreachable: true, detail: "Forbidden" })]).message,
            /cannot be read: Forbidden/,
        );
    });
});
