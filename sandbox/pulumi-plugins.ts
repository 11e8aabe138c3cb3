import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { sandboxEnv } from "./environment";
import { BIN, CACHE, STATE } from "./directories";
import {
    bundleRandomProvider,
    pluginFolder,
    type PluginName,
    pluginProgram,
    readPackageVersion,
} from "./plugins/build";

const PLUGINS: readonly PluginName[] = ["kubernetes", "random"];

/** Folders with plugins. */
export interface PluginFolders {
    /** Output: `$PULUMI_HOME/plugins` of the sandbox. */
    readonly target: string;
    /** The user's Pulumi home. */
    readonly userHome: string;
    /** Pulumi home for downloads. */
    readonly downloads: string;
    /** Folder with the Pulumi command and the Kubernetes provider that is built from its Go module. */
    readonly programs: string;
}

const INSTALL_TIMEOUT_MS = 60_000;
const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

/**
 * Installs the plugins of the sandbox's Pulumi. Uses the official releases if they are installed or can be downloaded.
 * Otherwise, uses the Kubernetes provider that is built from its Go module, and the random provider of the sandbox.
 *
 * @returns the origin of the plugins, for the progress message
 */
export async function providePlugins(folders: PluginFolders = resolveDefaultFolders()): Promise<string> {
    const { target } = folders;
    fs.mkdirSync(target, { recursive: true });
    const missing: PluginName[] = [];
    for (const name of PLUGINS) {
        const official = await findOfficialPlugin(name, folders);
        if (official === undefined) {
            missing.push(name);
        } else {
            fs.rmSync(path.join(target, pluginFolder(name)), { recursive: true, force: true });
            fs.symlinkSync(official, path.join(target, pluginFolder(name)));
        }
    }
    if (missing.includes("kubernetes")) {
        linkKubernetesProvider(folders);
    }
    if (missing.includes("random")) {
        await bundleRandomProvider(target);
    }
    return missing.length === 0
        ? "the official releases"
        : `${missing.join(" and ")} built from source, because the official releases cannot be downloaded`;
}

function resolveDefaultFolders(): PluginFolders {
    return {
        target: path.join(STATE, "pulumi/plugins"),
        userHome: resolveUserPulumiHome(process.env),
        downloads: path.join(CACHE, "pulumi-official"),
        programs: BIN,
    };
}

function linkKubernetesProvider({ programs, target }: PluginFolders): void {
    const program = path.join(target, pluginProgram("kubernetes"));
    fs.rmSync(path.dirname(program), { recursive: true, force: true });
    fs.mkdirSync(path.dirname(program));
    fs.symlinkSync(path.join(programs, path.basename(program)), program);
}

async function findOfficialPlugin(name: PluginName, folders: PluginFolders): Promise<string | undefined> {
    const homes = [folders.userHome, folders.downloads];
    const folder = pluginFolder(name);
    return findPlugin(homes, folder) ?? ((await downloadPlugin(name, folders)) ? findPlugin(homes, folder) : undefined);
}

/**
 * Returns the user's Pulumi home. Ignores PULUMI_HOME if `eval "$(make sandbox-env)"` set it to that of the sandbox.
 */
export function resolveUserPulumiHome({ PULUMI_HOME: home }: NodeJS.ProcessEnv): string {
    return !home || home === sandboxEnv().PULUMI_HOME ? path.join(os.homedir(), ".pulumi") : home;
}

/** Returns the first complete copy of a plugin. Pulumi marks incomplete downloads with a `.partial` file. */
export function findPlugin(homes: readonly string[], folder: string): string | undefined {
    return homes
        .map((home) => path.join(home, "plugins", folder))
        .find((candidate) => fs.existsSync(candidate) && !fs.existsSync(`${candidate}.partial`));
}

/** Downloads a plugin, and returns whether it succeeded. Retries a failed download after one day. */
async function downloadPlugin(name: PluginName, { downloads: home, programs }: PluginFolders): Promise<boolean> {
    const failure = path.join(home, `${name}.failed`);
    if (fs.existsSync(failure) && Date.now() - fs.statSync(failure).mtimeMs < RETRY_AFTER_MS) {
        return false;
    }
    fs.mkdirSync(home, { recursive: true });
    const { failed, all } = await execa("pulumi", ["plugin", "install", "resource", name, readPackageVersion(name)], {
        env: { ...sandboxEnv(), PATH: `${programs}:${process.env.PATH ?? ""}`, PULUMI_HOME: home },
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
