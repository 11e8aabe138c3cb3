import { secondsOf } from "../../config/units";

/** Pulumi hears of a roll-out that makes no progress from Kubernetes, so it must wait a little longer than that. */
const MARGIN_SECONDS = 60;

/** The seconds after which Kubernetes says that a roll-out makes no progress, and why. */
export function progressDeadline(rolloutTimeout: string): number {
    return Math.ceil(secondsOf(rolloutTimeout));
}

/** Ends Pulumi's wait for an object, 10 minutes by default. */
export function awaitTimeout(rolloutTimeout: string): Readonly<Record<string, string>> {
    return { "pulumi.com/timeoutSeconds": String(progressDeadline(rolloutTimeout) + MARGIN_SECONDS) };
}
