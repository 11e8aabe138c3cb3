import assert from "node:assert/strict";
import { kubectl } from "./support/cluster";
import { acceptedBy, readyPods } from "./support/collectors";
import { assertIsolated, policiesFor } from "./support/isolation";
import { eventually } from "./support/questions";
import { SENDERS_NAMESPACE, type Spans, startSpans, storedSpans } from "./support/spans";
import { stackWith, tryPulumi, up, verifyHolds } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it needs the sandbox's figures, which come every few seconds");

const MOST = 2;
/** Each is one gRPC connection, opened while there is one Collector. */
const SENDERS = ["scaling-a", "scaling-b", "scaling-c"];
const RATE = { perSecond: 30, seconds: 120, children: 8, namespace: SENDERS_NAMESPACE };
/** The metrics server and the autoscaler look every so often, and a pod starts; the load lasts longer. */
const ADDED_WITHIN_SECONDS = 100;
const REMOVED_WITHIN_SECONDS = 300;

const sandbox = stackWith("sandbox");
/** Little is much, and a lull is short. Nobody else sends. */
const scaled = stackWith("sandbox", {
    "app.enabled": false,
    "telemetrygen.enabled": false,
    ...policiesFor(SENDERS_NAMESPACE),
    "jaeger.maxTraces": 15_000,
    "jaeger.resources": { limits: { memory: "512Mi" } },
    "collector.receiver.maxConnectionAge": "5s",
    "collector.autoscaling": {
        enabled: true,
        maxReplicas: MOST,
        cpuPercent: 1,
        memoryPercent: 79,
        scaleDownWindow: "10s",
    },
});

describe("a stack whose Collectors are scaled", () => {
    let sent: readonly Spans[] = [];

    before(async () => {
        await up(scaled);
        // What was there before may still have sent when the autoscaler first looked.
        await assertOneIsEnough();
        sent = await Promise.all(SENDERS.map((name) => startSpans(name, RATE)));
    });

    after(async () => {
        await kubectl("delete", "namespace", SENDERS_NAMESPACE, "--ignore-not-found", "--wait=false");
        await up(sandbox);
        await verifyHolds(sandbox);
    });

    it("has more of them once there is load, each of which takes a part of what the same connections bring", async () => {
        let before: readonly number[] | undefined;
        await eventually(async () => {
            const pods = await readyCollectors();
            assert.equal(pods.length, MOST, "no Collector was added");
            const now = await Promise.all(pods.sort().map(acceptedBy));
            before ??= now;
            const taken = now.map((spans, pod) => spans - (before?.[pod] ?? 0));
            const all = taken.reduce((sum, spans) => sum + spans, 0);
            assert.ok(
                taken.every((spans) => spans > all / (4 * taken.length)),
                `since there are more of them, the Collectors have taken ${taken.join(", ")} spans`,
            );
        }, ADDED_WITHIN_SECONDS);
    });

    it("has no open port but those of its flows", async () => {
        await assertIsolated(scaled);
    });

    it("is changed neither by an update nor by a refresh", async () => {
        for (const command of ["up", "refresh"]) {
            const { ok, output } = await tryPulumi(scaled, [command, "--yes", "--skip-preview", "--expect-no-changes"]);
            assert.ok(ok, output);
        }
    });

    it("loses none of what was sent meanwhile", async () => {
        for (const spans of sent) {
            assert.equal(await storedSpans(spans), spans.count, spans.name);
        }
    });

    it("has fewer of them when there is no load any more", async () => {
        await assertOneIsEnough();
    });
});

async function assertOneIsEnough(): Promise<void> {
    await eventually(async () => {
        assert.equal((await readyCollectors()).length, 1);
    }, REMOVED_WITHIN_SECONDS);
}

async function readyCollectors(): Promise<string[]> {
    return readyPods("otel-collector");
}
