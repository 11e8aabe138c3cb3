import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import * as yaml from "yaml";
import { ROOT } from "../../../sandbox/paths";
import { argumentsFor, SANDBOX_STACK, selectStack, stackOf, type Stack } from "../../../tools/stack";
import { verifyStack } from "../../../tools/verify/stack";
import { lastChanges, NAMESPACE } from "./cluster";
import { isAside } from "./lanes";

const WORK = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-e2e-"));
process.on("exit", () => {
    fs.rmSync(WORK, { recursive: true, force: true });
});

/** More than a person is kept waiting: other lanes take their part of the machine. */
const VERIFIED_WITHIN_SECONDS = 120;

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
    for (const key of [["encryptionsalt"], ["config", "otel-stack:images"], ["config", "otel-stack:grafana"]]) {
        settings.setIn(key, sandbox.getIn(key));
    }
    for (const [setting, value] of Object.entries({ ...placeOf(), ...changes })) {
        const [section = "", ...rest] = setting.split(".");
        settings.setIn(["config", `otel-stack:${section}`, ...rest], value);
    }
    const configFile = path.join(fs.mkdtempSync(path.join(WORK, "settings-")), `Pulumi.${name}.yaml`);
    fs.writeFileSync(configFile, settings.toString());
    const stack = stackOf(SANDBOX_STACK);
    return { ...stack, env: { ...stack.env, ...stateOf() }, configFile };
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

/** Telemetry goes through the stack on every way there is. */
export async function verifyHolds(stack: Stack): Promise<void> {
    await verifyStack(stack, VERIFIED_WITHIN_SECONDS);
}

function settingsFile(stack: string, root: string): yaml.Document {
    return yaml.parseDocument(fs.readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8"));
}
