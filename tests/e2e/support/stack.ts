import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa, execaSync } from "execa";
import * as yaml from "yaml";
import type { StackSettings } from "../../../config/schema";
import { validate } from "../../../config/validate";
import { ROOT } from "../../../sandbox/paths";
import { type Settings, settingsOf as settingsIn } from "../../../tools/mocked-stack";
import { argumentsFor, SANDBOX_STACK, selectStack, stackOf, type Stack } from "../../../tools/stack";
import { verifyStack } from "../../../tools/verify/stack";
import { lastChanges, NAMESPACE } from "./cluster";
import { isAside } from "./lanes";
import { ON_SANDBOX, TARGET } from "./target";

const WORK = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-e2e-"));
process.on("exit", () => {
    fs.rmSync(WORK, { recursive: true, force: true });
});

/** More than a person is kept waiting: other lanes take their part of the machine. */
const VERIFIED_WITHIN_SECONDS = 120;

/** What every stack on the sandbox has of the sandbox's own file: its images, and what it has to do without. */
const OF_THE_SANDBOX = [
    ["encryptionsalt"],
    ...["images", "grafana", "loki", "victoriaLogs"].map((setting) => ["config", `otel-stack:${setting}`]),
    ["config", "otel-stack:networkPolicies", "dns"],
];

/**
 * The stack that the files run on, with some settings changed: the sandbox's own, or one with the settings of `STACK` on a
 * cluster of one's own. That one has its Namespace and Pulumi's state to itself, so that whatever stack is deployed there
 * stays as it is.
 *
 * @param changes Settings below `otel-stack:`, keyed by their path, such as `collector.batch.timeout`.
 */
export function targetStack(changes: Readonly<Record<string, unknown>> = {}): Stack {
    if (ON_SANDBOX) {
        return stackWith(SANDBOX_STACK, changes);
    }
    const settings = settingsFile(TARGET.name, ROOT);
    const salt = settings.getIn(["encryptionsalt"]) ?? ownSalt();
    settings.setIn(["encryptionsalt"], salt);
    return { ...TARGET, env: ownEnv(), configFile: written(settings, TARGET.name, changes) };
}

/**
 * A stack on the sandbox with the settings of its file, the sandbox's images and lacks, and some settings changed.
 * The files of the checkout stay as they are: under its own name, Pulumi would write into that stack's file.
 *
 * @param changes Settings below `otel-stack:`, keyed by their path, such as `collector.batch.timeout`.
 * @param root The checkout whose files they are.
 */
export function stackWith(name: string, changes: Readonly<Record<string, unknown>> = {}, root: string = ROOT): Stack {
    const settings = settingsFile(name, root);
    const sandbox = settingsFile(SANDBOX_STACK, root);
    for (const key of OF_THE_SANDBOX) {
        // A checkout of before may not know it.
        if (sandbox.hasIn(key)) {
            settings.setIn(key, sandbox.getIn(key));
        }
    }
    const stack = stackOf(SANDBOX_STACK);
    return { ...stack, env: { ...stack.env, ...stateOf() }, configFile: written(settings, name, changes) };
}

/** The settings with the changes, as a file that lives as long as this process. */
function written(settings: yaml.Document, name: string, changes: Readonly<Record<string, unknown>>): string {
    for (const [setting, value] of Object.entries({ ...placeOf(), ...changes })) {
        const [section = "", ...rest] = setting.split(".");
        settings.setIn(["config", `otel-stack:${section}`, ...rest], value);
    }
    const configFile = path.join(fs.mkdtempSync(path.join(WORK, "settings-")), `Pulumi.${name}.yaml`);
    fs.writeFileSync(configFile, settings.toString());
    return configFile;
}

/** A stack's settings as its file has them. */
export function rawSettingsOf({ name, configFile }: Stack): Settings {
    return settingsIn(name, configFile === undefined ? undefined : path.dirname(configFile));
}

/** A stack's settings with all defaults. */
export function settingsOf(stack: Stack): StackSettings {
    const { settings, problems } = validate(rawSettingsOf(stack));
    if (settings === undefined) {
        throw new Error(`the settings of stack ${stack.name} are wrong: ${JSON.stringify(problems)}`);
    }
    return settings;
}

/** What Pulumi needs for a stack whose state lives in this process's folder. The passphrase is for secrets that end with it. */
function ownEnv(): Readonly<Record<string, string>> {
    const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = process.env;
    const known = PULUMI_CONFIG_PASSPHRASE !== undefined || PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
    return { ...stateOf(), ...(known ? {} : { PULUMI_CONFIG_PASSPHRASE: "otel-stack-e2e" }) };
}

let saltOfOwnStack: unknown;

/** Of a stack that is made in a folder of its own: in the checkout, Pulumi would write it into the stack's file. */
function ownSalt(): unknown {
    if (saltOfOwnStack === undefined) {
        const folder = fs.mkdtempSync(path.join(WORK, "project-"));
        fs.copyFileSync(path.join(ROOT, "Pulumi.yaml"), path.join(folder, "Pulumi.yaml"));
        execaSync("pulumi", ["stack", "init", TARGET.name, "--non-interactive"], { cwd: folder, env: ownEnv() });
        const file = fs.readFileSync(path.join(folder, `Pulumi.${TARGET.name}.yaml`), "utf8");
        saltOfOwnStack = yaml.parseDocument(file).getIn(["encryptionsalt"]);
    }
    return saltOfOwnStack;
}

/** Where the stack of another lane than a person's stands. */
function placeOf(): Readonly<Record<string, unknown>> {
    return isAside() ? { "namespace.name": NAMESPACE } : {};
}

/** It has the same name, so that Pulumi's state of it stands in a folder of its own. */
function stateOf(): Readonly<Record<string, string>> {
    return isAside() ? { PULUMI_BACKEND_URL: `file://${WORK}` } : {};
}

/** `pulumi up`; returns how many resources it created, updated, replaced or deleted. */
export async function up(stack: Stack, root: string = ROOT): Promise<Readonly<Record<string, number>>> {
    const { ok, output } = await tryPulumi(stack, ["up", "--yes", "--skip-preview"], root);
    if (!ok) {
        throw new Error(`pulumi up failed:\n${output}`);
    }
    return lastChanges(stack);
}

export async function destroy(stack: Stack): Promise<void> {
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
    const { failed, all } = await execa("pulumi", argumentsFor(stack, [...args, "--non-interactive", "--diff"]), {
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
        await execa("pulumi", argumentsFor(stack, ["cancel", "--yes"]), { cwd: ROOT, env: stack.env });
    }
}

/** Telemetry goes through the stack on every way there is. */
export async function verifyHolds(stack: Stack): Promise<void> {
    await verifyStack(stack, VERIFIED_WITHIN_SECONDS);
}

function settingsFile(stack: string, root: string): yaml.Document {
    return yaml.parseDocument(fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8"));
}
