import assert from "node:assert/strict";
import {
    type StoredData,
    compareStoredData,
    resolveStoredData as resolveModel,
    retainsNamespace,
} from "../../../config/model/stored-data";
import { BACKENDS_WITH_VOLUME, type BackendWithVolume } from "../../../config/model/volumes";
import { validate } from "../../../config/validate";
import { parseSettings } from "../../support/settings";
import { loadProgram, startMocks, renderProgram, type Settings } from "../../../tools/render/program";

const PERSISTENT: Settings = { prometheus: { persistence: { enabled: true } } };
const EXISTING = createExisting("restored");

function createExisting(existingClaim: string): Settings {
    return { prometheus: { volumeSize: "1Gi", persistence: { enabled: true, existingClaim } } };
}

/** The same without running the program. */
function resolveModelData(raw: Settings): StoredData {
    return resolveModel(parseSettings(raw));
}

/** The size that a backend needs for an existing claim. */
const SIZE: Readonly<Partial<Record<BackendWithVolume, Settings>>> = {
    prometheus: { volumeSize: "2Gi" },
    victoriaLogs: { volumeSize: "2Gi" },
};

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
    it("lists the volume claims of backends and queues", async () => {
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

    it("names the claims that the program creates", async () => {
        const { program, recorder } = await renderProgram({ durability: { mode: "disk" } });
        const claims = recorder.manifests
            .filter(({ kind }) => kind === "PersistentVolumeClaim")
            .map(({ metadata }) => metadata.name);
        const stores = program.storedData.volumes.filter(({ owner }) => owner !== "collector");
        assert.deepEqual(stores.map(({ claim }) => claim).sort(), claims.sort());
    });

    it("is empty without volumes", async () => {
        assert.deepEqual((await resolveStoredData({})).volumes, []);
    });
});

describe("retainsNamespace", () => {
    const retains = (settings: Settings): boolean => {
        const { settings: all } = validate(settings);
        assert.ok(all);
        return retainsNamespace(all);
    };

    it("returns true when a backend has retainOnDelete, even when disabled", () => {
        const persistence = { enabled: true, retainOnDelete: true };
        assert.equal(retains({ prometheus: { persistence } }), true);
        assert.equal(retains({ prometheus: { enabled: false, persistence: { retainOnDelete: true } } }), true);
        assert.equal(retains({ prometheus: { persistence: { ...persistence, enabled: false } } }), true);
    });

    it("returns true when a backend uses an existing claim", () => {
        assert.equal(retains(EXISTING), true);
    });

    it("returns false without retainOnDelete", () => {
        assert.equal(retains({ durability: { mode: "disk" } }), false);
    });
});

describe("update that loses stored data", () => {
    const cases: readonly (readonly [title: string, before: Settings, after: Settings, expected: RegExp])[] = [
        [
            "persistence is disabled",
            PERSISTENT,
            {},
            /^prometheus: claim playground-otel\/prometheus-data \(1024Mi, used bytes unknown\)/,
        ],
        ["the backend is disabled", PERSISTENT, { prometheus: { enabled: false } }, /allowDataLoss: \[prometheus\]/],
        [
            "the Namespace is renamed",
            PERSISTENT,
            { ...PERSISTENT, namespace: { name: "other" } },
            /the stack moves to Namespace other/,
        ],
        [
            "namespace.create becomes false",
            PERSISTENT,
            { ...PERSISTENT, namespace: { create: false } },
            /^namespace\.create: .*prometheus-data/,
        ],
        [
            "an existing claim takes its place",
            PERSISTENT,
            EXISTING,
            /^prometheus: claim playground-otel\/prometheus-data/,
        ],
        [
            "existingClaim names the claim of the stack",
            PERSISTENT,
            createExisting("prometheus-data"),
            /first set prometheus\.persistence\.retainOnDelete: true/,
        ],
        [
            "the volume shrinks",
            { prometheus: { persistence: { enabled: true }, volumeSize: "2Gi" } },
            PERSISTENT,
            /cannot shrink to 1024Mi\. Set prometheus\.volumeSize: 2Gi/,
        ],
    ];
    for (const [title, before, after, expected] of cases) {
        it(`fails before any resource is registered when ${title}`, async () => {
            const [loss = "", ...others] = await planUpdate(before, after);
            assert.match(loss, expected);
            assert.deepEqual(others, []);
        });
    }

    for (const backend of BACKENDS_WITH_VOLUME) {
        const resources = { limits: { memory: "512Mi" } };
        const stored = { enabled: true, resources, persistence: { enabled: true }, volumeSize: "2Gi" };
        const existing = { enabled: true, existingClaim: "restored" };
        const changes: readonly (readonly [title: string, after: object | undefined])[] = [
            ["nothing", stored],
            ["persistence disabled", { enabled: true, resources }],
            ["disabled", { enabled: false }],
            ["a smaller volume", { ...stored, volumeSize: "1Gi" }],
            ["an existing claim", { enabled: true, resources, persistence: existing, ...SIZE[backend] }],
        ];
        it(`stops each change that would lose the claim of ${backend}, and names only it`, () => {
            const before = resolveModelData({ [backend]: stored });
            const losses = changes.map(([title, after]) => {
                const messages = compareStoredData(before, resolveModelData({ [backend]: after }), []).losses;
                return [title, messages.map((message) => message.split(/[:.]/)[0])];
            });
            assert.deepEqual(losses, [["nothing", []], ...changes.slice(1).map(([title]) => [title, [backend]])]);
        });
    }

    it("names the queues too when durability.mode changes from disk to memory", async () => {
        const losses = await planUpdate({ durability: { mode: "disk" } }, {});
        assert.deepEqual(
            losses.map((loss) => loss.split(":")[0]),
            ["jaeger", "loki", "prometheus", "collector"],
        );
    });

    it("succeeds for the workloads in allowDataLoss", async () => {
        assert.deepEqual(await planUpdate(PERSISTENT, { allowDataLoss: ["prometheus"] }), []);
    });

    it("names the used bytes of claims, of the queues in all pods together", async () => {
        const before = await resolveStoredData({ durability: { mode: "disk" }, loki: { enabled: false } });
        const usage = new Map([
            ["prometheus-data", 5.25 * 2 ** 20],
            ["queues-otel-collector-0", 2 ** 18],
            ["queues-otel-collector-1", 2 ** 18 + 1],
            ["queues-otel-collector-traces-0", 2 ** 30],
        ]);
        const { losses } = compareStoredData(before, await resolveStoredData({}), [], usage);
        const amounts = losses.map((loss) => /^(\w+): .* \(\w+, ([^)]*)\)/.exec(loss)?.slice(1).join(": "));
        assert.deepEqual(amounts, ["jaeger: used bytes unknown", "prometheus: 5.3Mi used", "collector: 513Ki used"]);
        const outside = { ...(await resolveStoredData({ durability: { mode: "disk" } })), namespaceCreated: false };
        const [namespace = ""] = compareStoredData(before, outside, [], usage).losses;
        assert.match(namespace, /prometheus-data \(1024Mi, 5\.3Mi used\)/);
    });

    it("succeeds when the claim is retained", async () => {
        const retained = { prometheus: { persistence: { enabled: true, retainOnDelete: true } } };
        assert.deepEqual(await planUpdate(retained, {}), []);
    });
});

describe("update that keeps stored data", () => {
    const kept: readonly (readonly [title: string, before: Settings, after: Settings])[] = [
        ["nothing changes", PERSISTENT, PERSISTENT],
        ["a volume is added", {}, PERSISTENT],
        ["a volume grows", PERSISTENT, { prometheus: { persistence: { enabled: true }, volumeSize: "2Gi" } }],
        ["an existing claim is replaced by another", EXISTING, createExisting("other")],
        ["an existing claim leaves the stack", EXISTING, {}],
        ["an existing claim moves with the stack", EXISTING, { ...EXISTING, namespace: { name: "other" } }],
        [
            "a retained claim becomes an existing claim",
            { prometheus: { persistence: { enabled: true, retainOnDelete: true } } },
            createExisting("prometheus-data"),
        ],
        ["a StorageClass is set", PERSISTENT, { prometheus: { persistence: { enabled: true, storageClass: "fast" } } }],
        [
            "the size of queue volumes shrinks",
            { durability: { mode: "disk" }, collector: { queue: { volumeSize: "8Gi" } } },
            { durability: { mode: "disk" } },
        ],
    ];
    for (const [title, before, after] of kept) {
        it(`succeeds when ${title}`, async () => {
            assert.deepEqual(await planUpdate(before, after), []);
        });
    }

    it("warns that a claim keeps its StorageClass", () => {
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
                "prometheus: claim observability/prometheus-data keeps its class; class fast applies to new claims only.",
            ],
        });
    });
});
