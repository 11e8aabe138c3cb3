import { parseArgs } from "node:util";
import { requireCluster } from "../stack/cluster";
import { resolveStack } from "../stack/stack";
import { describeError } from "../verify/json-client";
import { PortForward } from "../verify/port-forward";
import { readStackOutputs } from "../verify/verify-stack";
import { formatReport, testAlert } from "./alert-test";
import { AlertmanagerClient, type Labels } from "./alertmanager";

const USAGE = `Usage: make alert-test [LABELS="severity=warning job=jaeger"] [STACK=<stack>]`;

interface Arguments {
    readonly stack: string;
    readonly labels: Labels;
}

function parseArguments(): Arguments {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { labels: { type: "string", default: "" } },
    });
    const [stack, ...others] = positionals;
    const pairs = values.labels
        .split(/\s+/)
        .filter(Boolean)
        .map((pair) => /^([a-zA-Z_]\w*)=(.+)$/.exec(pair));
    if (stack === undefined || others.length > 0 || pairs.includes(null)) {
        throw new Error(USAGE);
    }
    return { stack, labels: Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? "", pair?.[2] ?? ""])) };
}

async function main(): Promise<number> {
    const { stack: name, labels } = parseArguments();
    const stack = resolveStack(name);
    await requireCluster(stack);
    const { namespace, portForwards } = await readStackOutputs(stack);
    if (portForwards.alertmanager === undefined) {
        throw new Error(`stack ${name} has no Alertmanager: otel-stack:alertmanager.enabled is false`);
    }
    const forward = new PortForward(portForwards.alertmanager.command, stack.env);
    try {
        const report = await testAlert(new AlertmanagerClient(await forward.url()), labels);
        console.log(formatReport(report, namespace));
        return report.ok ? 0 : 1;
    } finally {
        await forward.close();
    }
}

main().then(
    (status) => {
        process.exitCode = status;
    },
    (error: unknown) => {
        console.error(`\nerror: ${describeError(error)}`);
        process.exitCode = 2;
    },
);
