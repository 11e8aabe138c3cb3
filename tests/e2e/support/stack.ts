import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa, execaSync } from "execa";
import * as yaml from "yaml";
import { STACK_SIZES } from "../../../config/schema/durability";
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

/** Longer than a user should wait, because other shards use the machine too. */
const VERIFY_TIMEOUT_SECONDS = 120;

/** Settings of every stack on the sandbox, from the sandbox's file: its images and limitations. */
const SANDBOX_KEYS = [
    ["encryptionsalt"],
    ...["images", "grafana", "loki", "victoriaLogs"].map((setting) => ["config", `otel-stack:${setting}`]),
    ["config", "otel-stack:networkPolicies", "dns"],
];

/**
 * The stack that the files test, with some settings changed: the sandbox's stack, or a stack with the settings of
 * `STACK` on an external cluster. The latter has a separate Namespace and separate Pulumi state, so that a stack that
 * is already deployed there does not change.
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
 * Stacks whose dashboards and rules are tried on the data of another stack: the stack that the files test with each size,
 * and on the sandbox the stack `dev` with the sandbox's log store.
 */
export function configureComparedStacks(): readonly Stack[] {
    return [
        ...(ON_SANDBOX ? [configureStack("dev")] : []),
        ...STACK_SIZES.map((size) => configureTargetStack({ size })),
    ];
}

/**
 * A stack on the sandbox with the settings of its file, the sandbox's images and limitations, and some settings
 * changed. It uses a copy of the file, because Pulumi writes into the stack's file.
 *
 * @param changes Settings below `otel-stack:`, keyed by their path, such as `collector.batch.flushTimeout`.
 * @param root The checkout with the files.
 */
export function configureStack(
    name: string,
    changes: Readonly<Record<string, unknown>> = {},
    root: string = ROOT,
): Stack {
    const settings = parseSettingsFile(name, root);
    const sandbox = parseSettingsFile(SANDBOX_STACK, root);
    for (const key of SANDBOX_KEYS) {
        // A previous version may not have the setting.
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

/** Writes the changed settings to a file that is deleted when the process exits. */
function writeSettings(settings: yaml.Document, name: string, changes: Readonly<Record<string, unknown>>): string {
    for (const [setting, value] of Object.entries({ ...resolveShardSettings(), ...changes })) {
        const [section = "", ...rest] = setting.split(".");
        settings.setIn(["config", `otel-stack:${section}`, ...rest], value);
    }
    const configFile = path.join(fs.mkdtempSync(path.join(WORK_DIRECTORY, "settings-")), `Pulumi.${name}.yaml`);
    fs.writeFileSync(configFile, settings.toString());
    return configFile;
}

/** A stack's settings as in its file. */
export function readRawSettings({ name, configFile }: Stack): Settings {
    // The file of a stack on the sandbox may have another name, such as Pulumi.dev.yaml.
    return configFile === undefined
        ? settingsIn(name)
        : settingsIn(path.basename(configFile, ".yaml").replace("Pulumi.", ""), path.dirname(configFile));
}

/** A stack's settings with all defaults. */
export function readStackSettings(stack: Stack): StackSettings {
    const { settings, issues } = validate(readRawSettings(stack));
    if (settings === undefined) {
        throw new Error(`the settings of stack ${stack.name} are wrong: ${JSON.stringify(issues)}`);
    }
    return settings;
}

/** Environment variables for Pulumi with state in this process's directory. The passphrase is for temporary secrets. */
function resolveTargetEnv(): Readonly<Record<string, string>> {
    const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
    const known = PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    return { ...resolveStateEnv(), ...(known ? {} : { PULUMI_CONFIG_PASSPHRASE: "otel-stack-e2e" }) };
}

let targetSalt: unknown;

/**
 * The encryption salt of a new stack, created in a separate directory. In the checkout, Pulumi would write it into the
 * stack's file.
 */
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

/** Settings for the Namespace of a shard with a separate stack. */
function resolveShardSettings(): Readonly<Record<string, unknown>> {
    return isIsolated() ? { "namespace.name": NAMESPACE } : {};
}

/** The stack has the same name, so its Pulumi state is in a separate directory. */
function resolveStateEnv(): Readonly<Record<string, string>> {
    return isIsolated() ? { PULUMI_BACKEND_URL: `file://${WORK_DIRECTORY}` } : {};
}

/** Sets an encrypted value in the stack's file, as a user does. */
export async function putSecretSetting(stack: Stack, key: string, value: string): Promise<void> {
    const args = ["config", "set", "--secret", "--path", `otel-stack:${key}`];
    await execa("pulumi", pulumiArgs(stack, args), { cwd: ROOT, env: stack.env, input: value });
}

/** Runs `pulumi up`. Returns how many resources it created, updated, replaced or deleted. */
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
 * Runs Pulumi on the stack and returns its output.
 *
 * @param root The checkout with the program.
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

/** Removes the lock of a killed `pulumi`. On the sandbox, the project's commands do. */
export async function unlock(stack: Stack): Promise<void> {
    if (!ON_SANDBOX) {
        await execa("pulumi", pulumiArgs(stack, ["cancel", "--yes"]), { cwd: ROOT, env: stack.env });
    }
}

/** Asserts that telemetry passes through all routes of the stack. */
export async function assertVerified(stack: Stack): Promise<void> {
    await verifyStack(stack, VERIFY_TIMEOUT_SECONDS);
}

function parseSettingsFile(stack: string, root: string): yaml.Document {
    return yaml.parseDocument(fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8"));
}
