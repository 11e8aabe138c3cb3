import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { BUILD_LOGS, CACHE, ROOT } from "./paths";
import type { GoModule } from "./programs";

const MODULES = path.join(ROOT, "sandbox/modules");

/** A build that failed: says which, and where its output stands. */
export class BuildError extends Error {
    constructor(module: GoModule, log: string) {
        const tail = fs.readFileSync(log, "utf8").trimEnd().split("\n").slice(-5).join("\n");
        super(`${module.title} could not be built; the whole output is in ${log}, its end:\n${tail}`);
    }
}

/** Folder that holds the programs of a module, named after all that goes into them. */
export function outputOf(module: GoModule, goVersion: string): string {
    const hash = createHash("sha256").update(JSON.stringify([goVersion, buildArguments(module)]));
    const folder = path.join(MODULES, module.name);
    for (const file of fs.readdirSync(folder).sort()) {
        hash.update(file).update(fs.readFileSync(path.join(folder, file)));
    }
    return path.join(CACHE, "programs", `${module.name}-${hash.digest("hex").slice(0, 12)}`);
}

/** Whether the programs of the module are there already. */
export function isBuilt(module: GoModule, goVersion: string): boolean {
    return fs.existsSync(outputOf(module, goVersion));
}

/**
 * Builds the programs of a module and returns their folder. A build that was interrupted goes on where it stopped, as
 * Go keeps each package that it compiled; the folder appears whole or not at all.
 */
export async function build(module: GoModule, goVersion: string, signal?: AbortSignal): Promise<string> {
    const output = outputOf(module, goVersion);
    if (fs.existsSync(output)) {
        return output;
    }
    const unfinished = `${output}.unfinished`;
    fs.rmSync(unfinished, { recursive: true, force: true });
    fs.mkdirSync(unfinished, { recursive: true });
    fs.mkdirSync(BUILD_LOGS, { recursive: true });
    const log = path.join(BUILD_LOGS, `build-${module.name}.log`);
    fs.writeFileSync(log, "");

    for (const [program, goPackage] of Object.entries(module.programs)) {
        const { failed, isCanceled } = await execa(
            "go",
            ["build", ...buildArguments(module), "-o", path.join(unfinished, program), goPackage],
            {
                cwd: path.join(MODULES, module.name),
                env: { CGO_ENABLED: module.cgo ? "1" : "0", GOFLAGS: "-mod=readonly" },
                stdin: "ignore",
                stdout: { file: log, append: true },
                stderr: { file: log, append: true },
                reject: false,
                ...(signal ? { cancelSignal: signal } : {}),
            },
        );
        if (isCanceled) {
            throw new Error(`the build of ${module.title} was interrupted; the next one goes on from here`);
        }
        if (failed) {
            throw new BuildError(module, log);
        }
    }
    fs.renameSync(unfinished, output);
    return output;
}

/** Version of the Go toolchain on PATH, such as `go1.26.8`; undefined where there is none. */
export async function goVersion(): Promise<string | undefined> {
    const { stdout, failed } = await execa("go", ["env", "GOVERSION"], { reject: false });
    return failed ? undefined : stdout.trim();
}

function buildArguments(module: GoModule): string[] {
    const variables = Object.entries(module.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
    return [
        "-trimpath",
        "-buildvcs=false",
        ...(module.tags ? ["-tags", module.tags.join(",")] : []),
        "-ldflags",
        ["-s", "-w", ...variables].join(" "),
    ];
}
