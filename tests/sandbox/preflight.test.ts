import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { HOST_LINK } from "../../sandbox/node";
import { ROOT } from "../../sandbox/directories";
import { NODE_IP } from "../../sandbox/cluster-pki";
import { SANDBOX_MODULES } from "../../sandbox/go-modules";
import { ADDRESS_RANGE } from "../../sandbox/routes";
import { removeDirectory, createTemporaryDirectory, writeCommands } from "../support/fake-commands";

const SCRIPT = path.join(ROOT, "sandbox/preflight.sh");
const MODULES = path.join(ROOT, "sandbox/modules");
/** Folder in the cache that is there only after a whole build. */
const LAST_BUILT = `programs/${SANDBOX_MODULES.at(-1)?.name ?? ""}-0123456789ab`;

/** Programs of every system that the script reads with. */
const REAL = ["sh", "awk", "cut", "dirname", "grep", "head", "sed", "sort", "tail", "tr"];

/** A machine that meets the requirements: each command it asks, and what that says. */
const MACHINE: Readonly<Record<string, string>> = {
    uname: '[ "$*" = -m ] && echo x86_64 || echo Linux',
    id: "echo 0",
    node: "echo v22.15.0",
    npm: "",
    go: "echo go1.26.8",
    gcc: "",
    ip: 'case "$*" in "link show "*) exit 1 ;; *) echo "default via 192.0.2.1 dev eth0" ;; esac',
    unshare: "",
    losetup: "echo /dev/loop0",
    flock: "",
    openssl: "echo OpenSSL 3.0.19 27 Jan 2026",
    tar: "",
    df: "echo Avail; echo 20G",
};

describe("preflight.sh", () => {
    let work: string;
    let bin: string;

    before(() => {
        work = createTemporaryDirectory();
        bin = path.join(work, "bin");
        fs.mkdirSync(bin);
        for (const name of REAL) {
            fs.symlinkSync(spawnSync("which", [name], { encoding: "utf8" }).stdout.trim(), path.join(bin, name));
        }
    });

    beforeEach(() => {
        writeCommands(bin, MACHINE);
        availableMemory(2560);
    });

    after(() => {
        removeDirectory(work);
    });

    const availableMemory = (mebibytes: number): void => {
        const content = `MemTotal: 99999999 kB\nMemFree: 1 kB\nMemAvailable: ${mebibytes * 1024} kB\n`;
        fs.writeFileSync(path.join(work, "meminfo"), content);
    };

    const run = (env: NodeJS.ProcessEnv = {}): { status: number | null; said: string } => {
        const { status, stdout, stderr } = spawnSync("/bin/sh", [SCRIPT], {
            env: { PATH: bin, HOME: work, PROC_MEMINFO: path.join(work, "meminfo"), ...env },
            encoding: "utf8",
        });
        return { status, said: stdout + stderr };
    };

    const rejects = (expected: RegExp, env?: NodeJS.ProcessEnv): void => {
        const { status, said } = run(env);
        assert.equal(status, 1, said);
        assert.match(said, /^Cannot run the sandbox on this machine: [^\n]+\n$/, "it is one line");
        assert.match(said, expected);
    };
    const accepts = (env?: NodeJS.ProcessEnv): void => {
        assert.deepEqual(run(env), { status: 0, said: "" });
    };

    it("passes on a suitable machine", () => {
        accepts();
    });

    it("fails on other systems than Linux and names the alternative", () => {
        writeCommands(bin, { uname: "echo Darwin" });
        rejects(/requires Linux, this is Darwin\..*'make up STACK=dev'/);
    });

    it("fails for other users than root and names the command to use", () => {
        writeCommands(bin, { id: "echo 1000" });
        rejects(/requires root\. Use 'sudo make up', or .*'make up STACK=dev'/);
    });

    for (const [tool, debian] of Object.entries({
        node: "nodejs",
        npm: "npm",
        go: "golang",
        gcc: "gcc",
        ip: "iproute2",
        unshare: "util-linux",
        losetup: "mount",
        flock: "util-linux",
        openssl: "openssl",
        tar: "tar",
    })) {
        it(`fails without ${tool} and names its package`, () => {
            fs.rmSync(path.join(bin, tool));
            rejects(new RegExp(`'${tool}' is missing\\. Install it \\(Debian package: ${debian}\\)`));
        });
    }

    it("fails where namespaces cannot be created", () => {
        writeCommands(bin, { unshare: "echo 'unshare failed: Operation not permitted' >&2; exit 1" });
        rejects(/cannot create namespaces or mounts\. Run on the host/);
    });

    it("fails without loop devices", () => {
        writeCommands(bin, { losetup: "echo 'losetup: cannot find an unused loop device' >&2; exit 1" });
        rejects(/has no loop devices, which volumes require\. Load the kernel module 'loop'/);
    });

    for (const [tool, answer, expected] of [
        ["go", "go1.26.7", /Go is 1\.26\.7\. Install 1\.26\.8 or later\./],
        ["go", "go1.9", /Go is 1\.9\. Install/],
        ["openssl", "OpenSSL 1.1.1w  11 Sep 2023", /OpenSSL is 1\.1\.1w\. Install 3\.0 or later\./],
    ] as const) {
        it(`fails when ${tool} reports ${answer}`, () => {
            writeCommands(bin, { [tool]: `echo "${answer}"` });
            rejects(expected);
        });
    }

    for (const [tool, answer] of [
        ["node", "v24.0.0"],
        ["node", "v100.0.0"],
        ["go", "go1.27rc1"],
        ["go", "go1.100.0 X:boringcrypto"],
        ["openssl", "OpenSSL 3.5.1 1 Jul 2025"],
    ] as const) {
        it(`passes when ${tool} reports ${answer}`, () => {
            writeCommands(bin, { [tool]: `echo "${answer}"` });
            accepts();
        });
    }

    it("passes with an old Node.js when a newer one can be installed", () => {
        writeCommands(bin, { node: "echo v18.20.4" });
        accepts();
    });

    it("fails with an old Node.js when no newer one is packaged for the machine", () => {
        writeCommands(bin, { node: "echo v22.14.0", uname: '[ "$*" = -m ] && echo riscv64 || echo Linux' });
        rejects(/Node\.js is 22\.14\.0\. Install 22\.15 or later\./);
    });

    it("requires the highest Go version of the Go modules, and no higher one", () => {
        const asked = fs
            .readdirSync(MODULES)
            .map((name) => /^go (.+)$/m.exec(fs.readFileSync(path.join(MODULES, name, "go.mod"), "utf8"))?.[1] ?? "")
            .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
        writeCommands(bin, { go: `echo go${asked.at(-1) ?? ""}` });
        accepts();
        writeCommands(bin, { go: "echo go1.0" });
        rejects(new RegExp(`Install ${asked.at(-1) ?? ""} or later`));
    });

    it("fails with too little memory, unless the sandbox already runs", () => {
        availableMemory(2559);
        rejects(/2559 MiB of memory are available, 2560 MiB are required\./);
        writeCommands(bin, { ip: `[ "$*" = "link show ${HOST_LINK}" ] || echo default via 192.0.2.1 dev eth0` });
        accepts();
    });

    it("fails with too little disk for a first build, and requires less for the next", () => {
        writeCommands(bin, { df: "echo Avail; echo '  19G'" });
        rejects(/19 GiB are free on the disk of .*, 20 GiB are required\./);
        const cache = path.join(work, "a cache");
        fs.mkdirSync(path.join(cache, LAST_BUILT), { recursive: true });
        accepts({ OTEL_STACK_CACHE: cache });
    });

    it("finds the cache at the build's cache directory", () => {
        writeCommands(bin, { df: "echo Avail; echo 3G" });
        fs.mkdirSync(path.join(work, "xdg/otel-stack", LAST_BUILT), { recursive: true });
        accepts({ XDG_CACHE_HOME: path.join(work, "xdg"), OTEL_STACK_CACHE: "" });
        const home = path.join(work, "home");
        fs.mkdirSync(path.join(home, ".cache/otel-stack", LAST_BUILT), { recursive: true });
        accepts({ HOME: home });
    });

    it("fails when no home directory is known", () => {
        rejects(/HOME is not set.*Set HOME to/, { HOME: "" });
        writeCommands(bin, { df: "echo df: no such file >&2; exit 1" });
        rejects(/HOME is .*gone, which does not exist\. Set HOME to/, { HOME: path.join(work, "gone") });
    });

    it("fails on a conflicting route that is not the sandbox's own", () => {
        const route = (line: string): void => {
            const answer = `[ "$*" = "-4 route show to match ${NODE_IP}" ] && echo '${line}'`;
            writeCommands(bin, { ip: `case "$1" in link) exit 1 ;; *) ${answer} ;; esac` });
        };
        route("198.18.0.0/15 via 10.0.0.1 dev tun0");
        rejects(/has a route on this machine \(198\.18\.0\.0\/15 via 10\.0\.0\.1 dev tun0\)\. Remove the route\./);
        route(`198.18.0.0/30 dev ${HOST_LINK} proto kernel scope link src 198.18.0.1`);
        accepts();
        route(`unreachable ${ADDRESS_RANGE} `);
        accepts();
        const answer = `[ "$*" = "-4 route show to root ${ADDRESS_RANGE}" ] && echo 198.19.0.0/24 dev tun0`;
        writeCommands(bin, { ip: `case "$1" in link) exit 1 ;; *) ${answer} ;; esac` });
        rejects(/has a route on this machine \(198\.19\.0\.0\/24 dev tun0\)/);
    });
});
