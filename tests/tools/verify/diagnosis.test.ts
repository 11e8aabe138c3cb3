import assert from "node:assert/strict";
import { type Diagnosis, diagnose } from "../../../tools/verify/diagnosis";
import type { Evidence } from "../../../tools/verify/evidence";
import type { HopResult } from "../../../tools/verify/model";

const QUIET: Evidence = { exporterErrors: [], scrape: { health: "up", lastError: "", interval: "15s" } };

function row(changes: Partial<HopResult>): HopResult {
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

function only(rows: readonly HopResult[], evidence: Partial<Evidence> = {}): Diagnosis {
    const [first, ...more] = diagnose(rows, { ...QUIET, ...evidence }, "ns");
    assert.ok(first);
    assert.deepEqual(more, []);
    return first;
}

describe("diagnose", () => {
    it("has nothing to say of what is ok, unproven or skipped", () => {
        const fine = [row({ status: "ok" }), row({ status: "unproven" }), row({ status: "skipped" })];
        assert.deepEqual(diagnose(fine, QUIET, "ns"), []);
    });

    it("tells a way in that is closed from a collector that refuses", () => {
        const closed = only([row({ hop: "sent", unreachable: true, detail: "no pod runs" })]);
        assert.match(closed.message, /no way to the collector: no pod runs/);
        assert.equal(closed.look, "kubectl describe pods -n ns -l app.kubernetes.io/name=otel-collector");
        const refused = only([row({ hop: "sent", detail: "HTTP 400" })]);
        assert.match(refused.message, /collector did not accept OTLP grpc: HTTP 400/);
        assert.match(refused.look, /^kubectl logs -n ns .*otel-collector/);
    });

    it("says one cause once", () => {
        only([row({}), row({ protocol: "http" })]);
        only([row({ hop: "sent" }), row({ hop: "sent", signal: "metrics" }), row({ hop: "sent", signal: "logs" })]);
    });

    it("names a backend that does not answer", () => {
        const { message, look } = only([row({ unreachable: true, detail: "ECONNREFUSED" })]);
        assert.match(message, /Backend jaeger cannot be read: ECONNREFUSED/);
        assert.equal(look, "kubectl describe pods -n ns -l app.kubernetes.io/name=jaeger");
    });

    it("names the exporter that fails, in its words", () => {
        const exporterErrors = [
            { component: "prometheus_remote_write", signal: "metrics", text: "404" },
            { component: "otlp_grpc/jaeger", signal: "traces", text: "refused" },
        ];
        const traces = only([row({})], { exporterErrors });
        assert.match(traces.message, /its exporter otlp_grpc\/jaeger fails: refused/);
        assert.match(traces.look, /grep 'otlp_grpc\/jaeger'$/);
        const metrics = only([row({ signal: "metrics", hop: "remote_write" })], { exporterErrors });
        assert.match(metrics.message, /prometheus_remote_write fails: 404/);
        const exemplar = only([row({ hop: "exemplar" })], { exporterErrors });
        assert.match(exemplar.message, /prometheus_remote_write fails: 404/);
    });

    it("looks at the debug output to tell the pipeline from the backend", () => {
        const debug = row({ hop: "debug", status: "ok" });
        assert.match(only([row({}), debug]).message, /reports no failed export, but jaeger answers without it/);
        const [first] = diagnose([row({}), { ...debug, status: "failed" }], QUIET, "ns");
        assert.match(first?.message ?? "", /nothing came out of its traces pipeline/);
    });

    const scrape = row({ signal: "metrics", hop: "scrape" });
    const scrapes: [string, Evidence["scrape"], RegExp][] = [
        [
            "is down",
            { health: "down", lastError: "refused", interval: "15s" },
            /cannot scrape the collector \(down\): refused/,
        ],
        ["was not tried yet", { health: "unknown", lastError: "", interval: "15s" }, /\(unknown\): not scraped yet/],
        ["is up", QUIET.scrape, /every 15s without error/],
        ["does not exist", "none", /no target of job otel-collector/],
        ["is not known", undefined, /does not say what it scrapes/],
    ];
    for (const [what, state, message] of scrapes) {
        it(`explains a missing scrape when the target ${what}`, () => {
            assert.match(only([scrape], { scrape: state }).message, message);
        });
    }

    it("tells a debug exporter that is silent from a log that cannot be read", () => {
        assert.match(only([row({ hop: "debug" })]).message, /debug exporter did not print it/);
        assert.match(
            only([row({ hop: "debug", unreachable: true, detail: "Forbidden" })]).message,
            /cannot be read: Forbidden/,
        );
    });
});
