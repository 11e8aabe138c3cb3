import { setTimeout as sleep } from "node:timers/promises";
import { requireCluster } from "../stack/cluster";
import { addKubectlFlags } from "../stack/kube-context";
import { startPortForward } from "../stack/kubectl-port-forward";
import type { Stack } from "../stack/stack";
import { readStackOutputs } from "../verify/verify-stack";

/** Until kubectl runs again after its pod was replaced or could not be reached. */
const RESTART_DELAY_MS = 1_000;

interface Forward {
    /** Its key in the output `portForwards`. */
    readonly name: string;
    readonly command: string;
    readonly url: string;
}

interface OpenOptions {
    /** Environment of kubectl. */
    readonly env: NodeJS.ProcessEnv;
    /** Ends the port-forwards. */
    readonly signal: AbortSignal;
    readonly print: (line: string) => void;
    readonly restartDelayMs?: number;
}

/** Forwards a local port to each UI and OTLP listener of a deployed stack, until Ctrl-C. */
export async function open(stack: Stack): Promise<void> {
    await requireCluster(stack);
    const { portForwards } = await readStackOutputs(stack);
    const forwards = Object.entries(portForwards).flatMap(([name, forward]) =>
        forward === undefined
            ? []
            : [{ name, command: addKubectlFlags(forward.command, stack.flags), url: forward.url }],
    );
    const end = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.once(signal, () => {
            end.abort();
        });
    }
    console.log(`Forwarding to stack ${stack.name}. Ctrl-C ends it.\n`);
    if (portForwards.grafana !== undefined) {
        console.log(
            `  Grafana's user and password: pulumi stack output grafanaAdmin --show-secrets --stack ${stack.name}\n`,
        );
    }
    await forwardAll(forwards, { env: stack.env, signal: end.signal, print: console.log });
}

/** Runs all port-forwards, each again when it ends, until the signal. */
export async function forwardAll(forwards: readonly Forward[], options: OpenOptions): Promise<void> {
    await Promise.all(forwards.map((forward) => keepForwarding(forward, options)));
}

async function keepForwarding({ name, command, url }: Forward, options: OpenOptions): Promise<void> {
    const { env, print, restartDelayMs = RESTART_DELAY_MS, signal } = options;
    const [program = "", ...args] = command.split(/\s+/);
    let lastReport = "";
    const report = (text: string): void => {
        // A pod may be away for minutes, during which kubectl fails with the same message each second.
        if (text !== lastReport) {
            print(`  ${url.padEnd(30)} ${text}`);
            lastReport = text;
        }
    };
    for (;;) {
        const { child, url: opened } = startPortForward([program, ...args], { env, cancelSignal: signal });
        opened.then(
            () => {
                report(name);
            },
            () => undefined,
        );
        const { stderr } = await child;
        if (signal.aborted) {
            return;
        }
        report(`${name}: ${explain(stderr)}`);
        await sleep(restartDelayMs, undefined, { signal }).catch(() => undefined);
    }
}

function explain(stderr: string): string {
    if (stderr.includes("unable to listen")) {
        return "another program uses the local port; end it, or choose another port with otel-stack:localPorts";
    }
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    return `connecting again (${reason === "" ? "kubectl ended" : reason})`;
}
