import assert from "node:assert/strict";
import { formatGrafana, type GrafanaReport, checkGrafana } from "../../../tools/verify/grafana";
import { type FakeServer, getUnusedUrl, startHttpServer, type Reply } from "../support/fake-server";

const LOGIN = { user: "admin", password: "generated" };

/** What a Grafana that works answers. */
const HEALTHY: Readonly<Record<string, Reply>> = {
    "/api/datasources": {
        body: [
            { uid: "prometheus", name: "Prometheus", type: "prometheus" },
            { uid: "loki", name: "Loki", type: "loki" },
            { uid: "alertmanager", name: "Alertmanager", type: "alertmanager" },
        ],
    },
    "/api/datasources/uid/prometheus/health": { body: { status: "OK", message: "Successfully queried" } },
    "/api/datasources/uid/loki/health": { body: { status: "OK" } },
    "/api/datasources/proxy/uid/alertmanager/api/v2/status": { body: {} },
    "/api/search?type=dash-db": { body: [{ uid: "otel-logs", title: "Logs" }] },
    "/api/dashboards/uid/otel-logs": { body: { dashboard: { panels: [{}] } } },
};

describe("checkGrafana", () => {
    const servers: FakeServer[] = [];

    afterEach(async () => {
        await Promise.all(servers.splice(0).map((server) => server.close()));
    });

    async function report(changes: Readonly<Record<string, Reply>> = {}): Promise<GrafanaReport> {
        const replies = { ...HEALTHY, ...changes };
        const server = await startHttpServer((path) => replies[path] ?? { status: 404, body: {} });
        servers.push(server);
        return checkGrafana(server.url, LOGIN);
    }

    it("lists the data sources and dashboards of a healthy Grafana", async () => {
        const found = await report();
        assert.deepEqual(found, {
            dataSources: ["Prometheus", "Loki", "Alertmanager"],
            dashboards: ["Logs"],
            problems: [],
        });
        assert.equal(
            formatGrafana(found),
            "Grafana: data sources Prometheus, Loki, Alertmanager are healthy; dashboards Logs open.",
        );
    });

    for (const [about, changes, problem] of [
        [
            "rejects the password",
            { "/api/datasources": { status: 401, body: {} } },
            "Grafana rejects the administrator password",
        ],
        [
            "returns an error",
            { "/api/datasources": { status: 500, body: {} } },
            "Grafana responded to /api/datasources with HTTP 500",
        ],
        ["has no dashboards", { "/api/search?type=dash-db": { body: [] } }, "Grafana has no dashboard"],
        [
            "cannot reach a backend",
            { "/api/datasources/uid/loki/health": { status: 400, body: { status: "ERROR", message: "no such host" } } },
            "data source Loki is not healthy: no such host",
        ],
        [
            "cannot reach Alertmanager",
            { "/api/datasources/proxy/uid/alertmanager/api/v2/status": { status: 502, body: {} } },
            "data source Alertmanager is not reachable: HTTP 502",
        ],
        [
            "cannot open a dashboard",
            { "/api/dashboards/uid/otel-logs": { status: 404, body: { message: "not found" } } },
            "dashboard Logs does not open: HTTP 404",
        ],
        [
            "opens an empty dashboard",
            { "/api/dashboards/uid/otel-logs": { body: { dashboard: { panels: [] } } } },
            "dashboard Logs does not open: HTTP 200",
        ],
    ] as const) {
        it(`reports the problem when Grafana ${about}`, async () => {
            const { problems } = await report(changes);
            assert.deepEqual(problems, [problem]);
        });
    }

    it("reports an unreachable Grafana", async () => {
        const { problems } = await checkGrafana(await getUnusedUrl(), LOGIN);
        assert.match(String(problems), /ECONNREFUSED/);
    });
});
