import type { ExporterError } from "./collector-log";
import type { DebugLogReader } from "./debug-log-reader";
import { type ScrapeTarget, fetchScrapeTarget } from "./prometheus-reader";
import type { Connection } from "./connection";
import { withTimeout } from "./deadline";

/** What the stack itself says, gathered after a failure. What could not be had is missing: it is no failure of its own. */
export interface FailureContext {
    /** What the collector's exporters complain of; undefined when its log cannot be read. */
    readonly exporterErrors: readonly ExporterError[] | undefined;
    /** "none": Prometheus has no such target; undefined: Prometheus gave no answer. */
    readonly scrape: ScrapeTarget | "none" | undefined;
}

/** @param timeoutMs milliseconds after which what is still missing is left out */
export async function collectFailureContext(
    prometheus: Connection | undefined,
    debug: DebugLogReader,
    timeoutMs: number,
): Promise<FailureContext> {
    const [exporterErrors, scrape] = await Promise.all([
        orUndefined(timeoutMs, () => debug.exporterErrors()),
        orUndefined(timeoutMs, async () => prometheus && ((await fetchScrapeTarget(await prometheus.url())) ?? "none")),
    ]);
    return { exporterErrors, scrape };
}

async function orUndefined<T>(timeoutMs: number, work: () => Promise<T>): Promise<T | undefined> {
    try {
        return await withTimeout(timeoutMs, work(), "evidence");
    } catch {
        return undefined;
    }
}
