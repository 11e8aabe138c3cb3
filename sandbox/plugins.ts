import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { CACHE, ROOT, STATE } from "./paths";
import { buildPlugins } from "./plugins/build";
import { sandboxEnv } from "./environment";

const NAMES = ["kubernetes", "random"] as const;
const TARGET = path.join(STATE, "pulumi/plugins");
const OFFICIAL_HOME = path.join(CACHE, "pulumi-official");
const INSTALL_TIMEOUT_MS = 60_000;
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Gives the sandbox's Pulumi its plugins: the official ones where they are installed or can be downloaded, else the
 * sandbox's stand-ins.
 *
 * @returns What serves, for a person to read.
 */
export async function providePlugins(): Promise<string> {
    fs.mkdirSync(TARGET, { recursive: true });
    const standIns = [];
    for (const name of NAMES) {
        const folder = `resource-${name}-v${versionOf(name)}`;
        const target = path.join(TARGET, folder);
        if (fs.existsSync(target)) {
            continue;
        }
        const official = await findOfficial(name, folder);
        if (official === undefined) {
            standIns.push(name);
        } else {
            fs.symlinkSync(official, target);
        }
    }
    if (standIns.length === 0) {
        return "Pulumi's own plugins";
    }
    await buildPlugins(TARGET);
    return `the sandbox's stand-ins for Pulumi's plugins (${standIns.join(", ")}), which can't be downloaded here`;
}

async function findOfficial(name: string, folder: string): Promise<string | undefined> {
    const homes = [process.env.PULUMI_HOME ?? path.join(os.homedir(), ".pulumi"), OFFICIAL_HOME];
    const find = (): string | undefined =>
        homes.map((home) => path.join(home, "plugins", folder)).find((candidate) => fs.existsSync(candidate));
    return find() ?? ((await download(name)) ? find() : undefined);
}

/** Downloads a plugin; a machine that can't is asked again a day later. */
async function download(name: string): Promise<boolean> {
    const failure = path.join(OFFICIAL_HOME, `${name}.failed`);
    if (fs.existsSync(failure) && Date.now() - fs.statSync(failure).mtimeMs < RETRY_AFTER_MS) {
        return false;
    }
    fs.mkdirSync(OFFICIAL_HOME, { recursive: true });
    const { failed, all } = await execa("pulumi", ["plugin", "install", "resource", name, versionOf(name)], {
        env: { ...sandboxEnv(), PULUMI_HOME: OFFICIAL_HOME },
        all: true,
        reject: false,
        timeout: INSTALL_TIMEOUT_MS,
    });
    if (failed) {
        fs.writeFileSync(failure, all);
    } else {
        fs.rmSync(failure, { force: true });
    }
    return !failed;
}

/** The plugin has to have the version of the npm package. */
function versionOf(name: string): string {
    const file = path.join(ROOT, "node_modules/@pulumi", name, "package.json");
    const { version } = JSON.parse(fs.readFileSync(file, "utf8")) as { version: string };
    return version.replace(/^v/, "");
}
