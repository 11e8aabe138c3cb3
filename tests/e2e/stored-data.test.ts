import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { SIGNALS } from "../../config/types/signal";
import { listObjects, kubectl, type NamedObject, NAMESPACE, KUBECTL_TIMEOUT } from "./support/cluster";
import { postOtlp, renderRequest } from "./support/otlp-requests";
import { PortForwards } from "./support/port-forwards";
import { eventually } from "./support/query-assertions";
import { configureStack, tryPulumi, pulumiDestroy, pulumiUp } from "./support/stack";
import { findStoredItems } from "./support/stored-items";
import { needsSandbox } from "./support/target";

needsSandbox("it needs the volumes of the sandbox");

const ITEM_COUNT = 10;
const ARRIVAL_TIMEOUT_SECONDS = 90;
/** The kubelet measures volumes once a minute. */
const USAGE_TIMEOUT_SECONDS = 150;

type Changes = Readonly<Record<string, unknown>>;

/** All volumes that a stack on the sandbox may have, as small as possible. Nothing else sends. */
const PERSISTENT = {
    "durability.mode": "disk",
    "durability.maxOutage": "5m",
    "durability.itemsPerSecond": 20,
    topology: "two-tier",
    "shop.enabled": false,
    "telemetrygen.enabled": false,
};
const BACKENDS = ["jaeger", "victoriaLogs", "prometheus"] as const;
const DATA_CLAIMS = ["jaeger-data", "prometheus-data", "victorialogs-data"];
const QUEUE_CLAIMS = ["queues-otel-collector", "queues-otel-collector-traces"];
const ALL_CLAIMS = [...DATA_CLAIMS, ...QUEUE_CLAIMS];

const persistent = configureStack("sandbox", PERSISTENT);

function configureEach(change: (backend: (typeof BACKENDS)[number]) => Changes): Changes {
    return Object.assign({}, ...BACKENDS.map(change)) as Changes;
}

/** Settings of a stack on the claims that an earlier stack left. */
const EXISTING = configureEach((backend) => ({
    [`${backend}.persistence`]: { existingClaim: `${backend.toLowerCase()}-data` },
    ...(backend === "jaeger" ? {} : { [`${backend}.volumeSize`]: "1Gi" }),
}));

/** UIDs of the claims by name. A claim that was replaced has another one. */
async function listClaimUids(): Promise<Readonly<Record<string, string>>> {
    const claims = await listObjects<NamedObject>("persistentvolumeclaims");
    return Object.fromEntries(claims.map(({ metadata }) => [metadata.name, metadata.uid]));
}

async function listDataClaimUids(): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries(Object.entries(await listClaimUids()).filter(([name]) => DATA_CLAIMS.includes(name)));
}

/** Sends items of each signal. Returns a function that asserts that each backend still has all of them. */
async function sendItems(): Promise<() => Promise<void>> {
    const run = randomBytes(8).toString("hex");
    const at = Date.now();
    const forwards = await PortForwards.open(persistent);
    try {
        for (const signal of SIGNALS) {
            await postOtlp(forwards.collector, signal, renderRequest(signal, { run, first: 0, count: ITEM_COUNT, at }));
        }
    } finally {
        await forwards.close();
    }
    return async () => {
        const opened = await PortForwards.open(persistent);
        try {
            await eventually(async () => {
                for (const signal of SIGNALS) {
                    const range = { fromMs: at - 1000, toMs: at + 1000 };
                    const { ids } = await findStoredItems(signal, run, range, opened.backends);
                    assert.equal(ids.size, ITEM_COUNT, signal);
                }
            }, ARRIVAL_TIMEOUT_SECONDS);
        } finally {
            await opened.close();
        }
    };
}

describe("update of a stack that stores data", () => {
    let assertItemsStored: () => Promise<void>;
    let uids: Readonly<Record<string, string>>;

    before(async () => {
        await pulumiUp(persistent);
        assertItemsStored = await sendItems();
        await assertItemsStored();
        uids = await listClaimUids();
        const names = [...DATA_CLAIMS, ...QUEUE_CLAIMS.map((claim) => `${claim}-0`)];
        assert.deepEqual(
            names.filter((name) => uids[name] === undefined),
            [],
        );
    });

    async function assertNothingLost(): Promise<void> {
        assert.deepEqual(await listClaimUids(), uids);
        await assertItemsStored();
    }

    /** Changes of settings, and the claims that would be lost. */
    const losing: readonly (readonly [title: string, changes: Changes, claims: readonly string[]])[] = [
        ["Jaeger's persistence is disabled", { "jaeger.persistence.enabled": false }, ["jaeger-data"]],
        ["VictoriaLogs' persistence is disabled", { "victoriaLogs.persistence.enabled": false }, ["victorialogs-data"]],
        ["Prometheus' persistence is disabled", { "prometheus.persistence.enabled": false }, ["prometheus-data"]],
        [
            "Jaeger is disabled, and with it the trace tier",
            { jaeger: { enabled: false }, topology: "single-tier" },
            ["jaeger-data", "queues-otel-collector-traces"],
        ],
        ["VictoriaLogs is disabled", { victoriaLogs: { enabled: false } }, ["victorialogs-data"]],
        ["Prometheus is disabled", { prometheus: { enabled: false }, spanMetrics: {} }, ["prometheus-data"]],
        ["the trace tier is removed", { topology: "single-tier" }, ["queues-otel-collector-traces"]],
        ["existing claims take the place of the stack's", EXISTING, DATA_CLAIMS],
        ["volumes shrink with the retention", { "jaeger.retention": "1h" }, ["jaeger-data"]],
        ["the stack moves to another Namespace", { "namespace.name": "other-otel" }, ALL_CLAIMS],
        ["namespace.create becomes false", { "namespace.create": false }, ALL_CLAIMS],
    ];
    for (const [title, changes, claims] of losing) {
        it(`fails when ${title}`, async () => {
            const { ok, output } = await tryPulumi(configureStack("sandbox", { ...PERSISTENT, ...changes }), [
                "preview",
            ]);
            assert.equal(ok, false);
            assert.match(output, /would lose stored data/);
            const named = ALL_CLAIMS.filter((claim) => new RegExp(`\\b${claim}(?![-\\w])`).test(output));
            assert.deepEqual(named, claims);
        });
    }

    it("fails when durability.mode becomes memory, and says how much each claim holds", async () => {
        const { topology, "shop.enabled": shop, "telemetrygen.enabled": telemetrygen } = PERSISTENT;
        const inMemory = configureStack("sandbox", {
            topology,
            "shop.enabled": shop,
            "telemetrygen.enabled": telemetrygen,
        });
        await eventually(async () => {
            const { ok, output } = await tryPulumi(inMemory, ["up", "--yes", "--skip-preview"]);
            assert.equal(ok, false);
            for (const claim of ALL_CLAIMS) {
                assert.match(output, new RegExp(`/${claim} \\(\\d+Mi, [\\d.]+[KM]i used\\)`));
            }
        }, USAGE_TIMEOUT_SECONDS);
        await assertNothingLost();
    });

    it("keeps all claims and their data when StorageClasses are set and changed", async () => {
        for (const storageClass of ["local", "other", ""]) {
            const classes = configureEach((backend) => ({ [`${backend}.persistence.storageClass`]: storageClass }));
            const changes = await pulumiUp(configureStack("sandbox", { ...PERSISTENT, ...classes }));
            assert.equal(changes.replace ?? 0, 0);
        }
        await assertNothingLost();
    });

    it("keeps the claims of queues when their StorageClass is set", async () => {
        await pulumiUp(configureStack("sandbox", { ...PERSISTENT, "collector.queue.storageClass": "local" }));
        await assertNothingLost();
    });

    it("deletes only the claims of the workloads in allowDataLoss", async () => {
        const withoutTraces = { "jaeger.persistence.enabled": false, allowDataLoss: ["jaeger"] };
        await pulumiUp(configureStack("sandbox", { ...PERSISTENT, ...withoutTraces }));
        const { "jaeger-data": deleted, ...kept } = uids;
        assert.ok(deleted);
        assert.deepEqual(await listClaimUids(), kept);
        await pulumiUp(persistent);
        assertItemsStored = await sendItems();
        await assertItemsStored();
    });

    describe("with claims that survive it", () => {
        before(async () => {
            uids = await listDataClaimUids();
            const retained = configureEach((backend) => ({ [`${backend}.persistence.retainOnDelete`]: true }));
            await pulumiUp(configureStack("sandbox", { ...PERSISTENT, ...retained }));
        });

        it("uses them as existing claims, with their data", async () => {
            await pulumiUp(configureStack("sandbox", { ...PERSISTENT, ...EXISTING }));
            assert.deepEqual(await listDataClaimUids(), uids);
            await assertItemsStored();
        });

        it("leaves them and their Namespace when it is destroyed, and another stack finds their data", async () => {
            await pulumiDestroy(configureStack("sandbox", { ...PERSISTENT, ...EXISTING }));
            assert.deepEqual(await listDataClaimUids(), uids);
            const guest = configureStack("sandbox", { ...PERSISTENT, ...EXISTING, "namespace.create": false });
            await pulumiUp(guest);
            await assertItemsStored();
            await pulumiDestroy(guest);
            assert.deepEqual(await listDataClaimUids(), uids);
        });

        it("fails at the preview when an existing claim is missing", async () => {
            const missing = { "jaeger.persistence.enabled": true, "jaeger.persistence.existingClaim": "missing" };
            const resources = { "jaeger.resources": { limits: { memory: "512Mi" } } };
            const guest = { "namespace.create": false, ...missing, ...resources };
            const { ok, output } = await tryPulumi(configureStack("sandbox", guest), ["preview"]);
            assert.equal(ok, false);
            assert.match(output, /missing/);
        });

        after(async () => {
            await kubectl("delete", "namespace", NAMESPACE, KUBECTL_TIMEOUT);
            await pulumiUp(configureStack("sandbox"));
        });
    });
});
