import assert from "node:assert/strict";
import * as path from "node:path";
import { readClaimUsage } from "../../../components/stack/claim-usage";
import { runKubectl } from "../../../components/stack/kubectl";
import { createTemporaryDirectory, removeDirectory, runWithPath, writeCommands } from "../../support/fake-commands";

const PODS = {
    items: [
        { spec: { nodeName: "a", volumes: [{ persistentVolumeClaim: { claimName: "prometheus-data" } }] } },
        { spec: { nodeName: "a", volumes: [{ emptyDir: {} }, { persistentVolumeClaim: { claimName: "x" } }] } },
        { spec: { nodeName: "b", volumes: [{ persistentVolumeClaim: { claimName: "jaeger-data" } }] } },
        { spec: { nodeName: "unused", volumes: [{ emptyDir: {} }] } },
        { spec: {} },
    ],
};

function createSummary(namespace: string, name: string, usedBytes?: number): object {
    return { pods: [{}, { volume: [{ usedBytes: 1 }, { usedBytes, pvcRef: { namespace, name } }] }] };
}

describe("readClaimUsage", () => {
    let work: string;

    before(() => {
        work = createTemporaryDirectory();
    });

    after(() => {
        removeDirectory(work);
    });

    /** Runs it with a kubectl that prints a text for each URL, and the pods for any other command. */
    async function run(summaries: Readonly<Record<string, object>>): Promise<Readonly<Record<string, number>>> {
        const cases = Object.entries(summaries).map(
            ([node, summary]) => `*nodes/${node}/proxy/stats/summary*) echo '${JSON.stringify(summary)}';;`,
        );
        const script = [
            'case "$*" in',
            ...cases,
            "*raw*) exit 1;;",
            `*--namespace=telemetry*) echo '${JSON.stringify(PODS)}';;`,
            "*) exit 1;;",
            "esac",
        ];
        writeCommands(path.join(work, "bin"), { kubectl: script.join("\n") });
        const usage = await runWithPath(`${path.join(work, "bin")}:${process.env.PATH ?? ""}`, () =>
            readClaimUsage("telemetry", (args) => runKubectl(args, {})),
        );
        return Object.fromEntries(usage);
    }

    it("returns the used bytes of the Namespace's claims on all nodes", async () => {
        const usage = await run({
            a: createSummary("telemetry", "prometheus-data", 5),
            b: createSummary("telemetry", "jaeger-data", 7),
        });
        assert.deepEqual(usage, { "prometheus-data": 5, "jaeger-data": 7 });
    });

    it("omits claims of other Namespaces, without statistics, and of nodes that do not answer", async () => {
        assert.deepEqual(await run({ a: createSummary("other", "prometheus-data", 5) }), {});
        assert.deepEqual(await run({ a: createSummary("telemetry", "prometheus-data") }), {});
        assert.deepEqual(await run({ b: createSummary("telemetry", "jaeger-data", 7) }), { "jaeger-data": 7 });
    });

    it("returns nothing without kubectl", async () => {
        assert.deepEqual(
            Object.fromEntries(
                await runWithPath(work, () => readClaimUsage("telemetry", (args) => runKubectl(args, {}))),
            ),
            {},
        );
    });
});
