import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { pulumiOutput } from "../../tools/stack/stack";
import { listObjects, type NamedObject, listNames } from "./support/cluster";
import { startSpanSender, countStoredTraces } from "./support/span-sender-pod";
import { configureTargetStack, pulumiUp, assertVerified, putSecretSetting } from "./support/stack";

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

describe("changed secret header", () => {
    /** A destination that never answers. It receives logs only, so that traces do not depend on it. */
    const vendor = { endpoint: "https://vendor.invalid:4317", signals: ["logs"] };
    const withVendor = configureTargetStack({ destinations: { vendor } });
    const setHeader = (value: string) =>
        putSecretSetting(withVendor, "destinations.vendor.secretHeaders.authorization", value);

    const listVendorSecrets = async (): Promise<readonly string[]> =>
        (await listNames("secrets")).filter((name) => name.startsWith("otel-collector-vendor-secrets-"));

    async function getCollector(): Promise<{ readonly uid: string; readonly spec: string }> {
        const deployments = await listObjects<NamedObject & { spec: object }>("deployments");
        const { metadata, spec } = deployments.find(({ metadata: { name } }) => name === "otel-collector") ?? {};
        return { uid: metadata?.uid ?? "", spec: JSON.stringify(spec) };
    }

    before(async () => {
        await setHeader("Bearer first");
        await pulumiUp(withVendor);
    });

    after(() => pulumiUp(stack));

    it("creates another Secret and replaces the pods without losing spans, and is readable nowhere", async () => {
        const [before, ...others] = await listVendorSecrets();
        assert.deepEqual(others, []);
        const collector = await getCollector();
        const spans = await startSpanSender("spans-during-rotation", { perSecond: 50, seconds: 30 });
        const value = randomBytes(12).toString("hex");
        await setHeader(`Bearer ${value}`);
        const { replace, ...changes } = await pulumiUp(withVendor);
        // The Secret and the suffix of its name.
        assert.equal(replace, 2);
        assert.deepEqual(Object.keys(changes), ["update"]);

        const [after = "", ...more] = await listVendorSecrets();
        assert.deepEqual(more, []);
        assert.notEqual(after, before);
        const rolled = await getCollector();
        assert.equal(rolled.uid, collector.uid);
        assert.ok(rolled.spec.includes(after));
        assert.equal(await countStoredTraces(spans), spans.count);

        const state = await pulumiOutput(withVendor, ["stack", "export"]);
        assert.ok(state.includes(after));
        assert.ok(!state.includes(value) && !state.includes(Buffer.from(`Bearer ${value}`).toString("base64")));
    });
});
