import type { Log } from "../shared/engine-log";
import type { JsonObject } from "../shared/json";
import type { Cluster } from "./cluster";
import { timeoutOf } from "./settings";
import type { Patience } from "./wait";

/** A wait that is over by then is not worth a line. */
const QUIET_MS = 1000;

/** What every operation on a resource works with. */
export interface Context {
    readonly cluster: Cluster;
    readonly log: Log;
    /** Aborted when the user interrupts the update. */
    readonly signal: AbortSignal;
    /** API paths of what this run applied, so that the end of a replacement does not delete what replaced it. */
    readonly applied: Set<string>;
}

export function patienceFor(context: Context, urn: string, inputs: JsonObject, customTimeout: number): Patience {
    const started = Date.now();
    let last = "";
    return {
        timeoutMs: timeoutOf(inputs, customTimeout),
        signal: context.signal,
        onStatus: (message) => {
            if (message !== last && Date.now() - started > QUIET_MS) {
                last = message;
                context.log.status(urn, message);
            }
        },
    };
}
