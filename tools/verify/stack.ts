import { pulumiOutput, type Stack } from "../stack";
import { parseStackOutputs } from "./outputs";
import { formatReport } from "./report";
import { within } from "./timing";
import { type Report, verify } from "./verify";

const OUTPUTS_TIMEOUT_MS = 60_000;

/** Verifies a deployed stack as its outputs in Pulumi describe it. */
export async function reportOnStack(stack: Stack, timeoutSeconds?: number): Promise<Report> {
    const printed = pulumiOutput(stack, ["stack", "output", "--json"]);
    const outputs = parseStackOutputs(JSON.parse(await within(OUTPUTS_TIMEOUT_MS, printed, "pulumi stack output")));
    return verify({ outputs, env: stack.env, ...(timeoutSeconds !== undefined && { timeoutSeconds }) });
}

/** Verifies the stack and prints the table; fails when a hop failed. */
export async function verifyStack(stack: Stack): Promise<void> {
    const report = await reportOnStack(stack);
    console.log(formatReport(report));
    if (!report.ok) {
        throw new Error(`stack ${stack.name} does not pass on what it is sent; the table above names what broke`);
    }
}
