import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockSandbox, unlockSandbox } from "../../sandbox/lock";
import { ROOT } from "../../sandbox/directories";
import { parseExercises } from "../support/exercises";
import { kubectl, NAMESPACE } from "./support/cluster";
import { CONCURRENT_NAMESPACES } from "./support/shards";
import { ExerciseRunner } from "./support/exercise-runner";
import { eventually } from "./support/query-assertions";
import { configureStack, tryPulumi, pulumiUp } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("the exercises are written for the sandbox");

const DOCUMENT = "docs/tutorials/exercises.md";
const SETTINGS = path.join(ROOT, "Pulumi.sandbox.yaml");

const sandbox = configureStack("sandbox");
const exercises = parseExercises(fs.readFileSync(path.join(ROOT, DOCUMENT), "utf8"));

/** Objects other than those of the stack, the cluster and other shards. */
async function listUserObjects(): Promise<string[]> {
    const notOfTheStack = ["-n", NAMESPACE, "-l", "!app.kubernetes.io/part-of"];
    const names = [
        await kubectl("get", "all", ...notOfTheStack, "-o", "name"),
        await kubectl("get", "namespaces", "-o", "name"),
    ];
    const isConcurrent = (name: string): boolean =>
        CONCURRENT_NAMESPACES.some((start) => name.startsWith(`namespace/${start}`));
    return names
        .join("\n")
        .split("\n")
        .filter((name) => name !== "" && !isConcurrent(name));
}

describe(`exercises in ${DOCUMENT}`, () => {
    let runner: ExerciseRunner;
    let settings: string;
    let belongingsBefore: readonly string[];

    before(async () => {
        await pulumiUp(sandbox);
        settings = fs.readFileSync(SETTINGS, "utf8");
        belongingsBefore = await listUserObjects();
        // The user's own commands take the lock.
        unlockSandbox();
        runner = new ExerciseRunner();
    });

    for (const { title, steps } of exercises) {
        it(title, async () => {
            for (const step of steps) {
                await runner.runStep(DOCUMENT, step);
            }
            // Dependents of a deleted object are deleted later.
            await eventually(async () => {
                assert.deepEqual(await listUserObjects(), belongingsBefore, "something is left in the cluster");
            });
            assert.equal((await runner.run("jobs -r")).output, "", "something is left in the shell");
        });
    }

    it("leave the settings and the stack unchanged", async () => {
        assert.equal(fs.readFileSync(SETTINGS, "utf8"), settings);
        const { ok, output } = await tryPulumi(sandbox, ["preview", "--refresh", "--expect-no-changes"]);
        assert.ok(ok, output);
    });

    after(async () => {
        runner.end();
        lockSandbox();
        // An exercise failed before its cleanup.
        if (fs.readFileSync(SETTINGS, "utf8") !== settings) {
            fs.writeFileSync(SETTINGS, settings);
            await pulumiUp(sandbox);
        }
    });
});
