import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type HopResult, PUSHED_SERIES } from "../../../tools/verify/types";
import { parseStackOutputs, type StackOutputs } from "../../../tools/verify/outputs";
import { verifyTimeoutSeconds, verify } from "../../../tools/verify/verify";
import { startOtlpGrpc, startOtlpHttp, ReceivedRequests } from "../support/fake-collector";
import { createFakeKubectl, type FakeKubectl, isAlive } from "../support/fake-kubectl";
import { type FakeServer, startHttpServer, type Reply } from "../support/fake-server";

const createForward = (service: string, port: number) => ({
    command: `kubectl port-forward -n ns svc/${service} ${port}:${port}`,
    url: `http://localhost:${port}`,
});

const OUTPUTS: StackOutputs = {
    namespace: "ns",
    portForwards: {
        otelCollectorGrpc: createForward("otel-collector", 4317),
        otelCollectorHttp: createForward("otel-collector", 4318),
        jaeger: createForward("jaeger", 16686),
        loki: createForward("loki", 3100),
        prometheus: createForward("prometheus", 9090),
        victoriaLogs: createForward("victorialogs", 9428),
    },
    verification: {
        traces: ["jaeger", "exemplar", "debug"],
        metrics: ["scrape", "remote_write", "debug"],
        logs: ["loki", "victorialogs", "debug"],
    },
};

/** A whole stack in this process, with its own kubectl. */
class FakeStack {
    /** The debug exporter's output: the ids of all that was received. */
    readonly received = new ReceivedRequests((body) => {
        const id = /[0-9a-f]+-(traces|metrics|logs)-(grpc|http)/.exec(String(body))?.[0] ?? "";
        fs.appendFileSync(this.logFile, `     -> verify_id: Str(${id})\n`);
    });
    readonly logFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "verify-log-")), "log");
    readonly servers: FakeServer[] = [];
    /** Of all traces that Jaeger was asked for. */
    readonly exemplars: object[] = [];
    kubectl: FakeKubectl | undefined;
    /** Whether Prometheus has that copy. */
    hasSeries: (query: string) => boolean = () => true;

    async start(): Promise<NodeJS.ProcessEnv> {
        fs.writeFileSync(this.logFile, "");
        const grpc = await startOtlpGrpc(this.received);
        const http = await startOtlpHttp(this.received);
        const jaeger = await startHttpServer((url) => this.jaeger(url.split("/").at(-1) ?? ""));
        const loki = await startHttpServer((url) => this.loki(url));
        const prometheus = await startHttpServer((url) => this.prometheus(url));
        const victoriaLogs = await startHttpServer((url) => this.victoriaLogs(url));
        this.servers.push(grpc, http, jaeger, loki, prometheus, victoriaLogs);
        const ports = {
            4317: grpc.port,
            4318: http.port,
            16686: jaeger.port,
            3100: loki.port,
            9090: prometheus.port,
            9428: victoriaLogs.port,
        };
        this.kubectl = createFakeKubectl(ports, this.logFile);
        return this.kubectl.env;
    }

    async stop(): Promise<void> {
        await Promise.all(this.servers.map((server) => server.close()));
        assert.deepEqual(this.kubectl?.pids().filter(isAlive), [], "port-forwards must have ended");
        this.kubectl.remove();
        fs.rmSync(path.dirname(this.logFile), { recursive: true });
    }

    private jaeger(traceID: string): Reply {
        const id = /[0-9a-f]+-traces-(grpc|http)/.exec(String(this.received.bodyOfTrace(traceID, "-traces-")))?.[0];
        this.exemplars.push({ labels: { trace_id: traceID } });
        return { body: { data: [{ traceID, spans: [{ spanID: "1", tags: [{ key: "verify_id", value: id }] }] }] } };
    }

    private loki(url: string): Reply {
        const id = /verify_id="([0-9a-f]+-logs-\w+)"/.exec(url)?.[1] ?? "";
        const result = this.received.has(id) ? [{ stream: {}, values: [["1", "text"]] }] : [];
        return { body: { status: "success", data: { result } } };
    }

    private victoriaLogs(url: string): Reply {
        const id = /verify_id:="([0-9a-f]+-logs-\w+)"/.exec(url)?.[1] ?? "";
        return { body: this.received.has(id) ? { _msg: "text" } : "" };
    }

    private prometheus(url: string): Reply {
        if (url.startsWith("/api/v1/targets")) {
            return { body: { data: { activeTargets: [{ health: "down", lastError: "no route" }] } } };
        }
        if (url.startsWith("/api/v1/query_exemplars")) {
            return { body: { status: "success", data: [{ exemplars: this.exemplars }] } };
        }
        const id = /verify_id="([0-9a-f]+-metrics-\w+)"/.exec(url)?.[1] ?? "";
        const found = this.received.has(id) && this.hasSeries(url);
        const names = Object.entries(PUSHED_SERIES).flatMap(([name, count]) => Array<string>(count).fill(name));
        const series = names.map((name) => ({ metric: { __name__: name } }));
        return { body: { status: "success", data: { result: found ? series : [] } } };
    }
}

function listFailures(rows: readonly HopResult[]): string[] {
    return rows
        .filter(({ status }) => status !== "ok")
        .map(({ signal, protocol, hop }) => `${signal} ${protocol} ${hop}`);
}

describe("verify", () => {
    let stack: FakeStack;

    beforeEach(() => {
        stack = new FakeStack();
    });

    afterEach(async () => {
        await stack.stop();
    });

    it("checks exactly the hops listed in the outputs", async () => {
        const report = await verify({ outputs: OUTPUTS, env: await stack.start(), timeoutSeconds: 10 });
        assert.deepEqual(listFailures(report.rows), []);
        assert.equal(report.ok, true);
        assert.equal(report.rows.length, 2 * (4 + 4 + 4));
        assert.deepEqual(report.diagnoses, []);
    });

    it("names the broken hop and ends in time", async () => {
        stack.hasSeries = (query) => !query.includes('job="otel-collector"');
        const env = await stack.start();
        const broken = ["metrics grpc scrape", "metrics http scrape"];
        let report = await verify({ outputs: OUTPUTS, env, timeoutSeconds: 0.6 });
        if (!isDeepStrictEqual(listFailures(report.rows), broken)) {
            // The machine has other work: what is well needs more time too.
            report = await verify({ outputs: OUTPUTS, env, timeoutSeconds: 8 });
        }
        assert.equal(report.ok, false);
        assert.deepEqual(listFailures(report.rows), broken);
        assert.deepEqual(
            report.diagnoses.map(({ hop, message }) => [hop, message]),
            [["scrape", "Prometheus cannot scrape the Collector (down): no route"]],
        );
        assert.ok(report.seconds < 12);
    });

    it("reports a failed port-forward and skips dependent hops", async () => {
        const otelCollectorGrpc = createForward("nobody", 1);
        const outputs = { ...OUTPUTS, portForwards: { ...OUTPUTS.portForwards, otelCollectorGrpc } };
        const report = await verify({ outputs, env: await stack.start(), timeoutSeconds: 0.3 });
        const sent = report.rows.find(({ protocol, hop }) => protocol === "grpc" && hop === "sent");
        assert.equal(sent?.status, "failed");
        assert.equal(
            report.rows.find(({ protocol, hop }) => protocol === "grpc" && hop === "jaeger")?.status,
            "skipped",
        );
        assert.match(report.diagnoses[0]?.message ?? "", /the Collector is unreachable: .*services "nobody" not found/);
    });
});

describe("verifyTimeoutSeconds", () => {
    it("adds the wait of tail sampling for traces", () => {
        const verification = { ...OUTPUTS.verification, tailSamplingWaitSeconds: 600 };
        assert.equal(verifyTimeoutSeconds(OUTPUTS), 60);
        assert.equal(verifyTimeoutSeconds(parseStackOutputs({ ...OUTPUTS, verification })), 660);
    });
});

describe("parseStackOutputs", () => {
    it("reports missing outputs", () => {
        assert.throws(
            () => parseStackOutputs({ namespace: "ns", portForwards: {} }),
            /at verification[^]*at portForwards\.otelCollectorGrpc/,
        );
    });

    it("accepts a stack without backends and ignores other outputs", () => {
        const { otelCollectorGrpc, otelCollectorHttp } = OUTPUTS.portForwards;
        const portForwards = { otelCollectorGrpc, otelCollectorHttp };
        const verification = { traces: ["debug"], metrics: [], logs: [] };
        assert.deepEqual(parseStackOutputs({ namespace: "ns", portForwards, verification, endpoints: {} }), {
            namespace: "ns",
            portForwards,
            verification,
        });
    });
});
