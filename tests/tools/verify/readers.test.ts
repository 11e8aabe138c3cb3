import assert from "node:assert/strict";
import { readVia } from "../../../tools/verify/json-client";
import { queryJaeger } from "../../../tools/verify/jaeger-reader";
import { renderLogQlQuery, queryLoki } from "../../../tools/verify/loki-reader";
import { renderLogsQlQuery, queryVictoriaLogs } from "../../../tools/verify/victoria-logs-reader";
import {
    queryExemplar,
    queryPrometheus,
    renderSeriesQuery,
    fetchScrapeTarget,
} from "../../../tools/verify/prometheus-reader";
import { staticConnection } from "../../../tools/verify/connection";
import { getUnusedUrl, type FakeServer, startHttpServer, type Reply } from "../support/fake-server";

describe("readers", () => {
    const servers: FakeServer[] = [];

    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function answering(reply: Reply, expectedPath?: RegExp): Promise<string> {
        const server = await startHttpServer((path) =>
            expectedPath === undefined || expectedPath.test(path) ? reply : { status: 500, body: { path } },
        );
        servers.push(server);
        return server.url;
    }

    function trace(id: string): Reply {
        return {
            body: { data: [{ traceID: "abc", spans: [{ spanID: "1", tags: [{ key: "verify_id", value: id }] }] }] },
        };
    }

    describe("queryJaeger", () => {
        it("finds the span with the id in its trace", async () => {
            assert.deepEqual(await queryJaeger(await answering(trace("x"), /^\/api\/traces\/abc$/), "abc", "x"), {
                state: "found",
            });
        });

        it("does not accept another span of the same trace", async () => {
            assert.equal((await queryJaeger(await answering(trace("y")), "abc", "x")).state, "absent");
        });

        it("treats 404 as absent and rejects other failures", async () => {
            const url = await answering({ status: 404, body: { data: null, errors: [{ msg: "trace not found" }] } });
            assert.equal((await queryJaeger(url, "abc", "x")).state, "absent");
            await assert.rejects(
                queryJaeger(await answering({ status: 500, body: "storage broke" }), "abc", "x"),
                /HTTP 500 without JSON.*storage broke/,
            );
        });
    });

    describe("queryLoki", () => {
        const result = (streams: object[]): Reply => ({ body: { status: "success", data: { result: streams } } });

        it("selects by service label and the record's own attributes", () => {
            assert.equal(
                renderLogQlQuery("abc", "x"),
                '{service_name="otel-stack-verify"} | trace_id="abc" | verify_id="x"',
            );
        });

        it("finds a record, and none in an empty stream", async () => {
            const asked = /^\/loki\/api\/v1\/query_range\?query=.*&start=\d+&end=\d+&limit=1$/;
            const found = await answering(result([{ stream: {}, values: [["1", "text"]] }]), asked);
            assert.deepEqual(await queryLoki(found, "abc", "x"), { state: "found" });
            assert.equal(
                (await queryLoki(await answering(result([{ stream: {}, values: [] }])), "abc", "x")).state,
                "absent",
            );
            assert.equal((await queryLoki(await answering(result([])), "abc", "x")).state, "absent");
        });

        it("rejects an invalid response", async () => {
            const url = await answering({ status: 500, body: { message: "empty ring" } });
            await assert.rejects(queryLoki(url, "abc", "x"), /Loki responded with HTTP 500.*empty ring/);
        });
    });

    describe("queryVictoriaLogs", () => {
        it("selects by service stream and the record's own fields", () => {
            assert.equal(
                renderLogsQlQuery("abc", "x"),
                '{service.name="otel-stack-verify"} trace_id:="abc" verify_id:="x"',
            );
        });

        it("finds a record in a line, and none in an empty response", async () => {
            const asked = /^\/select\/logsql\/query\?query=.*&start=\d+&end=\d+&limit=1$/;
            const found = await answering({ body: { _msg: "text", _time: "2026-01-01T00:00:00Z" } }, asked);
            assert.deepEqual(await queryVictoriaLogs(found, "abc", "x"), { state: "found" });
            assert.equal((await queryVictoriaLogs(await answering({ body: "" }), "abc", "x")).state, "absent");
        });

        it("rejects an invalid response", async () => {
            const refused = await answering({ status: 400, body: "cannot parse query" });
            await assert.rejects(queryVictoriaLogs(refused, "abc", "x"), /HTTP 400.*cannot parse query/);
            await assert.rejects(
                queryVictoriaLogs(await answering({ body: "busy" }), "abc", "x"),
                /without JSON.*busy/,
            );
        });
    });

    describe("queryExemplar", () => {
        const leadingTo = (trace_id: string): Reply => ({
            body: { status: "success", data: [{ seriesLabels: {}, exemplars: [{ labels: { trace_id } }] }] },
        });

        it("finds an exemplar of the trace, and of no other trace", async () => {
            const asked = /^\/api\/v1\/query_exemplars\?query=traces_span_metrics_duration_seconds_bucket/;
            assert.deepEqual(await queryExemplar(await answering(leadingTo("abc"), asked), "abc"), {
                state: "found",
            });
            assert.equal((await queryExemplar(await answering(leadingTo("def")), "abc")).state, "absent");
        });

        it("rejects an invalid response", async () => {
            const url = await answering({ status: 503, body: { error: "starting" } });
            await assert.rejects(queryExemplar(url, "abc"), /Prometheus responded with HTTP 503.*starting/);
        });
    });

    describe("queryPrometheus", () => {
        const result = (series: object[]): Reply => ({ body: { status: "success", data: { result: series } } });

        it("selects the series of one route", () => {
            assert.match(
                renderSeriesQuery("scrape", "x"),
                /\{__name__=~"otel_stack_verify",job="otel-collector",exported_job="otel-stack-verify",verify_id="x"\}/,
            );
            assert.match(renderSeriesQuery("remote_write", "x"), /",job="otel-stack-verify",verify_id="x"\}/);
        });

        it("finds the series, or none in an empty result", async () => {
            const found = await answering(
                result([{ metric: { __name__: "otel_stack_verify" } }]),
                /query=last_over_time\(.*otel_stack_verify/,
            );
            assert.equal((await queryPrometheus(found, "scrape", "x")).state, "found");
            assert.equal((await queryPrometheus(await answering(result([])), "scrape", "x")).state, "absent");
        });

        it("names the pushed series that are missing, such as one of two scopes", async () => {
            const names = ["", "_scopes_total", "_scopes_total", "_delta_total", "_exponential"];
            const series = names.map((suffix) => ({ metric: { __name__: `otel_stack_verify${suffix}` } }));
            assert.equal((await queryPrometheus(await answering(result(series)), "otlp", "x")).state, "found");
            const fewer = await queryPrometheus(await answering(result(series.slice(2))), "otlp", "x");
            assert.ok(fewer.state === "absent");
            assert.match(fewer.why, /of otel_stack_verify, otel_stack_verify_scopes_total for/);
        });

        it("rejects with Prometheus' error", async () => {
            const url = await answering({ status: 422, body: { status: "error", error: "bad query" } });
            await assert.rejects(queryPrometheus(url, "scrape", "x"), /HTTP 422.*bad query/);
        });
    });

    describe("fetchScrapeTarget", () => {
        const active = (activeTargets: object[]): Reply => ({ body: { data: { activeTargets } } });

        it("returns the target that cannot be scraped", async () => {
            const up = { health: "up", lastError: "", scrapeInterval: "15s" };
            const down = { health: "down", lastError: "refused", scrapeInterval: "15s" };
            const url = await answering(active([up, down]), /scrapePool=otel-collector/);
            assert.deepEqual(await fetchScrapeTarget(url), { health: "down", lastError: "refused", interval: "15s" });
            assert.equal(await fetchScrapeTarget(await answering(active([]))), undefined);
        });
    });

    describe("readVia", () => {
        it("reports an unreachable backend and reconnects", async () => {
            const url = await getUnusedUrl();
            const failed: string[] = [];
            const target = {
                url: () => Promise.resolve(url),
                renew: (old: string) => Promise.resolve(void failed.push(old)),
            };
            const look = await readVia(target, (at) => queryJaeger(at, "abc", "x"));
            assert.equal(look.state, "unreachable");
            assert.match(look.why, /ECONNREFUSED/);
            assert.deepEqual(failed, [url]);
        });

        it("returns the result", async () => {
            const target = staticConnection(await answering(trace("x")));
            assert.equal((await readVia(target, (at) => queryJaeger(at, "abc", "x"))).state, "found");
        });
    });
});
