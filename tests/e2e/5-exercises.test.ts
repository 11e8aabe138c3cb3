import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { lockSandbox, unlockSandbox } from "../../sandbox/lock";
import { ROOT } from "../../sandbox/paths";
import { exercisesOf } from "../support/exercises";
import { kubectl, NAMESPACE } from "./support/cluster";
import { BESIDE } from "./support/lanes";
import { Learner } from "./support/learner";
import { eventually } from "./support/questions";
import { stackWith, tryPulumi, up } from "./support/stack";
import { needsSandbox } from "./support/target";

needsSandbox("the exercises are written for the sandbox");

const DOCUMENT = "docs/exercises.md";
const SETTINGS = path.join(ROOT, "Pulumi.sandbox.yaml");

const sandbox = stackWith("sandbox");
const exercises = exercisesOf(fs.readFileSync(path.join(ROOT, DOCUMENT), "utf8"));

/** What is neither the stack's nor the cluster's own, nor of another lane. */
async function belongings(): Promise<string[]> {
    const notOfTheStack = ["-n", NAMESPACE, "-l", "!app.kubernetes.io/part-of"];
    const names = [
        await kubectl("get", "all", ...notOfTheStack, "-o", "name"),
        await kubectl("get", "namespaces", "-o", "name"),
    ];
    const isBeside = (name: string): boolean => BESIDE.some((start) => name.startsWith(`namespace/${start}`));
    return names
        .join("\n")
        .split("\n")
        .filter((name) => name !== "" && !isBeside(name));
}

describe(`a learner who follows ${DOCUMENT}`, () => {
    let learner: Learner;
    let settings: string;
    let belongingsBefore: readonly string[];

    before(async () => {
        await up(sandbox);
        settings = fs.readFileSync(SETTINGS, "utf8");
        belongingsBefore = await belongings();
        // A learner's own commands take the lock.
        unlockSandbox();
        learner = new Learner();
    });

    for (const { title, steps } of exercises) {
        it(title, async () => {
            for (const step of steps) {
                await learner.follow(DOCUMENT, step);
            }
            // What a deleted object has made goes after it.
            await eventually(async () => {
                assert.deepEqual(await belongings(), belongingsBefore, "something is left in the cluster");
            });
            assert.equal((await learner.run("jobs -r")).output, "", "something is left in the shell");
        });
    }

    it("leaves the settings and the stack as they were", async () => {
        assert.equal(fs.readFileSync(SETTINGS, "utf8"), settings);
        const { ok, output } = await tryPulumi(sandbox, ["preview", "--refresh", "--expect-no-changes"]);
        assert.ok(ok, output);
    });

    after(async () => {
        learner.end();
        lockSandbox();
        // An exercise that failed half-way.
        if (fs.readFileSync(SETTINGS, "utf8") !== settings) {
            fs.writeFileSync(SETTINGS, settings);
            await up(sandbox);
        }
    });
});
