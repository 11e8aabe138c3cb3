import * as z from "zod";
import { addKubectlFlags } from "../stack/kube-context";
import { pulumiOutput, type Stack } from "../stack/stack";
import { formatGrafana, type GrafanaLogin, type GrafanaReport, checkGrafana } from "./grafana";
import { describeError } from "./json-client";
import { parseStackOutputs, type StackOutputs } from "./outputs";
import { PortForward } from "./port-forward";
import { formatReport } from "./report";
import { awaitWithTimeout } from "./deadline";
import { type Report, verify } from "./verify";

const OUTPUTS_TIMEOUT_MS = 60_000;

/** Reads the outputs of a deployed stack from Pulumi. */
export async function readStackOutputs(stack: Stack): Promise<StackOutputs> {
    return parseStackOutputs(await readPulumiOutput(stack, []));
}

/** Verifies a deployed stack with the connections and hops in its outputs. */
export async function reportOnStack(stack: Stack, outputs: StackOutputs, timeoutSeconds?: number): Promise<Report> {
    const report = await verify({ outputs, env: stack.env, ...(timeoutSeconds !== undefined && { timeoutSeconds }) });
    const diagnoses = report.diagnoses.map(({ look, ...diagnosis }) => ({
        ...diagnosis,
        look: addKubectlFlags(look, stack.flags),
    }));
    return { ...report, diagnoses };
}

const grafanaLoginSchema = z.object({ user: z.string(), password: z.string() });

/**
 * Checks the Grafana of a deployed stack. Returns undefined when the stack has no Grafana.
 *
 * @param readLogin Reads the Grafana credentials. Default: reads them from Pulumi.
 */
export async function reportOnGrafana(
    stack: Stack,
    { portForwards: { grafana } }: StackOutputs,
    readLogin: () => Promise<GrafanaLogin> = async () => readGrafanaLogin(stack),
): Promise<GrafanaReport | undefined> {
    if (grafana === undefined) {
        return undefined;
    }
    const login = await readLogin();
    const forward = new PortForward(grafana.command, stack.env, grafana.basePath);
    try {
        return await checkGrafana(await forward.url(), login);
    } catch (error) {
        return { dataSources: [], dashboards: [], problems: [describeError(error)] };
    } finally {
        await forward.close();
    }
}

/** Reads the Grafana credentials of a deployed stack from Pulumi. */
export async function readGrafanaLogin(stack: Stack): Promise<GrafanaLogin> {
    return grafanaLoginSchema.parse(await readPulumiOutput(stack, ["grafanaAdmin", "--show-secrets"]));
}

async function readPulumiOutput(stack: Stack, args: readonly string[]): Promise<unknown> {
    const printed = pulumiOutput(stack, ["stack", "output", ...args, "--json"]);
    return JSON.parse(await awaitWithTimeout(OUTPUTS_TIMEOUT_MS, printed, "pulumi stack output"));
}

/**
 * Verifies the stack and prints the report.
 *
 * @param timeoutSeconds Seconds until every hop must be verified. Default: `verifyTimeoutSeconds`.
 * @throws when a hop or a Grafana check fails.
 */
export async function verifyStack(stack: Stack, timeoutSeconds?: number): Promise<void> {
    const outputs = await readStackOutputs(stack);
    const report = await reportOnStack(stack, outputs, timeoutSeconds);
    console.log(formatReport(report));
    if (!report.ok) {
        throw new Error(`verification of stack ${stack.name} failed; see the table above`);
    }
    const grafana = await reportOnGrafana(stack, outputs);
    if (grafana !== undefined) {
        console.log(formatGrafana(grafana));
        if (grafana.problems.length > 0) {
            throw new Error(`verification of Grafana in stack ${stack.name} failed; see the lines above`);
        }
    }
}
