import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../sandbox/directories";
import { removeDirectory, createTemporaryDirectory, writeCommands } from "../support/fake-commands";

const MAKEFILE = fs.readFileSync(path.join(ROOT, "Makefile"), "utf8");

/** What a target would run, every line of it. */
function dryRun(...args: readonly string[]): string {
    return execFileSync("make", ["--dry-run", "--always-make", ...args], { cwd: ROOT, encoding: "utf8" });
}

describe("Makefile", () => {
    const [, list = ""] = /^\.PHONY: (help .+)$/m.exec(MAKEFILE) ?? [];
    const commands = list.split(" ");

    it("lists every command with its meaning in make help, which is the default target", () => {
        const help = execFileSync("make", ["help"], { cwd: ROOT, encoding: "utf8" });
        const listed = [...help.matchAll(/^ {2}make (\S+) +\S.+$/gm)].map(([, name]) => name);
        assert.ok(commands.length > 10);
        assert.deepEqual(listed.sort(), [...commands].sort());
        assert.equal(execFileSync("make", { cwd: ROOT, encoding: "utf8" }), help);
    });

    it("prints valid shell code in make help", () => {
        const help = execFileSync("make", ["help"], { cwd: ROOT, encoding: "utf8" });
        const snippets = [...help.matchAll(/: (eval .+)$/gm)].map(([, code = ""]) => code);
        assert.equal(snippets.length, 1);
        for (const code of snippets) {
            const script = `make() { echo "said=$*"; }\n${code}\necho "$said"`;
            assert.equal(execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" }), "sandbox-env\n");
        }
    });

    it("calls only existing commands and files", () => {
        const cli = fs.readFileSync(path.join(ROOT, "tools/cli.ts"), "utf8");
        const [, known = ""] = /COMMANDS.*? = \{(.+?)\n\}/s.exec(cli) ?? [];
        for (const [, command = ""] of MAKEFILE.matchAll(/tools\/cli\.ts ([\w-]+)/g)) {
            assert.match(known, new RegExp(`\\b${command}\\b`));
        }
        for (const [, file = ""] of MAKEFILE.matchAll(/((?:tools|bench|sandbox|tests)\/\S+\.(?:ts|sh|json))/g)) {
            assert.ok(fs.existsSync(path.join(ROOT, file)), file);
        }
    });

    it("checks the machine before it installs or starts anything", () => {
        for (const target of ["up", "e2e", "bench"]) {
            const run = dryRun(target);
            const [preflight, install] = [run.indexOf("sandbox/preflight.sh"), run.indexOf("npm ci")];
            assert.ok(preflight >= 0 && preflight < install, target);
        }
    });

    it("runs no sandbox checks for external clusters", () => {
        assert.match(dryRun("up", "STACK=dev"), /\[ "dev" != sandbox \] \|\| sh sandbox\/preflight\.sh/);
    });

    it("reinstalls npm packages after an interrupted installation", () => {
        const work = createTemporaryDirectory();
        try {
            for (const file of ["package.json", "package-lock.json"]) {
                fs.writeFileSync(path.join(work, file), "{}");
            }
            fs.mkdirSync(path.join(work, "node_modules/half"), { recursive: true });
            fs.symlinkSync(path.join(ROOT, "tools"), path.join(work, "tools"));
            const wouldRun = (): string =>
                execFileSync("make", ["-f", path.join(ROOT, "Makefile"), "--dry-run", "test"], {
                    cwd: work,
                    encoding: "utf8",
                });
            assert.match(wouldRun(), /npm ci/);
            fs.writeFileSync(path.join(work, "node_modules/.package-lock.json"), "{}");
            assert.doesNotMatch(wouldRun(), /npm ci/);
        } finally {
            removeDirectory(work);
        }
    });

    it("runs kubectl only on the sandbox", () => {
        const work = createTemporaryDirectory();
        try {
            const run = (node: string): ReturnType<typeof spawnSync> => {
                writeCommands(work, {
                    node: `[ "$1" != --version ] || exec echo v22.15.0; ${node}`,
                    kubectl: 'echo "$KUBECONFIG gets $*"',
                });
                return spawnSync("make", ["--silent", "--assume-old=node_modules", "kubectl", "ARGS=get pods -A"], {
                    cwd: ROOT,
                    env: { PATH: `${work}:${process.env.PATH ?? ""}` },
                    encoding: "utf8",
                });
            };
            assert.equal(
                run("echo \"export KUBECONFIG='/of the sandbox'\"").stdout,
                "/of the sandbox gets get pods -A\n",
            );
            const refused = run("echo error >&2; exit 1");
            assert.equal(refused.stdout, "");
            assert.notEqual(refused.status, 0);
        } finally {
            removeDirectory(work);
        }
    });
});
