import { parseArgs } from "node:util";
import { requireCluster } from "../stack/cluster";
import { resolveStack } from "../stack/stack";
import { describeError } from "../verify/json-client";
import { PortForward } from "../verify/port-forward";
import { readStackOutputs } from "../verify/verify-stack";
import { findNewestTrace, findTrace } from "./jaeger";
import { renderTrace } from "./render";
import type { Trace } from "./trace";

const USAGE = `Usage: make trace ID=<trace id> [STACK=<stack>], or make trace SERVICE=<name> for the newest trace of a service`;
/** Columns when stdout is not a terminal. */
const DEFAULT_WIDTH = 100;

interface Arguments {
    readonly stack: string;
    readonly find: (url: string) => Promise<Trace>;
}

function parseArguments(): Arguments {
    const { values, positionals } = parseArgs({
        allowPositionals: true,
        options: { id: { type: "string", default: "" }, service: { type: "string", default: "" } },
    });
    const [stack, ...others] = positionals;
    const { id, service } = values;
    if (stack === undefined || others.length > 0 || (id === "") === (service === "")) {
        throw new Error(USAGE);
    }
    return { stack, find: (url) => (id === "" ? findNewestTrace(url, service) : findTrace(url, id)) };
}

async function main(): Promise<void> {
    const { stack: name, find } = parseArguments();
    const stack = resolveStack(name);
    await requireCluster(stack);
    const { jaeger } = (await readStackOutputs(stack)).portForwards;
    if (jaeger === undefined) {
        throw new Error(`stack ${name} has no Jaeger: otel-stack:jaeger.enabled is false`);
    }
    const forward = new PortForward(jaeger.command, stack.env, jaeger.basePath);
    try {
        const trace = await find(await forward.url());
        process.stdout.write(renderTrace(trace, process.stdout.isTTY ? process.stdout.columns : DEFAULT_WIDTH));
    } finally {
        await forward.close();
    }
}

main().catch((error: unknown) => {
    console.error(`\nerror: ${describeError(error)}`);
    process.exitCode = 1;
});
