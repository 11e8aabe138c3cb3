import { parseArgs } from "node:util";
import { requireCluster } from "../cluster";
import { stackOf } from "../stack";
import { formatGrafana } from "./grafana";
import { formatReport } from "./report";
import { outputsOf, reportOnGrafana, reportOnStack } from "./stack";

const USAGE = `Usage: verify STACK [--timeout SECONDS] [--json]

Sends a trace, a metric and a log by OTLP gRPC and HTTP into the deployed stack and reads each back.
Where there is a Grafana, logs in, asks each data source for its health and opens every dashboard.
Exit status: 0 all proven, 1 a hop failed, 2 it could not be tried.`;

interface Arguments {
    readonly stack: string;
    readonly timeoutSeconds: number | undefined;
    readonly json: boolean;
}

function parse(): Arguments {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { timeout: { type: "string" }, json: { type: "boolean", default: false } },
    });
    const [stack, ...others] = positionals;
    const timeoutSeconds = values.timeout === undefined ? undefined : Number(values.timeout);
    const wrongTimeout = timeoutSeconds !== undefined && !(timeoutSeconds > 0 && Number.isFinite(timeoutSeconds));
    if (stack === undefined || others.length > 0 || wrongTimeout) {
        throw new Error(USAGE);
    }
    return { stack, timeoutSeconds, json: values.json };
}

async function main(): Promise<number> {
    const { stack: name, timeoutSeconds, json } = parse();
    const stack = stackOf(name);
    await requireCluster(stack);
    const outputs = await outputsOf(stack);
    const report = await reportOnStack(stack, outputs, timeoutSeconds);
    const grafana = await reportOnGrafana(stack, outputs);
    if (json) {
        console.log(JSON.stringify({ ...report, ...(grafana && { grafana }) }, undefined, 2));
    } else {
        console.log(formatReport(report));
        console.log(grafana === undefined ? "Grafana: not part of this stack." : formatGrafana(grafana));
    }
    return report.ok && (grafana?.problems ?? []).length === 0 ? 0 : 1;
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
