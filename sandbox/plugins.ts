import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { CACHE, STATE } from "./paths";
import { buildPlugins, type PluginName, versionOf } from "./plugins/build";
import { sandboxEnv } from "./environment";

const PLUGINS: readonly PluginName[] = ["kubernetes", "random"];
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
    const standIns: PluginName[] = [];
    for (const name of PLUGINS) {
        const folder = `resource-${name}-v${versionOf(name)}`;
        const official = await findOfficial(name, folder);
        if (official === undefined) {
            standIns.push(name);
        } else {
            fs.rmSync(path.join(TARGET, folder), { recursive: true, force: true });
            fs.symlinkSync(official, path.join(TARGET, folder));
        }
    }
    if (standIns.length === 0) {
        return "Pulumi's own";
    }
    await buildPlugins(TARGET, standIns);
    return `stand-ins for ${standIns.join(" and ")}, as Pulumi's own can't be downloaded here`;
}

async function findOfficial(name: PluginName, folder: string): Promise<string | undefined> {
    const homes = [ownHome(process.env), OFFICIAL_HOME];
    return findPlugin(homes, folder) ?? ((await download(name)) ? findPlugin(homes, folder) : undefined);
}

/** Pulumi's folder of the person who calls. After `eval "$(make env)"` that is the sandbox's, where stand-ins are. */
export function ownHome({ PULUMI_HOME: home }: NodeJS.ProcessEnv): string {
    const ofUser = path.join(os.homedir(), ".pulumi");
    return !home || home === sandboxEnv().PULUMI_HOME ? ofUser : home;
}

/** The first whole copy of a plugin; Pulumi marks one that it still downloads. */
export function findPlugin(homes: readonly string[], folder: string): string | undefined {
    return homes
        .map((home) => path.join(home, "plugins", folder))
        .find((candidate) => fs.existsSync(candidate) && !fs.existsSync(`${candidate}.partial`));
}

/** Downloads a plugin; a machine that can't is asked again a day later. */
async function download(name: PluginName): Promise<boolean> {
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
