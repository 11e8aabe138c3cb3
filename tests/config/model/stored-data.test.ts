import assert from "node:assert/strict";
import { type StoredData, compareStoredData, retainsNamespace } from "../../../config/model/stored-data";
import { validate } from "../../../config/validate";
import { loadProgram, startMocks, renderProgram, type Settings } from "../../../tools/render/program";

const PERSISTENT: Settings = { prometheus: { persistence: { enabled: true } } };

/** What an update to these settings leaves in the state. */
async function resolveStoredData(settings: Settings): Promise<StoredData> {
    const { program } = await renderProgram(settings);
    return program.storedData;
}

/** An update from the first settings to the second. */
async function planUpdate(before: Settings, after: Settings): Promise<readonly string[]> {
    const previous = { storedData: await resolveStoredData(before) };
    const recorder = await startMocks(after, [], "test", true, previous);
    try {
        await loadProgram();
    } catch (error) {
        await recorder.settle();
        assert.deepEqual(recorder.resources, [], "no resource is registered before the check");
        assert.ok(error instanceof Error);
        return error.message
            .split("\n")
            .slice(1)
            .map((line) => line.trim());
    }
    await recorder.settle();
    return [];
}

describe("stored data of a stack", () => {
    it("lists the volume claims of stores and queues", async () => {
        const { volumes } = await resolveStoredData({ durability: { mode: "disk" }, topology: "two-tier" });
        assert.deepEqual(
            volumes.map(({ claim, owner }) => `${owner} ${claim}`),
            [
                "jaeger jaeger-data",
                "loki loki-data",
                "prometheus prometheus-data",
                "collector queues-otel-collector",
                "traceTier queues-otel-collector-traces",
            ],
        );
    });

    it("names the claims that the program declares", async () => {
        const { program, recorder } = await renderProgram({ durability: { mode: "disk" } });
        const claims = recorder.manifests
            .filter(({ kind }) => kind === "PersistentVolumeClaim")
            .map(({ metadata }) => metadata.name);
        const stores = program.storedData.volumes.filter(({ owner }) => owner !== "collector");
        assert.deepEqual(stores.map(({ claim }) => claim).sort(), claims.sort());
    });

    it("is empty when nothing is on a volume", async () => {
        assert.deepEqual((await resolveStoredData({})).volumes, []);
    });
});

describe("retainsNamespace", () => {
    const retains = (settings: Settings): boolean => {
        const { settings: all } = validate(settings);
        assert.ok(all);
        return retainsNamespace(all);
    };

    it("is true while a store has retainOnDelete, also after the store has left the stack", () => {
        const persistence = { enabled: true, retainOnDelete: true };
        assert.equal(retains({ prometheus: { persistence } }), true);
        assert.equal(retains({ prometheus: { enabled: false, persistence } }), true);
        assert.equal(retains({ prometheus: { persistence: { ...persistence, enabled: false } } }), true);
    });

    it("is false without retainOnDelete", () => {
        assert.equal(retains({ durability: { mode: "disk" } }), false);
    });
});

describe("an update that would lose stored data", () => {
    const cases: readonly (readonly [title: string, before: Settings, after: Settings, expected: RegExp])[] = [
        [
            "persistence is switched off",
            PERSISTENT,
            {},
            /^prometheus: claim playground-otel\/prometheus-data \(1024Mi\)/,
        ],
        [
            "the backend is switched off",
            PERSISTENT,
            { prometheus: { enabled: false } },
            /allowDataLoss: \[prometheus\]/,
        ],
        [
            "the Namespace is renamed",
            PERSISTENT,
            { ...PERSISTENT, namespace: { name: "other" } },
            /the stack moves to other/,
        ],
        [
            "the stack gives up a Namespace that it made",
            PERSISTENT,
            { ...PERSISTENT, namespace: { create: false } },
            /^namespace\.create: .*prometheus-data/,
        ],
        [
            "the size shrinks",
            { prometheus: { persistence: { enabled: true }, volumeSize: "2Gi" } },
            PERSISTENT,
            /cannot shrink to 1024Mi\. Set prometheus\.volumeSize: 2Gi/,
        ],
    ];
    for (const [title, before, after, expected] of cases) {
        it(`stops before anything is registered when ${title}`, async () => {
            const [loss = "", ...others] = await planUpdate(before, after);
            assert.match(loss, expected);
            assert.deepEqual(others, []);
        });
    }

    it("names the queues too when durability goes from disk to memory", async () => {
        const losses = await planUpdate({ durability: { mode: "disk" } }, {});
        assert.deepEqual(
            losses.map((loss) => loss.split(":")[0]),
            ["jaeger", "loki", "prometheus", "collector"],
        );
    });

    it("goes on for the workloads that allowDataLoss names", async () => {
        assert.deepEqual(await planUpdate(PERSISTENT, { allowDataLoss: ["prometheus"] }), []);
    });

    it("goes on when the claim is retained", async () => {
        const retained = { prometheus: { persistence: { enabled: true, retainOnDelete: true } } };
        assert.deepEqual(await planUpdate(retained, {}), []);
    });
});

describe("an update that keeps stored data", () => {
    const kept: readonly (readonly [title: string, before: Settings, after: Settings])[] = [
        ["nothing changes", PERSISTENT, PERSISTENT],
        ["a volume is added", {}, PERSISTENT],
        ["a volume grows", PERSISTENT, { prometheus: { persistence: { enabled: true }, volumeSize: "2Gi" } }],
        ["the class is named", PERSISTENT, { prometheus: { persistence: { enabled: true, storageClass: "fast" } } }],
        [
            "the template of queue volumes shrinks",
            { durability: { mode: "disk" }, collector: { queue: { volumeSize: "8Gi" } } },
            { durability: { mode: "disk" } },
        ],
    ];
    for (const [title, before, after] of kept) {
        it(`goes on when ${title}`, async () => {
            assert.deepEqual(await planUpdate(before, after), []);
        });
    }

    it("says that a claim keeps its class", () => {
        const volume = {
            owner: "prometheus",
            namespace: "observability",
            claim: "prometheus-data",
            size: "1Gi",
            retained: false,
        } as const;
        const before = { namespace: "observability", namespaceCreated: true, volumes: [volume] };
        const after = { ...before, volumes: [{ ...volume, storageClass: "fast" }] };
        assert.deepEqual(compareStoredData(before, after, []), {
            losses: [],
            notices: [
                "prometheus: claim observability/prometheus-data keeps the class that it was made with; class fast applies to new claims only.",
            ],
        });
    });
});
