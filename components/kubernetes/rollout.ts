import { parseSeconds } from "../../config/types/units";

/** Kubernetes must report a stalled roll-out before Pulumi's timeout. */
const MARGIN_SECONDS = 60;

/** Seconds after which Kubernetes reports that a roll-out makes no progress. */
export function progressDeadline(rolloutTimeout: string): number {
    return Math.ceil(parseSeconds(rolloutTimeout));
}

/** Time to terminate a pod and start its replacement. */
const PER_POD_SECONDS = 60;

/**
 * Renders annotations for Pulumi's Kubernetes provider.
 *
 * @param rolloutTimeout Pulumi's timeout is one minute longer. The provider's default is 10 minutes.
 * @param sequentialPods Number of pods that are replaced one after the other.
 */
export function renderWorkloadAnnotations(
    rolloutTimeout: string,
    sequentialPods = 1,
): Readonly<Record<string, string>> {
    const seconds = progressDeadline(rolloutTimeout) + MARGIN_SECONDS + (sequentialPods - 1) * PER_POD_SECONDS;
    return { "pulumi.com/timeoutSeconds": String(seconds) };
}
