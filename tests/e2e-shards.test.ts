import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { NODES_VARIABLE } from "./e2e/support/target";
import { listTestFiles, planTests } from "./e2e/support/test-plan";
import { listShardFiles, OWN_CLUSTER, STAGES } from "./e2e/support/shards";
import { getRejectionMessage, removeDirectory, createTemporaryDirectory } from "./support/fake-commands";

const FILES = fs.readdirSync(path.join(__dirname, "e2e")).filter((file) => file.endsWith(".test.ts"));
const SHARDS = STAGES.flat();

describe("e2e shards", () => {
    it("contain each file once", () => {
        const all = SHARDS.flatMap((shard) => listShardFiles(shard, FILES));
        const elsewhere = listShardFiles(OWN_CLUSTER, FILES).filter((file) => !all.includes(file));
        assert.deepEqual([...all, ...elsewhere].sort(), [...FILES].sort());
    });

    it("name only existing files", () => {
        for (const { name, files } of [...SHARDS, OWN_CLUSTER]) {
            const absent = files.filter((file) => !FILES.includes(`${file}.test.ts`));
            assert.deepEqual(absent, [], name);
        }
    });

    it("have Namespaces of which none is a prefix of another in the same stage", () => {
        for (const shards of STAGES) {
            for (const { name, namespace } of shards) {
                const others = shards.filter((shard) => shard.name !== name);
                assert.ok(!others.some((shard) => shard.namespace.startsWith(namespace)), namespace);
            }
        }
    });

    it("run files in the order of the shard, whatever the order of the request", () => {
        const [main] = STAGES[0] ?? [];
        assert.ok(main !== undefined);
        assert.deepEqual(listShardFiles(main, ["faults.test.ts", "shop.test.ts", "deploy.test.ts"]), [
            "deploy.test.ts",
            "shop.test.ts",
            "faults.test.ts",
        ]);
    });
});

describe("Namespaces of e2e tests", () => {
    it("begin with the stack's Namespace, by which other shards recognise them", () => {
        const folder = path.join(__dirname, "e2e");
        const files = fs
            .readdirSync(folder, { recursive: true, encoding: "utf8" })
            .filter((file) => file.endsWith(".ts"));
        const derived = files.flatMap((file) => [
            ...fs
                .readFileSync(path.join(folder, file), "utf8")
                .matchAll(/^(?:export )?const \w+ = `(.*\$\{NAMESPACE\}[\w-]*)`;$/gm),
        ]);
        const names = derived
            .map(([, name]) => name ?? "")
            .filter((name) => /^[\w-]*\$\{NAMESPACE\}[\w-]*$/.test(name));
        assert.ok(names.length >= 4, names.join());
        assert.deepEqual(
            names.filter((name) => !name.startsWith("${NAMESPACE}")),
            [],
        );
    });
});

describe("planTests", () => {
    const textOf = (file: string): string => fs.readFileSync(path.join(__dirname, "e2e", file), "utf8");

    it("returns for an external cluster a Namespace that no shard of the sandbox uses", () => {
        assert.ok(!SHARDS.some(({ namespace }) => namespace.startsWith(OWN_CLUSTER.namespace)));
    });

    it("returns deploy, signals, settings-change, faults and loki for an external cluster", () => {
        const { files } = planTests("own", []);
        for (const file of ["deploy", "signals", "settings-change", "faults", "loki"]) {
            assert.ok(files.includes(`${file}.test.ts`), file);
        }
    });

    it("gives a reason for every file that it omits", () => {
        for (const cluster of ["sandbox", "own"] as const) {
            const { files, leftOut } = planTests(cluster, []);
            assert.deepEqual([...files, ...Object.keys(leftOut)].sort(), listTestFiles());
            assert.ok(Object.values(leftOut).every((why) => why.length > 10));
        }
        assert.deepEqual(Object.keys(planTests("sandbox", []).leftOut), [
            "collector-restarts.test.ts",
            "loki.test.ts",
            "nodes.test.ts",
        ]);
    });

    it("returns the file for two nodes by name, or when E2E_NODES is 2", () => {
        assert.deepEqual(planTests("sandbox", ["nodes"]).files, ["deploy.test.ts", "nodes.test.ts"]);
        process.env[NODES_VARIABLE] = "2";
        try {
            assert.deepEqual(Object.keys(planTests("sandbox", []).leftOut), ["loki.test.ts"]);
        } finally {
            Reflect.deleteProperty(process.env, NODES_VARIABLE);
        }
    });

    it("returns no file that uses the sandbox for an external cluster", () => {
        for (const file of planTests("own", []).files) {
            const imported = [...textOf(file).matchAll(/^(?:import .*|\}) from "(.+)";$/gm)].map(
                ([, from]) => from ?? "",
            );
            const ofSandbox = imported.filter(
                (from) => from.includes("/sandbox/") && !from.endsWith("/sandbox/directories"),
            );
            assert.deepEqual(ofSandbox, [], file);
            assert.doesNotMatch(textOf(file), /otel-sandbox|configureStack\(/, file);
        }
    });

    it("includes the file that deploys the stack in every selection", () => {
        assert.deepEqual(planTests("own", ["settings-change"]).files, ["deploy.test.ts", "settings-change.test.ts"]);
        assert.deepEqual(planTests("sandbox", ["removal.test.ts", "helm-chart"]).files, [
            "deploy.test.ts",
            "helm-chart.test.ts",
            "removal.test.ts",
        ]);
    });

    for (const [what, cluster, asked, message] of [
        ["a file that does not exist", "sandbox", ["none"], /^tests\/e2e has no none\.test\.ts; it has addresses/],
        [
            "a sandbox file on an external cluster",
            "own",
            ["removal"],
            /^removal\.test\.ts does not run on this cluster: it ends/,
        ],
        [
            "a file for external clusters on the sandbox",
            "sandbox",
            ["loki"],
            /^loki\.test\.ts does not run on the sandbox: Loki/,
        ],
    ] as const) {
        it(`rejects ${what}`, async () => {
            assert.match(await getRejectionMessage(Promise.resolve().then(() => planTests(cluster, asked))), message);
        });
    }

    it("rejects a declaration whose reason is not one string literal", async () => {
        const folder = createTemporaryDirectory();
        try {
            fs.writeFileSync(path.join(folder, "deploy.test.ts"), "needsSandbox(WHY);\n");
            const message = await getRejectionMessage(Promise.resolve().then(() => planTests("own", [], folder)));
            assert.match(message, /has to declare needsSandbox\("\.\.\."\) with one text/);
        } finally {
            removeDirectory(folder);
        }
    });
});
