import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import { type Document, parseAllDocuments, parseDocument } from "yaml";
import { ROOT } from "../sandbox/directories";
import { renderManifests } from "../tools/render/manifests";
import { overrideNamespace, type Settings, readStackSettings } from "../tools/render/program";
import { pulumiOutput, selectStack, type Stack, resolveStack, SANDBOX_STACK } from "../tools/stack/stack";
import { type Figure, median } from "./figures";

const ROUNDS = 5;

/** Namespace of the measured stack, separate from the running stack. */
const NAMESPACE = "bench-deploy";

/** Measured steps, each with Pulumi and with kubectl for the same objects. */
const STEPS = ["create", "change", "delete"] as const;
type Step = (typeof STEPS)[number];

const TITLES: Readonly<Record<Step, string>> = {
    create: "`pulumi up` of a new stack, relative to `kubectl apply` and the rollouts",
    change: "`pulumi up` that changes one ConfigMap, relative to `kubectl apply` and the rollout",
    delete: "`pulumi destroy`, relative to `kubectl delete`",
};

const GOALS: Readonly<Record<Step, string>> = { create: "at most 1.6", change: "at most 1.3", delete: "at most 1.5" };

type Seconds = Readonly<Record<Step, number>>;

/** Runs the steps with one tool. */
type Tool = Readonly<Record<Step, () => Promise<void>>>;

/**
 * Measures the time of Pulumi relative to kubectl for the objects of stack sandbox, in a separate Namespace. The tools
 * alternate, and each is first in every other round, so that changes in machine speed affect both.
 */
export async function measureDeployment(): Promise<Figure[]> {
    const work = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-bench-"));
    try {
        const [byPulumi, byKubectl] = [await preparePulumi(work), await prepareKubectl(work)];
        const pulumi: Seconds[] = [];
        const kubectl: Seconds[] = [];
        for (let round = 0; round < ROUNDS; round++) {
            const turns: (readonly [Tool, Seconds[]])[] = [
                [byPulumi, pulumi],
                [byKubectl, kubectl],
            ];
            for (const [tool, times] of round % 2 === 0 ? turns : turns.reverse()) {
                times.push(await measureSteps(tool));
            }
        }
        return STEPS.map((step) => renderRatio(step, pulumi, kubectl));
    } finally {
        fs.rmSync(work, { recursive: true });
        // Remains of a failed run.
        const { env } = resolveStack(SANDBOX_STACK);
        await execa("kubectl", ["delete", "namespace", NAMESPACE, "--ignore-not-found"], { env, reject: false });
    }
}

function renderRatio(step: Step, pulumi: readonly Seconds[], kubectl: readonly Seconds[]): Figure {
    const pairs = pulumi.map((times, round) => [times[step], kubectl[round]?.[step] ?? NaN] as const);
    const ratio = median(pairs.map(([ofPulumi, ofKubectl]) => ofPulumi / ofKubectl));
    const [ofPulumi, ofKubectl] = [0, 1].map((side) => median(pairs.map((pair) => pair[side] ?? NaN)).toFixed(1));
    return {
        what: `${TITLES[step]} (median of ${ROUNDS} pairs)`,
        value: `${ratio.toFixed(2)} (${ofPulumi ?? ""} s / ${ofKubectl ?? ""} s)`,
        aim: GOALS[step],
    };
}

async function measureSteps(tool: Tool): Promise<Seconds> {
    const seconds: Record<Step, number> = { create: 0, change: 0, delete: 0 };
    for (const step of STEPS) {
        const started = process.hrtime.bigint();
        await tool[step]();
        seconds[step] = Number(process.hrtime.bigint() - started) / 1e9;
    }
    return seconds;
}

/** Returns the settings with another batch timeout of the Collector. */
function changeSettings(settings: Settings): Settings {
    return { ...settings, collector: { ...Object(settings.collector), batch: { flushTimeout: "2s" } } };
}

async function preparePulumi(work: string): Promise<Tool> {
    const file = parseDocument(fs.readFileSync(path.join(ROOT, `Pulumi.${SANDBOX_STACK}.yaml`), "utf8"));
    file.setIn(["config", "otel-stack:namespace", "name"], NAMESPACE);
    const sandbox = resolveStack(SANDBOX_STACK);
    const env = { ...sandbox.env, PULUMI_BACKEND_URL: `file://${work}` };
    const stack: Stack = { ...sandbox, env, configFile: writeConfigFile(work, "as-it-is", file) };
    file.setIn(["config", "otel-stack:collector", "batch", "flushTimeout"], "2s");
    const changed: Stack = { ...stack, configFile: writeConfigFile(work, "changed", file) };
    await selectStack(stack);
    const run = (target: Stack, command: string) => async (): Promise<void> => {
        await pulumiOutput(target, [command, "--yes", "--skip-preview", "--non-interactive"]);
    };
    return { create: run(stack, "up"), change: run(changed, "up"), delete: run(stack, "destroy") };
}

function writeConfigFile(work: string, folder: string, file: Document): string {
    const configFile = path.join(work, folder, `Pulumi.${SANDBOX_STACK}.yaml`);
    fs.mkdirSync(path.dirname(configFile));
    fs.writeFileSync(configFile, file.toString());
    return configFile;
}

async function prepareKubectl(work: string): Promise<Tool> {
    const settings = overrideNamespace(readStackSettings(SANDBOX_STACK), NAMESPACE);
    const created = path.join(work, "created.yaml");
    const changed = path.join(work, "changed.yaml");
    fs.writeFileSync(created, await renderManifests(settings));
    fs.writeFileSync(changed, await renderManifests(changeSettings(settings)));
    const workloads = parseWorkloads(fs.readFileSync(created, "utf8"));
    const { env } = resolveStack(SANDBOX_STACK);
    const apply = (file: string) => async (): Promise<void> => {
        await execa("kubectl", ["apply", "--filename", file], { env });
        await execa("kubectl", ["rollout", "status", "--namespace", NAMESPACE, "--timeout=3m", ...workloads], { env });
    };
    const remove = async (): Promise<void> => {
        await execa("kubectl", ["delete", "--filename", changed], { env });
    };
    return { create: apply(created), change: apply(changed), delete: remove };
}

/** Returns the workloads in the format of `kubectl rollout status`. */
function parseWorkloads(manifests: string): string[] {
    return parseAllDocuments(manifests)
        .map((document) => ({ kind: document.get("kind"), name: document.getIn(["metadata", "name"]) }))
        .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet" || kind === "DaemonSet")
        .map(({ kind, name }) => `${String(kind)}/${String(name)}`.toLowerCase());
}
