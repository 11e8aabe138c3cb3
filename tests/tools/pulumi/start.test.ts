import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../../sandbox/directories";
import { sandboxEnv } from "../../../sandbox/environment";
import { removeDirectory, createTemporaryDirectory } from "../../support/fake-commands";

const PROJECT = fs.readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8");
/** The error is on line 5. */
const PROGRAM = `interface Point {
    readonly x: number;
}
export class Program {
    readonly fail = (): Point => { throw new Error("wrong"); };
}
new Program().fail();
`;

const START = ["--require", path.join(ROOT, "tools/pulumi/start.cjs")];

describe("start.cjs", () => {
    let work: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
        fs.writeFileSync(path.join(work, "program.ts"), PROGRAM);
    });

    afterEach(() => {
        fs.rmSync(cachePath("program.ts"), { force: true });
        removeDirectory(work);
    });

    const cachePath = (file: string): string =>
        path.join(ROOT, `node_modules/.cache/otel-stack/transpiled/${hash("sha256", path.join(work, file))}.js`);

    const run = (args: readonly string[], env: NodeJS.ProcessEnv): string =>
        spawnSync(process.execPath, [...args, "--eval", 'require(process.cwd() + "/program.ts")'], {
            cwd: work,
            env: { ...process.env, ...env },
            encoding: "utf8",
        }).stderr;

    it("compiles TypeScript, and the stack trace of an error shows the line of the source", () => {
        const output = run(START, {});
        assert.match(output, /Error: wrong\n +at .*program\.ts:5:\d+/);
    });

    it("reads an unchanged file from its cache, and shows the same stack trace", () => {
        const first = run(START, {});
        const cached = fs.readFileSync(cachePath("program.ts"), "utf8");
        fs.writeFileSync(cachePath("program.ts"), cached.replace('"wrong"', '"from the cache"'));
        assert.equal(run(START, {}), first.replaceAll("Error: wrong", "Error: from the cache"));
    });

    it("compiles a changed file again", () => {
        run(START, {});
        fs.writeFileSync(path.join(work, "program.ts"), PROGRAM.replace('"wrong"', '"changed"'));
        assert.match(run(START, {}), /Error: changed\n +at .*program\.ts:5:\d+/);
    });

    it("compiles a file whose cached code is incomplete", () => {
        run(START, {});
        fs.truncateSync(cachePath("program.ts"), 20);
        assert.match(run(START, {}), /Error: wrong\n +at .*program\.ts:5:\d+/);
    });

    it("is the file that Pulumi.yaml names, and Pulumi loads no ts-node", () => {
        assert.match(PROJECT, /^ {4}typescript: false\n {4}nodeargs: --require \.\/tools\/pulumi\/start\.cjs$/m);
    });

    it("is loaded by the old Node.js host of the sandbox too, for a project that names it", () => {
        const start = path.join(ROOT, "tools/pulumi/start.cjs");
        const [project, other] = [PROJECT.replace("./tools/pulumi/start.cjs", start), "name: other\nruntime: nodejs\n"];
        fs.writeFileSync(
            path.join(work, "program.ts"),
            "console.error(process.env.PULUMI_NODEJS_TYPESCRIPT, Object.keys(require.cache).join());",
        );
        const env = { ...sandboxEnv(), PULUMI_NODEJS_TYPESCRIPT: "true" };
        fs.writeFileSync(path.join(work, "Pulumi.yaml"), project);
        assert.match(run([], env), /^undefined .*start\.cjs/);
        fs.writeFileSync(path.join(work, "Pulumi.yaml"), other);
        assert.doesNotMatch(run([], env), /^undefined|start\.cjs/);
    });
});
