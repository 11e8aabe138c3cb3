import assert from "node:assert/strict";
import { AlertmanagerClient, parseDeliveries } from "../../../tools/alert-test/alertmanager";
import { type AlertTestReport, formatReport, testAlert } from "../../../tools/alert-test/alert-test";
import { type FakeServer, startHttpServer } from "../support/fake-server";

const STATUS = {
    cluster: { peers: [] },
    config: { original: "route:\n  group_by: [alertname, job]\n  group_wait: 0s\n" },
    uptime: "2026-01-01T00:00:00.000Z",
};

interface FakeAlertmanager {
    /** Whether Prometheus has sent the alert that always fires. */
    readonly watchdog?: boolean;
    readonly receivers?: readonly string[];
    readonly silencedBy?: readonly string[];
    /** Requests to the receiver `oncall` after the alert has arrived. */
    readonly total?: number;
    readonly failed?: number;
}

function renderMetrics(total: number, failed: number): string {
    const labels = '{integration="slack",receiver_name="oncall"}';
    return [
        `alertmanager_notification_requests_total${labels} ${total}`,
        `alertmanager_notification_requests_failed_total${labels} ${failed}`,
        "",
    ].join("\n");
}

describe("make alert-test", () => {
    let server: FakeServer | undefined;
    let sent: Readonly<Record<string, unknown>>[] = [];

    afterEach(async () => {
        await server?.close();
        sent = [];
    });

    async function run({
        watchdog = true,
        receivers = ["oncall"],
        silencedBy = [],
        total = 1,
        failed = 0,
    }: FakeAlertmanager = {}): Promise<AlertTestReport> {
        const status = { inhibitedBy: [], silencedBy, state: "active" };
        const found = { receivers: receivers.map((name) => ({ name })), status, updatedAt: new Date().toISOString() };
        server = await startHttpServer((path, body) => {
            if (path === "/metrics") {
                return { body: sent.length === 0 ? renderMetrics(7, 2) : renderMetrics(7 + total, 2 + failed) };
            }
            if (path === "/api/v2/status") {
                return { body: STATUS };
            }
            if (body.length > 0) {
                sent.push(...(JSON.parse(body.toString()) as Readonly<Record<string, unknown>>[]));
                return { body: "" };
            }
            return { body: path.includes("Watchdog") && !watchdog ? [] : [found] };
        });
        return testAlert(new AlertmanagerClient(server.url), { severity: "warning" }, { marginSeconds: 1 });
    }

    it("names each receiver that was sent the alert, and resolves the alert", async () => {
        const report = await run();
        assert.ok(report.ok);
        assert.match(formatReport(report, "ns"), /^ {2}oncall by slack: accepted after \d s$/m);
        assert.deepEqual(
            sent.map(({ labels }) => (labels as Readonly<Record<string, string>>).severity),
            ["warning", "warning"],
        );
        assert.ok(new Date(String(sent[1]?.endsAt)).getTime() <= Date.now());
    });

    it("gives the alert a group of its own", async () => {
        const { labels } = await run();
        assert.equal(labels.alertname, "AlertTest");
        assert.match(labels.job ?? "", /^alert-test-\d\d:\d\d:\d\d$/);
    });

    for (const [about, fake, expected] of [
        [
            "a receiver rejects every request",
            { failed: 1 },
            /oncall by slack: FAILED: 1 requests failed; see `kubectl logs -n ns/,
        ],
        [
            "no receiver matches",
            { receivers: ["none"] },
            /FAILED: no receiver matches the alert, so nobody is notified/,
        ],
        ["a silence mutes the alert", { silencedBy: ["abc"], total: 0 }, /FAILED: the silence abc mutes the alert/],
        [
            "Prometheus does not reach Alertmanager",
            { watchdog: false },
            /FAILED: Alertmanager does not have the alert Watchdog/,
        ],
    ] as const) {
        it(`fails when ${about}`, async () => {
            const report = await run(fake);
            assert.equal(report.ok, false);
            assert.match(formatReport(report, "ns"), expected);
        });
    }

    it("counts requests by receiver and integration", () => {
        assert.deepEqual([...parseDeliveries(renderMetrics(7, 2))], [["oncall by slack", { sent: 5, failed: 2 }]]);
    });
});
