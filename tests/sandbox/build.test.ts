import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as path from "node:path";
import {
    build,
    type BuildFolders,
    readGoVersion,
    resolveOutputFolder,
    removeUnused,
    requireGo,
} from "../../sandbox/build";
import type { GoModule } from "../../sandbox/go-modules";
import {
    getRejectionMessage,
    removeDirectory,
    createTemporaryDirectory,
    runWithPath,
    writeCommands,
} from "../support/fake-commands";

const GO = "go1.26.8";
const MODULE: GoModule = {
    name: "runtime",
    title: "the runtime",
    programs: { containerd: "example.com/containerd", ctr: "example.com/ctr" },
    tags: ["netgo"],
    variables: { "example.com/version.Version": "1.2.3" },
    estimate: 1,
};

const EMBEDS = {
    goModule: "example.com/provider",
    from: "cmd/provider",
    to: "left-out",
    files: ["schema.json"],
} as const;

/** Writes down how it was called, and a program of each package's name in the folder that `-o` names. */
const WORKING_GO = `
echo "$PWD|$CGO_ENABLED|$GOFLAGS|$GOWORK|$*" >> "$(dirname "$0")/calls"
while [ "$1" != -o ]; do shift; done
folder=$2
shift 2
for package; do echo program > "$folder$(basename "\${package%/v3}")"; done`;

describe("build of a Go module", () => {
    let work: string;
    let bin: string;
    let folders: BuildFolders;

    beforeEach(() => {
        work = createTemporaryDirectory();
        bin = path.join(work, "bin");
        folders = {
            modules: path.join(work, "modules"),
            programs: path.join(work, "cache/programs"),
            logs: path.join(work, "cache/logs"),
        };
        fs.mkdirSync(path.join(folders.modules, "runtime/left-out/dns"), { recursive: true });
        for (const file of ["go.mod", "go.sum", "main.go", "left-out/dns/dns.go"]) {
            fs.writeFileSync(path.join(folders.modules, "runtime", file), file);
        }
    });

    afterEach(() => {
        removeDirectory(work);
    });

    const buildWith = (script: string, module = MODULE): Promise<string> => {
        writeCommands(bin, { go: script });
        return runWithPath(`${bin}:${process.env.PATH ?? ""}`, () => build(module, GO, folders));
    };
    const inCache = (): string[] => fs.readdirSync(folders.programs);

    describe("output directory name", () => {
        it("is the same for the same inputs", () => {
            assert.equal(
                resolveOutputFolder(MODULE, GO, folders),
                resolveOutputFolder({ ...MODULE, title: "?", estimate: 9 }, GO, folders),
            );
            assert.match(path.basename(resolveOutputFolder(MODULE, GO, folders)), /^runtime-[0-9a-f]{12}$/);
        });

        for (const file of ["go.mod", "go.sum", "main.go", "left-out/dns/dns.go"]) {
            it(`changes with the content of ${file}`, () => {
                const before = resolveOutputFolder(MODULE, GO, folders);
                fs.appendFileSync(path.join(folders.modules, "runtime", file), "changed");
                assert.notEqual(resolveOutputFolder(MODULE, GO, folders), before);
            });
        }

        it("changes with a new source file", () => {
            const before = resolveOutputFolder(MODULE, GO, folders);
            fs.writeFileSync(path.join(folders.modules, "runtime/more.go"), "");
            assert.notEqual(resolveOutputFolder(MODULE, GO, folders), before);
        });

        const changes: Readonly<Record<string, Partial<GoModule>>> = {
            "the programs": { programs: { containerd: "example.com/containerd" } },
            "a program's package": { programs: { ...MODULE.programs, ctr: "example.com/other" } },
            "the tags": { tags: ["netgo", "grpcnotrace"] },
            "the linker's variables": { variables: { "example.com/version.Version": "1.2.4" } },
            "use of the C compiler": { cgo: true },
            "the embedded files": { embeds: EMBEDS },
        };
        for (const [what, change] of Object.entries(changes)) {
            it(`changes with ${what}`, () => {
                assert.notEqual(
                    resolveOutputFolder({ ...MODULE, ...change }, GO, folders),
                    resolveOutputFolder(MODULE, GO, folders),
                );
            });
        }

        it("changes with the Go version", () => {
            assert.notEqual(resolveOutputFolder(MODULE, "go1.26.9", folders), resolveOutputFolder(MODULE, GO, folders));
        });

        it("changes with the processor architecture, as home directories are shared", () => {
            const here = resolveOutputFolder(MODULE, GO, folders);
            const original = Object.getOwnPropertyDescriptor(process, "arch");
            assert.ok(original);
            Object.defineProperty(process, "arch", { ...original, value: "mips" });
            try {
                assert.notEqual(resolveOutputFolder(MODULE, GO, folders), here);
            } finally {
                Object.defineProperty(process, "arch", original);
            }
        });
    });

    it("builds every program with pinned dependencies and without go.work", async () => {
        const output = await buildWith(WORKING_GO);
        assert.deepEqual(fs.readdirSync(output).sort(), ["containerd", "ctr"]);
        assert.deepEqual(inCache(), [path.basename(output)]);
        const call = fs.readFileSync(path.join(bin, "calls"), "utf8").trim();
        assert.ok(call.startsWith(`${folders.modules}/runtime|0|-mod=readonly|off|build -trimpath `), call);
        assert.match(call, /-tags netgo -ldflags -s -w -X example\.com\/version\.Version=1\.2\.3 -o /);
        assert.match(call, / example\.com\/containerd example\.com\/ctr$/);
    });

    it("names a program by its key, whatever its package is called", async () => {
        const output = await buildWith(WORKING_GO, { ...MODULE, programs: { etcd: "example.com/server/v3" } });
        assert.deepEqual(fs.readdirSync(output), ["etcd"]);
    });

    it("overlays embedded files at the path that the package expects, and leaves the sources unchanged", async () => {
        const download = `if [ "$1 $2" = "mod download" ]; then echo '{"Dir": "/go/pkg/mod/provider"}'; exit; fi`;
        const keep = 'for file; do case $file in *.overlay.json) cp "$file" "$(dirname "$0")/overlay" ;; esac; done';
        const before = fs.readdirSync(path.join(folders.modules, "runtime"), { recursive: true });
        await buildWith([download, keep, WORKING_GO].join("\n"), { ...MODULE, embeds: EMBEDS });
        assert.deepEqual(JSON.parse(fs.readFileSync(path.join(bin, "overlay"), "utf8")), {
            Replace: {
                [path.join(folders.modules, "runtime/left-out/schema.json")]:
                    "/go/pkg/mod/provider/cmd/provider/schema.json",
            },
        });
        assert.deepEqual(fs.readdirSync(path.join(folders.modules, "runtime"), { recursive: true }), before);
    });

    it("reports why the Go module of an embedded file cannot be downloaded", async () => {
        const refused = `echo '{"Error": "refused"}'; exit 1`;
        const message = await getRejectionMessage(buildWith(refused, { ...MODULE, embeds: EMBEDS }));
        assert.match(message, /^cannot build the runtime;.*\{"Error": "refused"\}$/s);
        assert.deepEqual(inCache(), []);
    });

    it("enables cgo when a module asks for it", async () => {
        await buildWith(WORKING_GO, { ...MODULE, cgo: true });
        assert.match(fs.readFileSync(path.join(bin, "calls"), "utf8"), /\/runtime\|1\|/);
    });

    it("reuses a finished build", async () => {
        const output = await buildWith(WORKING_GO);
        assert.equal(await buildWith("exit 1"), output);
    });

    it("reports the failed module, its log file and the log's end, and leaves no output", async () => {
        const message = await getRejectionMessage(
            buildWith('for i in 1 2 3 4 5 6 7; do echo "line $i" >&2; done; exit 1'),
        );
        const log = path.join(folders.logs, "build-runtime.log");
        assert.equal(
            message,
            `cannot build the runtime; the full output is in ${log}. Last lines:\n` +
                "line 3\nline 4\nline 5\nline 6\nline 7",
        );
        assert.match(fs.readFileSync(log, "utf8"), /^line 1\n/);
        assert.deepEqual(inCache(), []);
    });

    it("truncates the log for each build", async () => {
        await getRejectionMessage(buildWith("echo old; exit 1"));
        assert.doesNotMatch(await getRejectionMessage(buildWith("echo new; exit 1")), /old/);
    });

    it("reports a killed Go process without output", async () => {
        assert.match(
            await getRejectionMessage(buildWith("kill -9 $$")),
            /Last lines:\nCommand was killed with SIGKILL/,
        );
    });

    it("reports a missing go command", async () => {
        const message = getRejectionMessage(runWithPath(work, () => build(MODULE, GO, folders)));
        assert.match(await message, /Last lines:\nCommand failed with ENOENT: go build/);
        assert.equal(await runWithPath(work, () => readGoVersion()), undefined);
        await assert.rejects(
            runWithPath(work, () => requireGo()),
            { message: "the command 'go' is missing; install Go 1.26.8 or later" },
        );
    });

    it("can be repeated after a failure in the second program", async () => {
        await getRejectionMessage(buildWith(`case "$*" in *example.com/ctr) exit 1 ;; esac; ${WORKING_GO}`));
        assert.deepEqual(inCache(), []);
        assert.deepEqual(fs.readdirSync(await buildWith(WORKING_GO)).sort(), ["containerd", "ctr"]);
    });

    it("removes stale partial builds, but not one in progress", async () => {
        const killed = spawn("true");
        await once(killed, "exit");
        const left = `runtime-aaaaaaaaaaaa.unfinished-${killed.pid ?? 0}`;
        const atWork = `runtime-aaaaaaaaaaaa.unfinished-${process.ppid}`;
        for (const folder of [left, atWork, "runtime-aaaaaaaaaaaa"]) {
            fs.mkdirSync(path.join(folders.programs, folder, "x"), { recursive: true });
        }
        const output = await buildWith(WORKING_GO);
        assert.deepEqual(inCache().sort(), [atWork, "runtime-aaaaaaaaaaaa", path.basename(output)].sort());
    });

    it("uses the output of a concurrent process", async () => {
        const output = resolveOutputFolder(MODULE, GO, folders);
        const other = `mkdir -p '${output}'; echo other > '${output}/ctr'`;
        assert.equal(await buildWith(`${other}; ${WORKING_GO}`), output);
        assert.equal(fs.readFileSync(path.join(output, "ctr"), "utf8"), "other\n");
        assert.deepEqual(inCache(), [path.basename(output)]);
    });

    it("evicts outputs that have not been used for long", async () => {
        writeCommands(bin, { go: WORKING_GO });
        const used = await runWithPath(`${bin}:${process.env.PATH ?? ""}`, () => build(MODULE, GO, folders));
        const unused = path.join(folders.programs, "runtime-0123456789ab");
        fs.mkdirSync(unused);
        const old = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
        [used, unused].forEach((folder) => {
            fs.utimesSync(folder, old, old);
        });
        await build(MODULE, GO, folders);
        removeUnused(30, folders);
        assert.deepEqual(fs.readdirSync(folders.programs), [path.basename(used)]);
    });
});
