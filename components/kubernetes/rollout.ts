import { parseSeconds } from "../../config/types/units";

/** Pulumi hears of a roll-out that makes no progress from Kubernetes, so it must wait a little longer than that. */
const MARGIN_SECONDS = 60;

/** The seconds after which Kubernetes says that a roll-out makes no progress, and why. */
export function progressDeadline(rolloutTimeout: string): number {
    return Math.ceil(parseSeconds(rolloutTimeout));
}

/** What a pod may take to leave and the next one to start, where they are replaced one by one. */
const PER_POD_SECONDS = 60;

/**
 * Annotations of a workload for Pulumi's Kubernetes provider.
 *
 * @param rolloutTimeout Ends the wait for the workload a minute later; the provider's default is 10 minutes.
 * @param sequentialPods Pods that are replaced one after the other.
 */
export function renderWorkloadAnnotations(
    rolloutTimeout: string,
    sequentialPods = 1,
): Readonly<Record<string, string>> {
    const seconds = progressDeadline(rolloutTimeout) + MARGIN_SECONDS + (sequentialPods - 1) * PER_POD_SECONDS;
    return { "pulumi.com/timeoutSeconds": String(seconds) };
}

/**
 * Annotations of a Service for Pulumi's Kubernetes provider. The provider waits ten seconds after each change of the
 * endpoints, and is content without any pod behind the Service. The stack waits for the pods of the workload instead.
 */
export const SERVICE_ANNOTATIONS = { "pulumi.com/skipAwait": "true" } as const;
