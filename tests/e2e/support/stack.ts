import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa, execaSync } from "execa";
import * as yaml from "yaml";
import type { StackSettings } from "../../../config/schema/schema";
import { validate } from "../../../config/validate";
import { ROOT } from "../../../sandbox/directories";
import { type Settings, readStackSettings as settingsIn } from "../../../tools/render/program";
import { pulumiArgs, SANDBOX_STACK, selectStack, resolveStack, type Stack } from "../../../tools/stack/stack";
import { verifyStack } from "../../../tools/verify/verify-stack";
import { getLastChanges, NAMESPACE } from "./cluster";
import { isIsolated } from "./shards";
import { ON_SANDBOX, TARGET } from "./target";

const WORK_DIRECTORY = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-e2e-"));
process.on("exit", () => {
    fs.rmSync(WORK_DIRECTORY, { recursive: true, force: true });
});

/** More than a person is kept waiting: other lanes take their part of the machine. */
const VERIFY_TIMEOUT_SECONDS = 120;

/** What every stack on the sandbox has of the sandbox's own file: its images, and what it has to do without. */
const SANDBOX_KEYS = [
    ["encryptionsalt"],
    ...["images", "grafana", "loki", "victoriaLogs"].map((setting) => ["config", `otel-stack:${setting}`]),
    ["config", "otel-stack:networkPolicies", "dns"],
];

/**
 * The stack that the files run on, with some settings changed: the sandbox's own, or one with the settings of `STACK` on a
 * cluster of one's own. That one has its Namespace and Pulumi's state to itself, so that whatever stack is deployed there
 * stays as it is.
 *
 * @param changes Settings below `otel-stack:`, keyed by their path, such as `collector.batch.flushTimeout`.
 */
export function configureTargetStack(changes: Readonly<Record<string, unknown>> = {}): Stack {
    if (ON_SANDBOX) {
        return configureStack(SANDBOX_STACK, changes);
    }
    const settings = parseSettingsFile(TARGET.name, ROOT);
    const salt = settings.getIn(["encryptionsalt"]) ?? resolveTargetSalt();
    settings.setIn(["encryptionsalt"], salt);
    return { ...TARGET, env: resolveTargetEnv(), configFile: writeSettings(settings, TARGET.name, changes) };
}

/**
 * A stack on the sandbox with the settings of its file, the sandbox's images and lacks, and some settings changed.
 * The files of the checkout stay as they are: under its own name, Pulumi would write into that stack's file.
 *
 * @param changes Settings below `otel-stack:`, keyed by their path, such as `collector.batch.flushTimeout`.
 * @param root The checkout whose files they are.
 */
export function configureStack(
    name: string,
    changes: Readonly<Record<string, unknown>> = {},
    root: string = ROOT,
): Stack {
    const settings = parseSettingsFile(name, root);
    const sandbox = parseSettingsFile(SANDBOX_STACK, root);
    for (const key of SANDBOX_KEYS) {
        // A checkout of before may not know it.
        if (sandbox.hasIn(key)) {
            settings.setIn(key, sandbox.getIn(key));
        }
    }
    const stack = resolveStack(SANDBOX_STACK);
    return {
        ...stack,
        env: { ...stack.env, ...resolveStateEnv() },
        configFile: writeSettings(settings, name, changes),
    };
}

/** The settings with the changes, as a file that lives as long as this process. */
function writeSettings(settings: yaml.Document, name: string, changes: Readonly<Record<string, unknown>>): string {
    for (const [setting, value] of Object.entries({ ...resolveShardSettings(), ...changes })) {
        const [section = "", ...rest] = setting.split(".");
        settings.setIn(["config", `otel-stack:${section}`, ...rest], value);
    }
    const configFile = path.join(fs.mkdtempSync(path.join(WORK_DIRECTORY, "settings-")), `Pulumi.${name}.yaml`);
    fs.writeFileSync(configFile, settings.toString());
    return configFile;
}

/** A stack's settings as its file has them. */
export function readRawSettings({ name, configFile }: Stack): Settings {
    return settingsIn(name, configFile === undefined ? undefined : path.dirname(configFile));
}

/** A stack's settings with all defaults. */
export function readStackSettings(stack: Stack): StackSettings {
    const { settings, issues: problems } = validate(readRawSettings(stack));
    if (settings === undefined) {
        throw new Error(`the settings of stack ${stack.name} are wrong: ${JSON.stringify(problems)}`);
    }
    return settings;
}

/** What Pulumi needs for a stack whose state lives in this process's folder. The passphrase is for secrets that end with it. */
function resolveTargetEnv(): Readonly<Record<string, string>> {
    const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
    const known = PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    return { ...resolveStateEnv(), ...(known ? {} : { PULUMI_CONFIG_PASSPHRASE: "otel-stack-e2e" }) };
}

let targetSalt: unknown;

/** Of a stack that is made in a folder of its own: in the checkout, Pulumi would write it into the stack's file. */
function resolveTargetSalt(): unknown {
    if (targetSalt === undefined) {
        const folder = fs.mkdtempSync(path.join(WORK_DIRECTORY, "project-"));
        fs.copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
        execaSync("pulumi", ["stack", "init", TARGET.name, "--non-interactive"], {
            cwd: folder,
            env: resolveTargetEnv(),
        });
        const file = fs.readFileSync(path.join(folder, `Pulumi.${TARGET.name}.yaml`), "utf8");
        targetSalt = yaml.parseDocument(file).getIn(["encryptionsalt"]);
    }
    return targetSalt;
}

/** Where the stack of another lane than a person's stands. */
function resolveShardSettings(): Readonly<Record<string, unknown>> {
    return isIsolated() ? { "namespace.name": NAMESPACE } : {};
}

/** It has the same name, so that Pulumi's state of it stands in a folder of its own. */
function resolveStateEnv(): Readonly<Record<string, string>> {
    return isIsolated() ? { PULUMI_BACKEND_URL: `file://${WORK_DIRECTORY}` } : {};
}

/** `pulumi up`; returns how many resources it created, updated, replaced or deleted. */
export async function pulumiUp(stack: Stack, root: string = ROOT): Promise<Readonly<Record<string, number>>> {
    const { ok, output } = await tryPulumi(stack, ["up", "--yes", "--skip-preview"], root);
    if (!ok) {
        throw new Error(`pulumi up failed:\n${output}`);
    }
    return getLastChanges(stack);
}

export async function pulumiDestroy(stack: Stack): Promise<void> {
    const { ok, output } = await tryPulumi(stack, ["destroy", "--yes", "--skip-preview"]);
    if (!ok) {
        throw new Error(`pulumi destroy failed:\n${output}`);
    }
}

/**
 * Runs Pulumi on the stack and returns all that it printed.
 *
 * @param root The checkout whose program it runs.
 */
export async function tryPulumi(
    stack: Stack,
    args: readonly string[],
    root: string = ROOT,
): Promise<{ ok: boolean; output: string }> {
    await selectStack(stack);
    const { failed, all } = await execa("pulumi", pulumiArgs(stack, [...args, "--non-interactive", "--diff"]), {
        cwd: root,
        env: stack.env,
        all: true,
        reject: false,
    });
    return { ok: !failed, output: all };
}

/** Takes back the lock that a `pulumi` left that was killed. On the sandbox the program's own commands do. */
export async function unlock(stack: Stack): Promise<void> {
    if (!ON_SANDBOX) {
        await execa("pulumi", pulumiArgs(stack, ["cancel", "--yes"]), { cwd: ROOT, env: stack.env });
    }
}

/** Telemetry goes through the stack on every way there is. */
export async function assertVerified(stack: Stack): Promise<void> {
    await verifyStack(stack, VERIFY_TIMEOUT_SECONDS);
}

function parseSettingsFile(stack: string, root: string): yaml.Document {
    return yaml.parseDocument(fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8"));
}
