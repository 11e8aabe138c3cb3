import assert from "node:assert/strict";
import { queryPrometheus } from "./support/backend-api";
import { listObjects, kubectl, type NamedObject, NAMESPACE, listNames, KUBECTL_TIMEOUT } from "./support/cluster";
import { PortForwards } from "./support/port-forwards";
import { configureStack, tryPulumi, pulumiUp, assertVerified } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it needs the volumes of the sandbox");

const CLAIM = "prometheus-data";
const NO_SENDERS = { "shop.enabled": false, "telemetrygen.enabled": false };
const persistent = configureStack("sandbox", { ...NO_SENDERS, "prometheus.persistence": { enabled: true } });

async function getClaimUid(): Promise<string | undefined> {
    const claims = await listObjects<NamedObject>("persistentvolumeclaims");
    return claims.find(({ metadata }) => metadata.name === CLAIM)?.metadata.uid;
}

/** Values of the metrics of `make verify` in Prometheus, some seconds ago. */
async function queryVerifiedSeries(seconds: number): Promise<readonly number[]> {
    const forwards = await PortForwards.open(persistent);
    try {
        const query = `count({job="otel-stack-verify"} @ ${seconds})`;
        return await queryPrometheus(await forwards.backends.prometheus.url(), query, true);
    } finally {
        await forwards.close();
    }
}

describe("update of a stack that stores data", () => {
    let uid: string | undefined;
    let writtenAt: number;
    let written: readonly number[];

    before(async () => {
        await pulumiUp(persistent);
        await assertVerified(persistent);
        uid = await getClaimUid();
        assert.ok(uid);
        writtenAt = Math.floor(Date.now() / 1000);
        written = await queryVerifiedSeries(writtenAt);
        assert.ok(written.length > 0 && written.every((count) => count > 0), "no series of verify");
    });

    after(async () => {
        await pulumiUp(configureStack("sandbox", { allowDataLoss: ["jaeger", "prometheus"] }));
    });

    it("keeps the claim and its data when the default StorageClass is set", async () => {
        const named = { enabled: true, storageClass: "local" };
        const changes = await pulumiUp(configureStack("sandbox", { ...NO_SENDERS, "prometheus.persistence": named }));
        assert.equal(changes.replace ?? 0, 0);
        assert.equal(await getClaimUid(), uid);
        assert.deepEqual(await queryVerifiedSeries(writtenAt), written);
    });

    const losing: readonly (readonly [title: string, changes: Readonly<Record<string, unknown>>])[] = [
        ["persistence is disabled", {}],
        ["Prometheus is disabled", { prometheus: { enabled: false }, spanMetrics: {} }],
        [
            "the stack moves to another Namespace",
            { "prometheus.persistence": { enabled: true }, "namespace.name": "x" },
        ],
        ["namespace.create becomes false", { "prometheus.persistence": { enabled: true }, "namespace.create": false }],
    ];
    for (const [title, changes] of losing) {
        it(`fails when ${title}`, async () => {
            for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
                const { ok, output } = await tryPulumi(
                    configureStack("sandbox", { ...NO_SENDERS, ...changes }),
                    command,
                );
                assert.equal(ok, false);
                assert.match(output, /would lose stored data/);
                assert.match(output, /prometheus-data/);
            }
            assert.equal(await getClaimUid(), uid);
            assert.deepEqual(await queryVerifiedSeries(writtenAt), written);
        });
    }

    it("keeps a retained claim in the cluster", async () => {
        const jaeger = { enabled: true, retainOnDelete: true };
        const retained = { ...NO_SENDERS, "prometheus.persistence": { enabled: true }, "jaeger.persistence": jaeger };
        await pulumiUp(configureStack("sandbox", { ...retained, "jaeger.resources": { limits: { memory: "512Mi" } } }));
        await pulumiUp(persistent);
        assert.ok((await listNames("persistentvolumeclaims")).includes("jaeger-data"));
        await kubectl("delete", "persistentvolumeclaim", "jaeger-data", "-n", NAMESPACE, KUBECTL_TIMEOUT);
    });

    it("deletes the claim when allowDataLoss names its workload", async () => {
        await pulumiUp(configureStack("sandbox", { ...NO_SENDERS, allowDataLoss: ["prometheus"] }));
        assert.equal(await getClaimUid(), undefined);
    });
});
