import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import * as z from "zod";
import { TOOLBOX_IMAGE } from "../../../sandbox/images";
import { pulumiOutput, type Stack } from "../../../tools/stack/stack";
import { apply, kubectl, KUBECTL_TIMEOUT, NAMESPACE } from "./cluster";
import type { ExampleProgram } from "./example-programs";

/** A Namespace of an application. Its pods mount folders of the node, which Pod Security Standards forbid. */
export const LANGUAGES_NAMESPACE = `${NAMESPACE}-languages`;

/** The part of a container that the stack prints. */
export interface PrintedEnv {
    readonly env?: readonly { readonly name: string }[];
    readonly envFrom?: readonly object[];
}

/** Reads an output with the environment of a container, for a service. */
export async function readPrintedEnv(
    stack: Stack,
    output: "applicationEnvFromYaml" | "applicationEnvYaml",
): Promise<(service: string) => PrintedEnv> {
    const text = await pulumiOutput(stack, ["stack", "output", output]);
    return (service) => parse(text.replace("my-service", service)) as PrintedEnv;
}

export interface LanguagePod {
    /** Name of the pod, and of its service. */
    readonly name: string;
    readonly program: ExampleProgram;
    readonly printed: PrintedEnv;
    /** Number of orders. A pod makes up to ten orders a second. */
    readonly orders: number;
    /** Additional environment variables. */
    readonly env?: Readonly<Record<string, string>>;
}

export async function createLanguagesNamespace(): Promise<void> {
    await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: LANGUAGES_NAMESPACE } });
}

export async function startLanguagePods(pods: readonly LanguagePod[]): Promise<void> {
    await apply(...pods.map(renderPod));
}

function renderPod({ env = {}, name, orders, printed, program }: LanguagePod): object {
    const volumes = [...new Set(program.folders)].map((folder, index) => ({
        name: `folder-${index}`,
        hostPath: { path: folder, type: "Directory" },
    }));
    const own = Object.entries({ ...program.env, ...env }).map(([variable, value]) => ({ name: variable, value }));
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: LANGUAGES_NAMESPACE },
        spec: {
            restartPolicy: "Never",
            containers: [
                {
                    name: "app",
                    image: TOOLBOX_IMAGE,
                    command: [...program.command, String(orders)],
                    ...printed,
                    env: [...(printed.env ?? []), ...own],
                    // The folders of a developer's cache belong to root.
                    securityContext: { runAsUser: 0 },
                    volumeMounts: volumes.map((volume) => ({
                        name: volume.name,
                        mountPath: volume.hostPath.path,
                        readOnly: true,
                    })),
                },
            ],
            volumes,
        },
    };
}

/** Waits until the pods have ended by themselves. Fails with the log of a pod that failed. */
export async function waitForLanguagePods(names: readonly string[]): Promise<void> {
    for (const name of names) {
        const succeeded = "--for=jsonpath={.status.phase}=Succeeded";
        try {
            await kubectl("wait", "-n", LANGUAGES_NAMESPACE, `pod/${name}`, succeeded, KUBECTL_TIMEOUT);
        } catch (error) {
            const log = await kubectl("logs", "-n", LANGUAGES_NAMESPACE, name).catch(String);
            throw new Error(`pod ${name} did not succeed:\n${log}`, { cause: error });
        }
    }
}

/** The number of items of a service in each store of the stack. */
export interface StoredOrders {
    readonly spans: number;
    /** Value of the counter. */
    readonly counted: number;
    readonly records: number;
    /** Values of the label `instance` of the counter. */
    readonly instances: readonly string[];
    /** Count in the histogram's bucket of 2.5 s, which only bounds in seconds have. */
    readonly withinBounds: number;
}

const MAX_TRACES = 5_000;
const traces = z.object({ data: z.array(z.unknown()) });
const samples = z.object({
    data: z.object({
        result: z.array(
            z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
        ),
    }),
});

async function countStoredOrders(service: string): Promise<StoredOrders> {
    const proxy = `/api/v1/namespaces/${NAMESPACE}/services`;
    const jaeger = `${proxy}/jaeger:16686/proxy/api/traces?service=${service}&limit=${MAX_TRACES}&lookback=1h`;
    const query = async (expr: string) => {
        const answer = await kubectl(
            "get",
            "--raw",
            `${proxy}/prometheus:9090/proxy/api/v1/query?query=${encodeURIComponent(`last_over_time(${expr}[15m])`)}`,
        );
        return samples.parse(JSON.parse(answer)).data.result;
    };
    const found = traces.parse(JSON.parse(await kubectl("get", "--raw", jaeger)));
    const counter = await query(`orders_total{job="${service}"}`);
    const bucket = await query(`order_duration_seconds_bucket{job="${service}",le="2.5"}`);
    const logsQuery = encodeURIComponent(`"service.name":="${service}" order | fields _msg`);
    const lines = await kubectl(
        "get",
        "--raw",
        `${proxy}/victorialogs:9428/proxy/select/logsql/query?query=${logsQuery}`,
    );
    const sum = (series: typeof counter): number => series.reduce((total, { value }) => total + Number(value[1]), 0);
    return {
        spans: found.data.length,
        counted: sum(counter),
        records: lines.split("\n").filter((line) => line !== "").length,
        instances: counter.flatMap(({ metric }) => metric.instance ?? []),
        withinBounds: sum(bucket),
    };
}

const POLL_INTERVAL_MS = 2_000;

/** Counts until the count is complete, or for that many seconds. */
export async function countWhenSettled(
    service: string,
    seconds: number,
    isComplete: (stored: StoredOrders) => boolean,
): Promise<StoredOrders> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
        const stored = await countStoredOrders(service);
        if (isComplete(stored) || Date.now() >= end) {
            return stored;
        }
        await sleep(POLL_INTERVAL_MS);
    }
}
