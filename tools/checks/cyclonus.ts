import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execa } from "execa";
import type { Flow } from "../../components/network-policies/flow";
import { buildTool } from "./build-tool";
import { type Manifest, type ProgramRecorder, renderProgram } from "../render/program";
import { type Connection, buildConnectionMatrix } from "./connection-matrix";
import { loadSampleSettings } from "./sample-settings";

/** Returns the flows from which the program renders its NetworkPolicies. Empty when policies are disabled. */
export function findFlows({ resources }: ProgramRecorder): readonly Flow[] {
    return resources
        .filter(({ type }) => type === "otel-stack:index:NetworkPolicies")
        .flatMap(({ inputs }) => (inputs as { readonly flows: readonly Flow[] }).flows);
}

/** Evaluates every connection with cyclonus, and prints each result that differs from the flows. */
async function main(): Promise<void> {
    const cyclonus = await buildTool("cyclonus");
    for (const [stack, settings] of Object.entries(loadSampleSettings())) {
        const { recorder } = await renderProgram(settings);
        const flows = findFlows(recorder);
        if (flows.length === 0) {
            continue;
        }
        const connections = buildConnectionMatrix(recorder.manifests, settings, flows);
        const allowed = await queryCyclonus(cyclonus, findPolicies(recorder.manifests), connections);
        const wrong = connections.filter(({ expected }, index) => allowed[index] !== expected);
        console.log(`Stack ${stack}: cyclonus evaluated ${connections.length} connections, ${wrong.length} wrong`);
        for (const { name, expected } of wrong) {
            console.error(
                `  ${name}: ${expected ? "denied by the policies, expected by a flow" : "allowed by the policies without a flow"}`,
            );
            process.exitCode = 1;
        }
    }
}

function findPolicies(manifests: readonly Manifest[]): readonly Manifest[] {
    return manifests.filter(({ kind }) => kind === "NetworkPolicy");
}

/** Returns, for each connection in order, whether the policies allow it. */
async function queryCyclonus(
    cyclonus: string,
    policies: readonly Manifest[],
    connections: readonly Connection[],
): Promise<readonly boolean[]> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "otel-stack-cyclonus-"));
    try {
        const policyFolder = path.join(folder, "policies");
        fs.mkdirSync(policyFolder);
        for (const policy of policies) {
            // The default-deny policy has the same name in each Namespace.
            const { name, namespace = "" } = policy.metadata;
            fs.writeFileSync(path.join(policyFolder, `${namespace}-${name}.json`), JSON.stringify(policy));
        }
        const traffic = path.join(folder, "traffic.json");
        fs.writeFileSync(traffic, JSON.stringify(connections.map((connection) => connection.traffic)));
        const { stdout } = await execa(cyclonus, [
            "analyze",
            "--mode=query-traffic",
            // Evaluates the policies unchanged, as the cluster does.
            "--simplify-policies=false",
            `--policy-path=${policyFolder}`,
            `--traffic-path=${traffic}`,
        ]);
        return parseAnswers(stdout, connections.length);
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
}

/** Parses the output of cyclonus: one table for each connection, with the result in the last row. */
function parseAnswers(output: string, expectedCount: number): readonly boolean[] {
    const answers = [...output.matchAll(/^\| IS ALLOWED\? \| +(TRUE|FALSE) +\|/gm)].map(
        ([, answer]) => answer === "TRUE",
    );
    if (answers.length !== expectedCount) {
        throw new Error(`cyclonus evaluated ${answers.length} of ${expectedCount} connections`);
    }
    return answers;
}

if (require.main === module) {
    main().catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
    });
}
