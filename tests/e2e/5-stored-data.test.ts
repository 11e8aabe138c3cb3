import assert from "node:assert/strict";
import { numbers } from "./support/ask";
import { get, kubectl, type Named, NAMESPACE, namesOf, PATIENCE } from "./support/cluster";
import { Forwards } from "./support/forwards";
import { stackWith, tryPulumi, up, verifyHolds } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("it needs the volumes of the sandbox");

const CLAIM = "prometheus-data";
const QUIET = { "app.enabled": false, "telemetrygen.enabled": false };
const persistent = stackWith("sandbox", { ...QUIET, "prometheus.persistence": { enabled: true } });

async function claimUid(): Promise<string | undefined> {
    const claims = await get<Named>("persistentvolumeclaims");
    return claims.find(({ metadata }) => metadata.name === CLAIM)?.metadata.uid;
}

/** Values that Prometheus has of the metrics of `make verify` at a time in the past. */
async function verifiedSeriesAt(seconds: number): Promise<readonly number[]> {
    const forwards = await Forwards.of(persistent);
    try {
        const query = `count({job="otel-stack-verify"} @ ${seconds})`;
        return await numbers(await forwards.backends.prometheus.url(), query, true);
    } finally {
        await forwards.close();
    }
}

describe("an update of a stack that stores data", () => {
    let uid: string | undefined;
    let writtenAt: number;
    let written: readonly number[];

    before(async () => {
        await up(persistent);
        await verifyHolds(persistent);
        uid = await claimUid();
        assert.ok(uid);
        writtenAt = Math.floor(Date.now() / 1000);
        written = await verifiedSeriesAt(writtenAt);
        assert.ok(written.length > 0 && written.every((count) => count > 0), "no series of verify");
    });

    after(async () => {
        await up(stackWith("sandbox", { allowDataLoss: ["jaeger", "prometheus"] }));
    });

    it("keeps the claim and its data when the default StorageClass is named", async () => {
        const named = { enabled: true, storageClass: "local" };
        const changes = await up(stackWith("sandbox", { ...QUIET, "prometheus.persistence": named }));
        assert.equal(changes.replace ?? 0, 0);
        assert.equal(await claimUid(), uid);
        assert.deepEqual(await verifiedSeriesAt(writtenAt), written);
    });

    const losing: readonly (readonly [title: string, changes: Readonly<Record<string, unknown>>])[] = [
        ["persistence is switched off", {}],
        ["Prometheus is switched off", { "prometheus.enabled": false }],
        [
            "the stack moves to another Namespace",
            { "prometheus.persistence": { enabled: true }, "namespace.name": "x" },
        ],
        [
            "the stack gives its Namespace up",
            { "prometheus.persistence": { enabled: true }, "namespace.create": false },
        ],
    ];
    for (const [title, changes] of losing) {
        it(`is stopped when ${title}`, async () => {
            for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
                const { ok, output } = await tryPulumi(stackWith("sandbox", { ...QUIET, ...changes }), command);
                assert.equal(ok, false);
                assert.match(output, /would lose stored data/);
                assert.match(output, /prometheus-data/);
            }
            assert.equal(await claimUid(), uid);
            assert.deepEqual(await verifiedSeriesAt(writtenAt), written);
        });
    }

    it("leaves a retained claim in the cluster", async () => {
        const jaeger = { enabled: true, retainOnDelete: true };
        const retained = { ...QUIET, "prometheus.persistence": { enabled: true }, "jaeger.persistence": jaeger };
        await up(stackWith("sandbox", { ...retained, "jaeger.resources": { limits: { memory: "512Mi" } } }));
        await up(persistent);
        assert.ok((await namesOf("persistentvolumeclaims")).includes("jaeger-data"));
        await kubectl("delete", "persistentvolumeclaim", "jaeger-data", "-n", NAMESPACE, PATIENCE);
    });

    it("deletes the claim when allowDataLoss names its workload", async () => {
        await up(stackWith("sandbox", { ...QUIET, allowDataLoss: ["prometheus"] }));
        assert.equal(await claimUid(), undefined);
    });
});
