import { kubectl } from "../stack/kubectl";
import type { Stack } from "../stack/stack";
import { readState, type StateResource } from "../stack/state";

/**
 * How long `kubectl rollout status` waits. Deployments fail earlier, at `rolloutTimeout`; StatefulSets and DaemonSets
 * have no deadline of their own.
 */
const ROLLOUT_TIMEOUT = "5m";

/** The newest of a rollout that failed are enough; older ones are about other rollouts. */
const MAX_WARNINGS = 5;

const WORKLOAD_TYPE = /^kubernetes:apps\/v1:(Deployment|StatefulSet|DaemonSet)$/;

/**
 * Waits until all workloads of the stack have rolled out.
 *
 * Pulumi's provider 4 does not compare `status.observedGeneration` of a Deployment with its generation. On a busy
 * cluster it reads the status of the previous rollout and reports a failing update as done.
 *
 * @throws Where a rollout fails, with the output of kubectl.
 */
export async function waitForRollouts(stack: Stack): Promise<void> {
    const workloads = groupWorkloads((await readState(stack)).resources);
    await Promise.all(
        Object.entries(workloads).map(async ([namespace, names]) => {
            const status = ["rollout", "status", `--namespace=${namespace}`, `--timeout=${ROLLOUT_TIMEOUT}`, ...names];
            const { failed, stderr } = await kubectl(stack, status, { reject: false });
            if (failed) {
                throw new Error([stderr, ...(await listWarnings(stack, namespace))].join("\n"));
            }
        }),
    );
}

/** The newest warnings about objects of a Namespace, which say why a rollout failed. */
async function listWarnings(stack: Stack, namespace: string): Promise<readonly string[]> {
    const { stdout } = await kubectl(
        stack,
        [
            ...["get", "events", `--namespace=${namespace}`, "--field-selector=type=Warning"],
            ...[
                "--sort-by=.lastTimestamp",
                '--output=jsonpath={range .items[*]}{.involvedObject.name}: {.message}{"\\n"}{end}',
            ],
        ],
        { reject: false },
    );
    return stdout.trim().split("\n").slice(-MAX_WARNINGS);
}

/** Returns the workloads of each Namespace, with the names that kubectl uses. */
export function groupWorkloads(
    resources: readonly Pick<StateResource, "type" | "delete" | "inputs">[],
): Readonly<Record<string, readonly string[]>> {
    const workloads: Record<string, string[]> = {};
    for (const { type, delete: isReplaced = false, inputs } of resources) {
        const [, kind] = WORKLOAD_TYPE.exec(type) ?? [];
        const { name, namespace } = inputs?.metadata ?? {};
        if (kind !== undefined && !isReplaced && name !== undefined && namespace !== undefined) {
            (workloads[namespace] ??= []).push(`${kind.toLowerCase()}/${name}`);
        }
    }
    return workloads;
}
