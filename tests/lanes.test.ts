import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { allFiles, planFor } from "./e2e/support/files";
import { filesOf, OWN_CLUSTER, STAGES } from "./e2e/support/lanes";
import { messageOf, removeFolder, temporaryFolder } from "./support/fake-commands";

const FILES = fs.readdirSync(path.join(__dirname, "e2e")).filter((file) => file.endsWith(".test.ts"));
const LANES = STAGES.flat();

describe("the lanes of the end-to-end tests", () => {
    it("have each file once", () => {
        const all = LANES.flatMap((lane) => filesOf(lane, FILES));
        assert.deepEqual([...all].sort(), [...FILES].sort());
    });

    it("name no file that is not there", () => {
        for (const { name, files } of LANES) {
            const absent = files.filter((start) => !FILES.includes(`${start}.test.ts`));
            assert.deepEqual(absent, [], name);
        }
    });

    it("are no other's beginning, as names of a Namespace, while they run side by side", () => {
        for (const lanes of STAGES) {
            for (const { name, namespace } of lanes) {
                const others = lanes.filter((lane) => lane.name !== name);
                assert.ok(!others.some((lane) => lane.namespace.startsWith(namespace)), namespace);
            }
        }
    });
});

describe("Namespaces of the end-to-end tests", () => {
    it("begin with the Namespace of the stack, by which other lanes know whose they are", () => {
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

describe("the end-to-end tests of a cluster", () => {
    const textOf = (file: string): string => fs.readFileSync(path.join(__dirname, "e2e", file), "utf8");

    it("have a Namespace that no lane of the sandbox has", () => {
        assert.ok(!LANES.some(({ namespace }) => namespace.startsWith(OWN_CLUSTER.namespace)));
    });

    it("deploy, ask, change, break and keep logs on a cluster of one's own", () => {
        const { files } = planFor("own", []);
        for (const file of ["1-deploy", "2-signals", "3-change", "4-faults", "5-loki"]) {
            assert.ok(files.includes(`${file}.test.ts`), file);
        }
    });

    it("leave every other file out with a reason, on the sandbox and elsewhere", () => {
        for (const cluster of ["sandbox", "own"] as const) {
            const { files, leftOut } = planFor(cluster, []);
            assert.deepEqual([...files, ...Object.keys(leftOut)].sort(), allFiles());
            assert.ok(Object.values(leftOut).every((why) => why.length > 10));
        }
        assert.deepEqual(Object.keys(planFor("sandbox", []).leftOut), ["5-loki.test.ts"]);
    });

    it("use nothing of the sandbox in a file that runs elsewhere", () => {
        for (const file of planFor("own", []).files) {
            const imported = [...textOf(file).matchAll(/^(?:import .*|\}) from "(.+)";$/gm)].map(
                ([, from]) => from ?? "",
            );
            const ofSandbox = imported.filter((from) => from.includes("/sandbox/") && !from.endsWith("/sandbox/paths"));
            assert.deepEqual(ofSandbox, [], file);
            assert.doesNotMatch(textOf(file), /otel-sandbox|stackWith\(/, file);
        }
    });

    it("begin with the file that deploys, whatever is asked for", () => {
        assert.deepEqual(planFor("own", ["3-ch"]).files, ["1-deploy.test.ts", "3-change.test.ts"]);
        assert.deepEqual(planFor("sandbox", ["6"]).files, ["1-deploy.test.ts", "6-chart.test.ts", "6-removal.test.ts"]);
    });

    for (const [what, cluster, asked, message] of [
        [
            "a file that there is not",
            "sandbox",
            ["9-none"],
            /^no file of tests\/e2e begins with 9-none; there are 1-deploy/,
        ],
        [
            "a file of the sandbox elsewhere",
            "own",
            ["6-removal"],
            /^6-removal\.test\.ts does not run on this cluster: it ends/,
        ],
        [
            "a file of other clusters on the sandbox",
            "sandbox",
            ["5-loki"],
            /^5-loki\.test\.ts does not run on the sandbox: Loki/,
        ],
    ] as const) {
        it(`refuse ${what}`, async () => {
            assert.match(await messageOf(Promise.resolve().then(() => planFor(cluster, asked))), message);
        });
    }

    it("refuse a declaration whose reason cannot be read", async () => {
        const folder = temporaryFolder();
        try {
            fs.writeFileSync(path.join(folder, "1-deploy.test.ts"), "needsSandbox(WHY);\n");
            const message = await messageOf(Promise.resolve().then(() => planFor("own", [], folder)));
            assert.match(message, /has to declare needsSandbox\("\.\.\."\) with one text/);
        } finally {
            removeFolder(folder);
        }
    });
});
