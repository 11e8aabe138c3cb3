import assert from "node:assert/strict";
import { namesOf } from "./support/cluster";
import { startSpans, storedSpans } from "./support/spans";
import { stackWith, up, verifyHolds } from "./support/stack";

const sandbox = stackWith("sandbox");
const changed = stackWith("sandbox", { "collector.batch.timeout": "2s" });

describe("a changed setting of the collector", () => {
    it("is one new ConfigMap and one roll-out, and no span is lost while spans flow", async () => {
        const before = await namesOf("configmaps");
        const spans = await startSpans("spans-during-roll-out", { perSecond: 50, seconds: 30 });
        const changes = await up(changed);
        assert.deepEqual(changes, { create: 1, delete: 1, update: 1 });

        const after = await namesOf("configmaps");
        const isNew = (name: string): boolean => !before.includes(name);
        assert.match(after.filter(isNew).join(), /^otel-collector-config-[0-9a-f]{8,}$/);
        assert.equal(after.length, before.length);
        assert.equal(await storedSpans(spans), spans.count);
    });

    it("can be taken back", async () => {
        const changes = await up(sandbox);
        assert.deepEqual(changes, { create: 1, delete: 1, update: 1 });
        await verifyHolds(sandbox);
    });
});
