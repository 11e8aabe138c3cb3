import assert from "node:assert/strict";
import { dashboardQueries } from "../../../components/grafana/dashboards/queries";
import { resolveDashboardContext } from "../../../components/grafana/from-settings";
import { staticConnection } from "../../../tools/verify/connection";
import { createDeadline } from "../../../tools/verify/deadline";
import { findMissingData, formatPanels } from "../../../tools/verify/panels";
import { parsePlan } from "../../support/settings";
import { type FakeServer, type Reply, startHttpServer } from "../support/fake-server";

const VECTOR = { resultType: "vector", result: [{ metric: {}, value: [1, "1"] }] };
const MATRIX = { resultType: "matrix", result: [{ metric: {}, values: [[1, "1"]] }] };
const SELECTOR = {
    type: "vectorSelector",
    matchers: [
        { name: "__name__", type: "=", value: "up" },
        { name: "job", type: "=", value: "jaeger" },
    ],
};
const RULES = { groups: [{ rules: [{ name: "BackendDown", query: 'up{job="jaeger"} == 0' }] }] };

/** Replies as Prometheus does, without data for queries that `isEmpty` selects. */
function replyAsPrometheus(path: string, isEmpty: (path: string) => boolean): Reply {
    const data = path.startsWith("/api/v1/rules")
        ? RULES
        : path.startsWith("/api/v1/parse_query")
          ? { type: "binaryExpr", lhs: SELECTOR, rhs: { type: "numberLiteral" } }
          : path.startsWith("/api/v1/query_range")
            ? { ...MATRIX, result: isEmpty(path) ? [] : MATRIX.result }
            : { ...VECTOR, result: isEmpty(path) ? [] : VECTOR.result };
    return { body: { status: "success", data } };
}

describe("data of panels", () => {
    let prometheus: FakeServer;
    let isEmpty: (path: string) => boolean = () => false;
    const queries = dashboardQueries(
        { service: "cart", rangeSeconds: 900 },
        resolveDashboardContext(parsePlan({ jaeger: { enabled: false }, loki: { enabled: false } })),
    );

    before(async () => {
        prometheus = await startHttpServer((path) => replyAsPrometheus(path.replaceAll("+", " "), isEmpty));
    });

    after(async () => {
        await prometheus.close();
    });

    const find = async () =>
        findMissingData(queries, { prometheus: staticConnection(prometheus.url) }, createDeadline(1));

    it("is complete when every query and every series of a rule has data", async () => {
        isEmpty = () => false;
        const report = await find();
        assert.deepEqual(report, { queries: queries.length, rules: 1, empty: [], problems: [] });
        assert.ok(queries.length > 30);
        assert.equal(formatPanels(report), `Panels: ${queries.length} queries, and what 1 rules read, have data.`);
    });

    it("names a panel without data, with what it means and its page", async () => {
        isEmpty = (path) => path.includes("query=min(otelcol_process_uptime");
        const { problems } = await find();
        assert.equal(problems.length, 1);
        assert.match(
            problems[0] ?? "",
            /^Overview, Collector uptime: no data\. Prometheus does not scrape .* https:.*\/overview\.md#collector-uptime$/,
        );
    });

    it("names a rule whose series do not exist, although it returns nothing on a healthy stack", async () => {
        isEmpty = (path) => path.includes('last_over_time({__name__="up",job="jaeger"}[15m])');
        const report = await find();
        assert.equal(report.problems.length, 1);
        assert.match(report.problems[0] ?? "", /^rule BackendDown: no data\. Prometheus has no series \{__name__="up"/);
        assert.match(formatPanels(report), /^Panels and rules without data:\n {2}rule BackendDown: /);
    });

    it("accepts a panel that is empty for a stated reason", async () => {
        isEmpty = (path) => path.includes('client="cart"');
        const { empty, problems } = await find();
        assert.deepEqual(problems, []);
        assert.deepEqual(empty, ["Service, Callers and callees: the service neither calls another nor is called"]);
    });

    it("names the store that has no port-forward", async () => {
        const { problems } = await findMissingData(queries, {}, createDeadline(1));
        assert.ok(problems.length > 30);
        assert.match(problems[0] ?? "", /no port-forward to prometheus/);
    });
});
