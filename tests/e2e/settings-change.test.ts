import assert from "node:assert/strict";
import { listObjects, type NamedObject, listNames } from "./support/cluster";
import { startSpanSender, countStoredTraces } from "./support/span-sender-pod";
import { configureTargetStack, pulumiUp, assertVerified } from "./support/stack";

const stack = configureTargetStack();
const changed = configureTargetStack({ "collector.batch.flushTimeout": "2s" });

/** The new ConfigMap, the old one, the Deployment, and the component whose arguments changed. */
const ONE_ROLLOUT = { create: 1, delete: 1, update: 2 };

async function listDeploymentGenerations(): Promise<ReadonlyMap<string, number>> {
    const deployments = await listObjects<NamedObject & { metadata: { generation: number } }>("deployments");
    return new Map(deployments.map(({ metadata }) => [metadata.name, metadata.generation]));
}

describe("changed Collector setting", () => {
    it("rolls out one new ConfigMap without losing spans", async () => {
        const before = await listNames("configmaps");
        const spans = await startSpanSender("spans-during-roll-out", { perSecond: 50, seconds: 30 });
        const generations = await listDeploymentGenerations();
        assert.deepEqual(await pulumiUp(changed), ONE_ROLLOUT);

        const rolled = [...(await listDeploymentGenerations())].filter(([name, now]) => now !== generations.get(name));
        assert.deepEqual(
            rolled.map(([name]) => name),
            ["otel-collector"],
        );
        const after = await listNames("configmaps");
        const isNew = (name: string): boolean => !before.includes(name);
        assert.match(after.filter(isNew).join(), /^otel-collector-config-[0-9a-f]{8,}$/);
        assert.equal(after.length, before.length);
        assert.equal(await countStoredTraces(spans), spans.count);
    });

    it("can be reverted", async () => {
        assert.deepEqual(await pulumiUp(stack), ONE_ROLLOUT);
        await assertVerified(stack);
    });
});
