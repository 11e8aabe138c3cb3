import type { ExporterError } from "./collector-log";
import type { DebugLogReader } from "./debug-log-reader";
import { type ScrapeTarget, fetchScrapeTarget } from "./prometheus-reader";
import type { Connection } from "./connection";
import { awaitWithTimeout } from "./deadline";

/** State of the stack after a failure. Values that cannot be read are undefined. */
export interface FailureContext {
    /** Errors of the Collector's exporters. Undefined when its log cannot be read. */
    readonly exporterErrors: readonly ExporterError[] | undefined;
    /** Scrape target of the Collector. "none" when there is no target, undefined when Prometheus does not respond. */
    readonly scrape: ScrapeTarget | "none" | undefined;
}

/** @param timeoutMs Milliseconds to wait. Values that are not read by then are undefined. */
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
        return await awaitWithTimeout(timeoutMs, work(), "reading the failure context");
    } catch {
        return undefined;
    }
}
