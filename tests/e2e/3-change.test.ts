import assert from "node:assert/strict";
import { get, type Named, namesOf } from "./support/cluster";
import { startSpans, storedSpans } from "./support/spans";
import { targetStack, up, verifyHolds } from "./support/stack";

const stack = targetStack();
const changed = targetStack({ "collector.batch.timeout": "2s" });

/** The new ConfigMap, the old one, the Deployment, and the component whose arguments they follow from. */
const ONE_ROLL_OUT = { create: 1, delete: 1, update: 2 };

async function generationsOfDeployments(): Promise<ReadonlyMap<string, number>> {
    const deployments = await get<Named & { metadata: { generation: number } }>("deployments");
    return new Map(deployments.map(({ metadata }) => [metadata.name, metadata.generation]));
}

describe("a changed setting of the collector", () => {
    it("is one new ConfigMap and one roll-out, and no span is lost while spans flow", async () => {
        const before = await namesOf("configmaps");
        const spans = await startSpans("spans-during-roll-out", { perSecond: 50, seconds: 30 });
        const generations = await generationsOfDeployments();
        assert.deepEqual(await up(changed), ONE_ROLL_OUT);

        const rolled = [...(await generationsOfDeployments())].filter(([name, now]) => now !== generations.get(name));
        assert.deepEqual(
            rolled.map(([name]) => name),
            ["otel-collector"],
        );
        const after = await namesOf("configmaps");
        const isNew = (name: string): boolean => !before.includes(name);
        assert.match(after.filter(isNew).join(), /^otel-collector-config-[0-9a-f]{8,}$/);
        assert.equal(after.length, before.length);
        assert.equal(await storedSpans(spans), spans.count);
    });

    it("can be taken back", async () => {
        assert.deepEqual(await up(stack), ONE_ROLL_OUT);
        await verifyHolds(stack);
    });
});
