import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import { CACHE, ROOT } from "../../../sandbox/directories";
import { makeOnce } from "../../../sandbox/make-once";

/** A language with a program in examples/. */
export type Language = "go" | "java" | "nodejs" | "python" | "rust";

export const LANGUAGES: readonly Language[] = ["nodejs", "python", "java", "go", "rust"];

/** A program that runs in a pod with some folders of this machine. */
export interface ExampleProgram {
    readonly command: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    /** Folders of this machine. */
    readonly folders: readonly string[];
}

interface Recipe {
    /** Commands that identify the tools of the build. A new version builds again. */
    readonly version: readonly [string, ...string[]];
    /** Builds in a copy of the folder of examples/. */
    readonly build: (folder: string, features: readonly string[]) => Promise<void>;
    readonly resolve: (folder: string) => Promise<ExampleProgram>;
}

/** Programs and libraries of the system, and the configuration that Debian's Java links to. */
const SYSTEM_FOLDERS = ["/usr", "/lib", "/lib64", "/etc/java-17-openjdk"].filter((folder) => fs.existsSync(folder));

async function run(cwd: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    await execa(command, args, { cwd, env, stdin: "ignore" });
}

async function findProgram(name: string): Promise<string> {
    const { stdout } = await execa("sh", ["-c", 'command -v "$1"', "sh", name]);
    return fs.realpathSync(stdout);
}

const RECIPES: Readonly<Record<Language, Recipe>> = {
    nodejs: {
        version: [process.execPath, "--version"],
        build: (folder) => run(folder, "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]),
        resolve: (folder) =>
            Promise.resolve({
                command: [process.execPath, path.join(folder, "main.js")],
                env: {},
                folders: [path.dirname(path.dirname(process.execPath))],
            }),
    },
    python: {
        version: ["python3", "--version"],
        // A virtual environment would contain the path of the temporary folder.
        build: (folder) =>
            run(folder, "python3", [
                ...["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"],
                ...["--require-hashes", "--requirement=requirements.txt", "--target=lib"],
            ]),
        resolve: async (folder) => {
            const script = "import sys; print(sys.executable, sys.base_prefix)";
            const [python = "", prefix = ""] = (await execa("python3", ["-c", script])).stdout.split(" ");
            const lib = path.join(folder, "lib");
            return {
                command: [python, path.join(lib, "bin/opentelemetry-instrument"), python, path.join(folder, "main.py")],
                env: { PYTHONPATH: lib, PYTHONDONTWRITEBYTECODE: "1" },
                folders: [prefix],
            };
        },
    },
    java: {
        version: ["java", "--version"],
        build: async (folder) => {
            await run(folder, "mvn", ["--quiet", "--batch-mode", "dependency:copy-dependencies"]);
            await run(path.join(folder, "target/lib"), "sha256sum", ["--check", "--strict", "../../checksums.sha256"]);
        },
        resolve: async (folder) => ({
            command: [
                await findProgram("java"),
                ...["-cp", path.join(folder, "target/lib/*"), path.join(folder, "Main.java")],
            ],
            env: {},
            folders: [],
        }),
    },
    go: {
        version: ["go", "version"],
        build: (folder) =>
            run(folder, "go", ["build", "-mod=readonly", "-o", "app", "."], { CGO_ENABLED: "0", GOWORK: "off" }),
        resolve: (folder) => Promise.resolve({ command: [path.join(folder, "app")], env: {}, folders: [] }),
    },
    rust: {
        version: ["cargo", "--version"],
        build: async (folder, features) => {
            await run(folder, "cargo", ["build", "--quiet", "--locked", `--features=${features.join(",")}`]);
            fs.renameSync(path.join(folder, "target/debug/send-from-rust"), path.join(folder, "app"));
            fs.rmSync(path.join(folder, "target"), { recursive: true });
        },
        resolve: (folder) => Promise.resolve({ command: [path.join(folder, "app")], env: {}, folders: [] }),
    },
};

/**
 * Builds the program of a language unless it is cached.
 *
 * @param features Cargo features of the program in Rust.
 */
export async function buildExample(language: Language, features: readonly string[] = []): Promise<ExampleProgram> {
    const { build, resolve, version } = RECIPES[language];
    const sources = path.join(ROOT, "examples", language);
    // Not the build products of a developer.
    const { stdout } = await execa("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: sources });
    const files = stdout.split("\n").sort();
    const hash = createHash("sha256").update((await execa(version[0], version.slice(1))).stdout);
    hash.update(JSON.stringify(language === "rust" ? features : []));
    for (const file of files) {
        hash.update(file).update(fs.readFileSync(path.join(sources, file)));
    }
    const output = path.join(CACHE, "examples", `${language}-${hash.digest("hex").slice(0, 12)}`);
    const folder = await makeOnce(output, async (work) => {
        for (const file of files) {
            fs.mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
            fs.copyFileSync(path.join(sources, file), path.join(work, file));
        }
        await build(work, language === "rust" ? features : []);
    });
    const program = await resolve(folder);
    return { ...program, folders: [...SYSTEM_FOLDERS, ...program.folders, folder] };
}
