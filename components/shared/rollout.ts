import { secondsOf } from "../../config/units";

/** Pulumi hears of a roll-out that makes no progress from Kubernetes, so it must wait a little longer than that. */
const MARGIN_SECONDS = 60;

/** The seconds after which Kubernetes says that a roll-out makes no progress, and why. */
export function progressDeadline(rolloutTimeout: string): number {
    return Math.ceil(secondsOf(rolloutTimeout));
}

/** What a pod may take to leave and the next one to start, where they are replaced one by one. */
const EACH_FURTHER_SECONDS = 60;

/**
 * Ends Pulumi's wait for an object, 10 minutes by default.
 *
 * @param oneByOne Pods that are replaced one after the other.
 */
export function awaitTimeout(rolloutTimeout: string, oneByOne = 1): Readonly<Record<string, string>> {
    const seconds = progressDeadline(rolloutTimeout) + MARGIN_SECONDS + (oneByOne - 1) * EACH_FURTHER_SECONDS;
    return { "pulumi.com/timeoutSeconds": String(seconds) };
}
