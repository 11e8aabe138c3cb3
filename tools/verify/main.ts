import { parseArgs } from "node:util";
import { requireCluster } from "../stack/cluster";
import { resolveStack, type Stack } from "../stack/stack";
import { formatGrafana } from "./grafana";
import type { StackOutputs } from "./outputs";
import { checkPanels, formatPanels, type PanelReport } from "./panels";
import { formatReport } from "./report";
import { readStackOutputs, reportOnGrafana, reportOnStack } from "./verify-stack";

const USAGE = `Usage: verify STACK [--rendered [--namespace NAME]] [--timeout SECONDS] [--json]

Sends a trace, a metric and a log to the deployed stack over OTLP gRPC and HTTP, and reads each back.
Then runs the queries of all panels, and looks for the series that the rules in Prometheus read.
If the stack has Grafana, logs in, checks the health of each data source, and opens every dashboard.

  --rendered        verify a stack that Helm or kubectl deployed (make helm-chart, make manifests)
  --namespace NAME  Namespace of a rendered stack (default: the Namespace in the settings)
  --timeout SECONDS time until every hop must be verified (default: 60, and longer with tail sampling)
  --json            print the report as JSON

Exit status: 0 all verified, 1 a hop failed or a panel has no data, 2 the verification could not run.`;

interface Arguments {
    readonly stack: string;
    /** Whether Helm or kubectl deployed the stack. The outputs are then rendered and not read from Pulumi's state. */
    readonly rendered: boolean;
    readonly namespace: string | undefined;
    readonly timeoutSeconds: number | undefined;
    readonly json: boolean;
}

function parseArguments(): Arguments {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: {
            rendered: { type: "boolean", default: false },
            namespace: { type: "string" },
            timeout: { type: "string" },
            json: { type: "boolean", default: false },
        },
    });
    const [stack, ...others] = positionals;
    const timeoutSeconds = values.timeout === undefined ? undefined : Number(values.timeout);
    const wrongTimeout = timeoutSeconds !== undefined && !(timeoutSeconds > 0 && Number.isFinite(timeoutSeconds));
    const { json, namespace, rendered } = values;
    const unusedNamespace = namespace !== undefined && !rendered;
    if (stack === undefined || others.length > 0 || wrongTimeout || unusedNamespace) {
        throw new Error(USAGE);
    }
    return { stack, rendered, namespace, timeoutSeconds, json };
}

/** @param namespace Namespace of the stack. Default: the Namespace in the settings. */
async function reportOnPanels(
    stack: Stack,
    outputs: StackOutputs,
    namespace: string | undefined,
): Promise<PanelReport> {
    // Loads the Pulumi SDK, which the hops do not need.
    const { overrideNamespace, readStackSettings } = await import("../render/program");
    return checkPanels(overrideNamespace(readStackSettings(stack.name), namespace), outputs, stack.env);
}

async function main(): Promise<number> {
    const { stack: name, rendered, namespace, timeoutSeconds, json } = parseArguments();
    const stack = resolveStack(name);
    await requireCluster(stack, { pulumi: !rendered });
    // Loads the Pulumi SDK only when the program must run.
    const program = rendered ? await (await import("./rendered-stack")).renderStack(stack, namespace) : undefined;
    const outputs = program?.outputs ?? (await readStackOutputs(stack));
    const report = await reportOnStack(stack, outputs, timeoutSeconds);
    // Without the hops, panels are empty too.
    const panels = report.ok ? await reportOnPanels(stack, outputs, namespace) : undefined;
    const grafana = await reportOnGrafana(stack, outputs, program?.login);
    if (json) {
        console.log(
            JSON.stringify({ ...report, ...(panels && { panels }), ...(grafana && { grafana }) }, undefined, 2),
        );
    } else {
        console.log(formatReport(report));
        if (panels !== undefined) {
            console.log(`\n${formatPanels(panels)}`);
        }
        console.log(grafana === undefined ? "Grafana: disabled in this stack." : formatGrafana(grafana));
    }
    const problems = [...(panels?.problems ?? []), ...(grafana?.problems ?? [])];
    return report.ok && problems.length === 0 ? 0 : 1;
}

main().then(
    (status) => {
        process.exitCode = status;
    },
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : error);
        process.exitCode = 2;
    },
);
