import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { execa } from "execa";
import type { ImageFile } from "./pack-image";
import { makeOnce } from "./make-once";
import { BUILD_LOGS, CACHE, ROOT } from "./directories";

const MODULE = path.join(ROOT, "sandbox/modules/prometheus");
const GO_MODULE = "github.com/prometheus/prometheus";
const BIN = path.join(ROOT, "node_modules/.bin");
const LOG = path.join(BUILD_LOGS, "build-prometheus-ui.log");

/**
 * Working directory of the image. Prometheus that has no UI compiled in reads it from `web/ui/static` below its working
 * directory, if that is called `prometheus`. The official image's, `/prometheus`, is where the pod has its data volume.
 */
export const PROMETHEUS_FOLDER = "/usr/share/prometheus";
const UI_FOLDER = path.join(PROMETHEUS_FOLDER, "web/ui/static/mantine-ui");

/** A package of which the registry does not serve the version that the UI's lock file names, and its replacement. */
interface Replacement {
    readonly name: string;
    readonly locked: string;
    readonly version: string;
    readonly integrity: string;
}

const REPLACEMENTS: readonly Replacement[] = [
    {
        name: "@mantine/code-highlight",
        locked: "9.7.2",
        version: "9.6.2",
        integrity: "sha512-lEtpNTvLeKB0UKn/f6iH8NKwUtn++Otfg0KCTsIf9ThpSAwkexBTxuo5mDr4UwljalHRIAmFi9otdQ82l6ecYA==",
    },
];

/** Builds the UI's files from the sources in Prometheus' Go module, unless they are in the cache. */
export async function buildPrometheusUi(): Promise<string> {
    return makeOnce(resolveUiFolder(), async (folder) => {
        const work = path.join(folder, "work");
        await copySources(work);
        fs.mkdirSync(BUILD_LOGS, { recursive: true });
        fs.writeFileSync(LOG, "");
        const pnpm = (args: readonly string[]): Promise<void> => runCommand("pnpm", args, work);
        const app = "@prometheus-io/mantine-ui";
        // Its packages run no scripts of their own; the store is beside the work, and is deleted with it.
        const store = `--store-dir=${path.join(folder, "store")}`;
        await pnpm(["install", "--frozen-lockfile", "--ignore-scripts", store, `--filter=${app}...`]);
        await pnpm([`--filter=${app}^...`, "run", "build"]);
        // The types are checked by Prometheus' own CI.
        await pnpm([`--filter=${app}`, "exec", "vite", "build"]);
        fs.renameSync(path.join(work, "mantine-ui/dist"), path.join(folder, "files"));
        fs.rmSync(work, { recursive: true });
        fs.rmSync(path.join(folder, "store"), { recursive: true });
    });
}

/** Whether the UI's files are in the cache. */
export function isPrometheusUiBuilt(): boolean {
    return fs.existsSync(resolveUiFolder());
}

/** The UI's files, for the image of Prometheus. */
export async function listPrometheusUiFiles(): Promise<readonly ImageFile[]> {
    const folder = path.join(await buildPrometheusUi(), "files");
    return fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => fs.statSync(path.join(folder, file)).isFile())
        .sort()
        .map((file) => ({ from: path.join(folder, file), to: path.join(UI_FOLDER, file), mode: 0o644 }));
}

/**
 * The lock file, or a package.json, with the replacements in place of what it names.
 *
 * @throws where it names no such version: a newer UI may not need the replacement.
 */
export function applyReplacements(text: string, replacements: readonly Replacement[] = REPLACEMENTS): string {
    return replacements.reduce((all, { name, locked, version, integrity }) => {
        const replaced = all
            // package.json
            .replace(`"${name}": "^${locked}"`, `"${name}": "${version}"`)
            // Of the lock file: what the app asks for and gets, the package, and the package with its peers.
            .replace(
                `'${name}':\n        specifier: ^${locked}\n        version: ${locked}(`,
                `'${name}':\n        specifier: ${version}\n        version: ${version}(`,
            )
            .replace(
                new RegExp(`'${name}@${escapeDots(locked)}':\n    resolution: \\{integrity: \\S+\\}`),
                `'${name}@${version}':\n    resolution: {integrity: ${integrity}}`,
            )
            .replaceAll(`'${name}@${locked}(`, `'${name}@${version}(`);
        if (replaced === all) {
            throw new Error(`Prometheus' web UI does not ask for ${name} ${locked}; see sandbox/prometheus-ui.ts`);
        }
        return replaced;
    }, text);
}

function escapeDots(text: string): string {
    return text.replaceAll(".", "\\.");
}

function resolveUiFolder(): string {
    const sources = fs
        .readFileSync(path.join(MODULE, "go.sum"), "utf8")
        .split("\n")
        .find((line) => line.startsWith(`${GO_MODULE} `) && !line.includes("/go.mod "));
    const recipe = fs.readFileSync(__filename);
    const hash = createHash("sha256")
        .update(JSON.stringify([sources, process.version, readPnpmVersion()]))
        .update(recipe);
    return path.join(CACHE, "programs", `prometheus-ui-${hash.digest("hex").slice(0, 12)}`);
}

function readPnpmVersion(): string {
    const { devDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
        devDependencies: { pnpm: string };
    };
    return devDependencies.pnpm;
}

/** Go's copy of the module cannot be written to. The old UI beside it is not part of the workspace. */
async function copySources(work: string): Promise<void> {
    const { stdout } = await execa("go", ["mod", "download", "-json", GO_MODULE], {
        cwd: MODULE,
        env: { GOWORK: "off", GOFLAGS: "-mod=readonly" },
    });
    const { Dir } = JSON.parse(stdout) as { readonly Dir: string };
    const sources = path.join(Dir, "web/ui");
    fs.cpSync(sources, work, { recursive: true, filter: (file) => file !== path.join(sources, "react-app") });
    await execa("chmod", ["-R", "u+w", work]);
    for (const file of ["pnpm-lock.yaml", "mantine-ui/package.json"]) {
        const named = path.join(work, file);
        fs.writeFileSync(named, applyReplacements(fs.readFileSync(named, "utf8")));
    }
}

async function runCommand(command: string, args: readonly string[], cwd: string): Promise<void> {
    const { failed, all } = await execa(command, args, {
        cwd,
        // The build scripts of the UI's packages call pnpm too. CI: it asks nothing, and looks for no newer pnpm.
        env: { PATH: `${BIN}:${process.env.PATH ?? ""}`, CI: "1" },
        stdin: "ignore",
        all: true,
        reject: false,
    });
    fs.appendFileSync(LOG, all);
    if (failed) {
        const tail = all.trimEnd().split("\n").slice(-5).join("\n");
        throw new Error(`Prometheus' web UI could not be built; the whole output is in ${LOG}, its end:\n${tail}`);
    }
}
