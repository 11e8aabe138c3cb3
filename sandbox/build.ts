import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { makeOnce } from "./make-once";
import { BUILD_LOGS, CACHE, ROOT } from "./directories";
import type { GoEmbeds, GoModule } from "./go-modules";

/** Where modules are read and programs are put. */
export interface BuildFolders {
    /** Holds a folder of each module's name. */
    readonly modules: string;
    /** Takes a folder of each module's programs. */
    readonly programs: string;
    readonly logs: string;
}

const FOLDERS: BuildFolders = {
    modules: path.join(ROOT, "sandbox/modules"),
    programs: path.join(CACHE, "programs"),
    logs: BUILD_LOGS,
};

/** Program to the folder that holds it. */
export type ProgramFolders = ReadonlyMap<string, string>;

/** A build that failed: says which, and where its output stands. */
export class BuildError extends Error {
    /** @param reason What is known where the output says nothing, as when there is no `go` to run. */
    constructor(module: GoModule, log: string, reason: string) {
        const tail = fs.readFileSync(log, "utf8").trimEnd().split("\n").slice(-5).join("\n");
        super(`${module.title} could not be built; the whole output is in ${log}, its end:\n${tail || reason}`);
    }
}

/** Folder that holds the programs of a module, named after all that goes into them. */
export function resolveOutputFolder(module: GoModule, goVersion: string, folders: BuildFolders = FOLDERS): string {
    const { programs, cgo = false } = module;
    const embeds = module.embeds === undefined ? [] : [module.embeds];
    const inputs = [goVersion, process.arch, programs, cgo, goBuildArgs(module), ...embeds];
    const hash = createHash("sha256").update(JSON.stringify(inputs));
    const sources = path.join(folders.modules, module.name);
    for (const file of listFiles(sources)) {
        hash.update(file).update(fs.readFileSync(path.join(sources, file)));
    }
    return path.join(folders.programs, `${module.name}-${hash.digest("hex").slice(0, 12)}`);
}

/** All files below a folder, those of the modules in `left-out` included. */
function listFiles(folder: string): readonly string[] {
    return fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => fs.statSync(path.join(folder, file)).isFile())
        .sort();
}

/** Whether the programs of the module are there already. */
export function isBuilt(module: GoModule, goVersion: string): boolean {
    return fs.existsSync(resolveOutputFolder(module, goVersion));
}

/** The compiler's own: a seventh less time for a build (coredns, 101 s to 87 s), and no process takes more than 2 GiB for it. */
const COMPILER_GC_ENV = { GOGC: "400", GOMEMLIMIT: "2GiB" } as const;

/**
 * Builds the programs of a module and returns their folder. A build that was interrupted continues where it stopped, as
 * Go keeps each package that it compiled.
 */
export async function build(module: GoModule, goVersion: string, folders: BuildFolders = FOLDERS): Promise<string> {
    return makeOnce(resolveOutputFolder(module, goVersion, folders), async (folder) => {
        fs.mkdirSync(folders.logs, { recursive: true });
        const log = path.join(folders.logs, `build-${module.name}.log`);
        fs.writeFileSync(log, "");

        const sources = path.join(folders.modules, module.name);
        const env = {
            CGO_ENABLED: module.cgo ? "1" : "0",
            GOFLAGS: "-mod=readonly",
            // A go.work of a folder above would exclude these modules.
            GOWORK: "off",
            ...COMPILER_GC_ENV,
        };
        const embeds =
            module.embeds === undefined
                ? undefined
                : await findEmbeds(module, module.embeds, { cwd: sources, env, log });
        const overlay = `${log}.overlay.json`;
        if (embeds !== undefined) {
            fs.writeFileSync(overlay, JSON.stringify({ Replace: embeds }));
        }
        // All programs in one call: while one is linked, which takes one core, the packages of the next are compiled.
        const { failed, shortMessage } = await execa(
            "go",
            [
                "build",
                ...goBuildArgs(module),
                ...(embeds === undefined ? [] : ["-overlay", overlay]),
                "-o",
                `${folder}/`,
                ...Object.values(module.programs),
            ],
            {
                cwd: sources,
                env,
                stdin: "ignore",
                stdout: { file: log, append: true },
                stderr: { file: log, append: true },
                reject: false,
            },
        );
        if (failed) {
            throw new BuildError(module, log, shortMessage ?? "");
        }
        renamePrograms(module, folder);
    });
}

/** Where the compiler is to look for each embedded file: its path in the package, and the one in Go's module cache. */
async function findEmbeds(
    module: GoModule,
    { files, from, goModule, to }: GoEmbeds,
    { cwd, env, log }: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly log: string },
): Promise<Readonly<Record<string, string>>> {
    const { failed, shortMessage, stdout } = await execa("go", ["mod", "download", "-json", goModule], {
        cwd,
        env,
        reject: false,
    });
    if (failed) {
        // The reason is in the JSON, not in stderr.
        fs.writeFileSync(log, stdout);
        throw new BuildError(module, log, shortMessage ?? "");
    }
    const { Dir: folder } = JSON.parse(stdout) as { readonly Dir: string };
    return Object.fromEntries(files.map((file) => [path.join(cwd, to, file), path.join(folder, from, file)]));
}

/** Go names a program after its package or, for ".", after its module; ours go by the names that people know. */
function renamePrograms({ name, programs }: GoModule, folder: string): void {
    for (const [program, goPackage] of Object.entries(programs)) {
        const named = goPackage === "." ? name : path.basename(goPackage.replace(/\/v\d+$/, ""));
        if (named !== program) {
            fs.renameSync(path.join(folder, named), path.join(folder, program));
        }
    }
}

/** Removes programs that no command asked for in that many days: other checkouts may use other versions. */
export function removeUnused(days: number, folders: BuildFolders = FOLDERS): void {
    if (!fs.existsSync(folders.programs)) {
        return;
    }
    for (const name of fs.readdirSync(folders.programs)) {
        const folder = path.join(folders.programs, name);
        if (Date.now() - fs.statSync(folder).mtimeMs > days * 24 * 60 * 60 * 1000) {
            fs.rmSync(folder, { recursive: true, force: true });
        }
    }
}

/** Version of the Go toolchain on PATH, such as `go1.26.8`; undefined where there is none. */
export async function readGoVersion(): Promise<string | undefined> {
    const { stdout, failed } = await execa("go", ["env", "GOVERSION"], { reject: false });
    return failed ? undefined : stdout.trim();
}

/** @throws when the command `go` is missing. */
export async function requireGo(): Promise<string> {
    const version = await readGoVersion();
    if (version === undefined) {
        throw new Error("the command 'go' is missing; install Go 1.26.8 or later");
    }
    return version;
}

function goBuildArgs(module: GoModule): string[] {
    const variables = Object.entries(module.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    return [
        "-trimpath",
        "-buildvcs=false",
        // The linker leaves debug information out; not making it at all saves a sixth of the time.
        "-gcflags=all=-dwarf=false",
        ...(module.tags ? ["-tags", module.tags.join(",")] : []),
        "-ldflags",
        ["-s", "-w", ...variables].join(" "),
    ];
}
