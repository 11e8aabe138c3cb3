import assert from "node:assert/strict";
import { execa } from "execa";
import { kubectl, NAMESPACE } from "./support/cluster";
import { countAcceptedSpans, listReadyPods } from "./support/collector-pods";
import { assertIsolated, allowOtlpFromNamespace } from "./support/isolation";
import { eventually } from "./support/query-assertions";
import { SENDERS_NAMESPACE, type SpanSender, startSpanSender, countStoredTraces } from "./support/span-sender-pod";
import type { Stack } from "../../tools/stack/stack";
import { configureStack, tryPulumi, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox, TARGET } from "./support/target";

needsSandbox("it needs the sandbox's figures, which come every few seconds");

const MAX_REPLICAS = 2;
/** Each opens one gRPC connection while there is only one Collector. */
const SENDERS = ["scaling-a", "scaling-b", "scaling-c"];
const RATE = { perSecond: 30, seconds: 120, children: 8, namespace: SENDERS_NAMESPACE };
/** The metrics server and the autoscaler work at intervals, and a pod has to start. The load lasts longer. */
const SCALE_UP_TIMEOUT_SECONDS = 100;
const SCALE_DOWN_TIMEOUT_SECONDS = 300;

const sandbox = configureStack("sandbox");
/** Low thresholds and a short scale-down delay. Nothing else sends telemetry. */
const autoscaledStack = configureStack("sandbox", {
    "shop.enabled": false,
    "telemetrygen.enabled": false,
    // Several pods of a single tier generate no metrics from spans.
    spanMetrics: {},
    ...allowOtlpFromNamespace(SENDERS_NAMESPACE),
    "collector.receiver.maxConnectionAge": "5s",
    "collector.autoscaling": {
        enabled: true,
        maxReplicas: MAX_REPLICAS,
        cpuPercent: 1,
        memoryPercent: 60,
        scaleDownWindow: "10s",
    },
});

describe("Collector autoscaling", () => {
    let sent: readonly SpanSender[] = [];

    before(async () => {
        await pulumiUp(autoscaledStack);
        // Workloads of the previous stack may still have sent when the autoscaler measured first.
        await assertScaledDown();
        sent = await Promise.all(SENDERS.map((name) => startSpanSender(name, RATE)));
    });

    after(async () => {
        await kubectl("delete", "namespace", SENDERS_NAMESPACE, "--ignore-not-found", "--wait=false");
        await pulumiUp(sandbox);
        await assertVerified(sandbox);
    });

    it("scales up under load and rebalances existing connections", async () => {
        let before: readonly number[] | undefined;
        await eventually(async () => {
            const pods = await listReadyCollectors();
            assert.equal(pods.length, MAX_REPLICAS, "no Collector was added");
            const now = await Promise.all(pods.sort().map(countAcceptedSpans));
            before ??= now;
            const accepted = now.map((spans, pod) => spans - (before?.[pod] ?? 0));
            const all = accepted.reduce((sum, spans) => sum + spans, 0);
            assert.ok(
                accepted.every((spans) => spans > all / (4 * accepted.length)),
                `since there are more of them, the Collectors have accepted ${accepted.join(", ")} spans`,
            );
        }, SCALE_UP_TIMEOUT_SECONDS);
    });

    it("opens only the ports of its flows", async () => {
        await assertIsolated(autoscaledStack);
    });

    it("is not reverted by an update or refresh", async () => {
        for (const command of ["up", "refresh"]) {
            const { ok, output } = await tryPulumi(autoscaledStack, [
                command,
                "--yes",
                "--skip-preview",
                "--expect-no-changes",
            ]);
            assert.ok(ok, output);
        }
    });

    it("loses no data", async () => {
        for (const spans of sent) {
            assert.equal(await countStoredTraces(spans), spans.count, spans.name);
        }
    });

    it("scales down without load", async () => {
        await assertScaledDown();
    });
});

describe("enabling and disabling Collector autoscaling", () => {
    const quiet = { "shop.enabled": false, "telemetrygen.enabled": false };
    const fixed = (replicas: number): Stack => configureStack("sandbox", { ...quiet, "collector.replicas": replicas });
    /** The autoscaler adds pods up to the minimum, and removes none during the test. */
    const autoscaled = (minReplicas: number, changes: Readonly<Record<string, unknown>> = {}): Stack =>
        configureStack("sandbox", {
            ...quiet,
            "collector.autoscaling": { enabled: true, minReplicas, maxReplicas: 4, scaleDownWindow: "30m" },
            ...changes,
        });

    before(async () => {
        await pulumiUp(fixed(2));
        await assertReadyCollectors(2);
    });

    after(() => pulumiUp(sandbox));

    it("keeps the pods when it is enabled", async () => {
        const before = await listReadyCollectors();
        assert.ok((await getFewestReplicas(() => pulumiUp(autoscaled(1)))) >= 2);
        assert.deepEqual(await listReadyCollectors(), before);
    });

    it("leaves the number of pods to the autoscaler", async () => {
        await pulumiUp(autoscaled(3));
        await assertReadyCollectors(3);
        const changed = autoscaled(3, { "collector.batch.flushTimeout": "6s" });
        assert.ok((await getFewestReplicas(() => pulumiUp(changed))) >= 3);
        await pulumiUp(autoscaled(3));
        await assertReadyCollectors(3);
    });

    it("keeps the pods when it is disabled with their number", async () => {
        const before = await listReadyCollectors();
        assert.ok((await getFewestReplicas(() => pulumiUp(fixed(3)))) >= 3);
        assert.deepEqual(await listReadyCollectors(), before);
    });

    it("sets another number when it is disabled, at the latest in the second update", async () => {
        await pulumiUp(autoscaled(4));
        await assertReadyCollectors(4);
        // The autoscaler may act until the end of the update, which deletes it last.
        assert.ok((await getFewestReplicas(() => pulumiUp(fixed(3)))) >= 3);
        const { ok, output } = await tryPulumi(fixed(3), ["up", "--yes", "--skip-preview", "--refresh"]);
        assert.ok(ok, output);
        await assertReadyCollectors(3);
    });
});

/** Runs an update. Returns the smallest number of wanted and of ready Collectors during it. */
async function getFewestReplicas(update: () => Promise<unknown>): Promise<number> {
    const output = '--output=jsonpath={.spec.replicas} {.status.readyReplicas}{"\\n"}';
    const watch = execa(
        "kubectl",
        ["get", "deployment", "otel-collector", "--namespace", NAMESPACE, "--watch", output],
        { env: TARGET.env, reject: false },
    );
    try {
        await update();
    } finally {
        watch.kill();
    }
    const { stdout } = await watch;
    const lines = stdout.split("\n").filter((line) => line !== "");
    assert.notEqual(lines.length, 0, "kubectl has not seen the Deployment");
    return Math.min(...lines.flatMap((line) => line.split(" ").map(Number)));
}

async function assertReadyCollectors(count: number): Promise<void> {
    await eventually(async () => {
        assert.equal((await listReadyCollectors()).length, count);
    }, SCALE_UP_TIMEOUT_SECONDS);
}

async function assertScaledDown(): Promise<void> {
    await eventually(async () => {
        assert.equal((await listReadyCollectors()).length, 1);
    }, SCALE_DOWN_TIMEOUT_SECONDS);
}

async function listReadyCollectors(): Promise<string[]> {
    return (await listReadyPods("otel-collector")).sort();
}
