import assert from "node:assert/strict";
import { WATCHDOG } from "../../components/prometheus/rules/alertmanager-alerts";
import { AlertmanagerClient } from "../../tools/alert-test/alertmanager";
import { formatReport, testAlert } from "../../tools/alert-test/alert-test";
import { kubectl, KUBECTL_TIMEOUT, NAMESPACE } from "./support/cluster";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { configureStack, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";
import {
    listNotifications,
    type Notification,
    RECEIVER_NAMESPACE,
    startWebhookReceiver,
    stopWebhookReceiver,
    WEBHOOK_URL,
} from "./support/webhook-receiver";

needsSandbox("its receiver runs an image of the sandbox");

const PODS = ["alertmanager-0", "alertmanager-1"] as const;
const BACKEND_DOWN = "BackendDown";
/** Follows from a backend that is down. */
const EXPORTER_STALLED = "CollectorExporterStalled";
/**
 * After their deletion the pods send no notification for 70 s and the second one waits 15 s for the first. Prometheus sends the
 * alert again up to a minute after they are ready.
 */
const FIRING_TIMEOUT_SECONDS = 240;
const RESOLVED_TIMEOUT_SECONDS = 120;
const GOSSIP_TIMEOUT_SECONDS = 60;
/** A pod sends no notification for 70 s after its start, and Prometheus sends again what it did not take. Then two intervals. */
const WATCHDOG_TIMEOUT_SECONDS = 180;

const webhook = { url: WEBHOOK_URL };
const egress = { namespaceSelectors: [{ "kubernetes.io/metadata.name": RECEIVER_NAMESPACE }] };
const stack = configureStack("sandbox", {
    alertmanager: {
        enabled: true,
        replicas: PODS.length,
        persistence: { enabled: true },
        receivers: {
            oncall: {
                webhook: { ...webhook, auth: "bearer", bearerToken: "e2e" },
                matchers: ['severity="critical"', 'job=~"jaeger|alert-test.*"'],
                egress,
            },
            team: { webhook, egress },
            "dead-man": { webhook, egress },
        },
        watchdog: { receiver: "dead-man", interval: "10s" },
        grouping: { wait: "5s", interval: "10s" },
    },
    "prometheus.externalLabels": { cluster: "e2e" },
    "networkPolicies.enabled": true,
});

async function findNotifications(receiver: string, alertname: string): Promise<readonly Notification[]> {
    return (await listNotifications()).filter(
        (notification) =>
            notification.receiver === receiver &&
            notification.alerts.some(({ labels }) => labels.alertname === alertname),
    );
}

interface Silence {
    readonly comment: string;
    readonly status: { readonly state: string };
}

/** Comments of the silences that a pod applies. */
async function listActiveSilences(pod: string): Promise<readonly string[]> {
    const proxy = `/api/v1/namespaces/${NAMESPACE}/pods/${pod}:9093/proxy/api/v2/silences`;
    const silences = JSON.parse(await kubectl("get", "--raw", proxy)) as Silence[];
    return silences.filter(({ status }) => status.state === "active").map(({ comment }) => comment);
}

async function createSilence(url: string, comment: string): Promise<void> {
    const response = await fetch(`${url}/api/v2/silences`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
            matchers: [{ name: "alertname", value: "SpanMetricsOverflow", isRegex: false, isEqual: true }],
            startsAt: new Date().toISOString(),
            endsAt: new Date(Date.now() + 3_600_000).toISOString(),
            createdBy: "e2e",
            comment,
        }),
    });
    assert.equal(response.status, 200, await response.text());
}

async function assertSilencedEverywhere(comment: string): Promise<void> {
    await eventually(async () => {
        for (const pod of PODS) {
            assert.deepEqual(await listActiveSilences(pod), [comment], pod);
        }
    }, GOSSIP_TIMEOUT_SECONDS);
}

describe("Alertmanager with two pods", () => {
    let forwards: PortForwards | undefined;

    before(async () => {
        await startWebhookReceiver();
        await pulumiUp(stack);
        forwards = await PortForwards.open(stack);
        // It fires a minute later, during the first tests.
        await kubectl("scale", "-n", NAMESPACE, "deployment/jaeger", "--replicas=0");
    });

    after(async () => {
        await forwards?.close();
        await kubectl("scale", "-n", NAMESPACE, "deployment/jaeger", "--replicas=1");
        await pulumiUp(configureStack("sandbox"));
        await stopWebhookReceiver();
    });

    function openClient(): Promise<string> {
        return (forwards ?? assert.fail("the stack is not deployed")).forwardTo("alertmanager").url();
    }

    it("sends the alert that always fires to its receiver again and again, and nothing else", async () => {
        await eventually(async () => {
            assert.ok((await findNotifications("dead-man", WATCHDOG)).length >= 2);
        }, WATCHDOG_TIMEOUT_SECONDS);
        const others = (await listNotifications())
            .filter(({ receiver }) => receiver === "dead-man")
            .flatMap(({ alerts }) => alerts.map(({ labels }) => labels.alertname))
            .filter((name) => name !== WATCHDOG);
        assert.deepEqual(others, []);
        assert.deepEqual(await findNotifications("team", WATCHDOG), []);
    });

    it("shares silences between its pods, and keeps them when all pods are deleted", async () => {
        await createSilence(await openClient(), "kept");
        await assertSilencedEverywhere("kept");
        await kubectl("delete", "pods", "-n", NAMESPACE, ...PODS, KUBECTL_TIMEOUT);
        await kubectl("rollout", "status", "-n", NAMESPACE, "statefulset/alertmanager", KUBECTL_TIMEOUT);
        await assertSilencedEverywhere("kept");
    });

    it("sends one notification about a backend that is down to each receiver that matches", async () => {
        await eventually(async () => {
            for (const receiver of ["oncall", "team"]) {
                assert.equal((await findNotifications(receiver, BACKEND_DOWN)).length, 1, receiver);
            }
        }, FIRING_TIMEOUT_SECONDS);
        const [notification] = await findNotifications("oncall", BACKEND_DOWN);
        assert.ok(notification !== undefined);
        const { alerts, authorization, groupLabels, status } = notification;
        assert.equal(authorization, "Bearer e2e");
        assert.equal(status, "firing");
        assert.deepEqual(groupLabels, { alertname: BACKEND_DOWN, job: "jaeger" });
        const [alert] = alerts;
        assert.equal(alert?.labels.cluster, "e2e");
        assert.equal(alert.annotations.value, "0");
        assert.match(alert.annotations.runbook_url ?? "", /#backenddown$/);
    });

    it("mutes what follows from the backend that is down", async () => {
        const client = new AlertmanagerClient(await openClient());
        await eventually(async () => {
            const stalled = await client.findAlert({ alertname: EXPORTER_STALLED });
            assert.ok(stalled !== undefined, "the Collector is not stalled");
            assert.equal(stalled.inhibitedBy.length, 1);
        }, FIRING_TIMEOUT_SECONDS);
        assert.deepEqual(await findNotifications("team", EXPORTER_STALLED), []);
    });

    it("is tested with an alert that names the receivers", async () => {
        const report = await testAlert(new AlertmanagerClient(await openClient()), {});
        const text = formatReport(report, NAMESPACE);
        assert.ok(report.ok, text);
        assert.match(text, /^Prometheus reaches Alertmanager/);
        assert.match(text, /^ {2}oncall by webhook: accepted after \d+ s$/m);
        assert.match(text, /^ {2}team by webhook: accepted after \d+ s$/m);
        assert.doesNotMatch(text, /dead-man/);
    });

    it("sends one notification when the backend is up again, and repeats none", async () => {
        await kubectl("scale", "-n", NAMESPACE, "deployment/jaeger", "--replicas=1");
        await eventually(async () => {
            for (const receiver of ["oncall", "team"]) {
                const statuses = (await findNotifications(receiver, BACKEND_DOWN)).map(({ status }) => status);
                assert.deepEqual(statuses, ["firing", "resolved"], receiver);
            }
        }, RESOLVED_TIMEOUT_SECONDS);
    });
});
